/** The targets of a pipeline file: what each of them makes, of what, and how. */
import type { Path } from "../base/complaint.ts";
import type { Location } from "../base/diagnostic.ts";
import type { Document } from "../base/document.ts";
import type { Json } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import type { Axis, Expression, Target } from "../model/pipeline.ts";
import type { Task } from "../model/task.ts";
import { compileInputs } from "./compile-inputs.ts";
import { outputProblem } from "./paths.ts";
import { quotedReferences } from "./quotes.ts";
import { type PipelineFile, type TargetEntry, timeoutSeconds } from "./schema.ts";
import {
  axesOf,
  type Complain,
  compileText,
  compileValue,
  partsOf,
  referencesIn,
  type Scope,
} from "./scope.ts";

/** Target name to what its outputs are called: by its `out` map, else by its task's one output. */
export function outputNames(
  { targets }: PipelineFile,
  tasks: ReadonlyMap<string, Task>,
): ReadonlyMap<string, readonly string[]> {
  const namesOf = (name: string, { out, task }: TargetEntry) => {
    if (typeof out !== "string") return Object.keys(out);
    const only = task === undefined ? [] : Object.keys(tasks.get(task)?.outputs ?? {});
    return only.length === 1 ? only : [name];
  };
  return new Map(Object.entries(targets).map(([name, entry]) => [name, namesOf(name, entry)]));
}

interface OutputParts {
  document: Document;
  file: PipelineFile;
  constants: Scope["constants"];
  outputs: ReadonlyMap<string, readonly string[]>;
  complain: Complain;
}

/** Target name to its outputs. They come before the axes: an axis depends on those of the target whose file it lists. */
export function compileOutputs(parts: OutputParts): ReadonlyMap<string, Target["outputs"]> {
  const targets = Object.entries(parts.file.targets);
  return new Map(targets.map(([name, entry]) => [name, outputsOf(name, entry, parts)]));
}

function outputsOf(name: string, { out }: TargetEntry, parts: OutputParts): Target["outputs"] {
  const { document, file, constants, complain } = parts;
  const scope: Scope = { constants, axes: Object.keys(file.axes), elsewhere: {}, targets: new Map() };
  return parts.outputs.get(name)!.map((output) => {
    const path = typeof out === "string" ? ["targets", name, "out"] : ["targets", name, "out", output];
    const text = typeof out === "string" ? out : out[output]!;
    const where = document.locate(path, "value");
    const inside = (offset: number) => document.locate(path, "value", offset);
    const pattern = compileText(text, inside, scope, complain);
    for (const reference of referencesIn(pattern)) {
      if (reference.kind === "axis" && reference.path.length > 0) {
        complain(
          reference.where,
          `a path holds the key of an axis and nothing else: write \${${reference.axis}}.`,
        );
      }
    }
    const problem = patternProblem(pattern);
    if (problem !== undefined) complain(where, `the output '${text}' of '${name}' ${problem}`);
    return { name: output, pattern, where };
  });
}

/** What is wrong with an output's path whatever the keys in it are. */
function patternProblem(pattern: Expression): string | undefined {
  if (pattern.kind === "constant" && pattern.value === null) return undefined; // complained about
  const known = partsOf(pattern).map((part) => (typeof part === "string" ? part : "…"));
  return outputProblem(known.join(""));
}

interface Parts extends OutputParts {
  patterns: ReadonlyMap<string, Target["outputs"]>;
  axes: readonly Axis[];
  tasks: ReadonlyMap<string, Task>;
  /** Those that the configuration bounds. */
  pools: readonly string[];
}

export function compileTargets(parts: Parts): readonly Target[] {
  return Object.entries(parts.file.targets).map(([name, entry]) => compileTarget(name, entry, parts));
}

function compileTarget(name: string, entry: TargetEntry, parts: Parts): Target {
  const { document, outputs, complain } = parts;
  const locate = (path: Path, part: "key" | "value", offset?: number) =>
    document.locate(["targets", name, ...path], part, offset);
  const keyOf = (...path: string[]) => locate(path, "key");
  const scope = scopeOf(name, parts);
  const inputs = compileInputs(entry.in, (path, ...at) => locate(["in", ...path], ...at), scope, complain);
  const valueAt = (path: Path, offset: number) => locate(["with", ...path], "value", offset);
  const params = compileValue(entry.with as Json, valueAt, scope, complain);
  const run = { slots: Object.keys(entry.in), outputs: outputs.get(name)!, deps: entry.deps !== undefined };
  const task = entry.task === undefined ? undefined : parts.tasks.get(entry.task);
  const { timeout, retries } = entry;
  checkPool(name, entry, parts);
  return {
    name,
    where: keyOf(),
    recipe: compileRecipe(name, entry, parts, { ...scope, run }),
    inputs,
    params,
    paramsWhere: Object.fromEntries(Object.keys(entry.with).map((param) => [param, keyOf("with", param)])),
    wholes: Object.keys(entry.with).filter((param) => /^\$\{[^}]*\}$/.test(String(entry.with[param]))),
    outputs: parts.patterns.get(name)!,
    axes: scope.axes,
    pool: entry.pool ?? task?.pool ?? "cpu",
    timeout:
      timeout === undefined ? undefined : { seconds: timeoutSeconds(timeout), where: keyOf("timeout") },
    retries: retries === undefined ? undefined : { count: retries, where: keyOf("retries") },
    isResult: entry.result,
  };
}

/** What names mean in a target: it has the axes that its outputs name. */
function scopeOf(name: string, { axes, patterns, constants, outputs }: Parts): Scope {
  const own = axesOf(patterns.get(name)!);
  const names = axes.map((axis) => axis.name);
  const elsewhere = names
    .filter((axis) => !own.has(axis))
    .map((axis) => [axis, `'${axis}' is no axis of '${name}': its output does not name \${${axis}}.`]);
  return {
    constants,
    axes: names.filter((axis) => own.has(axis)),
    elsewhere: Object.fromEntries(elsewhere),
    targets: outputs,
  };
}

/** A pool that nothing bounds would do nothing, so its name is one that was meant to be another. */
function checkPool(name: string, { pool }: TargetEntry, { document, tasks, pools, complain }: Parts): void {
  const known = new Set(["cpu", ...pools, ...[...tasks.values()].map((task) => task.pool)]);
  if (pool === undefined || known.has(pool)) return;
  complain(
    document.locate(["targets", name, "pool"]),
    `there is no pool '${pool}'. ${suggest(pool, known)} A pool of your own is bounded in faceless.config.yaml, as in: pools: { ${pool}: 2 }`,
  );
}

function compileRecipe(name: string, entry: TargetEntry, parts: Parts, scope: Scope): Target["recipe"] {
  const { document, tasks, complain } = parts;
  const { task, run, deps } = entry;
  const where = document.locate(["targets", name], "key");
  if (task !== undefined && run !== undefined) {
    complain(where, `'${name}' has both 'task' and 'run'; it takes one of them.`);
  }
  if (run !== undefined) return compileCommand(name, run, entry, parts, scope);
  if (deps !== undefined) {
    const at = document.locate(["targets", name, "deps"], "key");
    complain(at, "'deps' is for commands: a task is given its inputs and nothing else.");
  }
  if (task === undefined) complain(where, `'${name}' has neither 'task' nor 'run'; it takes one of them.`);
  else if (!tasks.has(task)) {
    const at = document.locate(["targets", name, "task"], "value");
    complain(at, `there is no task '${task}'. ${suggest(task, tasks.keys())}`);
  }
  return { kind: "task", type: task ?? "" };
}

function compileCommand(
  name: string,
  text: string,
  entry: TargetEntry,
  { document, complain }: Parts,
  scope: Scope,
): Target["recipe"] {
  if (Object.keys(entry.with).length > 0) {
    const at = document.locate(["targets", name, "with"], "key");
    complain(at, "a command names its values itself, with ${…}: 'with' is for tasks.");
  }
  const inside = (offset: number) => document.locate(["targets", name, "run"], "value", offset);
  const command = compileText(text, inside, scope, complain);
  for (const { where } of quotedReferences(command)) {
    complain(where, "a value is quoted for the shell already: take away the quotes around it.");
  }
  checkDeps(command, entry, document.locate(["targets", name, "deps"], "key"), complain);
  return { kind: "run", command, where: inside(0), text, deps: entry.deps };
}

function checkDeps(command: Expression, entry: TargetEntry, where: Location, complain: Complain): void {
  // A command that was complained about is a null by now.
  if (entry.deps === undefined || (command.kind === "constant" && command.value === null)) return;
  const references = [...referencesIn(command)];
  if (!references.some(({ kind }) => kind === "deps")) {
    complain(
      where,
      "the command never names ${deps}, the file that it has to write, as in: cc -MMD -MF ${deps} ….",
    );
  }
  const isNamed = (slot: string) => references.some((one) => one.kind === "in" && one.slot === slot);
  if (Object.keys(entry.in).every(isNamed)) {
    complain(
      where,
      "the depfile has nothing to decide: the command names every input, and what it names always counts. Inputs that it does not name are found in its folder as in/<slot>/….",
    );
  }
}
