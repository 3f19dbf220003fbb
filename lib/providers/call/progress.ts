/** What one call has gone through so far: whether the same is asked once more, and how long a request may take. */
import type { Fault } from "./fault.ts";

/** Milliseconds from the first request to the last answer; more where a single request may take longer. */
const LONGEST_CALL = 15 * 60_000;

/**
 * After how many requests a call gives up on a fault: of all, where they cost nothing; of those that were or may have been
 * charged, where this one is. Who was cut off may have lost a good answer; a whole one is known to be none.
 */
function mostRequests({ kind, charged }: Fault): number {
  if (charged === "no") return kind === "rate-limit" || kind === "server" ? 8 : 4;
  return kind === "bad-answer" || kind === "off-shape" ? 3 : 2;
}

export class Progress {
  #tried = 0;
  /** Of these, how many were charged for nothing, or may have been. */
  #charged = 0;
  /** Milliseconds since 1970: nothing of it lasts longer. */
  #endsAt = Number.POSITIVE_INFINITY;

  /** How many requests there were. */
  get tried(): number {
    return this.#tried;
  }

  /** To be called with each request. `timeout`: milliseconds for a single one. Gives those that this one may take. */
  begin(now: number, timeout: number): number {
    if (this.#tried === 0) this.#endsAt = now + Math.max(LONGEST_CALL, timeout);
    this.#tried += 1;
    return Math.min(timeout, this.#endsAt - now);
  }

  failed({ charged }: Fault): void {
    if (charged !== "no") this.#charged += 1;
  }

  /** Whether the same may be asked again at that time, in milliseconds since 1970, after it has failed so. */
  allowsAfter(fault: Fault, at: number): boolean {
    const count = fault.charged === "no" ? this.#tried : this.#charged;
    return count < mostRequests(fault) && at < this.#endsAt;
  }
}
