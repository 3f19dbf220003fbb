/** Through which an action buys. */
import type { Till } from "../model/purchase.ts";

/** Of one that no ledger stands behind. */
export const UNBOOKED: Till = { buy: async (_purchase, send) => (await send()).body };
