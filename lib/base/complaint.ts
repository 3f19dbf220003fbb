/** The words for a value that a zod schema does not accept: what was found, what is accepted, the nearest name. */
import type { z } from "zod";
import { isJsonObject, type Json } from "./json.ts";
import { nearest, suggest } from "./nearest.ts";

export type Path = readonly (string | number)[];

export interface Complaint {
  /** The deepest part of it that the value really has is what gets shown. */
  readonly path: Path;
  readonly part: "key" | "value";
  readonly message: string;
  readonly help?: string | undefined;
  /** The path of a key that is missing, or that a misspelt one was meant to be. */
  readonly missing?: Path;
  readonly meant?: Path | undefined;
}

type Issue = z.core.$ZodIssue;

/** Stands for "the schema's author gave no message": then the words are ours. */
const OURS = "\u0000";

/**
 * Checks `value`; the complaints are empty exactly where `output` is set. A message that the schema itself carries
 * (`z.string().regex(…, "…")`, `refine`) is kept, with `params.help` of a custom issue as its help.
 */
export function checkValue<Schema extends z.ZodType>(
  schema: Schema,
  value: Json,
): { output: z.output<Schema> } | { complaints: readonly Complaint[] } {
  const checked = schema.safeParse(value, { error: defaultMessage });
  if (checked.success) return { output: checked.data };
  const all = checked.error.issues.flatMap((issue) => complaintsOf(issue as Issue, [], value));
  // A misspelt key is a missing one too; once is enough.
  const meant = new Set(all.map((complaint) => JSON.stringify(complaint.meant)));
  return {
    complaints: all.filter(({ missing }) => missing === undefined || !meant.has(JSON.stringify(missing))),
  };
}

/** Only here does zod tell the schema that found an unknown key, and so which keys it knows: they ride in the message. */
function defaultMessage(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== "unrecognized_keys") return OURS;
  const def = (issue.inst as z.core.$ZodType | undefined)?._zod.def as
    | { shape?: object; keyType?: z.core.$ZodType }
    | undefined;
  const known = def?.shape !== undefined ? Object.keys(def.shape) : [...(def?.keyType?._zod.values ?? [])];
  return [OURS, ...known].join("\n");
}

function complaintsOf(issue: Issue, base: Path, root: Json): Complaint[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  if (issue.code === "unrecognized_keys" && issue.message.startsWith(OURS))
    return unknownKeys(issue, path, root);
  if (issue.code === "invalid_key" && issue.message === OURS) return [badKey(issue, path)];
  if (issue.message !== OURS) {
    const help = issue.code === "custom" ? (issue.params?.help as string | undefined) : undefined;
    return [{ path, part: "value", message: issue.message, help }];
  }
  const found = valueAt(root, path);
  if (found === undefined && path.length > 0) return [missingKey(issue, path)];
  const option = issue.code === "invalid_union" ? likeliest(issue.errors as Issue[][]) : undefined;
  if (option !== undefined) return option.flatMap((inner) => complaintsOf(inner, path, root));
  return [{ path, part: "value", ...words(issue, label(path), found ?? null) }];
}

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, path: Path, root: Json): Complaint[] {
  const [, ...known] = issue.message.split("\n");
  const given = valueAt(root, path);
  const absent = known.filter((name) => !(isJsonObject(given) && Object.hasOwn(given, name)));
  return issue.keys.map((key) => {
    const meant = nearest(key, absent);
    const complaint = { path: [...path, key], part: "key" as const, message: `unknown key '${key}'.` };
    const keys = known.length > 1 ? `The keys are ${names(known)}.` : `The only key is ${names(known)}.`;
    if (meant !== undefined)
      return { ...complaint, help: `Did you mean '${meant}'?`, meant: [...path, meant] };
    return { ...complaint, help: known.length === 0 ? "No keys are accepted here." : keys };
  });
}

function badKey(issue: z.core.$ZodIssueInvalidKey, path: Path): Complaint {
  const [inner] = issue.issues;
  const key = String(path.at(-1));
  if (inner !== undefined && inner.message !== OURS) return { path, part: "key", message: inner.message };
  const known = inner?.code === "invalid_value" ? inner.values.map(String) : undefined;
  const help = known === undefined ? undefined : suggest(key, known);
  return { path, part: "key", message: `the key '${key}' is not accepted here.`, help };
}

function missingKey(issue: Issue, path: Path): Complaint {
  const accepted = accepts(issue);
  const what = accepted.length === 0 ? "" : `: ${oneOf(accepted)}`;
  const parent = path.slice(0, -1);
  const place = parent.length === 0 ? "" : ` in ${label(parent)}`;
  const message = `missing key '${path.at(-1)}'${place}${what}.`;
  return { path: parent, part: "key", message, missing: path };
}

/** Of a union's alternatives the one that the value was meant to be: of its kind, and with the fewest mistakes. */
function likeliest(options: readonly Issue[][]): Issue[] | undefined {
  const ofKind = options.filter((issues) => !issues.some(isOtherKind));
  return ofKind.sort((a, b) => a.length - b.length)[0];
}

const isOtherKind = (issue: Issue) => issue.path.length === 0 && accepts(issue).length > 0;

/** What would be accepted instead; empty unless the issue is that the value is of another kind altogether. */
function accepts(issue: Issue): string[] {
  if (issue.message !== OURS) return [];
  if (issue.code === "invalid_type") return [KINDS[issue.expected] ?? issue.expected];
  if (issue.code === "invalid_value") return issue.values.map(show);
  if (issue.code !== "invalid_union") return [];
  // A union told apart by one key lists that key's values.
  if ("options" in issue) return (issue.options ?? []).map(show);
  const options = issue.errors.map((issues) => (issues as Issue[]).filter(isOtherKind).flatMap(accepts));
  return options.some((option) => option.length === 0) ? [] : [...new Set(options.flat())];
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  null: "null",
  array: "a list",
  tuple: "a list",
  object: "a mapping of keys to values",
  record: "a mapping of keys to values",
  never: "nothing",
};

type Words = Pick<Complaint, "message" | "help">;

function words(issue: Issue, name: string, found: Json): Words {
  switch (issue.code) {
    case "invalid_type":
    case "invalid_value":
    case "invalid_union":
      return wrongKind(issue, found);
    case "too_small":
    case "too_big":
      return { message: wrongSize(issue, name, found) };
    case "not_multiple_of":
      return { message: `${name} must be a multiple of ${issue.divisor}, found ${show(found)}.` };
    case "invalid_format":
      return { message: `${name} is not in the form it must have, found ${describe(found)}.` };
    default:
      return { message: `${name} is not accepted: found ${describe(found)}.` };
  }
}

function wrongKind(issue: Issue, found: Json): Words {
  const accepted = accepts(issue);
  const options = accepted.filter(isName).map((text) => text.slice(1, -1));
  const best = typeof found === "string" ? nearest(found, options) : undefined;
  const help = best === undefined ? quoting(accepted, found) : `Did you mean '${best}'?`;
  const must = typeof found === "string" && options.length > 0 && options.length === accepted.length;
  return must
    ? { message: `must be ${oneOf(accepted)}, found ${show(found)}.`, help }
    : { message: `expected ${oneOf(accepted)}, found ${describe(found)}.`, help };
}

/** Most wrong kinds in a YAML file are a matter of quotes. */
function quoting(accepted: readonly string[], found: Json): string | undefined {
  if (accepted.includes("a string")) {
    return typeof found === "number" || typeof found === "boolean" ? "Put it in quotes." : undefined;
  }
  if (typeof found !== "string") return undefined;
  if (accepted.includes("true or false") && /^(yes|no|on|off|true|false)$/i.test(found)) {
    return `Write ${/^(yes|on|true)$/i.test(found) ? "true" : "false"}, without quotes.`;
  }
  const numeric = found.trim() !== "" && Number.isFinite(Number(found));
  return numeric && accepted.some((kind) => kind.endsWith("number")) ? "Remove the quotes." : undefined;
}

function wrongSize(
  issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
  name: string,
  found: Json,
): string {
  const small = issue.code === "too_small";
  const limit = Number(small ? issue.minimum : issue.maximum);
  if (issue.origin === "string" || issue.origin === "array") {
    if (small && limit === 1) return `${name} must not be empty.`;
    const unit = issue.origin === "string" ? "character" : "item";
    const length = (found as string | readonly Json[]).length;
    return `${name} must have at ${small ? "least" : "most"} ${limit} ${unit}${limit === 1 ? "" : "s"}, found ${length}.`;
  }
  const bound =
    issue.inclusive === false ? (small ? "more than" : "less than") : small ? "at least" : "at most";
  return `${name} must be ${bound} ${limit}, found ${show(found)}.`;
}

function valueAt(root: Json, path: Path): Json | undefined {
  let value: Json | undefined = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, Json>)[step];
  }
  return value;
}

/** The value's name in a sentence: its key, or its place in a list (from 1). */
function label(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return "the file";
  if (typeof last === "string") return `'${last}'`;
  const list = path.at(-2);
  return list === undefined ? `item ${last + 1}` : `item ${last + 1} of '${list}'`;
}

function describe(value: Json): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return `the string ${show(value)}`;
  return typeof value === "number" ? `the number ${value}` : String(value);
}

const shorten = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text).replaceAll("\n", "\\n");
const show = (value: unknown) => (typeof value === "string" ? `'${shorten(value)}'` : String(value));
const isName = (text: string) => text.startsWith("'");
const names = (keys: readonly string[]) => keys.map((key) => `'${key}'`).join(", ");

function oneOf(accepted: readonly string[]): string {
  const allNames = accepted.every(isName);
  if (accepted.length > 2 && allNames) return `one of ${accepted.join(", ")}`;
  if (accepted.length < 2) return accepted.join("");
  const flat = accepted.flatMap((text) => (text === KINDS.boolean ? ["true", "false"] : [text]));
  return `${flat.slice(0, -1).join(", ")} or ${flat.at(-1)}`;
}
