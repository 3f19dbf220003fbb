/** Digest → bytes: everything ever made, under the name of its content, shared by all projects of a content repo. */
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Keeping } from "../model/task.ts";
import type { Digest } from "../model/trace.ts";
import { copyFile, hashFile, linkOrCopy, placeFile, statFile, syncFile } from "./files.ts";

export class BlobStore {
  readonly #folder: string;

  /** @param cache the folder that holds `cas/` and `ac/` */
  constructor(cache: string) {
    this.#folder = join(cache, "cas");
  }

  path(digest: Digest): string {
    return join(this.#folder, digest.slice(0, 2), digest);
  }

  has(digest: Digest): boolean {
    return statFile(this.path(digest))?.isFile() ?? false;
  }

  /** Keeps the bytes of a finished file, which the caller has hashed and synced. */
  put(file: string, digest: Digest, keep: Keeping): void {
    // Even if there is a blob already: an edit of an output that was linked to it may have damaged that one.
    const aside = `${this.path(digest)}.${randomUUID()}`;
    mkdirSync(dirname(aside), { recursive: true });
    try {
      if (keep === "link") linkOrCopy(file, aside);
      else {
        copyFile(file, aside);
        syncFile(aside);
      }
      placeFile(aside, this.path(digest));
    } finally {
      // Still there after a failure, and where both names are links to one file: then rename does nothing.
      rmSync(aside, { force: true });
    }
  }

  /**
   * Writes the bytes to `to`, a path that nobody else uses, after checking that they still are what their name says.
   * False where they are gone or damaged; a damaged blob is removed, so that the next one can take its place.
   */
  get(digest: Digest, to: string, keep: Keeping): boolean {
    const blob = this.path(digest);
    if (!this.has(digest)) return false;
    if (keep === "link") linkOrCopy(blob, to);
    else copyFile(blob, to);
    if (hashFile(to).digest === digest) return true;
    rmSync(to, { force: true });
    rmSync(blob, { force: true });
    return false;
  }
}
