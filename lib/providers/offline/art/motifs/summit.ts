/** A peak with a flag, and the path that leads there. */
import { fade, lighter, mix } from "../colour.ts";
import { drawMist, drawRidge } from "../ground.ts";
import { rough } from "../noise.ts";
import { down, line, type Point, polygon } from "../pen.ts";
import { between } from "../random.ts";
import type { Stage } from "../stage.ts";
import type { Motif } from "./motif.ts";
import { drawFirs } from "./trees.ts";

function drawSummit(stage: Stage): void {
  const { ctx, palette, height, subject, short, portrait } = stage;
  drawRidge(
    stage,
    { base: stage.horizon, swing: height * 0.1, hills: 4, offset: 5 },
    mix(palette.far, palette.low, 0.4),
  );
  drawMist(stage, stage.horizon + height * 0.06, height * 0.1, 0.3);
  const top: Point = [subject.x, height * (portrait ? 0.34 : 0.25)];
  const foot = height * 0.92;
  const half = short * (portrait ? 0.72 : 0.92);
  const rightwards = stage.sun.x > subject.x ? 1 : -1;
  const rock = mix(palette.far, palette.near, 0.45);
  const dark = slope(stage, top, half, foot, -rightwards);
  const lit = slope(stage, top, half, foot, rightwards);
  const spine = Array.from({ length: 30 }, (_, i): Point => {
    const t = i / 29;
    return [
      top[0] + rightwards * half * 0.2 * t + (rough(stage.noise, t * 8 + 90) - 0.5) * short * 0.12 * t ** 0.6,
      top[1] + (foot - top[1]) * t,
    ];
  });
  polygon(ctx, down(ctx, top[1], foot, mix(rock, palette.near, 0.5), mix(rock, palette.middle, 0.3)), [
    ...dark,
    ...spine.toReversed(),
  ]);
  polygon(ctx, down(ctx, top[1], foot, mix(rock, palette.light, 0.38), rock), [
    ...lit,
    ...spine.toReversed(),
  ]);
  snow(stage, dark, spine, mix(palette.light, palette.far, 0.5));
  snow(stage, lit, spine, lighter(palette.light, 0.35));
  flag(stage, top);
  drawMist(stage, height * 0.72, height * 0.16, 0.42);
  winding(stage, top, foot);
  drawFirs(stage, 0.95, 0.11, 16, palette.near);
}

/** The two slopes of a peak, from the summit down; `side` is -1 for the left. */
function slope(stage: Stage, top: Point, half: number, foot: number, side: number): Point[] {
  return Array.from({ length: 41 }, (_, i): Point => {
    const t = i / 40;
    const crag = (rough(stage.noise, t * 7 + side * 20) - 0.5) * half * 0.2 * Math.sin(t * Math.PI);
    return [top[0] + side * (half * t ** 1.08 + crag), top[1] + (foot - top[1]) * t];
  });
}

/** From the summit down to a ragged line. */
function snow(
  { ctx, random }: Stage,
  edge: readonly Point[],
  spine: readonly Point[],
  colour: Parameters<typeof fade>[0],
): void {
  const outer = edge.slice(0, 12);
  const [end, inner] = [outer[11]!, spine.slice(0, 8)];
  const middle = inner[7]!;
  const teeth = Array.from({ length: 7 }, (_, i): Point => {
    const t = (i + 0.5) / 7;
    const drip = (i % 2 === 0 ? 1 : -0.7) * between(random, 0.5, 1) * (end[1] - outer[0]![1]) * 0.22;
    return [end[0] + (middle[0] - end[0]) * t, end[1] + (middle[1] - end[1]) * t + drip];
  });
  polygon(ctx, colour, [...outer, ...teeth, ...inner.toReversed()]);
}

function flag({ ctx, palette, short }: Stage, [x, y]: Point): void {
  const tall = short * 0.07;
  line(ctx, palette.near, tall * 0.06, [
    [x, y + 2],
    [x, y - tall],
  ]);
  polygon(ctx, mix(palette.accent, "#e5533d", 0.55), [
    [x, y - tall],
    [x + tall * 0.62, y - tall * 0.76],
    [x, y - tall * 0.5],
  ]);
}

/** The path that leads the eye from us to the peak. */
function winding(stage: Stage, top: Point, foot: number): void {
  const { ctx, palette, height, short } = stage;
  const start = height * 0.58;
  const left: Point[] = [];
  const right: Point[] = [];
  for (let i = 0; i <= 60; i++) {
    const t = i / 60;
    const width = short * (0.004 + 0.085 * t ** 2.2);
    const x = top[0] + Math.sin(t * 7.5 + 0.5) * short * (0.03 + 0.15 * t) * (1 - 0.35 * t);
    const y = start + (foot + height * 0.1 - start) * t ** 1.25;
    left.push([x - width, y]);
    right.push([x + width, y]);
  }
  drawRidge(
    stage,
    { base: height * 0.86, swing: height * 0.03, hills: 3, offset: 71 },
    mix(palette.far, palette.near, 0.75),
    palette.near,
  );
  polygon(ctx, down(ctx, start, height, fade(palette.low, 0.25), mix(palette.low, palette.accent, 0.3)), [
    ...left,
    ...right.toReversed(),
  ]);
}

export const summit: Motif = {
  kind: "view",
  name: "summit",
  words: /\b(summits?|mountains?|mountaintop|peaks?|climb\w*|paths?|trail|hik(e|er|ing)|alp(s|ine))\b/i,
  hints: /\b(goals?|journey|ambition|steep|success|milestones?|discipline|future)\b/i,
  light: "beside",
  draw: drawSummit,
};
