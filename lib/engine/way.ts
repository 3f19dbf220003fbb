/** Clears the way of an output: what we made where a folder or a file has to be now, and no target makes any more. */
import { readdirSync, rmdirSync, rmSync, type Stats } from "node:fs";
import { dirname, join } from "node:path/posix";
import { Failure } from "../base/failure.ts";
import type { BuildEvent } from "../model/event.ts";
import type { TargetPath } from "../model/pipeline.ts";
import type { TracedOutput } from "../model/trace.ts";
import type { Graph } from "../pipeline/graph.ts";
import { hashFile, statFile } from "../store/files.ts";
import type { Traces } from "../store/journal.ts";
import { isOurs } from "./by-hand.ts";
import type { Places } from "./place.ts";
import { removeEmptyFolders } from "./vanished.ts";

export interface WayParts {
  readonly graph: Graph;
  readonly places: Places;
  readonly traces: Traces;
  emit(event: BuildEvent): void;
}

const HELP = { code: "pipeline.state", help: "Move it away and build again." } as const;

export class Way {
  readonly #parts: WayParts;
  /** Paths in whose way something of ours was found. */
  readonly #blocked = new Set<TargetPath>();
  /** Folders of the project that are there. */
  readonly #folders = new Set<string>();
  /** Of every output that a trace vouches for; read when it is first asked for, which is seldom. */
  #recorded: ReadonlyMap<string, TracedOutput> | undefined;

  constructor(parts: WayParts) {
    this.#parts = parts;
  }

  /** Changes nothing. Call for an output where no file is, and maybe a folder. @throws Failure for what is not ours */
  check(path: TargetPath, isFolder: boolean): void {
    const found = isFolder ? [...this.#filesIn(path, path)] : this.#fileAbove(path);
    // A folder that holds nothing goes as well.
    if (isFolder || found.length > 0) this.#blocked.add(path);
  }

  #isFolder(path: TargetPath): boolean {
    return statFile(this.#parts.places.output(path))?.isDirectory() ?? false;
  }

  /** Removes what `check` has found. @throws Failure if that was changed meanwhile */
  clear(path: TargetPath): void {
    if (!this.#blocked.delete(path)) return;
    const { places, emit } = this.#parts;
    for (const old of this.#inTheWay(path)) {
      rmSync(places.output(old));
      removeEmptyFolders(places.outputs, old);
      emit({ type: "removed", output: old });
    }
    if (this.#isFolder(path)) removeEmptyTree(places.output(path));
    this.#folders.clear();
  }

  /** Files of ours, all of them unedited. */
  #inTheWay(path: TargetPath): readonly TargetPath[] {
    const stats = statFile(this.#parts.places.output(path));
    if (stats?.isDirectory()) return [...this.#filesIn(path, path)];
    return stats === undefined ? this.#fileAbove(path) : [];
  }

  #fileAbove(path: TargetPath): readonly TargetPath[] {
    const { places } = this.#parts;
    for (let folder = dirname(path); folder !== "." && !this.#folders.has(folder); folder = dirname(folder)) {
      const stats = statFile(places.output(folder as TargetPath));
      if (stats?.isDirectory()) this.#folders.add(folder);
      else if (stats !== undefined) return [this.#oursAbove(folder as TargetPath, stats, path)];
    }
    return [];
  }

  #oursAbove(above: TargetPath, stats: Stats, path: TargetPath): TargetPath {
    const { places } = this.#parts;
    const place = `the folder of ${places.name(path)} has to be`;
    const whose = stats.isFile() ? this.#whose(above) : "unknown";
    if (whose === "ours") return above;
    throw new Failure(
      whose === "edited"
        ? `${places.name(above)} was edited by hand, and is a file where ${place}.`
        : `${places.name(above)} is no folder, and ${place} there.`,
      HELP,
    );
  }

  *#filesIn(folder: TargetPath, path: TargetPath): Generator<TargetPath> {
    const { places } = this.#parts;
    for (const entry of readdirSync(places.output(folder), { withFileTypes: true })) {
      const inside = join(folder, entry.name) as TargetPath;
      if (entry.isDirectory()) {
        yield* this.#filesIn(inside, path);
        continue;
      }
      const whose = entry.isFile() ? this.#whose(inside) : "unknown";
      if (whose !== "ours") {
        const problem = whose === "edited" ? "was edited by hand" : "is not made by us";
        throw new Failure(
          `${places.name(path)} is a folder, where an output has to be, and ${inside} in it ${problem}.`,
          HELP,
        );
      }
      yield inside;
    }
  }

  #whose(path: TargetPath): "ours" | "edited" | "unknown" {
    const { graph, places } = this.#parts;
    if (graph.owns(path) || graph.maker(path) !== undefined) return "unknown";
    const written = this.#writtenAt(path);
    if (written === undefined) return "unknown";
    return isOurs(written, hashFile(places.output(path)).digest) ? "ours" : "edited";
  }

  /** What we wrote there. */
  #writtenAt(path: TargetPath): TracedOutput | undefined {
    const { traces } = this.#parts;
    const own = traces.get(path)?.outputs.find((output) => output.path === path);
    if (own !== undefined || traces.isIndexed) return own;
    this.#recorded ??= new Map(
      [...traces.values()].flatMap(({ outputs }) => outputs.map((output) => [output.path, output] as const)),
    );
    return this.#recorded.get(path);
  }
}

function removeEmptyTree(folder: string): void {
  for (const name of readdirSync(folder)) removeEmptyTree(join(folder, name));
  rmdirSync(folder);
}
