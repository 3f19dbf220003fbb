/** Puts a page's lines on the film: their size, and the place of every word, inside the area that stays visible. */
import type { Stroke } from "../fonts/typeface.ts";
import type { SetLine, SetWord } from "./line.ts";
import type { CaptionStyle } from "./style.ts";

/** Pixels. */
export interface FilmSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels, y downwards. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface PlacedWord {
  readonly unit: number;
  /** What it grows around: the middle of its advance, and half a capital letter above its baseline. Pixels. */
  readonly x: number;
  readonly y: number;
  /** Of its advance, to each side of `x`. Pixels. */
  readonly half: number;
  /** In em, from x and y; y upwards. */
  readonly strokes: readonly Stroke[];
}

export interface PlacedPage {
  /** An em, in pixels: the style's, or less where a word would not fit. */
  readonly size: number;
  readonly words: readonly PlacedWord[];
  /** Around all lines, without padding. */
  readonly block: Rectangle;
}

/** Above the baseline: half a capital letter of Inter (0.727 em). What is there is in the middle of a line for the eye. */
const MIDDLE = 0.36;
/** From the middle of a line to where it ends for the eye, upwards and downwards. em. */
const HALF_LINE = 0.5;
/** The same with room for accents and for what hangs below. em. */
const HALF_ROOM = 0.62;

/** What is drawn around the letters at most, on each side. em. */
export function overhang({ outline, shadow, box, active }: CaptionStyle): number {
  const drawn = (outline?.width ?? 0) + (shadow?.offset ?? 0);
  return Math.max(drawn, box?.padding ?? 0, active?.box?.padding ?? 0);
}

/** The area that captions may cover. Pixels. */
export function areaOf({ area }: CaptionStyle, { width, height }: FilmSize): Rectangle {
  return {
    left: area.left * width,
    right: (1 - area.right) * width,
    top: area.top * height,
    bottom: (1 - area.bottom) * height,
  };
}

/** Captions are in the middle of the film: what is clear on the narrower side of it is clear on both. Pixels. */
export function roomAcross(style: CaptionStyle, film: FilmSize): number {
  const { left, right } = areaOf(style, film);
  const middle = film.width / 2;
  return 2 * Math.min(middle - left, right - middle);
}

/** How wide a line may be at the style's own size. em. */
export function longestLine(style: CaptionStyle, film: FilmSize): number {
  return roomAcross(style, film) / (style.size * film.width) - 2 * overhang(style) - growth(style);
}

/** By how much a word of two em outgrows its place. em. */
const growth = ({ active }: CaptionStyle) => 2 * ((active?.scale ?? 1) - 1);

export function placePage(lines: readonly SetLine[], style: CaptionStyle, film: FilmSize): PlacedPage {
  const { top, bottom, across } = extent(lines, style);
  const area = areaOf(style, film);
  const usual = style.size * film.width;
  const size = Math.min(
    usual,
    roomAcross(style, film) / (2 * across),
    (area.bottom - area.top) / (bottom - top),
  );
  const first = firstMiddle(lines.length, { top, bottom }, style, area, size, usual);
  const middles = lines.map((_, i) => first + i * style.line_height * size);
  const x = film.width / 2;
  const half = Math.max(...lines.map(({ advance }) => advance / 2)) * size;
  return {
    size,
    words: lines.flatMap((line, i) =>
      line.words.map((word) => place(word, line, { x, y: middles[i]!, size })),
    ),
    block: {
      left: x - half,
      right: x + half,
      top: first - HALF_LINE * size,
      bottom: middles.at(-1)! + HALF_LINE * size,
    },
  };
}

/** What a page covers at most, in em, with all that is around its letters: from the first line's middle; and to each side. */
function extent(lines: readonly SetLine[], style: CaptionStyle) {
  const around = overhang(style);
  const scale = style.active?.scale ?? 1;
  let [top, bottom, across] = [-HALF_ROOM, (lines.length - 1) * style.line_height + HALF_ROOM, 0];
  for (const [i, { advance, words }] of lines.entries()) {
    across = Math.max(across, advance / 2);
    for (const { left, right, ink } of words) {
      if (ink === undefined) continue;
      const middle = (left + right) / 2;
      const half = Math.max(middle - Math.min(ink.left, left), Math.max(ink.right, right) - middle) * scale;
      across = Math.max(across, Math.abs(middle - advance / 2) + half);
      top = Math.min(top, i * style.line_height - (ink.top - MIDDLE) * scale);
      bottom = Math.max(bottom, i * style.line_height - (ink.bottom - MIDDLE) * scale);
    }
  }
  return { top: top - around, bottom: bottom + around, across: across + around };
}

/** Where the first line's middle is. The usual line decides, so that pages do not jump; unusual letters move it. */
function firstMiddle(
  lines: number,
  { top, bottom }: { top: number; bottom: number },
  style: CaptionStyle,
  area: Rectangle,
  size: number,
  usual: number,
): number {
  const down = (lines - 1) * style.line_height * size;
  const room = (HALF_ROOM + overhang(style)) * usual;
  const wished = {
    top: area.top + room,
    middle: (area.top + area.bottom - down) / 2,
    bottom: area.bottom - room - down,
  }[style.position];
  return Math.max(Math.min(wished, area.bottom - bottom * size), area.top - top * size);
}

function place(
  { unit, left, right, strokes }: SetWord,
  { advance }: SetLine,
  at: { x: number; y: number; size: number },
): PlacedWord {
  const middle = (left + right) / 2;
  return {
    unit,
    x: at.x + (middle - advance / 2) * at.size,
    y: at.y,
    half: ((right - left) / 2) * at.size,
    strokes: strokes.map(({ kind, points }) => ({
      kind,
      points: points.map((value, i) => value - (i % 2 === 0 ? middle : MIDDLE)),
    })),
  };
}
