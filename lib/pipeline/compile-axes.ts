/** The axes of a pipeline file, each after the axes that it depends on. */
import type { Location } from "../base/diagnostic.ts";
import type { Document, Path } from "../base/document.ts";
import { isJsonObject, type Json } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import type { Axis, AxisValue, Target } from "../model/pipeline.ts";
import { keyProblem, sourceProblem } from "./paths.ts";
import type { AxisEntry, PipelineFile } from "./schema.ts";
import { axesOf, type Complain, compileText, compileValue, describe, partsOf, type Scope } from "./scope.ts";
import { parseTemplate } from "./template.ts";

interface Parts {
  document: Document;
  file: PipelineFile;
  constants: Scope["constants"];
  outputs: ReadonlyMap<string, readonly string[]>;
  patterns: ReadonlyMap<string, Target["outputs"]>;
  complain: Complain;
}

export function compileAxes(parts: Parts): readonly Axis[] {
  const axes = Object.entries(parts.file.axes).flatMap(
    ([name, entry]) => compileAxis(name, entry, parts) ?? [],
  );
  return inOrder(axes, parts);
}

function compileAxis(name: string, entry: AxisEntry, parts: Parts): Axis | undefined {
  const where = parts.document.locate(["axes", name], "key");
  const kinds = (["files", "values", "items"] as const).filter((kind) => entry[kind] !== undefined);
  if (kinds.length !== 1) {
    parts.complain(
      where,
      `the axis '${name}' takes one of 'files', 'values' and 'items', and has ${kinds.length === 0 ? "none" : kinds.join(" and ")}.`,
    );
    return undefined;
  }
  const path = ["axes", name, kinds[0]!];
  const place: Place = {
    at: parts.document.locate(path),
    inside: (offset, below = []) => parts.document.locate([...path, ...below], "value", offset),
  };
  const common = { name, where, pad: entry.pad };
  if (entry.files !== undefined) return filesAxis(common, entry.files, place, parts);
  if (entry.items !== undefined) return itemsAxis(common, entry.items, entry.key, place, parts);
  return valuesAxis(common, entry, place, parts);
}

type Common = Pick<Axis, "name" | "where" | "pad">;

/** Where what tells the entries stands, and a character of the text in it. */
interface Place {
  readonly at: Location;
  inside(offset: number, below?: Path): Location;
}

function filesAxis(common: Common, text: string, { at, inside }: Place, parts: Parts): Axis | undefined {
  const template = parseTemplate(text);
  const captures = template.pieces.filter((p) => typeof p !== "string" && p.path.join(".") === common.name);
  if (template.problems.length === 0 && captures.length !== 1) {
    parts.complain(
      at,
      `the pattern of '${common.name}' names \${${common.name}} ${captures.length} times; it takes it once, for the part that is the key.`,
    );
    return undefined;
  }
  const scope: Scope = { constants: parts.constants, axes: [common.name], elsewhere: {}, targets: new Map() };
  const pattern = compileText(text, inside, scope, parts.complain);
  if (pattern.kind === "constant") return undefined; // only after a complaint: the capture is no constant
  const pieces = partsOf(pattern);
  const problem = sourceProblem(pieces.map((piece) => (typeof piece === "string" ? piece : "…")).join(""));
  if (problem !== undefined) {
    parts.complain(at, `the pattern of '${common.name}' ${problem}`);
    return undefined;
  }
  const before = pieces.slice(
    0,
    pieces.findIndex((piece) => typeof piece !== "string"),
  );
  if (/[*?{[(!+@]/.test(before.join(""))) {
    parts.complain(
      at,
      `the pattern of '${common.name}' has a wildcard before \${${common.name}}; write the axis first.`,
    );
    return undefined;
  }
  return {
    ...common,
    kind: "files",
    pattern: pieces.map((piece) => (typeof piece === "string" ? piece : { capture: true })),
  };
}

function itemsAxis(
  common: Common,
  text: string,
  key: string | undefined,
  { at, inside }: Place,
  parts: Parts,
): Axis | undefined {
  const scope: Scope = { constants: parts.constants, axes: [], elsewhere: {}, targets: parts.outputs };
  const expression = compileText(text, inside, scope, parts.complain);
  if (expression.kind === "reference" && expression.reference.kind === "target") {
    return { ...common, kind: "items", source: expression.reference, key };
  }
  if (expression.kind !== "constant" || expression.value !== null) {
    parts.complain(at, `'items' takes a list inside a target's JSON file, such as \${script.scenes}.`);
  }
  return undefined;
}

function valuesAxis(common: Common, entry: AxisEntry, { at, inside }: Place, parts: Parts): Axis | undefined {
  const scope: Scope = { constants: parts.constants, axes: [], elsewhere: {}, targets: new Map() };
  const expression = compileValue(
    entry.values as Json,
    (below, offset) => inside(offset, below),
    scope,
    parts.complain,
  );
  if (expression.kind !== "constant") return undefined;
  const entries = axisValues(expression.value, entry.key ?? "name", entry.pad);
  if (!entries.ok) {
    if (expression.value !== null) parts.complain(at, `the axis '${common.name}': ${entries.problem}`);
    return undefined;
  }
  return { ...common, kind: "values", entries: entries.values };
}

/** The entries of an axis from a list, or from a map whose keys are the axis's. */
export function axisValues(
  value: Json,
  key: string | undefined,
  pad: number,
): { ok: true; values: readonly AxisValue[] } | { ok: false; problem: string } {
  if (!Array.isArray(value) && !isJsonObject(value))
    return { ok: false, problem: `${describe(value)} is no list.` };
  const values: AxisValue[] = [];
  const keys = new Set<string>();
  const entries: [Json | undefined, Json][] = Array.isArray(value)
    ? value.map((item: Json) => [
        isJsonObject(item) ? (key === undefined ? undefined : item[key]) : item,
        item,
      ])
    : Object.entries(value);
  for (const [i, [found, item]] of entries.entries()) {
    if (typeof found !== "string" && typeof found !== "number") {
      const problem =
        key === undefined
          ? "the entries are maps: say with 'key' which member is the key."
          : `entry ${i + 1} has no key '${key}' that is a text or a number.`;
      return { ok: false, problem };
    }
    const text = keyText(found, pad);
    const problem = keyProblem(text);
    const shown = JSON.stringify(text);
    const advice = keyAdvice(value, item, key);
    if (problem !== undefined) return { ok: false, problem: `the key ${shown} ${problem}${advice}` };
    if (keys.has(text)) return { ok: false, problem: `two entries have the key ${shown}.${advice}` };
    keys.add(text);
    values.push({ key: text, value: item });
  }
  return { ok: true, values };
}

/** A key as it stands in paths: a number has `pad` digits or more. */
export function keyText(key: string | number, pad: number): string {
  return typeof key === "number" ? String(key).padStart(pad, "0") : key;
}

/** How an entry of a list can have another key. */
function keyAdvice(list: Json, entry: Json, key: string | undefined): string {
  if (!Array.isArray(list)) return "";
  return isJsonObject(entry)
    ? ` The axis's 'key' says which member of an entry is its key, here '${key}'.`
    : " Entries that are maps can have another key: the member that the axis's 'key' names.";
}

/** Sorts so that the axes of a target whose file an axis lists come before it. */
function inOrder(axes: readonly Axis[], parts: Parts): readonly Axis[] {
  const sorted: Axis[] = [];
  const visit = (axis: Axis, above: readonly string[]): void => {
    if (sorted.includes(axis)) return;
    if (above.includes(axis.name)) {
      parts.complain(
        axis.where,
        `the axis '${axis.name}' depends on itself: ${[...above.slice(above.indexOf(axis.name)), axis.name].join(" → ")}.`,
      );
      return;
    }
    if (axis.kind === "items") {
      for (const name of axesOf(parts.patterns.get(axis.source.target)!)) {
        const outer = axes.find((other) => other.name === name);
        if (outer !== undefined) visit(outer, [...above, axis.name]);
        else if (!(name in parts.file.axes))
          parts.complain(
            axis.where,
            `there is no axis '${name}'. ${suggest(
              name,
              axes.map((a) => a.name),
            )}`,
          );
      }
    }
    if (!sorted.includes(axis)) sorted.push(axis);
  };
  for (const axis of axes) visit(axis, []);
  return sorted;
}
