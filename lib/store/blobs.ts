/** Digest → bytes: everything ever made, under the name of its content, shared by all projects of a content repo. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Keeping } from "../model/task.ts";
import type { Digest } from "../model/trace.ts";
import {
  copyFile,
  hashFile,
  inFolderOf,
  linkOrCopy,
  placeFile,
  statFile,
  syncFile,
  syncNames,
} from "./files.ts";

export class BlobStore {
  readonly #folder: string;
  #added = 0;

  /** @param cache the folder that holds `cas/` and `ac/` */
  constructor(cache: string) {
    this.#folder = join(cache, "cas");
  }

  path(digest: Digest): string {
    return join(this.#folder, digest.slice(0, 2), digest);
  }

  /** Bytes that were put in since this was made. */
  get added(): number {
    return this.#added;
  }

  has(digest: Digest): boolean {
    return statFile(this.path(digest))?.isFile() ?? false;
  }

  /** Keeps the bytes of a finished file, which the caller has hashed. */
  put(file: string, digest: Digest, keep: Keeping): void {
    // Even if there is a blob already: an edit of an output that was linked to it may have damaged that one.
    const aside = `${this.path(digest)}.${randomUUID()}`;
    try {
      inFolderOf(aside, () => (keep === "link" ? linkOrCopy(file, aside) : copyFile(file, aside)));
      placeFile(aside, this.path(digest));
      this.#added += statFile(this.path(digest))?.size ?? 0;
    } catch (error) {
      rmSync(aside, { force: true });
      throw error;
    }
    // Still there where both names are links to one file: then rename does nothing.
    if (keep === "link") rmSync(aside, { force: true });
  }

  /** A power cut does not take it any more. Should one come before, the blob is found damaged when it is used. */
  async sync(digest: Digest): Promise<void> {
    await syncFile(this.path(digest));
  }

  /** Nor its name, which most file systems write with the bytes, and none has to. */
  async syncName(digest: Digest): Promise<void> {
    await syncNames(this.path(digest), dirname(this.#folder));
  }

  /**
   * Writes the bytes to `to`, a path that nobody else uses, after checking that they still are what their name says.
   * Never a link: of two outputs with these bytes, an edit of the one in place would be an edit of the other.
   * False where they are gone or damaged; a damaged blob is removed, so that the next one can take its place.
   */
  get(digest: Digest, to: string): boolean {
    const blob = this.path(digest);
    if (!this.has(digest)) return false;
    copyFile(blob, to);
    if (hashFile(to).digest === digest) return true;
    rmSync(to, { force: true });
    rmSync(blob, { force: true });
    return false;
  }
}
