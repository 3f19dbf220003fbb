/** Foretells how actions, whose needs are all met, would end: tells what was decided, and carries out none of it. */
import type { Because, BuildEvent } from "../model/event.ts";
import type { Action } from "../model/pipeline.ts";
import { type Endings, type Kept, keptOutcome, type Price, placedPins } from "./endings.ts";
import type { Foresight } from "./foresight.ts";
import type { Inspected } from "./inspector.ts";
import { noticeOf } from "./notice.ts";
import { problemOf } from "./problem.ts";
import type { Purchasing } from "./purchasing.ts";
import type { Queue } from "./queue.ts";
import type { Readiness } from "./readiness.ts";
import { estimateOf, isPaid, missingPricesOf, type Resolved } from "./resolve.ts";
import { attempted } from "./retry.ts";
import { UNBOOKED } from "./till.ts";

export interface ForetellerParts {
  readonly foresight: Foresight;
  readonly endings: Endings;
  readonly queue: Queue;
  readonly purchasing: Purchasing;
  readonly readiness: Readiness;
  /** What an action cost the last time, where it was bought. */
  lastBuying(action: Action): Pick<Price, "lastCost" | "otherTool">;
  /** Interrupts what can be made again at no cost. */
  readonly stop: AbortSignal;
  /** Interrupts everything. */
  readonly kill: AbortSignal;
  emit(event: BuildEvent): void;
}

export class Foreteller {
  readonly #parts: ForetellerParts;

  constructor(parts: ForetellerParts) {
    this.#parts = parts;
  }

  foretell(action: Action, { resolved, decision }: Inspected): void {
    const { foresight, endings } = this.#parts;
    switch (decision.kind) {
      case "fresh":
        endings.finish(action, "fresh", []);
        break;
      case "kept":
        this.#foretellKept(action, decision);
        break;
      case "accept":
        endings.would(action, "accept", decision.because, "accepted");
        break;
      case "restore":
        foresight.restore(action, resolved);
        endings.would(action, "restore", decision.because, "restored");
        break;
      case "run":
        this.#foretellRun(action, resolved, decision.because);
    }
  }

  #foretellRun(action: Action, resolved: Resolved, because: readonly Because[]): void {
    const { recipe } = resolved;
    this.#parts.readiness.wants(resolved);
    // A dry run pays for nothing, however cheap the task is otherwise.
    if (isPaid(resolved))
      this.#parts.endings.would(action, "run", because, "would-run", this.#price(action, resolved, because));
    else if (recipe.kind === "task" && recipe.task.cheap) this.#makeAside(action, resolved, because);
    else this.#parts.endings.would(action, "run", because, "would-run");
  }

  #price(action: Action, resolved: Resolved, because: readonly Because[]): Price {
    // Who forces it is not asked any more.
    const forced = because.some(({ reason }) => reason === "forced");
    const maybeCharged = forced ? [] : this.#parts.purchasing.maybeCharged(action, resolved.key);
    const cost = estimateOf(resolved) ?? null;
    return {
      cost,
      ...this.#parts.lastBuying(action),
      ...(cost === null && missingPricesOf(resolved)),
      ...(maybeCharged.length > 0 && { maybeCharged }),
    };
  }

  #foretellKept(action: Action, decision: Kept): void {
    const { foresight, endings } = this.#parts;
    foresight.placePins(decision.placing);
    const [outcome, because] = [keptOutcome(decision), placedPins(decision)];
    if (outcome === "pinned" && because.length > 0) endings.would(action, "place", because, outcome);
    else endings.finish(action, outcome, because);
  }

  /** What is cheap is made where nobody sees it, so that what follows from it is known too. */
  #makeAside(action: Action, resolved: Resolved, because: readonly Because[]): void {
    const { foresight, endings, queue, stop, kill, emit } = this.#parts;
    const hooks = {
      till: UNBOOKED,
      signal: stop,
      stop,
      kill,
      progress() {},
      notice: noticeOf(action, emit),
    };
    const start = () =>
      attempted(action.target, hooks, () => foresight.run(action, resolved, hooks)).then(
        () => endings.would(action, "run", because, "foreseen"),
        (error: unknown) => endings.fail(action, problemOf(error), 0, because),
      );
    queue.add(action, undefined, start);
  }
}
