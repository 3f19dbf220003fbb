/** YAML → Pipeline: every name resolved as far as it can be, every mistake told at once. */
import type { Diagnostic, Location } from "../base/diagnostic.ts";
import { type Document, inOrder, type Path } from "../base/document.ts";
import type { Json, JsonObject } from "../base/json.ts";
import { nearest, suggest } from "../base/nearest.ts";
import type { Axis, Expression, Input, Pipeline, Target } from "../model/pipeline.ts";
import type { Task } from "../model/task.ts";
import { checkTargets } from "./check.ts";
import { compileAxes } from "./compile-axes.ts";
import { escapeGlob, outputPath, sourceProblem } from "./paths.ts";
import { quotedReferences } from "./quotes.ts";
import { type PipelineFile, pipelineSchema, type TargetEntry, timeoutSeconds } from "./schema.ts";
import {
  axesOf,
  type Complain,
  compileText,
  compileValue,
  partsOf,
  referencesIn,
  type Scope,
} from "./scope.ts";
import { compileWhens, withoutAbsent } from "./when.ts";

export interface Surroundings {
  /** What `${project.…}` means. */
  readonly project: JsonObject;
  /** Options that the niche or the command line sets, over the pipeline's own defaults. */
  readonly options: JsonObject;
  readonly tasks: ReadonlyMap<string, Task>;
  /** Which of them the command line sets, the configuration the others. */
  readonly set?: readonly string[];
  /** The pools that the configuration bounds. */
  readonly pools: readonly string[];
  /** What to do for a value that is not there, by its name, such as "project.platforms". */
  readonly remedies?: Readonly<Record<string, string>>;
}

/** @throws Diagnostics with every mistake in the file. */
export function compilePipeline(document: Document, around: Surroundings): Pipeline {
  const file = document.check(pipelineSchema);
  const found: Diagnostic[] = [];
  const complain: Complain = (where, message) => found.push({ where, message });
  const options = mergeOptions(document, file, around, complain);
  const constants = { values: { project: around.project, options }, remedies: around.remedies ?? {} };
  checkNames(document, file, complain);
  const outputs = new Map(
    Object.entries(file.targets).map(([name, entry]) => [name, outputNames(name, entry, around)]),
  );
  const patterns = new Map(
    Object.entries(file.targets).map(([name, entry]) => [
      name,
      compileOutputs(
        document,
        name,
        entry,
        outputs.get(name)!,
        { constants, axes: Object.keys(file.axes) },
        complain,
      ),
    ]),
  );
  const axes = compileAxes({ document, file, constants, outputs, patterns, complain });
  const targets = Object.entries(file.targets).map(([name, entry]) =>
    compileTarget({
      document,
      name,
      entry,
      axes,
      constants,
      outputs,
      patterns: patterns.get(name)!,
      around,
      complain,
    }),
  );
  const absent = compileWhens(document, file, constants, complain);
  if (found.length > 0) throw inOrder(found);
  const left = withoutAbsent(absent, { axes, targets, tasks: around.tasks, complain });
  if (found.length === 0) checkTargets(left.axes, left.targets, around.tasks, complain);
  if (found.length > 0) throw inOrder(found);
  return { file: document.file, axes: usedAxes(left), targets: left.targets };
}

/** What no target repeats over is nobody's: a list that cannot be used would stop all the others. */
function usedAxes({ axes, targets }: Pick<Pipeline, "axes" | "targets">): readonly Axis[] {
  return axes.filter(({ name }) => targets.some((target) => target.axes.includes(name)));
}

const KINDS: Readonly<Record<string, string>> = {
  boolean: "true or false",
  number: "a number",
  string: "a text",
};

/** Options set from outside must exist, and have the type of the default, which stands where they do not. */
function mergeOptions(
  document: Document,
  file: PipelineFile,
  { options, set = [] }: Surroundings,
  complain: Complain,
): JsonObject {
  const merged: Record<string, Json> = { ...file.options };
  for (const [name, value] of Object.entries(options)) {
    const fallback = file.options[name];
    const who = set.includes(name) ? "--set" : "faceless.config.yaml";
    if (fallback === undefined) {
      const where = document.locate(
        file.options && "options" in (document.value as JsonObject) ? ["options"] : [],
        "key",
      );
      complain(
        where,
        `${who} sets the option '${name}', and this pipeline has none of that name. ${suggest(name, Object.keys(file.options))}`,
      );
    } else if (fallback !== null && typeof fallback !== typeof value) {
      complain(
        document.locate(["options", name], "value"),
        `the option '${name}' is ${KINDS[typeof fallback]} here, and ${who} sets it to ${JSON.stringify(value)}.`,
      );
    } else merged[name] = value;
  }
  return merged;
}

const RESERVED = ["project", "options", "in", "out", "deps"];

/** One name means one thing: axes, targets and the built-in names are apart. */
function checkNames(document: Document, file: PipelineFile, complain: Complain): void {
  for (const name of Object.keys(file.axes)) {
    if (RESERVED.includes(name))
      complain(
        document.locate(["axes", name], "key"),
        `'${name}' is a name with a meaning of its own; name the axis otherwise.`,
      );
  }
  for (const name of Object.keys(file.targets)) {
    const where = document.locate(["targets", name], "key");
    if (RESERVED.includes(name))
      complain(where, `'${name}' is a name with a meaning of its own; name the target otherwise.`);
    if (name in file.axes) complain(where, `'${name}' is an axis too; a name means one thing.`);
  }
}

/** What the outputs of a target are called: by its `out` map, else by its task's one output. */
function outputNames(name: string, entry: TargetEntry, { tasks }: Surroundings): readonly string[] {
  if (typeof entry.out !== "string") return Object.keys(entry.out);
  const only = entry.task === undefined ? [] : Object.keys(tasks.get(entry.task)?.outputs ?? {});
  return only.length === 1 ? only : [name];
}

function compileOutputs(
  document: Document,
  name: string,
  entry: TargetEntry,
  names: readonly string[],
  known: { constants: Scope["constants"]; axes: readonly string[] },
  complain: Complain,
): Target["outputs"] {
  const scope: Scope = { ...known, elsewhere: {}, targets: new Map() };
  return names.map((output) => {
    const path = typeof entry.out === "string" ? ["targets", name, "out"] : ["targets", name, "out", output];
    const text = typeof entry.out === "string" ? entry.out : entry.out[output]!;
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
  const checked = outputPath(
    partsOf(pattern)
      .map((part) => (typeof part === "string" ? part : "…"))
      .join(""),
  );
  return checked.ok ? undefined : checked.problem;
}

interface TargetParts {
  document: Document;
  name: string;
  entry: TargetEntry;
  axes: readonly Axis[];
  constants: Scope["constants"];
  outputs: ReadonlyMap<string, readonly string[]>;
  patterns: Target["outputs"];
  around: Surroundings;
  complain: Complain;
}

function compileTarget(parts: TargetParts): Target {
  const { document, name, entry, patterns, complain, constants, outputs, around } = parts;
  const where = document.locate(["targets", name], "key");
  const keyOf = (key: string) => document.locate(["targets", name, key], "key");
  const own = axesOf(patterns);
  const axes = parts.axes.map((axis) => axis.name).filter((axis) => own.has(axis));
  const elsewhere = Object.fromEntries(
    parts.axes
      .filter((axis) => !own.has(axis.name))
      .map((axis) => [
        axis.name,
        `'${axis.name}' is no axis of '${name}': its output does not name \${${axis.name}}.`,
      ]),
  );
  const scope: Scope = { constants, axes, elsewhere, targets: outputs };
  const inputs = Object.entries(entry.in).map(([slot, given]) => ({
    slot,
    where: document.locate(["targets", name, "in", slot], "key"),
    several: Array.isArray(given),
    from: (typeof given === "string" ? [given] : given).flatMap((text, i) => {
      const path = ["targets", name, "in", slot, ...(typeof given === "string" ? [] : [i])];
      return compileInput(text, path, parts, { ...scope, targets: new Map() }) ?? [];
    }),
  }));
  const params = compileValue(
    entry.with as Json,
    (path, offset) => document.locate(["targets", name, "with", ...path], "value", offset),
    scope,
    complain,
  );
  const task = entry.task === undefined ? undefined : around.tasks.get(entry.task);
  checkPool(parts);
  return {
    name,
    where,
    recipe: compileRecipe(parts, {
      ...scope,
      run: { slots: Object.keys(entry.in), outputs: outputs.get(name)!, deps: entry.deps !== undefined },
    }),
    inputs,
    params,
    paramsWhere: Object.fromEntries(
      Object.keys(entry.with).map((param) => [
        param,
        document.locate(["targets", name, "with", param], "key"),
      ]),
    ),
    wholes: Object.keys(entry.with).filter((param) => /^\$\{[^}]*\}$/.test(String(entry.with[param]))),
    outputs: patterns,
    axes,
    pool: entry.pool ?? task?.pool ?? "cpu",
    timeout:
      entry.timeout === undefined
        ? undefined
        : { seconds: timeoutSeconds(entry.timeout), where: keyOf("timeout") },
    retries: entry.retries === undefined ? undefined : { count: entry.retries, where: keyOf("retries") },
  };
}

/** A pool that nothing bounds would do nothing, so its name is one that was meant to be another. */
function checkPool({ document, name, entry, around, complain }: TargetParts): void {
  const known = new Set(["cpu", ...around.pools, ...[...around.tasks.values()].map(({ pool }) => pool)]);
  if (entry.pool === undefined || known.has(entry.pool)) return;
  complain(
    document.locate(["targets", name, "pool"]),
    `there is no pool '${entry.pool}'. ${suggest(entry.pool, known)} A pool of your own is bounded in faceless.config.yaml, as in: pools: { ${entry.pool}: 2 }`,
  );
}

function compileRecipe(
  { document, name, entry, around, complain }: TargetParts,
  scope: Scope,
): Target["recipe"] {
  const where = document.locate(["targets", name], "key");
  if (entry.task !== undefined && entry.run !== undefined) {
    complain(where, `'${name}' has both 'task' and 'run'; it takes one of them.`);
  }
  if (entry.run !== undefined) {
    if (Object.keys(entry.with).length > 0) {
      complain(
        document.locate(["targets", name, "with"], "key"),
        "a command names its values itself, with ${…}: 'with' is for tasks.",
      );
    }
    const inside = (offset: number) => document.locate(["targets", name, "run"], "value", offset);
    const command = compileText(entry.run, inside, scope, complain);
    for (const { where } of quotedReferences(command)) {
      complain(where, "a value is quoted for the shell already: take away the quotes around it.");
    }
    checkDeps(command, entry, document.locate(["targets", name, "deps"], "key"), complain);
    return { kind: "run", command, where: inside(0), text: entry.run, deps: entry.deps };
  }
  if (entry.deps !== undefined) {
    const at = document.locate(["targets", name, "deps"], "key");
    complain(at, "'deps' is for commands: a task is given its inputs and nothing else.");
  }
  if (entry.task === undefined)
    complain(where, `'${name}' has neither 'task' nor 'run'; it takes one of them.`);
  else if (!around.tasks.has(entry.task)) {
    complain(
      document.locate(["targets", name, "task"], "value"),
      `there is no task '${entry.task}'. ${suggest(entry.task, around.tasks.keys())}`,
    );
  }
  return { kind: "task", type: entry.task ?? "" };
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

const TARGET_INPUT = /^([A-Za-z_][\w-]*)(?:\.([A-Za-z_][\w-]*))?(?:\[([A-Za-z_][\w-]*)([+-]\d+)\])?$/;

/** One line of an `in:`; undefined where it is absent (a null) or after a complaint. */
function compileInput(text: string, path: Path, parts: TargetParts, scope: Scope): Input | undefined {
  const where = parts.document.locate(path);
  const named = TARGET_INPUT.exec(text);
  if (named !== null) return targetInput(text, named, where, parts, scope);
  const bracket = NEIGHBOUR.exec(text);
  if (bracket !== null && parts.outputs.has(bracket[2]!)) {
    parts.complain(where, badNeighbour(bracket[1]!, bracket[3]!, scope));
    return undefined;
  }
  const inside = (offset: number) => parts.document.locate(path, "value", offset);
  const pattern = compileText(text, inside, scope, parts.complain);
  const absent = pattern.kind === "constant" && pattern.value === null;
  if (!absent && pattern.kind === "constant" && typeof pattern.value !== "string") {
    parts.complain(where, `an input is a path, and this is ${JSON.stringify(pattern.value)}.`);
  }
  if (!absent) checkSource(pattern, where, parts.complain);
  const setting = /^\$\{project\.([^}]+)\}$/.exec(text)?.[1];
  return absent ? undefined : { kind: "files", pattern: escapeValues(text, pattern), setting, where };
}

/** What has the look of a neighbour and is none; as a glob it would match files that nobody means. */
const NEIGHBOUR = /^(([A-Za-z_][\w-]*)(?:\.[\w-]*)?)\s*\[([^/\]]*)\]?$/;

function badNeighbour(target: string, within: string, { axes, elsewhere }: Scope): string {
  const axis = /^[\w-]*?(?=\s*(?:[+-]|$))/.exec(within.trim())?.[0] ?? "";
  const known = [...axes, ...Object.keys(elsewhere)];
  const meant = known.includes(axis) ? axis : (nearest(axis, axes) ?? axes[0] ?? "axis");
  return `'${within}' is no neighbour: it takes an axis and how far, such as ${target}[${meant}+1] or ${target}[${meant}-1].`;
}

function targetInput(
  text: string,
  named: RegExpExecArray,
  where: Location,
  { outputs: all, complain }: TargetParts,
  scope: Scope,
): Input | undefined {
  const [, target, output, axis, by] = named as unknown as [string, string, string?, string?, string?];
  const ifFile = `A file in the project's own folder is written ./${text}`;
  const outputs = all.get(target);
  if (outputs === undefined) {
    complain(where, `there is no target '${target}'. ${suggest(target, all.keys())} ${ifFile}`);
    return undefined;
  }
  const chosen = output ?? (outputs.length === 1 ? outputs[0]! : undefined);
  if (chosen === undefined) {
    complain(where, `'${target}' has several outputs; name one. ${suggest("", outputs)}`);
    return undefined;
  }
  if (!outputs.includes(chosen)) {
    complain(where, `'${target}' has no output '${output}'. ${suggest(chosen, outputs)} ${ifFile}`);
    return undefined;
  }
  if (axis !== undefined && !scope.axes.includes(axis)) {
    complain(where, scope.elsewhere[axis] ?? `there is no axis '${axis}'. ${suggest(axis, scope.axes)}`);
    return undefined;
  }
  const shift = axis === undefined ? undefined : { axis, by: Number(by) };
  return { kind: "target", target, output: chosen, shift, where };
}

/** As far as it is known by now: a reference is some name. */
function checkSource(pattern: Expression, where: Location, complain: Complain): void {
  const known = partsOf(pattern).map((part) => (typeof part === "string" ? part : "…"));
  const problem = sourceProblem(known.join(""));
  if (problem !== undefined) complain(where, `'${known.join("")}' ${problem}`);
}

/** What a reference puts into a path is literal, even if it has a `*` in it; only the pipeline's own text is a glob. */
function escapeValues(text: string, pattern: Expression): Expression {
  return pattern.kind === "constant" && /^\$\{[^}]*\}$/.test(text)
    ? { kind: "text", parts: [escapeGlob(String(pattern.value))] }
    : pattern;
}
