/** The good life, small: a watch, champagne, a diamond, a chandelier. */
import { type Colour, darker, fade, lighter, mix } from "../colour.ts";
import {
  across,
  aside,
  type Context,
  disc,
  down,
  glow,
  line,
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

/** A four-pointed glint. */
export function sparkle({ ctx, palette }: Brush, x: number, y: number, size: number): void {
  glow(ctx, palette.light, x, y, size * 1.1, 0.6);
  const colour = lighter(palette.light, 0.6);
  const waist = size * 0.09;
  polygon(ctx, colour, [
    [x, y - size],
    [x + waist, y - waist],
    [x + size, y],
    [x + waist, y + waist],
    [x, y + size],
    [x - waist, y + waist],
    [x - size, y],
    [x - waist, y - waist],
  ]);
}

function drawWatch(brush: Brush): void {
  const { ctx, palette } = brush;
  const gold = palette.accent;
  const strap = across(ctx, -0.2, 0.2, darker(palette.near, 0.2), mix(palette.near, palette.far, 0.45));
  shape(ctx, strap, "M-.2-.72L-.155-1.03H.155L.2-.72ZM-.2-.22L-.155 .09H.155L.2-.22Z");
  for (const y of [-0.98, 0.04]) rect(ctx, fade(gold, 0.5), -0.15, y, 0.3, 0.006);
  rect(ctx, darker(gold, 0.2), 0.36, -0.51, 0.06, 0.08);
  disc(ctx, across(ctx, -0.38, 0.38, darker(gold, 0.6), gold, lighter(gold, 0.4)), 0, -0.47, 0.375);
  disc(ctx, across(ctx, -0.34, 0.34, lighter(gold, 0.2), darker(gold, 0.5)), 0, -0.47, 0.33);
  disc(ctx, down(ctx, -0.8, -0.14, mix(palette.top, palette.near, 0.3), palette.near), 0, -0.47, 0.31);
  for (let hour = 0; hour < 12; hour++) {
    aside(ctx, () => {
      ctx.translate(0, -0.47);
      ctx.rotate((hour / 12) * Math.PI * 2);
      const major = hour % 3 === 0;
      rect(
        ctx,
        lighter(gold, 0.25),
        major ? -0.012 : -0.006,
        -0.285,
        major ? 0.024 : 0.012,
        major ? 0.07 : 0.045,
      );
    });
  }
  const hand = (turn: number, length: number, width: number) =>
    line(ctx, lighter(palette.light, 0.3), width, [
      [0, -0.47],
      [Math.sin(turn) * length, -0.47 - Math.cos(turn) * length],
    ]);
  hand(-1.03, 0.15, 0.024);
  hand(1.05, 0.23, 0.016);
  line(ctx, gold, 0.007, [
    [-0.04, -0.55],
    [0.1, -0.25],
  ]);
  disc(ctx, gold, 0, -0.47, 0.022);
  sparkle(brush, 0.26, -0.74, 0.09);
}

function flute({ ctx, palette, random }: Brush, x: number, lean: number): void {
  const wine = palette.accent;
  aside(ctx, () => {
    ctx.translate(x, 0);
    ctx.rotate(lean);
    oval(ctx, fade(palette.light, 0.75), 0, 0, 0.13, 0.022);
    rect(ctx, fade(palette.light, 0.85), -0.008, -0.4, 0.016, 0.4);
    shape(
      ctx,
      across(ctx, -0.1, 0.1, fade(palette.middle, 0.45), fade(palette.light, 0.5)),
      "M-.1-.98C-.105-.7-.09-.44 0-.39C.09-.44 .105-.7 .1-.98Z",
    );
    shape(
      ctx,
      across(ctx, -0.1, 0.1, darker(wine, 0.3), lighter(wine, 0.35)),
      "M-.099-.84C-.1-.65-.08-.45 0-.405C.08-.45 .1-.65 .099-.84Z",
    );
    oval(ctx, lighter(wine, 0.55), 0, -0.84, 0.099, 0.017);
    for (let i = 0; i < 22; i++) {
      const y = between(random, -0.81, -0.47);
      disc(ctx, "#fffbe8cc", between(random, -0.055, 0.055), y, between(random, 0.003, 0.008));
    }
    outline(
      ctx,
      fade(lighter(palette.light, 0.5), 0.8),
      0.007,
      "M-.1-.98C-.105-.7-.09-.44 0-.39C.09-.44 .105-.7 .1-.98",
    );
    outline(ctx, "#ffffffb0", 0.012, "M.065-.92q.012 .18-.008 .32");
  });
}

function drawChampagne(brush: Brush): void {
  const { ctx, palette } = brush;
  oval(ctx, fade(palette.near, 0.45), 0, 0.01, 0.42, 0.04);
  flute(brush, -0.24, 0.13);
  flute(brush, 0.24, -0.13);
  for (const [x, y, size] of [
    [0, -1.02, 0.1],
    [-0.36, -0.8, 0.06],
    [0.38, -0.86, 0.075],
  ] as const)
    sparkle(brush, x, y, size);
}

/** A wheel whose teeth count follows its size, so that neighbours could mesh. */
function gear({ ctx, palette }: Brush, x: number, y: number, radius: number, metal: Colour): void {
  const teeth = Math.round(radius * 95);
  const rim = Array.from({ length: teeth * 4 }, (_, i): Point => {
    const angle = (i / (teeth * 4)) * Math.PI * 2;
    const reach = i % 4 < 2 ? radius : radius * 0.9;
    return [x + Math.cos(angle) * reach, y + Math.sin(angle) * reach];
  });
  polygon(
    ctx,
    fade(palette.near, 0.45),
    rim.map(([px, py]): Point => [px - 0.012, py + 0.018]),
  );
  polygon(ctx, across(ctx, x - radius, x + radius, darker(metal, 0.55), metal, lighter(metal, 0.35)), rim);
  ring(ctx, fade(darker(metal, 0.6), 0.8), radius * 0.42, x, y, radius * 0.52);
  for (let spoke = 0; spoke < 5; spoke++) {
    const angle = (spoke / 5) * Math.PI * 2 + radius * 9;
    const tip: Point = [x + Math.cos(angle) * radius * 0.76, y + Math.sin(angle) * radius * 0.76];
    line(ctx, metal, radius * 0.1, [[x, y], tip]);
  }
  disc(ctx, lighter(metal, 0.15), x, y, radius * 0.22);
  disc(ctx, mix("#d2214b", palette.light, 0.12), x, y, radius * 0.12);
  disc(ctx, "#ffffffb0", x + radius * 0.03, y - radius * 0.035, radius * 0.035);
}

function drawGears(brush: Brush): void {
  const { palette } = brush;
  const [gold, steel] = [palette.accent, mix(palette.far, palette.light, 0.5)];
  gear(brush, 0.33, -0.82, 0.22, steel);
  gear(brush, -0.46, -0.3, 0.22, steel);
  gear(brush, -0.14, -0.6, 0.36, gold);
  gear(brush, 0.34, -0.32, 0.27, mix(gold, palette.near, 0.18));
  gear(brush, -0.02, -0.14, 0.13, steel);
  gear(brush, -0.5, -0.86, 0.15, mix(gold, palette.light, 0.25));
  sparkle(brush, 0.06, -0.86, 0.1);
}

/** Light falls from the right: each facet has its own share of it. */
function facets(ctx: Context, gem: Parameters<typeof mix>[0], shine: Parameters<typeof mix>[0]): void {
  const facet = (light: number, d: string) => shape(ctx, mix(gem, shine, light), d);
  facet(0.25, "M-.56-.62L-.3-.88L-.22-.62Z");
  facet(0.5, "M-.3-.88H0L-.22-.62Z");
  facet(0.9, "M0-.88L.22-.62H-.22Z");
  facet(0.72, "M0-.88H.3L.22-.62Z");
  facet(1, "M.3-.88L.56-.62H.22Z");
  facet(0.12, "M-.56-.62H-.22L0-.02Z");
  facet(0.42, "M-.22-.62H.22L0-.02Z");
  facet(0.74, "M.22-.62H.56L0-.02Z");
  shape(ctx, fade(shine, 0.28), "M-.22-.62H.04L0-.02Z");
}

function drawDiamond(brush: Brush): void {
  const { ctx, palette } = brush;
  oval(ctx, fade(palette.near, 0.5), 0, 0, 0.3, 0.035);
  glow(ctx, palette.light, 0, -0.5, 0.95, 0.55);
  facets(ctx, mix(palette.top, "#3f86b8", 0.62), "#f4fbff");
  outline(
    ctx,
    fade("#ffffff", 0.5),
    0.005,
    "M-.56-.62H.56M-.3-.88L-.22-.62L0-.02L.22-.62L.3-.88M-.22-.62L0-.88L.22-.62",
  );
  for (const [x, y, size] of [
    [0.44, -0.8, 0.15],
    [-0.4, -0.5, 0.08],
    [0.12, -0.24, 0.07],
  ] as const)
    sparkle(brush, x, y, size);
}

/** Its own light, hung from the top of the picture. */
function drawChandelier(brush: Brush): void {
  const { ctx, palette } = brush;
  const gold = palette.accent;
  rect(ctx, darker(gold, 0.35), -0.008, -2.4, 0.016, 1.72);
  glow(ctx, palette.lamp, 0, -0.62, 1.25, 0.5);
  const brass = across(ctx, -0.5, 0.5, darker(gold, 0.55), gold, lighter(gold, 0.25));
  shape(
    ctx,
    brass,
    "M-.03-1.08h.06l.03 .1-.04 .1 .07 .16-.04 .2 .06 .1-.11 .16-.11-.16 .06-.1-.04-.2 .07-.16-.04-.1Z",
  );
  for (const [reach, y, lift] of [
    [0.3, -0.8, 0.16],
    [0.56, -0.54, 0.2],
  ] as const) {
    for (const side of [-1, -0.5, 0.5, 1]) {
      const x = reach * side;
      outline(ctx, brass, 0.018, `M0 ${y}C${x * 0.4} ${y + 0.14} ${x} ${y + 0.12} ${x} ${y - lift + 0.12}`);
      candleBulb(brush, x, y - lift + 0.12);
    }
    beads(brush, reach, y + 0.03);
  }
  for (const [i, width] of [0.15, 0.1, 0.05].entries()) {
    for (const x of [-width, 0, width]) drop(ctx, lighter(palette.light, 0.2), x, -0.33 + i * 0.07);
  }
}

function candleBulb({ ctx, palette }: Brush, x: number, y: number): void {
  oval(ctx, palette.accent, x, y, 0.045, 0.014);
  rect(ctx, mix(palette.light, palette.near, 0.2), x - 0.013, y - 0.08, 0.026, 0.08);
  glow(ctx, palette.lamp, x, y - 0.12, 0.16, 0.95);
  shape(ctx, lighter(palette.lamp, 0.6), `M${x} ${y - 0.17}q.035 .06 0 .09q-.035-.03 0-.09Z`);
}

/** A string of crystals from arm to arm. */
function beads({ ctx, palette }: Brush, reach: number, y: number): void {
  for (let i = -12; i <= 12; i++) {
    const x = (i / 12) * reach;
    const sag = Math.abs(Math.sin((i / 12) * Math.PI * 2)) * 0.06;
    disc(ctx, fade(lighter(palette.light, 0.3), 0.8), x, y + sag, 0.008);
    if (i % 4 === 0) drop(ctx, lighter(palette.light, 0.2), x, y + sag + 0.01);
  }
}

function drop(ctx: Context, colour: Parameters<typeof fade>[0], x: number, y: number): void {
  shape(ctx, fade(colour, 0.85), `M${x} ${y}q.026 .05 0 .07q-.026-.02 0-.07Z`);
}

const table = { kind: "subject", setting: "table", light: "behind" } as const;

export const luxuryMotifs: readonly Motif[] = [
  {
    ...table,
    name: "gears",
    words:
      /\b(inside of (a|the) ((mechanical|gold|pocket) )?(watch|clock)|gears?|cogs?|cogwheels?|clockwork|brass wheels?|mechanism)\b/i,
    hints: /\b(machines?|systems?|process\w*|habits?|craftsm[ae]n\w*|engineer\w*)\b/i,
    aspect: 1.35,
    draw: drawGears,
  },
  {
    ...table,
    name: "watch",
    oneWay: true,
    words:
      /\b(wristwatch(es)?|(pocket|gold|mechanical|luxury) watch(es)?|watch(es)?|watchmaker\w*|clocks?|dials?|timepieces?|rolex|balance wheel)\b/i,
    hints: /\b(minutes?|seconds|ticking|hours?|precision)\b/i,
    aspect: 0.86,
    draw: drawWatch,
  },
  {
    ...table,
    name: "champagne",
    words: /\b(champagne|wine|cocktails?|flutes?|wine glass(es)?)\b/i,
    hints: /\b(toast(ing)?|celebrat\w+|party|gala|dinner|restaurant|glass(es)?)\b/i,
    aspect: 0.9,
    draw: drawChampagne,
  },
  {
    ...table,
    name: "diamond",
    words:
      /\b(diamonds?|jewel(s|le?ry|ler|lers)?|gem(s|stones?)?|necklace|sapphires?|rub(y|ies)|tiara|pearls?)\b/i,
    hints: /\b(rings?|crystals?|luxur\w+|precious|rare|status|brands?)\b/i,
    aspect: 1.15,
    draw: drawDiamond,
  },
  {
    kind: "subject",
    name: "chandelier",
    words: /\b(chandeliers?|ballroom|lobby|palace|opera|grand hall|banquet|theat(re|er))\b/i,
    hints: /\b(elegan\w+|royal\w*|grand)\b/i,
    setting: "room",
    light: "hidden",
    aspect: 1.2,
    draw: drawChandelier,
  },
];
