/** Tells how much is wanted, by target, each time that more has come to light. */
import type { BuildEvent, PlannedTarget } from "../model/event.ts";
import type { Action } from "../model/pipeline.ts";
import type { Graph } from "../pipeline/graph.ts";
import { type Only, unlisted } from "./only.ts";

export interface PlannedParts {
  readonly graph: Graph;
  readonly only?: Only | undefined;
  /** Names of the targets that use a tool that costs money. */
  readonly paid: ReadonlySet<string>;
  /** What an action of a target took on average before. */
  pastMs(target: string): number | undefined;
  emit(event: BuildEvent): void;
}

export class Planned {
  readonly #parts: PlannedParts;
  /** Target name to how many of its actions are wanted. */
  readonly #wanted = new Map<string, number>();
  #actions = 0;

  constructor(parts: PlannedParts) {
    this.#parts = parts;
  }

  count({ target }: Action): void {
    this.#wanted.set(target.name, (this.#wanted.get(target.name) ?? 0) + 1);
    this.#actions += 1;
  }

  tell(): void {
    const { graph, only, pastMs, paid, emit } = this.#parts;
    const lists = unlisted(graph, only);
    const targets: Record<string, PlannedTarget> = {};
    for (const [name, actions] of this.#wanted)
      targets[name] = { actions, lastMs: pastMs(name), ...(paid.has(name) ? { paid: true } : {}) };
    const costly = graph.pipeline.targets.filter(({ name }) => paid.has(name));
    const mayCostMore = lists.some(({ axis }) => costly.some(({ axes }) => axes.includes(axis.name)));
    const more = { atLeast: lists.length > 0, ...(mayCostMore ? { mayCostMore } : {}) };
    emit({ type: "planned", actions: this.#actions, ...more, targets });
  }
}
