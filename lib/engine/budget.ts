/** What one command may spend: what it has spent and what is in flight never come to more. US dollars. */
import { Failure } from "../base/failure.ts";
import { sayDollars } from "../base/money.ts";
import type { Purchase } from "../model/purchase.ts";

/** Part of a budget, until it is known what the request did cost. */
export interface Reservation {
  /** To be called once. */
  settle(cost: number): void;
}

/** Sums of cents in floating point: what is over by less is not over. */
const ROUNDING = 1e-9;

export class Budget {
  readonly limit: number;
  #spent = 0;
  #inFlight = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** What was charged, or may have been. */
  get spent(): number {
    return this.#spent;
  }

  /** Whether so much more would not pass the limit. */
  allows(dollars: number): boolean {
    return this.#spent + this.#inFlight + dollars <= this.limit + ROUNDING;
  }

  /** @throws Failure where it would pass the limit, or where nobody knows what it costs */
  reserve(purchase: Purchase): Reservation {
    const { estimate } = purchase;
    if (estimate === undefined) throw this.#noPrice(purchase);
    if (!this.allows(estimate)) throw this.#over(purchase, estimate);
    this.#inFlight += estimate;
    return {
      settle: (cost) => {
        this.#inFlight -= estimate;
        this.#spent += cost;
      },
    };
  }

  #over({ provider, model }: Purchase, estimate: number): Failure {
    const inFlight = this.#inFlight > ROUNDING ? ` and up to ${sayDollars(this.#inFlight)} in flight` : "";
    return new Failure(
      `a request to ${provider} (${model}) costs up to ${sayDollars(estimate)}, which would pass the budget of ${sayDollars(this.limit)}: ${sayDollars(this.#spent)} is spent${inFlight}. It was not sent.`,
      {
        code: "money.budget",
        help: "What was finished is kept. Build again with a higher --budget, or with none.",
      },
    );
  }

  #noPrice({ provider, model }: Purchase): Failure {
    return new Failure(
      `nobody knows what a request to ${provider} (${model}) costs, and there is a budget of ${sayDollars(this.limit)}. It was not sent.`,
      {
        code: "money.budget",
        help: `Tell what '${model}' costs below 'prices:' in faceless.config.yaml, or build without --budget.`,
      },
    );
  }
}
