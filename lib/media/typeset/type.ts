/** Sets a text into a box of a picture, and draws it so that it can be read on anything. */
import type { SKRSContext2D } from "@napi-rs/canvas";
import type { Colour } from "./colour.ts";
import { fitStack, fitText } from "./fit.ts";
import { joined, type Unit } from "./lines.ts";

/** Pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where in the box: along the lines, and from top to bottom. `start` is where the script's lines begin. */
export interface Place {
  readonly along: "start" | "middle" | "end";
  readonly down: "top" | "middle" | "bottom";
}

export interface Setting extends Place {
  /** Most lines. */
  readonly lines: number;
  /** Largest type. Pixels to the em. */
  readonly largest: number;
  /** CSS families. */
  readonly families: string;
  /** Each line as large as fills the width; else all in one size. */
  readonly stacked: boolean;
  /** What is added between letters. In ems. */
  readonly tracking: number;
}

export interface Line {
  readonly units: readonly Unit[];
  readonly text: string;
  /** Pixels to the em. */
  readonly size: number;
  /** Left end, baseline and width, and from the top of its capitals to the bottom of its tails. Pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly ascent: number;
  readonly descent: number;
}

export interface Block {
  readonly lines: readonly Line[];
  readonly families: string;
  readonly tracking: number;
  /** Of its largest line. Pixels to the em. */
  readonly size: number;
  /** Around all lines, from the top of capitals to the bottom of tails. */
  readonly bounds: Box;
  readonly rightToLeft: boolean;
}

/** In ems. Inter's capitals are 0.727 high; other scripts and accents reach higher. */
const CAPITALS = 0.73;
const DESCENDERS = 0.2;
/** Large heavy type reads best a little closer than it was drawn. In ems. */
export const TRACKING = -0.018;
/** Widths are measured in type of that size and scale from there. Pixels. */
const MEASURED = 100;

/** Whether the first letter with a direction is of a script that runs from right to left. */
const RIGHT_TO_LEFT =
  /^[^\p{L}]*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

type Face = Pick<Setting, "families" | "tracking">;

function setFont(context: SKRSContext2D, size: number, { families, tracking }: Face): void {
  // The weight is for fonts other than the shipped one, which has no other.
  context.font = `900 ${size}px ${families}`;
  context.letterSpacing = `${size * tracking}px`;
}

/** Undefined for no units. */
export function setText(
  context: SKRSContext2D,
  units: readonly Unit[],
  box: Box,
  setting: Setting,
): Block | undefined {
  const { families, tracking, stacked } = setting;
  const text = joined(units);
  const shape = shapeOf(context, text, setting);
  const measure = (part: string) => {
    setFont(context, MEASURED, setting);
    return context.measureText(part).width / MEASURED;
  };
  const options = { ...shape, ...setting, width: box.width, height: box.height };
  const fitted = (stacked ? fitStack : fitText)(units, measure, options);
  if (fitted.length === 0) return undefined;
  const rightToLeft = RIGHT_TO_LEFT.test(text);
  const along = { start: rightToLeft ? 1 : 0, middle: 0.5, end: rightToLeft ? 0 : 1 }[setting.along];
  const heights = fitted.map(({ size }) => size * (shape.ascent + shape.descent + shape.gap));
  const height = heights.reduce((sum, one) => sum + one, 0) - fitted.at(-1)!.size * shape.gap;
  const top = box.y + { top: 0, middle: 0.5, bottom: 1 }[setting.down] * (box.height - height);
  const lines = fitted.map(({ units: own, size }, index): Line => {
    const line = joined(own);
    const width = measure(line) * size;
    const above = heights.slice(0, index).reduce((sum, one) => sum + one, 0);
    const [ascent, descent] = [shape.ascent * size, shape.descent * size];
    const place = { x: box.x + along * (box.width - width), y: top + above + ascent };
    return { units: own, text: line, size, ...place, width, ascent, descent };
  });
  const left = Math.min(...lines.map(({ x }) => x));
  const width = Math.max(...lines.map((line) => line.x + line.width)) - left;
  const size = Math.max(...lines.map((line) => line.size));
  return { lines, size, families, tracking, bounds: { x: left, y: top, width, height }, rightToLeft };
}

/** Between lines. In ems. */
const GAP = 0.17;

/** How high a line is in this text: capitals alone are set closer than what has tails, and other scripts wider. */
function shapeOf(context: SKRSContext2D, text: string, face: Face) {
  setFont(context, MEASURED, face);
  const { actualBoundingBoxAscent } = context.measureText(text);
  // A comma's tail may come nearer to the next line than those of letters.
  const [commas, letters] = [text, text.replace(/[,;]/g, "")].map(
    (part) => context.measureText(part).actualBoundingBoxDescent / MEASURED,
  ) as [number, number];
  return {
    ascent: Math.max(CAPITALS, actualBoundingBoxAscent / MEASURED),
    descent: letters > 0.12 ? Math.max(DESCENDERS, letters) : commas > 0.12 ? 0.09 : 0.02,
    gap: GAP,
  };
}

export interface Ink {
  readonly fill: Colour;
  /** Of units that `isAccented`. */
  readonly accent: Colour;
  /** Around each letter. */
  readonly outline: Colour;
  /** Its width to each side, and how far the shadow is spread, in ems; 0 for none. */
  readonly outlineWidth: number;
  readonly shadow: number;
  readonly isAccented: (unit: Unit) => boolean;
}

/** Shadow first, then all outlines, then all letters: no outline lies on a letter. */
export function drawText(context: SKRSContext2D, block: Block, ink: Ink): void {
  context.save();
  context.textBaseline = "alphabetic";
  context.textAlign = "left";
  context.direction = block.rightToLeft ? "rtl" : "ltr";
  if (ink.outlineWidth > 0) {
    context.save();
    const { size } = block;
    context.shadowColor = "rgba(0,0,0,0.85)";
    context.shadowBlur = ink.shadow * size;
    context.shadowOffsetY = ink.shadow * size * 0.25;
    outlineLines(context, block, ink);
    context.restore();
    outlineLines(context, block, ink);
  }
  for (const line of block.lines) {
    setFont(context, line.size, block);
    fillLine(context, line, block, ink);
  }
  context.restore();
}

function outlineLines(context: SKRSContext2D, block: Block, ink: Ink): void {
  context.lineJoin = "round";
  context.strokeStyle = ink.outline;
  for (const line of block.lines) {
    setFont(context, line.size, block);
    context.lineWidth = 2 * ink.outlineWidth * line.size;
    context.strokeText(line.text, line.x, line.y);
  }
}

/** Word by word where some are accented; a line that runs the other way is drawn whole, in the accent if any of it is. */
function fillLine(context: SKRSContext2D, line: Line, { rightToLeft }: Block, ink: Ink): void {
  const accented = line.units.map(ink.isAccented);
  const oneColour = accented.every((is) => is === accented[0]);
  context.fillStyle = accented.some(Boolean) && (oneColour || rightToLeft) ? ink.accent : ink.fill;
  context.fillText(line.text, line.x, line.y);
  if (oneColour || rightToLeft) return;
  context.fillStyle = ink.accent;
  for (const [index, unit] of line.units.entries()) {
    if (!accented[index]) continue;
    const before = joined(line.units.slice(0, index + 1));
    const x = line.x + context.measureText(before).width - context.measureText(unit.text).width;
    context.fillText(unit.text, x, line.y);
  }
}
