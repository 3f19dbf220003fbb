/** What fast-glob sees of the disk: each folder listed once a build, and everything that it looked at noted. */
import { type Dirent, lstatSync, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, normalize } from "node:path";
import type { FileStates } from "../store/file-states.ts";

/** The part of `node:fs` that fast-glob's synchronous walk calls, in the only way that it calls it. */
export interface GlobFileSystem {
  readdirSync(folder: string): Dirent[];
  statSync(link: string): Stats;
  lstatSync(path: string): Stats;
}

export class Listings {
  readonly #files: FileStates;
  /** Sorted by name. */
  readonly #entries = new Map<string, readonly Dirent[]>();
  readonly #links = new Map<string, Stats | Error>();
  readonly #real = new Map<string, string>();

  constructor(files: FileStates) {
    this.#files = files;
  }

  /**
   * For a walk from `start` with a glob whose first name begins with `prefix`: of that folder only such entries are
   * shown, so that a glob for each of thousands of stories does not go through the files of all the others.
   */
  view(start: string, prefix: string): GlobFileSystem {
    return {
      readdirSync: (path) => {
        const folder = normalize(path);
        if (folder === start) return beginningWith(prefix, this.#list(folder));
        return this.#leadsBack(folder, start) ? [] : [...this.#list(folder)];
      },
      statSync: (path) => this.#follow(normalize(path)),
      lstatSync: (path) => this.#named(normalize(path)),
    };
  }

  /** A file that comes or goes changes the listing of its folder: that is what the next build has to compare. */
  #list(folder: string): readonly Dirent[] {
    const known = this.#entries.get(folder);
    if (known !== undefined) return known;
    const isFolder = this.#files.look(folder)?.kind === "folder";
    const entries = isFolder ? readdirSync(folder, { withFileTypes: true }) : [];
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#entries.set(folder, entries);
    return entries;
  }

  /**
   * What a link leads to can change while the link's own folder does not. The content of a file behind it is another
   * matter: that counts only where the glob matches, which `matchFiles` knows.
   */
  #follow(link: string): Stats {
    const known = this.#links.get(link) ?? this.#noteLink(link);
    this.#links.set(link, known);
    if (known instanceof Error) throw known;
    return known;
  }

  #noteLink(link: string): Stats | Error {
    try {
      const stats = statSync(link);
      // With a slash the path is that of a folder: a file there is as good as nothing.
      this.#files.look(stats.isDirectory() ? link : `${link}/`);
      return stats;
    } catch (error) {
      // Of a link that leads round in a circle no more can be told than its folder's digest does.
      if ((error as NodeJS.ErrnoException).code !== "ELOOP") this.#files.look(link);
      return error as Error;
    }
  }

  /** A name that the glob spells out is looked for without listing its folder. */
  #named(path: string): Stats {
    if (this.#files.look(path) !== undefined) return lstatSync(path);
    throw Object.assign(new Error(`ENOENT: no such file or directory, lstat '${path}'`), { code: "ENOENT" });
  }

  /** Whether a folder is, through a link, one of those that it was reached through: then all in it was seen. */
  #leadsBack(folder: string, start: string): boolean {
    const above: string[] = [];
    for (let path = folder; path !== start && path !== dirname(path); path = dirname(path))
      above.push(dirname(path));
    if (![folder, ...above].some((path) => this.#links.has(path))) return false;
    return above.some((path) => this.#realPath(path) === this.#realPath(folder));
  }

  #realPath(folder: string): string {
    const known = this.#real.get(folder);
    if (known !== undefined) return known;
    const real = realpathSync.native(folder);
    this.#real.set(folder, real);
    return real;
  }

  /** Whether fast-glob met the path as a link. */
  isLink(path: string): boolean {
    return this.#links.has(normalize(path));
  }
}

/** Of entries that are sorted by name. */
function beginningWith(prefix: string, entries: readonly Dirent[]): Dirent[] {
  let [from, to] = [0, entries.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (entries[middle]!.name < prefix) from = middle + 1;
    else to = middle;
  }
  const found: Dirent[] = [];
  for (let i = from; entries[i]?.name.startsWith(prefix); i++) found.push(entries[i]!);
  return found;
}
