/** Makes an attempt within its target's timeout, and makes it again where it failed and its target says so. */
import { Diagnostics, type Location } from "../base/diagnostic.ts";
import { Failure } from "../base/failure.ts";
import type { Pipeline, Target } from "../model/pipeline.ts";
import type { Task, Tool } from "../model/task.ts";
import { problemOf } from "./problem.ts";
import type { RunHooks } from "./runner.ts";

/** What runs too long is told to stop; after so many milliseconds it is ended, and after as many more given up. */
const GRACE_MS = 3_000;

/**
 * Calls `attempt`, which opens a scratch folder of its own each time, until it succeeds, is interrupted, or has failed
 * once more than there are retries. @throws what the attempt throws; a Failure that tells how often it was made
 */
export async function attempted<Result>(
  { timeout, retries }: Pick<Target, "timeout" | "retries">,
  hooks: RunHooks,
  attempt: (hooks: RunHooks) => Promise<Result>,
): Promise<Result> {
  const most = 1 + (retries?.count ?? 0);
  for (let made = 1; ; made++) {
    try {
      return await (timeout === undefined ? attempt(hooks) : within(timeout, hooks, attempt));
    } catch (error) {
      if (hooks.signal.aborted || most === 1) throw error;
      const { message, help } = problemOf(error);
      if (made === most)
        throw new Failure(`all ${most} attempts failed, the last one so: ${message}`, { help });
      hooks.notice(`attempt ${made} of ${most} failed, so it is made again: ${message}`);
    }
  }
}

async function within<Result>(
  timeout: NonNullable<Target["timeout"]>,
  hooks: RunHooks,
  attempt: (hooks: RunHooks) => Promise<Result>,
): Promise<Result> {
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
  const limited: RunHooks = {
    ...hooks,
    signal: AbortSignal.any([hooks.signal, stop.signal]),
    kill: AbortSignal.any([hooks.kill, kill.signal]),
  };
  try {
    return await Promise.race([attempt(limited), givenUp]);
  } catch (error) {
    if (!stop.signal.aborted || hooks.signal.aborted) throw error;
    const still = deaf ? " It did not stop when it was told to, and may still be at work." : "";
    throw new Failure(`${tookTooLong(timeout)}${still}`);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

function tookTooLong({ seconds, where }: { readonly seconds: number; readonly where: Location }): string {
  return `it took longer than the timeout of ${seconds} s (timeout: at ${where.file}:${where.line}:${where.column}).`;
}

/** An error can come after the money was taken, so what costs money is never made again unasked. @throws Diagnostics */
export function refusePaidRetries(
  { targets }: Pipeline,
  tasks: ReadonlyMap<string, Task>,
  tools: ReadonlyMap<string, Tool>,
): void {
  const refused = targets.flatMap(({ name, recipe, retries }) => {
    if (recipe.kind !== "task" || retries === undefined || retries.count === 0) return [];
    const paid = tasks.get(recipe.type)!.tools.find((tool) => tools.get(tool)?.paid);
    if (paid === undefined) return [];
    const message = `'${name}' uses '${paid}', which costs money, and an attempt can fail after it was charged.`;
    return [{ where: retries.where, message, help: "Take 'retries' away; to try again, build again." }];
  });
  if (refused.length > 0) throw new Diagnostics(refused);
}
