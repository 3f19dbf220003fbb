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
import type { Carried } from "./carried.ts";
import type { Decision } from "./decide.ts";
import type { Inspected, Inspector } from "./inspector.ts";
import { problemOf } from "./problem.ts";
import { isPaid, type Resolved } from "./resolve.ts";
import { attempted } from "./retry.ts";
import type { Updater } from "./updater.ts";
import type { Making, Workbench } from "./workbench.ts";

/**
 * How an action ended; where things are only foretold also `would-run`, where what it would make is not known, and
 * `foreseen`; and `accepted`, where the user says what is up to date.
 */
export type Ended = Outcome | "would-run" | "foreseen" | "accepted";

export interface AttemptParts {
  readonly inspector: Inspector;
  readonly updater: Updater;
  readonly workbench: Workbench;
  readonly force: ReadonlySet<TargetPath>;
  readonly dryRun: boolean;
  /** What is there is accepted as it is; all else is foretold. */
  readonly accept: boolean;
  /** Interrupts what can be made again at no cost. */
  readonly stop: AbortSignal;
  /** Interrupts everything. */
  readonly kill: AbortSignal;
  /** Whether another round can follow, and cancel what is no longer wanted. */
  readonly isRound: boolean;
  /** Something else is wanted by now: what runs goes on, and its result is stored and not put in place. */
  readonly superseded: AbortSignal;
  /** What an action took the last time. */
  lastMs(action: Action): number | undefined;
  urgency(action: Action): number;
  emit(event: BuildEvent): void;
  now(): number;
  /** Called once for each action that was settled, when it has ended. */
  ended(action: Action, how: Ended): void;
  /** Called when it must be settled once more. */
  again(action: Action): void;
  /** Called when work of this build has given back its slot. */
  freed(): void;
}

type Kept = Extract<Decision, { kind: "kept" }>;

/** How often an action is begun again because its files changed under it, before that is a failure. */
const MOVED_LIMIT = 3;

export class Attempts {
  readonly #parts: AttemptParts;
  readonly #moved = new Map<Action, number>();
  /** What is still to be made anew; once is enough. */
  readonly #force: Set<TargetPath>;
  #queued = 0;
  #running = 0;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.#force = new Set(parts.force);
  }

  /** How many actions wait for a slot, or run; or wait for another that makes the same. */
  get open(): number {
    return this.#queued + this.#running;
  }

  /** What has not begun does not begin any more. */
  dropQueued(): void {
    this.#parts.workbench.scheduler.clear();
    this.#queued = 0;
  }

  /** The same, and what runs is nobody's for now. */
  detach(): void {
    this.#parts.workbench.scheduler.detach();
    this.#queued = 0;
  }

  /** Called when all that could be settled at once has been. */
  cancelRetired(): void {
    this.#parts.workbench.cancelRetired();
  }

  /** Takes an action whose needs are met; how it ends is told later, or before this returns. */
  settle(action: Action): void {
    try {
      const inspected = this.#parts.inspector.inspect(action, this.#force);
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

  /** Ends an action whose turn does not come any more. */
  leave(action: Action): void {
    this.#finish(action, "not-started", [], 0, { message: "the build was stopped before its turn." });
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
    const { updater, workbench } = this.#parts;
    workbench.want(action.id, decision.kind === "run" ? resolved.workKey : undefined);
    switch (decision.kind) {
      case "fresh":
        updater.adopt(action, resolved);
        this.#finish(action, "fresh", []);
        break;
      case "kept":
        updater.placePins(action, resolved, decision.pinned);
        this.#finish(action, keptOutcome(decision), placed(decision));
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
        this.#foretellKept(action, decision);
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

  #foretellKept(action: Action, decision: Kept): void {
    this.#parts.updater.assumePlaced(decision.placing);
    const [outcome, because] = [keptOutcome(decision), placed(decision)];
    if (outcome === "pinned" && because.length > 0) this.#would(action, "place", because, outcome);
    else this.#finish(action, outcome, because);
  }

  #foresee(action: Action, resolved: Resolved, because: readonly Because[]): void {
    const { updater, stop, kill, emit } = this.#parts;
    const hooks = {
      signal: stop,
      kill,
      progress() {},
      notice: (text: string) => emit({ type: "notice", action: action.id, text }),
    };
    const start = () =>
      attempted(action.target, hooks, () => updater.foresee(action, resolved, hooks)).then(
        () => this.#would(action, "run", because, "foreseen"),
        (error: unknown) => this.fail(action, problemOf(error), 0, because),
      );
    this.#enqueue(action, start);
  }

  #enqueue(action: Action, start: () => Promise<void>): void {
    this.#queued += 1;
    this.#parts.workbench.scheduler.add({
      pool: action.target.pool,
      urgency: this.#parts.urgency(action),
      start: async () => {
        this.#queued -= 1;
        this.#running += 1;
        await start().finally(() => {
          this.#running -= 1;
        });
        this.#parts.freed();
      },
    });
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
    const { workbench } = this.#parts;
    const failed = workbench.failed.get(resolved.workKey);
    const other = workbench.making(resolved.workKey);
    if (failed !== undefined) this.fail(action, failed, 0, because);
    else if (other?.leftOver) this.#takeOver(action, other, because);
    else this.#enqueue(action, () => this.#start(action, resolved, because));
  }

  /** What an earlier round began is waited for as if it had been begun now. */
  #takeOver(action: Action, { ended }: Making, because: readonly Because[]): void {
    this.#tellStart(action, because);
    this.#parts.workbench.scheduler.adopt(ended);
    this.#awaitOther(action, ended);
  }

  #awaitOther(action: Action, ended: Promise<void>): void {
    this.#running += 1;
    void ended.then(() => {
      this.#running -= 1;
      this.#parts.again(action);
    });
  }

  async #start(action: Action, resolved: Resolved, because: readonly Because[]): Promise<void> {
    const { workbench } = this.#parts;
    const other = workbench.making(resolved.workKey);
    // Its slot is free for other work meanwhile.
    if (other !== undefined) return this.#awaitOther(action, other.ended);
    const paid = isPaid(resolved);
    const { stop, kill, superseded, isRound } = this.#parts;
    // Work that costs money is let finish at the first Ctrl-C: its result is stored.
    const given = paid ? kill : stop;
    // Only a later round can want something else; a signal of its own is dear beside a small action.
    const own = isRound ? new AbortController() : undefined;
    const signal = own === undefined ? given : AbortSignal.any([given, own.signal]);
    const ended = this.#make(action, resolved, because, signal);
    workbench.begin({
      action: action.id,
      key: resolved.workKey,
      ended,
      paid,
      get leftOver() {
        return superseded.aborted;
      },
      cancel: () => own?.abort(),
    });
    await ended;
  }

  #tellStart(action: Action, because: readonly Because[]): void {
    const { emit, lastMs } = this.#parts;
    const { id, target } = action;
    emit({ type: "started", action: id, target: target.name, because, lastMs: lastMs(action) });
  }

  /** Whatever a task throws ends here. */
  async #make(
    action: Action,
    resolved: Resolved,
    because: readonly Because[],
    signal: AbortSignal,
  ): Promise<void> {
    const { inspector, updater, workbench, emit, now, superseded } = this.#parts;
    const began = now();
    let carried: Carried;
    try {
      // Another build with the same cache may have made it since the decision.
      if (!this.#isForced(action) && inspector.cached(action, resolved) !== undefined)
        return this.#parts.again(action);
      this.#tellStart(action, because);
      const hooks = {
        signal,
        kill: this.#parts.kill,
        progress: (fraction: number) => emit({ type: "progress", action: action.id, fraction }),
        notice: (text: string) => emit({ type: "notice", action: action.id, text }),
        superseded,
      };
      carried = await attempted(action.target, hooks, () => updater.run(action, resolved, because, hooks));
    } catch (error) {
      const problem = problemOf(error);
      if (!signal.aborted) workbench.failed.set(resolved.workKey, problem);
      // Nobody of this round waits for it any more; but where something is that was paid for has to be known.
      if (superseded.aborted) {
        if (isPaid(resolved)) emit({ type: "notice", action: action.id, text: problem.message });
        return;
      }
      if (signal.aborted) this.block(action, "it was interrupted.");
      else this.fail(action, problem, now() - began, because);
      return;
    }
    // Superseded: the result is in the store, or of no use, and nobody of this round waits for it.
    if (carried.kind === "stored" || (carried.kind !== "done" && superseded.aborted)) return;
    // What was thrown away since an input moved is still asked for; an edit made meanwhile ends the asking.
    const moved = carried.kind === "moved" ? carried : undefined;
    if (moved?.what !== "input") for (const { path } of action.outputs) this.#force.delete(path);
    if (moved === undefined) this.#finish(action, "ran", because, now() - began);
    else this.#again(action, moved.path);
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

function keptOutcome({ edited }: Kept): "edited" | "pinned" {
  return edited.length > 0 ? "edited" : "pinned";
}

function placed({ placing }: Kept): readonly Because[] {
  return placing.map((path) => ({ reason: "pin-placed", path }));
}
