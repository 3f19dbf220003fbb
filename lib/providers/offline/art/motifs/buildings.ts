/** Buildings with a front: a bank, a grand hotel, a villa by its pool. */
import { type Colour, darker, fade, lighter, mix } from "../colour.ts";
import {
  across,
  aside,
  type Context,
  disc,
  down,
  glow,
  outline,
  oval,
  polygon,
  rect,
  shape,
} from "../pen.ts";
import { between } from "../random.ts";
import type { Brush } from "../stage.ts";
import type { Motif } from "./motif.ts";

function drawBank({ ctx, palette }: Brush): void {
  const stone = mix(palette.low, palette.near, 0.3);
  const lit = across(ctx, -0.7, 0.7, darker(stone, 0.42), stone, lighter(stone, 0.2));
  const shade = darker(stone, 0.6);
  for (let step = 0; step < 3; step++) {
    const half = 0.76 - step * 0.05;
    rect(ctx, lit, -half, -0.05 * (step + 1), half * 2, 0.052);
    rect(ctx, fade(shade, 0.4), -half, -0.05 * (step + 1) + 0.04, half * 2, 0.01);
  }
  rect(ctx, across(ctx, -0.6, 0.6, darker(shade, 0.4), shade), -0.56, -0.64, 1.12, 0.49);
  glow(ctx, palette.lamp, 0, -0.3, 0.42, 0.7);
  rect(ctx, down(ctx, -0.52, -0.15, lighter(palette.lamp, 0.2), palette.accent), -0.07, -0.5, 0.14, 0.35);
  rect(ctx, shade, -0.006, -0.5, 0.012, 0.35);
  for (let i = 0; i < 6; i++) column(ctx, stone, -0.56 + i * 0.224, -0.64);
  rect(ctx, lit, -0.68, -0.73, 1.36, 0.095);
  rect(ctx, fade(shade, 0.55), -0.68, -0.645, 1.36, 0.014);
  shape(ctx, lit, "M-.74-.73L0-1.02L.74-.73Z");
  shape(ctx, fade(shade, 0.5), "M-.56-.75L0-.965L.56-.75Z");
  disc(ctx, palette.accent, 0, -0.825, 0.058);
  disc(ctx, darker(palette.accent, 0.35), 0, -0.825, 0.038);
}

function column(ctx: Context, stone: Colour, x: number, top: number): void {
  const fill = across(ctx, x - 0.05, x + 0.05, darker(stone, 0.5), stone, lighter(stone, 0.25));
  shape(ctx, fill, `M${x - 0.04} -.18L${x - 0.034} ${top + 0.04}h.068L${x + 0.04} -.18Z`);
  rect(ctx, fill, x - 0.056, top, 0.112, 0.045);
  rect(ctx, fill, x - 0.056, -0.185, 0.112, 0.035);
}

/** Rows of equal windows; whole runs are lit, as people light whole rooms. */
function facade(
  { ctx, palette, random }: Brush,
  left: number,
  width: number,
  floors: number,
  bays: number,
): void {
  const pitch = width / bays;
  for (let floor = 0; floor < floors; floor++) {
    const y = -0.88 + floor * 0.123;
    let lit = random() < 0.6;
    for (let bay = 0; bay < bays; bay++) {
      if (random() < 0.3) lit = !lit;
      const x = left + pitch * (bay + 0.26);
      rect(ctx, lit ? palette.lamp : fade(palette.near, 0.55), x, y, pitch * 0.48, 0.075);
      rect(ctx, fade(palette.near, 0.5), x + pitch * 0.22, y, pitch * 0.04, 0.075);
      rect(ctx, fade(palette.light, 0.35), x - pitch * 0.08, y + 0.08, pitch * 0.64, 0.009);
    }
  }
}

function drawHotel(brush: Brush): void {
  const { ctx, palette } = brush;
  const wall = mix(palette.far, palette.near, 0.42);
  rect(ctx, across(ctx, -0.66, 0.66, darker(wall, 0.4), wall, lighter(wall, 0.1)), -0.62, -0.86, 1.24, 0.88);
  rect(ctx, across(ctx, -0.3, 0.3, darker(wall, 0.2), lighter(wall, 0.16)), -0.25, -0.95, 0.5, 0.97);
  for (const [x, y, w] of [
    [-0.645, -0.885, 0.4],
    [0.245, -0.885, 0.4],
    [-0.275, -0.975, 0.55],
  ] as const) {
    rect(ctx, lighter(wall, 0.22), x, y, w, 0.03);
  }
  shape(ctx, darker(wall, 0.35), "M-.2-.975Q0-1.13 .2-.975Z");
  facade(brush, -0.6, 0.34, 6, 4);
  facade(brush, 0.26, 0.34, 6, 4);
  facade(brush, -0.22, 0.44, 6, 5);
  glow(ctx, palette.lamp, 0, -0.06, 0.45, 0.8);
  rect(ctx, darker(wall, 0.5), -0.62, -0.13, 1.24, 0.018);
  shape(ctx, lighter(palette.lamp, 0.3), "M-.1 .02V-.08a.1 .07 0 0 1 .2 0V.02Z");
  polygon(ctx, mix(palette.accent, "#b5323a", 0.5), [
    [-0.2, -0.13],
    [0.2, -0.13],
    [0.25, -0.065],
    [-0.25, -0.065],
  ]);
  for (const x of [-0.75, 0.75, -0.4, 0.4]) palm(brush, x, Math.abs(x) > 0.5 ? 0.44 : 0.24);
}

export function palm({ ctx, palette, random }: Brush, x: number, height: number): void {
  const lean = between(random, -0.08, 0.08);
  aside(ctx, () => {
    ctx.translate(x, 0.02);
    ctx.scale(height, height);
    outline(ctx, palette.near, 0.045, `M0 0Q${lean} -.5 ${lean * 2} -1`);
    for (let i = 0; i < 9; i++) {
      const angle = Math.PI * (1.06 + (i / 8) * 0.88);
      const reach = 0.42;
      const tipX = lean * 2 + Math.cos(angle) * reach * 1.05;
      const tipY = -1 + Math.sin(angle) * reach * 0.62 + 0.14;
      const midX = lean * 2 + Math.cos(angle) * reach * 0.6;
      const midY = -1 + Math.sin(angle) * reach * 0.9 - 0.06;
      const leaf = mix(palette.near, palette.far, i % 2 === 0 ? 0.05 : 0.2);
      shape(
        ctx,
        leaf,
        `M${lean * 2}-1Q${midX} ${midY} ${tipX} ${tipY}Q${midX} ${midY + 0.13} ${lean * 2}-1Z`,
      );
    }
  });
}

function glassWall(
  { ctx, palette }: Brush,
  x: number,
  y: number,
  width: number,
  height: number,
  panes: number,
): void {
  glow(ctx, palette.lamp, x + width / 2, y + height / 2, width * 0.75, 0.5);
  rect(
    ctx,
    across(ctx, x, x + width, palette.accent, lighter(palette.lamp, 0.3), palette.lamp),
    x,
    y,
    width,
    height,
  );
  for (let i = 0; i <= panes; i++) rect(ctx, palette.near, x + (width * i) / panes - 0.004, y, 0.008, height);
}

function drawVilla(brush: Brush): void {
  const { ctx, palette } = brush;
  const plaster = mix(palette.low, palette.near, 0.22);
  const wall = across(ctx, -0.8, 0.8, darker(plaster, 0.4), plaster, lighter(plaster, 0.25));
  palm(brush, -0.78, 0.85);
  palm(brush, 0.86, 0.72);
  rect(ctx, wall, -0.7, -0.42, 1.36, 0.32);
  rect(ctx, wall, -0.3, -0.72, 0.82, 0.28);
  glassWall(brush, -0.24, -0.67, 0.5, 0.22, 4);
  glassWall(brush, -0.6, -0.35, 0.72, 0.25, 6);
  rect(ctx, darker(plaster, 0.62), 0.3, -0.34, 0.12, 0.24);
  rect(ctx, palette.near, 0.36, -0.62, 0.1, 0.1);
  for (const [x, y, w] of [
    [-0.4, -0.755, 1.02],
    [-0.8, -0.455, 1.56],
  ] as const) {
    rect(
      ctx,
      across(ctx, x, x + w, darker(plaster, 0.55), darker(plaster, 0.15), lighter(plaster, 0.3)),
      x,
      y,
      w,
      0.045,
    );
  }
  rect(ctx, mix(plaster, palette.near, 0.35), -1, -0.1, 2, 0.05);
  pool(brush);
}

function pool({ ctx, palette, random }: Brush): void {
  const water = mix(palette.middle, "#4fd0d8", 0.55);
  polygon(ctx, lighter(mix(palette.low, palette.near, 0.35), 0.1), [
    [-0.7, -0.06],
    [0.7, -0.06],
    [1.02, 0.24],
    [-1.02, 0.24],
  ]);
  polygon(ctx, down(ctx, -0.04, 0.22, lighter(water, 0.3), darker(water, 0.35)), [
    [-0.64, -0.04],
    [0.64, -0.04],
    [0.92, 0.21],
    [-0.92, 0.21],
  ]);
  for (let i = 0; i < 34; i++) {
    const y = between(random, -0.02, 0.19);
    const x = between(random, -0.6, 0.6);
    oval(ctx, fade(i % 3 === 0 ? palette.lamp : "#ffffff", 0.4), x, y, between(random, 0.02, 0.08), 0.003);
  }
}

export const buildingMotifs: readonly Motif[] = [
  {
    kind: "subject",
    name: "bank",
    words: /\b(banks?|bankers?|columns?|treasury|courthouse|museum|temple|marble steps)\b/i,
    hints: /\b(banking|institutions?|court|government|loans?|mortgages?|tax(es)?|credit)\b/i,
    setting: "meadow",
    light: "beside",
    aspect: 1.55,
    draw: drawBank,
  },
  {
    kind: "subject",
    name: "hotel",
    words: /\b(hotels?|resorts?|casinos?|apartments?|facades?|boutiques?)\b/i,
    hints: /\b(real estate|propert(y|ies)|rent|riviera|monaco|suites?)\b/i,
    setting: "meadow",
    light: "beside",
    aspect: 1.32,
    draw: drawHotel,
  },
  {
    kind: "subject",
    name: "villa",
    words: /\b(villas?|mansions?|(swimming )?pools?|poolside|palms?|palm trees?|terraces?)\b/i,
    hints: /\b(estate|tropical|garden|summer)\b/i,
    setting: "meadow",
    light: "beside",
    aspect: 1.65,
    draw: drawVilla,
  },
];
