/** Decides when: the most urgent queued work starts as soon as its pool and the whole build have a free slot. */

export interface Work {
  readonly pool: string;
  /** Milliseconds of work that wait behind this, itself included: the critical path goes first. */
  readonly urgency: number;
  /** Never rejects. */
  start(): Promise<void>;
}

export interface Limits {
  /** How many actions run at once in all. */
  readonly jobs: number;
  /** How many of one pool; undefined for no limit of its own. */
  pool(name: string): number | undefined;
}

interface Queued extends Work {
  /** Among equally urgent work, first come first served. */
  readonly turn: number;
}

export class Scheduler {
  /** A change holds from the next start on. */
  limits: Limits;
  /** Each pool's work, the most urgent first: only the heads have to be looked at. */
  readonly #queues = new Map<string, Queued[]>();
  readonly #running = new Map<string, number>();
  #turn = 0;
  #total = 0;
  /** What was started in an earlier one is no more counted in the total. */
  #era = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  add(work: Work): void {
    const queue = this.#queues.get(work.pool) ?? [];
    this.#queues.set(work.pool, queue);
    const start = () => work.start();
    queue.splice(placeOf(work.urgency, queue), 0, { ...work, start, turn: this.#turn++ });
    this.#fill();
  }

  /** Forgets what has not begun; what runs goes on. */
  clear(): void {
    this.#queues.clear();
  }

  /**
   * Forgets what has not begun, and gives its jobs to others: what runs, and nobody may want any more, must not hold up
   * what tells so. It keeps the slot of its pool: that can be what a provider allows.
   */
  detach(): void {
    this.clear();
    this.#era += 1;
    this.#total = 0;
  }

  /** Counts again what was detached, since it is wanted after all; there can be more than `jobs` then, for a while. */
  adopt(ended: Promise<void>): void {
    const era = this.#era;
    this.#total += 1;
    void ended.then(() => this.#free(era));
  }

  #free(era: number): void {
    if (era === this.#era) this.#total -= 1;
    this.#fill();
  }

  #fill(): void {
    while (this.#total < this.limits.jobs) {
      const next = this.#mostUrgent();
      if (next === undefined) return;
      this.#queues.get(next.pool)!.shift();
      this.#start(next);
    }
  }

  #mostUrgent(): Queued | undefined {
    let best: Queued | undefined;
    for (const [pool, [head]] of this.#queues) {
      if (head === undefined || !this.#hasSlot(pool)) continue;
      if (
        best === undefined ||
        head.urgency > best.urgency ||
        (head.urgency === best.urgency && head.turn < best.turn)
      ) {
        best = head;
      }
    }
    return best;
  }

  #hasSlot(pool: string): boolean {
    return (this.#running.get(pool) ?? 0) < (this.limits.pool(pool) ?? Number.POSITIVE_INFINITY);
  }

  #start(work: Work): void {
    const era = this.#era;
    const { pool } = work;
    this.#total += 1;
    this.#running.set(pool, (this.#running.get(pool) ?? 0) + 1);
    // The slot is handed over in the same turn that frees it, so nothing races for it.
    void work.start().finally(() => {
      this.#running.set(pool, this.#running.get(pool)! - 1);
      this.#free(era);
    });
  }
}

/** Behind everything that is at least as urgent. */
function placeOf(urgency: number, queue: readonly Queued[]): number {
  let [from, to] = [0, queue.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (queue[middle]!.urgency >= urgency) from = middle + 1;
    else to = middle;
  }
  return from;
}
