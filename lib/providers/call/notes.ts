/** Tells news from repetition, among the notes of one provider's requests that wait or are asked again. */
import type { Clock } from "../../base/clock.ts";
import type { FaultKind } from "./fault.ts";

/** Milliseconds: whoever looks on wonders why nothing happens. */
const LONG_WAIT = 10_000;

export class Notes {
  readonly #clock: Clock;
  /** The kinds of faults since a request succeeded. */
  readonly #seen = new Set<FaultKind>();
  /** When the waits that were told of are over; milliseconds since 1970. */
  #waitsUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  succeeded(): void {
    this.#seen.clear();
  }

  /** Whether a request that failed, and is asked again after `wait` milliseconds, is news. */
  isNewFault(kind: FaultKind, wait: number): boolean {
    const isNew = !this.#seen.has(kind) || (wait >= LONG_WAIT && !this.#isWaiting());
    this.#seen.add(kind);
    if (isNew) this.#tellWait(wait);
    return isNew;
  }

  /** Whether so many milliseconds for a limit are news. */
  isNewWait(wait: number): boolean {
    const isNew = !this.#isWaiting();
    if (isNew) this.#tellWait(wait);
    return isNew;
  }

  #isWaiting(): boolean {
    return this.#waitsUntil > this.#clock.now();
  }

  #tellWait(wait: number): void {
    this.#waitsUntil = Math.max(this.#waitsUntil, this.#clock.now() + wait);
  }
}
