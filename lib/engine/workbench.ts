/** What is under way and what has failed, by key. A watch keeps it from one round to the next. */
import type { Problem } from "../model/event.ts";
import type { TargetPath } from "../model/pipeline.ts";
import type { ActionKey } from "../model/trace.ts";
import { type Limits, Scheduler } from "./scheduler.ts";
import type { Scratch } from "./scratch.ts";

/** One run of a task. */
export interface Making {
  readonly action: TargetPath;
  readonly key: ActionKey;
  /** Never rejects. */
  readonly ended: Promise<void>;
  /** Whether it costs money: then it is never cancelled because something else is wanted by now. */
  readonly paid: boolean;
  cancel(): void;
}

export class Workbench {
  readonly scheduler: Scheduler;
  readonly scratch: Scratch;
  /** What failed would fail again: until its key is another, it is not tried. */
  readonly failed = new Map<ActionKey, Problem>();
  readonly #making = new Map<ActionKey, Making>();

  constructor(limits: Limits, scratch: Scratch) {
    this.scheduler = new Scheduler(limits);
    this.scratch = scratch;
  }

  making(key: ActionKey): Making | undefined {
    return this.#making.get(key);
  }

  begin(making: Making): void {
    this.#making.set(making.key, making);
    void making.ended.then(() => this.#making.delete(making.key));
  }

  /** Cancels what was begun for an action, unless it is what is wanted of it by now. */
  cancelOthers(action: TargetPath, wanted: ActionKey | undefined): void {
    for (const making of this.#making.values()) {
      if (making.action === action && making.key !== wanted && !making.paid) making.cancel();
    }
  }

  /** Cancels what costs nothing to make again, and waits for the rest. */
  async close(): Promise<void> {
    const all = [...this.#making.values()];
    for (const making of all) if (!making.paid) making.cancel();
    await Promise.all(all.map(({ ended }) => ended));
    this.scratch.remove();
  }
}
