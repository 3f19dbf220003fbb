/** Which files and folders a watch has to see: exactly the paths that were asked for, and what leads to them. */
import { basename, dirname, normalize, sep } from "node:path";

export class Cover {
  /** Outside of the content repo: programs, mostly. */
  readonly outside = new Set<string>();
  readonly #root: string;
  readonly #paths = new Set<string>();
  /** Folders that were asked for themselves: what comes and goes in them matters. */
  readonly #listed = new Set<string>();
  /** From the root down to each path. */
  readonly #folders: Set<string>;

  constructor(root: string) {
    this.#root = root;
    this.#folders = new Set([root]);
  }

  /** True where it is new. `listed`: it is a folder. */
  add(path: string, listed: boolean): boolean {
    const known = this.#paths.has(path) && (!listed || this.#listed.has(path));
    if (known) return false;
    this.#paths.add(path);
    if (!path.startsWith(this.#root + sep) && path !== this.#root) {
      this.outside.add(path);
      return true;
    }
    if (listed) this.#listed.add(path);
    for (let folder = dirname(path); !this.#folders.has(folder); folder = dirname(folder))
      this.#folders.add(folder);
    return true;
  }

  /** Whether it is a folder on the way to a path that was asked for: what is in it speaks for itself. */
  leadsOn(path: string): boolean {
    return this.#folders.has(path);
  }

  /** Whether nothing that happens at the path matters. */
  ignores(given: string): boolean {
    const path = normalize(given);
    if (this.#paths.has(path) || this.#folders.has(path)) return false;
    // Swap files of editors, .git, our own state: a hidden file that a glob names is seen when the next round begins.
    return basename(path).startsWith(".") || !this.#listed.has(dirname(path));
  }
}
