/** Measures loudness as ITU-R BS.1770-4 says (EBU R 128): K-weighted, gated, in LUFS. */
import type { Block, Format } from "./pcm.ts";

/** Windows of 0.4 s, each beginning 0.1 s after the last. */
const HOPS_PER_SECOND = 10;
const HOPS_PER_WINDOW = 4;
/** LUFS; a window below it does not count. */
const ABSOLUTE_GATE = -70;
/** LU below the mean of all that passed the absolute gate. */
export const RELATIVE_GATE = -10;
const OFFSET = -0.691;

export class LoudnessMeter {
  readonly #filters: readonly KFilter[];
  readonly #hop: number;
  /** Mean squares, both channels added: of every 0.1 s. */
  readonly #energies: number[] = [];
  #sum = 0;
  #filled = 0;

  constructor({ rate, channels }: Format) {
    this.#hop = rate / HOPS_PER_SECOND;
    this.#filters = Array.from({ length: channels }, () => new KFilter(rate));
  }

  push(block: Block): void {
    const { length } = block[0]!;
    for (let at = 0; at < length; ) {
      const end = Math.min(length, at + this.#hop - this.#filled);
      for (const [index, filter] of this.#filters.entries()) {
        this.#sum += filter.energy(block[index]!, at, end);
      }
      this.#filled += end - at;
      at = end;
      if (this.#filled < this.#hop) continue;
      this.#energies.push(this.#sum / this.#hop);
      this.#sum = 0;
      this.#filled = 0;
    }
  }

  /** LUFS; -Infinity for silence. Sound shorter than a window is taken whole. */
  loudness(): number {
    const windows = this.#windows().filter((energy) => lufs(energy) > ABSOLUTE_GATE);
    const gate = mean(windows) * 10 ** (RELATIVE_GATE / 10);
    return lufs(mean(windows.filter((energy) => energy > gate)));
  }

  #windows(): number[] {
    const energies = this.#energies;
    if (energies.length < HOPS_PER_WINDOW) {
      const samples = energies.length * this.#hop + this.#filled;
      const total = energies.reduce((sum, energy) => sum + energy * this.#hop, this.#sum);
      return [samples === 0 ? 0 : total / samples];
    }
    const windows: number[] = [];
    for (let i = HOPS_PER_WINDOW; i <= energies.length; i++) {
      windows.push(mean(energies.slice(i - HOPS_PER_WINDOW, i)));
    }
    return windows;
  }
}

function lufs(energy: number): number {
  return energy <= 0 ? -Infinity : OFFSET + 10 * Math.log10(energy);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Below this a filter's memory counts as none: denormal numbers are a hundred times slower. */
const NOTHING = 1e-15;

/**
 * A shelf for the head, then a high pass. BS.1770 gives coefficients for 48 kHz alone; these analogue prototypes give the
 * same there, and the right ones at other rates (De Man, "Evaluation of implementations of the EBU R 128 loudness
 * measurement", AES 145, 2018; libebur128 uses them too).
 */
class KFilter {
  readonly #shelf: readonly [b0: number, b1: number, b2: number, a1: number, a2: number];
  readonly #pass: readonly [a1: number, a2: number];
  readonly #memory = new Float64Array(4);

  constructor(rate: number) {
    const k = Math.tan((Math.PI * 1681.974450955533) / rate);
    const [q, high] = [0.7071752369554196, 10 ** (3.999843853973347 / 20)];
    const band = high ** 0.4996667741545416;
    const a0 = 1 + k / q + k * k;
    this.#shelf = [
      (high + (band * k) / q + k * k) / a0,
      (2 * (k * k - high)) / a0,
      (high - (band * k) / q + k * k) / a0,
      (2 * (k * k - 1)) / a0,
      (1 - k / q + k * k) / a0,
    ];
    const [k2, q2] = [Math.tan((Math.PI * 38.13547087602444) / rate), 0.5003270373238773];
    const norm = 1 + k2 / q2 + k2 * k2;
    this.#pass = [(2 * (k2 * k2 - 1)) / norm, (1 - k2 / q2 + k2 * k2) / norm];
  }

  /** The sum of the squares of what comes out for samples `from` to `to`. */
  energy(samples: Float32Array, from: number, to: number): number {
    const [b0, b1, b2, a1, a2] = this.#shelf;
    const [c1, c2] = this.#pass;
    let [s1, s2, t1, t2] = this.#memory as unknown as [number, number, number, number];
    let sum = 0;
    for (let i = from; i < to; i++) {
      const x = samples[i]!;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      const z = y + t1;
      t1 = -2 * y - c1 * z + t2;
      t2 = y - c2 * z;
      sum += z * z;
    }
    const memory = [s1, s2, t1, t2].map((value) => (Math.abs(value) < NOTHING ? 0 : value));
    this.#memory.set(memory);
    return sum;
  }
}
