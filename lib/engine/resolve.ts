/** Action → what it would be run with: its inputs, parameters, manifest and key. */
import { extname } from "node:path/posix";
import { formatDiagnostic, type Location } from "../base/diagnostic.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import type { Action, Input } from "../model/pipeline.ts";
import type { InputKind, ParamProblem, Service, Task, Tool } from "../model/task.ts";
import type { ActionKey, Manifest } from "../model/trace.ts";
import { sayParam } from "../pipeline/check.ts";
import { DEPFILE } from "./depfile.ts";
import { askedAt, type Command, evaluate, evaluateCommand, type ReadJson, Unresolved } from "./evaluate.ts";
import { actionKey } from "./manifest.ts";
import {
  type FoundFiles,
  inputFile,
  type ResolvedInput,
  type SourceContext,
  sourceFiles,
} from "./sources.ts";
import { taskInputs } from "./task-inputs.ts";

export interface ResolvedSlot {
  readonly slot: string;
  readonly kind: InputKind;
  readonly files: readonly ResolvedInput[];
}

export type Recipe =
  | {
      readonly kind: "task";
      readonly task: Task;
      readonly params: Json;
      readonly tools: ReadonlyMap<string, Tool>;
    }
  | { readonly kind: "run"; readonly command: Command };

export interface Resolved {
  readonly slots: readonly ResolvedSlot[];
  readonly recipe: Recipe;
  readonly manifest: Manifest;
  readonly key: ActionKey;
  /**
   * The key over the content of every input, also of those that a command with a depfile may not read: what is under
   * way, and what failed, is known by it, since what it will read is not known yet.
   */
  readonly workKey: ActionKey;
  /** Of a command with a depfile, where that is known: the names in scratch of the candidates it reads. */
  readonly read?: readonly string[];
}

/** What resolving asks of the build that it is part of. */
export interface ResolveContext extends SourceContext {
  readonly tasks: ReadonlyMap<string, Task>;
  readonly tools: ReadonlyMap<string, Tool>;
  /** The JSON in a built file, by the content that `content` told. @throws Unresolved */
  json(path: string, name: string): Json;
}

/** @throws Unresolved with all that a person needs to mend it. */
export function resolveAction(action: Action, context: ResolveContext): Resolved {
  const readJson = jsonReader(action, context);
  const slots = action.target.inputs.map((input) => resolveSlot(action, input, context, readJson));
  const recipe = resolveRecipe(action, slots, context, readJson);
  const manifest = describeAction(action, slots, recipe);
  const key = actionKey(manifest);
  return { slots, recipe, manifest, key, workKey: key };
}

/** Reads the JSON files that the action's own references name. */
export function jsonReader(
  action: Action,
  { graph, places, json }: Pick<ResolveContext, "graph" | "places" | "json">,
): ReadJson {
  return (reference) => {
    const source = graph.valueSource(action, reference);
    if (source === undefined) throw new Error(`BUG: '${reference.target}' is not bound for ${action.id}`);
    const { path } = source.outputs.find((output) => output.name === reference.output)!;
    return askedAt(reference.where, () => json(places.output(path), places.name(path)));
  };
}

function resolveSlot(
  action: Action,
  { slot, from, several: any }: Action["target"]["inputs"][number],
  context: ResolveContext,
  readJson: ReadJson,
): ResolvedSlot {
  const recipe = action.target.recipe;
  const found = from.map((input) =>
    input.kind === "target"
      ? builtFiles(action, slot, input, context)
      : sourceFiles(action, slot, input, context, readJson),
  );
  const files = found.flatMap((one) => one.files);
  const several = any || found.length > 1 || found.some((one) => one.several);
  const kind =
    recipe.kind === "task" ? context.tasks.get(recipe.type)!.inputs[slot]! : several ? "list" : "file";
  if (kind === "list") {
    const numbered = files.map((file, i) => ({
      ...file,
      scratch: `in/${slot}/${file.scratch || `${String(i + 1).padStart(4, "0")}${file.extension}`}`,
    }));
    if (recipe.kind === "run") refuseTwins(slot, numbered, from[0]?.where ?? action.target.where);
    return { slot, kind, files: numbered };
  }
  if (files.length > 1)
    throw Unresolved.at(
      from[0]!.where,
      `'${slot}' takes one file, and ${files.length} match: ${files.map((f) => f.name).join(", ")}.`,
    );
  if (files.length === 0 && kind === "file") {
    throw absent(action, slot, from[0]);
  }
  return { slot, kind, files: files.map((file) => ({ ...file, scratch: `in/${slot}${file.extension}` })) };
}

/** The one file of a slot that is not there: past the end of an axis, or a value that is null. */
function absent({ id, target }: Action, slot: string, input: Input | undefined): Unresolved {
  const where = input?.where ?? target.where;
  const needs = `'${slot}' of ${id} is absent, and '${target.name}' needs it.`;
  if (input?.kind !== "target" || input.shift === undefined) return Unresolved.at(where, needs);
  const { axis, by } = input.shift;
  const why = `There is no ${axis} that far ${by < 0 ? "before" : "after"} this one.`;
  const written = where.text.slice(where.column - 1).match(/[\w.-]+\[[^\]]*\]/)?.[0] ?? input.target;
  const list = target.recipe.kind === "run" ? ` Written as a list, it may be absent: ["${written}"]` : "";
  return Unresolved.at(where, `${needs} ${why}${list}`);
}

/** Two globs can match files of one name: in the command's folder, one would take the other's place. */
function refuseTwins(slot: string, files: readonly ResolvedInput[], where: Location): void {
  const byName = new Map<string, ResolvedInput>();
  for (const file of files) {
    const twin = byName.get(file.scratch);
    if (twin !== undefined && twin.path !== file.path)
      throw Unresolved.at(
        where,
        `'${slot}': the command would find ${twin.name} and ${file.name} both as ${file.scratch}; make one of them an input of its own.`,
      );
    byName.set(file.scratch, file);
  }
}

function builtFiles(
  action: Action,
  slot: string,
  input: Extract<Input, { kind: "target" }>,
  context: ResolveContext,
): FoundFiles {
  const { actions: sources, mistake } = context.graph.inputActions(action, input);
  if (mistake !== undefined) throw new Unresolved(formatDiagnostic(mistake));
  const task =
    action.target.recipe.kind === "task" ? context.tasks.get(action.target.recipe.type) : undefined;
  const files = sources.flatMap((source) => {
    const { path } = source.outputs.find((output) => output.name === input.output)!;
    const place = { absolute: context.places.output(path), name: context.places.name(path) };
    const file = inputFile(path, place, input.where, context);
    if (file === undefined && task?.inputs[slot] !== "optional") {
      throw Unresolved.at(
        input.where,
        `${context.places.name(path)} does not exist: another output of '${source.target.name}' is edited or pinned, and then its task is not run.`,
      );
    }
    return file ?? [];
  });
  const target = context.graph.pipeline.targets.find((target) => target.name === input.target)!;
  return { files, several: target.axes.some((axis) => !action.target.axes.includes(axis)) };
}

function resolveRecipe(
  action: Action,
  slots: readonly ResolvedSlot[],
  context: ResolveContext,
  readJson: ReadJson,
): Recipe {
  const { recipe, params } = action.target;
  if (recipe.kind === "run") {
    const command = evaluateCommand(recipe.command, action, readJson, (reference) => {
      if (reference.kind === "deps") return DEPFILE;
      if (reference.kind === "out") return scratchOutput(action, reference.output);
      const { kind, files } = slots.find((one) => one.slot === reference.slot)!;
      const paths = files.map((file) => file.scratch);
      return kind === "list" ? paths : paths[0]!;
    });
    return { kind: "run", command };
  }
  const task = context.tasks.get(recipe.type)!;
  const checked = task.checkParams(evaluate(params, action, readJson));
  if (!checked.ok) {
    const [problem] = checked.problems as [ParamProblem];
    throw Unresolved.at(
      action.target.paramsWhere[problem.param] ?? action.target.where,
      sayParam(action.target, problem),
    );
  }
  const tools = new Map(toolsOf(task, slots).map((name) => [name, context.tools.get(name)!]));
  return { kind: "task", task, params: checked.value, tools };
}

function toolsOf(task: Task, slots: readonly ResolvedSlot[]): readonly string[] {
  const given = slots.find(({ slot, files }) => Object.hasOwn(task.toolsFor, slot) && files.length > 0);
  return given === undefined ? task.tools : task.toolsFor[given.slot]!;
}

/** Whether a manifest names another version of a tool than there is. */
export function isByAnotherTool(manifest: Manifest, tools: ReadonlyMap<string, Tool>): boolean {
  return manifest.some(([label, value]) => {
    const [, name = ""] = /^tool\.(.+)$/.exec(label) ?? [];
    return tools.has(name) && tools.get(name)!.identity !== value;
  });
}

/** Whether running it costs money. */
export function isPaid({ recipe }: Resolved): boolean {
  return recipe.kind === "task" && [...recipe.tools.values()].some((tool) => tool.paid);
}

/** What it waits for while it runs; undefined where it works on this machine. */
export function serviceOf({ recipe }: Resolved): Service | undefined {
  if (recipe.kind !== "task") return undefined;
  for (const { service } of recipe.tools.values()) if (service !== undefined) return service;
  return undefined;
}

/** US dollars that a run is going to cost at most; undefined where no price is known. */
export function estimateOf({ recipe, slots }: Resolved): number | undefined {
  if (recipe.kind !== "task") return 0;
  const tools = Object.fromEntries([...recipe.tools].map(([name, tool]) => [name, tool.value]));
  return recipe.task.estimate({ params: recipe.params, inputs: taskInputs(recipe.task, slots), tools });
}

/** What could be written into the configuration for its price to be known. */
export function missingPricesOf({ recipe }: Resolved) {
  const tools = recipe.kind === "task" ? [...recipe.tools.values()] : [];
  const priceRows = tools.flatMap(({ priceRow }) => priceRow ?? []);
  const modelHints = tools.flatMap(({ modelHint }) => modelHint ?? []);
  return { ...(priceRows.length > 0 && { priceRows }), ...(modelHints.length > 0 && { modelHints }) };
}

/** Where a command writes an output in its scratch folder: told by the output's name, never by its path. */
export function scratchOutput(action: Action, name: string): string {
  return `out/${name}${extname(action.outputs.find((output) => output.name === name)!.path)}`;
}

/**
 * The one walk that is hashed as the key and kept as the explanation: inputs and outputs by their names, in whatever
 * order the YAML has them. Of an input that is not read only the name counts, by slot and name in scratch.
 */
export function describeAction(
  action: Action,
  slots: readonly ResolvedSlot[],
  recipe: Recipe,
  isRead: (slot: string, name: string) => boolean = () => true,
): Manifest {
  const lines: [string, string][] = [];
  if (recipe.kind === "task") {
    lines.push(["task", `${recipe.task.type} ${recipe.task.version}`]);
    if (recipe.task.code !== undefined) lines.push(["task.code", `sha256:${recipe.task.code}`]);
    for (const [name, tool] of recipe.tools) lines.push([`tool.${name}`, tool.identity]);
    for (const [name, value] of Object.entries(recipe.params as object))
      lines.push([`with.${name}`, canonicalJson(value as Json)]);
  } else {
    lines.push(
      ["run", canonicalJson([...recipe.command.texts] as Json)],
      ["values", canonicalJson([...recipe.command.words] as Json)],
    );
  }
  for (const { slot, kind, files } of sorted(slots, ({ slot }) => slot)) {
    // To a task an empty list is one that is not given: a pipeline that comes to give it makes nothing stale by that.
    const isNotGiven = recipe.kind === "task" && kind === "list";
    if (files.length === 0 && !isNotGiven) lines.push([`in.${slot}`, "absent"]);
    for (const [i, file] of files.entries()) {
      // A command sees its inputs' names in its scratch folder, so they can change what it makes.
      const name = recipe.kind === "run" ? file.scratch : file.extension;
      const content = isRead(slot, file.scratch) ? `sha256:${file.digest}` : "unread";
      lines.push([kind === "list" ? `in.${slot}[${i}]` : `in.${slot}`, `${content} ${name}`]);
    }
  }
  for (const { name, path } of sorted(action.outputs, ({ name }) => name))
    lines.push([`out.${name}`, extname(path).toLowerCase()]);
  return lines;
}

function sorted<One>(all: readonly One[], name: (one: One) => string): readonly One[] {
  return all.length < 2 ? all : [...all].sort((a, b) => (name(a) < name(b) ? -1 : 1));
}
