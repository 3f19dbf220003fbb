/** Where attempts write: one folder for a build, with names in it that no other attempt has. */
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { extname, join } from "node:path";
import type { Action } from "../model/pipeline.ts";

export class Scratch {
  readonly #folder: string;
  #made = false;
  #attempts = 0;

  /** An orphan of a killed build may still be writing into the folder of that build. */
  constructor(state: string) {
    this.#folder = join(state, "scratch", randomUUID());
  }

  attempt(): Attempt {
    // One folder for all: making and removing one for each attempt would cost more than a small action does.
    if (!this.#made) mkdirSync(this.#folder, { recursive: true });
    this.#made = true;
    this.#attempts += 1;
    return new Attempt(join(this.#folder, String(this.#attempts)));
  }

  remove(): void {
    if (this.#made) removeScratch(this.#folder);
    this.#made = false;
  }
}

/** What one attempt writes, until it is moved into place. */
export class Attempt {
  readonly #path: string;
  readonly #folders = new Set<string>();
  readonly #files = new Set<string>();

  constructor(path: string) {
    this.#path = path;
  }

  /** A path for one file; nothing is there yet. */
  file(name: string): string {
    const path = `${this.#path}-${name}`;
    this.#files.add(path);
    return path;
  }

  /** Where a task writes an output. */
  output({ name, path }: Action["outputs"][number]): string {
    return this.file(`${name}${extname(path)}`);
  }

  /** An empty folder; made when it is first asked for. */
  folder(name: string): string {
    const path = `${this.#path}-${name}`;
    if (!this.#folders.has(path)) mkdirSync(path);
    this.#folders.add(path);
    return path;
  }

  /** Its files have been moved away. */
  close(): void {
    for (const path of this.#folders) removeScratch(path);
  }

  /** Nothing of it is used. */
  discard(): void {
    this.close();
    for (const path of this.#files) removeScratch(path);
  }
}

/** What cannot be removed now (a child may still be writing, a folder be read-only) is in nobody's way. */
export function removeScratch(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // The next build tries again.
  }
}
