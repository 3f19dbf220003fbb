/** Where things stand in one picture: horizon, light, and the room for the subject. */
import type { Noise } from "./noise.ts";
import { noiseFrom } from "./noise.ts";
import type { Palette } from "./palette.ts";
import type { Context } from "./pen.ts";
import { between, type Random } from "./random.ts";

/** What a motif paints with. A subject's units: 1 is its height, the origin is the middle of its foot. */
export interface Brush {
  readonly ctx: Context;
  readonly palette: Palette;
  readonly random: Random;
  readonly noise: Noise;
}

/** All in pixels. */
export interface Stage extends Brush {
  readonly width: number;
  readonly height: number;
  /** The shorter side: the measure of everything that should look as large in both orientations. */
  readonly short: number;
  readonly portrait: boolean;
  readonly horizon: number;
  readonly sun: { readonly x: number; readonly y: number; readonly radius: number };
  readonly subject: { readonly x: number; readonly foot: number; readonly size: number };
}

/** How the light stands: small beside the subject, a great disc behind it, or out of sight. */
export type Light = "beside" | "behind" | "hidden";

export interface Staging {
  readonly light: Light;
  /** The subject's width over its height. */
  readonly aspect: number;
}

/**
 * The renderer zooms in by up to 1.15 and pans, so the subject keeps to the central 80 %. In portrait it is
 * larger and nearer the middle, as a portrait would be composed, not a crop of the landscape.
 */
export function setStage(
  brush: Omit<Brush, "noise">,
  { width, height }: { readonly width: number; readonly height: number },
  { light, aspect }: Staging,
): Stage {
  const { random } = brush;
  const portrait = height > width;
  const short = Math.min(width, height);
  const nearness = between(random, 0.88, portrait ? 1 : 1.06);
  const size =
    nearness * Math.min(height * (portrait ? 0.44 : 0.56), (width * (portrait ? 0.8 : 0.72)) / aspect);
  const x = width * (portrait ? 0.5 : between(random, 0.42, 0.58));
  const foot = height * (portrait ? 0.73 : 0.8);
  const side = random() < 0.5 ? -1 : 1;
  const behind = light === "behind";
  const sun = {
    x: behind
      ? x + side * size * 0.1
      : width * (0.5 + side * between(random, portrait ? 0.16 : 0.18, portrait ? 0.24 : 0.27)),
    y: behind ? foot - size * 0.62 : height * between(random, portrait ? 0.2 : 0.22, portrait ? 0.3 : 0.36),
    radius: behind ? Math.min(size * 0.5, short * 0.36) : short * between(random, 0.065, 0.095),
  };
  const noise = noiseFrom(random);
  const horizon = height * (portrait ? 0.64 : 0.63);
  return { ...brush, noise, width, height, short, portrait, horizon, sun, subject: { x, foot, size } };
}
