/** Follows the rounds of a watch, and tells what each was for and what came of it. */
import type { BuildEvent, Outcome, Problem } from "../model/event.ts";
import type { Spending } from "../model/purchase.ts";
import type { News } from "./states.ts";

type Finished = Extract<BuildEvent, { type: "finished" }>;
type End = Extract<BuildEvent, { type: "build-finished" }>;

export class Story {
  readonly #project: string;
  readonly #tell: (event: BuildEvent) => void;
  readonly #now: () => number;
  /** What was made since the last round that came to its end, by action. */
  readonly #made = new Map<string, Finished>();
  /** The same, of the round under way. */
  #making = new Map<string, Finished>();
  #results = new Set<string>();
  #removed = 0;
  #spending: Spending | undefined;
  #end: End | undefined;

  constructor(project: string, tell: (event: BuildEvent) => void, now: () => number) {
    this.#project = project;
    this.#tell = tell;
    this.#now = now;
  }

  begin(news: News | undefined): void {
    this.#end = undefined;
    this.#making = new Map();
    if (news === undefined) return;
    const { files, at } = news;
    this.#tell({ type: "watch-changed", project: this.#project, files, at });
  }

  /** For every event of a round. */
  readonly onEvent = (event: BuildEvent): void => {
    if (event.type === "finished") this.#making.set(event.action, event);
    if (event.type === "removed") this.#removed += 1;
    if (event.type === "build-finished") this.#end = event;
    this.#tell(event);
  };

  /** The round could not begin. */
  fail(news: News | undefined, problem: Problem): void {
    this.#tell({
      type: "watch-failed",
      project: this.#project,
      files: news?.files ?? [],
      problem,
      at: this.#now(),
    });
  }

  /** Call when a round has come to its end by itself or otherwise. */
  end(news: News | undefined): void {
    const end = this.#end;
    if (end === undefined) return;
    for (const result of end.results) this.#results.add(result);
    const counts = this.#counts(end);
    this.#spending = added(this.#spending, end.spending);
    if (end.superseded) {
      this.#remember();
      return;
    }
    if (news !== undefined && !end.interrupted && !isIdle(news, counts, this.#removed)) {
      this.#tell({
        type: "watch-round",
        project: this.#project,
        files: news.files,
        ok: end.ok,
        counts,
        ran: this.#ran(),
        removed: this.#removed,
        results: [...this.#results].sort(),
        ...(this.#spending === undefined ? {} : { spending: this.#spending }),
        ms: this.#now() - news.at,
        at: this.#now(),
      });
    }
    this.#spending = undefined;
    this.#made.clear();
    this.#results.clear();
    this.#removed = 0;
  }

  #remember(): void {
    for (const [action, finished] of this.#making) if (isMade(finished)) this.#made.set(action, finished);
  }

  /** What an earlier round made, and this one found fresh, was made all the same. */
  #counts({ counts }: End): Record<Outcome, number> {
    const all = { ...counts };
    for (const { outcome } of this.#earlier()) {
      if (all.fresh === 0) break;
      all.fresh -= 1;
      all[outcome] += 1;
    }
    return all;
  }

  #earlier(): Finished[] {
    const settled = ({ outcome }: Finished) => outcome !== "fresh";
    return [...this.#made.values()].filter(({ action }) => {
      const now = this.#making.get(action);
      return now === undefined || !settled(now);
    });
  }

  #ran(): Record<string, number> {
    const ran: Record<string, number> = {};
    for (const { target, outcome } of [...this.#earlier(), ...this.#making.values()])
      if (outcome === "ran") ran[target] = (ran[target] ?? 0) + 1;
    return ran;
  }
}

function added(a: Spending | undefined, b: Spending | undefined): Spending | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    paid: a.paid + b.paid,
    unpriced: a.unpriced + b.unpriced,
    maybe: a.maybe + b.maybe,
    saved: a.saved + b.saved,
  };
}

function isMade({ outcome }: Finished): boolean {
  return outcome === "ran" || outcome === "restored";
}

/** A file that came or went beside those that the graph reads is worth no line. */
function isIdle({ onlyListed }: News, counts: Readonly<Record<Outcome, number>>, removed: number): boolean {
  const { ran, restored, failed, blocked } = counts;
  return onlyListed && ran + restored + failed + blocked + removed === 0;
}
