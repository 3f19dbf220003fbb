/** The questions before a build. */
import { sayInstant } from "../base/instant.ts";
import { sayDollars, sumOf } from "../base/money.ts";
import { plural } from "../base/plural.ts";
import type { Would } from "../model/event.ts";
import type { MaybeCharged } from "../model/purchase.ts";
import { sayBecauses } from "./sentences.ts";

/** The question whether to buy what is finished once more. Ends in a space. */
export function sayRebuy(project: string, rebought: readonly Would[]): string {
  const targets = [...new Set(rebought.map(({ target }) => target))];
  const lines = targets.map((target) => {
    const these = rebought.filter((one) => one.target === target);
    const much = sumOf(these.map(({ cost }) => cost ?? null));
    const price = much === null ? "no price known" : upTo(much);
    return `  ${target}  ${plural(these.length, "output")}  ${price}  (${sayBecauses(these[0]!.because, false)})\n`;
  });
  const all = sumOf(rebought.map(({ cost }) => cost ?? null));
  const them = rebought.length === 1 ? "it" : "them";
  return `Bought and finished, and only what makes ${them} is another by now:\n${lines.join("")}Buy ${them} again${all === null ? "" : `, for ${upTo(all)}`}? With no, nothing is begun, and \`faceless accept ${project}\` keeps ${them}. [y/N] `;
}

/** The question whether to buy again what may have been charged. Ends in a space. */
export function sayPayAgain(project: string, purchases: readonly MaybeCharged[]): string {
  const lines = purchases.map((purchase) => `  ${project}/${purchase.action}  ${sayPurchase(purchase)}\n`);
  const again = sumOf(purchases.map(({ again }) => again));
  const [what, them] = purchases.length === 1 ? ["This", "it"] : ["These", "them"];
  return `${what} may have been paid for, and no answer came:\n${lines.join("")}Buy ${them} again${again === null ? "" : `, for ${upTo(again)}`}? [y/N] `;
}

function sayPurchase({ provider, model, requests, at, charged }: MaybeCharged): string {
  const when = requests === 1 ? sayInstant(at) : `${requests} requests, the last of ${sayInstant(at)}`;
  return `${provider} (${model})  ${when}  ${charged === null ? "no price known" : upTo(charged)}`;
}

const upTo = (dollars: number) => `up to ${sayDollars(dollars)}`;
