/** Asks, before anything is begun, whether what may have been charged is to be bought again. */
import type { BuildEvent } from "../model/event.ts";
import type { MaybeCharged } from "../model/purchase.ts";
import type { Purchasing } from "./purchasing.ts";
import type { BuildRequest } from "./request.ts";

/** Only about what this build would send again: `foretell` tells of that. False too where there is nobody to ask. */
export async function isToPayAgain(
  { dryRun, accept, askToPayAgain }: BuildRequest,
  purchasing: Purchasing,
  foretell: (emit: (event: BuildEvent) => void) => Promise<unknown>,
): Promise<boolean> {
  if (dryRun || accept || askToPayAgain === undefined || purchasing.consented) return false;
  if (!purchasing.isAnythingOpen) return false;
  const maybeCharged: MaybeCharged[] = [];
  await foretell((event) => {
    if (event.type === "would") maybeCharged.push(...(event.maybeCharged ?? []));
  });
  return maybeCharged.length > 0 && (await askToPayAgain(maybeCharged));
}
