/** Runs a task on its own, as the engine would: params checked, inputs by path, outputs into a fresh folder. */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { Json } from "../lib/base/json.ts";
import { UNBOOKED } from "../lib/engine/till.ts";
import type { InputFile, Task } from "../lib/model/task.ts";

export interface TaskResult {
  /** Paths by output name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly notices: readonly string[];
}

/** A file as a task is given it; its name is that of the file alone. */
export function inputFile(path: string): InputFile {
  return { path, name: basename(path), extension: extname(path).toLowerCase() };
}

let attempts = 0;

/** `folder` makes paths in the test's temporary folder. */
export async function runTask(
  task: Task,
  params: Json,
  given: {
    readonly folder: { in(name: string): string };
    readonly inputs?: Readonly<Record<string, InputFile | InputFile[] | undefined>>;
    readonly tools?: Readonly<Record<string, unknown>>;
    readonly signal?: AbortSignal;
    readonly stop?: AbortSignal;
  },
): Promise<TaskResult> {
  const checked = task.checkParams(params);
  if (!checked.ok) throw new Error(checked.problems.map(({ message }) => message).join("; "));
  const scratch = given.folder.in(`attempt-${++attempts}`);
  await mkdir(join(scratch, "out"), { recursive: true });
  const outputs = Object.fromEntries(
    Object.entries(task.outputs).map(([name, extension]) => {
      const path = join(scratch, "out", `${name}.${extension}`);
      return [name, { path, write: (content: Uint8Array | string) => writeFile(path, content) }];
    }),
  );
  const lists = Object.keys(task.inputs).filter((slot) => task.inputs[slot] === "list");
  const notices: string[] = [];
  await task.run({
    params: checked.value,
    inputs: { ...Object.fromEntries(lists.map((slot) => [slot, []])), ...given.inputs },
    outputs,
    tools: given.tools ?? {},
    scratch,
    signal: given.signal ?? new AbortController().signal,
    stop: given.stop ?? new AbortController().signal,
    till: UNBOOKED,
    progress() {},
    notice: (text) => notices.push(text),
  });
  return {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { path }]) => [name, path])),
    notices,
  };
}
