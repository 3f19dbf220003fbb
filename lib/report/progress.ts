/** What is running and how far the build has come: the numbers of the live report, without a screen. */
import type { BuildEvent, Outcome } from "../model/event.ts";

export interface Running {
  readonly action: string;
  readonly target: string;
  readonly since: number;
  readonly lastMs: number | undefined;
  fraction: number | undefined;
}

/** Before so many actions have run for so long, a guess at the end would only jump about. */
const ENOUGH = { ran: 2, ms: 3_000 };

/** From here on the done share of an action tells how long the rest will take. */
const TELLING = 0.1;

export class Progress {
  readonly running = new Map<string, Running>();
  readonly counts: Record<Outcome, number>;
  planned = 0;
  #targets: Extract<BuildEvent, { type: "planned" }>["targets"] = {};
  atLeast = false;
  #work = 0;
  #worked = 0;
  #firstStart: number | undefined;
  /** How many actions of each target have ended, in whatever way. */
  readonly #through = new Map<string, number>();
  readonly #byTarget = new Map<string, { ms: number; count: number }>();

  constructor() {
    const made = { fresh: 0, restored: 0, ran: 0, edited: 0, pinned: 0 };
    this.counts = { ...made, failed: 0, blocked: 0, "not-started": 0 };
  }

  onEvent(event: BuildEvent, now: number): void {
    if (event.type === "planned") {
      [this.planned, this.atLeast, this.#targets] = [event.actions, event.atLeast, event.targets];
    }
    if (event.type === "started") {
      const { action, target, lastMs } = event;
      this.#firstStart ??= now;
      this.running.set(action, { action, target, since: now, lastMs, fraction: undefined });
    }
    if (event.type === "progress") {
      const running = this.running.get(event.action);
      if (running !== undefined) running.fraction = Math.max(0, Math.min(1, event.fraction));
    }
    if (event.type === "finished") this.#finish(event);
  }

  #finish(event: Extract<BuildEvent, { type: "finished" }>): void {
    this.running.delete(event.action);
    this.counts[event.outcome]++;
    this.#through.set(event.target, (this.#through.get(event.target) ?? 0) + 1);
    if (event.outcome !== "ran" && event.outcome !== "failed") return;
    this.#work += event.ms;
    this.#worked++;
    const sum = this.#byTarget.get(event.target) ?? { ms: 0, count: 0 };
    this.#byTarget.set(event.target, { ms: sum.ms + event.ms, count: sum.count + 1 });
  }

  get finished(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  /** Finished and planned, the second never less than what is already known to exist. */
  get total(): number {
    return Math.max(this.planned, this.finished + this.running.size);
  }

  /** Milliseconds to the end, or undefined while that is not worth saying. */
  eta(now: number): number | undefined {
    if (this.#firstStart === undefined || this.#worked < ENOUGH.ran) return undefined;
    const elapsed = now - this.#firstStart;
    if (elapsed < ENOUGH.ms) return undefined;
    let [left, longest, soFar] = [0, 0, 0];
    for (const running of this.running.values()) {
      const rest = this.#rest(running, now);
      if (rest === undefined) return undefined;
      left += rest;
      longest = Math.max(longest, rest);
      soFar += now - running.since;
    }
    for (const target of Object.keys(this.#targets)) {
      const waiting = this.#waiting(target);
      const each = waiting === 0 ? 0 : this.#expected(target, now);
      if (each === undefined) return undefined;
      left += waiting * each;
    }
    if (left <= 0) return undefined;
    const parallel = Math.max(1, (this.#work + soFar) / elapsed);
    return Math.max(longest, left / parallel);
  }

  /** How many actions of a target have not been started. */
  #waiting(target: string): number {
    const running = [...this.running.values()].filter((one) => one.target === target).length;
    return Math.max(0, (this.#targets[target]?.actions ?? 0) - (this.#through.get(target) ?? 0) - running);
  }

  /** What one action of a target takes: as in this build, else as the one that runs goes on, else as before. */
  #expected(target: string, now: number): number | undefined {
    const same = this.#byTarget.get(target);
    if (same !== undefined) return same.ms / same.count;
    for (const running of this.running.values()) {
      const { since, fraction } = running;
      if (running.target === target && fraction !== undefined && fraction >= TELLING)
        return (now - since) / fraction;
    }
    return this.#targets[target]?.lastMs;
  }

  #rest({ target, since, lastMs, fraction }: Running, now: number): number | undefined {
    const elapsed = now - since;
    if (fraction !== undefined && fraction >= TELLING) return (elapsed * (1 - fraction)) / fraction;
    const expected = lastMs ?? this.#expected(target, now);
    return expected && Math.max(0, expected - elapsed);
  }
}
