/** Coins: in stacks, in a piggy bank, on a tree. */
import { type Colour, darker, fade, lighter, mix } from "../colour.ts";
import {
  across,
  type Context,
  disc,
  glow,
  outline,
  oval,
  type Point,
  polygon,
  rect,
  ring,
  shape,
} from "../pen.ts";
import { between } from "../random.ts";
import type { Brush } from "../stage.ts";
import type { Motif } from "./motif.ts";

const thickness = 0.062;

/** A coin lying flat; `y` is its underside. */
function flatCoin(ctx: Context, gold: Colour, x: number, y: number, radius: number): void {
  const tilt = radius * 0.24;
  const side = across(
    ctx,
    x - radius,
    x + radius,
    darker(gold, 0.62),
    darker(gold, 0.3),
    lighter(gold, 0.25),
    darker(gold, 0.2),
  );
  oval(ctx, side, x, y, radius, tilt);
  rect(ctx, side, x - radius, y - thickness, radius * 2, thickness);
  oval(ctx, darker(gold, 0.42), x, y - thickness, radius, tilt);
  oval(
    ctx,
    across(ctx, x - radius, x + radius, darker(gold, 0.12), lighter(gold, 0.4)),
    x,
    y - thickness - 0.004,
    radius * 0.985,
    tilt * 0.95,
  );
}

export function coinStack(brush: Brush, x: number, count: number, radius: number, foot = 0): void {
  const { ctx, palette, random } = brush;
  oval(ctx, fade(palette.near, 0.45), x - radius * 0.25, foot + 0.012, radius * 1.25, radius * 0.32);
  for (let i = 0; i < count; i++) {
    const nudge = i === 0 ? 0 : between(random, -0.012, 0.012);
    flatCoin(ctx, palette.accent, x + nudge, foot - i * thickness, radius);
  }
  const top = foot - count * thickness - 0.004;
  ctx.save();
  ctx.translate(x, top);
  ctx.scale(1, 0.24);
  ring(ctx, fade(darker(palette.accent, 0.45), 0.55), radius * 0.05, 0, 0, radius * 0.72);
  ctx.restore();
}

/** A coin seen from the front. */
export function roundCoin(ctx: Context, gold: Colour, x: number, y: number, radius: number): void {
  disc(ctx, darker(gold, 0.5), x - radius * 0.07, y + radius * 0.03, radius);
  disc(ctx, across(ctx, x - radius, x + radius, darker(gold, 0.15), lighter(gold, 0.35)), x, y, radius);
  ring(ctx, fade(darker(gold, 0.45), 0.7), radius * 0.07, x, y, radius * 0.76);
  polygon(ctx, fade(darker(gold, 0.4), 0.75), star(x, y, radius * 0.42));
}

function star(x: number, y: number, radius: number): Point[] {
  return Array.from({ length: 10 }, (_, i): Point => {
    const angle = (i / 10) * Math.PI * 2 - Math.PI / 2;
    const reach = i % 2 === 0 ? radius : radius * 0.45;
    return [x + Math.cos(angle) * reach, y + Math.sin(angle) * reach];
  });
}

function drawCoins(brush: Brush): void {
  const { ctx, palette } = brush;
  const heights = [4, 7, 10, 13];
  for (const [i, count] of heights.entries()) coinStack(brush, -0.45 + i * 0.29, count, 0.13);
  roundCoin(ctx, palette.accent, -0.68, -0.105, 0.115);
  glow(ctx, palette.light, 0.46, -0.84, 0.24, 0.5);
}

function drawPiggy(brush: Brush): void {
  const { ctx, palette } = brush;
  const skin = mix(palette.accent, "#ff9d9d", 0.5);
  const shade = darker(skin, 0.35);
  oval(ctx, fade(palette.near, 0.5), 0, 0, 0.5, 0.05);
  for (const x of [-0.26, 0.2]) shape(ctx, darker(skin, 0.48), `M${x}-.25h.15l-.02 .25h-.11Z`);
  for (const x of [-0.36, 0.1]) shape(ctx, shade, `M${x}-.25h.16l-.02 .26h-.12Z`);
  outline(ctx, shade, 0.03, "M-.47-.45c-.1-.02-.12-.12-.04-.12s.06 .12-.05 .1");
  oval(ctx, across(ctx, -0.5, 0.5, darker(skin, 0.4), skin, lighter(skin, 0.25)), 0, -0.42, 0.47, 0.31);
  shape(ctx, lighter(skin, 0.08), "M.38-.56h.13q.05 .13 0 .25h-.13Z");
  oval(ctx, lighter(skin, 0.3), 0.51, -0.435, 0.035, 0.125);
  for (const y of [-0.48, -0.39]) disc(ctx, shade, 0.515, y, 0.014);
  shape(ctx, shade, "M.12-.68q.02-.14 .16-.15q.06 .12 .02 .22Z");
  disc(ctx, palette.near, 0.335, -0.52, 0.026);
  disc(ctx, "#ffffff", 0.342, -0.528, 0.008);
  rect(ctx, darker(skin, 0.6), -0.19, -0.725, 0.22, 0.022);
  roundCoin(ctx, palette.accent, -0.08, -0.89, 0.105);
}

/** Coins where leaves would be. */
function drawMoneyTree(brush: Brush): void {
  const { ctx, palette, random } = brush;
  const bark = mix(palette.near, palette.accent, 0.12);
  const leaf = mix(palette.far, "#3f8f4f", 0.55);
  coinStack(brush, -0.33, 3, 0.1);
  coinStack(brush, 0.31, 5, 0.1);
  shape(
    ctx,
    across(ctx, -0.12, 0.12, bark, lighter(bark, 0.18)),
    "M-.11 .02q.07-.05 .07-.42h.075q0 .37 .085 .42Z",
  );
  const tips: readonly Point[] = [
    [-0.34, -0.52],
    [-0.2, -0.72],
    [0, -0.86],
    [0.21, -0.74],
    [0.35, -0.54],
    [-0.1, -0.56],
    [0.12, -0.58],
  ];
  for (const tip of tips) branch(ctx, bark, [0, -0.36], tip, 0.024);
  for (const [x, y] of tips) disc(ctx, fade(leaf, 0.9), x, y, 0.15);
  for (const [x, y] of tips) disc(ctx, lighter(leaf, 0.14), x + 0.03, y - 0.03, 0.105);
  for (const [x, y] of tips) {
    roundCoin(ctx, palette.accent, x + between(random, -0.03, 0.03), y + between(random, -0.02, 0.02), 0.066);
  }
}

function branch(ctx: Context, colour: Colour, from: Point, to: Point, width: number): void {
  const bend = (from[1] + to[1]) / 2 + 0.03;
  outline(
    ctx,
    colour,
    width,
    `M${from[0]} ${from[1]}Q${(from[0] * 2 + to[0]) / 3} ${bend} ${to[0]} ${to[1]}`,
  );
}

export const coinMotifs: readonly Motif[] = [
  {
    kind: "subject",
    name: "piggy bank",
    words: /\b(piggy|piglet|money box)\b/i,
    setting: "table",
    light: "behind",
    aspect: 1.05,
    draw: drawPiggy,
  },
  {
    kind: "subject",
    name: "money tree",
    words:
      /\b(trees?\b(?=[^.]*\bcoins?\b)|money (tree|plant)|seeds?|seedlings?|saplings?|sprout\w*|potted plants?)\b/i,
    hints: /\b(plant(s|ed|ing)?|grow(s|ing|n|th)?|compound(s|ed|ing)?|harvest)\b/i,
    setting: "meadow",
    light: "behind",
    aspect: 1,
    draw: drawMoneyTree,
  },
  {
    kind: "subject",
    name: "coins",
    oneWay: true,
    words: /\b(coins?|money|gold bars?|cash|dollars?|banknotes?|pennies|penny|cents?|purse|wallet)\b/i,
    hints:
      /\b(savings?|wealth\w*|euros?|pounds?|salary|wages?|income|interest|budget|rich(es)?|bills?|fortune|pay(ment|s)?|fees?|costs?|price)\b/i,
    setting: "table",
    light: "behind",
    aspect: 1.45,
    draw: drawCoins,
  },
];
