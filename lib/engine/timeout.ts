/** Ends what runs longer than its target's timeout. */
import { Failure } from "../base/failure.ts";
import type { Target } from "../model/pipeline.ts";

/** What runs too long is told to stop; after so many milliseconds it is ended, and after as many more given up. */
const GRACE_MS = 3_000;

interface Signals {
  readonly signal: AbortSignal;
  /** Ends at once what does not heed `signal`. */
  readonly kill: AbortSignal;
}

/**
 * Calls `run` with signals that the timeout sets off too: what runs too long is told to stop, then to end at once, and
 * at last given up. @throws what `run` throws; a Failure that names the timeout
 */
export async function within<Hooks extends Signals, Result>(
  timeout: Target["timeout"],
  hooks: Hooks,
  run: (hooks: Hooks) => Promise<Result>,
): Promise<Result> {
  if (timeout === undefined) return await run(hooks);
  const [stop, kill] = [new AbortController(), new AbortController()];
  const timers: NodeJS.Timeout[] = [];
  const after = (ms: number, act: () => void) => timers.push(setTimeout(act, ms));
  const ms = timeout.seconds * 1_000;
  // A task that heeds no signal would hold up the build for ever: its slot is given to others, its result to nobody.
  let deaf = false;
  const givenUp = new Promise<never>((_, reject) => {
    after(ms + 2 * GRACE_MS, () => {
      deaf = true;
      reject(new Error("given up"));
    });
  });
  after(ms, () => stop.abort());
  after(ms + GRACE_MS, () => kill.abort());
  const limited: Hooks = {
    ...hooks,
    signal: AbortSignal.any([hooks.signal, stop.signal]),
    kill: AbortSignal.any([hooks.kill, kill.signal]),
  };
  try {
    return await Promise.race([run(limited), givenUp]);
  } catch (error) {
    if (!stop.signal.aborted || hooks.signal.aborted) throw error;
    const still = deaf ? " It did not stop when it was told to, and may still be at work." : "";
    throw new Failure(`${tookTooLong(timeout)}${still}`);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

function tookTooLong({ seconds, where }: NonNullable<Target["timeout"]>): string {
  return `it took longer than the timeout of ${seconds} s (timeout: at ${where.file}:${where.line}:${where.column}).`;
}
