/** The few words of a title that say what it is about: what a thumbnail shows large. */
import { isFunctionWord } from "../stop-words.ts";
import type { Unit } from "./lines.ts";

/** Units from `from` up to but without `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const LONGEST = 3;
/** With more letters it is no longer large. */
const LETTERS = 22;

/** A run of characters that carry the sense, in scripts without spaces. */
const SENSE = /^[\p{Script=Han}\p{Script=Katakana}ー々]+$/u;
const LONGEST_RUN = 8;

/** The longest run of Han or Katakana; the whole where they are not told apart from the rest. */
function densePhrase(units: readonly Unit[]): Range {
  let best = { from: 0, to: units.length };
  let most = 1;
  for (let from = 0; from < units.length; from++) {
    let to = from;
    while (to < units.length && SENSE.test(units[to]!.text)) to += 1;
    if (to - from > most && to - from <= LONGEST_RUN) [best, most] = [{ from, to }, to - from];
    from = Math.max(from, to - 1);
  }
  return best;
}

/** Of two that are as good, the later: titles lead up to what they are about. The whole of a title of few words. */
export function keyPhrase(units: readonly Unit[]): Range {
  if (units.some(({ text }) => SENSE.test(text))) return densePhrase(units);
  let best = { from: 0, to: units.length, score: Number.NEGATIVE_INFINITY };
  for (let from = 0; from < units.length; from++) {
    for (let to = from + 1; to <= Math.min(units.length, from + LONGEST); to++) {
      const score = scoreOf(units.slice(from, to)) + (endsSense(units, to) ? 2 : 0);
      if (Number.isFinite(score) && score >= best.score) best = { from, to, score };
    }
  }
  return { from: best.from, to: best.to };
}

function scoreOf(units: readonly Unit[]): number {
  const words = units.map(({ text }) => bare(text));
  const letters = words.join("").length;
  if (letters > LETTERS && units.length > 1) return Number.NEGATIVE_INFINITY;
  // A phrase ends at a comma, and begins and ends with a word that says something.
  const broken = units.slice(0, -1).some(pauses);
  const hollow = [words[0]!, words.at(-1)!].some((word) => word === "" || isFunctionWord(word));
  if (broken || hollow) return Number.NEGATIVE_INFINITY;
  return words.reduce((sum, word) => sum + weight(word), 0) - (units.length > 2 ? 5 : 0);
}

function pauses({ text }: Unit): boolean {
  return /[,;:.!?…—–]["'”’)\]]*$/u.test(text);
}

/** A phrase is whole where the title ends, or pauses, or a word of the next phrase follows. */
function endsSense(units: readonly Unit[], to: number): boolean {
  const next = units[to];
  return next === undefined || pauses(units[to - 1]!) || isFunctionWord(bare(next.text));
}

function bare(word: string): string {
  return word.replace(/^[^\p{L}\p{N}$€£¥]+|[^\p{L}\p{N}%]+$/gu, "");
}

/** Numbers catch the eye; long words carry more than short ones. */
function weight(word: string): number {
  if (isFunctionWord(word)) return -1.5;
  return (/\p{N}/u.test(word) ? 4 : 0) + Math.min(2 + word.length * 0.3, 4.5);
}
