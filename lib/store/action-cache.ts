/** Action key → the digests that it produced: "this was made before", in any project, branch or clone. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ActionKey, Digest } from "../model/trace.ts";
import { writeAtomically } from "./files.ts";

export interface ActionResult {
  /** Output name to digest. */
  readonly outputs: Readonly<Record<string, Digest>>;
  /** Milliseconds that the task took; undefined where that is not known any more. */
  readonly ms?: number;
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
    try {
      const record = JSON.parse(readFileSync(this.#path(key), "utf8")) as ActionResult;
      const digests = Object.values(record.outputs);
      return digests.length > 0 && digests.every((digest) => DIGEST.test(digest)) ? record : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
      if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
      throw error;
    }
  }

  put(key: ActionKey, result: ActionResult): void {
    writeAtomically(this.#path(key), JSON.stringify(result), randomUUID());
  }
}
