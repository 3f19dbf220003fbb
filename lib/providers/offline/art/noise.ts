/** Smooth value noise: the shape of ridges, clouds and currents. */
import type { Random } from "./random.ts";

/** Result is 0 to 1, and changes smoothly over a distance of about 1. */
export type Noise = (x: number) => number;
export type Noise2D = (x: number, y: number) => number;

const smooth = (t: number) => t * t * (3 - 2 * t);
const blend = (a: number, b: number, t: number) => a + (b - a) * t;

export function noiseFrom(random: Random): Noise {
  const knots = Float64Array.from({ length: 512 }, () => random());
  return (x) => {
    const left = Math.floor(x);
    return blend(knots[left & 511]!, knots[(left + 1) & 511]!, smooth(x - left));
  };
}

export function noise2DFrom(random: Random): Noise2D {
  const knots = Float64Array.from({ length: 64 * 64 }, () => random());
  const at = (column: number, row: number) => knots[((row & 63) << 6) | (column & 63)]!;
  return (x, y) => {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const u = smooth(x - column);
    const upper = blend(at(column, row), at(column + 1, row), u);
    const lower = blend(at(column, row + 1), at(column + 1, row + 1), u);
    return blend(upper, lower, smooth(y - row));
  };
}

/** Adds ever finer detail, each octave half as strong: looks like rock. Result is 0 to 1. */
export function rough(noise: Noise, x: number, octaves = 5): number {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * noise(x);
    total += weight;
    weight /= 2;
    x *= 2.03; // not exactly 2, or the octaves' knots would line up
  }
  return sum / total;
}
