/** Base key → which of its inputs a command read, the latest first. Losing it costs a run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ActionKey } from "../model/trace.ts";
import { writeAtomically } from "./files.ts";

/** Kept for each base key: going back to an earlier text finds what was read of it. */
const MOST = 8;

export class Readings {
  readonly #folder: string;

  /** @param cache the folder that holds `cas/` and `ac/` too */
  constructor(cache: string) {
    this.#folder = join(cache, "deps");
  }

  #path(base: ActionKey): string {
    return join(this.#folder, base.slice(0, 2), base);
  }

  /** Empty where nothing is known; a damaged record is nothing known. */
  get(base: ActionKey): readonly (readonly string[])[] {
    try {
      const record = JSON.parse(readFileSync(this.#path(base), "utf8")) as unknown;
      const isList = (value: unknown) =>
        Array.isArray(value) && value.every((one) => typeof one === "string");
      return Array.isArray(record) && record.every(isList) ? record : [];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
      throw error;
    }
  }

  put(base: ActionKey, read: readonly string[]): void {
    const same = JSON.stringify(read);
    const others = this.get(base).filter((other) => JSON.stringify(other) !== same);
    const record = JSON.stringify([read, ...others].slice(0, MOST));
    writeAtomically(this.#path(base), record);
  }
}
