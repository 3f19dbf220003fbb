/** Time as whoever waits sees it: the real one, or a test's. */
import { setTimeout as wait } from "node:timers/promises";

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects at once with the signal's reason when that is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Calls `ring` after so many milliseconds, unless what it returns is called before. */
  alarm(milliseconds: number, ring: () => void): () => void;
}

export const REAL_CLOCK: Clock = {
  now: Date.now,
  async sleep(milliseconds, signal) {
    signal.throwIfAborted();
    try {
      await wait(milliseconds, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
  alarm(milliseconds, ring) {
    const timer = setTimeout(ring, milliseconds);
    return () => clearTimeout(timer);
  },
};
