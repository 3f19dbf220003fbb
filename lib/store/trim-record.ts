/** When the shared cache was last looked through, and how much was added to it since: one line each, appended. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "./files.ts";

const DAY_MS = 86_400_000;

/** The first line has the time of the last look and the bytes that it left; the others, what builds have added. */
function recordPath(cache: string): string {
  return join(cache, "trimmed");
}

export function noteLook(cache: string, at: number, leftBytes: number): void {
  writeAtomically(recordPath(cache), `${at} ${leftBytes}\n`);
}

/** One write, so that two builds cannot lose each other's. */
export function noteAdded(cache: string, bytes: number, now: number): void {
  if (bytes === 0) return;
  try {
    // Of a cache without a record nobody knows the size; a day later somebody looks.
    if (!existsSync(recordPath(cache))) noteLook(cache, now, 0);
    appendFileSync(recordPath(cache), `+${bytes}\n`);
  } catch {
    // On a full disk what was made is safe by now; that the next look comes later is the whole cost.
  }
}

/**
 * Whether it is time to look: once a day at most, unless the bound is exceeded by a quarter; and then only if a tenth
 * of the bound was added since the last look, which has found that the rest has to stay.
 */
export function isLookDue(cache: string, maxBytes: number, now: number): boolean {
  const [first, ...lines] = read(cache).trimEnd().split("\n");
  const [at, left] = (first ?? "").split(" ").map(Number);
  const added = lines.reduce((sum, line) => sum + Number(line), 0);
  // A damaged record is no reason never to look again.
  if (at === undefined || left === undefined || ![at, left, added].every(Number.isFinite)) return true;
  return now - at >= DAY_MS || (left + added > 1.25 * maxBytes && added > 0.1 * maxBytes);
}

/** Where there is none, nothing was added. */
function read(cache: string): string {
  try {
    return readFileSync(recordPath(cache), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return `${Number.MAX_SAFE_INTEGER} 0\n`;
    throw error;
  }
}
