/** A source input's pattern → the globs that it comes to for one binding. */
import type { Json } from "../base/json.ts";
import type { Action, Input, Reference } from "../model/pipeline.ts";
import { escapeGlob } from "../pipeline/paths.ts";
import { describe, referenceName } from "../pipeline/scope.ts";
import { evaluate, type ReadJson, Unresolved } from "./evaluate.ts";

export type FileInput = Extract<Input, { kind: "files" }>;

export interface Globs {
  /** None where a value says that there is no file. */
  readonly texts: readonly string[];
  /** Whether it is a value that is a list: then it can stand for any number of files. */
  readonly several: boolean;
}

/** With the references filled in, each standing for itself. @throws Unresolved */
export function inputGlobs({ pattern }: FileInput, action: Action, readJson: ReadJson): Globs {
  const literal = (reference: Reference) =>
    escapeGlob(String(evaluate({ kind: "reference", reference }, action, readJson)));
  if (pattern.kind === "text")
    return only(pattern.parts.map((part) => (typeof part === "string" ? part : literal(part))).join(""));
  const whole = evaluate(pattern, action, readJson);
  if (whole === null) return { texts: [], several: false };
  if (pattern.kind !== "reference") return only(String(whole));
  if (!Array.isArray(whole)) return only(escapeGlob(String(whole)));
  return { texts: whole.map((path) => escapeGlob(pathIn(path, pattern.reference))), several: true };
}

const only = (text: string): Globs => ({ texts: [text], several: false });

/** @throws Unresolved */
function pathIn(one: Json, reference: Reference): string {
  if (typeof one === "string") return one;
  const name = referenceName(reference);
  throw Unresolved.at(reference.where, `'${name}' is a list of paths, and has ${describe(one)} in it.`);
}
