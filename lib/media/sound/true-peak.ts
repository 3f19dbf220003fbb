/** How high a sound goes between its samples: four times as many, as ITU-R BS.1770-4, annex 2, has it. */
import { type Block, emptyBlock } from "./pcm.ts";

/** Samples before and after an interval that say what goes on within it. */
export const REACH = 12;
const TAPS = 2 * REACH;
const BETWEEN = [0.25, 0.5, 0.75] as const;

/**
 * A sinc under a Kaiser window, for each place between two samples: at 18 kHz within 0.1 dB of the exact value. The
 * twelve taps in the annex are 0.5 dB off there.
 */
const FILTERS = BETWEEN.map((place) => {
  const taps = Float64Array.from({ length: TAPS }, (_, tap) => {
    const distance = tap - (REACH - 1) - place;
    return sinc(distance) * kaiser(distance / REACH);
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
});

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** From -1 to 1, and 0 outside. */
function kaiser(x: number): number {
  const BETA = 5;
  return Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** The modified Bessel function of order 0. */
function bessel(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/**
 * Two samples that are both lower than this share of a height have nothing between them that reaches it: it would have
 * to rise by 4.4 dB and fall again within 20 microseconds.
 */
export const WORTH_A_LOOK = 0.6;

/** The highest absolute value between sample `at` and the next. Needs REACH samples on both sides of the middle. */
export function peakBetween(samples: Float32Array, at: number): number {
  let highest = 0;
  const first = at - REACH + 1;
  for (const filter of FILTERS) {
    let value = 0;
    for (let tap = 0; tap < TAPS; tap++) value += filter[tap]! * samples[first + tap]!;
    highest = Math.max(highest, Math.abs(value));
  }
  return highest;
}

/** The highest of a whole sound, which comes in blocks of any length. */
export class TruePeakMeter {
  /** For each channel the last samples of before, then the block. */
  readonly #samples: Float32Array[];
  #highest = 0;

  constructor(channels: number) {
    this.#samples = Array.from({ length: channels }, () => new Float32Array(TAPS));
  }

  push(block: Block): void {
    for (const [channel, samples] of block.entries()) {
      const length = TAPS + samples.length;
      let all = this.#samples[channel]!;
      if (all.length < length) {
        const before = all;
        all = new Float32Array(length);
        all.set(before);
        this.#samples[channel] = all;
      }
      all.set(samples, TAPS);
      this.#look(all, length);
      all.copyWithin(0, samples.length, length);
    }
  }

  /** Linear: 1 is full scale. Nothing may be pushed after it. */
  peak(): number {
    this.push(emptyBlock(this.#samples.length, TAPS));
    return this.#highest;
  }

  /** Every interval that has REACH samples on both sides, and had not before. */
  #look(samples: Float32Array, length: number): void {
    let highest = this.#highest;
    let least = highest * WORTH_A_LOOK;
    for (let i = REACH; i < length - REACH; i++) {
      const here = Math.abs(samples[i]!);
      if (here <= least && Math.abs(samples[i + 1]!) <= least) continue;
      const found = Math.max(here, peakBetween(samples, i));
      if (found <= highest) continue;
      highest = found;
      least = highest * WORTH_A_LOOK;
    }
    this.#highest = highest;
  }
}
