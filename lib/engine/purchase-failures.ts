/** The words for purchases that are not made, since they may have been made before. */
import { Failure } from "../base/failure.ts";
import { sayInstant } from "../base/instant.ts";
import { sayDollars, sumOf } from "../base/money.ts";
import { plural } from "../base/plural.ts";
import { shellWord } from "../base/shell.ts";
import type { Intent } from "../model/ledger.ts";
import type { Purchase } from "../model/purchase.ts";

/** `earlier`: requests for the same, one at least. `output`: what they were for, relative to the content repo. */
export function maybeCharged(earlier: readonly Intent[], output: string): Failure {
  return new Failure(sayEarlier(earlier), {
    code: "money.maybe-charged",
    isolated: true,
    help: `The provider's own records tell. ${sayHowToGoOn(output)}`,
  });
}

/** `path`: where the answer was kept. */
export function damagedAnswer({ provider, model }: Purchase, path: string, output: string): Failure {
  return new Failure(
    `an answer of ${provider} (${model}) was paid for and is damaged: ${path}. It was not asked for again.`,
    { code: "money.maybe-charged", isolated: true, help: sayHowToGoOn(output) },
  );
}

/** What to do where a task fails on what was bought for it. */
export function sayGivenAgain(output: string): string {
  const path = shellWord(output);
  return `What it fails on was paid for, is kept, and is given again: \`faceless build ${path} --force ${path}\` buys another one.`;
}

/** It was lost, or none that was whole. */
const NO_ANSWER = "no answer came that could be used.";

function sayEarlier(earlier: readonly Intent[]): string {
  const { provider, model, at } = earlier.at(-1)!;
  const sum = sumOf(earlier.map(({ estimate }) => estimate));
  const much = sum === null ? "and nobody knows how much" : `up to ${sayDollars(sum)}`;
  if (earlier.length === 1)
    return `a request to ${provider} (${model}) of ${sayInstant(at)} may have been charged, ${much}: ${NO_ANSWER} It was not sent again.`;
  return `${plural(earlier.length, "request")} to ${provider} (${model}), the last of ${sayInstant(at)}, may have been charged, ${much}: ${NO_ANSWER} Nothing was sent again.`;
}

function sayHowToGoOn(output: string): string {
  const path = shellWord(output);
  return `\`faceless build ${path} --pay-again\` buys it again, and \`--pay-again\` with all that you build whatever is so; or put a file there and \`faceless accept ${path}\`.`;
}
