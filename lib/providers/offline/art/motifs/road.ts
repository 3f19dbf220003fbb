/** A long road with lamp posts, between firs. */
import { darker, fade, lighter, mix } from "../colour.ts";
import { drawMist, drawRidge } from "../ground.ts";
import { aside, disc, down, glow, line, oval, polygon, rect } from "../pen.ts";
import { between } from "../random.ts";
import type { Stage } from "../stage.ts";
import type { Motif } from "./motif.ts";
import { fir } from "./trees.ts";

function drawRoad(stage: Stage): void {
  const { ctx, palette, width, height, short, horizon, subject } = stage;
  drawRidge(
    stage,
    { base: horizon - height * 0.02, swing: height * 0.09, hills: 4, offset: 3 },
    mix(palette.far, palette.low, 0.4),
  );
  drawRidge(
    stage,
    { base: horizon, swing: height * 0.04, hills: 6, offset: 31 },
    mix(palette.far, palette.near, 0.2),
  );
  const soil = mix(palette.near, palette.far, 0.14);
  rect(
    ctx,
    down(ctx, horizon, height, mix(soil, palette.far, 0.4), soil, palette.near),
    0,
    horizon,
    width,
    height - horizon,
  );
  const vanish = subject.x;
  const half = short * 0.62;
  const asphalt = mix(palette.near, palette.middle, 0.26);
  polygon(ctx, down(ctx, horizon, height, mix(asphalt, palette.low, 0.5), asphalt, darker(asphalt, 0.3)), [
    [vanish - short * 0.006, horizon],
    [vanish + short * 0.006, horizon],
    [vanish + half, height],
    [vanish - half, height],
  ]);
  dashes(stage, vanish);
  for (const side of [-1, 1]) roadside(stage, vanish, side);
  drawMist(stage, horizon, height * 0.07, 0.42);
  const side = stage.sun.x > vanish ? -1 : 1;
  for (const t of [0.1, 0.22, 0.5])
    lampPost(
      stage,
      vanish + side * half * 1.16 * t,
      horizon + (height - horizon) * t,
      height * 0.88 * t,
      -side,
    );
}

/** The middle line, shrinking towards the horizon as 1/distance does. */
function dashes({ ctx, palette, height, short, horizon }: Stage, vanish: number): void {
  const half = short * 0.014;
  const y = (nearness: number) => horizon + (height - horizon) * nearness;
  for (let dash = 0; dash < 9; dash++) {
    const [near, far] = [1 / (1 + dash * 0.9), 1 / (1.42 + dash * 0.9)];
    polygon(ctx, fade(palette.light, 0.75), [
      [vanish - half * far, y(far)],
      [vanish + half * far, y(far)],
      [vanish + half * near, y(near)],
      [vanish - half * near, y(near)],
    ]);
  }
}

/** Firs that grow with nearness, so that the road has a length. */
function roadside(
  { ctx, palette, random, height, short, horizon }: Stage,
  vanish: number,
  side: number,
): void {
  for (let i = 0; i < 13; i++) {
    const t = 0.02 + 0.62 * (i / 12) ** 2.1;
    const x = vanish + side * short * (0.05 + 1.3 * t + between(random, 0.01, 0.12) * (1 - t));
    const colour = mix(mix(palette.far, palette.low, 0.2), palette.near, Math.min(1, 0.25 + t * 2));
    fir(
      ctx,
      colour,
      x,
      horizon + (height - horizon) * t * 0.8,
      short * (0.06 + 0.62 * t) * between(random, 0.8, 1.2),
    );
  }
}

function lampPost({ ctx, palette }: Stage, x: number, foot: number, tall: number, side: number): void {
  const top = foot - tall;
  const arm = side * tall * 0.16;
  const pool = ctx.createRadialGradient(0, 0, 0, 0, 0, 1);
  pool.addColorStop(0, fade(palette.lamp, 0.5));
  pool.addColorStop(1, fade(palette.lamp, 0));
  aside(ctx, () => {
    ctx.translate(x + arm, foot);
    ctx.scale(tall * 0.5, tall * 0.09);
    disc(ctx, pool, 0, 0, 1);
  });
  polygon(ctx, down(ctx, top, foot, fade(palette.lamp, 0.4), fade(palette.lamp, 0.03)), [
    [x + arm - tall * 0.03, top],
    [x + arm + tall * 0.03, top],
    [x + arm + tall * 0.3, foot],
    [x + arm - tall * 0.3, foot],
  ]);
  line(ctx, palette.near, Math.max(1, tall * 0.022), [
    [x, foot],
    [x, top + tall * 0.06],
    [x + arm * 0.25, top],
    [x + arm, top],
  ]);
  glow(ctx, palette.lamp, x + arm, top + tall * 0.012, tall * 0.22, 0.95);
  oval(ctx, lighter(palette.lamp, 0.5), x + arm, top + tall * 0.014, tall * 0.034, tall * 0.013);
}

export const road: Motif = {
  kind: "view",
  name: "road",
  words:
    /\b(roads?|highways?|streets?|alleys?|street ?lamps?|lamp ?posts?|streetlights?|driveways?|crossroads|bridges?)\b/i,
  hints: /\b(drive|way|direction|distance|miles?)\b/i,
  light: "beside",
  draw: drawRoad,
};
