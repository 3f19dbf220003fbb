/** Targets that an option or the project switches off: they and what only they need are taken out of the pipeline. */
import type { Location } from "../base/diagnostic.ts";
import type { Document, Path } from "../base/document.ts";
import { isJsonObject, type Json } from "../base/json.ts";
import type { Axis, Input, Target } from "../model/pipeline.ts";
import type { Task } from "../model/task.ts";
import { targetReferences } from "./check.ts";
import type { PipelineFile } from "./schema.ts";
import { type Complain, compileValue, describe, type Scope } from "./scope.ts";

/** Name of each target that does not exist to the `when` that says so, and what it comes to. */
export type Absent = ReadonlyMap<string, { readonly where: Location; readonly value: false | null }>;

export function compileWhens(
  document: Document,
  file: PipelineFile,
  constants: Scope["constants"],
  complain: Complain,
): Absent {
  const names = [
    ...Object.keys(file.axes).map((name) => [name, "an axis"]),
    ...Object.keys(file.targets).map((name) => [name, "a target"]),
  ];
  const elsewhere = Object.fromEntries(
    names.map(([name, what]) => [
      name,
      `'when' is decided before anything is built, from options and project values alone, and '${name}' is ${what}.`,
    ]),
  );
  const scope: Scope = { constants, axes: [], elsewhere, targets: new Map() };
  const absent = new Map<string, { where: Location; value: false | null }>();
  for (const [name, { when }] of Object.entries(file.targets)) {
    if (when === undefined) continue;
    for (const { at, value: given, negated } of conditionsOf(name, when as Json)) {
      const value = decided(document, at, given, scope, complain);
      const holds = negated ? opposite(value) : value;
      if (holds === false || holds === null)
        absent.set(name, { where: document.locate(at, "value"), value: holds });
    }
  }
  return absent;
}

interface Condition {
  /** Where the value stands. */
  readonly at: Path;
  readonly value: Json;
  /** Whether it is that of a `{ not: … }`. */
  readonly negated: boolean;
}

/** All of a list have to hold. */
function conditionsOf(name: string, when: Json): readonly Condition[] {
  const at = ["targets", name, "when"];
  return Array.isArray(when) ? when.map((one, i) => conditionOf([...at, i], one)) : [conditionOf(at, when)];
}

function conditionOf(at: Path, given: Json): Condition {
  return isJsonObject(given)
    ? { at: [...at, "not"], value: given.not!, negated: true }
    : { at, value: given, negated: false };
}

/** Undefined stays so: it was complained about. */
function opposite(value: boolean | null | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

/** Undefined for what was complained about. */
function decided(
  document: Document,
  at: Path,
  when: Json,
  scope: Scope,
  complain: Complain,
): boolean | null | undefined {
  const where = document.locate(at, "value");
  let failed = false;
  const expression = compileValue(
    when,
    (_, offset) => document.locate(at, "value", offset),
    scope,
    (at, message) => {
      failed = true;
      complain(at, message);
    },
  );
  if (failed || expression.kind !== "constant") return undefined;
  const { value } = expression;
  if (value === true || value === false || value === null) return value;
  complain(where, `'when' takes true, false or null, and this is ${describe(value)}.`);
  return undefined;
}

interface Parts {
  readonly axes: readonly Axis[];
  readonly targets: readonly Target[];
  readonly tasks: ReadonlyMap<string, Task>;
  readonly complain: Complain;
}

/** What is left of a pipeline. What cannot do without something that is gone is complained about. */
export function withoutAbsent(absent: Absent, parts: Parts): Pick<Parts, "axes" | "targets"> {
  if (absent.size === 0) return parts;
  const axes = parts.axes.filter((axis) => axis.kind !== "items" || !absent.has(axis.source.target));
  const left = parts.targets.filter(({ name }) => !absent.has(name));
  for (const target of left) {
    checkAxes(target, absent, parts);
    for (const { target: name, where } of targetReferences(target)) {
      if (absent.has(name)) parts.complain(where, missing(target, name, absent, "take this value out"));
    }
  }
  return { axes, targets: left.map((target) => withoutInputs(target, absent, parts)) };
}

function checkAxes(target: Target, absent: Absent, { axes, complain }: Parts): void {
  for (const axis of axes) {
    if (axis.kind !== "items" || !target.axes.includes(axis.name) || !absent.has(axis.source.target))
      continue;
    const name = axis.source.target;
    complain(
      target.outputs[0]!.where,
      missing(target, name, absent, `take \${${axis.name}} out of this path`, `the list '${axis.name}' of `),
    );
  }
}

/** As one sentence of what is wrong and one of what to do. */
function missing(target: Target, name: string, absent: Absent, instead: string, part = ""): string {
  const { where, value } = absent.get(name)!;
  const place = `${where.file}:${where.line}:${where.column}`;
  return `'${target.name}' needs ${part}'${name}', which does not exist: its 'when' (${place}) is ${value}. Give '${target.name}' a 'when' as well, or ${instead}.`;
}

function withoutInputs(target: Target, absent: Absent, parts: Parts): Target {
  const isGone = (input: Input) => input.kind === "target" && absent.has(input.target);
  const inputs = target.inputs.map((input) => {
    const gone = input.from.filter(isGone);
    if (gone.length === 0) return input;
    const from = input.from.filter((one) => !isGone(one));
    const optional = mayLack(target, input, gone, parts);
    if (from.length === 0 && !optional) {
      const { target: name } = gone[0] as Extract<Input, { kind: "target" }>;
      parts.complain(gone[0]!.where, missing(target, name, absent, "name another input beside it"));
    }
    return { ...input, from, several: true };
  });
  return { ...target, inputs };
}

/** A command can do without what is written as a list, or gathered: it gets one word less, or none. */
function mayLack(
  target: Target,
  { slot, several }: Target["inputs"][number],
  gone: readonly Input[],
  { targets, tasks }: Parts,
): boolean {
  if (target.recipe.kind === "task") return tasks.get(target.recipe.type)!.inputs[slot] !== "file";
  const gathers = gone.some((input) => {
    const source = targets.find(({ name }) => input.kind === "target" && name === input.target);
    return source?.axes.some((axis) => !target.axes.includes(axis));
  });
  return gathers || several;
}
