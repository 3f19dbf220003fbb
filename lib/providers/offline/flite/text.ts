/** Turns a script's text into words that flite can say: plain ASCII, each with the script's own word. */
import { LATIN_LETTERS, RULES, SYMBOLS, UNITS } from "./text-rules.ts";

export interface ScriptWord {
  /** As the script has it. */
  readonly text: string;
  /** What flite is given for it, in printable ASCII, each with a letter or digit. Empty: it has nothing to say. */
  readonly tokens: readonly string[];
  /** It stands for a pause: a dash, an ellipsis. */
  readonly pauses: boolean;
  /** The first word of a paragraph. */
  readonly opens: boolean;
  /** Letters or digits that no rule turns into Latin ones, in order. */
  readonly unspeakable: readonly string[];
}

/** One entry for each white-space separated word of the text, in order. */
export function readWords(text: string): ScriptWord[] {
  const found = [...text.matchAll(/(\s*)(\S+)/gu)];
  return found.map(([, space = "", word = ""], i) => {
    const spelled = spell(word, found[i - 1]?.[2] ?? "", found[i + 1]?.[2] ?? "");
    const tokens = spelled
      .replace(/[^\x20-\x7e]/gu, " ")
      .split(/ +/)
      .filter((token) => /[A-Za-z0-9]/.test(token));
    return {
      text: word,
      tokens,
      pauses: tokens.length === 0 && /[,.]/.test(spelled),
      opens: i > 0 && /\n\s*\n/u.test(space),
      unspeakable: spelled.match(/[^\0-\x7f]/gu)?.filter((char) => /[\p{L}\p{N}]/u.test(char)) ?? [],
    };
  });
}

const MAGNITUDE = /^(thousand|million|billion|trillion)\b/i;
const MONEY = /^(\W*)([$€£¥₹₩₽₿])([\d.,]+)$/u;

/** What a word is read as depends on the words beside it: "$2.5 million", "No. 7", "5 kg". */
function withNeighbours(word: string, before: string, after: string): string {
  // The unit of "$2.5 million" moves behind the next word.
  if (MAGNITUDE.test(after)) return word.replace(MONEY, "$1$3");
  if (MAGNITUDE.test(word)) return word.replace(MAGNITUDE, `$1 ${MONEY.exec(before)?.[2] ?? ""}`);
  if (/^\W*No\.$/.test(word) && /^\d/.test(after)) return word.replace("No.", "number");
  if (!/\d$/.test(before)) return word;
  return word.replace(/^[A-Za-z]+/, (unit) => UNITS.get(unit) ?? unit);
}

/** Rewrites one word; letters that cannot be spoken are left in it, all else comes out as ASCII. */
function spell(word: string, before: string, after: string): string {
  let text = word;
  for (const [symbol, spoken] of SYMBOLS) text = text.replace(symbol, spoken);
  text = text
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}\p{Cc}]/gu, "")
    .replace(/[^\0-\x7f]/gu, (letter) => LATIN_LETTERS.get(letter) ?? letter);
  text = withNeighbours(text, before, after);
  for (const [pattern, spoken] of RULES) text = text.replace(pattern, spoken as string);
  return text;
}

/** Longer pieces cost flite memory (0.9 MB a second) and delay an abort; shorter ones cost natural intonation. */
const LONGEST = 400;

/** A full stop after these is none: the sentence goes on. */
const ABBREVIATION =
  /^(mr|mrs|ms|dr|prof|st|mt|gen|col|lt|sgt|capt|rev|hon|sen|rep|gov|no|vol|fig|pp|vs|e\.g|i\.e|cf|approx|ca|jan|feb|mar|apr|aug|sept?|oct|nov|dec)\.$/i;
/** A full stop after these may be one: it is if the next word looks like a beginning. */
const DOTTED = /^(\p{Lu}|[\p{L}](\.\p{L})+|etc|inc|ltd|co|corp|jr|sr)\.$/iu;
const BEGINNING =
  /^["'“‘(]*(The|A|An|It|In|On|At|He|She|They|We|You|I|This|That|These|Those|There|Then|But|And|So|For|When|What|Why|How|If|As|After|Before|By|His|Her|Its|Their|Our|My|No|Not|Yes|Now|Some|Every|Each|One|To|From)(?![\p{L}.])/u;

/** What is spoken in one go: a sentence, or a part of one that is too long. */
export function sentencesOf(words: readonly ScriptWord[]): ScriptWord[][] {
  const sentences: ScriptWord[][] = [];
  let sentence: ScriptWord[] = [];
  for (const [i, word] of words.entries()) {
    sentence.push(word);
    const next = words[i + 1];
    if (next !== undefined && !next.opens && !endsSentence(word.text, next.text)) continue;
    sentences.push(...parts(sentence));
    sentence = [];
  }
  return sentences;
}

function endsSentence(word: string, next: string): boolean {
  const bare = /^\P{L}*(.*?[.!?…。！？])["'”’»)\]]*$/u.exec(word)?.[1];
  if (bare === undefined || /^["'“‘«(]*\p{Ll}/u.test(next)) return false;
  if (ABBREVIATION.test(bare)) return false;
  return !DOTTED.test(bare) || BEGINNING.test(next);
}

/** Cuts what is too long after its last comma that fits, or else after its last word that fits. */
function parts(sentence: readonly ScriptWord[]): ScriptWord[][] {
  let length = 0;
  const fits = sentence.findIndex((word) => {
    length += word.tokens.join(" ").length + 1;
    return length > LONGEST;
  });
  if (fits === -1) return [[...sentence]];
  const comma = sentence.slice(0, fits).findLastIndex((word) => /[,;:–—]["'”’)]*$/u.test(word.text));
  const end = Math.max(1, comma === -1 ? fits : comma + 1);
  if (end === sentence.length) return [[...sentence]];
  return [sentence.slice(0, end), ...parts(sentence.slice(end))];
}

/** What flite is given for a sentence; a lone dash becomes the comma that makes its pause. */
export function fliteText(sentence: readonly ScriptWord[]): string {
  let text = "";
  for (const word of sentence) {
    if (word.tokens.length > 0) text += ` ${word.tokens.join(" ")}`;
    else if (word.pauses && /[A-Za-z0-9]$/.test(text)) text += ",";
  }
  return text.trimStart();
}
