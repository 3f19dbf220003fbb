/** The JSON in built files, each content parsed once. */
import { readFileSync } from "node:fs";
import type { Json } from "../base/json.ts";
import type { Digest } from "../model/trace.ts";
import type { FileStates } from "../store/file-states.ts";
import { Unresolved } from "./evaluate.ts";

/** What is in the file is no JSON. */
export class NoJson extends Unresolved {}

export class JsonFiles {
  readonly #files: FileStates;
  readonly #known = new Map<Digest, Json>();

  constructor(files: FileStates) {
    this.#files = files;
  }

  /** Of a file that is where it belongs. @throws Unresolved */
  read(path: string, name: string): Json {
    const digest = this.#files.look(path)?.digest;
    if (digest === undefined) throw new Unresolved(`${name} does not exist.`);
    return this.parse(digest, path, name);
  }

  /** Of a file with this content, wherever it is; messages call it `name`. @throws Unresolved */
  parse(digest: Digest, path: string, name: string): Json {
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    try {
      const value = JSON.parse(readFileSync(path, "utf8")) as Json;
      this.#known.set(digest, value);
      return value;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new NoJson(`${name} is no JSON: ${error.message}.`);
    }
  }
}
