/** Removes outputs whose target no longer exists; what was edited by hand stays and is named. */
import { rmdirSync, rmSync } from "node:fs";
import { dirname } from "node:path/posix";
import type { BuildEvent } from "../model/event.ts";
import type { TargetPath } from "../model/pipeline.ts";
import type { Trace } from "../model/trace.ts";
import type { Graph } from "../pipeline/graph.ts";
import type { FileStates } from "../store/file-states.ts";
import type { Journal } from "../store/journal.ts";
import type { Places } from "./place.ts";

/** `before`: the traces as this build found them. Call only when the graph is whole. */
export function removeVanished(
  before: Iterable<Trace>,
  parts: { graph: Graph; journal: Journal; files: FileStates; places: Places; emit(event: BuildEvent): void },
): void {
  const { graph, journal, files, places, emit } = parts;
  for (const trace of before) {
    const gone = trace.outputs.filter(({ path }) => !graph.owns(path));
    if (!graph.actions.has(trace.id)) journal.forget(trace.id);
    for (const { path, digest } of gone) {
      const state = files.look(places.output(path));
      if (state === undefined) continue;
      if (state.digest === digest) {
        rmSync(places.output(path));
        removeEmptyFolders(places, path);
        files.removed(places.output(path));
      }
      emit({ type: state.digest === digest ? "removed" : "kept", output: path });
    }
  }
}

/** The folders that held it and now hold nothing, up to the project's own. */
export function removeEmptyFolders(places: Places, path: TargetPath): void {
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    const absolute = places.output(folder as TargetPath);
    try {
      rmdirSync(absolute);
    } catch {
      return; // It holds something, or is a link to a folder elsewhere: it stays.
    }
  }
}
