/** Carries out what was decided for one action: restores, runs, places, records. Knows nothing of the order of things. */
import type { Because, BuildEvent } from "../model/event.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { Digest, Trace, TracedOutput } from "../model/trace.ts";
import type { ActionCache } from "../store/action-cache.ts";
import type { BlobStore } from "../store/blobs.ts";
import { type FileStates, sameContent } from "../store/file-states.ts";
import { copyFile, placeFile } from "../store/files.ts";
import type { Journal, Traces } from "../store/journal.ts";
import type { Readings } from "../store/readings.ts";
import { storeAccepted } from "./accept.ts";
import { isOurs, keepByHand } from "./by-hand.ts";
import type { Carried } from "./carried.ts";
import type { Inspector } from "./inspector.ts";
import type { JsonFiles } from "./json-files.ts";
import { Keeper, keepingOf } from "./keeper.ts";
import { movedInput, movedOutput } from "./moved.ts";
import type { Places } from "./place.ts";
import { copyInputs } from "./private-inputs.ts";
import type { Purchasing } from "./purchasing.ts";
import { baseKey, candidates, narrowed, readingOf, sayUntracked } from "./reading.ts";
import { isPaid, type Resolved } from "./resolve.ts";
import { COMMAND_FOLDER, type Made, type RunHooks, runAction } from "./runner.ts";
import type { Attempt, Scratch } from "./scratch.ts";
import type { ActionTill } from "./till.ts";
import type { Way } from "./way.ts";

export interface UpdaterParts {
  readonly inspector: Inspector;
  readonly places: Places;
  readonly way: Way;
  readonly files: FileStates;
  readonly blobs: BlobStore;
  readonly cache: ActionCache;
  readonly json: JsonFiles;
  readonly readings: Readings;
  /** Undefined in a dry run, which records nothing. */
  readonly journal: Journal | undefined;
  readonly traces: Traces;
  readonly scratch: Scratch;
  readonly purchasing: Purchasing;
  now(): number;
  emit(event: BuildEvent): void;
}

interface Hooks extends RunHooks {
  readonly superseded: AbortSignal;
  /** The till, of an action whose tools cost money. */
  readonly paying: ActionTill | undefined;
}

/** What a run has left in scratch, the milliseconds it took, and the US dollars. */
interface Result {
  readonly made: readonly Made[];
  readonly ms: number;
  readonly cost: number | undefined;
}

export class Updater {
  readonly #parts: UpdaterParts;
  readonly #keeper: Keeper;
  /** What traces vouched for and their actions make no more. */
  readonly leftBehind: TracedOutput[] = [];
  /** Targets whose untracked files were told of; once is enough. */
  readonly #toldUntracked = new Set<string>();

  constructor(parts: UpdaterParts) {
    this.#parts = parts;
    this.#keeper = new Keeper(parts);
  }

  /** Records an action that was found up to date, if nothing says so yet. */
  adopt(action: Action, resolved: Resolved): void {
    if (this.#parts.traces.has(action.id)) return;
    this.#parts.cache.touch(resolved.key, this.#parts.now());
    this.#record(action, resolved, { how: "restored", because: [] });
  }

  /** Puts pinned files in place of the outputs. */
  placePins(action: Action, resolved: Resolved, pinned: readonly TargetPath[]): void {
    const { places, files, traces, scratch } = this.#parts;
    if (pinned.length === 0) return;
    const moved = pinned.filter(
      (path) => !sameContent(files.look(places.output(path)), files.look(places.pinned(path))),
    );
    const recorded = traces.get(action.id);
    const digestOf = (path: TargetPath) => files.look(places.pinned(path))!.digest;
    const isRecorded = (path: TargetPath) =>
      recorded?.outputs.some((output) => output.path === path && isOurs(output, digestOf(path)));
    if (moved.length === 0 && recorded?.how === "pinned" && pinned.every(isRecorded)) return;
    // Should the pin be removed, what it was is not lost.
    for (const path of pinned)
      this.#keeper.attempt(action, () => keepByHand(places.pinned(path), digestOf(path), this.#parts));
    const attempt = scratch.attempt();
    try {
      for (const path of moved) {
        const aside = attempt.file("pin");
        copyFile(places.pinned(path), aside);
        this.#place(action, aside, path, digestOf(path));
      }
    } finally {
      attempt.discard();
    }
    // Outputs beside the pinned ones stay as they are, and as they were vouched for.
    const others = recorded?.outputs.filter(({ path }) => !pinned.includes(path)) ?? [];
    this.#record(action, resolved, { how: "pinned", because: [] }, { pinned, others });
  }

  /** Records what is on disk as what the key of now makes. */
  accept(
    action: Action,
    resolved: Resolved,
    because: readonly Because[],
  ): Extract<Carried, { kind: "done" | "moved" }> {
    const { places, traces, files, scratch } = this.#parts;
    const trace = traces.get(action.id);
    const attempt = scratch.attempt();
    try {
      const moved = storeAccepted(action, resolved, {
        ...this.#parts,
        trace,
        attempt,
        keep: keepingOf(resolved),
      });
      if (moved !== undefined) {
        files.lookAgain(places.output(moved));
        return { kind: "moved", what: "output", path: places.name(moved) };
      }
      const ms = trace?.ms;
      this.#record(action, resolved, { how: "accepted", because, ...(ms === undefined ? {} : { ms }) });
      return { kind: "done" };
    } finally {
      attempt.discard();
    }
  }

  /** Brings the outputs back from the store. "gone" where a blob is missing or damaged after all. */
  restore(
    action: Action,
    resolved: Resolved,
    because: readonly Because[],
  ): Exclude<Carried, { kind: "stored" }> {
    const { places, blobs, files, scratch, cache, now } = this.#parts;
    // First of all: what was used just now is not trimmed away while it is copied.
    cache.touch(resolved.key, now());
    const cached = this.#parts.inspector.cached(action, resolved);
    if (cached === undefined) return { kind: "gone" };
    const attempt = scratch.attempt();
    try {
      const copies: [TargetPath, string, Digest][] = [];
      for (const [path, digest] of cached) {
        if (files.look(places.output(path))?.digest === digest) continue;
        const aside = attempt.file(String(copies.length));
        if (!blobs.get(digest, aside)) return { kind: "gone" };
        copies.push([path, aside, digest]);
      }
      const moved = movedOutput(action, this.#parts);
      if (moved !== undefined) return { kind: "moved", what: "output", path: moved };
      for (const [path, aside, digest] of copies) this.#place(action, aside, path, digest);
      const { ms, cost } = cache.get(resolved.key) ?? {};
      this.#record(action, resolved, { how: "restored", because, ...(ms === undefined ? {} : { ms }) });
      const saved = isPaid(resolved)
        ? this.#parts.purchasing.restored(action, resolved.key, cost)
        : undefined;
      return { kind: "done", ...(saved === undefined ? {} : { saved }) };
    } finally {
      attempt.discard();
    }
  }

  /**
   * Runs the task and takes over its outputs. Where an input has moved the result is thrown away, since it may be of
   * something else; but what was paid for is of copies that nobody touches, and is kept whatever happens.
   */
  async run(action: Action, wanted: Resolved, because: readonly Because[], hooks: Hooks): Promise<Carried> {
    const { scratch, now, files } = this.#parts;
    const attempt = scratch.attempt();
    let used = false;
    try {
      const paid = isPaid(wanted);
      const given = paid ? copyInputs(wanted, attempt) : { resolved: wanted };
      if ("moved" in given) {
        files.lookAgain(given.moved.path);
        return { kind: "moved", what: "input", path: given.moved.name };
      }
      const began = now();
      const made = await runAction(action, given.resolved, attempt, hooks).catch((error: unknown) =>
        this.#fail(action, attempt, error, hooks),
      );
      await hooks.paying?.used();
      const ms = now() - began;
      const resolved = this.#narrow(action, wanted, attempt, hooks);
      const result = { made, ms, cost: hooks.paying?.cost };
      const carried = await this.#keep(action, resolved, result, because, hooks);
      used = carried.kind === "done";
      if (used) hooks.paying?.placed();
      return carried;
    } finally {
      if (used) attempt.close();
      else attempt.discard();
    }
  }

  /** @throws the error of a task, with what has become of what was paid for */
  async #fail(
    action: Action,
    attempt: Attempt,
    error: unknown,
    { paying, signal, stop }: Hooks,
  ): Promise<never> {
    if (paying === undefined || signal.aborted) throw error;
    if (!paying.keepsAll) throw this.#keeper.keepLeft(action, attempt, error);
    // What was bought through the till is kept as it was answered, and given away again.
    throw stop.aborted ? error : await paying.failedOn(error);
  }

  /** Into the store, then into place. */
  async #keep(
    action: Action,
    resolved: Resolved,
    { made, ms, cost }: Result,
    because: readonly Because[],
    { superseded, paying }: Pick<Hooks, "superseded" | "paying">,
  ): Promise<Carried> {
    const place = () => this.#placeMade(action, resolved, { made, ms }, because, superseded);
    const input = isPaid(resolved) ? undefined : movedInput(resolved, this.#parts);
    if (input !== undefined) return { kind: "moved", what: "input", path: input };
    const problem = await this.#keeper.store(action, resolved, made, {
      ms,
      ...(cost === undefined ? {} : { cost }),
    });
    if (problem === undefined) paying?.stored();
    if (problem === undefined || !isPaid(resolved)) return place();
    return await this.#keeper.placeOrKeep(action, made, problem, place);
  }

  #placeMade(
    action: Action,
    resolved: Resolved,
    { made, ms }: Omit<Result, "cost">,
    because: readonly Because[],
    superseded: AbortSignal,
  ): Carried {
    const input = isPaid(resolved) ? movedInput(resolved, this.#parts) : undefined;
    if (input !== undefined) return { kind: "moved", what: "input", path: input };
    if (superseded.aborted) return { kind: "stored" };
    // The result is safe in the store; a hand edit made meanwhile is not overwritten by it.
    const moved = movedOutput(action, this.#parts);
    if (moved !== undefined) return { kind: "moved", what: "output", path: moved };
    for (const { name, file, digest } of made) {
      const { path } = action.outputs.find((output) => output.name === name)!;
      this.#place(action, file, path, digest);
    }
    this.#record(action, resolved, { how: "ran", because, ms });
    return { kind: "done" };
  }

  /** What has just run, under the key of what it read. @throws Failure for a depfile that is none */
  #narrow(action: Action, resolved: Resolved, attempt: Attempt, { notice }: RunHooks): Resolved {
    const { readings, places } = this.#parts;
    if (candidates(action.target) === undefined) return resolved;
    const { read, untracked } = readingOf(action, resolved, attempt.folder(COMMAND_FOLDER), places.root);
    if (untracked.length > 0 && !this.#toldUntracked.has(action.target.name)) {
      this.#toldUntracked.add(action.target.name);
      notice(sayUntracked(untracked));
    }
    this.#keeper.attempt(action, () => readings.put(baseKey(action, resolved), read));
    return narrowed(action, resolved, read);
  }

  /** Forget before destroying: from here to the record, no trace vouches for these outputs. */
  #place(action: Action, file: string, path: TargetPath, digest: Digest): void {
    const { journal, places, files, way } = this.#parts;
    journal!.forget(action.id);
    way.clear(path);
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
    const { inspector, journal, files, places } = this.#parts;
    const written = action.outputs
      .filter(({ path }) => part === undefined || part.pinned.includes(path))
      .map(({ name, path }) => ({ name, path, digest: files.look(places.output(path))!.digest }));
    const outputs = [...written, ...(part?.others ?? [])];
    this.leftBehind.push(...inspector.dropped(action));
    const { key, manifest, read } = resolved;
    const told = { ...story, ...(read === undefined ? {} : { read }) };
    journal!.record({ id: action.id, target: action.target.name, key, manifest, outputs, ...told });
  }
}
