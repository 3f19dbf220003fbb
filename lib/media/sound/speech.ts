/** Finds when somebody speaks, from how loud a track of narrations is. */
import type { Block } from "./pcm.ts";

/** Samples of a track, from the first of them to before the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A tenth of a spoken sound. Seconds. */
const STEP = 0.01;
/** dB under the mean of what is heard: the softest ends of words are about 30 under, a quiet room 40 and more. */
const SOFTEST = -35;
/** dB of full scale: below it nothing is heard, and nothing counts to the mean. */
const FLOOR = -70;

export class SpeechFinder {
  readonly #step: number;
  /** Mean squares, of every step. */
  readonly #energies: number[] = [];
  #sum = 0;
  #filled = 0;

  constructor(rate: number) {
    this.#step = rate * STEP;
  }

  push(block: Block): void {
    const { length } = block[0]!;
    for (let at = 0; at < length; ) {
      const end = Math.min(length, at + this.#step - this.#filled);
      for (const samples of block) {
        let sum = 0;
        for (let i = at; i < end; i++) sum += samples[i]! * samples[i]!;
        this.#sum += sum;
      }
      this.#filled += end - at;
      at = end;
      if (this.#filled === this.#step) this.#close();
    }
  }

  #close(): void {
    this.#energies.push(this.#sum / this.#step);
    this.#sum = 0;
    this.#filled = 0;
  }

  /** In order and apart; pauses shorter than `bridge` samples belong to the speech. Nothing may be pushed after it. */
  spans(bridge: number): Span[] {
    if (this.#filled > 0) this.#close();
    const floor = 10 ** (FLOOR / 10);
    const heard = this.#energies.filter((energy) => energy > floor);
    const mean = heard.reduce((sum, energy) => sum + energy, 0) / Math.max(1, heard.length);
    const least = Math.max(floor, mean * 10 ** (SOFTEST / 10));
    const spans: { start: number; end: number }[] = [];
    for (const [index, energy] of this.#energies.entries()) {
      if (energy <= least) continue;
      const [start, end] = [index * this.#step, (index + 1) * this.#step];
      const last = spans.at(-1);
      if (last !== undefined && start - last.end < bridge) last.end = end;
      else spans.push({ start, end });
    }
    return spans;
  }
}
