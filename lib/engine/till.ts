/**
 * Through which an action buys: a request is written down before it is sent, and its answer is stored before anybody
 * touches it. docs/money.md has the order in which that reaches the disk.
 *
 *   buy ──answer kept────────────────────────────────────────▶ given
 *    ├───maybe charged, and no consent───▶ Failure
 *    ├───over the budget─────────────────▶ Failure
 *    └─▶ intent ─▶ send ──answer──▶ stored ─▶ paid ──────────▶ given
 *                   ├─of no use────▶ unusable ▶ thrown on
 *                   ├─────refused──▶ refused ─▶ thrown on
 *                   └─────cut off──▶ lost ────▶ thrown on
 */
import { hash, randomUUID } from "node:crypto";
import { Failure } from "../base/failure.ts";
import { canonicalJson } from "../base/json.ts";
import { sumOf } from "../base/money.ts";
import type { BoughtFor, Intent, LedgerRecord } from "../model/ledger.ts";
import type { Action } from "../model/pipeline.ts";
import type { Answer, Bill, Charged, Purchase, Till } from "../model/purchase.ts";
import type { ActionKey, Digest } from "../model/trace.ts";
import type { Answers, KeptAnswer } from "../store/answers.ts";
import type { Books } from "./books.ts";
import type { Budget } from "./budget.ts";
import type { Places } from "./place.ts";
import { problemOf } from "./problem.ts";
import { damagedAnswer, maybeCharged, sayGivenAgain } from "./purchase-failures.ts";

/** Of an action whose tools cost nothing: no ledger stands behind it. */
export const UNBOOKED: Till = { buy: async (_purchase, send) => (await send()).body };

export interface TillParts {
  readonly action: Action;
  readonly key: ActionKey;
  readonly books: Books;
  readonly answers: Answers;
  readonly places: Places;
  readonly budget: Budget | undefined;
  /** Whether what may have been charged before is bought again: the user knows of it. */
  readonly consented: boolean;
  /** Told of what was charged in this build; null where no price is known. */
  charged(how: "paid" | "lost", cost: number | null): void;
  notice(text: string): void;
  now(): number;
}

/** Of one attempt at one action. */
export class ActionTill implements Till {
  readonly #parts: TillParts;
  readonly #underWay = new Map<Digest, Promise<Uint8Array>>();
  /** What each purchase has cost, in this build or before; null where no price is known. */
  readonly #costs = new Map<Digest, number | null>();
  /** Requests of this attempt, which whoever asks again knows of. */
  readonly #own = new Set<string>();
  /** Of these, by purchase, the last that was lost. */
  readonly #lost = new Map<Digest, Intent>();
  #paid: number | null = 0;
  /** How many answers could not be kept. */
  #unkept = 0;
  /** What was asked for, and was not given until now. */
  readonly #missing = new Set<Digest>();

  constructor(parts: TillParts) {
    this.#parts = parts;
  }

  /** US dollars that this attempt was charged; null where no price is known. */
  get paid(): number | null {
    return this.#paid;
  }

  /** US dollars that all it has given out cost when it was bought; undefined where no price is known. */
  get cost(): number | undefined {
    return sumOf(this.#costs.values()) ?? undefined;
  }

  /** Whether it has given out anything, and all of that is kept: then a task that fails has lost nothing. */
  get keepsAll(): boolean {
    return this.#costs.size > 0 && this.#unkept === 0;
  }

  /** Whether it has given out all that was asked for, so that a task that fails does so by itself. */
  get #hasGivenAll(): boolean {
    return this.#costs.size > 0 && this.#missing.size === 0;
  }

  /** What messages call the action. */
  get #output(): string {
    return this.#parts.places.name(this.#parts.action.id);
  }

  buy(purchase: Purchase, send: () => Promise<Answer>): Promise<Uint8Array> {
    const digest = digestOf(purchase);
    const underWay = this.#underWay.get(digest);
    if (underWay !== undefined) return underWay;
    this.#missing.add(digest);
    const bought = this.#buy(purchase, digest, send).finally(() => this.#underWay.delete(digest));
    this.#underWay.set(digest, bought);
    return bought;
  }

  /** The task has come to its end, well or badly: by force it is not given the same answers again. */
  async used(): Promise<void> {
    const { answers, key } = this.#parts;
    if (this.#costs.size > 0)
      await this.#trying("that answers were used could not be noted", async () => answers.markUsed(key));
  }

  /** Gives the error of a task that has failed, with what to do where it did so on what it was given. */
  async failedOn(error: unknown): Promise<unknown> {
    const isOfService = error instanceof Failure && error.passing;
    if (!this.#hasGivenAll || isOfService) return error;
    await this.used();
    const { code, message, help = sayGivenAgain(this.#output) } = problemOf(error);
    return new Failure(message, { code, help, isolated: true, cause: error });
  }

  /** The result is in the store: the answers that it was made of are of no more use. */
  stored(): void {
    const { answers, books, key } = this.#parts;
    answers.drop(key);
    books.unplaced.add(key);
  }

  /** And the outputs are in place. */
  placed(): void {
    this.#parts.books.unplaced.delete(this.#parts.key);
  }

  async #buy(purchase: Purchase, digest: Digest, send: () => Promise<Answer>): Promise<Uint8Array> {
    const { answers, key, budget, consented } = this.#parts;
    const kept = answers.get(key, digest);
    if (kept === "damaged" && !consented)
      throw damagedAnswer(purchase, answers.path(key, digest), this.#output);
    if (kept !== undefined && kept !== "damaged") return await this.#give(kept, digest);
    await this.#settleEarlier(digest);
    const reservation = budget?.reserve(purchase);
    let cost = 0;
    try {
      const intent = await this.#intend(purchase, digest);
      const sent = await trySending(send);
      if ("error" in sent) {
        cost = spentOn(sent.charged, purchase);
        await this.#fail(intent, sent.charged);
        throw sent.error;
      }
      cost = spentOn(sent.answer, purchase);
      await this.#receive(intent, sent.answer);
      return sent.answer.body;
    } finally {
      reservation?.settle(cost);
    }
  }

  /** An earlier build may have been killed between the answer and the record that it was paid. */
  async #give({ id, cost, usage, body }: KeptAnswer, digest: Digest): Promise<Uint8Array> {
    const { books, now } = this.#parts;
    if (books.isOpen(id)) await this.#note({ kind: "paid", id, at: now(), cost: cost ?? null, usage });
    this.#given(digest, cost ?? null);
    return body;
  }

  #given(purchase: Digest, cost: number | null): void {
    this.#costs.set(purchase, cost);
    this.#missing.delete(purchase);
  }

  /** @throws Failure where an earlier request may have been charged, and the user was not asked about it */
  async #settleEarlier(digest: Digest): Promise<void> {
    const { books, answers, key, consented, now } = this.#parts;
    const earlier = new Map(books.maybeCharged(key, digest).map((intent) => [intent.id, intent]));
    const asked = answers.asked(key, digest);
    if (asked !== undefined) earlier.set(asked.id, asked);
    for (const id of this.#own) earlier.delete(id);
    if (earlier.size === 0) return;
    if (!consented) throw maybeCharged([...earlier.values()], this.#output);
    await books.write({ kind: "consented", ids: [...earlier.keys()], at: now() });
  }

  /** @throws errors of the file system; then nothing may be sent */
  async #intend({ provider, model, estimate }: Purchase, purchase: Digest): Promise<Intent> {
    const { books, answers, action, key, now } = this.#parts;
    const id = randomUUID();
    this.#own.add(id);
    const what = { purchase, provider, model, estimate: estimate ?? null };
    const intent: Intent = { kind: "intent", id, at: now(), key, ...boughtFor(action), ...what };
    try {
      await books.write(intent);
      await answers.ask(intent);
      return intent;
    } catch (error) {
      if (books.isOpen(id)) await this.#note({ kind: "refused", id, at: now() });
      throw error;
    }
  }

  async #fail(intent: Intent, charged: Charged): Promise<void> {
    const { id, key, purchase, estimate } = intent;
    const { answers, now } = this.#parts;
    if (charged === "maybe") {
      this.#lost.set(purchase, intent);
      this.#parts.charged("lost", estimate);
      // If it cannot be written, the intent has no end: that means the same.
      return await this.#note({ kind: "lost", id, at: now() });
    }
    await this.#unask(key, purchase);
    // What was lost before it is still open to those who share the cache.
    const lost = this.#lost.get(purchase);
    if (lost !== undefined) await this.#trying("a lost request could not be noted", () => answers.ask(lost));
    if (charged === "no") return await this.#note({ kind: "refused", id, at: now() });
    await this.#note({ kind: "unusable", id, at: now(), cost: this.#charge(charged), usage: charged.usage });
  }

  /** Counts what is known to have been charged. Gives its cost, as the ledger has it. */
  #charge(bill: Bill): number | null {
    const cost = bill.cost ?? null;
    this.#parts.charged("paid", cost);
    this.#paid = sumOf([this.#paid, cost]);
    return cost;
  }

  /** The answer is paid for, so whatever cannot be written now is told and holds nobody up. */
  async #receive({ id, key, purchase }: Intent, answer: Answer): Promise<void> {
    const { answers, now } = this.#parts;
    const cost = this.#charge(answer);
    this.#given(purchase, cost);
    const isKept = await this.#trying("an answer that was paid for could not be kept", () =>
      answers.put(key, purchase, { id, ...answer }),
    );
    if (!isKept) this.#unkept += 1;
    await this.#unask(key, purchase);
    await this.#note({ kind: "paid", id, at: now(), cost, usage: answer.usage });
  }

  /** Should it stay, it is asked about once too often, and never too seldom. */
  async #unask(key: ActionKey, purchase: Digest): Promise<void> {
    await this.#trying("what was asked is still noted beside the cache", async () =>
      this.#parts.answers.unask(key, purchase),
    );
  }

  async #note(record: LedgerRecord): Promise<void> {
    await this.#trying("the ledger could not be written", () => this.#parts.books.write(record));
  }

  async #trying(what: string, write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (typeof (error as NodeJS.ErrnoException).syscall !== "string") throw error;
      this.#parts.notice(`${what}: ${problemOf(error).message}`);
      return false;
    }
  }
}

/** An error tells itself whether it was charged; one that says nothing of it may have been. */
async function trySending(
  send: () => Promise<Answer>,
): Promise<{ readonly answer: Answer } | { readonly error: unknown; readonly charged: Charged }> {
  try {
    return { answer: await send() };
  } catch (error) {
    const { charged } = (error ?? {}) as { charged?: unknown };
    return { error, charged: charged === "no" || isBill(charged) ? charged : "maybe" };
  }
}

function isBill(charged: unknown): charged is Bill {
  return typeof charged === "object" && charged !== null && "cost" in charged && "usage" in charged;
}

/** US dollars, as a budget counts them: what nobody knows for sure is spent. */
function spentOn(charged: Charged, { estimate = 0 }: Purchase): number {
  if (charged === "no") return 0;
  return charged === "maybe" ? estimate : (charged.cost ?? estimate);
}

export function boughtFor({ id, target, binding }: Action): BoughtFor {
  const keys = target.axes.map((axis) => [axis, binding[axis]!.key] as const);
  return { action: id, target: target.name, binding: Object.fromEntries(keys) };
}

function digestOf({ provider, model, request }: Purchase): Digest {
  return hash("sha256", canonicalJson([provider, model, request])) as Digest;
}
