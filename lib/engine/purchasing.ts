/** What all paid actions of one build share: books, answers, budget and consent; and a lease on each key that is bought. */
import { join } from "node:path";
import { sumOf } from "../base/money.ts";
import type { BuildEvent } from "../model/event.ts";
import type { Intent, LedgerRecord } from "../model/ledger.ts";
import type { Action } from "../model/pipeline.ts";
import type { MaybeCharged, Spending } from "../model/purchase.ts";
import type { ActionKey, Digest } from "../model/trace.ts";
import { Answers } from "../store/answers.ts";
import { acquireLock, isHeld, type Lock } from "../store/lock.ts";
import type { Books } from "./books.ts";
import type { Budget } from "./budget.ts";
import { noticeOf } from "./notice.ts";
import type { Places } from "./place.ts";
import { problemOf } from "./problem.ts";
import { ActionTill, boughtFor } from "./till.ts";

/** Grows as things are bought. */
export type Spent = { -readonly [Name in keyof Spending]: Spending[Name] };

export function nothingSpent(): Spent {
  return { paid: 0, unpriced: 0, maybe: 0, saved: 0 };
}

export interface PurchasingParts {
  readonly places: Places;
  /** The folder of blobs and action cache, absolute. */
  readonly cache: string;
  /** What another build that waits for the same purchase is told of this one. */
  readonly command: string;
  readonly budget?: Budget | undefined;
  /** Whether what may have been charged before is bought again. */
  readonly payAgain?: boolean | undefined;
  emit(event: BuildEvent): void;
  now(): number;
}

/** Touches no file before an action with a paid tool is run, or foretold. */
export class Purchasing {
  readonly #parts: PurchasingParts;
  readonly #books: Books;
  readonly #answers: Answers;
  readonly #savings: LedgerRecord[] = [];
  readonly #spent: Spent;
  #payAgain: boolean;

  /** `spent` is added to, also by what is still being bought when the build is over. */
  constructor(parts: PurchasingParts, { books, spent }: { readonly books: Books; readonly spent: Spent }) {
    this.#parts = parts;
    this.#books = books;
    this.#spent = spent;
    this.#answers = new Answers(parts.cache);
    this.#payAgain = parts.payAgain ?? false;
  }

  /** The user was asked, and lets what may have been charged be bought again. */
  consent(): void {
    this.#payAgain = true;
  }

  get consented(): boolean {
    return this.#payAgain;
  }

  /** What was spent since it was asked last; undefined where nothing was paid, or saved. */
  takeSpending(): Spending | undefined {
    const spending = { ...this.#spent };
    Object.assign(this.#spent, nothingSpent());
    return Object.values(spending).some((amount) => amount > 0) ? spending : undefined;
  }

  /** Whether the project has ever asked a paid service for something, or somebody who shares the cache just now. */
  get isAnythingBought(): boolean {
    return !this.#books.areEmpty || !this.#answers.isEmpty;
  }

  /**
   * What an action needs that was begun to be bought, by whoever shares the cache, whose answers are not there, and that
   * nobody is making just now.
   */
  maybeCharged({ id }: Action, key: ActionKey): readonly MaybeCharged[] {
    const begun = this.#begun(key);
    if (begun.length === 0 || isHeld(this.#leasePath(key))) return [];
    const purchases = new Map<Digest, Intent[]>();
    for (const intent of begun)
      purchases.set(intent.purchase, [...(purchases.get(intent.purchase) ?? []), intent]);
    const open = [...purchases].filter(([purchase]) => this.#answers.get(key, purchase) === undefined);
    return open.map(([, intents]) => {
      const { provider, model, at, estimate } = intents.at(-1)!;
      const charged = sumOf(intents.map(({ estimate }) => estimate));
      return { action: id, provider, model, requests: intents.length, at, charged, again: estimate };
    });
  }

  /** The oldest of the project's own first, then those of others. */
  #begun(key: ActionKey): readonly Intent[] {
    const own = this.#books.maybeCharged(key);
    const ids = new Set(own.map(({ id }) => id));
    return [...own, ...this.#answers.allAsked(key).filter(({ id }) => !ids.has(id))];
  }

  /**
   * Waits until no other build is buying what this key needs: whoever comes second finds the result in the cache.
   * Undefined where the signal came first.
   */
  async lease(action: Action, key: ActionKey, signal: AbortSignal): Promise<Lock | undefined> {
    const { command, emit } = this.#parts;
    const notice = noticeOf(action, emit);
    const onWait = (owner: string) =>
      notice(`this waits for another build, which is buying the same: ${owner}`);
    return await acquireLock(this.#leasePath(key), command, onWait, signal);
  }

  #leasePath(key: ActionKey): string {
    return join(this.#parts.cache, "leases", key);
  }

  /** `forced`: the user wants another result, so no answer is given away that a task has used. */
  till(action: Action, key: ActionKey, forced: boolean): ActionTill {
    const { emit } = this.#parts;
    if (forced) this.#answers.dropUsed(key);
    return new ActionTill({
      ...this.#parts,
      ...{ action, key, books: this.#books, answers: this.#answers },
      budget: this.#parts.budget,
      consented: forced || this.#payAgain,
      charged: (how, cost) => this.#charged(how, cost),
      notice: noticeOf(action, emit),
    });
  }

  #charged(how: "paid" | "lost", cost: number | null): void {
    if (cost === null) this.#spent.unpriced += 1;
    else this.#spent[how === "paid" ? "paid" : "maybe"] += cost;
  }

  /** What cost this much, where that is known, came out of the cache. Gives what that saved; undefined for nothing. */
  restored(action: Action, key: ActionKey, cost: number | undefined): number | undefined {
    // A build that was killed as it had just stored the result had no time for it. Who holds the lease needs them still.
    if (!isHeld(this.#leasePath(key))) this.#answers.dropUsed(key);
    if (this.#books.unplaced.delete(key) || cost === undefined) return undefined;
    this.#spent.saved += cost;
    this.#savings.push({ kind: "saved", at: this.#parts.now(), ...boughtFor(action), cost });
    return cost;
  }

  /** Writes down what was saved until now; that it cannot be written is told. */
  async noteSavings(): Promise<void> {
    try {
      for (const saving of this.#savings.splice(0)) await this.#books.jot(saving);
    } catch (error) {
      const text = `what the cache saved could not be written down: ${problemOf(error).message}`;
      this.#parts.emit({ type: "notice", action: undefined, text });
    }
  }
}
