/** Brings one action up to date: looks, decides, and carries out. Knows nothing of the order of things. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../base/failure.ts";
import type { Json } from "../base/json.ts";
import type { Because } from "../model/event.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { Keeping, Task, Tool } from "../model/task.ts";
import type { Digest, Trace } from "../model/trace.ts";
import type { Graph } from "../pipeline/graph.ts";
import type { MatchFiles } from "../pipeline/patterns.ts";
import type { ActionCache } from "../store/action-cache.ts";
import type { BlobStore } from "../store/blobs.ts";
import { type FileStates, sameContent } from "../store/file-states.ts";
import { copyFile, placeFile, syncFile } from "../store/files.ts";
import type { Journal } from "../store/journal.ts";
import { type Decision, decide, type OutputOnDisk } from "./decide.ts";
import { Unresolved } from "./evaluate.ts";
import type { Places } from "./place.ts";
import { type ResolveContext, type Resolved, resolveAction } from "./resolve.ts";
import { openScratch, type RunHooks, runAction } from "./runner.ts";

export interface UpdaterParts {
  readonly graph: Graph;
  readonly places: Places;
  readonly tasks: ReadonlyMap<string, Task>;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly match: MatchFiles;
  readonly files: FileStates;
  readonly blobs: BlobStore;
  readonly cache: ActionCache;
  /** Undefined in a dry run, which records nothing. */
  readonly journal: Journal | undefined;
  readonly traces: ReadonlyMap<TargetPath, Trace>;
  readonly discardEdits: boolean;
  now(): number;
}

export interface Inspected {
  readonly resolved: Resolved;
  readonly decision: Decision;
}

/** `moved`: that path changed meanwhile, so the decision no longer holds. `gone`: the store has it no more. */
export type Carried =
  | { readonly kind: "done" }
  | { readonly kind: "moved"; readonly what: "input" | "output"; readonly path: string }
  | { readonly kind: "gone" };

export class Updater {
  readonly #parts: UpdaterParts;
  readonly #context: ResolveContext;
  /** In a dry run: what a restored output would hold. */
  readonly #assumed = new Map<string, Digest>();
  readonly #json = new Map<string, Json>();

  constructor(parts: UpdaterParts) {
    this.#parts = parts;
    this.#context = {
      ...parts,
      content: (path) => {
        const assumed = this.#assumed.get(path);
        return assumed === undefined ? parts.files.look(path) : { kind: "file", digest: assumed };
      },
      json: (path, name) => this.readJson(path, name),
    };
  }

  /** @throws Unresolved where an input or value is not there, and errors of the file system */
  inspect(action: Action, forced: ReadonlySet<TargetPath>): Inspected {
    const { traces, discardEdits } = this.#parts;
    const resolved = resolveAction(action, this.#context);
    const trace = traces.get(action.id);
    const cached = () => this.#cached(action, resolved);
    const outputs = action.outputs.map(({ path }) => this.#onDisk(path, trace));
    const { key, manifest } = resolved;
    return { resolved, decision: decide({ key, manifest, trace, outputs, cached, forced, discardEdits }) };
  }

  #onDisk(path: TargetPath, trace: Trace | undefined): OutputOnDisk {
    const { places, files, blobs } = this.#parts;
    const state = files.look(places.output(path));
    const name = places.name(path);
    if (state !== undefined && state.kind !== "file") {
      throw new Failure(
        `${name} is a ${state.kind === "folder" ? "folder" : "pipe, socket or device"}, where an output has to be.`,
        {
          help: "Move it away and build again.",
        },
      );
    }
    const pinned = files.look(places.pinned(path));
    if (pinned !== undefined && pinned.kind !== "file")
      throw new Failure(`pinned/${path} is no regular file.`);
    const recorded = trace?.outputs.some((output) => output.path === path) ?? false;
    const known = !recorded && state !== undefined && blobs.has(state.digest);
    return { path, digest: state?.digest, pinned: pinned?.digest, known };
  }

  /** The digests by path, if the cache has the key and a blob for each output. */
  #cached(action: Action, { key }: Resolved): ReadonlyMap<TargetPath, Digest> | undefined {
    const result = this.#parts.cache.get(key);
    if (result === undefined) return undefined;
    const digests = action.outputs.map(({ name, path }) => [path, result.outputs[name]] as const);
    return digests.every(
      (pair): pair is readonly [TargetPath, Digest] =>
        pair[1] !== undefined && this.#parts.blobs.has(pair[1]),
    )
      ? new Map(digests)
      : undefined;
  }

  /** Records an action that was found up to date, if nothing says so yet. */
  adopt(action: Action, resolved: Resolved): void {
    if (!this.#parts.traces.has(action.id)) this.#record(action, resolved, { how: "restored", because: [] });
  }

  /** Puts pinned files in place of the outputs. */
  placePins(action: Action, resolved: Resolved, pinned: readonly TargetPath[]): void {
    const { places, files, traces, blobs } = this.#parts;
    if (pinned.length === 0) return;
    const moved = pinned.filter(
      (path) => !sameContent(files.look(places.output(path)), files.look(places.pinned(path))),
    );
    const recorded = traces.get(action.id);
    if (moved.length === 0 && recorded?.how === "pinned") return;
    const scratch = openScratch(places.state);
    try {
      for (const path of moved) {
        const { digest } = files.look(places.pinned(path))!;
        const aside = join(scratch.folder, "pin");
        copyFile(places.pinned(path), aside);
        syncFile(aside);
        blobs.put(aside, digest, "copy");
        this.#place(action, aside, path, digest);
      }
    } finally {
      scratch.remove();
    }
    // Outputs beside the pinned ones stay as they are, and as they were vouched for.
    const others = recorded?.outputs.filter(({ path }) => !pinned.includes(path)) ?? [];
    this.#record(action, resolved, { how: "pinned", because: [] }, { pinned, others });
  }

  /** Brings the outputs back from the store. "gone" where a blob is missing or damaged after all. */
  restore(action: Action, resolved: Resolved, because: readonly Because[]): Carried {
    const { places, blobs, files } = this.#parts;
    const cached = this.#cached(action, resolved);
    if (cached === undefined) return { kind: "gone" };
    const scratch = openScratch(places.state);
    try {
      const copies: [TargetPath, string, Digest][] = [];
      for (const [path, digest] of cached) {
        if (files.look(places.output(path))?.digest === digest) continue;
        const aside = join(scratch.folder, String(copies.length));
        if (!blobs.get(digest, aside, keepingOf(resolved))) return { kind: "gone" };
        syncFile(aside);
        copies.push([path, aside, digest]);
      }
      const moved = this.#movedOutput(action);
      if (moved !== undefined) return { kind: "moved", what: "output", path: moved };
      for (const [path, aside, digest] of copies) this.#place(action, aside, path, digest);
      const ms = this.#parts.cache.get(resolved.key)?.ms;
      this.#record(action, resolved, { how: "restored", because, ...(ms === undefined ? {} : { ms }) });
      return { kind: "done" };
    } finally {
      scratch.remove();
    }
  }

  /** In a dry run: the outputs as `restore` would leave them. */
  assumeRestored(action: Action, resolved: Resolved): void {
    for (const [path, digest] of this.#cached(action, resolved) ?? [])
      this.#assumed.set(this.#parts.places.output(path), digest);
  }

  /** In a dry run: makes the outputs where nobody sees them, to know what they would be. Throws what the task throws. */
  async foresee(action: Action, resolved: Resolved, hooks: RunHooks): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "faceless-"));
    try {
      for (const { name, file, digest } of await runAction(action, resolved, folder, hooks)) {
        const { path } = action.outputs.find((output) => output.name === name)!;
        this.#assumed.set(this.#parts.places.output(path), digest);
        if (path.endsWith(".json")) this.#json.set(digest, JSON.parse(readFileSync(file, "utf8")) as Json);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Whether the store has the result by now: another build may have made it since the decision. */
  isCached(action: Action, resolved: Resolved): boolean {
    return this.#cached(action, resolved) !== undefined;
  }

  /** Runs the task and takes over its outputs. "moved" throws the result away: it was made from something else. */
  async run(
    action: Action,
    resolved: Resolved,
    because: readonly Because[],
    hooks: RunHooks,
  ): Promise<Carried> {
    const { places, blobs, cache, now } = this.#parts;
    const scratch = openScratch(places.state);
    try {
      const began = now();
      const made = await runAction(action, resolved, scratch.folder, hooks);
      const ms = now() - began;
      const input = this.#movedInput(resolved);
      if (input !== undefined) return { kind: "moved", what: "input", path: input };
      for (const { file, digest } of made) blobs.put(file, digest, keepingOf(resolved));
      cache.put(resolved.key, {
        outputs: Object.fromEntries(made.map(({ name, digest }) => [name, digest])),
        ms,
      });
      // The result is safe in the store; a hand edit made meanwhile is not overwritten by it.
      const moved = this.#movedOutput(action);
      if (moved !== undefined) return { kind: "moved", what: "output", path: moved };
      for (const { name, file, digest } of made) {
        const { path } = action.outputs.find((output) => output.name === name)!;
        this.#place(action, file, path, digest);
      }
      this.#record(action, resolved, { how: "ran", because, ms });
      return { kind: "done" };
    } finally {
      scratch.remove();
    }
  }

  #movedInput(resolved: Resolved): string | undefined {
    const inputs = resolved.slots.flatMap((slot) => slot.files);
    return inputs.find((input) => this.#parts.files.lookAgain(input.path)?.digest !== input.digest)?.name;
  }

  #movedOutput(action: Action): string | undefined {
    const { files, places } = this.#parts;
    const moved = action.outputs.find(({ path }) => {
      const before = files.look(places.output(path));
      return !sameContent(before, files.lookAgain(places.output(path)));
    });
    return moved && places.name(moved.path);
  }

  /** Forget before destroying: from here to the record, no trace vouches for these outputs. */
  #place(action: Action, file: string, path: TargetPath, digest: Digest): void {
    const { journal, places, files } = this.#parts;
    journal!.forget(action.id);
    placeFile(file, places.output(path));
    files.wrote(places.output(path), digest);
  }

  /** `part`: the outputs that this record is about, and what was recorded of the others before. */
  #record(
    action: Action,
    resolved: Resolved,
    story: Pick<Trace, "how" | "because" | "ms">,
    part?: { readonly pinned: readonly TargetPath[]; readonly others: Trace["outputs"] },
  ): void {
    const { journal, files, places } = this.#parts;
    const written = action.outputs
      .filter(({ path }) => part === undefined || part.pinned.includes(path))
      .map(({ name, path }) => ({ name, path, digest: files.look(places.output(path))!.digest }));
    const outputs = [...written, ...(part?.others ?? [])];
    const { key, manifest } = resolved;
    journal!.record({ id: action.id, target: action.target.name, key, manifest, outputs, ...story });
  }

  /** The JSON in a built file. @throws Unresolved */
  readJson(path: string, name: string): Json {
    const { files, blobs } = this.#parts;
    const assumed = this.#assumed.get(path);
    const digest = assumed ?? files.look(path)?.digest;
    if (digest === undefined) throw new Unresolved(`${name} does not exist.`);
    const known = this.#json.get(digest);
    if (known !== undefined) return known;
    const file = assumed === undefined ? path : blobs.path(assumed);
    try {
      const value = JSON.parse(readFileSync(file, "utf8")) as Json;
      this.#json.set(digest, value);
      return value;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new Unresolved(
        `${name} is no JSON: ${error.message}.`,
        "If it was edited by hand, mend it, or build with --force and its path.",
      );
    }
  }
}

function keepingOf({ recipe }: Resolved): Keeping {
  return recipe.kind === "task" ? recipe.task.keep : "copy";
}
