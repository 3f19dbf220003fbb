/** Firs: one, a row of them, a forest in fog, a quiet valley. */
import { fade, mix } from "../colour.ts";
import { drawHills, drawMist, drawRidge } from "../ground.ts";
import { type Context, down, polygon } from "../pen.ts";
import { between } from "../random.ts";
import { drawBirds } from "../sky.ts";
import type { Stage } from "../stage.ts";
import type { Motif } from "./motif.ts";

/** A fir of tapering tiers; `y` is its foot. */
export function fir(
  ctx: Context,
  fill: Parameters<typeof polygon>[1],
  x: number,
  y: number,
  height: number,
): void {
  ctx.fillStyle = fill;
  for (let tier = 0; tier < 6; tier++) {
    const foot = y - height * (tier / 6.6);
    const half = height * 0.21 * (1 - tier / 7);
    ctx.beginPath();
    ctx.moveTo(x - half, foot);
    ctx.quadraticCurveTo(x - half * 0.2, foot - height * 0.1, x, foot - height * 0.3);
    ctx.quadraticCurveTo(x + half * 0.2, foot - height * 0.1, x + half, foot);
    ctx.quadraticCurveTo(x, foot - height * 0.035, x - half, foot);
    ctx.fill();
  }
}

/** A row of firs with its feet at a share of the height, thinner in the middle where the subject is. */
export function drawFirs(
  stage: Stage,
  at: number,
  size: number,
  count: number,
  colour: Parameters<typeof fade>[0],
  open = 0.2,
): void {
  const { ctx, random, width, height, short } = stage;
  for (let i = 0; i < count; i++) {
    const x = ((i + random()) / count) * 1.1 - 0.05;
    const fromMiddle = Math.abs(x - 0.5);
    const scale = fromMiddle < open ? 0.35 + fromMiddle : 1;
    fir(
      ctx,
      colour,
      x * width,
      height * (at + between(random, 0, 0.025)),
      short * size * scale * between(random, 0.75, 1.35),
    );
  }
}

function drawForest(stage: Stage): void {
  const { ctx, palette, width, height, portrait, sun } = stage;
  drawRidge(
    stage,
    { base: height * 0.6, swing: height * 0.08, hills: 3, offset: 9 },
    mix(palette.far, palette.low, 0.45),
  );
  const layers = 5;
  for (let layer = 0; layer < layers; layer++) {
    const depth = layer / (layers - 1);
    const colour = mix(mix(palette.far, palette.low, 0.3), palette.near, depth ** 0.85);
    const foot = 0.68 + 0.36 * depth ** 1.1;
    drawRidge(
      stage,
      { base: height * (foot - 0.02), swing: height * 0.02, hills: 4, offset: layer * 19 },
      colour,
    );
    const count = Math.round((portrait ? 17 : 30) - (portrait ? 10 : 17) * depth);
    drawFirs(
      stage,
      foot,
      (portrait ? 1.6 : 1) * (0.16 + 0.42 * depth ** 1.3),
      count,
      colour,
      0.1 + 0.14 * depth,
    );
    if (layer < layers - 1) drawMist(stage, height * (foot + 0.01), height * 0.11, 0.42 - 0.2 * depth);
  }
  shafts(ctx, fade(palette.light, 0.11), sun, width, height);
}

/** Slanting light between the trunks. */
function shafts(
  ctx: Context,
  colour: Parameters<typeof fade>[0],
  sun: Stage["sun"],
  width: number,
  height: number,
): void {
  for (const [i, spread] of [-0.34, -0.12, 0.1, 0.3].entries()) {
    const far = sun.x + spread * width;
    const beam = down(ctx, sun.y, height * 0.95, colour, fade(colour, 0.05), fade(colour, 0));
    const half = width * (0.018 + 0.008 * (i % 2));
    polygon(ctx, beam, [
      [sun.x - 4, sun.y],
      [sun.x + 4, sun.y],
      [far + half, height * 0.95],
      [far - half, height * 0.95],
    ]);
  }
}

function drawValley(stage: Stage): void {
  drawHills(stage, 5);
  drawFirs(stage, 0.98, 0.13, stage.portrait ? 12 : 22, stage.palette.near, 0.24);
  drawBirds(stage);
}

export const forest: Motif = {
  kind: "view",
  name: "forest",
  words: /\b(forests?|woods|woodlands?|pines?|firs?|fog|mist|jungle|wilderness|swamp)\b/i,
  light: "beside",
  draw: drawForest,
};

/** For scenes that name nothing we can draw: always fitting, and each ridge its own. */
export const valley: Motif = {
  kind: "view",
  name: "valley",
  words: /\b(valleys?|hills?|landscape|horizon|fields?|meadows?|sunrise|dawn)\b/i,
  light: "beside",
  draw: drawValley,
};
