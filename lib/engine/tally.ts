/** Counts how actions ended and what they took, while the story of a build is told. */
import type { BuildEvent, Outcome } from "../model/event.ts";
import { STANDINGS, type Standing } from "../store/action-table.ts";
import type { Part } from "./part.ts";

export function noCounts(): Record<Outcome, number> {
  return { fresh: 0, restored: 0, ran: 0, edited: 0, pinned: 0, failed: 0, blocked: 0, "not-started": 0 };
}

export class Tally {
  readonly counts = noCounts();
  readonly #emit: (event: BuildEvent) => void;
  readonly #ran = new Map<string, { ms: number; count: number }>();

  constructor(emit: (event: BuildEvent) => void) {
    this.#emit = emit;
  }

  readonly told = (event: BuildEvent): void => {
    if (event.type === "finished") {
      this.counts[event.outcome] += 1;
      if (event.outcome === "ran") this.#took(event.target, event.ms);
    }
    this.#emit(event);
  };

  #took(target: string, ms: number): void {
    const sum = this.#ran.get(target) ?? { ms: 0, count: 0 };
    this.#ran.set(target, { ms: sum.ms + ms, count: sum.count + 1 });
  }

  /** The actions that did not have to be looked at. What was edited by hand is told of each time. */
  untouched(part: Part, tellFresh: boolean): void {
    const { stale, ...counts } = part.counts();
    if (stale > 0) throw new Error(`BUG: ${stale} actions are not up to date and were not looked at`);
    for (const [standing, count] of Object.entries(counts))
      this.counts[standing as keyof typeof counts] += count;
    const told: readonly Standing[] = tellFresh ? STANDINGS : ["edited"];
    for (const { target, standing, outputs } of part.untouched(told)) {
      const outcome = standing as Exclude<Standing, "stale">;
      this.#emit({ type: "finished", action: outputs[0]!, target, outcome, outputs, because: [], ms: 0 });
    }
  }

  /** Target to what one of its actions took, in milliseconds; of those that ran. */
  averages(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#ran].map(([target, { ms, count }]) => [target, ms / count]));
  }
}
