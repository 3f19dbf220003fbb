/** How loud the music is at every moment: down before somebody speaks, up again after, faded in and out. */
import { amplitude } from "./pcm.ts";
import type { Span } from "./speech.ts";

/** Seconds: the music is down when the first word comes, and takes its time to come back. */
const ATTACK = 0.25;
const RELEASE = 0.5;
/** Seconds: in a shorter pause, such as a breath or the end of a sentence, the music stays down. */
export const BREATH = 0.6;

/** Seconds between two values; straight lines lie between them. */
const STEP = 0.001;

export interface EnvelopeOptions {
  /** Samples of the track where music is heard. */
  readonly music: Span;
  /** In order and apart. */
  readonly speech: readonly Span[];
  /** dB by which it is lower under speech. */
  readonly duck: number;
  /** Seconds in which it comes and goes. */
  readonly fadeIn: number;
  readonly fadeOut: number;
  readonly rate: number;
}

/** Asked block by block, in order: each answer begins where the last one ended. */
export class Envelope {
  readonly #options: EnvelopeOptions;
  readonly #step: number;
  /** The first span that is not over yet. */
  #next = 0;
  #at = 0;
  #value: number;

  constructor(options: EnvelopeOptions) {
    this.#options = options;
    this.#step = Math.round(STEP * options.rate);
    this.#value = this.#valueAt(0);
  }

  /** Fills in the gain of each sample, linear. `out` is a whole number of steps long. */
  fill(out: Float32Array): void {
    for (let from = 0; from < out.length; from += this.#step) {
      this.#at += this.#step;
      const [start, end] = [this.#value, this.#valueAt(this.#at)];
      const slope = (end - start) / this.#step;
      for (let i = 0; i < this.#step; i++) out[from + i] = start + slope * i;
      this.#value = end;
    }
  }

  #valueAt(sample: number): number {
    const { music, fadeIn, fadeOut, rate, duck } = this.#options;
    const fades =
      rise((sample - music.start) / (fadeIn * rate)) * rise((music.end - sample) / (fadeOut * rate));
    return fades === 0 ? 0 : fades * amplitude(-duck * this.#downAt(sample));
  }

  /** 0 where nobody speaks, 1 where somebody does. */
  #downAt(sample: number): number {
    const { speech, rate } = this.#options;
    while (this.#next < speech.length && speech[this.#next]!.end <= sample) this.#next += 1;
    const [last, next] = [speech[this.#next - 1], speech[this.#next]];
    const since = last === undefined ? Infinity : (sample - last.end) / rate;
    const until = next === undefined ? Infinity : (next.start - sample) / rate;
    return 1 - rise(Math.min(since / RELEASE, until / ATTACK));
  }
}

/** From 0 to 1 over 0 to 1, level at both ends. */
function rise(share: number): number {
  if (share >= 1) return 1;
  return share > 0 ? 0.5 - 0.5 * Math.cos(Math.PI * share) : 0;
}
