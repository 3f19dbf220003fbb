/** Trims the shared cache: looks at what it holds, has the policy choose, and removes what goes. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../base/failure.ts";
import type { ActionKey, Digest } from "../model/trace.ts";
import { ActionCache } from "./action-cache.ts";
import { statFile } from "./files.ts";
import {
  type CachedBlob,
  type CachedResult,
  type GcWish,
  IN_USE_MS,
  type Live,
  whatGoes,
} from "./gc-policy.ts";
import { loadJournal } from "./journal.ts";

export interface GcRequest extends GcWish {
  /** The folder of `cas/` and `ac/`, absolute. */
  readonly cache: string;
  /** Of every project that rests on the cache: absolute, and what messages call it. */
  readonly journals: readonly { readonly path: string; readonly name: string }[];
  readonly dryRun: boolean;
  now(): number;
}

export interface Collected {
  /** How many of the action cache's records. */
  readonly results: number;
  /** How many blobs, files that killed builds left half written, and records of what commands read. */
  readonly files: number;
  readonly bytes: number;
  readonly leftBytes: number;
}

/** What a killed build has left aside is nobody's after so long. */
const LEFTOVER_MS = 86_400_000;

const NAME = /^[0-9a-f]{64}$/;
const ASIDE = /^[0-9a-f]{64}\.[0-9a-f-]{36}$/;

/** A file of the cache as it was seen. */
interface Entry {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds. */
  readonly mtime: number;
  readonly ino: number;
}

/**
 * Builds may run meanwhile, here and in other clones: the cache is looked at before the journals are, so what a build
 * has finished since is young or recorded; what was used just now is young; and each file is looked at once more
 * before it goes. Should a build lose a blob under its hands all the same, it makes it again: a blob that is gone is a
 * miss. @throws Failure where a journal cannot be read, since then nobody knows what its project rests on.
 */
export function collectGarbage(request: GcRequest): Collected {
  const { cache, dryRun } = request;
  const now = request.now();
  const [cas, ac] = [entriesOf(join(cache, "cas")), entriesOf(join(cache, "ac"))];
  const leftovers = [...cas, ...ac].filter(
    ({ name, mtime }) => ASIDE.test(name) && mtime < now - LEFTOVER_MS,
  );
  const blobs = new Map(
    cas.filter(({ name }) => NAME.test(name)).map((entry) => [blobOf(entry), entry] as const),
  );
  const there = new Set([...blobs.keys()].map(({ digest }) => digest as string));
  const actions = new ActionCache(cache);
  const records = new Map(
    ac
      .filter(({ name }) => NAME.test(name))
      .map((entry) => [resultOf(entry, actions, there), entry] as const),
  );
  const live = readLive(request);
  const contents = { blobs: [...blobs.keys()], results: [...records.keys()] };
  const doomed = whatGoes(contents, live, request, now);
  const spared = new Set<Digest>();
  let results = 0;
  for (const result of doomed.results) {
    if (remove(records.get(result)!, dryRun)) results += 1;
    else for (const digest of result.digests) spared.add(digest);
  }
  const going = doomed.blobs.filter(({ digest }) => !spared.has(digest)).map((blob) => blobs.get(blob)!);
  const freed = going.filter((entry) => remove(entry, dryRun));
  const swept = [
    ...leftovers,
    ...oldReadings(request, now),
    ...oldAnswers(request, now),
    ...oldLeases(cache, now),
  ].filter((entry) => remove(entry, dryRun));
  return {
    results,
    files: freed.length + swept.length,
    bytes: sizeOf([...freed, ...swept]),
    leftBytes: sizeOf(contents.blobs) - sizeOf(freed),
  };
}

/** What commands with a depfile read: written anew at each run, and of use no longer than what the run made. */
function oldReadings({ cache, maxAgeMs }: GcRequest, now: number): readonly Entry[] {
  const oldest = now - Math.max(maxAgeMs, IN_USE_MS);
  return entriesOf(join(cache, "deps")).filter(
    ({ name, mtime }) => (NAME.test(name) || ASIDE.test(name)) && mtime < oldest,
  );
}

/** Answers of paid services that no result was made of: their actions failed, or are wanted no more. */
function oldAnswers({ cache, paid, maxAgeMs }: GcRequest, now: number): readonly Entry[] {
  if (!paid) return [];
  const oldest = now - Math.max(maxAgeMs, IN_USE_MS);
  return entriesOf(join(cache, "answers")).filter(({ mtime }) => mtime < oldest);
}

/** Of killed builds: a lease that is held is touched every few seconds. */
function oldLeases(cache: string, now: number): readonly Entry[] {
  return entriesIn(join(cache, "leases")).filter(({ mtime }) => mtime < now - LEFTOVER_MS);
}

const sizeOf = (entries: readonly { readonly bytes: number }[]) =>
  entries.reduce((sum, { bytes }) => sum + bytes, 0);

const blobOf = ({ name, bytes, mtime }: Entry): CachedBlob => ({
  digest: name as Digest,
  bytes,
  writtenAt: mtime,
});

function resultOf({ name, mtime }: Entry, cache: ActionCache, there: ReadonlySet<string>): CachedResult {
  const key = name as ActionKey;
  const found = cache.get(key);
  // What was replaced is kept as long as it is there; that it is gone breaks nothing.
  const before = (found?.before ?? []).filter((digest) => there.has(digest));
  const digests = [...Object.values(found?.outputs ?? {}), ...before];
  return { key, usedAt: mtime, paid: found?.paid ?? false, digests };
}

/** Of both levels of a folder such as `cas/`; none where there is no such folder. */
function entriesOf(folder: string): readonly Entry[] {
  return namesIn(folder).flatMap((top) => entriesIn(join(folder, top)));
}

function entriesIn(folder: string): readonly Entry[] {
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    const stats = statFile(path);
    return stats?.isFile() ? { name, path, ...seen(stats) } : [];
  });
}

function seen(stats: NonNullable<ReturnType<typeof statFile>>) {
  return { bytes: stats.size, mtime: stats.mtimeMs, ino: stats.ino };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

function readLive({ journals }: GcRequest): Live {
  const keys = new Set<ActionKey>();
  const digests = new Set<Digest>();
  for (const { path, name } of journals) {
    const { traces, damaged } = loadJournal(path, name);
    if (damaged) {
      throw new Failure(
        `${name} is damaged, so nobody knows what its project rests on: nothing is removed.`,
        { code: "pipeline.state", help: "Build that project, which mends it; or remove the file." },
      );
    }
    for (const trace of traces.values()) {
      keys.add(trace.key);
      for (const { digest } of trace.outputs) digests.add(digest);
    }
  }
  return { keys, digests };
}

/** False where somebody has used or replaced it since it was looked at. */
function remove({ path, mtime, ino }: Entry, dryRun: boolean): boolean {
  const stats = statFile(path);
  if (stats === undefined || stats.ino !== ino || stats.mtimeMs !== mtime) return false;
  if (!dryRun) rmSync(path, { force: true });
  return true;
}
