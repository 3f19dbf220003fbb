/** The content repo's own tasks, `tasks/*.ts`: loaded without a build step, and checked before anything is planned. */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../base/assets.ts";
import { type Diagnostic, Diagnostics, type Location } from "../base/diagnostic.ts";
import { Failure } from "../base/failure.ts";
import { suggest } from "../base/nearest.ts";
import type { Task } from "../model/task.ts";
import type { Bundle } from "./bundle-tasks.ts";

export interface LoadedTasks {
  readonly tasks: ReadonlyMap<string, Task>;
  /** What the choice and the code of the tasks rest on, absolute. */
  readonly restsOn: readonly string[];
}

/** The shipped tasks and the content repo's. Bundles only where there are such files. @throws Diagnostics */
export async function withUserTasks(root: string, shipped: ReadonlyMap<string, Task>): Promise<LoadedTasks> {
  const folder = join(root, "tasks");
  const files = isOwn(folder) ? [] : taskFiles(folder);
  if (files.length === 0) return { tasks: shipped, restsOn: [folder] };
  const { bundleTasks, importBundles } = await import("./bundle-tasks.ts");
  const { bundles, sources } = await bundleTasks(root, files);
  const found = await importBundles(
    root,
    bundles,
    (bundle, module) => taskOf(root, bundle, module),
    (bundle, error) => thrown(root, bundle, error, sources),
  );
  const mistakes = found.flatMap((one) => ("message" in one ? [one] : []));
  const own = found.flatMap((one) => ("message" in one ? [] : [one]));
  const tasks = new Map(shipped);
  for (const [i, { bundle, task }] of own.entries()) {
    const twin = own.slice(0, i).find((other) => other.task.type === task.type);
    if (tasks.has(task.type)) mistakes.push(alreadyThere(root, bundle, task, twin?.bundle));
    else tasks.set(task.type, task);
  }
  if (mistakes.length > 0) throw new Diagnostics(mistakes);
  return { tasks, restsOn: [folder, ...files.map((file) => join(root, file)), ...sources] };
}

/** The program's own repository is a content repo too, and its tasks are the shipped ones. */
function isOwn(folder: string): boolean {
  const shipped = join(packageRoot, "tasks");
  return existsSync(folder) && existsSync(shipped) && realpathSync(folder) === realpathSync(shipped);
}

/** Every file right in the folder is a task; what tasks share is in a folder below it. */
function taskFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /^[^.].*\.(ts|js|mjs)$/.test(entry.name))
    .map(({ name }) => `tasks/${name}`)
    .filter((file) => !file.endsWith(".d.ts"))
    .sort();
}

interface Own {
  readonly bundle: Bundle;
  readonly task: Task;
}

function taskOf(root: string, bundle: Bundle, module: { readonly default?: unknown }): Own | Diagnostic {
  const { default: made } = module;
  if (isTask(made)) return { bundle, task: { ...made, code: bundle.digest } };
  const found = made === undefined ? "there is no default export" : "the default export is no task";
  return {
    where: placeOf(root, bundle.file, /\bexport\s+default\b/),
    message: `${found}: every file in tasks/ makes one task.`,
    help: "Write `export default defineTask({ … })`; what tasks share goes into a folder below tasks/.",
  };
}

function isTask(value: unknown): value is Task {
  const { type, checkParams, run } = (value ?? {}) as Partial<Task>;
  return typeof type === "string" && typeof checkParams === "function" && typeof run === "function";
}

function alreadyThere(root: string, { file }: Bundle, { type }: Task, twin: Bundle | undefined): Diagnostic {
  const whose = twin === undefined ? "a task of faceless itself" : `what ${twin.file} makes`;
  return {
    where: placeOf(root, file, new RegExp(`(?<=\\btype:\\s*)["'\`]${type}["'\`]`)),
    message: `the task type '${type}' is ${whose}.`,
    help: "Give this one another name: a name means one thing.",
  };
}

/** What a module threw as it was loaded, where it did so. */
function thrown(root: string, { file }: Bundle, error: unknown, sources: readonly string[]): Diagnostic {
  const missing = /'faceless\/task' does not provide an export named '([^']+)'/.exec(String(error))?.[1];
  if (missing !== undefined) {
    const message = `'faceless/task' has no '${missing}'.`;
    const help = suggest(missing, ["defineTask", "Failure", "z"]);
    return { where: placeOf(root, file, new RegExp(`\\b${missing}\\b`)), message, help };
  }
  const where = frameOf(root, error, sources) ?? { file };
  if (error instanceof Failure)
    return { where, message: error.message, ...(error.help === undefined ? {} : { help: error.help }) };
  return { where, message: `this failed as the task was loaded: ${String(error)}.` };
}

/** The innermost place of an error's stack that is in one of these files. */
function frameOf(root: string, error: unknown, files: readonly string[]): Location | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const [, place, line, column] of stack.matchAll(/^ +at (?:.*\()?(.+?):(\d+):(\d+)\)?$/gm)) {
    const path = place!.startsWith("file:") ? fileURLToPath(place!) : place!;
    if (files.includes(path)) return locationAt(root, path, Number(line), Number(column));
  }
  return undefined;
}

function locationAt(root: string, path: string, line: number, column: number): Location {
  const text = readFileSync(path, "utf8").split("\n")[line - 1] ?? "";
  return { file: path.slice(root.length + 1), line, column, text };
}

/** Where a pattern is first found in a file; the file alone where it is not. */
function placeOf(root: string, file: string, pattern: RegExp): Diagnostic["where"] {
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  const at = text.search(pattern);
  if (at < 0) return { file };
  const before = text.slice(0, at).split("\n");
  return locationAt(root, path, before.length, before.at(-1)!.length + 1);
}
