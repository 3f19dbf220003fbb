/** What rounds have seen of the disk, and whether what is there now is news. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { observe, sameContent } from "../store/file-states.ts";
import { type FileId, FileTable } from "../store/file-table.ts";
import { sameStamp, stampOf, statFile } from "../store/files.ts";
import type { Cover } from "./cover.ts";

/** One path that is not as it was seen. `listed`: what is new is that it came or went, where nobody asked for it. */
export interface Change {
  readonly path: string;
  readonly listed: boolean;
}

/** A file that we have just written is read again only where that takes no time: larger ones are hardly edited so fast. */
const SMALL_BYTES = 1 << 20;

export class Seen {
  readonly #describing: readonly string[];
  readonly #cover: Cover;
  readonly #now: () => number;
  /** What describes the graph, as it was before the last round began: that one may not have come as far as to look. */
  #description = new FileTable();
  /** Of the last round that began to look at files, or of the one under way. */
  #files: FileTable | undefined;
  /** Rows before this one are covered. */
  #covered = 0;

  /** `describing`: files, and folders of files, absolute. */
  constructor(describing: readonly string[], cover: Cover, now: () => number) {
    this.#describing = describing;
    this.#cover = cover;
    this.#now = now;
  }

  /** Call before a round reads anything. True where there is more to be watched. */
  noteDescription(): boolean {
    const before = this.#description;
    this.#description = new FileTable();
    let more = false;
    const note = (path: string) => {
      const known = before.find(path);
      const state = tryObserve(path, known === undefined ? undefined : before.get(known), this.#now);
      this.#description.set(this.#description.add(path), state);
      more = this.#cover.add(path, state?.kind === "folder") || more;
      return state;
    };
    for (const path of this.#describing) {
      if (note(path)?.kind !== "folder") continue;
      for (const entry of readdirSync(path, { withFileTypes: true }))
        if (!entry.isDirectory()) note(join(path, entry.name));
    }
    return more;
  }

  /** The round under way keeps what it knows of files here. */
  follow(files: FileTable): void {
    this.#files = files;
    this.#covered = 0;
  }

  /**
   * Adds to the cover what has been asked for since. `whole`: also rows that were there and were asked for later.
   * True where something is there that was not covered.
   */
  cover(whole: boolean): boolean {
    const files = this.#files;
    if (files === undefined) return false;
    let more = false;
    for (let id = whole ? 0 : this.#covered; id < files.size; id++) {
      if (!files.isAsked(id) && !files.rests(id)) continue;
      const state = files.get(id);
      const isNew = this.#cover.add(files.path(id), state?.kind === "folder");
      more = (isNew && state !== undefined) || more;
    }
    this.#covered = files.size;
    return more;
  }

  /** Those of the paths that are news. */
  look(paths: Iterable<string>): Change[] {
    const changes = [...paths].flatMap((path): Change[] => {
      const own = this.#isNews(path);
      if (own !== undefined) return own ? [{ path, listed: false }] : [];
      const isListed = !this.#cover.leadsOn(path) && this.#isNews(dirname(path)) === true;
      return isListed ? [{ path, listed: true }] : [];
    });
    return innermost(changes);
  }

  /** All that is news, of everything that was ever asked for. `description`: look at that alone. */
  lookAtAll(description: boolean): Change[] {
    const tables = [this.#description, ...(description || this.#files === undefined ? [] : [this.#files])];
    const paths = new Set<string>();
    for (const table of tables) for (let id = 0; id < table.size; id++) paths.add(table.path(id));
    const changed = [...paths].filter((path) => this.#isNews(path) === true);
    const isFolder = (path: string) => statFile(path)?.isDirectory() ?? false;
    return innermost(changed.map((path) => ({ path, listed: isFolder(path) })));
  }

  /** Undefined where no round has asked for the path. */
  #isNews(path: string): boolean | undefined {
    const described = this.#description.find(path);
    if (described !== undefined) return differs(this.#description, described, path, this.#now);
    const files = this.#files;
    const id = files?.find(path);
    if (files === undefined || id === undefined) return undefined;
    // What the round under way has not looked at yet, it will.
    if (!files.isCurrent(id) || !(files.isAsked(id) || files.rests(id))) return undefined;
    return differs(files, id, path, this.#now);
  }
}

/** A folder is named only where nothing in it is. */
function innermost(changes: readonly Change[]): Change[] {
  const above = new Set<string>();
  for (const { path } of changes)
    for (let folder = dirname(path); !above.has(folder); folder = dirname(folder)) above.add(folder);
  return changes.filter(({ path }) => !above.has(path));
}

function differs(table: FileTable, id: FileId, path: string, now: () => number): boolean {
  try {
    const before = table.get(id);
    const stats = statFile(path);
    const stamp = stats && stampOf(stats);
    if (
      before?.kind === "file" &&
      stamp !== undefined &&
      stamp.size > SMALL_BYTES &&
      sameStamp(before.stamp, stamp)
    )
      return false;
    return !sameContent(before, observe(path, before, now));
  } catch {
    // What cannot be read, or is still written to, the round looks at where it is needed, and tells.
    return true;
  }
}

function tryObserve(...[path, known, now]: Parameters<typeof observe>): ReturnType<typeof observe> {
  try {
    return observe(path, known, now);
  } catch {
    return undefined;
  }
}
