/** Names files that look like something the build takes, and that it does not: mistyped, they would be missed in silence. */
import { type Dirent, readdirSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { nearest } from "../base/nearest.ts";
import type { BuildEvent } from "../model/event.ts";
import type { Axis, TargetPath } from "../model/pipeline.ts";
import type { Graph } from "../pipeline/graph.ts";
import { splitGlob } from "../pipeline/paths.ts";
import type { MatchFiles } from "../pipeline/patterns.ts";
import type { FileStates } from "../store/file-states.ts";
import type { Places } from "./place.ts";

export interface StrayParts {
  readonly graph: Graph;
  readonly places: Places;
  readonly match: MatchFiles;
  readonly files: FileStates;
  emit(event: BuildEvent): void;
}

/** Of many of one kind the first are enough to see what is amiss. */
const NAMED = 5;

/** Call only when the graph is whole and every action was looked at. */
export function tellStrays(parts: StrayParts): void {
  for (const strays of [strayPins(parts), straySources(parts)]) {
    for (const say of strays.slice(0, NAMED)) parts.emit({ type: "notice", action: undefined, text: say() });
    const more = strays.length - NAMED;
    if (more > 0)
      parts.emit({ type: "notice", action: undefined, text: `and ${more} more that nothing uses.` });
  }
}

/** Files in `pinned/` that are the path of no output. */
function strayPins({ graph, places }: StrayParts): (() => string)[] {
  const folder = places.pinned("" as TargetPath);
  return filesIn(folder, true).flatMap((file) => {
    const path = relative(folder, file).replaceAll(sep, "/");
    const owned = graph.ownedAs(path);
    if (owned?.normalize("NFC") === path.normalize("NFC")) return [];
    return () => {
      const meant = owned ?? nearest(path, graph.outputs());
      const help = meant === undefined ? "" : ` Did you mean pinned/${meant}?`;
      return `${places.sourceName(`pinned/${path}`)} is the path of no output, so nothing uses it.${help}`;
    };
  });
}

/** Files beside those that an axis takes, of the same kind, which the build has not even looked at. */
function straySources({ graph, places, match, files }: StrayParts): (() => string)[] {
  return graph.pipeline.axes.flatMap((axis) => {
    if (axis.kind !== "files") return [];
    const taken = new Set(match(patternOf(axis, "*")).map((path) => extname(path)));
    const { base } = splitGlob(patternOf(axis, "*"));
    const folder = places.source(axis.pattern[0]?.toString().startsWith("/") ? `/${base}` : base);
    return filesIn(folder, false)
      .filter((file) => taken.has(extname(file)) && !isSeen(files, file))
      .map((file) => () => {
        const name = relative(places.root, file).replaceAll(sep, "/");
        return `${name} is read by no target: the axis '${axis.name}' takes ${patternOf(axis, `\${${axis.name}}`)}`;
      });
  });
}

function patternOf({ pattern }: Extract<Axis, { kind: "files" }>, capture: string): string {
  return pattern.map((piece) => (typeof piece === "string" ? piece : capture)).join("");
}

function isSeen({ table }: FileStates, path: string): boolean {
  const id = table.find(path);
  return id !== undefined && table.isCurrent(id);
}

/** Regular files, sorted; not those whose name begins with a dot. */
function filesIn(folder: string, recursive: boolean): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true, recursive });
  } catch {
    return []; // There is no such folder: nobody is missed.
  }
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
