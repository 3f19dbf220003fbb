/**
 * Brings single actions, whose needs are all met, to their end: decides, then restores, runs or foretells.
 *
 *   settle ──fresh, kept, restored──────────────▶ ended
 *     ▲ └──stale──▶ queued ──▶ running ──ran────▶ ended
 *     │                           ├────failed───▶ ended
 *     └──────its files moved──────┘
 */
import type { Because, BuildEvent, Outcome, Problem } from "../model/event.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import { problemOf } from "./problem.ts";
import { isPaid, type Resolved } from "./resolve.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Carried, Inspected, Updater } from "./updater.ts";

/**
 * How an action ended; where things are only foretold also `would-run`, where what it would make is not known, and
 * `foreseen`; and `accepted`, where the user says what is up to date.
 */
export type Ended = Outcome | "would-run" | "foreseen" | "accepted";

export interface AttemptParts {
  readonly updater: Updater;
  readonly scheduler: Scheduler;
  readonly force: ReadonlySet<TargetPath>;
  readonly dryRun: boolean;
  /** What is there is accepted as it is; all else is foretold. */
  readonly accept: boolean;
  /** Interrupts what can be made again at no cost. */
  readonly stop: AbortSignal;
  /** Interrupts everything. */
  readonly kill: AbortSignal;
  /** What an action took the last time. */
  lastMs(action: Action): number | undefined;
  urgency(action: Action): number;
  emit(event: BuildEvent): void;
  now(): number;
  /** Called once for each action that was settled, when it has ended. */
  ended(action: Action, how: Ended): void;
  /** Called when it must be settled once more. */
  again(action: Action): void;
}

/** How often an action is begun again because its files changed under it, before that is a failure. */
const MOVED_LIMIT = 3;

export class Attempts {
  readonly #parts: AttemptParts;
  /** Key to the work that makes it: the same work at the same time is done once. */
  readonly #making = new Map<string, Promise<void>>();
  readonly #moved = new Map<Action, number>();
  /** What is still to be made anew; once is enough. */
  readonly #force: Set<TargetPath>;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.#force = new Set(parts.force);
  }

  /** Takes an action whose needs are met; how it ends is told later, or before this returns. */
  settle(action: Action): void {
    try {
      const inspected = this.#parts.updater.inspect(action, this.#force);
      const { dryRun, accept } = this.#parts;
      if (dryRun || (accept && inspected.decision.kind !== "accept")) this.#foretell(action, inspected);
      else this.#carryOut(action, inspected);
    } catch (error) {
      this.fail(action, problemOf(error), 0);
    }
  }

  /** Ends an action that cannot or need not be tried. */
  block(action: Action, message: string): void {
    this.#finish(action, "blocked", [], 0, { message });
  }

  fail(action: Action, problem: Problem, ms: number, because: readonly Because[] = []): void {
    this.#finish(action, "failed", because, ms, problem);
  }

  /** In a dry run: what would be done with an action after something else was. */
  mayRun(action: Action): void {
    this.#would(action, "maybe-run", [], "would-run");
  }

  #isForced(action: Action): boolean {
    return action.outputs.some(({ path }) => this.#force.has(path));
  }

  #carryOut(action: Action, { resolved, decision }: Inspected): void {
    const { updater } = this.#parts;
    switch (decision.kind) {
      case "fresh":
        updater.adopt(action, resolved);
        this.#finish(action, "fresh", []);
        break;
      case "kept":
        updater.placePins(action, resolved, decision.pinned);
        this.#finish(action, keptOutcome(decision), []);
        break;
      case "accept":
        this.#accept(action, resolved, decision.because);
        break;
      case "restore":
        this.#restore(action, resolved, decision.because);
        break;
      case "run":
        this.#queue(action, resolved, decision.because);
    }
  }

  #foretell(action: Action, { resolved, decision }: Inspected): void {
    switch (decision.kind) {
      case "fresh":
        this.#finish(action, "fresh", []);
        break;
      case "kept":
        this.#finish(action, keptOutcome(decision), []);
        break;
      case "accept":
        this.#would(action, "accept", decision.because, "accepted");
        break;
      case "restore":
        this.#parts.updater.assumeRestored(action, resolved);
        this.#would(action, "restore", decision.because, "restored");
        break;
      case "run":
        if (resolved.recipe.kind === "task" && resolved.recipe.task.cheap) {
          this.#foresee(action, resolved, decision.because);
        } else this.#would(action, "run", decision.because, "would-run");
    }
  }

  #foresee(action: Action, resolved: Resolved, because: readonly Because[]): void {
    const { updater, scheduler, urgency, stop, kill, emit } = this.#parts;
    const hooks = {
      signal: stop,
      kill,
      progress() {},
      notice: (text: string) => emit({ type: "notice", action: action.id, text }),
    };
    const start = () =>
      updater.foresee(action, resolved, hooks).then(
        () => this.#would(action, "run", because, "foreseen"),
        (error: unknown) => this.fail(action, problemOf(error), 0, because),
      );
    scheduler.add({ pool: action.target.pool, urgency: urgency(action), start });
  }

  #would(
    action: Action,
    verb: Extract<BuildEvent, { type: "would" }>["verb"],
    because: readonly Because[],
    how: Ended,
  ): void {
    const outputs = action.outputs.map(({ path }) => path);
    this.#parts.emit({
      type: "would",
      action: action.id,
      target: action.target.name,
      verb,
      outputs,
      because,
    });
    this.#parts.ended(action, how);
  }

  #accept(action: Action, resolved: Resolved, because: readonly Because[]): void {
    const carried = this.#parts.updater.accept(action, resolved, because);
    if (carried.kind === "moved") {
      this.#again(action, carried.path);
      return;
    }
    const outputs = action.outputs.map(({ path }) => path);
    this.#parts.emit({ type: "accepted", action: action.id, target: action.target.name, outputs, because });
    this.#parts.ended(action, "accepted");
  }

  #restore(action: Action, resolved: Resolved, because: readonly Because[]): void {
    const began = this.#parts.now();
    const carried = this.#parts.updater.restore(action, resolved, because);
    if (carried.kind === "done") this.#finish(action, "restored", because, this.#parts.now() - began);
    else if (carried.kind === "gone") this.#queue(action, resolved, because);
    else this.#again(action, carried.path);
  }

  #queue(action: Action, resolved: Resolved, because: readonly Because[]): void {
    this.#parts.scheduler.add({
      pool: action.target.pool,
      urgency: this.#parts.urgency(action),
      start: () => this.#start(action, resolved, because),
    });
  }

  async #start(action: Action, resolved: Resolved, because: readonly Because[]): Promise<void> {
    const other = this.#making.get(resolved.key);
    if (other !== undefined) {
      // Its slot is free for other work meanwhile.
      void other.then(() => this.#parts.again(action));
      return;
    }
    const work = this.#make(action, resolved, because);
    this.#making.set(resolved.key, work);
    await work.finally(() => this.#making.delete(resolved.key));
  }

  /** Whatever a task throws ends here. */
  async #make(action: Action, resolved: Resolved, because: readonly Because[]): Promise<void> {
    const { updater, emit, now } = this.#parts;
    const began = now();
    const signal = this.#signalFor(resolved);
    let carried: Carried;
    try {
      // Another build with the same cache may have made it since the decision.
      if (!this.#isForced(action) && updater.isCached(action, resolved)) return this.#parts.again(action);
      emit({
        type: "started",
        action: action.id,
        target: action.target.name,
        because,
        lastMs: this.#parts.lastMs(action),
      });
      carried = await updater.run(action, resolved, because, {
        signal,
        kill: this.#parts.kill,
        progress: (fraction) => emit({ type: "progress", action: action.id, fraction }),
        notice: (text) => emit({ type: "notice", action: action.id, text }),
      });
    } catch (error) {
      if (signal.aborted) this.block(action, "it was interrupted.");
      else this.fail(action, problemOf(error), now() - began, because);
      return;
    }
    // What was thrown away since an input moved is still asked for; an edit made meanwhile ends the asking.
    const moved = carried.kind === "moved" ? carried : undefined;
    if (moved?.what !== "input") for (const { path } of action.outputs) this.#force.delete(path);
    if (moved === undefined) this.#finish(action, "ran", because, now() - began);
    else this.#again(action, moved.path);
  }

  /** Work that costs money is let finish at the first Ctrl-C: its result is stored. */
  #signalFor(resolved: Resolved): AbortSignal {
    return isPaid(resolved) ? this.#parts.kill : this.#parts.stop;
  }

  #again(action: Action, path: string): void {
    const times = (this.#moved.get(action) ?? 0) + 1;
    this.#moved.set(action, times);
    if (times > MOVED_LIMIT) {
      const help = "Build again when nothing writes to it any more.";
      this.fail(action, { message: `${path} changed each time while this was made.`, help }, 0);
      return;
    }
    const text = `${path} changed while this was made, so it is looked at again.`;
    this.#parts.emit({ type: "notice", action: action.id, text });
    this.#parts.again(action);
  }

  #finish(action: Action, outcome: Outcome, because: readonly Because[], ms = 0, problem?: Problem): void {
    const outputs = action.outputs.map(({ path }) => path);
    const told = { action: action.id, target: action.target.name, outcome, outputs, because, ms };
    this.#parts.emit({ type: "finished", ...told, ...(problem === undefined ? {} : { problem }) });
    this.#parts.ended(action, outcome);
  }
}

function keptOutcome({ edited }: { readonly edited: readonly TargetPath[] }): "edited" | "pinned" {
  return edited.length > 0 ? "edited" : "pinned";
}
