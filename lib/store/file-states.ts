/** What is at each path and what its content is, hashed only where the stat says that something moved. */
import type { BigIntStats } from "node:fs";
import type { Digest, Stamp } from "../model/trace.ts";
import { hashFile, hashFolder, stampOf, statFile } from "./files.ts";

export type FileKind = "file" | "folder" | "special";

/** One path as it was seen. */
export interface FileState {
  readonly kind: FileKind;
  readonly stamp: Stamp;
  /** Of a file's bytes; of a folder's names. */
  readonly digest: Digest;
  /**
   * Whether the stamp alone may vouch for the digest from now on. Not so for a file that was touched less than 2 s
   * before it was hashed: within one tick of the clock it can change again under the same stamp (git's "racily clean").
   */
  readonly settled: boolean;
}

/** The coarsest clock of a file system in use: FAT's 2 s. */
const TICK_MS = 2_000;

function isSettled(stats: BigIntStats, hashedAt: number): boolean {
  return Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs)) <= hashedAt - TICK_MS;
}

const SPECIAL = "special" as Digest;

/** Looks at the path now. `known` is what was seen there before. Undefined where there is nothing. */
export function observe(
  path: string,
  known: FileState | undefined,
  now: () => number,
): FileState | undefined {
  const seen = statFile(path);
  if (seen === undefined) return undefined;
  const stamp = stampOf(seen);
  if (known?.settled && known.stamp === stamp) return known;
  const hashedAt = now();
  if (seen.isFile()) {
    const { digest, stats } = hashFile(path);
    return { kind: "file", stamp: stampOf(stats), digest, settled: isSettled(stats, hashedAt) };
  }
  if (seen.isDirectory()) {
    return { kind: "folder", stamp, digest: hashFolder(path), settled: isSettled(seen, hashedAt) };
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
  readonly #known: ReadonlyMap<string, FileState | undefined>;
  readonly #seen = new Map<string, FileState | undefined>();
  readonly #now: () => number;
  #changed = false;

  constructor(known: ReadonlyMap<string, FileState | undefined>, now: () => number) {
    this.#known = known;
    this.#now = now;
  }

  /** What is at an absolute path; looked at once a build. */
  look(path: string): FileState | undefined {
    if (this.#seen.has(path)) return this.#seen.get(path);
    return this.lookAgain(path);
  }

  /** Looks at the disk even if this build has seen the path already. */
  lookAgain(path: string): FileState | undefined {
    const before = this.#seen.get(path);
    const state = observe(path, before ?? this.#known.get(path), this.#now);
    if (this.#seen.has(path) && !sameContent(before, state)) this.#changed = true;
    this.#seen.set(path, state);
    return state;
  }

  /** Notes a file that was just put in place and whose digest is known, without reading it again. */
  wrote(path: string, digest: Digest): void {
    const stats = statFile(path);
    if (stats === undefined) throw new Error(`BUG: ${path} was written and is not there`);
    this.#seen.set(path, {
      kind: "file",
      stamp: stampOf(stats),
      digest,
      settled: isSettled(stats, this.#now()),
    });
  }

  removed(path: string): void {
    this.#seen.set(path, undefined);
  }

  /** Hashes again what has become old enough, so that the next build can trust the stamp alone. */
  settle(): void {
    for (const [path, state] of this.#seen) {
      if (state === undefined || state.settled || state.kind === "special") continue;
      const stats = statFile(path);
      if (stats === undefined || isSettled(stats, this.#now())) this.lookAgain(path);
    }
  }

  /** Whether somebody else changed a file under this build: then what it made can rest on two contents of one file. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Every path that this build asked for. */
  get seen(): ReadonlyMap<string, FileState | undefined> {
    return this.#seen;
  }
}
