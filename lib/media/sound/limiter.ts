/** Keeps a sound's true peaks below a ceiling: looks ahead, so that the gain is down when the peak comes. */
import { type Block, emptyBlock } from "./pcm.ts";
import { peakBetween, REACH, WORTH_A_LOOK } from "./true-peak.ts";

/** Seconds in which the gain would go from full to none: how fast it may fall before a peak, and rise after it. */
const ATTACK = 0.005;
const RELEASE = 0.25;

export interface LimiterOptions {
  /** Linear, applied before. */
  readonly gain: number;
  /** Linear: what no true peak exceeds. */
  readonly ceiling: number;
  readonly rate: number;
}

/**
 * A block out for each that comes in, one later, with no delay in the sound. All must be of one length, which is a
 * multiple of the tenth of a second. Channels are turned down together, so that nothing moves from side to side.
 */
export function* limited(blocks: Iterable<Block>, options: LimiterOptions): Generator<Block> {
  let limiter: Limiter | undefined;
  for (const block of blocks) {
    if (limiter === undefined) {
      limiter = new Limiter(block.length, block[0]!.length, options);
      limiter.push(block);
    } else {
      limiter.push(block);
      yield limiter.take();
    }
  }
  if (limiter === undefined) return;
  limiter.push(undefined);
  yield limiter.take();
}

/** Samples of before that are kept: what the filter of true-peak.ts needs on either side. */
const MARGIN = 2 * REACH;

/** Pieces in a second. One in which nothing is to be done is passed over whole, and most are so. */
const PIECES = 100;

/** Holds two blocks: what is to be given out, and the one after it. */
class Limiter {
  readonly #options: LimiterOptions;
  readonly #length: number;
  /** Samples in a piece. */
  readonly #piece: number;
  /** For each channel MARGIN samples of before, the block, and the next. */
  readonly #samples: Block;
  /** The highest gain that each sample of both blocks can have. */
  readonly #allowed: Float32Array;
  /** Which pieces of both blocks have samples that are turned down. */
  readonly #down: Uint8Array;
  readonly #out: Block;
  /** The gain of the last sample given out. */
  #last = 1;

  constructor(channels: number, length: number, options: LimiterOptions) {
    this.#options = options;
    this.#length = length;
    this.#piece = options.rate / PIECES;
    this.#samples = emptyBlock(channels, MARGIN + 2 * length);
    this.#allowed = new Float32Array(2 * length).fill(1);
    this.#down = new Uint8Array((2 * length) / this.#piece);
    this.#out = emptyBlock(channels, length);
  }

  /** What was the next block is the one to be given out; silence follows the last. */
  push(block: Block | undefined): void {
    const length = this.#length;
    this.#allowed.copyWithin(0, length).fill(1, length);
    this.#down.copyWithin(0, length / this.#piece).fill(0, length / this.#piece);
    for (const [channel, samples] of this.#samples.entries()) {
      samples.copyWithin(0, length);
      const next = samples.subarray(MARGIN + length);
      if (block === undefined) next.fill(0);
      else scale(block[channel]!, this.#options.gain, next);
      this.#look(samples);
    }
  }

  /** Through what is new; the last REACH samples of the next block wait for what follows them. */
  #look(samples: Float32Array): void {
    const { ceiling } = this.#options;
    const least = ceiling * WORTH_A_LOOK;
    const end = samples.length - REACH;
    for (let i = end - this.#length; i < end; i++) {
      const here = Math.abs(samples[i]!);
      if (here <= least && Math.abs(samples[i + 1]!) <= least) continue;
      const peak = Math.max(here, peakBetween(samples, i));
      if (peak > ceiling) this.#allow(i - MARGIN, ceiling / peak);
    }
  }

  /** Both samples around a peak are turned down for it. */
  #allow(at: number, gain: number): void {
    for (const i of [at, at + 1]) {
      if (i < 0 || i >= this.#allowed.length || this.#allowed[i]! <= gain) continue;
      this.#allowed[i] = gain;
      this.#down[Math.floor(i / this.#piece)] = 1;
    }
  }

  take(): Block {
    this.#fallBefore();
    this.#riseAfter();
    for (let at = 0; at < this.#length; at += this.#piece) {
      const down = this.#down[at / this.#piece] === 1;
      for (const [channel, out] of this.#out.entries()) {
        const samples = this.#samples[channel]!;
        if (down) multiply(samples, this.#allowed, out, at, at + this.#piece);
        else out.set(samples.subarray(MARGIN + at, MARGIN + at + this.#piece), at);
      }
    }
    return this.#out;
  }

  /** From behind, beginning in the next block as far away as a fall can be. */
  #fallBefore(): void {
    const [allowed, piece] = [this.#allowed, this.#piece];
    const fall = 1 / (ATTACK * this.#options.rate);
    let gain = 1;
    for (let at = this.#length; at >= 0; at -= piece) {
      if (gain === 1 && this.#down[at / piece] === 0) continue;
      this.#down[at / piece] = 1;
      for (let i = at + piece - 1; i >= at; i--) {
        gain = Math.min(gain + fall, allowed[i]!);
        allowed[i] = gain;
      }
    }
  }

  #riseAfter(): void {
    const [allowed, piece] = [this.#allowed, this.#piece];
    const rise = 1 / (RELEASE * this.#options.rate);
    let gain = this.#last;
    for (let at = 0; at < this.#length; at += piece) {
      if (gain === 1 && this.#down[at / piece] === 0) continue;
      this.#down[at / piece] = 1;
      for (let i = at; i < at + piece; i++) {
        gain = Math.min(gain + rise, allowed[i]!);
        allowed[i] = gain;
      }
    }
    this.#last = gain;
  }
}

function scale(samples: Float32Array, gain: number, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = samples[i]! * gain;
}

function multiply(
  samples: Float32Array,
  gains: Float32Array,
  out: Float32Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) out[i] = samples[MARGIN + i]! * gains[i]!;
}
