/** The values of a target's expressions for one binding. */
import { type Diagnostic, formatDiagnostic, type Location } from "../base/diagnostic.ts";
import { isJsonObject, type Json } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import type { Action, Expression, Reference } from "../model/pipeline.ts";
import { describe, lookup, partsOf, referenceName } from "../pipeline/scope.ts";

/** Thrown and caught inside the engine's resolve step alone: an input or value that is not there. */
export class Unresolved extends Error {
  readonly help: string | undefined;
  /** Where it is known what asks for it. */
  readonly diagnostic: Diagnostic | undefined;

  constructor(message: string, help?: string, diagnostic?: Diagnostic) {
    super(message);
    this.help = help;
    this.diagnostic = diagnostic;
  }

  static at(where: Location, message: string, help?: string): Unresolved {
    const diagnostic = { where, message };
    return new Unresolved(formatDiagnostic(diagnostic), help, diagnostic);
  }
}

/** The content of the JSON file that a `${target.…}` reads. @throws Unresolved */
export type ReadJson = (reference: Extract<Reference, { kind: "target" }>) => Json;

/** What `${in.x}`, `${out}` and `${deps}` stand for in a command. */
export type CommandPaths = (
  reference: Extract<Reference, { kind: "in" | "out" | "deps" }>,
) => string | readonly string[];

/** @throws Unresolved with the place in the pipeline file. */
export function evaluate(expression: Expression, action: Action, readJson: ReadJson): Json {
  switch (expression.kind) {
    case "constant":
      return expression.value;
    case "reference":
      return referenceValue(expression.reference, action, readJson);
    case "text":
      return expression.parts
        .map((part) => (typeof part === "string" ? part : textValue(part, action, readJson)))
        .join("");
    case "list":
      return expression.items.map((item) => evaluate(item, action, readJson));
    case "map":
      return Object.fromEntries(
        expression.entries.map(([key, member]) => [key, evaluate(member, action, readJson)]),
      );
  }
}

function referenceValue(reference: Reference, action: Action, readJson: ReadJson): Json {
  if (reference.kind === "axis") {
    const entry = action.binding[reference.axis]!;
    return reference.path.length === 0 ? entry.key : member(entry.value, reference.axis, reference);
  }
  if (reference.kind === "value") return reference.value;
  if (reference.kind === "target") return member(readJson(reference), reference.target, reference);
  throw new Error(`BUG: '${reference.kind}' outside a command`);
}

function member(
  value: Json,
  owner: string,
  reference: Extract<Reference, { path: readonly string[] }>,
): Json {
  const found = lookup(value, reference.path);
  if (found.found) return found.value;
  const name = [owner, ...reference.path.slice(0, found.at)].join(".");
  throw Unresolved.at(
    reference.where,
    `${name} has no '${found.missing}'. ${suggest(found.missing, found.known)}`,
  );
}

function textValue(reference: Reference, action: Action, readJson: ReadJson): string {
  const value = referenceValue(reference, action, readJson);
  if (value === null || Array.isArray(value) || isJsonObject(value)) {
    throw Unresolved.at(
      reference.where,
      `'${referenceName(reference)}' is ${describe(value)} and cannot stand inside a text.`,
    );
  }
  return String(value);
}

/** A file that cannot be used is told with the place that asks for what is in it. */
export function askedAt<Result>(where: Location, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Unresolved) || error.diagnostic !== undefined) throw error;
    throw Unresolved.at(where, error.message, error.help);
  }
}

/** A command's fixed text, and what stands between it, to be quoted for the shell: one word or several. */
export interface Command {
  readonly texts: readonly string[];
  readonly words: readonly (string | readonly string[])[];
}

export function evaluateCommand(
  expression: Expression,
  action: Action,
  readJson: ReadJson,
  paths: CommandPaths,
): Command {
  const texts: string[] = [""];
  const words: (string | readonly string[])[] = [];
  for (const part of partsOf(expression)) {
    if (typeof part === "string") texts.push((texts.pop() ?? "") + part);
    else {
      const isPath = part.kind === "in" || part.kind === "out" || part.kind === "deps";
      words.push(isPath ? paths(part) : textValue(part, action, readJson));
      texts.push("");
    }
  }
  return { texts, words };
}
