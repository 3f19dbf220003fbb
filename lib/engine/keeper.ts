/** Keeps what was made: in the store; and what was paid for aside, where neither store nor output can take it. */
import { existsSync } from "node:fs";
import { Failure } from "../base/failure.ts";
import type { BuildEvent, Problem } from "../model/event.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { Keeping } from "../model/task.ts";
import type { ActionCache, ActionResult } from "../store/action-cache.ts";
import type { BlobStore } from "../store/blobs.ts";
import { statFile, syncFile } from "../store/files.ts";
import { HELP, keepAside } from "./aside.ts";
import type { Carried } from "./carried.ts";
import { noticeOf } from "./notice.ts";
import type { Places } from "./place.ts";
import { problemOf } from "./problem.ts";
import { isPaid, type Resolved } from "./resolve.ts";
import type { Made } from "./runner.ts";
import type { Attempt } from "./scratch.ts";

export interface KeeperParts {
  readonly places: Places;
  readonly blobs: BlobStore;
  readonly cache: ActionCache;
  emit(event: BuildEvent): void;
}

/** What took longer to make is synced: a power cut may cost what is made again sooner than a disk syncs. Milliseconds. */
const DEAR_MS = 50;

export class Keeper {
  readonly #parts: KeeperParts;
  /** Whether it was said that the store takes nothing; of what costs nothing to make again once is enough. */
  #said = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Blobs, then the record that names them. A store that cannot take them is a problem that is told, and no failure. */
  async store(
    action: Action,
    resolved: Resolved,
    made: readonly Made[],
    took: Pick<ActionResult, "cost"> & { readonly ms: number },
  ): Promise<Problem | undefined> {
    const { blobs, cache } = this.#parts;
    const { key } = resolved;
    const paid = isPaid(resolved);
    const dear = paid || took.ms >= DEAR_MS;
    try {
      for (const { file, digest } of made) blobs.put(file, digest, keepingOf(resolved));
      if (dear) await Promise.all(made.map(({ digest }) => blobs.sync(digest)));
      if (paid) for (const { digest } of made) await blobs.syncName(digest);
      const outputs = Object.fromEntries(made.map(({ name, digest }) => [name, digest]));
      cache.put(key, { outputs, ...took, ...(paid ? { paid } : {}) });
      if (dear) await cache.sync(key);
      if (paid) await cache.syncName(key);
      return undefined;
    } catch (error) {
      return this.#sayNotStored(action, error, paid);
    }
  }

  /** Writes into the cache what a build can do without: where that fails, it is told. */
  attempt(action: Action, write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#sayNotStored(action, error, false);
    }
  }

  #sayNotStored(action: Action, error: unknown, paid: boolean): Problem {
    if (!isOfSystem(error)) throw error;
    const problem = problemOf(error);
    if (!paid && !this.#said)
      this.#say(
        action,
        `the store cannot take what is made: ${problem.message} Once lost, it has to be made again.`,
      );
    this.#said ||= !paid;
    return problem;
  }

  #say(action: Action, text: string): void {
    noticeOf(action, this.#parts.emit)(text);
  }

  /**
   * Puts paid work in place that the store could not take. @throws Failure that tells where it is kept, if it cannot be
   * put there either
   */
  async placeOrKeep(
    action: Action,
    made: readonly Made[],
    { message }: Problem,
    place: () => Carried,
  ): Promise<Carried> {
    // There is no other copy. Where it cannot be synced, it is as safe as it can be.
    await Promise.all(made.map(({ file }) => syncFile(file).catch(() => {})));
    const notPlaced = tryPlace(place);
    if (typeof notPlaced !== "string") {
      this.#say(
        action,
        `the store cannot take what was paid for: ${message} Once lost, it is paid for again.`,
      );
      return notPlaced;
    }
    const kept = made.map(({ name, file }) => {
      const path = pathOf(action, name);
      return existsSync(file) ? keepAside(file, path, this.#parts.places) : this.#parts.places.name(path);
    });
    const told = `what was paid for could not be stored: ${message} Nor could it be put in place: ${notPlaced} It is kept: ${kept.join(", ")}.`;
    throw new Failure(told, { code: "pipeline.state", help: HELP });
  }

  /** What a paid task that failed has left of its outputs may have been charged for. Gives the error that tells of it. */
  keepLeft(action: Action, attempt: Attempt, error: unknown): unknown {
    const left = action.outputs.filter((output) => {
      const stats = statFile(attempt.output(output));
      return stats?.isFile() && stats.size > 0;
    });
    if (left.length === 0) return error;
    const kept = left.map((output) => keepAside(attempt.output(output), output.path, this.#parts.places));
    const { code, message } = problemOf(error);
    return new Failure(`${message}\nWhat it has left was paid for, and is kept: ${kept.join(", ")}.`, {
      code,
      help: HELP,
    });
  }
}

/** In words, what kept it from its place. */
function tryPlace(place: () => Carried): Carried | string {
  try {
    const carried = place();
    if (carried.kind === "moved") return `${carried.path} changed meanwhile.`;
    return carried.kind === "stored" ? "something else is wanted by now." : carried;
  } catch (error) {
    return problemOf(error).message;
  }
}

function pathOf({ outputs }: Action, name: string): TargetPath {
  return outputs.find((output) => output.name === name)!.path;
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
}

export function keepingOf({ recipe }: Resolved): Keeping {
  return recipe.kind === "task" ? recipe.task.keep : "copy";
}
