/** A narration in, the same said so that it reads well aloud: by rules that touch no fact. */

type Rule = readonly [pattern: RegExp, said: string];

/** What the eye reads and the ear does not. */
const SPOKEN: readonly Rule[] = [
  [/\be\.\s?g\.,?/gi, "for example,"],
  [/\bi\.\s?e\.,?/gi, "that is,"],
  [/\bvs\.?(?=\s)/gi, "versus"],
  [/,?\s+etc\./gi, ", and so on"],
  [/\bapprox\.(?=\s)/gi, "about"],
  [/\bw\/o\s/gi, "without "],
  [/\bw\/\s?(?=\w)/gi, "with "],
  [/\s&\s/g, " and "],
  [/(?<=\d)\s?%/g, " percent"],
];

/** What is written twice by mistake; "had had" and "that that" can be meant. */
const TWICE = /\b(?!(?:had|that)\b)(\w+)(\s+\1)+\b/gi;

/** Where more words than this come in one breath, a sentence is parted at its ", but" or ", and", or at a semicolon. */
const BREATH = 22;

export function smooth(narration: string): string {
  const plain = narration.replace(/\s+/g, " ").trim();
  const spoken = SPOKEN.reduce((text, [pattern, said]) => text.replace(pattern, said), plain);
  const single = spoken.replace(TWICE, "$1").replace(/\s+([,.;:!?])/g, "$1");
  return capital(sentencesOf(single).map(parted).map(closed).join(" "));
}

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

function sentencesOf(text: string): string[] {
  return [...segmenter.segment(text)]
    .map(({ segment }) => segment.trim())
    .filter((sentence) => sentence !== "");
}

/** Only before a subject of its own, so that what comes after can stand alone. */
const JOINT =
  /;\s+|,\s+(?=(?:and|but|so)\s+(?:I|you|he|she|it|we|they|this|that|there|the|a|an|his|her|its|our|their|my|your|nobody|everybody|most|some)\s)/g;

function parted(sentence: string): string {
  if (wordsIn(sentence) <= BREATH) return sentence;
  const pieces = sentence.split(JOINT);
  // A piece of a few words would sound like a stumble.
  if (pieces.length < 2 || pieces.some((piece) => wordsIn(piece) < 4)) return sentence;
  return pieces.map((piece) => closed(capital(piece))).join(" ");
}

const wordsIn = (text: string) => text.split(/\s+/).length;
const capital = (text: string) => text.replace(/^\p{Ll}(?!\p{Lu})/u, (letter) => letter.toUpperCase());

/** A voice lowers itself at a full stop alone. */
function closed(sentence: string): string {
  return /[.!?…:]["'”’)\]]?$/.test(sentence) ? sentence : `${sentence.replace(/[,;–—-]+$/, "")}.`;
}
