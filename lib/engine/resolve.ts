/** Action → what it would be run with: its inputs, parameters, manifest and key. */
import { extname, normalize } from "node:path/posix";
import type { Location } from "../base/diagnostic.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import type { Action, Input } from "../model/pipeline.ts";
import type { InputKind, Task, Tool } from "../model/task.ts";
import type { ActionKey, Digest, Manifest } from "../model/trace.ts";
import type { Graph } from "../pipeline/graph.ts";
import { escapeGlob, sourceProblem, splitGlob } from "../pipeline/paths.ts";
import type { MatchFiles } from "../pipeline/patterns.ts";
import { DEPFILE } from "./depfile.ts";
import { type Command, evaluate, evaluateCommand, type ReadJson, Unresolved } from "./evaluate.ts";
import { actionKey } from "./manifest.ts";
import type { Places } from "./place.ts";

export interface ResolvedInput {
  /** Absolute. */
  readonly path: string;
  /** Relative to the content repo; for messages alone. */
  readonly name: string;
  readonly extension: string;
  readonly digest: Digest;
  /** Where a command finds it in its scratch folder. */
  readonly scratch: string;
}

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
export interface ResolveContext {
  readonly graph: Graph;
  readonly places: Places;
  readonly tasks: ReadonlyMap<string, Task>;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly match: MatchFiles;
  /** What is at an absolute path, or will be; undefined where there is nothing. */
  content(path: string): { readonly kind: string; readonly digest: Digest } | undefined;
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
    return json(places.output(path), places.name(path));
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
    const where = from[0]?.where ?? action.target.where;
    throw Unresolved.at(where, `'${slot}' of ${action.id} is absent, and '${action.target.name}' needs it.`);
  }
  return { slot, kind, files: files.map((file) => ({ ...file, scratch: `in/${slot}${file.extension}` })) };
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

interface FoundFiles {
  readonly files: readonly ResolvedInput[];
  /** Whether the input can stand for more than one file. */
  readonly several: boolean;
}

function builtFiles(
  action: Action,
  slot: string,
  input: Extract<Input, { kind: "target" }>,
  context: ResolveContext,
): FoundFiles {
  const sources = context.graph.inputActions(action, input).actions;
  const task =
    action.target.recipe.kind === "task" ? context.tasks.get(action.target.recipe.type) : undefined;
  const files = sources.flatMap((source) => {
    const { path } = source.outputs.find((output) => output.name === input.output)!;
    const file = inputFile(path, context.places.output(path), input.where, context);
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

function sourceFiles(
  action: Action,
  slot: string,
  input: Extract<Input, { kind: "files" }>,
  context: ResolveContext,
  readJson: ReadJson,
): FoundFiles {
  const glob = patternText(input, action, readJson);
  const problem = sourceProblem(glob);
  if (problem !== undefined) throw Unresolved.at(input.where, `'${glob}' ${problem}`);
  const { base, rest } = splitGlob(glob);
  const isGlob = rest !== "";
  const paths = isGlob ? context.match(glob) : plainPath(glob, base);
  for (const path of paths) refuseOutput(path, input, context);
  if (paths.length === 0)
    throw Unresolved.at(input.where, `'${slot}': no file matches ${context.places.name(glob)}.`);
  const files = paths.map((path) => {
    const whole = path.replace(/^\//, "");
    const relative = base === "" ? whole : whole.slice(base.length + 1);
    const file = inputFile(path, context.places.source(path), input.where, context);
    if (file === undefined) {
      const problem = isGlob
        ? `${context.places.name(path)} is gone.`
        : `there is no file ${context.places.name(path)}.`;
      throw Unresolved.at(input.where, `'${slot}': ${problem}`);
    }
    // A path that is spelt out has a number for its name: renamed, it is the same input.
    return isGlob ? { ...file, scratch: relative } : file;
  });
  return { files, several: isGlob };
}

/** Like a glob, it never finds what is ours. */
function plainPath(glob: string, base: string): readonly string[] {
  if (base.split("/").includes(".faceless")) return [];
  return [glob.startsWith("/") ? `/${base}` : base];
}

/** A file that a target makes is no source: read as one, it would be read before it is made. */
function refuseOutput(
  path: string,
  { where }: Extract<Input, { kind: "files" }>,
  context: ResolveContext,
): void {
  const own = `/${context.places.project}/`;
  const inProject = path.startsWith(own)
    ? path.slice(own.length)
    : path.startsWith("/")
      ? undefined
      : normalize(path);
  const maker = inProject === undefined ? undefined : context.graph.maker(inProject);
  if (maker === undefined) return;
  throw Unresolved.at(
    where,
    `${context.places.name(path)} is made by '${maker.target.name}': name the target instead of its file.`,
  );
}

/** The glob with its references filled in, each standing for itself. @throws Unresolved */
export function patternText(
  { pattern }: Extract<Input, { kind: "files" }>,
  action: Action,
  readJson: ReadJson,
): string {
  const value = (part: string | Parameters<typeof evaluate>[0]) =>
    typeof part === "string" ? part : escapeGlob(String(evaluate(part, action, readJson)));
  if (pattern.kind === "text") {
    return pattern.parts
      .map((part) => value(typeof part === "string" ? part : { kind: "reference", reference: part }))
      .join("");
  }
  return pattern.kind === "reference" ? value(pattern) : String(evaluate(pattern, action, readJson));
}

function inputFile(
  path: string,
  absolute: string,
  where: Location,
  context: ResolveContext,
): ResolvedInput | undefined {
  const content = context.content(absolute);
  const name = context.places.name(path);
  if (content === undefined) return undefined;
  if (content.kind !== "file")
    throw Unresolved.at(
      where,
      `${name} is a ${content.kind === "folder" ? "folder" : "pipe, socket or device"}, where a file is expected.`,
    );
  return {
    path: absolute,
    name,
    extension: extname(path).toLowerCase(),
    digest: content.digest,
    scratch: "",
  };
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
    const { param, message } = checked.problems[0]!;
    throw Unresolved.at(action.target.paramsWhere[param] ?? action.target.where, message);
  }
  const tools = new Map(task.tools.map((name) => [name, context.tools.get(name)!]));
  return { kind: "task", task, params: checked.value, tools };
}

/** Whether running it costs money. */
export function isPaid({ recipe }: Resolved): boolean {
  return recipe.kind === "task" && [...recipe.tools.values()].some((tool) => tool.paid);
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
    if (files.length === 0) lines.push([`in.${slot}`, "absent"]);
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
