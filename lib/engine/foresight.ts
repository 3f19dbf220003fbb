/** Sees what outputs would hold after restoring, placing or running an action, where none of that is done. */
import { tmpdir } from "node:os";
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { BlobStore } from "../store/blobs.ts";
import type { FileStates } from "../store/file-states.ts";
import type { Inspector } from "./inspector.ts";
import type { JsonFiles } from "./json-files.ts";
import type { Places } from "./place.ts";
import type { Resolved } from "./resolve.ts";
import { type RunHooks, runAction } from "./runner.ts";
import { Scratch } from "./scratch.ts";

export interface ForesightParts {
  readonly inspector: Inspector;
  readonly places: Places;
  readonly files: FileStates;
  readonly blobs: BlobStore;
  readonly json: JsonFiles;
}

/** Its methods are those of an `Updater`, and tell the inspector what these would leave. */
export class Foresight {
  readonly #parts: ForesightParts;
  /** One thing that is made aside can be made of another. */
  readonly #aside = new Scratch(tmpdir());

  constructor(parts: ForesightParts) {
    this.#parts = parts;
  }

  restore(action: Action, resolved: Resolved): void {
    const { inspector, blobs } = this.#parts;
    for (const [path, digest] of inspector.cached(action, resolved) ?? [])
      inspector.assume(path, digest, blobs.path(digest));
  }

  placePins(pinned: readonly TargetPath[]): void {
    const { inspector, files, places } = this.#parts;
    for (const path of pinned) {
      const file = places.pinned(path);
      inspector.assume(path, files.look(file)!.digest, file);
    }
  }

  /** Makes the outputs where nobody sees them. @throws what the task throws */
  async run(action: Action, resolved: Resolved, hooks: RunHooks): Promise<void> {
    const { inspector, places, json } = this.#parts;
    const made = await runAction(action, this.#foreseen(resolved), this.#aside.attempt(), hooks);
    for (const { name, file, digest } of made) {
      const { path } = action.outputs.find((output) => output.name === name)!;
      inspector.assume(path, digest, file);
      // Read now: the file is gone when the walk is over, and its value can be asked for after that.
      if (path.endsWith(".json")) json.parse(digest, file, places.name(path));
    }
  }

  /** What was made aside is of no use any more. */
  close(): void {
    this.#aside.remove();
  }

  /** Its inputs are read where their bytes are by now. */
  #foreseen(resolved: Resolved): Resolved {
    const { inspector } = this.#parts;
    const slots = resolved.slots.map((slot) => ({
      ...slot,
      files: slot.files.map((file) => ({ ...file, path: inspector.bytesOf(file.path) })),
    }));
    return { ...resolved, slots };
  }
}
