/** What the last build left for the next, in one packed file that is read at once: every file, every action, its verdict. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { TargetPath } from "../model/pipeline.ts";
import { type ActionColumns, ActionTable } from "./action-table.ts";
import { type FileColumns, FileTable } from "./file-table.ts";
import { naming, type Stamp, writeAtomically } from "./files.ts";

const MAGIC = "faceless snapshot 2";

/** How everything that was asked for stands, as long as every file that this rests on is what it was. */
export interface Verdict {
  /** Of all that decides besides the files: goals, options, versions, environment. */
  readonly signature: string;
  /** Whether all of it is up to date. */
  readonly ok: boolean;
  readonly actions: number;
  /** Outputs that were kept as they were edited, and that every build tells of again. */
  readonly edited: readonly { readonly action: TargetPath; readonly target: string }[];
  readonly pinned: number;
}

/** The actions that a verdict is about, and what a build of a few of them has to know. */
export interface Roster {
  readonly actions: ActionTable;
  /** Of the journal that their traces are in. */
  readonly journal: Stamp;
  /** What the caller made of configuration and pipeline, as text: it holds while the verdict's files do. */
  readonly description: string;
  /** Target to what one of its actions took on average, in milliseconds. */
  readonly pastMs: Readonly<Record<string, number>>;
}

export interface Snapshot {
  readonly verdict: Verdict | undefined;
  /** Every path that was looked at; those that the verdict rests on are marked. */
  readonly files: FileTable;
  /** Undefined where the last build did not learn of all actions. */
  readonly roster: Roster | undefined;
}

/** As it is to be written: the rows of files and actions in the order that they are kept in. */
export interface SnapshotColumns {
  readonly verdict: Verdict | undefined;
  readonly files: FileColumns;
  readonly roster: (Omit<Roster, "actions"> & { readonly actions: ActionColumns }) | undefined;
}

export function snapshotPath(state: string): string {
  return join(state, "snapshot");
}

interface Head {
  readonly verdict: Verdict | null;
  readonly roster: (Omit<Roster, "actions"> & { readonly targets: readonly string[] }) | null;
  /** Lengths in bytes of what follows. */
  readonly sections: readonly number[];
}

/**
 * Undefined where there is none; the reason where there is one that cannot be used, calling it `name`. Losing it costs
 * time alone.
 */
export function loadSnapshot(
  path: string,
  name: string,
): { snapshot: Snapshot | undefined; warning?: string } {
  let bytes: Buffer;
  try {
    bytes = naming(path, () => readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { snapshot: undefined };
    throw error;
  }
  const line = bytes.indexOf(10) + 1;
  const body = bytes.subarray(line);
  if (bytes.toString("latin1", 0, line) !== firstLine(crc32(body))) {
    return { snapshot: undefined, warning: `${name} is damaged and is not used: every file is read again.` };
  }
  return { snapshot: unpack(body) };
}

function firstLine(checksum: number): string {
  return `${MAGIC} ${checksum.toString(16).padStart(8, "0")}\n`;
}

function unpack(body: Buffer): Snapshot {
  const line = body.indexOf(10) + 1;
  const head = JSON.parse(body.toString("utf8", 0, line)) as Head;
  const sections: Buffer[] = [];
  let at = line;
  for (const length of head.sections) {
    sections.push(body.subarray(at, at + length));
    at += length;
  }
  const [paths, flags, stamps, digests, ...actions] = sections as [Buffer, Buffer, Buffer, Buffer];
  const files = new FileTable({
    paths: paths.length === 0 ? [] : paths.toString("utf8").split("\0"),
    flags: new Uint8Array(flags),
    stamps: new Float64Array(copyOf(stamps)),
    digests: new Uint8Array(digests),
  });
  const { verdict, roster } = head;
  if (roster === null) return { verdict: verdict ?? undefined, files, roster: undefined };
  const { targets, ...rest } = roster;
  const table = new ActionTable(unpackActions(targets, actions));
  return { verdict: verdict ?? undefined, files, roster: { ...rest, actions: table } };
}

/** A buffer of its own, which begins where numbers of eight bytes may. */
function copyOf(bytes: Buffer): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

function unpackActions(targets: readonly string[], sections: readonly Buffer[]): ActionColumns {
  const [target, standing, traceAt, outputEnds, outputs, readEnds, reads, keyEnds, keys] = sections;
  const uint32 = (bytes: Buffer | undefined) => new Uint32Array(copyOf(bytes!));
  return {
    targets,
    target: uint32(target),
    standing: new Uint8Array(standing!),
    traceAt: new Float64Array(copyOf(traceAt!)),
    outputEnds: uint32(outputEnds),
    outputs: uint32(outputs),
    readEnds: uint32(readEnds),
    reads: uint32(reads),
    keyEnds: uint32(keyEnds),
    keys: keys!.toString("utf8"),
  };
}

export function saveSnapshot(path: string, { verdict, files, roster }: SnapshotColumns): void {
  const size = files.paths.length;
  const paths = encoded(files.paths);
  const sections: Uint8Array[] = [
    // Columns can have room for more rows than there are.
    files.flags.subarray(0, size),
    bytesOf(files.stamps.subarray(0, size * 4)),
    files.digests.subarray(0, size * 32),
  ];
  let head: Omit<Head, "sections"> = { verdict: verdict ?? null, roster: null };
  if (roster !== undefined) {
    const { actions, ...rest } = roster;
    const { targets, target, standing, traceAt, outputEnds, outputs, readEnds, reads, keyEnds, keys } =
      actions;
    head = { ...head, roster: { ...rest, targets } };
    sections.push(bytesOf(target), standing, bytesOf(traceAt));
    for (const column of [outputEnds, outputs, readEnds, reads, keyEnds]) sections.push(bytesOf(column));
    sections.push(Buffer.from(keys));
  }
  const lengths = [lengthOf(paths), ...sections.map((section) => section.length)];
  const body = [Buffer.from(`${JSON.stringify({ ...head, sections: lengths })}\n`), ...paths, ...sections];
  // Of no bytes, zlib would begin anew.
  const checksum = body.reduce((sum, bytes) => (bytes.length === 0 ? sum : crc32(bytes, sum)), 0);
  writeAtomically(path, [Buffer.from(firstLine(checksum)), ...body], { sync: false });
}

/** NUL between them, in pieces: one string of all paths would be there beside its bytes. */
function encoded(paths: readonly string[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < paths.length; from += PIECE) {
    const piece = paths.slice(from, from + PIECE).join("\0");
    pieces.push(Buffer.from(from === 0 ? piece : `\0${piece}`));
  }
  return pieces;
}

/** So many paths are encoded at once. */
const PIECE = 4_096;

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
