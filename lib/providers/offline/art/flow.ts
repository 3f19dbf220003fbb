/** The flow look: threads of light that follow a current, for what has no shape of its own. */
import { type Colour, darker, fade, lighter, mix } from "./colour.ts";
import { type Noise2D, noise2DFrom } from "./noise.ts";
import { type Palette, paletteFor } from "./palette.ts";
import { type Context, disc, glow, rect } from "./pen.ts";
import { between, pick, type Random, randomFrom } from "./random.ts";
import type { DrawRequest } from "./request.ts";

/** All in pixels; the current is an angle in radians for each point. */
interface Stream {
  readonly ctx: Context;
  readonly random: Random;
  readonly palette: Palette;
  readonly width: number;
  readonly height: number;
  readonly short: number;
  readonly focus: { readonly x: number; readonly y: number };
  readonly current: (x: number, y: number) => number;
}

export function drawFlow(ctx: Context, request: DrawRequest, seed: number): void {
  const { style, width, height } = request;
  const random = randomFrom(seed);
  const palette = paletteFor(style, random);
  const short = Math.min(width, height);
  const focus = { x: width * between(random, 0.42, 0.58), y: height * between(random, 0.4, 0.54) };
  const currents = [vortex, tide, bloom];
  const current = pick(random, currents)(noise2DFrom(random), focus, short, random);
  const stream = { ctx, random, palette, width, height, short, focus, current };
  drawDepths(stream);
  ctx.globalCompositeOperation = "lighter";
  for (let i = 0; i < 620; i++) drawThread(stream, i / 620);
  drawSparks(stream);
  ctx.globalCompositeOperation = "source-over";
}

type MakeCurrent = (
  noise: Noise2D,
  focus: Stream["focus"],
  short: number,
  random: Random,
) => Stream["current"];

/** Around the focus, as water down a drain. */
const vortex: MakeCurrent = (noise, focus, short, random) => {
  const turn = random() < 0.5 ? 1 : -1;
  const pull = between(random, 0.25, 0.5);
  return (x, y) => {
    const inwards = Math.atan2(focus.y - y, focus.x - x);
    return inwards + turn * (Math.PI / 2 - pull) + (noise((x / short) * 3, (y / short) * 3) - 0.5) * 1.5;
  };
};

/** From side to side in long swells. */
const tide: MakeCurrent = (noise, _focus, short, random) => {
  const slant = between(random, -0.35, 0.35);
  return (x, y) =>
    slant + (noise((x / short) * 1.5, (y / short) * 2.2) - 0.5) * 3.4 + Math.sin((x / short) * 2.2) * 0.35;
};

/** Outwards from the focus, in petals. */
const bloom: MakeCurrent = (noise, focus, short, random) => {
  const petals = Math.floor(between(random, 4, 8));
  return (x, y) => {
    const outwards = Math.atan2(y - focus.y, x - focus.x);
    const reach = Math.hypot(x - focus.x, y - focus.y) / short;
    return (
      outwards +
      Math.sin(outwards * petals) * 1.1 +
      reach * 1.6 +
      (noise((x / short) * 4, (y / short) * 4) - 0.5)
    );
  };
};

function drawDepths({ ctx, palette, width, height, short, focus }: Stream): void {
  const deep = darker(mix(palette.near, palette.top, 0.4), 0.35);
  const light = ctx.createRadialGradient(
    focus.x,
    focus.y,
    0,
    focus.x,
    focus.y,
    Math.hypot(width, height) * 0.62,
  );
  light.addColorStop(0, mix(palette.top, palette.middle, 0.6));
  light.addColorStop(0.5, mix(deep, palette.top, 0.6));
  light.addColorStop(1, deep);
  rect(ctx, light, 0, 0, width, height);
  glow(ctx, palette.low, focus.x, focus.y, short * 0.62, 0.34);
}

function threadColour({ palette, random }: Stream, nearness: number): Colour {
  const cool = mix(palette.middle, palette.far, random());
  const warm = pick(random, [palette.low, palette.accent, palette.light]);
  return mix(cool, warm, Math.min(1, nearness * between(random, 0.5, 1.5)));
}

/** Most begin near the focus, where the eye should rest; all fade in from nothing by their own thinness. */
function drawThread(stream: Stream, order: number): void {
  const { ctx, random, short, width, height, focus, current } = stream;
  const spread = random() ** 0.7;
  const angle = random() * Math.PI * 2;
  let x = focus.x + Math.cos(angle) * spread * width * 0.62;
  let y = focus.y + Math.sin(angle) * spread * height * 0.62;
  const step = short * 0.011;
  const steps = Math.round(between(random, 30, 75));
  const strength = between(random, 0.08, 0.3) * (1 - 0.35 * spread);
  ctx.strokeStyle = fade(threadColour(stream, 1 - spread), strength);
  // The first threads are broad and dim, the later ones fine and bright, so that depth builds up.
  ctx.lineWidth = short * (0.0007 + 0.007 * (1 - order) ** 4 + 0.0016 * random() ** 3);
  ctx.lineCap = "round";
  ctx.beginPath();
  ctx.moveTo(x, y);
  for (let i = 0; i < steps; i++) {
    const heading = current(x, y);
    x += Math.cos(heading) * step;
    y += Math.sin(heading) * step;
    ctx.lineTo(x, y);
  }
  ctx.stroke();
  if (order > 0.72)
    disc(
      ctx,
      fade(lighter(threadColour(stream, 1), 0.3), 0.75),
      x,
      y,
      short * between(random, 0.0012, 0.0034),
    );
}

function drawSparks({ ctx, random, palette, short, focus }: Stream): void {
  glow(ctx, palette.light, focus.x, focus.y, short * 0.2, 0.6);
  for (let i = 0; i < 26; i++) {
    const angle = random() * Math.PI * 2;
    const reach = short * between(random, 0.03, 0.45);
    const [x, y] = [focus.x + Math.cos(angle) * reach * 1.3, focus.y + Math.sin(angle) * reach];
    const size = short * between(random, 0.0015, 0.005);
    glow(ctx, palette.lamp, x, y, size * 6, 0.5);
    disc(ctx, fade("#ffffff", 0.85), x, y, size);
  }
}
