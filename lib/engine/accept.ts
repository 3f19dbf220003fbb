/** Takes what is on disk for what a key makes: its bytes go into the store, under that key. */
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { Keeping } from "../model/task.ts";
import type { Digest, Trace } from "../model/trace.ts";
import type { ActionCache, ActionResult } from "../store/action-cache.ts";
import type { BlobStore } from "../store/blobs.ts";
import type { FileStates } from "../store/file-states.ts";
import { copyFile, hashFile } from "../store/files.ts";
import { isOurs } from "./by-hand.ts";
import type { Places } from "./place.ts";
import { isPaid, type Resolved } from "./resolve.ts";
import type { Attempt } from "./scratch.ts";

export interface Accepting {
  readonly places: Places;
  readonly files: FileStates;
  readonly blobs: BlobStore;
  readonly cache: ActionCache;
  /** As it was recorded last. */
  readonly trace: Trace | undefined;
  readonly attempt: Attempt;
  readonly keep: Keeping;
}

/** All outputs are regular files. Gives the one that was changed meanwhile, and then nothing is accepted. */
export function storeAccepted(action: Action, resolved: Resolved, parts: Accepting): TargetPath | undefined {
  const { places, files, blobs, cache, trace, attempt, keep } = parts;
  const digests = action.outputs.map(({ name, path }) => ({
    name,
    path,
    digest: files.look(places.output(path))!.digest,
  }));
  for (const { name, path, digest } of digests) {
    if (keep === "link" && blobs.has(digest)) continue;
    // A copy, even of what is kept as a link: a link would move the output's own stamp.
    const aside = attempt.file(name);
    copyFile(places.output(path), aside);
    if (hashFile(aside).digest !== digest) return path;
    blobs.put(aside, digest, "copy");
  }
  const outputs = Object.fromEntries(digests.map(({ name, digest }) => [name, digest]));
  const [there, last] = [cache.get(resolved.key), trace && cache.get(trace.key)];
  const byHand = digests.some(({ path, digest }) => !wasOurs(trace, path, digest));
  cache.put(resolved.key, {
    outputs,
    ...(trace?.ms === undefined ? {} : { ms: trace.ms }),
    ...(isPaid(resolved) || byHand || there?.paid || last?.paid ? { paid: true } : {}),
    ...(byHand || last?.cost === undefined ? {} : { cost: last.cost }),
    ...replaced(there, Object.values(outputs)),
  });
  return undefined;
}

function wasOurs(trace: Trace | undefined, path: TargetPath, digest: Digest): boolean {
  return trace?.outputs.some((output) => output.path === path && isOurs(output, digest)) ?? false;
}

/** What the key stood for until now stays in the store as well. */
function replaced(there: ActionResult | undefined, now: readonly Digest[]): Pick<ActionResult, "before"> {
  const all = [...Object.values(there?.outputs ?? {}), ...(there?.before ?? [])];
  const before = [...new Set(all)].filter((digest) => !now.includes(digest));
  return before.length === 0 ? {} : { before };
}
