/** Runs one task as the engine would, outside of any pipeline. */
import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Json } from "../lib/base/json.ts";
import type { InputFile, Task } from "../lib/model/task.ts";

export interface TaskCall {
  readonly params: object;
  readonly inputs: Readonly<Record<string, InputFile | InputFile[] | undefined>>;
  readonly tools?: Readonly<Record<string, unknown>>;
  /** A folder of its own for what it makes. */
  readonly folder: string;
  readonly notice?: (text: string) => void;
}

/** Gives the path of each output. Throws what the task throws, and for params that it does not take. */
export async function runTask(task: Task, call: TaskCall): Promise<Record<string, string>> {
  const checked = task.checkParams(call.params as Json);
  if (!checked.ok) throw new Error(checked.problems.map(({ message }) => message).join("\n"));
  const scratch = join(call.folder, "scratch");
  mkdirSync(scratch, { recursive: true });
  const paths = Object.entries(task.outputs).map(
    ([name, extension]) => [name, join(call.folder, `${name}.${extension}`)] as const,
  );
  const outputs = paths.map(([name, path]) => [
    name,
    { path, write: (content: Uint8Array | string) => writeFile(path, content) },
  ]);
  const lists = Object.keys(task.inputs).filter((slot) => task.inputs[slot] === "list");
  await task.run({
    params: checked.value,
    inputs: { ...Object.fromEntries(lists.map((slot) => [slot, []])), ...call.inputs },
    outputs: Object.fromEntries(outputs),
    tools: call.tools ?? {},
    scratch,
    signal: new AbortController().signal,
    progress() {},
    notice: call.notice ?? (() => {}),
  });
  return Object.fromEntries(paths);
}
