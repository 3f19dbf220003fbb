/** Where a piece of music can be joined to itself: what is silent at its ends, and whether they meet already. */
import { emptyBlock, type WaveFile } from "./pcm.ts";

/** What of a file is heard, and how much. Samples. */
export interface Audible {
  readonly start: number;
  readonly end: number;
  /** Linear: the highest sample, and the mean power of all. */
  readonly peak: number;
  readonly power: number;
}

/** Seconds. */
const STEP = 0.01;
/** dB under the highest sample: what a fade has come down to when it is over. */
const SILENT = -60;

/** Undefined for a file in which nothing is heard. */
export function audible(file: WaveFile): Audible | undefined {
  const size = file.rate * STEP;
  const peaks: number[] = [];
  const block = emptyBlock(file.channels, size);
  let sum = 0;
  for (let from = 0; from < file.length; from += size) {
    for (const channel of block) channel.fill(0);
    file.addTo(block, 0, from, size, 1);
    let peak = 0;
    for (const channel of block) {
      for (const sample of channel) {
        peak = Math.max(peak, Math.abs(sample));
        sum += sample * sample;
      }
    }
    peaks.push(peak);
  }
  const peak = peaks.reduce((most, value) => Math.max(most, value), 0);
  const heard = (value: number) => value > peak * 10 ** (SILENT / 20);
  if (peak < LEAST) return undefined;
  return {
    start: peaks.findIndex(heard) * size,
    end: Math.min(file.length, (peaks.findLastIndex(heard) + 1) * size),
    peak,
    power: sum / (file.length * file.channels),
  };
}

/** Linear: half a step of 16 bits. */
const LEAST = 1 / 65_536;

/** Seconds on either side of the joint that tell what is usual there. */
const NEAR = 0.05;
/** Times the usual. A cut made anywhere else stands out by more in 996 of 1000. */
const UNUSUAL = 6;
/** Seconds at the joint that must have this share of the power of the whole: in less the music begins, or is over. */
const TOUCH = 0.005;
const QUIET = 0.01;

/**
 * Whether the end goes on where the beginning begins, as in music that was made to be looped: both are as loud as
 * music is, and the curve bends over the joint no more than it does around it.
 */
export function endsMeet(file: WaveFile, { start, end, power }: Audible): boolean {
  const near = Math.round(file.rate * NEAR);
  if (start > 0 || end < file.length || file.length < 2 * near) return false;
  const touch = Math.round(file.rate * TOUCH);
  const joint = emptyBlock(file.channels, 2 * near);
  file.addTo(joint, 0, file.length - near, near, 1);
  file.addTo(joint, near, 0, near, 1);
  return joint.every((samples) => {
    const quiet = [samples.subarray(near - touch, near), samples.subarray(near, near + touch)].some(
      (half) => meanSquare(half) < power * QUIET,
    );
    const bends = samples.slice(2).map((next, i) => next - 2 * samples[i + 1]! + samples[i]!);
    const usual = Math.sqrt(meanSquare(bends));
    return !quiet && [near - 2, near - 1].every((i) => Math.abs(bends[i]!) <= UNUSUAL * usual);
  });
}

function meanSquare(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}
