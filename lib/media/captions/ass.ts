/**
 * Writes captions as an ASS file that holds the shapes of its words and needs no font.
 *
 * Text would be set by whoever draws it, and they differ: npm's ffmpeg of 2018 has a libass without HarfBuzz, which
 * cannot join Arabic letters, and any of them puts another font in place of one that it does not find. A shape is
 * the same everywhere. What it reads is in a comment at the same time, which is not drawn.
 */
import type { Stroke } from "../fonts/typeface.ts";
import { assColour, styleColour } from "./colour.ts";
import type { Span, TimedPage } from "./frames.ts";
import type { FilmSize, PlacedPage, PlacedWord, Rectangle } from "./layout.ts";
import type { CaptionBox, CaptionStyle } from "./style.ts";

export interface Caption extends TimedPage {
  readonly placed: PlacedPage;
  /** What it reads, for people. */
  readonly text: string;
}

export interface AssFile {
  readonly film: FilmSize;
  readonly fps: number;
  readonly style: CaptionStyle;
  /** Names of the fonts that it was set in, for people. */
  readonly fonts: readonly string[];
  readonly captions: readonly Caption[];
}

/** Coordinates of shapes are in sixteenths of a pixel: \p5 divides by 2^4. */
const FINENESS = 16;

/** From what is behind to what is in front. */
const LAYERS = { Box: 0, ActiveBox: 1, Word: 2 } as const;
type Look = keyof typeof LAYERS;

const STYLE_FORMAT =
  "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, " +
  "StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding";

export function writeAss(file: AssFile): string {
  return `${[
    "[Script Info]",
    "; Shapes of words, so that no font is needed to draw them.",
    ...file.fonts.map((font) => `; Font: ${font}`),
    "ScriptType: v4.00+",
    `PlayResX: ${file.film.width}`,
    `PlayResY: ${file.film.height}`,
    "WrapStyle: 2",
    "ScaledBorderAndShadow: yes",
    "YCbCr Matrix: TV.601", // Of the colours here, not of the film: see colour.ts.
    "",
    "[V4+ Styles]",
    `Format: ${STYLE_FORMAT}`,
    ...styles(file),
    "",
    "[Events]",
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ...file.captions.flatMap((caption) => [
      event("Comment", "Word", caption, file.fps, caption.text),
      ...boxes(caption, file),
      ...caption.placed.words.flatMap((word) => wordEvents(word, caption, file)),
    ]),
  ].join("\n")}\n`;
}

function styles({ style: { colour, size, outline, shadow, active, box }, film }: AssFile): string[] {
  const em = size * film.width;
  const line = (name: Look, fill: string) => {
    const edge = name.endsWith("Box") ? [0, 0] : [(outline?.width ?? 0) * em, (shadow?.offset ?? 0) * em];
    return [
      `Style: ${name},Arial`, // Nobody looks for it: shapes have no font.
      ...[number(em), fill, fill, styleColour(outline?.colour ?? "#000000")],
      styleColour(shadow?.colour ?? "#000000", shadow?.opacity ?? 0),
      ...[0, 0, 0, 0, 100, 100, 0, 0, 1, ...edge.map(number), 7, 0, 0, 0, 1],
    ].join(",");
  };
  return [
    line("Word", styleColour(colour)),
    ...(box === null ? [] : [line("Box", styleColour(box.colour, box.opacity))]),
    ...(active?.box == null ? [] : [line("ActiveBox", styleColour(active.box.colour, active.box.opacity))]),
  ];
}

function boxes(caption: Caption, { style: { box, active }, fps }: AssFile): string[] {
  const { placed } = caption;
  const draw = (look: Look, span: Span, around: Rectangle, { padding, radius }: CaptionBox) =>
    event("Dialogue", look, span, fps, rounded(around, padding * placed.size, radius * placed.size));
  const behind = active?.box;
  return [
    ...(box === null ? [] : [draw("Box", caption, placed.block, box)]),
    ...(behind == null ? [] : caption.active).flatMap((span) => {
      const word = placed.words.find(({ unit }) => unit === span.unit);
      if (word === undefined || word.strokes.length === 0) return [];
      const [x, y] = [word.half, placed.size / 2];
      const around = { left: word.x - x, right: word.x + x, top: word.y - y, bottom: word.y + y };
      return [draw("ActiveBox", span, around, behind!)];
    }),
  ];
}

function wordEvents(word: PlacedWord, caption: Caption, file: AssFile): string[] {
  if (word.strokes.length === 0) return [];
  const tags = `\\pos(${number(word.x)},${number(word.y)})${edges(caption.placed, file)}${highlight(word, caption, file)}`;
  const shape = path(word.strokes, caption.placed.size);
  return [event("Dialogue", "Word", caption, file.fps, `{${tags}\\p5}${shape}`)];
}

/** A word looks another way from the frame on that it is spoken, until the next one is. */
function highlight({ unit }: PlacedWord, caption: Caption, { style, fps }: AssFile): string {
  const spoken = caption.active.find((span) => span.unit === unit);
  if (style.active === null || spoken === undefined) return "";
  const look = (colour: string, scale: number) =>
    `\\1c&H${assColour(colour)}&\\fscx${number(scale * 100)}\\fscy${number(scale * 100)}`;
  const at = (frame: number) => Math.round(((frame - 0.5) / fps) * 1000) - hundredths(caption.from, fps) * 10;
  const change = (frame: number, to: string) => `\\t(${at(frame)},${at(frame)},${to})`;
  const on = look(style.active.colour, style.active.scale);
  return [
    // A change at the time 0 would be taken for one that lasts as long as the caption.
    spoken.from === caption.from ? on : change(spoken.from, on),
    spoken.to === caption.to ? "" : change(spoken.to, look(style.colour, 1)),
  ].join("");
}

/** Of a page that is set smaller than the style says, outline and shadow are smaller as well. */
function edges({ size }: PlacedPage, { style: { size: usual, outline, shadow }, film }: AssFile): string {
  if (size === usual * film.width) return "";
  return `\\bord${number((outline?.width ?? 0) * size)}\\shad${number((shadow?.offset ?? 0) * size)}`;
}

/** From em with y upwards. */
function path(strokes: readonly Stroke[], size: number): string {
  const fine = (value: number, i: number) => Math.round(value * size * (i % 2 === 0 ? FINENESS : -FINENESS));
  return strokes.map(({ kind, points }) => `${kind} ${points.map(fine).join(" ")}`).join(" ");
}

/** How far from a corner the control points of a curve are that is a quarter of a circle: 1 - 4/3 (√2 - 1). */
const CORNER = 0.4477;

/** A rectangle with round corners. All in pixels. */
function rounded({ left, top, right, bottom }: Rectangle, padding: number, radius: number): string {
  const fine = (value: number) => Math.round(value * FINENESS);
  const [w, h] = [fine((right - left) / 2 + padding), fine((bottom - top) / 2 + padding)];
  const r = Math.min(fine(radius), w, h);
  const c = Math.round(r * CORNER);
  const sides = [
    `m ${r - w} ${-h} l ${w - r} ${-h} b ${w - c} ${-h} ${w} ${c - h} ${w} ${r - h}`,
    `l ${w} ${h - r} b ${w} ${h - c} ${w - c} ${h} ${w - r} ${h}`,
    `l ${r - w} ${h} b ${c - w} ${h} ${-w} ${h - c} ${-w} ${h - r}`,
    `l ${-w} ${r - h} b ${-w} ${c - h} ${c - w} ${-h} ${r - w} ${-h}`,
  ];
  return `{\\pos(${number((left + right) / 2)},${number((top + bottom) / 2)})\\p5}${sides.join(" ")}`;
}

function event(kind: "Dialogue" | "Comment", look: Look, span: Span, fps: number, text: string): string {
  return `${kind}: ${LAYERS[look]},${time(span.from, fps)},${time(span.to, fps)},${look},,0,0,0,,${text}`;
}

/**
 * When a frame begins, half a frame early: whichever way hundredths and a film's time are rounded, the frames of a
 * span are inside, and no other.
 */
function hundredths(frame: number, fps: number): number {
  return Math.max(0, Math.round(((frame - 0.5) / fps) * 100));
}

function time(frame: number, fps: number): string {
  const all = hundredths(frame, fps);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${Math.floor(all / 360_000)}:${two((all / 6_000) % 60)}:${two((all / 100) % 60)}.${two(all % 100)}`;
}

const number = (value: number) => String(Math.round(value * 100) / 100);
