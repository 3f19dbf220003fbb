/** Bounds how many requests a service gets at once, and in a minute. Who comes first is served first. */
import type { Clock } from "../../base/clock.ts";

export interface Limits {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Undefined for no bound. */
  readonly requestsPerMinute: number | undefined;
}

const MINUTE = 60_000;

/** Leave to send one request. */
export interface Permit {
  /** Ends it. `used`: whether a request was sent; one that was not is given back to the minute. */
  end(used: boolean): void;
}

/** By whose time it is; in a process, there is one. */
const limiters = new WeakMap<Clock, Map<string, Limiter>>();

/**
 * The one of a provider by its name in the configuration, whichever build opens it: a round of a watch begins while what the
 * one before it has asked is still under way, and `generate` is several builds in a row. Other limits make another.
 */
export function limiterOf(name: string, limits: Limits, clock: Clock): Limiter {
  const { concurrency, requestsPerMinute } = limits;
  const known = limiters.get(clock) ?? new Map<string, Limiter>();
  limiters.set(clock, known);
  const key = JSON.stringify([name, concurrency, requestsPerMinute]);
  const limiter = known.get(key) ?? new Limiter(limits, clock);
  known.set(key, limiter);
  return limiter;
}

export class Limiter {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  /** When requests began, or will, in order; older than a minute ones are forgotten. */
  #starts: number[] = [];
  #busy = 0;
  #notBefore = 0;

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** `waits` is told the milliseconds that it is going to take. Rejects with the signal's reason as soon as it is aborted. */
  async enter(signal: AbortSignal, waits: (milliseconds: number) => void): Promise<Permit> {
    await this.#turn(signal);
    const start = this.#reserve();
    try {
      if (start > this.#clock.now()) waits(start - this.#clock.now());
      // What one request was told to wait holds for those behind it too, and may be told while they wait.
      for (let until = start; until > this.#clock.now(); until = this.#notBefore)
        await this.#clock.sleep(until - this.#clock.now(), signal);
      signal.throwIfAborted();
    } catch (error) {
      this.#end(start, false);
      throw error;
    }
    return { end: (used) => this.#end(start, used) };
  }

  /** Nobody sends anything for so many milliseconds. */
  pause(milliseconds: number): void {
    this.#notBefore = Math.max(this.#notBefore, this.#clock.now() + milliseconds);
  }

  #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#busy < this.#limits.concurrency) {
      this.#busy += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push(go);
    });
  }

  /** When this request may begin. */
  #reserve(): number {
    const now = Math.max(this.#clock.now(), this.#notBefore);
    const { requestsPerMinute: most } = this.#limits;
    if (most === undefined) return now;
    this.#starts = this.#starts.filter((start) => start > now - MINUTE);
    const before = this.#starts.at(-most);
    const start = before === undefined ? now : Math.max(now, before + MINUTE);
    this.#starts.push(start);
    return start;
  }

  #end(start: number, used: boolean): void {
    if (!used && this.#starts.includes(start)) this.#starts.splice(this.#starts.lastIndexOf(start), 1);
    const next = this.#waiting.shift();
    // The turn goes over to the next one, so that nobody comes in between.
    if (next === undefined) this.#busy -= 1;
    else next();
  }
}
