/** What it takes to spend money once: a request to a paid service, its answer, and who stands between the two. */
import type { Json, JsonObject } from "../base/json.ts";

/** One request to a service that costs money. */
export interface Purchase {
  /** The provider's name in the configuration: "azure". */
  readonly provider: string;
  readonly model: string;
  /** All that is asked, without secrets. Two requests of one action are the same purchase if this is equal. */
  readonly request: Json;
  /** US dollars, by the price table; undefined where it does not know the model. */
  readonly estimate: number | undefined;
}

/** What an answer cost. */
export interface Bill {
  /** US dollars, by the usage that was told, else as estimated; undefined where no price is known. */
  readonly cost: number | undefined;
  /** As the service tells it: tokens, characters, pictures. */
  readonly usage: JsonObject;
}

/** What came back, before anybody has touched it. */
export interface Answer extends Bill {
  readonly body: Uint8Array;
}

/**
 * Whether a request that failed was charged: not if it was refused; maybe if it was cut off; by its bill if it was answered
 * with what is of no use.
 */
export type Charged = "no" | "maybe" | Bill;

/** Where an action's purchases go through. */
export interface Till {
  /**
   * The answer that was paid for before; else what `send` gets, which is one request and no more: to try again is to buy
   * again. What `send` throws is noted with the Charged that it has, and thrown on. @throws Failure where nobody knows
   * whether an earlier build's request was charged, and where the budget does not allow this one
   */
  buy(purchase: Purchase, send: () => Promise<Answer>): Promise<Uint8Array>;
}

/** A purchase of which nobody knows whether it was charged: the answers of its requests never came. */
export interface MaybeCharged {
  /** The id of the action that it was for. */
  readonly action: string;
  readonly provider: string;
  readonly model: string;
  readonly requests: number;
  /** When the last of them was sent; milliseconds since 1970. */
  readonly at: number;
  /** US dollars at most, of all of them; null where no price is known. */
  readonly charged: number | null;
  /** US dollars at most, of one more; null where no price is known. */
  readonly again: number | null;
}

/** What a build was charged, in US dollars. */
export interface Spending {
  readonly paid: number;
  /** How many requests were charged, or may have been, that no price is known of. */
  readonly unpriced: number;
  /** What may have been charged besides: of requests whose answer never came. */
  readonly maybe: number;
  /** What came out of the cache cost this much when it was made. */
  readonly saved: number;
}
