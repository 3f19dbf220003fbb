/** The shortest way to "nothing to do": the last build's verdict holds while every file it rests on is unmoved. */
import { observe, sameContent } from "../store/file-states.ts";
import type { FileId, FileTable } from "../store/file-table.ts";
import { type Stamp, stampOf, statFile } from "../store/files.ts";
import { loadSnapshot, type Snapshot, saveSnapshot, type Verdict } from "../store/snapshot.ts";

/** What has become of the files that the last build's verdict rests on. */
export interface Survey {
  readonly snapshot: Snapshot & { readonly verdict: Verdict };
  /** Those that have other content by now, or cannot be read; the table has what is there now. */
  readonly moved: readonly FileId[];
  /** Of the snapshot's own file: while it is the same, so is what was found. */
  readonly stamp: Stamp;
  /** Milliseconds since the epoch. */
  readonly began: number;
}

/**
 * Compares every file, and reads those alone whose stamp does not vouch for them. Neither parses the pipeline nor reads
 * the journal; loads nothing but Node's own modules. Undefined where there is no verdict for this request.
 */
export function surveyFiles(path: string, signature: string, now: () => number): Survey | undefined {
  const began = now();
  const stats = statFile(path);
  const { snapshot } = loadSnapshot(path, path);
  const { verdict, files, roster } = snapshot ?? {};
  if (stats === undefined || files === undefined || verdict?.signature !== signature) return undefined;
  const { moved, looked } = compareFiles(files, now);
  // What had to be read again and is the same needs no second reading the next time.
  if (looked && moved.length === 0) trySaveSnapshot(path, { verdict, files, roster });
  return { snapshot: { verdict, files, roster }, moved, stamp: stampOf(stats), began };
}

function compareFiles(files: FileTable, now: () => number): { moved: FileId[]; looked: boolean } {
  const moved: FileId[] = [];
  let looked = false;
  for (let id = 0; id < files.size; id++) {
    if (!files.rests(id)) continue;
    const path = files.path(id);
    try {
      if (!files.isUnmoved(id, statFile(path))) {
        looked = true;
        const before = files.get(id);
        const after = observe(path, before, now);
        if (!sameContent(before, after)) moved.push(id);
        files.set(id, after);
      }
      files.markCurrent(id);
    } catch {
      // What cannot be looked at is told by the build, at the action that needs it.
      moved.push(id);
    }
  }
  return { moved, looked };
}

/** Where nothing can be written, nothing is to do all the same. */
function trySaveSnapshot(path: string, { verdict, files, roster }: Snapshot): void {
  const kept = roster && { ...roster, actions: roster.actions.columns };
  try {
    saveSnapshot(path, { verdict, files: files.columns().columns, roster: kept });
  } catch {
    // Reading again the next time is the whole cost.
  }
}
