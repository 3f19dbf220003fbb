/** A manifest's values as a person reads them: short, on one line, and cut where they differ. */
import { canonicalJson, isJsonObject, type Json } from "../base/json.ts";

/** Characters of a value that are shown at most. */
const ROOM = 48;
/** Characters shown before the first difference, so that it has a place. */
const LEAD = 12;

/** An input file: its digest, and after a space how it is named or what its format is. */
export function isDigest(value: string): boolean {
  return value.startsWith("sha256:");
}

export function sameDigest(a: string, b: string): boolean {
  return isDigest(a) && a.split(" ")[0] === b.split(" ")[0];
}

/**
 * A JSON string in single quotes, line breaks still escaped; a digest by its first characters; a command's text with
 * `…` for its values; others as they are.
 */
function readable(value: string): string {
  if (value.startsWith('["'))
    return readable(JSON.stringify((JSON.parse(value) as unknown[]).flat().join("…")));
  if (isDigest(value)) return value.slice(value.includes(" ") ? value.indexOf(" ") + 1 : 0);
  if (!value.startsWith('"')) return value;
  return `'${value.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** One value, cut at its end. */
export function inWords(value: string): string {
  return cut([...readable(value)], 0);
}

/** Two values, both cut to the same stretch around the first character that differs. */
export function sideBySide(before: string, after: string): [string, string] {
  // By code point, so that no emoji is cut in two.
  const [a, b] = [[...readable(before)], [...readable(after)]];
  const longest = Math.max(a.length, b.length);
  if (longest <= ROOM) return [a.join(""), b.join("")];
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  const start = Math.max(0, Math.min(same - LEAD, longest - ROOM));
  return [cut(a, start), cut(b, start)];
}

/** One of the values inside of a map that is another, with its dotted name there; undefined where it is none. */
export interface Difference {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Of two maps as JSON, those that differ; of other values none. */
export function differencesOf(before = "", after = ""): readonly Difference[] {
  if (!before.startsWith("{") || !after.startsWith("{")) return [];
  return [...differing(JSON.parse(before) as Json, JSON.parse(after) as Json, [])];
}

function* differing(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[],
): Generator<Difference> {
  const [was, is] = [membersOf(before), membersOf(after)];
  if (was !== undefined && is !== undefined) {
    for (const name of new Set([...was.keys(), ...is.keys()]))
      yield* differing(was.get(name), is.get(name), [...path, name]);
    return;
  }
  const [one, other] = [before, after].map((value) =>
    value === undefined ? undefined : canonicalJson(value),
  );
  if (one !== other) yield { name: path.join("."), before: one, after: other };
}

/** Undefined for what has none. */
function membersOf(value: Json | undefined): ReadonlyMap<string, Json> | undefined {
  return Array.isArray(value) || isJsonObject(value) ? new Map(Object.entries(value)) : undefined;
}

function cut(characters: readonly string[], start: number): string {
  const end = start + ROOM;
  const shown = characters.slice(start, end).join("");
  return `${start > 0 ? "…" : ""}${shown}${end < characters.length ? "…" : ""}`;
}
