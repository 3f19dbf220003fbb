/** Asks, before anything is begun, about what was bought before, or may have been, and would be bought again. */
import { Failure } from "../base/failure.ts";
import { type BuildEvent, isAboutMaker, type Would } from "../model/event.ts";
import type { MaybeCharged } from "../model/purchase.ts";
import type { Purchasing } from "./purchasing.ts";
import type { BuildRequest } from "./request.ts";

/**
 * Only about what this build would buy: `foretell` tells of that. Nothing is asked where there is nobody to ask.
 * @throws Failure where what is finished is not to be bought again
 */
export async function askBeforePaying(
  { dryRun, accept, askToPayAgain, askToRebuy, places }: BuildRequest,
  purchasing: Purchasing,
  foretell: (emit: (event: BuildEvent) => void) => Promise<unknown>,
): Promise<void> {
  const asks = askToPayAgain !== undefined || askToRebuy !== undefined;
  if (dryRun || accept || !asks || !isAnythingBought(purchasing)) return;
  const maybeCharged: MaybeCharged[] = [];
  const rebought: Would[] = [];
  await foretell((event) => {
    if (event.type !== "would") return;
    maybeCharged.push(...(event.maybeCharged ?? []));
    if (isRebought(event)) rebought.push(event);
  });
  if (rebought.length > 0 && (await askToRebuy?.(rebought)) === false) throw declined(places.built);
  if (maybeCharged.length > 0 && !purchasing.consented && (await askToPayAgain?.(maybeCharged)))
    purchasing.consent();
}

/**
 * What is there is finished and was bought; and it is made anew by another tool alone, or may be, once it is known what it is
 * made from.
 */
function isRebought({ verb, lastCost, otherTool, because }: Would): boolean {
  if (lastCost === undefined) return false;
  return verb === "maybe-run" ? otherTool === true : verb === "run" && because.every(isAboutMaker);
}

/** What cannot be read is told by whatever would pay, and is no reason to build nothing. */
function isAnythingBought(purchasing: Purchasing): boolean {
  try {
    return purchasing.isAnythingBought;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

function declined(built: string): Failure {
  return new Failure("what is finished is not bought again, so nothing was begun.", {
    code: "money.declined",
    help: `\`faceless accept ${built}\` takes it for what is to be made, and then builds nothing of it anew.`,
  });
}
