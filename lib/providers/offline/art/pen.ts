/** The few strokes that every picture is made of. Lengths are in the context's current units. */
import { type CanvasGradient, Path2D, type SKRSContext2D } from "@napi-rs/canvas";
import { type Colour, fade } from "./colour.ts";

export type Context = SKRSContext2D;
export type Fill = Colour | CanvasGradient;
export type Point = readonly [x: number, y: number];

const fullTurn = Math.PI * 2;

function spread(gradient: CanvasGradient, colours: readonly Colour[]): CanvasGradient {
  for (const [i, colour] of colours.entries())
    gradient.addColorStop(i / Math.max(1, colours.length - 1), colour);
  return gradient;
}

/** A gradient from left to right, its colours evenly spread. */
export function across(ctx: Context, left: number, right: number, ...colours: Colour[]): CanvasGradient {
  return spread(ctx.createLinearGradient(left, 0, right, 0), colours);
}

/** A gradient from top to bottom. */
export function down(ctx: Context, top: number, bottom: number, ...colours: Colour[]): CanvasGradient {
  return spread(ctx.createLinearGradient(0, top, 0, bottom), colours);
}

export function polygon(ctx: Context, fill: Fill, points: readonly Point[]): void {
  ctx.fillStyle = fill;
  ctx.beginPath();
  for (const [x, y] of points) ctx.lineTo(x, y);
  ctx.closePath();
  ctx.fill();
}

/** `d` is an SVG path. */
export function shape(ctx: Context, fill: Fill, d: string): void {
  ctx.fillStyle = fill;
  ctx.fill(new Path2D(d));
}

export function outline(ctx: Context, stroke: Fill, width: number, d: string): void {
  ctx.strokeStyle = stroke;
  ctx.lineWidth = width;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.stroke(new Path2D(d));
}

export function rect(ctx: Context, fill: Fill, x: number, y: number, width: number, height: number): void {
  ctx.fillStyle = fill;
  ctx.fillRect(x, y, width, height);
}

/** A rectangle with round corners. */
export function block(
  ctx: Context,
  fill: Fill,
  x: number,
  y: number,
  width: number,
  height: number,
  round: number,
): void {
  ctx.fillStyle = fill;
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, round);
  ctx.fill();
}

export function oval(ctx: Context, fill: Fill, x: number, y: number, rx: number, ry: number, turn = 0): void {
  ctx.fillStyle = fill;
  ctx.beginPath();
  ctx.ellipse(x, y, rx, ry, turn, 0, fullTurn);
  ctx.fill();
}

export function disc(ctx: Context, fill: Fill, x: number, y: number, radius: number): void {
  oval(ctx, fill, x, y, radius, radius);
}

export function ring(ctx: Context, stroke: Fill, width: number, x: number, y: number, radius: number): void {
  ctx.strokeStyle = stroke;
  ctx.lineWidth = width;
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, fullTurn);
  ctx.stroke();
}

export function line(ctx: Context, stroke: Fill, width: number, points: readonly Point[]): void {
  ctx.strokeStyle = stroke;
  ctx.lineWidth = width;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.beginPath();
  for (const [x, y] of points) ctx.lineTo(x, y);
  ctx.stroke();
}

/** Light around a point, gone at `radius`. */
export function glow(
  ctx: Context,
  colour: Colour,
  x: number,
  y: number,
  radius: number,
  strength: number,
): void {
  const light = ctx.createRadialGradient(x, y, 0, x, y, radius);
  light.addColorStop(0, fade(colour, strength));
  light.addColorStop(0.35, fade(colour, strength * 0.4));
  light.addColorStop(0.7, fade(colour, strength * 0.09));
  light.addColorStop(1, fade(colour, 0));
  ctx.fillStyle = light;
  ctx.fillRect(x - radius, y - radius, radius * 2, radius * 2);
}

/** Draws within a saved state, so that transforms and clips end where they began. */
export function aside(ctx: Context, draw: () => void): void {
  ctx.save();
  draw();
  ctx.restore();
}
