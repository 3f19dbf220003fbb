/** High above: a great moon, a ringed planet. */
import { darker, fade, lighter, mix } from "../colour.ts";
import { drawHills, drawRidge } from "../ground.ts";
import { rough } from "../noise.ts";
import { across, aside, type Context, disc, down, glow, oval, type Point, polygon, rect } from "../pen.ts";
import { between, pick } from "../random.ts";
import type { Stage } from "../stage.ts";
import type { Motif } from "./motif.ts";
import { drawFirs } from "./trees.ts";

function drawMoon(stage: Stage): void {
  const { ctx, palette, random, width, height, portrait, short } = stage;
  const [x, y, radius] = [
    width * 0.5 + short * 0.04,
    height * (portrait ? 0.38 : 0.42),
    short * (portrait ? 0.33 : 0.29),
  ];
  glow(ctx, palette.light, x, y, radius * 2.7, 0.65);
  const face = mix(palette.light, palette.low, 0.15);
  disc(ctx, down(ctx, y - radius, y + radius, lighter(face, 0.2), face), x, y, radius);
  aside(ctx, () => {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, Math.PI * 2);
    ctx.clip();
    for (let i = 0; i < 15; i++) {
      const size = radius * between(random, 0.04, 0.2) * (0.4 + random());
      const [dx, dy] = [between(random, -0.85, 0.85) * radius, between(random, -0.85, 0.85) * radius];
      oval(ctx, fade(palette.far, 0.13), x + dx, y + dy, size * 1.15, size);
      oval(ctx, fade(palette.far, 0.07), x + dx + size * 0.1, y + dy + size * 0.08, size * 0.8, size * 0.7);
    }
  });
  drawHills({ ...stage, horizon: height * (portrait ? 0.66 : 0.7) }, 3);
  drawFirs(stage, 0.96, 0.2, portrait ? 12 : 22, palette.near, 0.22);
  for (let i = 0; i < 7; i++) {
    bat(
      ctx,
      palette.near,
      x + between(random, -1.1, 1.1) * radius,
      y + between(random, -0.7, 0.25) * radius,
      radius * between(random, 0.05, 0.11),
    );
  }
}

function bat(ctx: Context, colour: Parameters<typeof fade>[0], x: number, y: number, size: number): void {
  polygon(ctx, colour, [
    [x - size * 1.6, y - size * 0.5],
    [x - size * 0.8, y - size * 0.72],
    [x - size * 0.25, y - size * 0.2],
    [x, y - size * 0.42],
    [x + size * 0.25, y - size * 0.2],
    [x + size * 0.8, y - size * 0.72],
    [x + size * 1.6, y - size * 0.5],
    [x + size * 1.02, y - size * 0.1],
    [x + size * 0.55, y - size * 0.06],
    [x, y + size * 0.42],
    [x - size * 0.55, y - size * 0.06],
    [x - size * 1.02, y - size * 0.1],
  ]);
}

function drawPlanet(stage: Stage): void {
  const { ctx, palette, width, height, portrait, short } = stage;
  drawDeepSpace(stage);
  const [x, y, radius] = [width / 2, height * (portrait ? 0.44 : 0.46), short * (portrait ? 0.27 : 0.24)];
  glow(ctx, palette.light, x, y, radius * 2.4, 0.35);
  rings(stage, x, y, radius, false);
  globe(stage, x, y, radius);
  rings(stage, x, y, radius, true);
  disc(
    ctx,
    across(ctx, x - radius * 1.75, x - radius * 1.45, darker(palette.far, 0.5), palette.light),
    x - radius * 1.6,
    y - radius * 0.95,
    radius * 0.13,
  );
  drawRidge(
    stage,
    { base: height * 0.9, swing: height * 0.07, hills: 5, offset: 4 },
    mix(palette.near, palette.middle, 0.25),
    palette.near,
  );
}

/** No horizon: dark all round, with stars and faint clouds of colour. */
function drawDeepSpace({ ctx, palette, random, width, height, short }: Stage): void {
  rect(
    ctx,
    down(
      ctx,
      0,
      height,
      darker(palette.top, 0.55),
      darker(palette.top, 0.2),
      mix(palette.top, palette.middle, 0.6),
    ),
    0,
    0,
    width,
    height,
  );
  for (let i = 0; i < 420; i++)
    disc(
      ctx,
      fade("#fff8ea", between(random, 0.1, 0.9)),
      random() * width,
      random() * height,
      short * (0.0006 + random() ** 8 * 0.0024),
    );
  for (let i = 0; i < 5; i++) {
    const hue = pick(random, [palette.middle, palette.low, palette.far]);
    glow(ctx, hue, random() * width, random() * height, short * between(random, 0.35, 0.7), 0.2);
  }
}

function globe({ ctx, palette, noise }: Stage, x: number, y: number, radius: number): void {
  aside(ctx, () => {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, Math.PI * 2);
    ctx.clip();
    ctx.translate(x, y);
    ctx.rotate(-0.32);
    const bands = 13;
    for (let band = 0; band < bands; band++) {
      const top = -radius + (2 * radius * band) / bands;
      const colour = mix(
        mix(palette.low, palette.accent, noise(band * 1.7)),
        palette.far,
        noise(band * 2.9 + 40) * 0.8,
      );
      const edge = Array.from(
        { length: 41 },
        (_, i): Point => [
          -radius * 1.1 + radius * 2.2 * (i / 40),
          top + (rough(noise, i / 9 + band * 7, 3) - 0.5) * radius * 0.12,
        ],
      );
      polygon(ctx, colour, [...edge, [radius * 1.1, radius * 1.1], [-radius * 1.1, radius * 1.1]]);
    }
  });
  const shade = ctx.createRadialGradient(
    x + radius * 0.5,
    y - radius * 0.45,
    radius * 0.2,
    x + radius * 0.25,
    y - radius * 0.2,
    radius * 1.45,
  );
  shade.addColorStop(0, fade(palette.light, 0.35));
  shade.addColorStop(0.35, fade(palette.near, 0));
  shade.addColorStop(1, fade(palette.near, 0.92));
  disc(ctx, shade, x, y, radius * 1.004);
}

/** Broad translucent bands, not wires; the half in front is drawn after the globe. */
function rings({ ctx, palette }: Stage, x: number, y: number, radius: number, front: boolean): void {
  aside(ctx, () => {
    ctx.translate(x, y);
    ctx.rotate(-0.32);
    ctx.scale(1, 0.27);
    for (const [reach, width, strength] of [
      [1.34, 0.13, 0.42],
      [1.54, 0.2, 0.8],
      [1.76, 0.1, 0.6],
      [1.9, 0.06, 0.3],
    ] as const) {
      ctx.strokeStyle = fade(mix(palette.light, palette.accent, 0.4), strength);
      ctx.lineWidth = radius * width;
      ctx.beginPath();
      ctx.arc(0, 0, radius * reach, front ? 0 : Math.PI, front ? Math.PI : Math.PI * 2);
      ctx.stroke();
    }
  });
}

export const spaceMotifs: readonly Motif[] = [
  {
    kind: "view",
    name: "moon",
    words: /\b((full )?moons?|moonlight|moonlit|moonrise|bats?|wolf|wolves|howl\w*)\b/i,
    hints: /\b(midnight|nights?|dark(ness)?|nightmares?|dreams?|sleep\w*)\b/i,
    light: "hidden",
    draw: drawMoon,
  },
  {
    kind: "view",
    name: "planet",
    words:
      /\b(planets?|outer space|galax(y|ies)|orbit\w*|cosmos|saturn|jupiter|rockets?|astronauts?|telescopes?)\b/i,
    hints: /\b(space|cosmic|universe|stars?)\b/i,
    light: "hidden",
    draw: drawPlanet,
  },
];
