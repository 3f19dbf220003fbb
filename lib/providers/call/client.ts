/** The one way to a service: limits, retries, breaker, deadline, and the till that each single request is bought through. */
import { type Clock, REAL_CLOCK } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import type { Answer, Purchase } from "../../model/purchase.ts";
import type { CallContext } from "../call.ts";
import { codeOf } from "./asked.ts";
import { Breaker } from "./breaker.ts";
import { type Exchange, scrubbed } from "./exchange.ts";
import { BadAnswer, CallError, FAULTS, type Fault } from "./fault.ts";
import { type Limiter, type Limits, limiterOf, type Permit } from "./limiter.ts";
import { Notes } from "./notes.ts";
import { Progress } from "./progress.ts";
import { sendReported } from "./reported.ts";
import { backoff, LONGEST_WAIT } from "./retry-after.ts";
import { sayCharged, sayFault, sayWait } from "./say.ts";
import type { Addressee, Subject } from "./subject.ts";
import { briefly, failureOf } from "./wording.ts";

export interface ClientSettings extends Addressee, Limits {
  /** Taken out of all that the service says. */
  readonly secrets: readonly string[];
  /** Whether requests cost money; else no till stands in between. */
  readonly paid: boolean;
  /** Milliseconds for one request, its answer's body included. */
  readonly timeout: number;
}

/** Where time and chance come from. */
export interface ClientWorld {
  readonly clock: Clock;
  /** 0 to 1. */
  random(): number;
}

export const REAL_WORLD: ClientWorld = { clock: REAL_CLOCK, random: Math.random };

/** Milliseconds: a shorter wait for a limit is nobody's concern. */
const LEAST_TOLD = 1_000;

/** Aborted when no request may begin any more. */
function beginning({ signal, stop }: CallContext): AbortSignal {
  return AbortSignal.any([signal, stop]);
}

export class ApiClient {
  readonly #settings: ClientSettings;
  readonly #world: ClientWorld;
  readonly #limiter: Limiter;
  readonly #breaker: Breaker;
  readonly #notes: Notes;

  constructor(settings: ClientSettings, world: ClientWorld = REAL_WORLD) {
    this.#settings = settings;
    this.#world = world;
    this.#limiter = limiterOf(settings.name, settings, world.clock);
    this.#breaker = new Breaker(settings.name, world.clock);
    this.#notes = new Notes(world.clock);
  }

  /** @throws Failure with what to do; the reason of `signal` as soon as it is aborted, that of `stop` before the next request */
  async call<Result>(exchange: Exchange<Result>, context: CallContext): Promise<Result> {
    const begin = beginning(context);
    const progress = new Progress();
    for (;;) {
      const outcome = await this.#attempt(exchange, context, begin, progress);
      if ("body" in outcome) return this.#read(exchange, outcome.body);
      const { fault } = outcome;
      const wait = this.#waitAfter(fault, progress);
      if (wait === undefined) throw this.#giveUp(fault, exchange, progress.tried);
      this.#noteRetry(fault, wait, context);
      await this.#world.clock.sleep(wait, begin);
    }
  }

  /** What to throw for a request that is not asked again. `tried`: how often it was. */
  #giveUp(fault: Fault, exchange: Exchange<unknown>, tried: number): Failure {
    const why = briefly(fault, this.#settings, exchange);
    const known = this.#breaker.known(exchange, why);
    this.#breaker.failed(exchange, fault, why);
    return known ?? failureOf(fault, this.#settings, exchange, tried);
  }

  #noteRetry(fault: Fault, wait: number, { notice }: CallContext): void {
    const { name } = this.#settings;
    const { kind, charged } = fault;
    const isNew = this.#notes.isNewFault(kind, wait);
    const what = `a request failed${sayCharged(charged)} (${sayFault(fault)})`;
    notice(`${name}: ${what}; asking again in ${sayWait(wait)}.`, { minor: !isNew && charged === "no" });
  }

  /** What to throw for an answer that says no. `subject`: undefined where it was only asked whether it is there. */
  failureOf(fault: Fault, subject: Subject | undefined): Failure {
    return failureOf(scrubbed(fault, this.#settings.secrets), this.#settings, subject, 1);
  }

  /** @throws Failure */
  #read<Result>({ read, use }: Exchange<Result>, body: Uint8Array): Result {
    try {
      return read(body);
    } catch (error) {
      if (!(error instanceof BadAnswer)) throw error;
      // What was just received has been read before: this one was kept, and is damaged or from another version.
      throw new Failure(
        `the answer of ${this.#settings.name} that was paid for before cannot be read: ${error.message}.`,
        { code: codeOf(use) },
      );
    }
  }

  async #attempt(
    exchange: Exchange<unknown>,
    context: CallContext,
    begin: AbortSignal,
    progress: Progress,
  ): Promise<{ readonly body: Uint8Array } | { readonly fault: Fault }> {
    const { signal, notice } = context;
    const { name: provider, timeout, secrets, paid } = this.#settings;
    const permit = await this.#enter(exchange, context, begin);
    let sent = false;
    try {
      const within = progress.begin(this.#world.clock.now(), timeout);
      const body = await this.#buy(exchange, context, () => {
        sent = true;
        const sending = { signal, within, secrets, clock: this.#world.clock };
        return sendReported(exchange, sending, { provider, attempt: progress.tried, notice });
      });
      if (sent) {
        this.#breaker.succeeded();
        this.#notes.succeeded();
      }
      return { body };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CallError)) throw error;
      const fault: Fault = paid ? error.fault : { ...error.fault, charged: "no" };
      progress.failed(fault);
      return { fault };
    } finally {
      permit.end(sent);
    }
  }

  /** Leave to send, unless it has become known by then that it would fail. @throws Failure */
  async #enter(asked: Subject, { notice }: CallContext, begin: AbortSignal): Promise<Permit> {
    const { name } = this.#settings;
    this.#breaker.check(asked);
    const permit = await this.#limiter.enter(begin, (wait) => {
      if (wait < LEAST_TOLD) return;
      const text = `${name}: waiting ${sayWait(wait)}, for its limit of requests.`;
      notice(text, { minor: !this.#notes.isNewWait(wait) });
    });
    try {
      this.#breaker.check(asked);
      return permit;
    } catch (error) {
      permit.end(false);
      throw error;
    }
  }

  async #buy(
    exchange: Exchange<unknown>,
    { till }: CallContext,
    send: () => Promise<Answer>,
  ): Promise<Uint8Array> {
    const { name, paid } = this.#settings;
    if (!paid) return (await send()).body;
    const { model, request, estimate } = exchange;
    const purchase: Purchase = { provider: name, model, request, estimate };
    return await till.buy(purchase, send);
  }

  /** Milliseconds until it is asked again; undefined where it is not. */
  #waitAfter(fault: Fault, progress: Progress): number | undefined {
    if (!FAULTS[fault.kind].retried) return undefined;
    if (fault.wait !== undefined && fault.wait <= LONGEST_WAIT) this.#limiter.pause(fault.wait);
    const wait = fault.wait ?? backoff(progress.tried, this.#world.random);
    const isAllowed = progress.allowsAfter(fault, this.#world.clock.now() + wait);
    return isAllowed && wait <= LONGEST_WAIT ? wait : undefined;
  }
}
