/** How far rendered frames stray from where an exact resample puts them: pixels, after slow drift is taken out. */
import type { Picture, Resampler, Size, View } from "../../lib/media/motion/resampler.ts";

const PATCH = 160;

export interface Jitter {
  /** Pixels of the output, over patches and axes. */
  readonly rms: number;
  readonly most: number;
}

/** Follows five patches over `frames` frames. */
export function measureJitter(
  resampler: Resampler,
  picture: Picture,
  out: Size,
  viewOf: (frame: number) => View,
  frames: number,
): Jitter {
  const corners = [
    [0.12, 0.12],
    [0.88, 0.12],
    [0.5, 0.5],
    [0.12, 0.88],
    [0.88, 0.88],
  ].map(([x, y]) => ({
    x: Math.round(x! * (out.width - PATCH)),
    y: Math.round(y! * (out.height - PATCH)),
  }));
  const tracks = corners.map(() => [[], []] as [number[], number[]]);
  for (let frame = 0; frame < frames; frame++) {
    const view = viewOf(frame);
    const rendered = resampler.render(view, 0);
    for (const [index, corner] of corners.entries()) {
      const truth = exactPatch(picture, out, view, corner);
      const [dx, dy] = shiftBetween(truth, cut(rendered, out.width, corner));
      tracks[index]![0].push(dx);
      tracks[index]![1].push(dy);
    }
  }
  const residuals = tracks.flat().flatMap(detrend);
  return {
    rms: Math.sqrt(residuals.reduce((sum, value) => sum + value * value, 0) / residuals.length),
    most: Math.max(...residuals.map(Math.abs)),
  };
}

interface Corner {
  readonly x: number;
  readonly y: number;
}

function cut(frame: Uint8Array, width: number, { x, y }: Corner): Float64Array {
  const patch = new Float64Array(PATCH * PATCH);
  for (let row = 0; row < PATCH; row++) {
    const from = (y + row) * width + x;
    for (let column = 0; column < PATCH; column++) patch[row * PATCH + column] = frame[from + column]!;
  }
  return patch;
}

/** Lanczos with three lobes in double precision, nothing rounded: the ruler that frames are held against. */
function exactPatch(picture: Picture, out: Size, view: View, corner: Corner): Float64Array {
  const columns = taps(view.x, view.width / out.width, corner.x, picture.width);
  const rows = taps(view.y, view.height / out.height, corner.y, picture.height);
  const patch = new Float64Array(PATCH * PATCH);
  const line = new Float64Array(picture.width);
  const [first, last] = [columns[0]!.at[0]!, columns[PATCH - 1]!.at[5]!];
  for (const [y, row] of rows.entries()) {
    for (let x = first; x <= last; x++) {
      let sum = 0;
      for (let k = 0; k < 6; k++) sum += picture.data[row.at[k]! * picture.width + x]! * row.weight[k]!;
      line[x] = sum;
    }
    for (const [x, column] of columns.entries()) {
      let sum = 0;
      for (let k = 0; k < 6; k++) sum += line[column.at[k]!]! * column.weight[k]!;
      patch[y * PATCH + x] = sum;
    }
  }
  return patch;
}

function taps(start: number, step: number, from: number, size: number): { at: number[]; weight: number[] }[] {
  return Array.from({ length: PATCH }, (_, index) => {
    const position = start + (from + index + 0.5) * step - 0.5;
    const first = Math.floor(position) - 2;
    const raw = Array.from({ length: 6 }, (_, k) => lanczos(position - first - k));
    const sum = raw.reduce((total, value) => total + value, 0);
    return {
      at: raw.map((_, k) => Math.min(Math.max(first + k, 0), size - 1)),
      weight: raw.map((value) => value / sum),
    };
  });
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const angle = Math.PI * x;
  return (3 * Math.sin(angle) * Math.sin(angle / 3)) / (angle * angle);
}

/** Lucas-Kanade in one step, with the mean of both patches' gradients: exact enough for a part of a pixel. */
function shiftBetween(truth: Float64Array, rendered: Float64Array): [number, number] {
  let [xx, xy, yy, xt, yt] = [0, 0, 0, 0, 0];
  const gradient = (at: number, by: number) =>
    (truth[at + by]! - truth[at - by]! + rendered[at + by]! - rendered[at - by]!) / 4;
  for (let y = 1; y < PATCH - 1; y++) {
    for (let x = 1; x < PATCH - 1; x++) {
      const at = y * PATCH + x;
      const [gx, gy, difference] = [gradient(at, 1), gradient(at, PATCH), truth[at]! - rendered[at]!];
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
      xt += gx * difference;
      yt += gy * difference;
    }
  }
  const determinant = xx * yy - xy * xy;
  return [(yy * xt - xy * yt) / determinant, (xx * yt - xy * xt) / determinant];
}

/** What is left of a track when the cubic that fits it best is taken away: drift is no jitter. */
function detrend(track: readonly number[]): number[] {
  // Discrete orthogonal polynomials, made by Gram-Schmidt, need no system of equations.
  const basis: number[][] = [];
  for (let degree = 0; degree <= 3; degree++) {
    let power = track.map((_, index) => (index / track.length) ** degree);
    for (const known of basis) power = without(power, known);
    const length = Math.sqrt(power.reduce((sum, value) => sum + value * value, 0));
    basis.push(power.map((value) => value / length));
  }
  return basis.reduce<number[]>(without, [...track]);
}

function without(values: number[], unit: readonly number[]): number[] {
  const along = values.reduce((sum, value, index) => sum + value * unit[index]!, 0);
  return values.map((value, index) => value - along * unit[index]!);
}
