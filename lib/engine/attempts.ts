/**
 * Brings single actions, whose needs are all met, to their end: decides, then restores or runs; or has it foretold.
 *
 *   settle ──fresh, kept, restored──────────────▶ ended
 *     ▲ └──stale──▶ queued ──▶ running ──ran────▶ ended
 *     │                           ├────failed───▶ ended
 *     └──────its files moved──────┘
 */
import { Failure } from "../base/failure.ts";
import type { Because } from "../model/event.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { Lock } from "../store/lock.ts";
import type { Carried } from "./carried.ts";
import { keptOutcome, placedPins } from "./endings.ts";
import { Foreteller, type ForetellerParts } from "./foretell.ts";
import type { Inspected, Inspector } from "./inspector.ts";
import { noticeOf } from "./notice.ts";
import { problemOf } from "./problem.ts";
import { isPaid, type Resolved, serviceOf } from "./resolve.ts";
import { attempted } from "./retry.ts";
import { type ActionTill, UNBOOKED } from "./till.ts";
import type { Updater } from "./updater.ts";
import type { Making, Workbench } from "./workbench.ts";

export interface AttemptParts extends ForetellerParts {
  readonly inspector: Inspector;
  readonly updater: Updater;
  readonly workbench: Workbench;
  readonly force: ReadonlySet<TargetPath>;
  readonly dryRun: boolean;
  /** What is there is accepted as it is; all else is foretold. */
  readonly accept: boolean;
  /** Whether another round can follow, and cancel what is no longer wanted. */
  readonly isRound: boolean;
  /** Something else is wanted by now: what runs goes on, and its result is stored and not put in place. */
  readonly superseded: AbortSignal;
  /** What an action took the last time. */
  lastMs(action: Action): number | undefined;
  now(): number;
  /** Called when it must be settled once more. */
  again(action: Action): void;
}

/** How often an action is begun again because its files changed under it, before that is a failure. */
const MOVED_LIMIT = 3;

export class Attempts {
  readonly #parts: AttemptParts;
  readonly #moved = new Map<Action, number>();
  /** What is still to be made anew; once is enough. */
  readonly #force: Set<TargetPath>;
  readonly #foreteller: Foreteller;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.#force = new Set(parts.force);
    this.#foreteller = new Foreteller(parts);
  }

  /** Takes an action whose needs are met; how it ends is told later, or before this returns. */
  settle(action: Action): void {
    try {
      const inspected = this.#parts.inspector.inspect(action, this.#force);
      const { dryRun, accept } = this.#parts;
      if (dryRun || (accept && inspected.decision.kind !== "accept"))
        this.#foreteller.foretell(action, inspected);
      else this.#carryOut(action, inspected);
    } catch (error) {
      this.#parts.endings.fail(action, problemOf(error), 0);
    }
  }

  #isForced(action: Action): boolean {
    return action.outputs.some(({ path }) => this.#force.has(path));
  }

  #carryOut(action: Action, { resolved, decision }: Inspected): void {
    const { updater, workbench, endings } = this.#parts;
    workbench.want(action.id, decision.kind === "run" ? resolved.workKey : undefined);
    switch (decision.kind) {
      case "fresh":
        updater.adopt(action, resolved);
        endings.finish(action, "fresh", []);
        break;
      case "kept":
        updater.placePins(action, resolved, decision.pinned);
        endings.finish(action, keptOutcome(decision), placedPins(decision));
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

  #accept(action: Action, resolved: Resolved, because: readonly Because[]): void {
    const { updater, endings } = this.#parts;
    const carried = updater.accept(action, resolved, because);
    if (carried.kind === "moved") this.#again(action, carried.path);
    else endings.accept(action, because);
  }

  #restore(action: Action, resolved: Resolved, because: readonly Because[]): void {
    const { updater, endings, now } = this.#parts;
    const began = now();
    const carried = updater.restore(action, resolved, because);
    if (carried.kind === "done") {
      const money = carried.saved === undefined ? {} : { saved: carried.saved };
      endings.finish(action, "restored", because, now() - began, money);
    } else if (carried.kind === "gone") this.#queue(action, resolved, because);
    else this.#again(action, carried.path);
  }

  #queue(action: Action, resolved: Resolved, because: readonly Because[]): void {
    const { workbench, endings, queue } = this.#parts;
    const failed = workbench.failed(resolved.workKey);
    const other = workbench.making(resolved.workKey);
    if (failed !== undefined) endings.fail(action, failed, 0, because);
    else if (other?.leftOver) this.#takeOver(action, resolved, other, because);
    else queue.add(action, serviceOf(resolved), () => this.#start(action, resolved, because));
  }

  /** What an earlier round began is waited for as if it had been begun now. */
  #takeOver(action: Action, resolved: Resolved, { ended }: Making, because: readonly Because[]): void {
    const { queue, again } = this.#parts;
    this.#tellStart(action, because);
    queue.adopt(ended, serviceOf(resolved), () => again(action));
  }

  async #start(action: Action, resolved: Resolved, because: readonly Because[]): Promise<void> {
    const { workbench, queue, again } = this.#parts;
    const other = workbench.making(resolved.workKey);
    // Its slot is free for other work meanwhile.
    if (other !== undefined) return queue.await(other.ended, () => again(action));
    const paid = isPaid(resolved);
    const { stop, kill, superseded, isRound } = this.#parts;
    // Work that costs money is let finish at the first Ctrl-C: its result is stored.
    const given = paid ? kill : stop;
    // Only a later round can want something else; a signal of its own is dear beside a small action.
    const own = isRound ? new AbortController() : undefined;
    const signal = own === undefined ? given : AbortSignal.any([given, own.signal]);
    const ended = paid
      ? this.#leased(action, resolved, signal, () => this.#make(action, resolved, because, signal))
      : this.#make(action, resolved, because, signal);
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

  /** Of several builds that would buy the same one does, and the others take what it has stored. */
  async #leased(
    action: Action,
    { key }: Resolved,
    signal: AbortSignal,
    make: () => Promise<void>,
  ): Promise<void> {
    const { purchasing, endings, stop, superseded } = this.#parts;
    let lease: Lock | undefined;
    try {
      // Nothing is paid yet: here the first Ctrl-C is enough.
      lease = await purchasing.lease(action, key, AbortSignal.any([stop, signal]));
      // Nobody of this round waits for it any more; whoever took it over looks at it anew.
      if (superseded.aborted) return;
      if (lease === undefined) endings.block(action, "it was interrupted.");
      else await make();
    } catch (error) {
      if (!superseded.aborted) endings.fail(action, problemOf(error), 0);
    } finally {
      lease?.release();
    }
  }

  #hooks(action: Action, signal: AbortSignal) {
    const { stop, kill, superseded, emit } = this.#parts;
    return {
      ...{ signal, stop, kill, superseded },
      progress: (fraction: number) =>
        emit({ type: "progress", action: action.id, target: action.target.name, fraction }),
      notice: noticeOf(action, emit),
    };
  }

  /** Whatever a task throws ends here. */
  async #make(
    action: Action,
    resolved: Resolved,
    because: readonly Because[],
    signal: AbortSignal,
  ): Promise<void> {
    const { inspector, updater, workbench, endings, emit, now, stop, superseded, purchasing } = this.#parts;
    const began = now();
    let paying: ActionTill | undefined;
    const money = () => (paying === undefined ? {} : { cost: paying.paid });
    let carried: Carried;
    try {
      // Another build with the same cache may have made it since the decision.
      if (!this.#isForced(action) && inspector.cached(action, resolved) !== undefined)
        return this.#parts.again(action);
      this.#tellStart(action, because);
      if (isPaid(resolved)) paying = purchasing.till(action, resolved.key, this.#isForced(action));
      const hooks = { ...this.#hooks(action, signal), till: paying ?? UNBOOKED, paying };
      carried = await attempted(action.target, hooks, () => updater.run(action, resolved, because, hooks));
    } catch (error) {
      const problem = problemOf(error);
      // Paid work is let finish, but begins nothing more that costs money: then it ends with the reason to stop.
      const interrupted = signal.aborted || (stop.aborted && error === stop.reason);
      const passing = error instanceof Failure && error.passing;
      if (!interrupted) workbench.noteFailed(resolved.workKey, problem, passing);
      // Nobody of this round waits for it any more; but where something is that was paid for has to be known.
      if (superseded.aborted) {
        if (isPaid(resolved)) noticeOf(action, emit)(problem.message);
        return;
      }
      if (interrupted) endings.block(action, "it was interrupted.");
      else endings.fail(action, problem, now() - began, because, money());
      return;
    }
    // Superseded: the result is in the store, or of no use, and nobody of this round waits for it.
    if (carried.kind === "stored" || (carried.kind !== "done" && superseded.aborted)) return;
    // What was thrown away since an input moved is still asked for; an edit made meanwhile ends the asking.
    const moved = carried.kind === "moved" ? carried : undefined;
    if (moved?.what !== "input") for (const { path } of action.outputs) this.#force.delete(path);
    if (moved === undefined) endings.finish(action, "ran", because, now() - began, money());
    else this.#again(action, moved.path);
  }

  #again(action: Action, path: string): void {
    const times = (this.#moved.get(action) ?? 0) + 1;
    this.#moved.set(action, times);
    if (times > MOVED_LIMIT) {
      const help = "Build again when nothing writes to it any more.";
      this.#parts.endings.fail(
        action,
        { message: `${path} changed each time while this was made.`, help },
        0,
      );
      return;
    }
    const text = `${path} changed while this was made, so it is looked at again.`;
    noticeOf(action, this.#parts.emit)(text);
    this.#parts.again(action);
  }
}
