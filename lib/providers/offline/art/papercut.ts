/** The papercut look: sheets of coloured paper, cut and piled up, each casting its shadow on the one below. */

import { Path2D } from "@napi-rs/canvas";
import { type Colour, darker, fade, lighter, mix } from "./colour.ts";
import { type Noise, noiseFrom, rough } from "./noise.ts";
import { type Palette, paletteFor } from "./palette.ts";
import { chooseShape, type Paper } from "./paper-shapes.ts";
import { aside, type Context, down, type Fill, rect } from "./pen.ts";
import { between, pick, type Random, randomFrom } from "./random.ts";
import type { DrawRequest } from "./request.ts";

/** All in pixels. */
interface Table {
  readonly ctx: Context;
  readonly random: Random;
  readonly noise: Noise;
  readonly papers: Readonly<Record<Paper, Colour>>;
  readonly width: number;
  readonly height: number;
  readonly short: number;
  readonly subject: { readonly x: number; readonly foot: number; readonly size: number };
}

export function drawPapercut(ctx: Context, request: DrawRequest, seed: number): void {
  const { width, height } = request;
  const random = randomFrom(seed);
  const palette = paletteFor(request.style, random);
  const portrait = height > width;
  const short = Math.min(width, height);
  const size = portrait ? Math.min(width * 0.66, height * 0.42) : height * 0.52;
  const x = width * (portrait ? 0.5 : between(random, 0.42, 0.58));
  const nearness = between(random, 0.86, 1.04);
  const subject = { x, foot: height * (portrait ? 0.7 : 0.755), size: size * nearness };
  const table = {
    ctx,
    random,
    noise: noiseFrom(random),
    papers: papersFrom(palette),
    width,
    height,
    short,
    subject,
  };
  rect(
    ctx,
    down(ctx, 0, height, mix(palette.top, palette.middle, 0.35), mix(palette.middle, palette.low, 0.3)),
    0,
    0,
    width,
    height,
  );
  layRings(table, palette);
  layClouds(table);
  layHills(table, palette, [0, 0.25]);
  laySubject(table, request);
  layHills(table, palette, [0.5, 0.75, 1]);
  layLeaves(table);
}

/** Paper is never quite black, nor as bright as light. */
function papersFrom(palette: Palette): Record<Paper, Colour> {
  return {
    dark: mix(palette.near, palette.middle, 0.16),
    deep: mix(palette.top, palette.far, 0.42),
    middle: mix(palette.middle, palette.far, 0.55),
    accent: palette.accent,
    pale: mix(palette.low, palette.light, 0.4),
    white: lighter(palette.light, 0.2),
  };
}

/** One sheet: its shadow, its colour, and a bright cut edge. `lift` is how far it floats above what lies below. */
function lay({ ctx, short }: Pick<Table, "ctx" | "short">, path: Path2D, fill: Fill, lift = 1): void {
  aside(ctx, () => {
    ctx.shadowColor = fade("#05030a", 0.42);
    ctx.shadowBlur = short * 0.022 * lift;
    ctx.shadowOffsetY = short * 0.0075 * lift;
    ctx.shadowOffsetX = short * 0.003 * lift;
    ctx.fillStyle = fill;
    ctx.fill(path);
  });
}

function blob({ noise }: Table, x: number, y: number, radius: number, offset: number): Path2D {
  const path = new Path2D();
  const points = 96;
  for (let i = 0; i < points; i++) {
    const angle = (i / points) * Math.PI * 2;
    // Two rows of noise, walked round in a circle, so that the end meets the beginning.
    const wobble =
      noise(offset + 1.6 + Math.cos(angle) * 1.5) + noise(offset + 41.6 + Math.sin(angle) * 1.5) - 1;
    const reach = radius * (1 + wobble * 0.16);
    path.lineTo(x + Math.cos(angle) * reach, y + Math.sin(angle) * reach);
  }
  path.closePath();
  return path;
}

/** From the wide and dark to the small and bright: the eye falls into the middle. */
function layRings(table: Table, palette: Palette): void {
  const { subject, short, width, height } = table;
  const y = subject.foot - subject.size * 0.55;
  const widest = Math.min(Math.hypot(width, height) * 0.5, short * 0.88);
  const count = 6;
  for (let ring = 0; ring < count; ring++) {
    const t = ring / (count - 1);
    const colour =
      t < 0.5 ? mix(palette.middle, palette.low, t * 1.6) : mix(palette.low, palette.light, (t - 0.5) * 1.3);
    const radius = widest + (subject.size * 0.56 - widest) * t ** 0.85;
    lay(
      table,
      blob(table, subject.x, y, radius, ring * 5.3),
      ring % 2 === 0 ? colour : darker(colour, 0.06),
      1.3,
    );
  }
}

function layClouds(table: Table): void {
  const { random, width, height, short, papers } = table;
  for (const side of [0.16, 0.84, pick(random, [0.3, 0.7])]) {
    const x = width * (side + between(random, -0.05, 0.05));
    const y = height * between(random, 0.14, 0.34);
    const size = short * between(random, 0.05, 0.085);
    const path = new Path2D(
      `M${x - size * 1.6} ${y}a${size * 0.5} ${size * 0.5} 0 0 1 ${size * 0.5} ${-size * 0.55}a${size * 0.75} ${size * 0.75} 0 0 1 ${size * 1.4} ${-size * 0.1}a${size * 0.55} ${size * 0.55} 0 0 1 ${size * 1.1} ${size * 0.65}Z`,
    );
    lay(table, path, mix(papers.white, papers.pale, random()), 0.9);
  }
}

function layHills(table: Table, palette: Palette, depths: readonly number[]): void {
  const { width, height, short, noise, papers } = table;
  for (const depth of depths) {
    const base = height * (0.66 + 0.29 * depth);
    const swing = height * (0.09 - 0.035 * depth);
    const path = new Path2D();
    path.moveTo(-short, height + short);
    for (let x = -8; x <= width + 8; x += Math.max(2, width / 320)) {
      const at = (x / Math.max(width, height)) * 2.6 + depth * 60;
      path.lineTo(x, base - (rough(noise, at, 2) - 0.5) * 2 * swing);
    }
    path.lineTo(width + short, height + short);
    path.closePath();
    const colour =
      depth === 0.5 ? mix(papers.accent, palette.far, 0.45) : mix(papers.middle, papers.dark, depth);
    lay(table, path, down(table.ctx, base - swing, height, lighter(colour, 0.07), darker(colour, 0.12)), 1.2);
  }
}

function laySubject(table: Table, request: DrawRequest): void {
  const { ctx, random, papers, subject } = table;
  for (const { paper, d } of chooseShape(request, random)) {
    const path = new Path2D();
    path.addPath(new Path2D(d), {
      a: subject.size,
      b: 0,
      c: 0,
      d: subject.size,
      e: subject.x,
      f: subject.foot,
    });
    const colour = papers[paper];
    const top = subject.foot - subject.size;
    lay(table, path, down(ctx, top, subject.foot, lighter(colour, 0.07), darker(colour, 0.07)), 0.62);
  }
}

/** A few leaves drift by, clear of the subject. */
function layLeaves(table: Table): void {
  const { random, width, height, short, papers, subject } = table;
  for (let i = 0; i < 9; i++) {
    const x = random() * width;
    const y = between(random, 0.08, 0.62) * height;
    const size = short * between(random, 0.022, 0.042);
    const turn = random() * Math.PI * 2;
    const colour = pick(random, [papers.accent, papers.deep, papers.pale]);
    if (Math.abs(x - subject.x) < subject.size * 0.75) continue;
    const leaf = new Path2D();
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    leaf.addPath(new Path2D("M0 0Q.5-.45 1 0Q.5 .45 0 0Z"), {
      a: cos * size,
      b: sin * size,
      c: -sin * size,
      d: cos * size,
      e: x,
      f: y,
    });
    lay(table, leaf, colour, 0.7);
  }
}
