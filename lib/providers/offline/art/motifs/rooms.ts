/** Thresholds indoors: a door ajar, stairs up to the light. */
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
  polygon,
  rect,
  shape,
} from "../pen.ts";
import type { Brush } from "../stage.ts";
import type { Motif } from "./motif.ts";
import { person } from "./night.ts";

function drawDoor(brush: Brush): void {
  const { ctx, palette } = brush;
  const bright = lighter(palette.lamp, 0.3);
  const wood = mix(palette.near, palette.accent, 0.16);
  glow(ctx, palette.lamp, 0, -0.5, 1, 0.5);
  polygon(ctx, down(ctx, 0, 0.42, fade(palette.lamp, 0.85), fade(palette.lamp, 0)), [
    [-0.21, 0],
    [0.23, 0],
    [0.5, 0.45],
    [-0.62, 0.45],
  ]);
  rect(ctx, darker(wood, 0.35), -0.27, -1.04, 0.56, 1.04);
  rect(ctx, down(ctx, -1, 0, bright, palette.lamp, palette.accent), -0.21, -0.98, 0.44, 0.98);
  rect(ctx, fade(palette.accent, 0.35), -0.21, -0.06, 0.44, 0.06);
  person(brush, 0.1, 0.62);
  polygon(ctx, down(ctx, 0, 0.4, fade(palette.near, 0.7), fade(palette.near, 0)), [
    [0.05, 0],
    [0.15, 0],
    [0.24, 0.42],
    [-0.02, 0.42],
  ]);
  polygon(ctx, across(ctx, -0.5, -0.21, darker(wood, 0.45), lighter(wood, 0.1)), [
    [-0.21, -0.98],
    [-0.46, -1.07],
    [-0.46, 0.11],
    [-0.21, 0],
  ]);
  for (const [top, bottom] of [
    [-0.88, -0.56],
    [-0.47, -0.1],
  ] as const) {
    polygon(ctx, fade(palette.near, 0.55), [
      [-0.25, top],
      [-0.42, top - 0.045],
      [-0.42, bottom + 0.06],
      [-0.25, bottom + 0.015],
    ]);
  }
  disc(ctx, palette.accent, -0.42, -0.46, 0.022);
}

/** Steps seen from their foot, each nearer one wider and darker. */
function drawStairs(brush: Brush): void {
  const { ctx, palette } = brush;
  const stone = mix(palette.near, palette.far, 0.8);
  glow(ctx, palette.lamp, 0, -0.78, 0.9, 0.65);
  rect(ctx, darker(stone, 0.6), -0.19, -1.07, 0.38, 0.5);
  shape(
    ctx,
    down(ctx, -1.05, -0.55, lighter(palette.lamp, 0.4), palette.lamp),
    "M-.145-.55V-.9a.145 .14 0 0 1 .29 0V-.55Z",
  );
  const steps = 9;
  for (let step = 0; step < steps; step++) {
    const t = step / (steps - 1);
    const y = -0.56 + 0.66 * t ** 1.25;
    const rise = 0.035 + 0.06 * t;
    const half = 0.22 + 0.4 * t;
    const tread = mix(stone, palette.lamp, 0.62 * (1 - t) + 0.1);
    polygon(
      ctx,
      across(ctx, -half, half, mix(tread, palette.near, 0.5), tread, mix(tread, palette.near, 0.5)),
      [
        [-half + 0.03, y - 0.012],
        [half - 0.03, y - 0.012],
        [half, y + 0.022 + 0.02 * t],
        [-half, y + 0.022 + 0.02 * t],
      ],
    );
    rect(ctx, mix(palette.near, stone, 0.55 - 0.4 * t), -half, y + 0.02 + 0.02 * t, half * 2, rise);
  }
  for (const side of [-1, 1]) banister(ctx, palette.near, side);
  aside(ctx, () => {
    ctx.translate(0, -0.565);
    person(brush, 0.02, 0.27);
  });
}

function banister(ctx: Context, colour: Colour, side: number): void {
  for (let post = 0; post <= 7; post++) {
    const t = post / 7;
    const x = side * (0.235 + 0.42 * t);
    const y = -0.56 + 0.68 * t ** 1.2;
    line(ctx, colour, 0.01 + 0.012 * t, [
      [x, y + 0.04],
      [x, y - 0.1 - 0.13 * t],
    ]);
  }
  outline(ctx, colour, 0.026, `M${side * 0.235}-.66Q${side * 0.46}-.45 ${side * 0.655}-.11`);
}

const room = { kind: "subject", setting: "room", light: "hidden" } as const;

export const roomMotifs: readonly Motif[] = [
  {
    ...room,
    name: "door",
    words: /\b(doors?|doorways?|hallways?|corridors?|bedrooms?|basement|cellar|ajar|thresholds?|entrance)\b/i,
    hints: /\b(rooms?|knock\w*|opportunit(y|ies)|exit|inside)\b/i,
    aspect: 0.9,
    draw: drawDoor,
  },
  {
    ...room,
    name: "stairs",
    words: /\b(stairs?|staircases?|stairway|stairwell|ladders?)\b/i,
    hints: /\b(steps?|upstairs|downstairs|career|levels?)\b/i,
    aspect: 1.1,
    draw: drawStairs,
  },
];
