/** Path → what was there when it was last looked at, in packed columns: 100,000 outputs rest on 170,000 files. */
import type { Digest } from "../model/trace.ts";
import type { Stamp } from "./files.ts";

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

/** A row of the table: stands for a path, in lists of what an action reads. */
export type FileId = number;

/** Bits of `flags`. The lowest two are the kind; 0 is a path where there was nothing. */
const KINDS = ["file", "folder", "special"] as const;
const KIND = 0b0011;
const SETTLED = 0b0100;
/** The verdict of the last build rests on it. */
const RESTS = 0b1000;
/** What the row says is of now: it has been looked at since the table was loaded. */
const CURRENT = 0b1_0000;
/** This build has asked for it. */
const ASKED = 0b10_0000;
const LASTING = KIND | SETTLED | RESTS;

const STAMP = 4;
const DIGEST_BYTES = 32;

/** The columns as they are kept on disk: a row's flags, its four numbers of a stamp, and its 32 bytes of a digest. */
export interface FileColumns {
  /** In code-unit order. */
  readonly paths: readonly string[];
  readonly flags: Uint8Array;
  readonly stamps: Float64Array;
  readonly digests: Uint8Array;
}

const EMPTY: FileColumns = {
  paths: [],
  flags: new Uint8Array(),
  stamps: new Float64Array(),
  digests: new Uint8Array(),
};

export class FileTable {
  readonly #paths: string[];
  /** Rows before this one are in order and found by halving; what was added is found by the map. */
  readonly #sorted: number;
  readonly #added = new Map<string, FileId>();
  /** What was set and not settled then. */
  readonly #young = new Set<FileId>();
  #flags: Uint8Array;
  #stamps: Float64Array;
  #digests: Buffer;

  constructor({ paths, flags, stamps, digests }: FileColumns = EMPTY) {
    this.#paths = [...paths];
    this.#sorted = paths.length;
    this.#flags = flags;
    this.#stamps = stamps;
    this.#digests = Buffer.from(digests.buffer, digests.byteOffset, digests.byteLength);
  }

  get size(): number {
    return this.#paths.length;
  }

  path(id: FileId): string {
    return this.#paths[id]!;
  }

  find(path: string): FileId | undefined {
    let [from, to] = [0, this.#sorted];
    while (from < to) {
      const middle = (from + to) >> 1;
      const here = this.#paths[middle]!;
      if (here === path) return middle;
      if (here < path) from = middle + 1;
      else to = middle;
    }
    return this.#added.get(path);
  }

  /** The path's row; a new one says that nothing is there. */
  add(path: string): FileId {
    const known = this.find(path);
    if (known !== undefined) return known;
    const id = this.#paths.push(path) - 1;
    this.#added.set(path, id);
    if (id >= this.#flags.length) this.#grow();
    return id;
  }

  #grow(): void {
    // Not doubled: with 100,000 outputs the room that is left over is megabytes.
    const room = Math.max(64, Math.ceil(1.5 * this.#flags.length));
    const flags = new Uint8Array(room);
    flags.set(this.#flags);
    const stamps = new Float64Array(room * STAMP);
    stamps.set(this.#stamps);
    const digests = Buffer.alloc(room * DIGEST_BYTES);
    digests.set(this.#digests);
    [this.#flags, this.#stamps, this.#digests] = [flags, stamps, digests];
  }

  /** What was there; undefined for nothing. */
  get(id: FileId): FileState | undefined {
    const flags = this.#flags[id]!;
    if ((flags & KIND) === 0) return undefined;
    const [size, mtimeMs, ctimeMs, ino] = this.#stamps.subarray(id * STAMP, (id + 1) * STAMP);
    return {
      kind: KINDS[(flags & KIND) - 1]!,
      stamp: { size: size!, mtimeMs: mtimeMs!, ctimeMs: ctimeMs!, ino: ino! },
      digest: this.digest(id),
      settled: (flags & SETTLED) !== 0,
    };
  }

  digest(id: FileId): Digest {
    return this.#digests.toString("hex", id * DIGEST_BYTES, (id + 1) * DIGEST_BYTES) as Digest;
  }

  set(id: FileId, state: FileState | undefined): void {
    const kept = this.#flags[id]! & (RESTS | CURRENT | ASKED);
    if (state === undefined) {
      this.#flags[id] = kept;
      return;
    }
    this.#flags[id] = kept | (KINDS.indexOf(state.kind) + 1) | (state.settled ? SETTLED : 0);
    if (!state.settled) this.#young.add(id);
    const { size, mtimeMs, ctimeMs, ino } = state.stamp;
    this.#stamps.set([size, mtimeMs, ctimeMs, ino], id * STAMP);
    this.#digests.write(state.digest, id * DIGEST_BYTES, "hex");
  }

  /** Whether what is there now (undefined: nothing) is what was there, as far as a stamp alone can tell. */
  isUnmoved(id: FileId, now: Stamp | undefined): boolean {
    const flags = this.#flags[id]!;
    if (now === undefined) return (flags & KIND) === 0;
    const at = id * STAMP;
    return (
      (flags & SETTLED) !== 0 &&
      this.#stamps[at] === now.size &&
      this.#stamps[at + 1] === now.mtimeMs &&
      this.#stamps[at + 2] === now.ctimeMs &&
      this.#stamps[at + 3] === now.ino
    );
  }

  /** What has been looked at since the table was loaded, and whose stamp does not vouch for its content yet. */
  unsettled(): FileId[] {
    return [...this.#young].filter((id) => {
      const flags = this.#flags[id]!;
      const kind = flags & KIND;
      return (flags & (CURRENT | SETTLED)) === CURRENT && (kind === 1 || kind === 2);
    });
  }

  isCurrent(id: FileId): boolean {
    return (this.#flags[id]! & CURRENT) !== 0;
  }

  markCurrent(id: FileId): void {
    this.#flags[id]! |= CURRENT;
  }

  markAsked(id: FileId): void {
    this.#flags[id]! |= ASKED;
  }

  isAsked(id: FileId): boolean {
    return (this.#flags[id]! & ASKED) !== 0;
  }

  /** Whether the verdict rests on it. */
  rests(id: FileId): boolean {
    return (this.#flags[id]! & RESTS) !== 0;
  }

  /** From now on the verdict rests on what this build asked for, and, with `andBefore`, on what it rested on before. */
  restOnAsked(andBefore: boolean): void {
    const rests = andBefore ? ASKED | RESTS : ASKED;
    for (let id = 0; id < this.size; id++) {
      const flags = this.#flags[id]!;
      this.#flags[id] = (flags & rests) === 0 ? flags & ~RESTS : flags | RESTS;
    }
  }

  /** The rows that are to be kept, in order of path; and where each of them has come to be. */
  columns(keep?: (id: FileId) => boolean): { columns: FileColumns; placeOf: (id: FileId) => FileId } {
    if (keep === undefined && this.size === this.#sorted) {
      const flags = this.#flags.slice();
      for (let id = 0; id < flags.length; id++) flags[id]! &= LASTING;
      const columns = { paths: this.#paths, flags, stamps: this.#stamps, digests: this.#digests };
      return { columns, placeOf: (id) => id };
    }
    const paths = this.#paths;
    const order = this.#kept(keep).sort((a, b) => (paths[a]! < paths[b]! ? -1 : 1));
    const size = order.length;
    const places = new Uint32Array(this.size);
    const flags = new Uint8Array(size);
    const stamps = new Float64Array(size * STAMP);
    const digests = new Uint8Array(size * DIGEST_BYTES);
    for (const [place, id] of order.entries()) {
      places[id] = place;
      flags[place] = this.#flags[id]! & LASTING;
      stamps.set(this.#stamps.subarray(id * STAMP, (id + 1) * STAMP), place * STAMP);
      digests.set(this.#digests.subarray(id * DIGEST_BYTES, (id + 1) * DIGEST_BYTES), place * DIGEST_BYTES);
    }
    const columns = { paths: Array.from(order, (id) => paths[id]!), flags, stamps, digests };
    return { columns, placeOf: (id) => places[id]! };
  }

  #kept(keep: ((id: FileId) => boolean) | undefined): Uint32Array {
    const ids = new Uint32Array(this.size);
    let count = 0;
    for (let id = 0; id < this.size; id++) if (keep?.(id) ?? true) ids[count++] = id;
    return ids.subarray(0, count);
  }
}
