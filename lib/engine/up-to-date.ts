/** The shortest way to "nothing to do": the last build's verdict holds while every file it rests on is unmoved. */
import { type FileState, observe, sameContent } from "../store/file-states.ts";
import { loadSnapshot, type Snapshot, saveSnapshot, type Verdict } from "../store/snapshot.ts";

/**
 * The verdict, if the request is the one it was given for and no file has other content by now. Neither parses the
 * pipeline nor reads the journal; loads nothing but Node's own modules.
 */
export function stillUpToDate(
  snapshotPath: string,
  signature: string,
  now: () => number,
): Verdict | undefined {
  const { snapshot } = loadSnapshot(snapshotPath, snapshotPath);
  const verdict = snapshot?.verdict;
  if (snapshot === undefined || verdict === undefined || verdict.signature !== signature) return undefined;
  const files = new Map<string, FileState | undefined>();
  let looked = false;
  for (const [path, before] of snapshot.files) {
    const after = tryObserve(path, before, now);
    if (after === "unreadable" || !sameContent(before, after)) return undefined;
    if (after !== before) looked = true;
    files.set(path, after);
  }
  // What had to be read again and is the same needs no second reading the next time.
  if (looked) trySaveSnapshot(snapshotPath, { verdict, files });
  return verdict;
}

/** What cannot be looked at is told by the build, at the action that needs it. */
function tryObserve(
  path: string,
  before: FileState | undefined,
  now: () => number,
): FileState | undefined | "unreadable" {
  try {
    return observe(path, before, now);
  } catch {
    return "unreadable";
  }
}

/** Where nothing can be written, nothing is to do all the same. */
function trySaveSnapshot(path: string, snapshot: Snapshot): void {
  try {
    saveSnapshot(path, snapshot);
  } catch {
    // Reading again the next time is the whole cost.
  }
}
