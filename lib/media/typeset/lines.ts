/** Where a text may be broken into lines, and where it is: lines of even length, that end where the sense pauses. */

import { graphemes } from "../../base/graphemes.ts";

/** What must not be torn apart. */
export interface Unit {
  readonly text: string;
  /** Whether a space stands before it, which goes when a line begins here. */
  readonly spaced: boolean;
}

/** Scripts that are written without spaces and broken between any two characters. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆〇]/u;
/** No line begins with these, any may with those, none ends with the last (the common part of JIS X 4051 and GB/T 15834). */
const CLOSING = /^[\p{Pe}\p{Pf}、。，．・：；？！…‥ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々〜%‰]/u;
const BREAKS = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}々〆〇\p{Ps}\p{Pi}]/u;
const OPENING = /[\p{Ps}\p{Pi}]$/u;

/** The units of a text: its words, and in dense scripts its characters. White space is taken as one space. */
export function unitsOf(text: string): Unit[] {
  return text
    .split(/\s+/u)
    .filter((word) => word !== "")
    .flatMap((word, index) =>
      torn(word).map((part, place) => ({ text: part, spaced: index > 0 && place === 0 })),
    );
}

function torn(word: string): string[] {
  if (!DENSE.test(word)) return [word];
  const parts: string[] = [];
  for (const character of graphemes(word)) {
    const last = parts.at(-1);
    const joined =
      last !== undefined &&
      (CLOSING.test(character) || OPENING.test(last) || !(DENSE.test(last) || BREAKS.test(character)));
    if (joined) parts[parts.length - 1] = last + character;
    else parts.push(character);
  }
  return parts;
}

export function joined(units: readonly Unit[]): string {
  return units.map(({ text, spaced }, index) => (spaced && index > 0 ? ` ${text}` : text)).join("");
}

/** English words that lean on the next: a line that ends in one of them reads on with a stumble. */
const LEANING = new Set(
  (
    "a an the of to in on at by for from with into over under and or but nor as if than that which who whose " +
    "is are was were be has have had will would can could do does did not no my your his her its our their this"
  ).split(" "),
);

/** Shares of an even line's square: a little unevenness is better than a bad end, much is not. */
const BAD_END = 0.06;
const GOOD_END = -0.04;

/** Whether a line that ends with this unit ends badly. */
export function leans({ text }: Unit): boolean {
  return LEANING.has(text.toLowerCase());
}

function endCost(unit: Unit): number {
  if (leans(unit)) return BAD_END;
  return /[,;:.!?…—–-]["'”’)\]]*$/u.test(unit.text) ? GOOD_END : 0;
}

/**
 * The best way into exactly `count` lines, or none if there are fewer units: the least sum of squared line widths,
 * which is least where they are even. `widths` are the units', in any one measure, as is `space`.
 */
export function breakLines(
  units: readonly Unit[],
  widths: readonly number[],
  space: number,
  count: number,
): Unit[][] | undefined {
  if (count > units.length || count < 1) return undefined;
  const ends = [0];
  for (const [index, width] of widths.entries())
    ends.push(ends[index]! + width + (units[index]!.spaced ? space : 0));
  const widthOf = (from: number, to: number) => ends[to]! - ends[from]! - (units[from]!.spaced ? space : 0);
  const even = (ends.at(-1)! / count) ** 2;
  const costOf = (from: number, to: number) =>
    widthOf(from, to) ** 2 + (to < units.length ? even * endCost(units[to - 1]!) : 0);
  return units.length === 0 ? undefined : cheapest(units, count, costOf);
}

/** Dynamic programming over "the first `to` units in `line` lines". */
function cheapest(
  units: readonly Unit[],
  count: number,
  costOf: (from: number, to: number) => number,
): Unit[][] {
  let costs = units.map((_, index) => costOf(0, index + 1));
  const froms: number[][] = [];
  for (let line = 1; line < count; line++) {
    const next = units.map(() => Number.POSITIVE_INFINITY);
    const from = units.map(() => 0);
    for (let to = line; to < units.length; to++) {
      for (let start = line; start <= to; start++) {
        const cost = costs[start - 1]! + costOf(start, to + 1);
        if (cost < next[to]!) [next[to], from[to]] = [cost, start];
      }
    }
    froms.push(from);
    costs = next;
  }
  const lines: Unit[][] = [];
  let end = units.length;
  for (const from of froms.reverse()) {
    lines.unshift(units.slice(from[end - 1]!, end));
    end = from[end - 1]!;
  }
  return [units.slice(0, end), ...lines];
}
