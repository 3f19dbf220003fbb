/** Removes outputs whose target no longer exists; what was edited by hand stays and is named. */
import { rmdirSync, rmSync, type Stats } from "node:fs";
import { dirname } from "node:path/posix";
import type { BuildEvent } from "../model/event.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { Trace, TracedOutput } from "../model/trace.ts";
import type { Graph } from "../pipeline/graph.ts";
import type { FileStates } from "../store/file-states.ts";
import { statFile } from "../store/files.ts";
import type { Journal, Traces } from "../store/journal.ts";
import { isOurs } from "./by-hand.ts";
import type { Places } from "./place.ts";

interface VanishedParts {
  readonly graph: Graph;
  readonly traces: Traces;
  /** Undefined in a dry run, which tells what would be removed. */
  readonly journal: Journal | undefined;
  readonly files: FileStates;
  readonly places: Places;
  emit(event: BuildEvent): void;
}

/** What a trace vouches for of an action that makes it no more. */
export function dropped({ outputs }: Action, trace: Trace | undefined): readonly TracedOutput[] {
  return trace?.outputs.filter((old) => !outputs.some(({ path }) => path === old.path)) ?? [];
}

/**
 * `before`: the ids of traces as this build found them; `leftBehind`: outputs of actions that there still are, and that
 * make them no more. In the order of their paths, whatever ended first. Call only when the graph is whole.
 */
export function removeVanished(
  before: Iterable<TargetPath>,
  leftBehind: readonly TracedOutput[],
  parts: VanishedParts,
): void {
  const { graph, traces, journal } = parts;
  const gone = [...leftBehind];
  for (const id of before) {
    const trace = graph.actions.has(id) ? undefined : traces.get(id);
    if (trace === undefined) continue;
    journal?.forget(id);
    gone.push(...trace.outputs);
  }
  gone.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const output of gone) removeOutput(output, parts);
}

function removeOutput(output: TracedOutput, parts: VanishedParts): void {
  const { graph, journal, files, places, emit } = parts;
  const { path } = output;
  // A folder there is another's: what we wrote was a file.
  const there = statFile(places.output(path));
  if (!there?.isFile() || isOutput(path, there, graph, places)) return;
  const state = files.look(places.output(path));
  if (state === undefined) return;
  const ours = isOurs(output, state.digest);
  const dryRun = journal === undefined;
  if (ours && !dryRun) {
    rmSync(places.output(path));
    removeEmptyFolders(places.outputs, path);
    files.removed(places.output(path));
  }
  emit({ type: !ours ? "kept" : dryRun ? "would-remove" : "removed", output: path });
}

/** Names that differ in case or Unicode form alone are one file on some disks, and two on others. */
function isOutput(path: TargetPath, there: Stats, graph: Graph, places: Places): boolean {
  const owned = graph.ownedAs(path);
  if (owned === undefined || owned === path) return owned === path;
  const other = statFile(places.output(owned));
  return other !== undefined && other.ino === there.ino && other.dev === there.dev;
}

/** The folders that held what was at a path in `within`, and now hold nothing. */
export function removeEmptyFolders(within: string, path: string): void {
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    try {
      rmdirSync(`${within}/${folder}`);
    } catch {
      return; // It holds something, or is a link to a folder elsewhere: it stays.
    }
  }
}
