/** What a person has made in the place of an output: how it is told from what we wrote, and how the store keeps it. */
import type { ActionKey, Digest, TracedOutput } from "../model/trace.ts";
import type { ActionCache } from "../store/action-cache.ts";
import type { BlobStore } from "../store/blobs.ts";

/** Whether these bytes are what we have put there and may replace; what was unpinned is somebody's edit. */
export function isOurs(written: TracedOutput, digest: Digest): boolean {
  return written.digest === digest && written.byHand !== true;
}

/** Keeps a file's bytes, which nothing could make again: under a record of their own, so that gc takes them only with `--paid`. */
export function keepByHand(
  file: string,
  digest: Digest,
  { blobs, cache }: { readonly blobs: BlobStore; readonly cache: ActionCache },
): void {
  blobs.put(file, digest, "copy");
  // No action has this key: both are sha256, and of different things.
  cache.put(digest as string as ActionKey, { outputs: { pinned: digest }, paid: true });
}
