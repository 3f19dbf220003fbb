/** Asks, before anything is begun, whether what may have been charged is to be bought again. */
import { Failure } from "../base/failure.ts";
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
  if (!isAnythingOpen(purchasing)) return false;
  const maybeCharged: MaybeCharged[] = [];
  await foretell((event) => {
    if (event.type === "would") maybeCharged.push(...(event.maybeCharged ?? []));
  });
  return maybeCharged.length > 0 && (await askToPayAgain(maybeCharged));
}

/** What cannot be read is told by whatever would pay, and is no reason to build nothing. */
function isAnythingOpen(purchasing: Purchasing): boolean {
  try {
    return purchasing.isAnythingOpen;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}
