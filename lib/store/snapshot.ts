/** What the last build saw of every file, in one file that is read at once: the stat cache, and its verdict. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { TargetPath } from "../model/pipeline.ts";
import type { Digest, Stamp } from "../model/trace.ts";
import type { FileKind, FileState } from "./file-states.ts";
import { naming, writeAtomically } from "./files.ts";

const MAGIC = "faceless snapshot 1";

/** "Everything is up to date", as long as every file of the snapshot is what it was. */
export interface Verdict {
  /** Of all that decides besides the files: goals, options, versions, environment. */
  readonly signature: string;
  readonly actions: number;
  /** Outputs that were kept as they were edited, and that every build tells of again. */
  readonly edited: readonly { readonly action: TargetPath; readonly target: string }[];
  readonly pinned: number;
}

export interface Snapshot {
  readonly verdict: Verdict | undefined;
  /** Absolute path to what was there; undefined where there was nothing. */
  readonly files: ReadonlyMap<string, FileState | undefined>;
}

type Row =
  | readonly [path: string, kind: FileKind, stamp: Stamp, digest: Digest, settled: 0 | 1]
  | readonly [path: string];

export function snapshotPath(state: string): string {
  return join(state, "snapshot");
}

/**
 * Undefined where there is none; the reason where there is one that cannot be used, calling it `name`. Losing it costs
 * time alone.
 */
export function loadSnapshot(
  path: string,
  name: string,
): { snapshot: Snapshot | undefined; warning?: string } {
  let text: string;
  try {
    text = naming(path, () => readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { snapshot: undefined };
    throw error;
  }
  const line = text.indexOf("\n");
  const body = text.slice(line + 1);
  if (text.slice(0, line) !== header(body)) {
    return {
      snapshot: undefined,
      warning: `${name} is damaged and is not used: every file is read again.`,
    };
  }
  const { verdict, rows } = JSON.parse(body) as { verdict: Verdict | null; rows: Row[] };
  const files = new Map<string, FileState | undefined>();
  for (const row of rows) {
    if (row.length === 1) files.set(row[0], undefined);
    else files.set(row[0], { kind: row[1], stamp: row[2], digest: row[3], settled: row[4] === 1 });
  }
  return { snapshot: { verdict: verdict ?? undefined, files } };
}

function header(body: string): string {
  return `${MAGIC} ${crc32(body).toString(16).padStart(8, "0")}`;
}

export function saveSnapshot(path: string, { verdict, files }: Snapshot): void {
  const rows: Row[] = [];
  for (const [file, state] of files) {
    rows.push(
      state === undefined ? [file] : [file, state.kind, state.stamp, state.digest, state.settled ? 1 : 0],
    );
  }
  const body = JSON.stringify({ verdict: verdict ?? null, rows });
  writeAtomically(path, `${header(body)}\n${body}`, randomUUID());
}
