/** What every layout of a picture with type on it is made of: shades, bands, and the title in its colours. */
import type { Image, SKRSContext2D } from "@napi-rs/canvas";
import { type Colour, contrast, fade, INK, WHITE } from "./colour.ts";
import type { Unit } from "./lines.ts";
import { drawPicture, type Placing } from "./picture.ts";
import { type Block, type Box, drawText, type Ink } from "./type.ts";

/** Something to draw on. */
export interface Page {
  readonly context: SKRSContext2D;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** A 720th of the shorter side: what measures are given in. Pixels. */
  readonly unit: number;
  /** Stands out on the picture. */
  readonly accent: Colour;
  /** The picture's darkest tone: what type stands on. */
  readonly deep: Colour;
}

export function whole({ width, height }: Page): Box {
  return { x: 0, y: 0, width, height };
}

export function fill(
  { context, width, height }: Pick<Page, "context" | "width" | "height">,
  colour: Colour,
): void {
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
}

/** A little more contrast and colour than the picture has: it is seen small, and beside others. */
const GRADE = "contrast(1.06) saturate(1.16)";

export function layPicture(page: Page, image: Image, box: Box, placing: Placing, filter = GRADE): void {
  page.context.filter = filter;
  drawPicture(page.context, image, box, placing);
  page.context.filter = "none";
}

/** Shades along a line from [x0, y0] to [x1, y1]. Stops come in twos: share of the way, opacity. */
export function shade(
  { context, width, height, deep }: Page,
  line: readonly [x0: number, y0: number, x1: number, y1: number],
  stops: readonly number[],
): void {
  const gradient = context.createLinearGradient(...line);
  for (let at = 0; at + 1 < stops.length; at += 2)
    gradient.addColorStop(stops[at]!, fade(deep, stops[at + 1]!));
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
}

/** The same everywhere. */
export function shadeAll({ context, width, height, deep }: Page, opacity: number): void {
  context.fillStyle = fade(deep, opacity);
  context.fillRect(0, 0, width, height);
}

/** Darker towards the corners, which holds the eye in the middle. */
export function vignette({ context, width, height }: Page, strength: number): void {
  const radius = Math.hypot(width, height) / 2;
  const gradient = context.createRadialGradient(
    width / 2,
    height / 2,
    radius * 0.45,
    width / 2,
    height / 2,
    radius,
  );
  gradient.addColorStop(0, "rgba(0,0,0,0)");
  gradient.addColorStop(1, `rgba(0,0,0,${strength})`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
}

/** Dims the picture behind a block, with no edge to be seen: what is read is dark enough behind, whatever the picture. */
export function scrim({ context, deep }: Page, { bounds, size }: Block, opacity: number): void {
  context.save();
  context.filter = `blur(${Math.round(size * 0.45)}px)`;
  context.fillStyle = fade(deep, opacity);
  const around = size * 0.3;
  context.beginPath();
  context.roundRect(
    bounds.x - around,
    bounds.y - around,
    bounds.width + 2 * around,
    bounds.height + 2 * around,
    size * 0.4,
  );
  context.fill();
  context.restore();
}

/** White with accents, outlined in the picture's darkest tone: read on any picture. */
export function titleInk({ accent, deep }: Page, isAccented: (unit: Unit) => boolean): Ink {
  return {
    fill: WHITE,
    accent,
    outline: deep,
    outlineWidth: 0.05,
    shadow: 0.14,
    isAccented,
  };
}

export function drawTitle(page: Page, block: Block, isAccented: (unit: Unit) => boolean): void {
  drawText(page.context, block, titleInk(page, isAccented));
}

export function bar({ context }: Page, colour: Colour, { x, y, width, height }: Box): void {
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(width, height) / 2);
  context.fill();
}

/** Black or white, whichever is read better on it. */
export function inkOn(colour: Colour): Colour {
  return contrast(colour, INK) >= contrast(colour, WHITE) ? INK : WHITE;
}
