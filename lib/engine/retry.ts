/** Makes an attempt again where it failed and its target says so. */
import { Diagnostics } from "../base/diagnostic.ts";
import { Failure } from "../base/failure.ts";
import type { Pipeline, Target } from "../model/pipeline.ts";
import type { Task, Tool } from "../model/task.ts";
import { problemOf } from "./problem.ts";
import type { RunHooks } from "./runner.ts";

/**
 * Calls `attempt`, which opens a scratch folder of its own each time, until it succeeds, is interrupted, or has failed
 * once more than there are retries. @throws what the attempt throws; a Failure that tells how often it was made
 */
export async function attempted<Result>(
  { retries }: Pick<Target, "retries">,
  { signal, notice }: Pick<RunHooks, "signal" | "notice">,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const most = 1 + (retries?.count ?? 0);
  for (let made = 1; ; made++) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || most === 1) throw error;
      const { code, message, help } = problemOf(error);
      if (made === most)
        throw new Failure(`all ${most} attempts failed, the last one so: ${message}`, { code, help });
      notice(`attempt ${made} of ${most} failed, so it is made again: ${message}`);
    }
  }
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
