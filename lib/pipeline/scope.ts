/** What a `${…}` may name at one place of a pipeline, and what it means there. */
import type { Location } from "../base/diagnostic.ts";
import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import { nearest, suggest } from "../base/nearest.ts";
import type { Expression, Reference, Target } from "../model/pipeline.ts";
import { parseTemplate } from "./template.ts";

/** Where the character at an offset of a text stands. */
export type Inside = (offset: number) => Location;

/** How to complain about one place. Everything is compiled on, so that all mistakes are told at once. */
export type Complain = (where: Location, message: string) => unknown;

/** `project` and `options`: known now, so they become constants. */
export interface Constants {
  readonly values: Readonly<Record<string, Json>>;
  /** What to do for a value that is not there, by its dotted name. */
  readonly remedies: Readonly<Record<string, string>>;
}

export interface Scope {
  readonly constants: Constants;
  readonly axes: readonly string[];
  /** Axes that exist in the pipeline but mean nothing here, with the reason as a sentence. */
  readonly elsewhere: Readonly<Record<string, string>>;
  /** Target name to the names of its outputs and of those that are JSON. */
  readonly targets: ReadonlyMap<string, readonly string[]>;
  /** Slots and outputs of a `run:` command; undefined elsewhere. */
  readonly run?: {
    readonly slots: readonly string[];
    readonly outputs: readonly string[];
    readonly deps: boolean;
  };
}

/** The part of a value that a dotted path names; the first name that is missing, and what there is instead. */
export function lookup(
  value: Json,
  path: readonly string[],
): { found: true; value: Json } | { found: false; missing: string; known: readonly string[]; at: number } {
  let here = value;
  for (const [at, name] of path.entries()) {
    const known = Array.isArray(here)
      ? here.map((_, i) => String(i))
      : isJsonObject(here)
        ? Object.keys(here)
        : [];
    if (!known.includes(name)) return { found: false, missing: name, known, at };
    here = (here as JsonObject)[name] as Json;
  }
  return { found: true, value: here };
}

type Meaning = Extract<Expression, { kind: "constant" | "reference" }>;

/** What a dotted path names in this scope; undefined after a complaint. */
function resolve(
  path: readonly string[],
  where: Location,
  scope: Scope,
  complain: Complain,
): Meaning | undefined {
  const [first, ...rest] = path as [string, ...string[]];
  const { values, remedies } = scope.constants;
  const constant = values[first];
  if (constant !== undefined) {
    const found = lookup(constant, rest);
    if (found.found) return { kind: "constant", value: found.value };
    const owner = [first, ...rest.slice(0, found.at)].join(".");
    const help = remedies[`${owner}.${found.missing}`] ?? suggest(found.missing, found.known);
    complain(where, `${owner} has no '${found.missing}'. ${help}`);
    return undefined;
  }
  if (scope.axes.includes(first))
    return { kind: "reference", reference: { kind: "axis", axis: first, path: rest, where } };
  if (scope.elsewhere[first] !== undefined) {
    complain(where, scope.elsewhere[first]);
    return undefined;
  }
  if (scope.run !== undefined && (first === "in" || first === "out")) {
    return asMeaning(runReference(first, rest, where, scope.run, complain));
  }
  if (scope.run !== undefined && first === "deps")
    return asMeaning(depsReference(rest, where, scope.run, complain));
  const outputs = scope.targets.get(first);
  if (outputs !== undefined) return asMeaning(targetValue(first, outputs, rest, where, complain));
  const names = [
    ...Object.keys(values),
    ...scope.axes,
    ...scope.targets.keys(),
    ...(scope.run ? ["in", "out"] : []),
  ];
  complain(where, `there is no '${first}' here. ${suggest(first, names)}`);
  return undefined;
}

function asMeaning(reference: Reference | undefined): Meaning | undefined {
  return reference && { kind: "reference", reference };
}

function runReference(
  first: "in" | "out",
  rest: readonly string[],
  where: Location,
  run: NonNullable<Scope["run"]>,
  complain: Complain,
): Reference | undefined {
  const names = first === "in" ? run.slots : run.outputs;
  const name = rest[0] ?? (first === "out" && names.length === 1 ? names[0] : undefined);
  if (name === undefined || !names.includes(name) || rest.length > 1) {
    const problem =
      name === undefined
        ? `'${first}' needs a name after it.`
        : `there is no '${[first, ...rest].join(".")}'.`;
    complain(where, `${problem} ${suggestFile(first, name ?? "", names)}`);
  } else {
    return first === "in" ? { kind: "in", slot: name, where } : { kind: "out", output: name, where };
  }
  return undefined;
}

function suggestFile(first: "in" | "out", name: string, names: readonly string[]): string {
  if (first === "in" && names.length === 0) return "The target has no inputs: give it some under 'in'.";
  if (first === "out" && names.length === 1) return "The target has one output: write ${out}.";
  const meant = nearest(name, names);
  if (meant !== undefined) return `Did you mean '${first}.${meant}'?`;
  return suggest(
    "",
    names.map((one) => `${first}.${one}`),
  );
}

function depsReference(
  rest: readonly string[],
  where: Location,
  { deps }: NonNullable<Scope["run"]>,
  complain: Complain,
): Reference | undefined {
  if (rest.length > 0) complain(where, "'deps' is one file: write ${deps}.");
  else if (deps) return { kind: "deps", where };
  else
    complain(
      where,
      "${deps} is the file in which a command tells what it read: say so with 'deps: make' beside 'run'.",
    );
  return undefined;
}

/** `${script.title}`, or `${narration.marks.words}` where the target names its outputs. */
function targetValue(
  target: string,
  outputs: readonly string[],
  rest: readonly string[],
  where: Location,
  complain: Complain,
): Reference | undefined {
  if (outputs.length === 1) return { kind: "target", target, output: outputs[0]!, path: rest, where };
  const [output, ...path] = rest;
  if (output !== undefined && outputs.includes(output))
    return { kind: "target", target, output, path, where };
  complain(where, `'${target}' has several outputs; name one. ${suggest(output ?? "", outputs)}`);
  return undefined;
}

/** What a value is that is no single one, for a message. */
export function describe(value: Json): string {
  return value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : isJsonObject(value)
        ? "a map"
        : JSON.stringify(value);
}

/** Compiles one string. After a complaint the expression is the constant null, so that compiling goes on. */
export function compileText(text: string, inside: Inside, scope: Scope, complain: Complain): Expression {
  const { pieces, problems } = parseTemplate(text);
  for (const { offset, message } of problems) complain(inside(offset), message);
  let failed = problems.length > 0;
  const parts: (string | Reference)[] = [];
  for (const piece of pieces) {
    if (typeof piece === "string") {
      parts.push(piece);
      continue;
    }
    const at = inside(piece.offset);
    const meaning = resolve(piece.path, at, scope, complain);
    if (meaning === undefined) failed = true;
    else if (pieces.length === 1 && !failed && scope.run === undefined) return meaning;
    else if (meaning.kind === "reference") parts.push(meaning.reference);
    else if (typeof meaning.value === "object") {
      complain(at, `'${piece.path.join(".")}' is ${describe(meaning.value)} and cannot stand inside a text.`);
    } else if (scope.run !== undefined)
      parts.push({ kind: "value", name: piece.path.join("."), value: meaning.value, where: at });
    else parts.push(String(meaning.value));
  }
  if (failed) return { kind: "constant", value: null };
  if (parts.every((part) => typeof part === "string")) return { kind: "constant", value: parts.join("") };
  return { kind: "text", parts };
}

/** Compiles any value; `locate` tells where the character at an offset of the text at a path stands. */
export function compileValue(
  value: Json,
  locate: (path: readonly (string | number)[], offset: number) => Location,
  scope: Scope,
  complain: Complain,
  path: readonly (string | number)[] = [],
): Expression {
  if (typeof value === "string") return compileText(value, (offset) => locate(path, offset), scope, complain);
  if (Array.isArray(value)) {
    const items = value.map((item, i) => compileValue(item, locate, scope, complain, [...path, i]));
    return items.every((item) => item.kind === "constant")
      ? { kind: "constant", value: items.map((item) => item.value) }
      : { kind: "list", items };
  }
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(
      ([key, member]) => [key, compileValue(member, locate, scope, complain, [...path, key])] as const,
    );
    return entries.every(([, member]) => member.kind === "constant")
      ? {
          kind: "constant",
          value: Object.fromEntries(entries.map(([key, member]) => [key, (member as { value: Json }).value])),
        }
      : { kind: "map", entries };
  }
  return { kind: "constant", value };
}

/** A text's pieces in order; an expression that is no list or map is a text of one piece. */
export function partsOf(expression: Expression): readonly (string | Reference)[] {
  switch (expression.kind) {
    case "text":
      return expression.parts;
    case "reference":
      return [expression.reference];
    case "constant":
      return [String(expression.value)];
    default:
      throw new Error(`BUG: a ${expression.kind} where a text is expected`);
  }
}

/** As it is written between the braces, as far as that is known. */
export function referenceName(reference: Reference): string {
  switch (reference.kind) {
    case "axis":
      return [reference.axis, ...reference.path].join(".");
    case "target":
      return [reference.target, ...reference.path].join(".");
    case "in":
      return `in.${reference.slot}`;
    case "out":
      return "out";
    case "deps":
      return "deps";
    case "value":
      return reference.name;
  }
}

/** Every reference inside an expression. */
export function* referencesIn(expression: Expression): Generator<Reference> {
  if (expression.kind === "reference") yield expression.reference;
  else if (expression.kind === "text") yield* expression.parts.filter((part) => typeof part !== "string");
  else if (expression.kind === "list") for (const item of expression.items) yield* referencesIn(item);
  else if (expression.kind === "map")
    for (const [, member] of expression.entries) yield* referencesIn(member);
}

/** The axes that output patterns name. */
export function axesOf(outputs: Target["outputs"]): ReadonlySet<string> {
  const references = outputs.flatMap(({ pattern }) => [...referencesIn(pattern)]);
  return new Set(references.flatMap((reference) => (reference.kind === "axis" ? [reference.axis] : [])));
}
