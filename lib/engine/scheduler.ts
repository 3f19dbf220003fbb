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

export class Scheduler {
  readonly #limits: Limits;
  readonly #queue: Work[] = [];
  readonly #running = new Map<string, number>();
  #total = 0;
  #stopped = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  add(work: Work): void {
    // Kept in order of urgency; among equals, first come first served.
    let at = this.#queue.length;
    while (at > 0 && this.#queue[at - 1]!.urgency < work.urgency) at -= 1;
    this.#queue.splice(at, 0, work);
    this.#fill();
  }

  /** Starts nothing any more; what runs goes on. */
  stop(): void {
    this.#stopped = true;
    this.#queue.length = 0;
  }

  get running(): number {
    return this.#total;
  }

  #fill(): void {
    while (!this.#stopped && this.#total < this.#limits.jobs) {
      const at = this.#queue.findIndex((work) => this.#hasSlot(work.pool));
      if (at < 0) return;
      this.#start(this.#queue.splice(at, 1)[0]!);
    }
  }

  #hasSlot(pool: string): boolean {
    return (this.#running.get(pool) ?? 0) < (this.#limits.pool(pool) ?? Number.POSITIVE_INFINITY);
  }

  #start(work: Work): void {
    this.#count(work.pool, 1);
    // The slot is handed over in the same turn that frees it, so nothing races for it.
    void work.start().finally(() => {
      this.#count(work.pool, -1);
      this.#fill();
    });
  }

  #count(pool: string, by: number): void {
    this.#running.set(pool, (this.#running.get(pool) ?? 0) + by);
    this.#total += by;
  }
}
