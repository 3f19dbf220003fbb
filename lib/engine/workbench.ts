/** What is under way and what has failed, by key. A watch keeps it from one round to the next. */
import type { Problem } from "../model/event.ts";
import type { TargetPath } from "../model/pipeline.ts";
import type { ActionKey } from "../model/trace.ts";
import type { Lock } from "../store/lock.ts";
import { Books, type BooksParts } from "./books.ts";
import { nothingSpent } from "./purchasing.ts";
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
  /** Whether the round that began it is over: the one that waits for it now has to tell of it. */
  readonly leftOver: boolean;
  cancel(): void;
}

interface UnderWay {
  readonly making: Making;
  /** Whether an action of this round wants it. */
  wanted: boolean;
  /** Whether the action that it was begun for wants another by now. */
  retired: boolean;
}

export class Workbench {
  readonly scheduler: Scheduler;
  readonly scratch: Scratch;
  readonly #failed = new Map<ActionKey, { readonly problem: Problem; readonly passing: boolean }>();
  /** Few at once, and each comes and goes: no map of them would be faster. */
  readonly #underWay: UnderWay[] = [];
  /** What a round was charged that no round has told of yet: it may have come when its own was over. */
  readonly spent = nothingSpent();
  /** What the project has bought: open as long as its lock is held. */
  #books: Books | undefined;
  /** Of the project, while what a superseded round began goes on. */
  #lock: Lock | undefined;

  constructor(limits: Limits, scratch: Scratch) {
    this.scheduler = new Scheduler(limits);
    this.scratch = scratch;
  }

  /** What failed would fail again: until its key is another, it is not tried; what can pass, not in this round. */
  failed(key: ActionKey): Problem | undefined {
    return this.#failed.get(key)?.problem;
  }

  noteFailed(key: ActionKey, problem: Problem, passing: boolean): void {
    this.#failed.set(key, { problem, passing });
  }

  making(key: ActionKey): Making | undefined {
    return this.#underWay.find(({ making }) => making.key === key)?.making;
  }

  /** How much of what is under way costs money. */
  get paying(): number {
    return this.#underWay.filter(({ making }) => making.paid).length;
  }

  begin(making: Making): void {
    const begun: UnderWay = { making, wanted: true, retired: false };
    this.#underWay.push(begun);
    void making.ended.then(() => {
      this.#underWay.splice(this.#underWay.indexOf(begun), 1);
      this.#release();
    });
  }

  /** The project's lock, if the last round left it here. */
  takeLock(): Lock | undefined {
    const lock = this.#lock;
    this.#lock = undefined;
    return lock;
  }

  /** Released when nothing is made any more: until then another build would clear our scratch, and pay a second time. */
  leaveLock(lock: Lock): void {
    this.#lock = lock;
    this.#release();
  }

  #release(): void {
    if (this.#underWay.length > 0 || this.#lock === undefined) return;
    this.#books?.close();
    this.#books = undefined;
    this.takeLock()?.release();
  }

  /** The same ones until the lock is released: what an earlier round is buying is written down in them. */
  books(parts: BooksParts): Books {
    this.#books ??= new Books(parts);
    return this.#books;
  }

  /** Another round: what is wanted is told anew. */
  beginRound(): void {
    for (const [key, { passing }] of this.#failed) if (passing) this.#failed.delete(key);
    for (const one of this.#underWay) [one.wanted, one.retired] = [false, false];
  }

  /** What is to be made for an action by now; undefined for nothing. */
  want(action: TargetPath, key: ActionKey | undefined): void {
    for (const one of this.#underWay) {
      if (one.making.key === key) one.wanted = true;
      else if (one.making.action === action) one.retired = true;
    }
  }

  /** Cancels what was begun for actions of which another key is wanted by now, unless another action wants it. */
  cancelRetired(): void {
    for (const one of this.#underWay) {
      if (one.retired && !one.wanted && !one.making.paid) one.making.cancel();
      one.retired = false;
    }
  }

  /** Cancels what costs nothing to make again. */
  cancelFree(): void {
    for (const { making } of this.#underWay) if (!making.paid) making.cancel();
  }

  /** Cancels what costs nothing to make again, and waits for the rest. */
  async close(): Promise<void> {
    this.cancelFree();
    await Promise.all(this.#underWay.map(({ making }) => making.ended));
    this.scratch.remove();
  }
}
