/** Sets one line: the shapes of its words, in the order in which they are seen, whichever way they are read. */
import bidiFactory from "bidi-js";
import type { Box, Stroke, Typeface } from "../fonts/typeface.ts";
import type { Run } from "./cast.ts";

// Its types are those of its ES module; what Node loads is CommonJS, whose default is the function itself.
const bidi = (bidiFactory as unknown as typeof bidiFactory.default)();

/** A unit on its line. Lengths in em; x from the line's left end, y upwards from its baseline. */
export interface SetWord {
  readonly unit: number;
  readonly left: number;
  readonly right: number;
  readonly strokes: readonly Stroke[];
  readonly ink: Box | undefined;
}

export interface SetLine {
  readonly advance: number;
  readonly words: readonly SetWord[];
}

export interface LineUnit {
  readonly unit: number;
  readonly runs: readonly Run[];
  /** Whether a space parts it from the unit before. */
  readonly spaced: boolean;
}

/** A stretch that runs in one direction, in one font; a space between words has none. */
interface Piece {
  readonly text: string;
  readonly typeface: Typeface | undefined;
  readonly level: number;
  readonly unit: number;
}

/** Whether a text is read from right to left, by its first letter that has a direction. */
export function isRightToLeft(text: string): boolean {
  return bidi.getEmbeddingLevels(text, "auto").paragraphs[0]?.level === 1;
}

/** `space`: em between words. */
export function setLine(units: readonly LineUnit[], rightToLeft: boolean, space: number): SetLine {
  const words = new Map<number, { left: number; right: number; strokes: Stroke[]; inks: Box[] }>();
  let at = 0;
  for (const { text, typeface, level, unit } of inSight(piecesOf(units, rightToLeft))) {
    if (typeface === undefined) {
      at += space;
      continue;
    }
    const { advance, strokes, ink } = typeface.set(text, level % 2 === 1);
    const word = words.get(unit) ?? { left: at, right: at, strokes: [], inks: [] };
    word.left = Math.min(word.left, at);
    word.right = at + advance;
    word.strokes.push(...strokes.map((one) => shifted(one, at)));
    if (ink !== undefined) word.inks.push({ ...ink, left: ink.left + at, right: ink.right + at });
    words.set(unit, word);
    at += advance;
  }
  return {
    advance: at,
    words: [...words].map(([unit, { inks, ...word }]) => ({ unit, ...word, ink: union(inks) })),
  };
}

function piecesOf(units: readonly LineUnit[], rightToLeft: boolean): Piece[] {
  const stretches = units.flatMap(({ unit, runs, spaced }, i) => [
    ...(i > 0 && spaced ? [{ text: " ", typeface: undefined, unit }] : []),
    ...runs.map((run) => ({ ...run, unit })),
  ]);
  const text = stretches.map((one) => one.text).join("");
  const { levels } = bidi.getEmbeddingLevels(text, rightToLeft ? "rtl" : "ltr");
  let start = 0;
  return stretches.flatMap((stretch) => {
    const pieces: Piece[] = [];
    let from = 0;
    for (let to = 1; to <= stretch.text.length; to++) {
      const level = levels[start + from]!;
      if (to < stretch.text.length && levels[start + to] === level) continue;
      pieces.push({ ...stretch, text: stretch.text.slice(from, to), level });
      from = to;
    }
    start += stretch.text.length;
    return pieces;
  });
}

/** From left to right: whatever is at a level or above it is turned round, from the highest to the lowest odd one (UAX 9, L2). */
function inSight(pieces: readonly Piece[]): Piece[] {
  const order = [...pieces];
  const highest = Math.max(0, ...pieces.map(({ level }) => level));
  for (let level = highest; level >= 1; level--) {
    for (let from = 0; from < order.length; from++) {
      if (order[from]!.level < level) continue;
      let to = from;
      while (to < order.length && order[to]!.level >= level) to++;
      order.splice(from, to - from, ...order.slice(from, to).reverse());
      from = to;
    }
  }
  return order;
}

function shifted({ kind, points }: Stroke, by: number): Stroke {
  return { kind, points: points.map((value, i) => (i % 2 === 0 ? value + by : value)) };
}

export function union(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined;
  return {
    left: Math.min(...boxes.map((box) => box.left)),
    right: Math.max(...boxes.map((box) => box.right)),
    top: Math.max(...boxes.map((box) => box.top)),
    bottom: Math.min(...boxes.map((box) => box.bottom)),
  };
}
