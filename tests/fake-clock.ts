/** Time that passes when somebody sleeps, or when a test says so; nothing is ever waited for. */
import type { Clock } from "../lib/base/clock.ts";

export interface FakeClock extends Clock {
  /** Milliseconds of every sleep, in order. */
  readonly slept: number[];
  /** Lets so many milliseconds pass, and rings what is due. */
  pass(milliseconds: number): void;
  /** From now on a sleep lasts until it is aborted; resolves when somebody sleeps. */
  holdSleeps(): Promise<void>;
}

interface Alarm {
  readonly at: number;
  ring(): void;
}

export function fakeClock(start = Date.UTC(2026, 10, 22)): FakeClock {
  let now = start;
  let held: (() => void) | undefined;
  const alarms = new Set<Alarm>();
  const slept: number[] = [];
  const pass = (milliseconds: number) => {
    now += milliseconds;
    for (const alarm of [...alarms].filter(({ at }) => at <= now)) {
      alarms.delete(alarm);
      alarm.ring();
    }
  };
  return {
    slept,
    pass,
    now: () => now,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      slept.push(milliseconds);
      if (held === undefined) return pass(milliseconds);
      held();
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
    alarm(milliseconds, ring) {
      const alarm = { at: now + milliseconds, ring };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    holdSleeps: () =>
      new Promise((resolve) => {
        held = resolve;
      }),
  };
}
