/** The words of a narration as captions show them: what can stand alone on a line, with its own time. */
import type { WordMark } from "../../model/word-mark.ts";

export type Ending = "sentence" | "clause" | "word";

export interface Unit {
  readonly text: string;
  /** Whether a space parts it from the unit before; not so inside of a word, as Chinese has them. */
  readonly spaced: boolean;
  /** Seconds from the start of the narration. */
  readonly start: number;
  readonly end: number;
  /** What ends with it. */
  readonly ending: Ending;
  /** Short words and titles lean on what follows: "the", "of", "Mr.". */
  readonly leaning: boolean;
}

/** Units in the order of the words, none without text. */
export function unitsOf(words: readonly WordMark[]): Unit[] {
  const units = words.flatMap(({ text, start, end }) => {
    const parts = splitWord(plainText(text));
    const lengths = parts.map((part) => Math.max(1, spokenLength(part)));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    let spoken = 0;
    return parts.map((part, i): Unit => {
      const from = start + ((end - start) * spoken) / total;
      spoken += lengths[i]!;
      const to = i === parts.length - 1 ? end : start + ((end - start) * spoken) / total;
      const leaning = ABBREVIATED.test(part) || (/^\p{L}{1,3}$/u.test(part) && !UNSPACED.test(part));
      return { text: part, spaced: i === 0, start: from, end: to, ending: endingOf(part), leaning };
    });
  });
  return units.map((unit, i) => {
    const runsOn = unit.ending === "sentence" && /^\P{L}*\p{Ll}/u.test(units[i + 1]?.text ?? "");
    return runsOn ? { ...unit, ending: "clause" } : unit; // "Nobody!" said the keeper.
  });
}

const spokenLength = (text: string) => [...text.matchAll(/[\p{L}\p{N}]/gu)].length;

/** Composed, as fonts have it, and without control characters. */
function plainText(text: string): string {
  return text.normalize("NFC").replace(/\p{Cc}/gu, "");
}

/** Writing that has no spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/** "one—two" can be parted after its dash, and Chinese between its words. */
function splitWord(word: string): string[] {
  if (word === "") return [];
  if (!UNSPACED.test(word)) return word.split(/(?<=\p{L}—)(?=\p{L})/u);
  const parts: string[] = [];
  let opening = "";
  for (const { segment } of segmenter.segment(word)) {
    // An opening bracket stays with what follows, all other marks with what is before.
    if (/^[\p{Ps}\p{Pi}]+$/u.test(segment)) opening += segment;
    else if (opening === "" && parts.length > 0 && belongsTo(parts.at(-1)!, segment))
      parts[parts.length - 1] += segment;
    else {
      parts.push(opening + segment);
      opening = "";
    }
  }
  if (opening !== "") parts.push(opening);
  return parts;
}

/** So much hiragana at most hangs on to a Japanese word. Characters. */
const LONGEST_ENDING = 6;

/** Marks, and in Japanese particles and endings, which are written in hiragana, do not stand apart from their word. */
function belongsTo(before: string, segment: string): boolean {
  if (!/[\p{L}\p{N}]/u.test(segment)) return true;
  if (!/^[\p{Script=Hiragana}ー]+$/u.test(segment) || !/[\p{L}\p{N}」』）]$/u.test(before)) return false;
  const ending = /[\p{Script=Hiragana}ー]*$/u.exec(before)![0];
  return ending.length + segment.length <= LONGEST_ENDING;
}

const CLOSING = "[\"'”’»)\\]」』）】》]*$";
const SENTENCE = new RegExp(`[.!?…。！？؟۔।]${CLOSING}`, "u");
const CLAUSE = new RegExp(`[,;:–—、，；：،؛]${CLOSING}`, "u");
/** A full stop that ends no sentence: titles, a few abbreviations, initials. */
const ABBREVIATED = /^["'“‘(]*(?:Mr|Mrs|Ms|Dr|St|Prof|Sr|Jr|No|vs|e\.g|i\.e|\p{Lu}|(?:\p{Lu}\.)+\p{Lu})\.$/u;

function endingOf(text: string): Ending {
  if (SENTENCE.test(text) && !ABBREVIATED.test(text)) return "sentence";
  return CLAUSE.test(text) ? "clause" : "word";
}

/** East Asian characters and emoji are two columns wide, marks upon another character none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const one of text) {
    if (/[\p{M}\p{Default_Ignorable_Code_Point}]/u.test(one)) continue;
    columns +=
      /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\uFF01-\uFF60\uFFE0-\uFFE6\p{Emoji_Presentation}]/u.test(
        one,
      )
        ? 2
        : 1;
  }
  return columns;
}
