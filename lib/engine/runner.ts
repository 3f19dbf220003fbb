/** Runs one action in a scratch folder of its own, and takes over what it made. */
import { lstatSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../base/failure.ts";
import type { Action } from "../model/pipeline.ts";
import type { Till } from "../model/purchase.ts";
import type { Notice, OutputFile, TaskRun } from "../model/task.ts";
import type { Digest } from "../model/trace.ts";
import { hashFile, naming } from "../store/files.ts";
import { keepContent } from "./aside.ts";
import { runCommand, sayCommand } from "./command.ts";
import { isPaid, type Resolved, scratchOutput } from "./resolve.ts";
import { type Attempt, removeScratch } from "./scratch.ts";
import { taskInputs } from "./task-inputs.ts";
import { within } from "./timeout.ts";

/** A finished output, still in scratch. */
export interface Made {
  readonly name: string;
  readonly file: string;
  readonly digest: Digest;
}

export interface RunHooks {
  /** Where whatever costs money is bought. */
  readonly till: Till;
  readonly signal: AbortSignal;
  /** The first Ctrl-C, which paid work is let finish after. */
  readonly stop: AbortSignal;
  /** Ends at once what does not heed `signal`. */
  readonly kill: AbortSignal;
  progress(fraction: number): void;
  readonly notice: Notice;
}

/** What an attempt's folder for a command is called. */
export const COMMAND_FOLDER = "run";

/**
 * Every output exists, is a regular file, and has content, within the target's timeout.
 * @throws Failure, or what the task threw
 */
export async function runAction(
  action: Action,
  resolved: Resolved,
  attempt: Attempt,
  hooks: RunHooks,
): Promise<readonly Made[]> {
  return await within(action.target.timeout, hooks, (hooks) => runOnce(action, resolved, attempt, hooks));
}

async function runOnce(
  action: Action,
  resolved: Resolved,
  attempt: Attempt,
  hooks: RunHooks,
): Promise<readonly Made[]> {
  const paths = new Map<string, string>();
  if (resolved.recipe.kind === "run") {
    const { command } = resolved.recipe;
    const folder = attempt.folder(COMMAND_FOLDER);
    const outputs = action.outputs.map(({ name }) => scratchOutput(action, name));
    for (const { name } of action.outputs) paths.set(name, join(folder, scratchOutput(action, name)));
    await at(action, () => runCommand(command, resolved.slots, folder, outputs, hooks));
  } else {
    for (const output of action.outputs) paths.set(output.name, attempt.output(output));
    await resolved.recipe.task.run(taskRun(resolved, paths, attempt, hooks));
  }
  // What was paid for is taken, even if it is told too late that nobody waits for it any more.
  if (!isPaid(resolved)) hooks.signal.throwIfAborted();
  return action.outputs.map(({ name, path }) => {
    const file = paths.get(name)!;
    checkOutput(file, path, action, resolved);
    return { name, file, digest: hashFile(file).digest };
  });
}

/** What goes wrong with a command is told with the place where it is written. */
async function at(action: Action, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw error instanceof Failure ? new Failure(`${placeOf(action)}${error.message}`, error) : error;
  }
}

/** "pipelines/p.yaml:5:10: " of a command, and nothing of a task. */
function placeOf({ target: { recipe } }: Action): string {
  return recipe.kind === "run" ? `${recipe.where.file}:${recipe.where.line}:${recipe.where.column}: ` : "";
}

function checkOutput(file: string, path: string, action: Action, { recipe }: Resolved): void {
  // A link would be moved into place as a link, away from what it points to.
  const stats = lstatSync(file, { throwIfNoEntry: false });
  const problem =
    stats === undefined
      ? "was not made"
      : !stats.isFile()
        ? "is no regular file"
        : stats.size === 0
          ? "is empty"
          : undefined;
  if (problem === undefined) return;
  // What ran can be less than what was written: in YAML, ' #' begins a comment.
  const ran = recipe.kind === "run" ? ` What ran: ${sayCommand(recipe.command)}` : "";
  throw new Failure(
    `${placeOf(action)}the output ${path} ${problem}, though nothing reported a failure.${ran}`,
  );
}

function taskRun(
  resolved: Resolved,
  paths: ReadonlyMap<string, string>,
  attempt: Attempt,
  { till, signal, stop, progress, notice }: RunHooks,
): TaskRun {
  if (resolved.recipe.kind !== "task") throw new Error("BUG: a command is no task");
  const { task, params, tools } = resolved.recipe;
  return {
    params,
    inputs: taskInputs(task, resolved.slots),
    outputs: Object.fromEntries([...paths].map(([name, path]) => [name, writable(path, isPaid(resolved))])),
    tools: Object.fromEntries([...tools].map(([name, tool]) => [name, tool.value])),
    get scratch() {
      return attempt.folder("work");
    },
    signal,
    stop,
    till,
    progress,
    notice,
  };
}

function writable(path: string, paid: boolean): OutputFile {
  return {
    path,
    async write(content) {
      try {
        await writeFile(path, content);
      } catch (error) {
        naming(path, () => {
          // Half of it is no result.
          removeScratch(path);
          if (paid) keepContent(path, content, error);
          throw error;
        });
      }
    },
  };
}
