/** What is written down of every request that costs money, from before it is sent to how it ended. */
import type { JsonObject } from "../base/json.ts";
import type { TargetPath } from "./pipeline.ts";
import type { ActionKey, Digest } from "./trace.ts";

/** What a purchase was for. */
export interface BoughtFor {
  /** The action's id. */
  readonly action: TargetPath;
  readonly target: string;
  /** Axis → key, in the order of the target's axes. */
  readonly binding: Readonly<Record<string, string>>;
}

/** Written before the request is sent. */
export interface Intent extends BoughtFor {
  readonly kind: "intent";
  /** Of this request alone. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly key: ActionKey;
  /** Of provider, model and request: the same for what is the same purchase of an action. */
  readonly purchase: Digest;
  readonly provider: string;
  readonly model: string;
  /** US dollars at most; null where no price is known. */
  readonly estimate: number | null;
}

export type LedgerRecord =
  | Intent
  /** Its answer is stored. US dollars; null where no price is known. */
  | {
      readonly kind: "paid";
      readonly id: string;
      readonly at: number;
      readonly cost: number | null;
      readonly usage: JsonObject;
    }
  /** It was answered with what is of no use, and is not kept; charged by the usage that the answer told. As of `paid`. */
  | {
      readonly kind: "unusable";
      readonly id: string;
      readonly at: number;
      readonly cost: number | null;
      readonly usage: JsonObject;
    }
  /** It failed, and was not charged. */
  | { readonly kind: "refused"; readonly id: string; readonly at: number }
  /** It failed, and nobody knows whether it was charged. */
  | { readonly kind: "lost"; readonly id: string; readonly at: number }
  /** The user knows of these requests, that may have been charged, and lets the same be bought again. */
  | { readonly kind: "consented"; readonly ids: readonly string[]; readonly at: number }
  /** What was bought for this much, in US dollars, came out of the cache. */
  | (BoughtFor & { readonly kind: "saved"; readonly at: number; readonly cost: number });
