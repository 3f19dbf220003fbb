/** The states of a wanted action. Of those that hold nothing of their action there is one each: there can be 100,000. */
import type { Action } from "../model/pipeline.ts";
import type { Expansion } from "../pipeline/graph.ts";
import type { Ended } from "./endings.ts";

/** waiting ──all it needs is through──▶ ready ──▶ trying ──▶ through; or straight to through, blocked. */
export type State = Waiting | { readonly kind: "ready" } | { readonly kind: "trying" } | Through;

export interface Waiting {
  readonly kind: "waiting";
  readonly for: Set<Action | Expansion>;
}

interface Through {
  readonly kind: "through";
  readonly how: Ended;
}

export const READY: State = { kind: "ready" };
export const TRYING: State = { kind: "trying" };

/** How each wanted action has ended; not started, where it has not. */
export class Outcomes {
  readonly #states: ReadonlyMap<Action, State>;

  constructor(states: ReadonlyMap<Action, State>) {
    this.#states = states;
  }

  get size(): number {
    return this.#states.size;
  }

  keys(): Iterable<Action> {
    return this.#states.keys();
  }

  *[Symbol.iterator](): Generator<readonly [Action, Ended]> {
    for (const [action, state] of this.#states)
      yield [action, state.kind === "through" ? state.how : "not-started"];
  }
}

const known = new Map<Ended, Through>();

export function through(how: Ended): State {
  const state = known.get(how) ?? { kind: "through", how };
  known.set(how, state);
  return state;
}
