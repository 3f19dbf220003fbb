/** What is at each path and what its content is, hashed only where the stat says that something moved. */
import type { Digest } from "../model/trace.ts";
import type { FileId, FileState, FileTable } from "./file-table.ts";
import { hashFile, hashFolder, type Stamp, sameStamp, stampOf, statFile } from "./files.ts";

/** The coarsest clock of a file system in use: FAT's 2 s. */
const TICK_MS = 2_000;

function isSettled({ mtimeMs, ctimeMs }: Stamp, hashedAt: number): boolean {
  return Math.max(mtimeMs, ctimeMs) <= hashedAt - TICK_MS;
}

const SPECIAL = "0".repeat(64) as Digest;

/** Looks at the path now. `known` is what was seen there before. Undefined where there is nothing. */
export function observe(
  path: string,
  known: FileState | undefined,
  now: () => number,
): FileState | undefined {
  const seen = statFile(path);
  if (seen === undefined) return undefined;
  const stamp = stampOf(seen);
  if (known?.settled && sameStamp(known.stamp, stamp)) return known;
  const hashedAt = now();
  if (seen.isFile()) {
    const { digest, stamp } = hashFile(path);
    return { kind: "file", stamp, digest, settled: isSettled(stamp, hashedAt) };
  }
  if (seen.isDirectory()) {
    return { kind: "folder", stamp, digest: hashFolder(path), settled: isSettled(stamp, hashedAt) };
  }
  // A pipe or device is never opened: reading it could wait for ever.
  return { kind: "special", stamp, digest: SPECIAL, settled: false };
}

/** Whether two looks at a path saw the same content. */
export function sameContent(a: FileState | undefined, b: FileState | undefined): boolean {
  return a?.kind === b?.kind && a?.digest === b?.digest;
}

/** One build's view of the disk: every path that it asked for, and what was there. */
export class FileStates {
  readonly table: FileTable;
  readonly #now: () => number;
  #changed = false;

  /** `known`: what was seen before this build. */
  constructor(known: FileTable, now: () => number) {
    this.table = known;
    this.#now = now;
  }

  /** What is at an absolute path; looked at once a build. */
  look(path: string): FileState | undefined {
    return this.table.get(this.ask(path));
  }

  /** The path's row, which says what is there now. */
  ask(path: string): FileId {
    const id = this.table.add(path);
    if (!this.table.isCurrent(id)) this.#lookNow(id, path);
    this.table.markAsked(id);
    return id;
  }

  /** Looks at the disk even if this build has seen the path already. */
  lookAgain(path: string): FileState | undefined {
    const id = this.table.add(path);
    this.#lookNow(id, path);
    this.table.markAsked(id);
    return this.table.get(id);
  }

  #lookNow(id: FileId, path: string): void {
    const { table } = this;
    const before = table.get(id);
    const state = observe(path, before, this.#now);
    if (table.isCurrent(id) && !sameContent(before, state)) this.#changed = true;
    if (state !== before) table.set(id, state);
    table.markCurrent(id);
  }

  /** Notes a file that was just put in place and whose digest is known, without reading it again. */
  wrote(path: string, digest: Digest): void {
    const stats = statFile(path);
    if (stats === undefined) throw new Error(`BUG: ${path} was written and is not there`);
    const stamp = stampOf(stats);
    this.#note(path, { kind: "file", stamp, digest, settled: isSettled(stamp, this.#now()) });
  }

  removed(path: string): void {
    this.#note(path, undefined);
  }

  #note(path: string, state: FileState | undefined): void {
    const id = this.table.add(path);
    this.table.set(id, state);
    this.table.markCurrent(id);
    this.table.markAsked(id);
  }

  /** Hashes again what has become old enough, so that the next build can trust the stamp alone. */
  settle(): void {
    const { table } = this;
    for (const id of table.unsettled()) {
      const path = table.path(id);
      const stats = statFile(path);
      if (stats === undefined || isSettled(stats, this.#now())) this.#lookNow(id, path);
    }
  }

  /** Whether somebody else changed a file under this build: then what it made can rest on two contents of one file. */
  get changed(): boolean {
    return this.#changed;
  }
}
