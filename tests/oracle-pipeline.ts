/** Random pipelines: as data, as the file that the engine reads, and with tasks whose results a model can tell. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import fc from "fast-check";
import type { Json } from "../lib/base/json.ts";
import type { InputFile, Task } from "../lib/model/task.ts";
import { defineTask, z } from "../lib/task.ts";

/** `v` has fixed values, `f` is one per script, `i` and `j` list what a built file holds. */
export type AxisName = "v" | "f" | "i" | "j";

export interface AxisSpec {
  readonly name: AxisName;
  /** Of a list: the target whose file it is in, and the member that is its key. */
  readonly source?: string;
  readonly key?: "number" | "name";
}

export const KINDS = ["mix", "pair", "head", "list", "run"] as const;
export type Kind = (typeof KINDS)[number];

export type InputSpec =
  | { readonly kind: "source"; readonly path: string }
  | { readonly kind: "glob"; readonly path: string }
  | {
      readonly kind: "target";
      readonly target: string;
      readonly output: string;
      readonly shift: { readonly axis: AxisName; readonly by: number } | undefined;
      /** `[i in v.some]`: of an axis that is gathered, only what an entry of another axis names. */
      readonly choice:
        | { readonly axis: AxisName; readonly of: AxisName; readonly list: ListName }
        | undefined;
    };

/** Lists in an entry: of numbers, which are the keys of some lists, and of ids of `v`. Now and then, one is not there. */
export type ListName = "some" | "ids";
export type Lists = Readonly<Record<ListName, readonly Json[]>>;

export function listsOf(seed: string): Lists {
  const number = Number.parseInt(short(seed), 16);
  const some = [[], [1], [2, 1], [{ i: 1, j: 1 }], [{ i: 2, j: 2 }, 1], [1]];
  const ids = [["p"], [], [{ v: "p" }], ["q", "p"]];
  return { some: pick(some, number), ids: pick(ids, number) };
}

export interface TargetSpec {
  readonly name: string;
  readonly kind: Kind;
  readonly axes: readonly AxisName[];
  readonly parts: readonly InputSpec[];
  /** The neighbour on an axis, absent past the end; not for commands. */
  readonly near: InputSpec | undefined;
  /** Dotted paths of `${…}`, put one after the other. */
  readonly text: readonly string[];
}

export interface Spec {
  readonly axes: readonly AxisSpec[];
  readonly targets: readonly TargetSpec[];
}

/** What an edit of the pipeline file changes, by target. */
export interface Recipes {
  readonly salt: ReadonlyMap<string, number>;
  readonly folder: ReadonlyMap<string, number>;
}

export function axisSpec(spec: Spec, name: AxisName): AxisSpec {
  return spec.axes.find((axis) => axis.name === name)!;
}

export function targetSpec(spec: Spec, name: string): TargetSpec {
  return spec.targets.find((target) => target.name === name)!;
}

/** Name of each output to its path pattern. */
export function outputPatterns(
  { name, kind, axes }: TargetSpec,
  { folder }: Recipes,
): Record<string, string> {
  const moved = folder.get(name) ?? 0;
  const stem = `${name}${moved > 0 ? `m${moved}` : ""}/${axes.map((axis) => `\${${axis}}`).join("_") || "one"}`;
  if (kind === "pair") return { a: `${stem}.a.txt`, b: `${stem}.b.txt` };
  return kind === "list" ? { list: `${stem}.json` } : { text: `${stem}.txt` };
}

/** The pipeline file; JSON is YAML. */
export function pipelineFile(spec: Spec, recipes: Recipes): string {
  const axes = spec.axes.map(({ name, source, key }) => {
    if (name === "v") return [name, { values: "${project.vs}", key: "id" }];
    if (name === "f") return [name, { files: "scripts/${f}.txt" }];
    return [name, { items: `\${${source}.items}`, key, pad: 2 }];
  });
  const targets = spec.targets.map((target) => [target.name, targetEntry(target, recipes)]);
  return JSON.stringify({
    options: { o: "plain" },
    axes: Object.fromEntries(axes),
    targets: Object.fromEntries(targets),
  });
}

function targetEntry(target: TargetSpec, recipes: Recipes): unknown {
  const { kind, parts, near, text } = target;
  const salt = recipes.salt.get(target.name) ?? 0;
  const out = outputPatterns(target, recipes);
  const inputs = {
    ...(parts.length > 0 ? { parts: parts.map(inputText) } : {}),
    ...(near === undefined ? {} : { near: inputText(near) }),
  };
  if (kind !== "run") {
    const params = {
      salt,
      slots: Object.keys(inputs).join(" "),
      text: text.map((path) => `\${${path}}.`).join(""),
    };
    return { task: kind, in: inputs, with: params, out: kind === "pair" ? out : Object.values(out)[0] };
  }
  const words = text.map((path) => ` \${${path}}`).join("");
  const cat = parts.length > 0 ? "cat ${in.parts}; " : "";
  const run = `{ printf '%s|' ${salt}${words}; ${cat}} | sha1sum | cut -c1-8 > \${out}`;
  return { run, in: inputs, out: out.text };
}

function inputText(input: InputSpec): string {
  if (input.kind !== "target") return input.path;
  const by = input.shift === undefined ? 0 : input.shift.by;
  const shift = input.shift === undefined ? "" : `[${input.shift.axis}${by > 0 ? "+" : ""}${by}]`;
  const { choice } = input;
  const chosen = choice === undefined ? "" : `[${choice.axis} in ${choice.of}.${choice.list}]`;
  return `${input.target}.${input.output}${shift}${chosen}`;
}

/** What a task or command makes of what it is given; shared by the tasks and the model. */
export interface Given {
  readonly kind: Kind;
  readonly version: number;
  readonly salt: number;
  /** Which inputs are declared: one that is and is absent is another action than one that is not. */
  readonly slots: string;
  /** Of a command: its words. */
  readonly text: readonly string[];
  readonly parts: readonly string[];
  readonly near: string | undefined;
}

function short(text: string): string {
  return createHash("sha1").update(text).digest("hex").slice(0, 8);
}

/** Contents by output name; undefined where it fails. Some kinds make the same of much that is different. */
export function make({ kind, version, salt, text, parts, near }: Given): Record<string, string> | undefined {
  if (kind === "run") {
    return { text: `${short([salt, ...text].map((word) => `${word}|`).join("") + parts.join(""))}\n` };
  }
  if ([...text, ...(kind === "list" ? [] : parts)].some((one) => one.includes("BOOM"))) return undefined;
  const whole = short(JSON.stringify([kind, version, salt, text, parts, near ?? null]));
  const coarse = Number.parseInt(whole, 16);
  if (kind === "mix") return { text: `mix ${whole}\n` };
  if (kind === "head") return { text: `head ${coarse % 3}\n` };
  if (kind === "pair") return { a: `a ${whole}\n`, b: `b ${coarse % 2}\n` };
  const lines = [...new Set(parts.join("\n").split("\n"))].filter((line) => line.trim() !== "").slice(0, 3);
  const items = lines.map((line, i) => {
    return { number: i + 1, name: short(line), text: line.slice(0, 12), ...listsOf(line) };
  });
  return { list: JSON.stringify({ title: `T${coarse % 2}`, items }) };
}

/** Says what was made without its place: equal for two actions that are to share one result. */
export function keyOf(given: Given, extensions: readonly string[]): string {
  return JSON.stringify([given, extensions]);
}

/** The tasks of these pipelines. Each run is added to `executed`, by its key. */
export function oracleTasks(version: (kind: Kind) => number, executed: string[]): ReadonlyMap<string, Task> {
  const tasks = KINDS.filter((kind) => kind !== "run").map((kind): Task => {
    const task = defineTask({
      type: kind,
      version: version(kind),
      params: z.strictObject({ salt: z.int(), slots: z.string(), text: z.string() }),
      inputs: { parts: "list", near: "optional" },
      outputs: taskOutputs(kind),
      cheap: kind === "list",
      keep: kind === "head" ? "link" : "copy",
      async run({ params: { salt, slots, text }, inputs: { parts, near }, outputs }) {
        const read = ({ path }: InputFile) => readFileSync(path, "utf8");
        const given: Given = {
          kind,
          version: version(kind),
          salt,
          slots,
          text: [text],
          parts: parts.map(read),
          near: near && read(near),
        };
        executed.push(
          keyOf(
            given,
            [...parts, ...(near ? [near] : [])].map(({ path }) => extname(path)),
          ),
        );
        const made = make(given);
        if (made === undefined) throw new Error("BOOM");
        for (const [name, content] of Object.entries(made)) await outputs[name]!.write(content);
      },
    });
    return task;
  });
  return new Map(tasks.map((task) => [task.type, task]));
}

function taskOutputs(kind: Kind): Record<string, string> {
  if (kind === "pair") return { a: "txt", b: "txt" };
  return kind === "list" ? { list: "json" } : { text: "txt" };
}

/** Numbers that `specOf` reads modulo what can be chosen, so that every one of them is a pipeline and shrinks. */
const RAW_TARGET = fc.record({
  kind: fc.nat(11),
  axes: fc.nat(15),
  parts: fc.array(fc.tuple(fc.nat(40), fc.nat(9), fc.nat(7)), { maxLength: 3 }),
  near: fc.option(fc.tuple(fc.nat(20), fc.nat(7)), { nil: undefined }),
  text: fc.array(fc.nat(20), { maxLength: 2 }),
  named: fc.boolean(),
});
type RawTarget = typeof RAW_TARGET extends fc.Arbitrary<infer Value> ? Value : never;

const KIND_OF_RAW: readonly Kind[] = [
  ...(["mix", "mix", "mix", "pair", "pair", "head", "head", "list", "list", "list", "list", "run"] as const),
];

export const SPEC: fc.Arbitrary<Spec> = fc.array(RAW_TARGET, { minLength: 2, maxLength: 6 }).map((raw) => {
  const axes: AxisSpec[] = [{ name: "v" }, { name: "f" }];
  const targets: TargetSpec[] = [];
  for (const [at, one] of raw.entries()) {
    const target = targetOf(`t${at}`, one, { axes, targets });
    const free = (["i", "j"] as const).find((name) => axes.every((axis) => axis.name !== name));
    targets.push(target);
    if (target.kind === "list" && free !== undefined && target.axes.length < 3)
      axes.push({ name: free, source: target.name, key: one.named ? "name" : "number" });
  }
  return { axes, targets };
});

function pick<Item>(items: readonly Item[], number: number): Item {
  return items[number % items.length]!;
}

function targetOf(name: string, raw: RawTarget, before: Spec): TargetSpec {
  const kind = pick(KIND_OF_RAW, raw.kind);
  const axes = axesOf(raw.axes, before);
  const scripts = axes.includes("f")
    ? { kind: "source" as const, path: "scripts/${f}.txt" }
    : { kind: "glob" as const, path: "scripts/*.txt" };
  const sources: InputSpec[] = [
    scripts,
    { kind: "source", path: "./s0.txt" },
    { kind: "source", path: "./s1.txt" },
    { kind: "glob", path: "./extra/*.txt" },
  ];
  const choices = before.targets.flatMap((target) => choicesFor(target, axes, before));
  const parts = raw.parts.map(([number, shift, choice]): InputSpec => {
    if (choice < 4 && choices.length > 0) return pick(choices, number);
    if (before.targets.length === 0 || number % 3 === 0) return pick(sources, Math.floor(number / 3));
    return builtInput(pick(before.targets, number), axes, kind === "run" ? 0 : shift);
  });
  // What lists something reads something: an empty list makes a dull pipeline.
  const some = parts.length === 0 && kind === "list" ? [scripts] : parts;
  const inside = before.targets.filter((target) => target.axes.every((axis) => axes.includes(axis)));
  const near =
    raw.near === undefined || kind === "run" || inside.length === 0
      ? undefined
      : builtInput(pick(inside, raw.near[0]), axes, raw.near[1] % 2);
  const texts = textsFor(axes, inside);
  return { name, kind, axes, parts: some, near, text: raw.text.map((number) => pick(texts, number)) };
}

/** The axes of a mask, and those that they depend on, in the pipeline's order. */
function axesOf(mask: number, { axes, targets }: Spec): AxisName[] {
  const wanted = new Set<AxisName>();
  const add = ({ name, source }: AxisSpec) => {
    wanted.add(name);
    for (const outer of targets.find((target) => target.name === source)?.axes ?? []) wanted.add(outer);
  };
  for (const [at, axis] of axes.entries()) if ((mask >> at) % 2 === 1) add(axis);
  return axes.map(({ name }) => name).filter((name) => wanted.has(name));
}

/** Mostly the binding's own or all; sometimes the neighbour on one of the consumer's axes. */
function builtInput(target: TargetSpec, axes: readonly AxisName[], shift: number): TargetInput {
  const output =
    target.kind === "pair" ? (shift % 2 === 0 ? "a" : "b") : target.kind === "list" ? "list" : "text";
  const axis = shift % 3 === 1 && axes.length > 0 ? pick([...axes].reverse(), shift) : undefined;
  const by = shift % 4 < 2 ? 1 : -1;
  return {
    kind: "target",
    target: target.name,
    output: target.kind === "run" ? target.name : output,
    shift: axis && { axis, by },
    choice: undefined,
  };
}

type TargetInput = Extract<InputSpec, { kind: "target" }>;

/** Of a target that is gathered along an axis whose keys a list can name: what each list of the consumer's names. */
function choicesFor(target: TargetSpec, axes: readonly AxisName[], spec: Spec): TargetInput[] {
  const gathered = target.axes.filter(
    (axis) => !axes.includes(axis) && axis !== "f" && axisSpec(spec, axis).key !== "name",
  );
  const holders = axes.filter((axis) => axis !== "f");
  return gathered.flatMap((axis) =>
    holders.map((of) => ({
      ...builtInput(target, axes, 0),
      choice: { axis, of, list: axis === "v" ? "ids" : "some" },
    })),
  );
}

function textsFor(axes: readonly AxisName[], inside: readonly TargetSpec[]): string[] {
  const own = axes.map((axis) => ({ v: "v.word", f: "f", i: "i.text", j: "j.text" })[axis]);
  const lists = inside.filter(({ kind }) => kind === "list").map(({ name }) => `${name}.title`);
  return ["options.o", ...own, ...lists];
}
