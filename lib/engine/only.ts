/** Narrows a build to some entries of axes, as in `--only story=waiting`. */
import { Failure } from "../base/failure.ts";
import { suggest } from "../base/nearest.ts";
import type { Action, Axis, Pipeline } from "../model/pipeline.ts";
import type { Expansion, Graph } from "../pipeline/graph.ts";
import { fileEntries, type MatchFiles } from "../pipeline/patterns.ts";

/** Axis name to the keys that are meant. */
export type Only = ReadonlyMap<string, ReadonlySet<string>>;

/** Whether an action is of those entries. What lacks such an axis is made where one of these needs it. */
export function isMeant({ binding }: Action, only: Only | undefined): boolean {
  return [...(only ?? [])].every(
    ([axis, keys]) => binding[axis] !== undefined && keys.has(binding[axis].key),
  );
}

/** Those that are meant, and those whose files list more of what is. */
export function meantOf(actions: Iterable<Action>, graph: Graph, only: Only | undefined): readonly Action[] {
  const all = [...actions];
  if (only === undefined) return all;
  return [...all.filter((action) => isMeant(action, only)), ...leadsOn(graph, only)];
}

/** Actions that list entries which are not known yet, and that can be meant. */
export function leadsOn(graph: Graph, only: Only | undefined): readonly Action[] {
  return unlisted(graph, only).map(({ source }) => source);
}

/** The lists themselves. */
export function unlisted(graph: Graph, only: Only | undefined): readonly Expansion[] {
  const canBe = ({ binding }: Action) =>
    [...(only ?? [])].every(([axis, keys]) => binding[axis] === undefined || keys.has(binding[axis].key));
  return graph.pending.filter(({ source }) => canBe(source));
}

/** What a built file lists is not known yet. @throws Failure for an axis or a key that there is not */
export function checkOnly(only: Only, { axes }: Pipeline, match: MatchFiles): void {
  for (const [name, keys] of only) {
    const axis = axes.find((one) => one.name === name);
    if (axis === undefined) {
      const help = suggest(
        name,
        axes.map((one) => one.name),
      );
      throw new Failure(`this pipeline has no axis '${name}'.`, { code: "usage.invalid", help });
    }
    const known = keysOf(axis, match);
    const stranger = known && [...keys].find((key) => !known.includes(key));
    if (known !== undefined && stranger !== undefined) {
      const help = [suggest(stranger, known), ...sayFiles(axis)].join(" ");
      throw new Failure(`there is no ${name} '${stranger}'.`, { code: "usage.invalid", help });
    }
  }
}

/** What makes an entry of such an axis, where that is a file. */
function sayFiles(axis: Axis): readonly string[] {
  if (axis.kind !== "files") return [];
  const pattern = axis.pattern.map((piece) => (typeof piece === "string" ? piece : `\${${axis.name}}`));
  return [`Each is a file ${pattern.join("")}.`];
}

function keysOf(axis: Axis, match: MatchFiles): readonly string[] | undefined {
  if (axis.kind === "items") return undefined;
  return (axis.kind === "values" ? axis.entries : fileEntries(axis, match)).map(({ key }) => key);
}
