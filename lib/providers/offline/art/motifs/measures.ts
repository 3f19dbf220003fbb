/** What weighs, guards and counts: scales, a safe, an hourglass. */
import { type Colour, darker, fade, lighter, mix } from "../colour.ts";
import { across, aside, block, type Context, disc, glow, line, outline, oval, rect, shape } from "../pen.ts";
import type { Brush } from "../stage.ts";
import { coinStack } from "./coins.ts";
import type { Motif } from "./motif.ts";

function drawScales(brush: Brush): void {
  const { ctx, palette } = brush;
  const gold = palette.accent;
  const metal = across(ctx, -0.05, 0.05, darker(gold, 0.6), gold);
  oval(ctx, fade(palette.near, 0.5), 0, 0.005, 0.34, 0.045);
  shape(
    ctx,
    across(ctx, -0.26, 0.26, darker(gold, 0.6), gold),
    "M-.26 0q0-.05 .1-.06Q-.05-.08-.03-.14h.06q.02 .06 .13 .08q.1 .01 .1 .06Z",
  );
  rect(ctx, metal, -0.022, -0.9, 0.044, 0.8);
  const tilt = 0.075;
  line(ctx, darker(gold, 0.15), 0.03, [
    [-0.5, -0.82 + tilt],
    [0, -0.85],
    [0.5, -0.82 - tilt],
  ]);
  disc(ctx, metal, 0, -0.85, 0.045);
  disc(ctx, metal, 0, -0.945, 0.03);
  coinStack(brush, -0.5, 3, 0.1, -0.4 + tilt);
  pan(ctx, gold, -0.5, -0.82 + tilt, -0.43 + tilt);
  pan(ctx, gold, 0.5, -0.82 - tilt, -0.43 - tilt);
  disc(
    ctx,
    across(ctx, 0.42, 0.58, palette.near, mix(palette.near, palette.low, 0.35)),
    0.5,
    -0.51 - tilt,
    0.085,
  );
}

function pan(ctx: Context, gold: Colour, x: number, beam: number, y: number): void {
  for (const dx of [-0.19, 0, 0.19])
    line(ctx, darker(gold, 0.4), 0.007, [
      [x, beam],
      [x + dx, y],
    ]);
  shape(
    ctx,
    across(ctx, x - 0.22, x + 0.22, darker(gold, 0.55), gold),
    `M${x - 0.22} ${y}h.44q-.04 .1-.22 .1t-.22-.1Z`,
  );
}

function drawSafe({ ctx, palette }: Brush): void {
  const steel = mix(palette.near, palette.middle, 0.55);
  const bright = mix(steel, palette.light, 0.42);
  oval(ctx, fade(palette.near, 0.55), -0.03, 0, 0.52, 0.05);
  for (const x of [-0.36, 0.24]) rect(ctx, palette.near, x, -0.07, 0.12, 0.07);
  block(
    ctx,
    across(ctx, -0.46, 0.46, darker(steel, 0.45), steel, mix(steel, bright, 0.5)),
    -0.46,
    -0.93,
    0.92,
    0.88,
    0.05,
  );
  block(ctx, darker(steel, 0.55), -0.385, -0.855, 0.77, 0.73, 0.03);
  block(
    ctx,
    across(ctx, -0.36, 0.36, darker(steel, 0.15), mix(steel, bright, 0.7)),
    -0.365,
    -0.835,
    0.73,
    0.69,
    0.025,
  );
  for (const y of [-0.74, -0.32]) block(ctx, palette.accent, -0.42, y, 0.07, 0.1, 0.015);
  disc(ctx, darker(steel, 0.4), 0, -0.49, 0.24);
  disc(ctx, across(ctx, -0.22, 0.22, steel, bright), 0, -0.49, 0.215);
  for (let i = 0; i < 5; i++) {
    aside(ctx, () => {
      ctx.translate(0, -0.49);
      ctx.rotate((i / 5) * Math.PI * 2 + 0.2);
      rect(ctx, palette.accent, -0.016, -0.17, 0.032, 0.17);
      disc(ctx, lighter(palette.accent, 0.2), 0, -0.175, 0.034);
    });
  }
  disc(ctx, darker(palette.accent, 0.25), 0, -0.49, 0.06);
  disc(ctx, lighter(palette.accent, 0.35), 0.008, -0.498, 0.036);
}

function drawHourglass({ ctx, palette }: Brush): void {
  const gold = palette.accent;
  const wood = across(ctx, -0.3, 0.3, darker(gold, 0.75), darker(gold, 0.5), darker(gold, 0.15));
  oval(ctx, fade(palette.near, 0.5), -0.04, 0, 0.36, 0.045);
  glow(ctx, palette.light, 0, -0.5, 0.42, 0.4);
  const glass = "M-.22-.9C-.22-.62-.03-.6-.03-.5S-.22-.38-.22-.1H.22C.22-.38 .03-.4 .03-.5S.22-.62 .22-.9Z";
  shape(ctx, across(ctx, -0.22, 0.22, fade(palette.middle, 0.55), fade(palette.light, 0.5)), glass);
  aside(ctx, () => {
    ctx.beginPath();
    ctx.rect(-0.3, -0.74, 0.6, 0.24);
    ctx.clip();
    shape(ctx, across(ctx, -0.2, 0.2, darker(gold, 0.35), lighter(gold, 0.2)), glass);
  });
  rect(ctx, gold, -0.007, -0.52, 0.014, 0.4);
  shape(
    ctx,
    across(ctx, -0.2, 0.2, darker(gold, 0.35), lighter(gold, 0.2)),
    "M-.215-.1C-.21-.16-.08-.19 0-.33C.08-.19 .21-.16 .215-.1Z",
  );
  outline(ctx, fade(palette.light, 0.75), 0.009, glass);
  outline(ctx, "#ffffffaa", 0.014, "M.165-.82q-.01 .12-.075 .19");
  for (const x of [-0.275, 0.245]) rect(ctx, wood, x, -0.93, 0.03, 0.86);
  for (const y of [-1, -0.1]) block(ctx, wood, -0.32, y, 0.64, 0.1, 0.03);
  for (const y of [-0.985, -0.085]) rect(ctx, fade(lighter(gold, 0.3), 0.5), -0.28, y, 0.56, 0.014);
}

const table = { kind: "subject", setting: "table", light: "behind" } as const;

export const measureMotifs: readonly Motif[] = [
  {
    ...table,
    name: "scales",
    words: /\b(scales?|seesaw|weights?)\b/i,
    hints: /\b(balanc\w+|justice|weigh\w*|risk\w*|trade-?offs?|fair|versus|compar\w+|choices?)\b/i,
    aspect: 1.3,
    draw: drawScales,
  },
  {
    ...table,
    name: "safe",
    words: /\b(safes?|vaults?|padlocks?|lockbox|strongbox|treasure)\b/i,
    hints: /\b(secur\w+|lock(s|ed)?|secrets?)\b/i,
    aspect: 1,
    draw: drawSafe,
  },
  {
    ...table,
    name: "hourglass",
    words: /\b(hourglass|sand ?glass|sand timer)\b/i,
    hints: /\b(time|patien\w+|decades?|years?|months?|deadline|retire\w*|waiting|calendar)\b/i,
    aspect: 0.7,
    draw: drawHourglass,
  },
];
