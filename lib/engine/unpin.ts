/** Takes a pin back: the file goes from `pinned/`; what a build has put in place from it stays there as a hand edit. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { Failure } from "../base/failure.ts";
import { suggest } from "../base/nearest.ts";
import type { TargetPath } from "../model/pipeline.ts";
import type { Digest, Trace } from "../model/trace.ts";
import { ActionCache } from "../store/action-cache.ts";
import { BlobStore } from "../store/blobs.ts";
import { FileStates } from "../store/file-states.ts";
import { FileTable } from "../store/file-table.ts";
import { statFile } from "../store/files.ts";
import { Journal, loadJournal } from "../store/journal.ts";
import { acquireLock } from "../store/lock.ts";
import { loadSnapshot, snapshotPath } from "../store/snapshot.ts";
import { isOurs, keepByHand } from "./by-hand.ts";
import { traceOf } from "./pin.ts";
import type { Places } from "./place.ts";
import { journalPath } from "./start.ts";
import { removeEmptyFolders } from "./vanished.ts";

export interface Unpinned {
  readonly path: TargetPath;
  /** What the next build does with the file in its place: nothing, keep it as a hand edit, or make it anew. */
  readonly next: "nothing" | "kept" | "made";
  /** Where the pinned bytes are, absolute, if they are nowhere but in the store. */
  readonly stored: string | undefined;
}

export interface Unpinning {
  readonly places: Places;
  /** The folder of blobs and action cache, absolute. */
  readonly cache: string;
  readonly command: string;
  readonly stop: AbortSignal;
  onWait(holder: string): void;
}

interface Standing {
  readonly output: Digest | undefined;
  readonly pinned: Digest;
  readonly trace: Trace | undefined;
}

/** Each is checked before any is removed. Undefined where it was interrupted while it waited. @throws Failure */
export async function unpin(
  paths: readonly TargetPath[],
  { places, cache, command, stop, onWait }: Unpinning,
): Promise<readonly Unpinned[] | undefined> {
  for (const path of paths) refuseUnpinned(path, places);
  // That the file in its place is a hand edit from now on is noted in the journal, which one at a time may write.
  const lock = await acquireLock(join(places.state, "lock"), command, onWait, stop);
  if (lock === undefined) return undefined;
  try {
    return unpinLocked(paths, places, { blobs: new BlobStore(cache), cache: new ActionCache(cache) });
  } finally {
    lock.release();
  }
}

function refuseUnpinned(path: TargetPath, places: Places): void {
  if (statFile(places.pinned(path))?.isFile()) return;
  const all = pinnedFiles(places);
  throw new Failure(
    `${places.name(path)} is not pinned: there is no file ${places.sourceName(`pinned/${path}`)}.`,
    {
      code: "usage.invalid",
      help: all.length === 0 ? `Nothing of ${places.project} is pinned.` : suggest(path, all),
    },
  );
}

function unpinLocked(
  paths: readonly TargetPath[],
  places: Places,
  store: { readonly blobs: BlobStore; readonly cache: ActionCache },
): readonly Unpinned[] {
  const { snapshot } = loadSnapshot(snapshotPath(places.state), places.name(".faceless/snapshot"));
  const files = new FileStates(snapshot?.files ?? new FileTable(), Date.now);
  const loaded = loadJournal(journalPath(places), places.name(".faceless/journal"));
  const found = paths.map((path) => {
    const output = files.look(places.output(path))?.digest;
    const pinned = files.look(places.pinned(path))!.digest;
    const standing: Standing = { output, pinned, trace: traceOf(path, loaded.traces) };
    return { path, standing, next: nextOf(path, standing, store.blobs) };
  });
  const edits = found.filter(({ next, standing: { trace } }) => next === "kept" && trace?.how === "pinned");
  if (edits.length > 0) {
    const journal = Journal.open(journalPath(places), loaded, () => {});
    for (const { path } of edits) noteEdit(path, journal);
    journal.close();
  }
  return found.map(({ path, standing: { output, pinned }, next }) => {
    if (output !== pinned) keepByHand(places.pinned(path), pinned, store);
    rmSync(places.pinned(path));
    removeEmptyFolders(places.folder, `pinned/${path}`);
    return { path, next, stored: output === pinned ? undefined : store.blobs.path(pinned) };
  });
}

function nextOf(path: TargetPath, { output, trace }: Standing, blobs: BlobStore): Unpinned["next"] {
  if (output === undefined) return "made";
  const written = trace?.outputs.find((one) => one.path === path);
  // As `decide` has it: without a record the bytes are ours if we ever made them.
  if (trace === undefined || written === undefined) return blobs.has(output) ? "made" : "kept";
  return trace.how === "pinned" || !isOurs(written, output) ? "kept" : "nothing";
}

/** What a build has put in place from `pinned/` is recorded as what we wrote there; from now on it is somebody's. */
function noteEdit(path: TargetPath, journal: Journal): void {
  const trace = traceOf(path, journal.traces)!;
  const outputs = trace.outputs.map((one) => (one.path === path ? { ...one, byHand: true as const } : one));
  journal.record({ ...trace, outputs });
}

function pinnedFiles(places: Places): readonly string[] {
  const folder = join(places.folder, "pinned");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}
