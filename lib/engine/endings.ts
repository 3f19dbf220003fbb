/** Says how an action ended: in an event to all who follow the build, and to the walk. */
import type { Because, BuildEvent, Outcome, Problem, Would } from "../model/event.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { Decision } from "./decide.ts";

/**
 * How an action ended; where things are only foretold also `would-run`, where what it would make is not known, and
 * `foreseen`; and `accepted`, where the user says what is up to date.
 */
export type Ended = Outcome | "would-run" | "foreseen" | "accepted";

export type Kept = Extract<Decision, { kind: "kept" }>;
type Finished = Extract<BuildEvent, { type: "finished" }>;
type Verb = Would["verb"];
/** What is told of money; nothing where none was at stake. */
type Money = Pick<Finished, "cost" | "saved">;
type Details = Money & Pick<Finished, "problem">;
export type Price = Pick<
  Would,
  "cost" | "priceRows" | "modelHints" | "lastCost" | "otherTool" | "maybeCharged"
>;

type Tell = (action: Action, how: Ended, problem?: Problem) => void;

export class Endings {
  readonly #emit: (event: BuildEvent) => void;
  readonly #ended: Tell;

  /** `ended` is called once for each action that was settled, after its event. */
  constructor(emit: (event: BuildEvent) => void, ended: Tell) {
    this.#emit = emit;
    this.#ended = ended;
  }

  finish(action: Action, outcome: Outcome, because: readonly Because[], ms = 0, more: Details = {}): void {
    const outputs = outputsOf(action);
    const told = { action: action.id, target: action.target.name, outcome, outputs, because, ms };
    this.#emit({ type: "finished", ...told, ...more });
    this.#ended(action, outcome, more.problem);
  }

  fail(
    action: Action,
    problem: Problem,
    ms: number,
    because: readonly Because[] = [],
    money: Money = {},
  ): void {
    this.finish(action, "failed", because, ms, { ...money, problem });
  }

  /** Of an action that cannot or need not be tried. */
  block(action: Action, message: string): void {
    this.finish(action, "blocked", [], 0, { problem: { message } });
  }

  /** Of an action whose turn does not come any more. */
  leave(action: Action): void {
    const problem = { message: "the build was stopped before its turn." };
    this.finish(action, "not-started", [], 0, { problem });
  }

  accept(action: Action, because: readonly Because[]): void {
    const outputs = outputsOf(action);
    this.#emit({ type: "accepted", action: action.id, target: action.target.name, outputs, because });
    this.#ended(action, "accepted");
  }

  /** Of an action that is only foretold. */
  would(action: Action, verb: Verb, because: readonly Because[], how: Ended, price: Price = {}): void {
    const outputs = outputsOf(action);
    const told = { action: action.id, target: action.target.name, verb, outputs, because };
    this.#emit({ type: "would", ...told, ...price });
    this.#ended(action, how);
  }

  /** What would be done with an action after something else was. */
  mayRun(action: Action, price: Price): void {
    this.would(action, "maybe-run", [], "would-run", price);
  }
}

function outputsOf({ outputs }: Action): TargetPath[] {
  return outputs.map(({ path }) => path);
}

export function keptOutcome({ edited }: Kept): "edited" | "pinned" {
  return edited.length > 0 ? "edited" : "pinned";
}

export function placedPins({ placing }: Kept): readonly Because[] {
  return placing.map((path) => ({ reason: "pin-placed", path }));
}
