/** The questions before a build. */
import { sayInstant } from "../base/instant.ts";
import { sayDollars, sumOf } from "../base/money.ts";
import { plural } from "../base/plural.ts";
import type { Would } from "../model/event.ts";
import type { MaybeCharged } from "../model/purchase.ts";
import { sayBecauses } from "./sentences.ts";

/** The question whether to buy what is finished once more. Ends in a space. */
export function sayRebuy(project: string, rebought: readonly Would[]): string {
  const possible = rebought.filter(({ verb }) => verb === "maybe-run");
  const sure = rebought.filter((one) => !possible.includes(one));
  const lines = [
    ...byTarget(sure, (these) => `${most(these)}  (${sayBecauses(these[0]!.because, false)})`),
    ...byTarget(
      possible,
      (these) => `${before(these)}  (its tool changed too; it follows what is made anew)`,
    ),
  ];
  const sums = [...(sure.length > 0 ? [most(sure)] : []), ...(possible.length > 0 ? [before(possible)] : [])];
  const them = rebought.length === 1 ? "it" : "them";
  return `Bought and finished, and what makes ${them} is another by now:\n${lines.join("")}Buy ${them} again: ${sums.join(", and ")}? With no, nothing is begun, and \`faceless accept ${project}\` keeps what is there. [y/N] `;
}

function byTarget(would: readonly Would[], say: (these: readonly Would[]) => string): readonly string[] {
  return [...new Set(would.map(({ target }) => target))].map((target) => {
    const these = would.filter((one) => one.target === target);
    return `  ${target}  ${plural(these.length, "output")}  ${say(these)}\n`;
  });
}

function most(would: readonly Would[]): string {
  const sum = sumOf(would.map(({ cost }) => cost ?? null));
  return sum === null ? "no price known" : upTo(sum);
}

function before(would: readonly Would[]): string {
  const sum = sumOf(would.map(({ lastCost }) => lastCost ?? null));
  return sum === null ? "at a price that is not known" : `what cost ${sayDollars(sum)} before`;
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
