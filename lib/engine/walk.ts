/** Walks the graph from its goals: which actions are wanted, what each waits for, and when it is through. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { plural } from "../base/plural.ts";
import type { Problem } from "../model/event.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import { isExpansion } from "../pipeline/entries.ts";
import type { Expansion, Found, Graph } from "../pipeline/graph.ts";
import { type AttemptParts, Attempts } from "./attempts.ts";
import { type Ended, Endings } from "./endings.ts";
import { expand } from "./expand.ts";
import { meantOf } from "./only.ts";
import type { Places } from "./place.ts";
import { Planned, type PlannedParts } from "./planned.ts";
import { Queue } from "./queue.ts";
import { unknownPath } from "./unknown-path.ts";
import { Outcomes, READY, type State, TRYING, through, type Waiting } from "./walk-state.ts";

export interface WalkParts extends Omit<AttemptParts, "endings" | "queue" | "again">, PlannedParts {
  readonly graph: Graph;
  readonly places: Places;
  /** Paths that were asked for; empty for everything. */
  readonly goals: readonly TargetPath[];
  /** Undefined where everything has to be looked at. */
  readonly part: WalkPart | undefined;
  readonly keepGoing: boolean;
  urgency(action: Action): number;
}

/** The actions to look at, of a graph whose others are known to be up to date. */
export interface WalkPart {
  readonly actions: readonly Action[];
  isUpToDate(action: Action): boolean;
}

/** Where an action ends so, it is not known what its file will hold. */
const UNKNOWN: ReadonlySet<Ended> = new Set(["failed", "blocked", "not-started", "would-run"]);

/** A turn of the event loop is taken at least so often, in milliseconds, so that the display and Ctrl-C live. */
const TURN_MS = 20;

export class Walk {
  readonly #parts: WalkParts;
  readonly #endings: Endings;
  readonly #queue: Queue;
  readonly #attempts: Attempts;
  readonly #states = new Map<Action, State>();
  /** What waits for it; of what is through, nothing. */
  readonly #dependents = new Map<Action | Expansion, Action[]>();
  readonly #planned: Planned;
  #ready: Action[] = [];
  /** Goals that more actions can come to make. */
  readonly #unbound: Set<TargetPath>;
  #wake: () => void = () => {};
  #failed = false;
  /** Whether something has failed so that nothing more is begun. */
  #halted = false;
  /** The first error of our own. */
  #broken: { readonly error: unknown } | undefined;
  #allExpanded = true;

  constructor(parts: WalkParts) {
    this.#parts = parts;
    this.#planned = new Planned(parts);
    this.#unbound = new Set(parts.goals.length > 0 ? [...parts.goals, ...parts.force] : []);
    const { emit, urgency, workbench } = parts;
    const ended = (action: Action, how: Ended, problem?: Problem) =>
      this.#holdingErrors(() => this.#ended(action, how, problem));
    this.#endings = new Endings(emit, ended);
    this.#queue = new Queue({ scheduler: workbench.scheduler, urgency, freed: () => this.#wake() });
    const again = (action: Action) => this.#makeReady(action);
    this.#attempts = new Attempts({ ...parts, endings: this.#endings, queue: this.#queue, again });
  }

  /** Brings everything wanted up to date. Resolves when nothing runs any more, or when it is superseded. */
  async run(): Promise<void> {
    const { graph, stop, superseded, goals, only, part } = this.#parts;
    const onStop = () => {
      this.#tellPaying();
      this.#queue.drop();
      this.#wake();
    };
    const onSuperseded = () => {
      this.#queue.detach();
      this.#wake();
    };
    stop.addEventListener("abort", onStop, { once: true });
    superseded.addEventListener("abort", onSuperseded, { once: true });
    if (goals.length > 0) this.#bindGoals();
    else for (const one of meantOf(part?.actions ?? graph.actions.values(), graph, only)) this.#want(one);
    this.#planned.tell();
    await this.#drain();
    stop.removeEventListener("abort", onStop);
    superseded.removeEventListener("abort", onSuperseded);
    if (this.#broken !== undefined) throw this.#broken.error;
    if (superseded.aborted) return;
    for (const [action, state] of this.#states) {
      if (state.kind !== "through") this.#endings.leave(action);
    }
  }

  /** Who does not know what is waited for would stop it a second time, and lose what may be charged. */
  #tellPaying(): void {
    const { workbench, emit } = this.#parts;
    if (workbench.paying > 0) emit({ type: "notice", action: undefined, text: sayPaying(workbench.paying) });
  }

  /** How each action that was wanted has ended. */
  get outcomes(): Outcomes {
    return new Outcomes(this.#states);
  }

  /** Whether every list that was read could be used: if not, the graph lacks actions that there should be. */
  get allExpanded(): boolean {
    return this.#allExpanded;
  }

  get failed(): boolean {
    return this.#failed;
  }

  async #drain(): Promise<void> {
    let turn = performance.now();
    for (;;) {
      const batch = this.#ready;
      this.#ready = [];
      for (const action of batch) {
        if (!this.#stopping) {
          this.#states.set(action, TRYING);
          this.#attempts.settle(action);
        }
        if (performance.now() - turn > TURN_MS) {
          await nextTurn();
          turn = performance.now();
        }
      }
      if (this.#parts.superseded.aborted) return;
      this.#parts.workbench.cancelRetired();
      if (this.#ready.length > 0) continue;
      if (this.#queue.open === 0) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  get #stopping(): boolean {
    const { stop, superseded } = this.#parts;
    return stop.aborted || superseded.aborted || this.#halted || this.#broken !== undefined;
  }

  /** An action's end can be told from a promise that nobody awaits: what breaks then is thrown by `run`. */
  #holdingErrors(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#broken ??= { error };
      this.#queue.drop();
      this.#wake();
    }
  }

  /** Goals whose action is bound are wanted; for the others, the files that tell whether they exist. */
  #bindGoals(): void {
    const { graph, places } = this.#parts;
    for (const goal of [...this.#unbound]) {
      const { actions, pending } = graph.makersOf(goal);
      if (pending.length === 0) this.#unbound.delete(goal);
      if (pending.length === 0 && actions.length === 0)
        this.#tellFailure(goal, "", unknownPath(goal, graph.outputs(), places));
      for (const action of actions) this.#want(action);
      for (const expansion of pending) this.#want(expansion.source);
    }
  }

  #want(action: Action): void {
    if (this.#states.has(action)) return;
    const waiting: Waiting = { kind: "waiting", for: new Set() };
    this.#states.set(action, waiting);
    this.#planned.count(action);
    this.#awaitNeeds(action, waiting, this.#parts.graph.needs(action));
  }

  /** Adds what the action still needs to what it waits for; more can come to light when an axis is expanded. */
  #awaitNeeds(action: Action, waiting: Waiting, { actions, pending }: Found): void {
    for (const needed of actions) {
      if (this.#parts.part?.isUpToDate(needed)) continue;
      this.#want(needed);
      if (!this.#await(action, waiting, needed, needed)) return;
    }
    for (const expansion of pending) {
      this.#want(expansion.source);
      // Through and still not expanded: its file lists nothing that can be used.
      if (!this.#await(action, waiting, expansion.source, expansion)) return;
    }
    if (waiting.for.size === 0) this.#makeReady(action);
  }

  /** False where the action need not wait any more, since it will not be tried. */
  #await(action: Action, waiting: Waiting, source: Action, needed: Action | Expansion): boolean {
    const state = this.#states.get(source)!;
    if (state.kind === "through") return this.#follow(action, source, state.how, needed !== source);
    if (waiting.for.has(needed)) return true;
    waiting.for.add(needed);
    const dependents = this.#dependents.get(needed);
    if (dependents === undefined) this.#dependents.set(needed, [action]);
    else dependents.push(action);
    return true;
  }

  /** What the end of something needed means for the action; false where it is the action's end too. */
  #follow(action: Action, needed: Action, how: Ended, unusable: boolean): boolean {
    if (how === "would-run") this.#endings.mayRun(action, this.#parts.lastBuying(action));
    else if (how === "failed" || how === "blocked" || unusable)
      this.#endings.block(action, `it needs ${needed.id}.`);
    else return how !== "not-started";
    return false;
  }

  #makeReady(action: Action): void {
    this.#states.set(action, READY);
    this.#ready.push(action);
    this.#wake();
  }

  /** Lets those go on that waited for it. */
  #ended(action: Action, how: Ended, problem: Problem | undefined): void {
    this.#states.set(action, through(how));
    if (how === "failed") this.#fail(problem);
    const expanded = !UNKNOWN.has(how) && this.#expand(action);
    for (const dependent of this.#released(action)) this.#arrived(dependent, action, action, how, false);
    for (const expansion of this.#parts.graph.expansionsOf(action)) {
      for (const dependent of this.#released(expansion))
        this.#arrived(dependent, action, expansion, how, !expanded);
    }
    this.#wake();
  }

  /** From now on nothing waits for it. */
  #released(needed: Action | Expansion): readonly Action[] {
    const dependents = this.#dependents.get(needed) ?? [];
    this.#dependents.delete(needed);
    return dependents;
  }

  #arrived(
    dependent: Action,
    source: Action,
    needed: Action | Expansion,
    how: Ended,
    unusable: boolean,
  ): void {
    const state = this.#states.get(dependent);
    if (state?.kind !== "waiting" || !this.#follow(dependent, source, how, unusable)) return;
    state.for.delete(needed);
    if (isExpansion(needed))
      this.#awaitNeeds(dependent, state, this.#parts.graph.newNeeds(dependent, needed));
    else if (state.for.size === 0) this.#makeReady(dependent);
  }

  /** Binds what the action's file lists; false where the list cannot be used. */
  #expand(action: Action): boolean {
    const { graph, goals, only } = this.#parts;
    const expansions = graph.expansionsOf(action);
    const all: Action[] = [];
    for (const expansion of expansions) {
      const bound = expand(expansion, this.#parts);
      if (!bound.ok) {
        this.#allExpanded = false;
        this.#tellFailure(`${bound.path} (${expansion.axis.name})`, expansion.axis.name, bound.problem);
        return false;
      }
      all.push(...bound.actions);
    }
    // Only now: what one axis lists can need what another axis of the same file lists.
    if (goals.length === 0) for (const one of meantOf(all, graph, only)) this.#want(one);
    if (expansions.length === 0) return true;
    if (this.#unbound.size > 0 && !this.#stopping) this.#bindGoals();
    this.#planned.tell();
    return true;
  }

  #fail(problem: Problem | undefined): void {
    this.#failed = true;
    if (this.#parts.keepGoing || problem?.isolated) return;
    this.#halted = true;
    this.#queue.drop();
  }

  /** A failure that is no action's own. */
  #tellFailure(action: string, target: string, problem: Problem): void {
    this.#fail(problem);
    const told = { action, target, outcome: "failed" as const, outputs: [], because: [], ms: 0 };
    this.#parts.emit({ type: "finished", ...told, problem });
  }
}

function sayPaying(count: number): string {
  return `stopping, once what is being paid for has come (at most ${plural(count, "output")}): it is kept. A second Ctrl-C gives it up, and it may be charged all the same.`;
}
