/** What the subject stands on or floats in: hills, sea, a table, a room. */
import { darker, fade, lighter, mix } from "./colour.ts";
import { rough } from "./noise.ts";
import type { Point } from "./pen.ts";
import { across, down, oval, polygon, rect } from "./pen.ts";
import { between } from "./random.ts";
import type { Stage } from "./stage.ts";

export type Setting = "hills" | "meadow" | "sea" | "table" | "room" | "sky";

export function drawGround(stage: Stage, setting: Setting): void {
  if (setting === "hills") drawHills(stage, 5);
  if (setting === "meadow") drawMeadow(stage);
  if (setting === "sea") drawSea(stage);
  if (setting === "table") drawTable(stage);
  if (setting === "room") drawRoom(stage);
}

export interface Ridge {
  /** Pixels from the top, at the middle of the swing. */
  readonly base: number;
  readonly swing: number;
  /** How many hills fit into the picture's longer side. */
  readonly hills: number;
  /** Another number, another ridge. */
  readonly offset: number;
}

/** The height line of a ridge, in pixels, and the fill below it. */
export function drawRidge(stage: Stage, ridge: Ridge, top: Parameters<typeof mix>[0], foot = top): void {
  const { ctx, noise, width, height } = stage;
  const step = Math.max(2, Math.round(width / 640));
  const scale = ridge.hills / Math.max(width, height);
  const points: Point[] = [[0, height]];
  for (let x = 0; x <= width + step; x += step) {
    points.push([x, ridge.base - ridge.swing * (rough(noise, x * scale + ridge.offset) - 0.5) * 2]);
  }
  points.push([width + step, height]);
  polygon(ctx, down(ctx, ridge.base - ridge.swing, ridge.base + ridge.swing * 2, top, foot), points);
}

/** A band of haze, densest at `y`. */
export function drawMist(stage: Stage, y: number, reach: number, strength: number): void {
  const { ctx, palette, width } = stage;
  const clear = fade(palette.low, 0);
  rect(
    ctx,
    down(ctx, y - reach, y + reach, clear, fade(palette.low, strength), clear),
    0,
    y - reach,
    width,
    reach * 2,
  );
}

export function drawHills(stage: Stage, layers: number): void {
  const { palette, height, horizon } = stage;
  for (let layer = 0; layer < layers; layer++) {
    const depth = layer / Math.max(1, layers - 1);
    const base = horizon + (height * 0.9 - horizon) * depth ** 1.1;
    const colour = mix(palette.far, palette.near, depth ** 0.8);
    const ridge = {
      base,
      swing: height * (0.13 - 0.07 * depth),
      hills: 3.2 + 3 * depth,
      offset: layer * 37.7,
    };
    drawRidge(stage, ridge, colour, mix(colour, palette.low, 0.16 * (1 - depth)));
    if (layer < layers - 1) drawMist(stage, base + height * 0.05, height * 0.09, 0.26);
  }
}

/** Distant hills, then a quiet swell of near ground that is level under the subject. */
function drawMeadow(stage: Stage): void {
  const { ctx, palette, width, height, subject } = stage;
  drawHills({ ...stage, height: height * 0.92 }, 3);
  drawMist(stage, subject.foot - height * 0.03, height * 0.1, 0.3);
  const soil = mix(palette.near, palette.far, 0.16);
  const rise = height * 0.022;
  ctx.fillStyle = down(ctx, subject.foot - rise, height, soil, palette.near);
  ctx.beginPath();
  ctx.moveTo(0, subject.foot + rise);
  ctx.bezierCurveTo(
    width * 0.25,
    subject.foot - rise,
    width * 0.75,
    subject.foot - rise,
    width,
    subject.foot + rise * 1.3,
  );
  ctx.lineTo(width, height);
  ctx.lineTo(0, height);
  ctx.fill();
}

function drawSea(stage: Stage): void {
  const { ctx, palette, width, height, horizon } = stage;
  drawRidge(
    stage,
    { base: horizon - height * 0.005, swing: height * 0.05, hills: 5, offset: 3 },
    mix(palette.far, palette.low, 0.35),
  );
  const surface = mix(palette.low, palette.far, 0.5);
  rect(
    ctx,
    down(
      ctx,
      horizon,
      height,
      surface,
      palette.middle,
      mix(palette.middle, palette.near, 0.75),
      palette.near,
    ),
    0,
    horizon,
    width,
    height - horizon,
  );
  drawWaves(stage);
  drawGlitter(stage);
  drawMist(stage, horizon, height * 0.05, 0.3);
}

function drawWaves(stage: Stage): void {
  const { ctx, palette, random, width, height, horizon } = stage;
  for (let i = 0; i < 46; i++) {
    const depth = random() ** 1.3;
    const y = horizon + (height - horizon) * (0.03 + 0.97 * depth);
    const rx = width * between(random, 0.03, 0.13) * (0.4 + depth);
    const colour = random() < 0.5 ? palette.near : mix(palette.middle, palette.low, 0.4);
    oval(ctx, fade(colour, 0.16), random() * width, y, rx, height * (0.0012 + 0.004 * depth));
  }
}

/** The light's path on water: wide and sparse near us, narrow and dense at the horizon. */
export function drawGlitter(stage: Stage): void {
  const { ctx, palette, random, width, height, horizon, sun } = stage;
  for (let i = 0; i < 260; i++) {
    const depth = random() ** 1.5;
    const x = sun.x + (random() + random() - 1) * stage.short * (0.05 + 0.3 * depth);
    const rx = width * (0.003 + 0.02 * depth) * (0.3 + random());
    const strength = (0.7 - 0.5 * depth) * between(random, 0.2, 1);
    oval(
      ctx,
      fade(palette.light, strength),
      x,
      horizon + depth * (height - horizon) * 0.9,
      rx,
      height * (0.0009 + 0.0016 * depth),
    );
  }
}

/** A smooth plane that catches the light around the subject's foot, for things one would put on a table. */
function drawTable(stage: Stage): void {
  const { ctx, palette, width, height, subject, sun } = stage;
  drawRidge(
    stage,
    { base: subject.foot - height * 0.14, swing: height * 0.09, hills: 4, offset: 11 },
    mix(palette.far, palette.low, 0.25),
  );
  drawRidge(
    stage,
    { base: subject.foot - height * 0.06, swing: height * 0.06, hills: 5, offset: 57 },
    mix(palette.far, palette.near, 0.3),
  );
  drawMist(stage, subject.foot - height * 0.05, height * 0.09, 0.35);
  const edge = subject.foot - subject.size * 0.06;
  const lit = mix(palette.near, palette.low, 0.42);
  rect(
    ctx,
    down(ctx, edge, height, lit, mix(palette.near, palette.middle, 0.25), palette.near),
    0,
    edge,
    width,
    height - edge,
  );
  const shine = ctx.createRadialGradient(sun.x, edge, 0, sun.x, edge, width * 0.5);
  shine.addColorStop(0, fade(palette.light, 0.3));
  shine.addColorStop(1, fade(palette.light, 0));
  rect(ctx, shine, 0, edge, width, height - edge);
}

/** A dim wall and floor; the motif brings its own light. */
function drawRoom(stage: Stage): void {
  const { ctx, palette, width, height, subject } = stage;
  const wall = mix(palette.near, palette.middle, 0.5);
  rect(ctx, across(ctx, 0, width, darker(wall, 0.3), wall, darker(wall, 0.3)), 0, 0, width, height);
  rect(
    ctx,
    down(ctx, 0, subject.foot, fade(palette.near, 0.5), fade(palette.near, 0)),
    0,
    0,
    width,
    subject.foot,
  );
  const floor = mix(palette.near, palette.middle, 0.18);
  rect(
    ctx,
    down(ctx, subject.foot, height, lighter(floor, 0.05), palette.near),
    0,
    subject.foot,
    width,
    height - subject.foot,
  );
  rect(ctx, darker(wall, 0.45), 0, subject.foot - height * 0.018, width, height * 0.018);
}
