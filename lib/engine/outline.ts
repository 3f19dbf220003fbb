/** Graph → Outline: what a picture of it shows, by target or by output. */
import type { Json } from "../base/json.ts";
import type { Outline, OutlineEdge, OutlineNode, Tie } from "../model/outline.ts";
import type { Action, Expression, Reference, Target } from "../model/pipeline.ts";
import { targetReferences } from "../pipeline/check.ts";
import type { Graph } from "../pipeline/graph.ts";
import { splitGlob } from "../pipeline/paths.ts";
import type { MatchFiles } from "../pipeline/patterns.ts";
import { partsOf } from "../pipeline/scope.ts";
import type { FileStates } from "../store/file-states.ts";
import type { Traces } from "../store/journal.ts";
import { Unresolved } from "./evaluate.ts";
import { type FileInput, inputGlobs } from "./globs.ts";
import type { Places } from "./place.ts";
import { jsonReader } from "./resolve.ts";

/** What a walk has seen. */
export interface Seen {
  readonly graph: Graph;
  /** The actions that were asked for, and all that they need. */
  readonly wanted: readonly Action[];
  readonly places: Places;
  readonly files: FileStates;
  readonly traces: Traces;
  readonly match: MatchFiles;
  /** The JSON in a built file. @throws Unresolved where it is not there yet */
  json(path: string, name: string): Json;
}

/** `goals`: the outputs that were asked for; none for everything. */
export function targetOutline(seen: Seen, goals: readonly string[]): Outline {
  const { graph, wanted } = seen;
  const { targets } = graph.pipeline;
  const asked = new Set([
    ...wanted.map(({ target }) => target),
    ...goals.flatMap((goal) => graph.mayMake(goal)),
  ]);
  const shown = goals.length === 0 ? new Set(targets) : closure(asked, (target) => needed(graph, target));
  const sketch = new Sketch();
  for (const target of targets.filter((target) => shown.has(target))) {
    const own = wanted.filter((action) => action.target === target);
    const node = sketch.add({
      kind: "target",
      id: `target:${target.name}`,
      target: target.name,
      task: taskOf(target),
      outputs: own.length * target.outputs.length,
      atLeast: graph.isOpen(target),
    });
    for (const input of fileInputs(target))
      sketch.tie(sketch.source(sayPattern(input.pattern)), node, "file");
    for (const [other, tie] of ties(graph, target)) sketch.tie(`target:${other.name}`, node, tie);
  }
  return sketch.done(seen.places.built);
}

export function outputOutline(seen: Seen): Outline {
  const { graph, wanted } = seen;
  const sketch = new Sketch();
  const order = new Map(graph.pipeline.targets.map((target, i) => [target, i]));
  const sorted = [...wanted].sort(
    (a, b) => order.get(a.target)! - order.get(b.target)! || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  for (const action of sorted) {
    const { target } = action;
    const outputs = action.outputs.map(({ path }) => path);
    const task = taskOf(target);
    const node = sketch.add({ kind: "action", id: idOf(action), target: target.name, task, outputs });
    for (const input of fileInputs(target))
      for (const path of sourcesOf(action, input, seen)) sketch.tie(sketch.source(path), node, "file");
    for (const input of targetInputs(target))
      for (const source of graph.inputActions(action, input).actions) sketch.tie(idOf(source), node, "file");
    for (const reference of [...targetReferences(target), ...lists(graph, target)]) {
      const source = graph.valueSource(action, reference);
      const tie = targetReferences(target).includes(reference) ? "value" : "list";
      if (source !== undefined) sketch.tie(idOf(source), node, tie);
    }
  }
  return sketch.done(seen.places.built);
}

/** Whether a file of the project is what outputs are made from, or stands for one. */
export function isSource(path: string, seen: Omit<Seen, "wanted">): boolean {
  if (seen.files.look(seen.places.source(path))?.kind !== "file") return false;
  if (/^(scripts|pinned)\//.test(path)) return true;
  const { nodes } = outputOutline({ ...seen, wanted: [...seen.graph.actions.values()] });
  return nodes.some((node) => node.kind === "source" && node.path === path);
}

const idOf = (action: Action) => `output:${action.id}`;

const taskOf = ({ recipe }: Target) => (recipe.kind === "task" ? recipe.type : null);

const fileInputs = ({ inputs }: Target) =>
  inputs.flatMap(({ from }) => from.filter((input): input is FileInput => input.kind === "files"));

const targetInputs = ({ inputs }: Target) =>
  inputs.flatMap(({ from }) => from.filter((input) => input.kind === "target"));

/** The lists that say how many there are of a target. */
function lists(graph: Graph, { axes }: Target) {
  return graph.pipeline.axes.flatMap((axis) =>
    axis.kind === "items" && axes.includes(axis.name) ? [axis.source] : [],
  );
}

/** The targets that one rests on, and how. */
function ties(graph: Graph, target: Target): readonly (readonly [Target, Tie])[] {
  const named = (name: string) => graph.pipeline.targets.find((other) => other.name === name)!;
  return [
    ...targetInputs(target).map((input) => [named(input.target), "file"] as const),
    ...targetReferences(target).map((reference) => [named(reference.target), "value"] as const),
    ...lists(graph, target).map((reference) => [named(reference.target), "list"] as const),
  ];
}

const needed = (graph: Graph, target: Target) => ties(graph, target).map(([other]) => other);

function closure<Item>(start: Iterable<Item>, next: (item: Item) => readonly Item[]): ReadonlySet<Item> {
  const found = new Set(start);
  // A set's loop reaches what is added meanwhile.
  for (const item of found) for (const one of next(item)) found.add(one);
  return found;
}

/** The files that an input stands for; its pattern where there is none, or where that is not known yet. */
function sourcesOf(action: Action, input: FileInput, seen: Seen): readonly string[] {
  try {
    const { texts } = inputGlobs(input, action, jsonReader(action, seen));
    return texts.flatMap((glob) => {
      const found = seen.match(glob);
      return found.length > 0 ? found : [plain(glob)];
    });
  } catch (error) {
    if (!(error instanceof Unresolved)) throw error;
    return [sayPattern(input.pattern)];
  }
}

/** A glob that names one file, as that file's path. */
function plain(glob: string): string {
  const { base, rest } = splitGlob(glob);
  return rest === "" ? `${glob.startsWith("/") ? "/" : ""}${base}` : glob;
}

/** As the pipeline file has it, with what was known from the start filled in. */
function sayPattern(pattern: Expression): string {
  const parts = partsOf(pattern);
  if (parts.every((part) => typeof part === "string")) return plain(parts.join(""));
  return parts.map((part) => (typeof part === "string" ? part : sayReference(part))).join("");
}

function sayReference(reference: Reference): string {
  switch (reference.kind) {
    case "axis":
      return `\${${[reference.axis, ...reference.path].join(".")}}`;
    case "target":
      return `\${${[reference.target, ...reference.path].join(".")}}`;
    default:
      throw new Error(`BUG: a path pattern with a reference to '${reference.kind}'`);
  }
}

/** Nodes and edges as they come to light, each once. */
class Sketch {
  readonly #made = new Map<string, OutlineNode>();
  readonly #sources = new Map<string, OutlineNode>();
  readonly #ties = new Map<string, Set<Tie>>();

  add(node: OutlineNode): string {
    this.#made.set(node.id, node);
    return node.id;
  }

  source(path: string): string {
    const id = `source:${path}`;
    this.#sources.set(id, { kind: "source", id, path });
    return id;
  }

  tie(from: string, to: string, tie: Tie): void {
    const name = JSON.stringify([from, to]);
    this.#ties.set(name, (this.#ties.get(name) ?? new Set()).add(tie));
  }

  /** Sources first, sorted; then what is made, in the order in which it was added. */
  done(project: string): Outline {
    const sources = [...this.#sources.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const nodes = [...sources, ...this.#made.values()];
    const place = new Map(nodes.map(({ id }, i) => [id, i]));
    const edges = [...this.#ties].map(([name, ties]): OutlineEdge => {
      const [from, to] = JSON.parse(name) as [string, string];
      return { from, to, ties: [...ties].sort() };
    });
    edges.sort((a, b) => place.get(a.to)! - place.get(b.to)! || place.get(a.from)! - place.get(b.from)!);
    return { project, nodes, edges };
  }
}
