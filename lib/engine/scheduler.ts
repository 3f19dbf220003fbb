/**
 * Decides when: the most urgent queued work starts as soon as its pool has a free slot, and so has the build or, where it
 * waits for a service elsewhere, that service.
 */
import type { Service } from "../model/task.ts";

export interface Work {
  readonly pool: string;
  /** What it waits for; undefined where it takes one of the build's jobs. */
  readonly service?: Service | undefined;
  /** Milliseconds of work that wait behind this, itself included: the critical path goes first. */
  readonly urgency: number;
  /** Never rejects. */
  start(): Promise<void>;
}

export interface Limits {
  /** How many actions work on this machine at once. */
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
  /** By pool and service, the most urgent first: only the heads have to be looked at. */
  readonly #queues = new Map<string, Queued[]>();
  /** By pool, and by service. */
  readonly #running = new Map<string, number>();
  readonly #asked = new Map<string, number>();
  #turn = 0;
  #total = 0;
  /** What was started in an earlier one is no more counted in the total. */
  #era = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  add(work: Work): void {
    const queue = this.#queueOf(work);
    const start = () => work.start();
    queue.splice(placeOf(work.urgency, queue), 0, { ...work, start, turn: this.#turn++ });
    this.#fill();
  }

  #queueOf({ pool, service }: Work): Queued[] {
    const name = service === undefined ? pool : `${pool}\n${service.name}`;
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return queue;
  }

  /** Forgets what has not begun; what runs goes on. */
  clear(): void {
    this.#queues.clear();
  }

  /**
   * Forgets what has not begun, and gives its jobs to others: what runs, and nobody may want any more, must not hold up
   * what tells so. It keeps the slots of its pool and of its service: that can be what a provider allows.
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
    for (let next = this.#next(); next !== undefined; next = this.#next()) this.#start(next);
  }

  /** The most urgent that there is room for, taken from its queue. */
  #next(): Queued | undefined {
    let best: Queued | undefined;
    for (const [head] of this.#queues.values())
      if (head !== undefined && isBefore(head, best) && this.#hasRoom(head)) best = head;
    if (best !== undefined) this.#queueOf(best).shift();
    return best;
  }

  #hasRoom({ pool, service }: Work): boolean {
    const most = this.limits.pool(pool);
    if (most !== undefined && (this.#running.get(pool) ?? 0) >= most) return false;
    if (service === undefined) return this.#total < this.limits.jobs;
    return (this.#asked.get(service.name) ?? 0) < service.atOnce;
  }

  #start(work: Work): void {
    const era = this.#era;
    const { pool, service } = work;
    count(this.#running, pool, 1);
    if (service === undefined) this.#total += 1;
    else count(this.#asked, service.name, 1);
    // The slot is handed over in the same turn that frees it, so nothing races for it.
    void work.start().finally(() => {
      count(this.#running, pool, -1);
      if (service === undefined) return this.#free(era);
      count(this.#asked, service.name, -1);
      this.#fill();
    });
  }
}

function count(of: Map<string, number>, name: string, change: number): void {
  of.set(name, (of.get(name) ?? 0) + change);
}

function isBefore(one: Queued, other: Queued | undefined): boolean {
  if (other === undefined) return true;
  return one.urgency > other.urgency || (one.urgency === other.urgency && one.turn < other.turn);
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
