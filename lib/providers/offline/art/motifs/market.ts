/** The market: a chart that rises, a crash under a storm. */
import { type Colour, darker, fade, lighter, mix } from "../colour.ts";
import type { Palette } from "../palette.ts";
import { across, type Context, disc, down, glow, line, type Point, polygon, rect, shape } from "../pen.ts";
import { between } from "../random.ts";
import type { Brush } from "../stage.ts";
import type { Motif } from "./motif.ts";

function bars(ctx: Context, palette: Palette, heights: readonly number[], colour: Colour): void {
  const pitch = 1.3 / heights.length;
  for (const [i, height] of heights.entries()) {
    const x = -0.65 + i * pitch;
    const width = pitch * 0.66;
    rect(ctx, across(ctx, x, x + width, darker(colour, 0.45), colour), x, -height, width, height);
    rect(ctx, lighter(colour, 0.35), x, -height, width, 0.014);
    rect(
      ctx,
      down(ctx, -height, 0, fade(palette.near, 0), fade(palette.near, 0.55)),
      x,
      -height,
      width,
      height,
    );
  }
}

function arrow(ctx: Context, colour: Colour, points: readonly Point[]): void {
  line(ctx, colour, 0.03, points);
  const [x1, y1] = points[points.length - 2]!;
  const [x2, y2] = points[points.length - 1]!;
  ctx.save();
  ctx.translate(x2, y2);
  ctx.rotate(Math.atan2(y2 - y1, x2 - x1));
  polygon(ctx, colour, [
    [0.085, 0],
    [-0.035, -0.065],
    [-0.035, 0.065],
  ]);
  ctx.restore();
}

function drawChart({ ctx, palette }: Brush): void {
  bars(ctx, palette, [0.2, 0.31, 0.27, 0.45, 0.56, 0.76], mix(palette.far, palette.accent, 0.72));
  const rise: Point[] = [
    [-0.68, -0.3],
    [-0.38, -0.47],
    [-0.16, -0.42],
    [0.08, -0.63],
    [0.28, -0.72],
    [0.58, -0.96],
  ];
  glow(ctx, palette.light, 0.55, -0.94, 0.3, 0.5);
  arrow(ctx, lighter(palette.light, 0.3), rise);
  for (const [x, y] of rise.slice(0, -1)) disc(ctx, lighter(palette.light, 0.3), x, y, 0.026);
}

function drawCrash({ ctx, palette, random }: Brush): void {
  const cloud = mix(palette.near, palette.middle, 0.35);
  bars(ctx, palette, [0.5, 0.42, 0.45, 0.3, 0.2, 0.12], mix(palette.far, palette.near, 0.35));
  for (let i = 0; i < 60; i++) {
    const x = between(random, -0.75, 0.75);
    const y = between(random, -0.78, -0.05);
    line(ctx, fade(palette.light, 0.2), 0.004, [
      [x, y],
      [x - 0.018, y + 0.06],
    ]);
  }
  glow(ctx, palette.light, 0.16, -0.6, 0.5, 0.6);
  shape(ctx, lighter(palette.light, 0.4), "M.17-.82L.02-.5L.12-.51L.03-.22L.3-.6L.19-.59L.3-.82Z");
  stormCloud(ctx, mix(cloud, palette.far, 0.35), -0.3, -0.93, 0.85);
  stormCloud(ctx, cloud, 0.1, -0.86, 1.15);
  arrow(ctx, mix(palette.accent, "#ff4a3d", 0.6), [
    [-0.66, -0.6],
    [-0.42, -0.46],
    [-0.26, -0.52],
    [-0.02, -0.3],
    [0.16, -0.36],
    [0.42, -0.17],
    [0.6, -0.08],
  ]);
}

function stormCloud(ctx: Context, colour: Colour, x: number, y: number, size: number): void {
  const puffs: readonly (readonly [number, number, number])[] = [
    [-0.42, 0.02, 0.15],
    [-0.22, -0.08, 0.2],
    [0.05, -0.13, 0.24],
    [0.3, -0.05, 0.18],
    [0.47, 0.03, 0.13],
  ];
  const fill = down(ctx, y - 0.36 * size, y + 0.17 * size, lighter(colour, 0.16), darker(colour, 0.25));
  for (const [dx, dy, radius] of puffs) disc(ctx, fill, x + dx * size, y + dy * size, radius * size);
  ctx.fillStyle = fill;
  ctx.beginPath();
  ctx.roundRect(x - 0.56 * size, y, 1.15 * size, 0.16 * size, 0.08 * size);
  ctx.fill();
}

export const marketMotifs: readonly Motif[] = [
  {
    kind: "subject",
    name: "crash",
    oneWay: true,
    words: /\b(crash(es|ed|ing)?|lightning|thunder\w*|storm(s|y)?|storm ?clouds?)\b/i,
    hints:
      /\b(recession|collaps\w+|plung\w+|panic|loss(es)?|crisis|debts?|inflation|fall(s|ing)?|red numbers)\b/i,
    setting: "meadow",
    light: "hidden",
    aspect: 1.4,
    draw: drawCrash,
  },
  {
    kind: "subject",
    name: "chart",
    oneWay: true,
    words: /\b(charts?|graphs?|curves?|stocks?|stock market|bars? rising|diagrams?)\b/i,
    hints:
      /\b(markets?|invest\w*|returns?|profits?|index|rising|growth|portfolio|dividends?|economy|trad(e|er|ing)|percent)\b/i,
    setting: "meadow",
    light: "beside",
    aspect: 1.4,
    draw: drawChart,
  },
];
