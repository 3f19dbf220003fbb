/** What a build of a random pipeline has to lead to, worked out without the engine: a few loops over plain data. */
import { basename, extname } from "node:path";
import {
  type AxisName,
  axisSpec,
  type Given,
  type InputSpec,
  type Kind,
  keyOf,
  type Lists,
  make,
  outputPatterns,
  type Recipes,
  type Spec,
  type TargetSpec,
  targetSpec,
} from "./oracle-pipeline.ts";

export interface Entry {
  readonly key: string;
  readonly word: string;
  /** An entry of `f` has none. */
  readonly lists?: Lists;
}

type TargetInput = Extract<InputSpec, { kind: "target" }>;

/** Of an axis: these entries alone. */
interface Choice {
  readonly axis: AxisName;
  readonly keys: readonly string[];
}

type Binding = Readonly<Partial<Record<AxisName, Entry>>>;

/** All that a build depends on, besides what was changed by hand. */
export interface Inputs {
  readonly spec: Spec;
  readonly recipes: Recipes;
  readonly option: string;
  readonly values: readonly Entry[];
  /** Path in the project to content. */
  readonly sources: ReadonlyMap<string, string>;
  version(kind: Kind): number;
}

/** Path to what is there; undefined where nothing is. */
export type Contents = ReadonlyMap<string, string | undefined>;

/** An action as it has to end. */
export interface Node {
  readonly id: string;
  readonly target: TargetSpec;
  readonly paths: readonly string[];
  /** `kept`: edits by hand and pins stand for it. `failed`: its task fails, or an input is not there. */
  readonly status: "made" | "kept" | "failed" | "blocked";
  /** Undefined where its inputs are not there. */
  readonly key: string | undefined;
  /** What its task makes of its inputs; nothing where it fails or they are not there. */
  readonly makes: Contents;
  /** What is there in the end: that, or what stands for it. Nothing is known where it failed or is blocked. */
  readonly contents: Contents;
}

/** Contents for an action whose outputs were changed by hand or pinned; undefined where nothing stands for it. */
export type Kept = (action: Pick<Node, "id" | "paths" | "key" | "makes">) => Contents | undefined;

export interface Model {
  readonly nodes: ReadonlyMap<string, Node>;
  /** Whether every list is known, and with them all nodes. */
  readonly whole: boolean;
}

export function modelOf(inputs: Inputs, kept: Kept): Model {
  const modelling = new Modelling(inputs);
  for (const target of inputs.spec.targets) modelling.add(target, kept);
  return { nodes: modelling.nodes, whole: modelling.whole };
}

/** One file that an action is given. */
interface File {
  /** What a command sees of its name. */
  readonly name: string;
  readonly extension: string;
  readonly content: string;
}

type Files = readonly File[] | "blocked" | "failed";

class Modelling {
  readonly nodes = new Map<string, Node>();
  whole = true;
  readonly #inputs: Inputs;
  readonly #bound = new Map<string, Node>();

  constructor(inputs: Inputs) {
    this.#inputs = inputs;
  }

  add(target: TargetSpec, kept: Kept): void {
    const { bindings, pending } = this.#bindings(target, {});
    if (pending) this.whole = false;
    for (const binding of bindings) {
      const patterns = Object.entries(outputPatterns(target, this.#inputs.recipes));
      const paths = patterns.map(([, pattern]) =>
        pattern.replace(/\$\{(\w)\}/g, (_, axis) => binding[axis as AxisName]!.key),
      );
      const named = new Map(patterns.map(([name], i) => [name, paths[i]!]));
      const node = this.#node(target, binding, named, kept);
      this.nodes.set(node.id, node);
      this.#bound.set(boundName(target, binding), node);
    }
    // An axis that nothing repeats over is not expanded, so its list tells of no more actions.
    const { axes, targets } = this.#inputs.spec;
    const lists = axes.some(
      ({ name, source }) => source === target.name && targets.some((one) => one.axes.includes(name)),
    );
    if (lists && [...this.nodes.values()].some((node) => node.target === target && !isThere(node)))
      this.whole = false;
  }

  #node(target: TargetSpec, binding: Binding, named: ReadonlyMap<string, string>, kept: Kept): Node {
    const paths = [...named.values()];
    const none: Contents = new Map();
    const node = { id: paths[0]!, target, paths, key: undefined, makes: none, contents: none };
    const texts = this.#texts(target, binding);
    const parts = this.#files(target.parts, binding, false);
    const near = this.#files(target.near === undefined ? [] : [target.near], binding, true);
    if ([texts, parts, near].includes("blocked")) return { ...node, status: "blocked" };
    if (typeof texts === "string" || typeof parts === "string" || typeof near === "string")
      return { ...node, status: "failed" };
    const { kind, name } = target;
    const given: Given = {
      kind,
      version: kind === "run" ? 0 : this.#inputs.version(kind),
      salt: this.#inputs.recipes.salt.get(name) ?? 0,
      slots: [...(target.parts.length > 0 ? ["parts"] : []), ...(target.near ? ["near"] : [])].join(" "),
      text: kind === "run" ? texts : [texts.map((text) => `${text}.`).join("")],
      parts: parts.map(({ content }) => content),
      near: near[0]?.content,
    };
    const names = [...parts, ...near].map(({ name, extension }) => (kind === "run" ? name : extension));
    const key = keyOf(given, names);
    const made = make(given);
    const makes: Contents = new Map(made && [...named].map(([name, path]) => [path, made[name]]));
    const stands = kept({ ...node, key, makes });
    if (stands !== undefined) return { ...node, key, makes, status: "kept", contents: stands };
    if (made === undefined) return { ...node, key, status: "failed" };
    return { ...node, key, makes, status: "made", contents: makes };
  }

  /** The values of a target's `${…}`. */
  #texts(target: TargetSpec, binding: Binding): readonly string[] | "blocked" {
    const texts = target.text.map((path) => {
      const [owner, member] = path.split(".") as [string, string?];
      if (owner === "options") return this.#inputs.option;
      const entry = binding[owner as AxisName];
      if (entry !== undefined) return member === undefined ? entry.key : entry.word;
      const { nodes, pending } = this.#find(targetSpec(this.#inputs.spec, owner), binding);
      if (pending || !isThere(nodes[0]!)) return undefined;
      return (JSON.parse(soleContent(nodes[0]!)) as { title: string }).title;
    });
    return texts.every((text) => text !== undefined) ? texts : "blocked";
  }

  #files(inputs: readonly InputSpec[], binding: Binding, optional: boolean): Files {
    const found = inputs.map((input, at) =>
      input.kind === "target"
        ? this.#built(input, binding, optional)
        : this.#sources(input, binding, inputs.length > 1 ? `${at + 1}/` : ""),
    );
    if (found.includes("blocked")) return "blocked";
    return found.includes("failed") ? "failed" : (found as (readonly File[])[]).flat();
  }

  #sources({ kind, path }: Exclude<InputSpec, { kind: "target" }>, binding: Binding, folder: string): Files {
    const wanted = path.replace("./", "").replace("${f}", binding.f?.key ?? "");
    const { sources } = this.#inputs;
    const paths = [...sources.keys()].filter((one) =>
      kind === "source" ? one === wanted : one.startsWith(wanted.replace("*.txt", "")),
    );
    if (paths.length === 0) return "failed";
    return paths.sort().map((one) => ({
      name: kind === "glob" ? `${folder}${basename(one)}` : "",
      extension: extname(one),
      content: sources.get(one)!,
    }));
  }

  #built({ target, output, shift, choice }: TargetInput, binding: Binding, optional: boolean): Files {
    const maker = targetSpec(this.#inputs.spec, target);
    const fixed = shift === undefined ? binding : this.#shifted(binding, shift);
    if (fixed === undefined) return [];
    const chosen = choice && { axis: choice.axis, keys: this.#chosen(choice, binding) };
    const { nodes, pending, missing } = this.#find(maker, fixed, chosen);
    if (pending || !nodes.every(isThere)) return "blocked";
    if (missing) return "failed";
    const contents = nodes.map((node) => {
      const at = maker.kind === "pair" && output === "b" ? 1 : 0;
      return { name: "", extension: extname(node.paths[at]!), content: node.contents.get(node.paths[at]!) };
    });
    const there = contents.filter((file): file is File => file.content !== undefined);
    return there.length < contents.length && !optional ? "failed" : there;
  }

  #shifted(binding: Binding, { axis, by }: { axis: AxisName; by: number }): Binding | undefined {
    const { [axis]: here, ...outer } = binding;
    const entries = this.#entries(axis, outer) as readonly Entry[];
    const next = entries[entries.findIndex(({ key }) => key === here!.key) + by];
    return next && { ...binding, [axis]: next };
  }

  /** The keys that a list names, as the axis has them. */
  #chosen({ axis, of, list }: NonNullable<TargetInput["choice"]>, binding: Binding): readonly string[] {
    const keys = binding[of]!.lists![list].map((item) =>
      typeof item === "object" ? (item as Record<string, string | number>)[axis]! : (item as string | number),
    );
    return [...new Set(keys.map((key) => (axis === "v" ? String(key) : String(key).padStart(2, "0"))))];
  }

  #find(target: TargetSpec, fixed: Binding, choice?: Choice) {
    const { bindings, ...rest } = this.#bindings(target, fixed, choice);
    return { ...rest, nodes: bindings.map((binding) => this.#bound.get(boundName(target, binding))!) };
  }

  /** `missing`: a list lacks an entry that is named; then none of its entries is there. */
  #bindings(target: TargetSpec, fixed: Binding, choice?: Choice) {
    let bindings: Binding[] = [{}];
    let [pending, missing] = [false, false];
    for (const axis of target.axes) {
      const held = fixed[axis] !== undefined ? [fixed[axis].key] : undefined;
      const keys = choice?.axis === axis ? choice.keys : held;
      bindings = bindings.flatMap((binding) => {
        const entries = this.#entries(axis, binding);
        if (entries === "pending") pending = true;
        if (entries === "pending") return [];
        const found = entries.filter(({ key }) => keys === undefined || keys.includes(key));
        const lacks = choice?.axis === axis && found.length < choice.keys.length;
        if (lacks) missing = true;
        return lacks ? [] : found.map((entry) => ({ ...binding, [axis]: entry }));
      });
    }
    return { bindings, pending, missing };
  }

  #entries(name: AxisName, binding: Binding): readonly Entry[] | "pending" {
    const { spec, values, sources } = this.#inputs;
    if (name === "v") return values;
    if (name === "f") {
      const keys = [...sources.keys()].flatMap((path) => /^scripts\/(.*)\.txt$/.exec(path)?.[1] ?? []);
      return keys.sort().map((key) => ({ key, word: key }));
    }
    const axis = axisSpec(spec, name);
    const lister = this.#bound.get(boundName(targetSpec(spec, axis.source!), binding))!;
    if (!isThere(lister)) return "pending";
    const { items } = JSON.parse(soleContent(lister)) as {
      items: ({ number: number; name: string; text: string } & Lists)[];
    };
    return items.map(({ number, name, text, some, ids }) => ({
      key: axis.key === "name" ? name : String(number).padStart(2, "0"),
      word: text,
      lists: { some, ids },
    }));
  }
}

function isThere({ status }: Node): boolean {
  return status === "made" || status === "kept";
}

function soleContent({ contents, paths }: Node): string {
  return contents.get(paths[0]!)!;
}

function boundName({ name, axes }: TargetSpec, binding: Binding): string {
  return [name, ...axes.map((axis) => binding[axis]!.key)].join("\0");
}
