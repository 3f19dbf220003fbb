/** Action key → the digests that it produced: "this was made before", in any project, branch or clone. */
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ActionKey, Digest } from "../model/trace.ts";
import { inFolderOf, naming, statFile, syncFile, syncNames, writeAtomically } from "./files.ts";
import { USE_NOTED_MS } from "./gc-policy.ts";

export interface ActionResult {
  /** Output name to digest. */
  readonly outputs: Readonly<Record<string, Digest>>;
  /** Milliseconds that the task took; undefined where that is not known any more. */
  readonly ms?: number;
  /** It cannot be had again for nothing: its tool is paid, or a person made it. */
  readonly paid?: true;
  /** US dollars that it cost to make, where that is known. */
  readonly cost?: number;
  /** What a person has put these outputs in place of; the store keeps it. */
  readonly before?: readonly Digest[];
}

const DIGEST = /^[0-9a-f]{64}$/;

export class ActionCache {
  readonly #folder: string;

  constructor(cache: string) {
    this.#folder = join(cache, "ac");
  }

  #path(key: ActionKey): string {
    return join(this.#folder, key.slice(0, 2), key);
  }

  /** Undefined for a key that is not known; a damaged record is not known either. */
  get(key: ActionKey): ActionResult | undefined {
    const path = this.#path(key);
    // Most keys that are asked for are not there, and an exception costs twenty times what a stat does.
    if (statFile(path) === undefined) return undefined;
    try {
      const record = JSON.parse(readFileSync(path, "utf8")) as ActionResult;
      const digests = Object.values(record.outputs);
      return digests.length > 0 && digests.every((digest) => DIGEST.test(digest)) ? record : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
      if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
      throw error;
    }
  }

  put(key: ActionKey, result: ActionResult): void {
    const [path, content] = [this.#path(key), JSON.stringify(result)];
    try {
      // No name aside: half a record is no JSON, and so no record.
      inFolderOf(path, () => naming(path, () => writeFileSync(path, content, { flag: "wx" })));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      writeAtomically(path, content, { sync: false });
    }
  }

  /**
   * Notes that a result is used: the least recently used goes first when the cache is trimmed. The note is the record's
   * own mtime, since that of a blob may be an output's too.
   */
  touch(key: ActionKey, now: number): void {
    try {
      const stats = statFile(this.#path(key));
      if (stats === undefined || now - stats.mtimeMs < USE_NOTED_MS) return;
      utimesSync(this.#path(key), now / 1000, now / 1000);
    } catch (error) {
      // Gone meanwhile, or a cache that may only be read: then nobody trims it from here.
      const fine = ["ENOENT", "EACCES", "EPERM", "EROFS"];
      if (!fine.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }

  /** A power cut does not take it any more; the blobs that it names have to be synced before. */
  async sync(key: ActionKey): Promise<void> {
    await syncFile(this.#path(key));
  }
  /** Nor its name; see `BlobStore.syncName`. */
  async syncName(key: ActionKey): Promise<void> {
    await syncNames(this.#path(key), dirname(this.#folder));
  }
}
