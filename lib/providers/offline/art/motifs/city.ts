/** A skyline at dusk: three depths of towers, whose windows keep to their floors. */
import { type Colour, darker, fade, lighter, mix } from "../colour.ts";
import { drawMist, drawRidge } from "../ground.ts";
import { across, type Fill, glow, polygon, rect } from "../pen.ts";
import { between } from "../random.ts";
import type { Stage } from "../stage.ts";
import type { Motif } from "./motif.ts";

interface Tower {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly colour: Colour;
  /** 0 is the farthest row, 1 the nearest. */
  readonly depth: number;
}

function drawCity(stage: Stage): void {
  const { palette, height } = stage;
  drawRidge(
    stage,
    { base: stage.horizon, swing: height * 0.05, hills: 3, offset: 8 },
    mix(palette.far, palette.low, 0.5),
  );
  for (const depth of [0, 0.5, 1]) {
    drawRow(stage, depth);
    if (depth < 1) drawMist(stage, height * 0.76, height * 0.16, 0.4 - 0.1 * depth);
  }
  landmark(stage);
  drawMist(stage, height * 0.99, height * 0.1, 0.14);
}

function drawRow(stage: Stage, depth: number): void {
  const { palette, random, width, height, short } = stage;
  const colour = mix(mix(palette.far, palette.low, 0.25), palette.near, depth * 0.92);
  let x = -short * 0.05;
  while (x < width) {
    const towerWidth = short * between(random, 0.055, 0.12) * (0.8 + 0.45 * depth);
    // Tallest towards the middle: a city has a centre.
    const centre = Math.exp(-(((x + towerWidth / 2) / width - 0.5) ** 2) * 9);
    const tall = height * (0.12 + 0.2 * random() ** 1.3 + 0.17 * centre) * (1 - 0.28 * depth);
    const tower = { x, y: height * (0.74 + 0.1 * depth) - tall, width: towerWidth, colour, depth };
    drawRoof(stage, tower);
    drawTower(stage, tower);
    x += towerWidth * between(random, 1, 1.16);
  }
}

function towerFill({ ctx, sun }: Stage, { x, width, colour }: Tower): Fill {
  const sides: [Colour, Colour] = [darker(colour, 0.12), lighter(colour, 0.05)];
  return across(ctx, x, x + width, ...(sun.x > x ? sides : sides.toReversed()));
}

function drawTower(stage: Stage, tower: Tower): void {
  const { ctx, height } = stage;
  rect(ctx, towerFill(stage, tower), tower.x, tower.y, tower.width, height - tower.y);
  drawWindows(stage, tower);
}

/** Flat as most are, or with a block, a slant or a mast. */
function drawRoof(stage: Stage, tower: Tower): void {
  const { ctx, random, short } = stage;
  const { x, y, width } = tower;
  const fill = towerFill(stage, tower);
  const kind = random();
  if (kind < 0.22) {
    rect(ctx, fill, x + width * 0.2, y - short * 0.022, width * 0.6, short * 0.024);
  } else if (kind < 0.36) {
    polygon(ctx, fill, [
      [x, y + 1],
      [x + width, y + 1],
      [x + width, y - width * 0.35],
    ]);
  } else if (kind < 0.5) {
    rect(ctx, fill, x + width * 0.48, y - short * 0.06, Math.max(1, short * 0.004), short * 0.062);
  }
}

/** One grid per tower; on each floor light runs over neighbouring windows, as offices do. */
function drawWindows(stage: Stage, { x, y, width, depth }: Tower): void {
  const { ctx, palette, random, height, short } = stage;
  const columns = Math.max(3, Math.round(width / (short * 0.019)));
  const pitch = width / (columns + 0.7);
  const floor = short * 0.024;
  const busy = between(random, 0.25, 0.6);
  const lamp = random() < 0.25 ? mix(palette.lamp, "#dceaff", 0.5) : palette.lamp;
  for (let top = y + floor * 0.9; top < height - floor; top += floor) {
    let lit = random() < busy;
    const strength = between(random, 0.5, 1) * (0.3 + 0.6 * depth);
    for (let column = 0; column < columns; column++) {
      if (random() < 0.28) lit = random() < busy;
      if (!lit) continue;
      rect(ctx, fade(lamp, strength), x + pitch * (0.62 + column), top, pitch * 0.5, floor * 0.46);
    }
  }
}

/** The one tower that this skyline is known by. */
function landmark(stage: Stage): void {
  const { ctx, palette, height, short, subject, portrait } = stage;
  const colour = mix(palette.near, palette.middle, 0.2);
  const width = short * (portrait ? 0.2 : 0.15);
  const x = subject.x - width / 2;
  const y = height * (portrait ? 0.34 : 0.3);
  const tiers = [
    [0.44, -0.075],
    [0.7, -0.04],
  ] as const;
  rect(ctx, colour, subject.x - short * 0.003, y - short * 0.2, short * 0.006, short * 0.14);
  const fill = across(ctx, x, x + width, darker(colour, 0.2), lighter(colour, 0.12));
  for (const [share, lift] of tiers) {
    rect(ctx, fill, subject.x - (width * share) / 2, y + lift * short, width * share, short * 0.09);
  }
  drawTower(stage, { x, y, width, colour, depth: 1 });
  glow(ctx, palette.lamp, subject.x, y - short * 0.2, short * 0.05, 0.9);
}

export const cityMotif: Motif = {
  kind: "view",
  name: "city",
  words:
    /\b(city|cities|skylines?|penthouses?|skyscrapers?|towers?|downtown|metropolis|offices?|manhattan|dubai|wall street)\b/i,
  hints: /\b(urban|buildings?|business|company|companies|work(ers?|ing)?|crowds?)\b/i,
  light: "beside",
  draw: drawCity,
};
