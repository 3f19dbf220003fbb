/** Removes what was built. Its bytes stay in the store, so the next build restores it. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../base/failure.ts";
import type { TargetPath } from "../model/pipeline.ts";
import type { Digest, Trace } from "../model/trace.ts";
import { isWithin } from "../pipeline/paths.ts";
import { ActionCache } from "../store/action-cache.ts";
import { BlobStore } from "../store/blobs.ts";
import { sameContent } from "../store/file-states.ts";
import type { FileState } from "../store/file-table.ts";
import { statFile } from "../store/files.ts";
import { acquireLock } from "../store/lock.ts";
import { build } from "./build.ts";
import { isOurs } from "./by-hand.ts";
import type { Seen } from "./outline.ts";
import type { BuildRequest } from "./request.ts";
import { unknownPath } from "./unknown-path.ts";
import { removeEmptyFolders } from "./vanished.ts";

export interface Cleaned {
  /** In code-unit order. `lost`: it was changed by hand, and nothing else holds these bytes. */
  readonly removed: readonly { readonly path: TargetPath; readonly bytes: number; readonly lost: boolean }[];
  /** Changed by hand, or no regular file. */
  readonly kept: readonly TargetPath[];
}

/** What is at the place of an output. */
interface Found {
  readonly path: TargetPath;
  readonly state: FileState;
  readonly bytes: number;
  readonly ours: boolean;
}

interface Store {
  readonly blobs: BlobStore;
  readonly cache: ActionCache;
}

/**
 * `goals` are outputs, or folders of outputs; none for all. With `dryRun` what would be removed, and no lock is taken.
 * Undefined where it was interrupted while it waited for the lock. @throws Failure
 */
export async function clean(request: BuildRequest): Promise<Cleaned | undefined> {
  if (request.dryRun) return await cleanProject(request);
  const { places, command, emit, stop } = request;
  const onWait = (holder: string) => emit({ type: "waiting-for-lock", holder });
  const lock = await acquireLock(join(places.state, "lock"), command, onWait, stop);
  if (lock === undefined) return undefined;
  try {
    return await cleanProject(request);
  } finally {
    lock.release();
  }
}

async function cleanProject(request: BuildRequest): Promise<Cleaned> {
  const { goals, discardEdits, dryRun, emit } = request;
  // What there is to remove is told by what was recorded, and by the graph for what the records have lost.
  const { seen } = await build({
    ...request,
    ...{ dryRun: true, keepGoing: true, goals: [], force: [], discardEdits: false },
    emit: (event) => event.type === "notice" && event.action === undefined && emit(event),
  });
  if (seen === undefined) return { removed: [], kept: [] };
  const store = { blobs: new BlobStore(request.cache), cache: new ActionCache(request.cache) };
  const found = findOutputs(seen, chosen(ownedPaths(seen), goals, seen), store);
  let gone = found.filter(({ ours, state }) => state.kind === "file" && (ours || discardEdits));
  if (!dryRun) {
    await secure(gone, seen, store);
    gone = gone.filter((one) => remove(one, seen));
  }
  return {
    removed: gone.map(({ path, bytes, state: { digest } }) => {
      return { path, bytes, lost: !store.blobs.has(digest) && !isPinned(path, digest, seen) };
    }),
    kept: found.filter((one) => !gone.includes(one)).map(({ path }) => path),
  };
}

/** All that a target makes or that a trace records, in code-unit order. */
function ownedPaths({ graph, traces }: Seen): readonly TargetPath[] {
  const outputs = [...graph.actions.values(), ...traces.values()].flatMap((owner) => owner.outputs);
  return [...new Set(outputs.map(({ path }) => path))].sort();
}

function chosen(owned: readonly TargetPath[], goals: readonly TargetPath[], { places }: Seen) {
  const stray = goals.find((goal) => !owned.some((path) => isWithin(path, goal)));
  if (stray !== undefined) {
    const { code, message, help } = unknownPath(stray, owned, places);
    throw new Failure(message, { code, help });
  }
  return goals.length === 0 ? owned : owned.filter((path) => goals.some((goal) => isWithin(path, goal)));
}

function findOutputs(seen: Seen, paths: readonly TargetPath[], { blobs }: Store): readonly Found[] {
  const { files, places, traces } = seen;
  const recorded = new Map(
    [...traces.values()].flatMap(({ outputs }) => outputs.map((output) => [output.path, output])),
  );
  return paths.flatMap((path): Found[] => {
    const state = files.look(places.output(path));
    if (state === undefined) return [];
    const written = recorded.get(path);
    // Without a record (the state was deleted) the bytes are ours if we ever made them.
    const made = written === undefined ? blobs.has(state.digest) : isOurs(written, state.digest);
    const bytes = statFile(places.output(path))?.size ?? 0;
    return [{ path, state, bytes, ours: made || isPinned(path, state.digest, seen) }];
  });
}

function isPinned(path: TargetPath, digest: Digest, { files, places }: Seen): boolean {
  return files.look(places.pinned(path))?.digest === digest;
}

/** Sees to it that the store can bring back what is recorded, after a power cut too: the cache may have been deleted. */
async function secure(gone: readonly Found[], seen: Seen, store: Store): Promise<void> {
  const going = new Set(gone.filter(({ ours }) => ours).map(({ path }) => path));
  for (const trace of seen.traces.values()) {
    if (trace.how !== "pinned" && trace.outputs.some(({ path }) => going.has(path)))
      await secureTrace(trace, seen, store);
  }
}

async function secureTrace(
  { key, outputs, ms }: Trace,
  { files, places }: Seen,
  { blobs, cache }: Store,
): Promise<void> {
  for (const { path, digest } of outputs) {
    if (files.look(places.output(path))?.digest !== digest || blobs.has(digest)) continue;
    blobs.put(places.output(path), digest, "copy");
    await blobs.sync(digest);
  }
  if (cache.get(key) !== undefined || !outputs.every(({ digest }) => blobs.has(digest))) return;
  const made = Object.fromEntries(outputs.map(({ name, digest }) => [name, digest]));
  cache.put(key, { outputs: made, ...(ms === undefined ? {} : { ms }) });
  await cache.sync(key);
}

/** False where it was changed just now. Its trace stays: that it is missing is what the next build finds. */
function remove({ path, state }: Found, { places, files }: Seen): boolean {
  const file = places.output(path);
  if (!sameContent(files.lookAgain(file), state)) return false;
  rmSync(file);
  files.removed(file);
  removeEmptyFolders(places.outputs, path);
  return true;
}
