/** Gives an expansion the entries that its built file lists, which binds what repeats over them. */
import { formatDiagnostic } from "../base/diagnostic.ts";
import type { Problem } from "../model/event.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { Expansion, Graph } from "../pipeline/graph.ts";
import { askedAt } from "./evaluate.ts";
import type { Inspector } from "./inspector.ts";
import type { Places } from "./place.ts";
import { problemOf } from "./problem.ts";

export interface ExpandParts {
  readonly graph: Graph;
  readonly places: Places;
  readonly inspector: Inspector;
}

/** `path`: of the file whose list cannot be used. */
export type Bound =
  | { readonly ok: true; readonly actions: readonly Action[] }
  | { readonly ok: false; readonly path: TargetPath; readonly problem: Problem };

export function expand(expansion: Expansion, { graph, places, inspector }: ExpandParts): Bound {
  const { output, where } = expansion.axis.source;
  const { path } = expansion.source.outputs.find(({ name }) => name === output)!;
  try {
    const content = askedAt(where, () => inspector.readJson(places.output(path), places.name(path)));
    const expanded = graph.expand(expansion, content);
    if (expanded.ok) return expanded;
    return { ok: false, path, problem: { code: "pipeline.target", message: formatDiagnostic(expanded) } };
  } catch (error) {
    return { ok: false, path, problem: problemOf(error) };
  }
}
