/** What every provider is given beside a request. */
import type { Till } from "../model/purchase.ts";
import type { Notice } from "../model/task.ts";

export interface CallContext {
  /** Ends everything at once, a request under way included. */
  readonly signal: AbortSignal;
  /** The build is ending: no request begins any more, and one that is under way is let finish. */
  readonly stop: AbortSignal;
  /** Where a provider that costs money sends each of its requests through. */
  readonly till: Till;
  /** Tells the user something that is no failure: that it waits for a limit, or asks again. */
  notice: Notice;
}

/** What a request is going to cost at most, in US dollars: 0 where it is free, undefined where no price is known. */
export type Estimate = number | undefined;
