/** Checks that need the whole pipeline: axes that go together, cycles, and targets that fit their tasks. */
import { extname } from "node:path/posix";
import { suggest } from "../base/nearest.ts";
import type { Axis, Expression, Reference, Target } from "../model/pipeline.ts";
import type { ParamProblem, Task } from "../model/task.ts";
import { type Complain, referencesIn } from "./scope.ts";
import { choiceOf, choose } from "./select.ts";

export function checkTargets(
  axes: readonly Axis[],
  targets: readonly Target[],
  tasks: ReadonlyMap<string, Task>,
  complain: Complain,
): void {
  const byName = new Map(targets.map((target) => [target.name, target]));
  for (const target of targets) {
    checkOutputAxes(target, axes, byName, complain);
    for (const reference of targetReferences(target))
      checkValueReference(target, reference, byName, complain);
    checkSelections(target, axes, byName, complain);
    checkInputs(target, byName, tasks, complain);
    checkTask(target, tasks, complain);
  }
  checkCycles(axes, targets, byName, complain);
}

type TargetReference = Extract<Reference, { kind: "target" }>;

/** The JSON values of other targets that a target's parameters and command use. */
export function targetReferences(target: Target): readonly TargetReference[] {
  const command: Expression[] = target.recipe.kind === "run" ? [target.recipe.command] : [];
  return [target.params, ...command]
    .flatMap((expression) => [...referencesIn(expression)])
    .filter((reference) => reference.kind === "target");
}

/** All outputs name the same axes, and with an axis the axes that it depends on. */
function checkOutputAxes(
  target: Target,
  axes: readonly Axis[],
  byName: ReadonlyMap<string, Target>,
  complain: Complain,
): void {
  for (const output of target.outputs) {
    const named = new Set(
      [...referencesIn(output.pattern)].flatMap((r) => (r.kind === "axis" ? [r.axis] : [])),
    );
    for (const axis of target.axes) {
      if (!named.has(axis))
        complain(
          output.where,
          `this path does not name \${${axis}}, which another output of '${target.name}' names.`,
        );
    }
  }
  for (const axis of axes.filter((axis) => axis.kind === "items" && target.axes.includes(axis.name))) {
    if (axis.kind !== "items") continue;
    const outer = byName.get(axis.source.target)!.axes.filter((name) => !target.axes.includes(name));
    if (outer.length > 0) {
      const names = outer.map((name) => `\${${name}}`).join(" and ");
      complain(
        target.outputs[0]!.where,
        `this path names \${${axis.name}} but not ${names}, and each ${outer[0]} has a list of its own.`,
      );
    }
  }
}

function checkValueReference(
  target: Target,
  reference: TargetReference,
  byName: ReadonlyMap<string, Target>,
  complain: Complain,
): void {
  const source = byName.get(reference.target)!;
  const gathered = source.axes.filter((axis) => !target.axes.includes(axis));
  if (gathered.length > 0) {
    complain(
      reference.where,
      `'${target.name}' would take a value from every ${gathered.join(" and ")} of '${source.name}'; a value comes from one file.`,
    );
  }
  const output = source.outputs.find((output) => output.name === reference.output)!;
  if (patternExtension(output.pattern) !== ".json") {
    complain(reference.where, `'${source.name}' makes no .json file, so there is no value to take from it.`);
  }
}

/** The extension that a pattern's paths end in, as far as the pattern's own text tells. */
function patternExtension(pattern: Expression): string {
  const last =
    pattern.kind === "constant" ? pattern.value : pattern.kind === "text" ? pattern.parts.at(-1) : undefined;
  return typeof last === "string" ? extname(`x${last}`).toLowerCase() : "";
}

/** What `[scene in part.scenes]` means, as far as it can be told before anything is built. */
function checkSelections(
  target: Target,
  axes: readonly Axis[],
  byName: ReadonlyMap<string, Target>,
  complain: Complain,
): void {
  const named = (name: string) => axes.find((axis) => axis.name === name)!;
  for (const input of target.inputs.flatMap(({ from }) => from)) {
    if (input.kind !== "target" || input.selection === undefined) continue;
    const { selection } = input;
    const source = byName.get(input.target)!;
    if (!source.axes.includes(selection.axis)) {
      complain(
        input.where,
        `'${source.name}' is there once for all entries of '${selection.axis}': its output does not name \${${selection.axis}}.`,
      );
      continue;
    }
    const [axis, of] = [named(selection.axis), named(selection.of)];
    if (of.kind === "files")
      complain(selection.where, `'${of.name}' is one for each file, so its entries hold no list.`);
    if (of.kind !== "values") continue;
    for (const entry of of.entries) {
      const choice = choiceOf(selection, axis, entry);
      const chosen = choice.ok && axis.kind === "values" ? choose(choice, axis.entries) : choice;
      if (!("mistake" in chosen)) continue;
      complain(selection.where, chosen.mistake.message);
      break;
    }
  }
}

function checkInputs(
  target: Target,
  byName: ReadonlyMap<string, Target>,
  tasks: ReadonlyMap<string, Task>,
  complain: Complain,
): void {
  if (target.recipe.kind === "run") return;
  const task = tasks.get(target.recipe.type)!;
  for (const { slot, from, where } of target.inputs) {
    const kind = task.inputs[slot];
    if (kind === undefined) {
      complain(
        where,
        `the task '${task.type}' has no input '${slot}'. ${suggest(slot, Object.keys(task.inputs))}`,
      );
      continue;
    }
    if (kind === "list") continue;
    for (const input of from) {
      if (input.kind !== "target") continue;
      const gathered = byName.get(input.target)!.axes.filter((axis) => !target.axes.includes(axis));
      if (gathered.length > 0) {
        complain(
          input.where,
          `the task '${task.type}' takes one file as '${slot}', and this is one for every ${gathered.join(" and ")}.`,
        );
      }
    }
  }
  for (const [slot, kind] of Object.entries(task.inputs)) {
    if (kind === "file" && !target.inputs.some((input) => input.slot === slot)) {
      complain(
        target.where,
        `'${target.name}' lacks the input '${slot}' that the task '${task.type}' needs.`,
      );
    }
  }
}

/** What is wrong with a parameter, and what to do. Quotes change nothing about a value that keeps its type. */
export function sayParam({ wholes }: Target, { param, message, help }: ParamProblem): string {
  if (!wholes.includes(param) || !help?.includes("quotes")) return [message, help].join(" ").trim();
  return message.includes("expected a string")
    ? `${message} A value that is nothing but one \${…} keeps its type: write some text beside it.`
    : message;
}

function checkTask(target: Target, tasks: ReadonlyMap<string, Task>, complain: Complain): void {
  if (target.recipe.kind === "run") return;
  const task = tasks.get(target.recipe.type)!;
  const unknown = Object.keys(target.paramsWhere).filter((name) => !task.paramNames.includes(name));
  for (const name of unknown) {
    complain(
      target.paramsWhere[name]!,
      `the task '${task.type}' has no parameter '${name}'. ${suggest(name, task.paramNames)}`,
    );
  }
  if (target.params.kind === "constant" && unknown.length === 0) {
    const checked = task.checkParams(target.params.value);
    if (!checked.ok) {
      for (const problem of checked.problems)
        complain(target.paramsWhere[problem.param] ?? target.where, sayParam(target, problem));
    }
  }
  for (const output of target.outputs) {
    const extension = task.outputs[output.name];
    if (extension === undefined) {
      complain(
        output.where,
        `the task '${task.type}' has no output '${output.name}'. ${suggest(output.name, Object.keys(task.outputs))}`,
      );
    } else if (patternExtension(output.pattern) !== `.${extension}`) {
      complain(output.where, `the task '${task.type}' makes a .${extension} file here.`);
    }
  }
  for (const name of Object.keys(task.outputs).filter(
    (name) => !target.outputs.some((output) => output.name === name),
  )) {
    complain(
      target.where,
      `'${target.name}' gives no path for the output '${name}' of the task '${task.type}'.`,
    );
  }
}

/** What must be built before a target can be bound and run, by name. */
function needs(
  target: Target,
  axes: readonly Axis[],
  byName: ReadonlyMap<string, Target>,
): ReadonlySet<string> {
  const inputs = target.inputs.flatMap(({ from }) =>
    from.flatMap((input) => (input.kind === "target" ? [input.target] : [])),
  );
  const direct = [...inputs, ...targetReferences(target).map((reference) => reference.target)];
  const axisNames = new Set([...target.axes, ...direct.flatMap((name) => byName.get(name)!.axes)]);
  const sources = axes.flatMap((axis) =>
    axis.kind === "items" && axisNames.has(axis.name) ? [axis.source.target] : [],
  );
  return new Set([...direct, ...sources]);
}

function checkCycles(
  axes: readonly Axis[],
  targets: readonly Target[],
  byName: ReadonlyMap<string, Target>,
  complain: Complain,
): void {
  const done = new Set<string>();
  const visit = (name: string, above: readonly string[]): void => {
    if (above.includes(name)) {
      const cycle = [...above.slice(above.indexOf(name)), name];
      complain(byName.get(name)!.where, `'${name}' depends on itself: ${cycle.join(" → ")}.`);
    } else if (!done.has(name)) {
      for (const below of needs(byName.get(name)!, axes, byName)) visit(below, [...above, name]);
      done.add(name);
    }
  };
  for (const target of targets) visit(target.name, []);
}
