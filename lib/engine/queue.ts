/** What a build has handed to the scheduler or waits for otherwise: as long as there is any, the build is not over. */
import type { Action } from "../model/pipeline.ts";
import type { Service } from "../model/task.ts";
import type { Scheduler } from "./scheduler.ts";

export interface QueueParts {
  readonly scheduler: Scheduler;
  urgency(action: Action): number;
  /** Called when work of this build has given back its slot. */
  freed(): void;
}

export class Queue {
  readonly #parts: QueueParts;
  #queued = 0;
  #running = 0;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  /** How many actions wait for a slot, or run; or wait for another that makes the same. */
  get open(): number {
    return this.#queued + this.#running;
  }

  /** `start` is called when there is a slot, of the service's where it waits for one, and never rejects. */
  add(action: Action, service: Service | undefined, start: () => Promise<void>): void {
    this.#queued += 1;
    this.#parts.scheduler.add({
      pool: action.target.pool,
      service,
      urgency: this.#parts.urgency(action),
      start: async () => {
        this.#queued -= 1;
        this.#running += 1;
        await start().finally(() => {
          this.#running -= 1;
        });
        this.#parts.freed();
      },
    });
  }

  /** Waits for what another action has begun, which never rejects. */
  await(other: Promise<void>, then: () => void): void {
    this.#running += 1;
    void other.then(() => {
      this.#running -= 1;
      then();
    });
  }

  /** The same of what an earlier round began: from now on it is one of this build's jobs, unless it waits for a service. */
  adopt(begun: Promise<void>, service: Service | undefined, then: () => void): void {
    if (service === undefined) this.#parts.scheduler.adopt(begun);
    this.await(begun, then);
  }

  /** What has not begun does not begin any more. */
  drop(): void {
    this.#parts.scheduler.clear();
    this.#queued = 0;
  }

  /** The same, and what runs is nobody's for now. */
  detach(): void {
    this.#parts.scheduler.detach();
    this.#queued = 0;
  }
}
