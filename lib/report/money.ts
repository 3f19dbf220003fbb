/** What is paid, and what would be: the words of plans and builds. */
import { sayDollars } from "../base/money.ts";
import { plural } from "../base/plural.ts";
import { type BuildEvent, isAboutMaker } from "../model/event.ts";
import type { Spending } from "../model/purchase.ts";

/** What a dry run has told of costs. US dollars, at most for each action. */
export class ForetoldCost {
  /** Target to what those of its actions cost that would run and have a price. */
  readonly targets = new Map<string, number>();
  /** Targets with actions that no price is known for. */
  readonly unpriced = new Set<string>();
  /** The same of those that may run after these, by what they cost the last time. */
  readonly after = new Map<string, number>();
  /** What would tell their prices: rows of `prices:` in the configuration; the model behind a deployment. */
  readonly priceRows = new Set<string>();
  readonly modelHints = new Set<string>();
  /** What only another tool or version would make anew, while what there is could be accepted. */
  readonly acceptable = { dollars: 0, actions: 0 };
  readonly #paid = new Set<string>();
  /** Whether a list is still to be made that can tell of more that costs money. */
  #listsMissing = false;
  /** Whether anything would run, and so make such a list. */
  #runs = false;
  /** Whether what costs money may run after something else did. */
  #mayRun = false;

  /** Whether there may be more to pay, which is not known yet. */
  get atLeast(): boolean {
    return this.#mayRun || (this.#listsMissing && this.#runs);
  }

  get dollars(): number {
    return total(this.targets);
  }

  onEvent(event: BuildEvent): void {
    if (event.type === "planned") {
      for (const [target, { paid }] of Object.entries(event.targets)) if (paid) this.#paid.add(target);
      this.#listsMissing = event.mayCostMore ?? false;
    }
    if (event.type !== "would") return;
    if (event.verb === "maybe-run" && this.#paid.has(event.target)) this.#mayRun = true;
    if (event.verb === "maybe-run" && event.lastCost != null) add(this.after, event.target, event.lastCost);
    if (event.verb === "run" || event.verb === "maybe-run") this.#runs = true;
    if (event.verb === "run") this.#count(event);
  }

  #count(event: Extract<BuildEvent, { type: "would" }>): void {
    const { target, cost, priceRows = [], modelHints = [], because } = event;
    if (cost === undefined) return;
    for (const hint of modelHints) this.modelHints.add(hint);
    if (because.every(isAboutMaker)) {
      this.acceptable.actions += 1;
      this.acceptable.dollars += cost ?? 0;
    }
    for (const row of priceRows) this.priceRows.add(row);
    if (cost === null) this.unpriced.add(target);
    else add(this.targets, target, cost);
  }
}

/** US dollars, by target. */
type Costs = ReadonlyMap<string, number>;

function add(costs: Map<string, number>, target: string, dollars: number): void {
  costs.set(target, (costs.get(target) ?? 0) + dollars);
}

const total = (costs: Costs) => [...costs.values()].reduce((sum, dollars) => sum + dollars, 0);

const byTarget = (costs: Costs) =>
  `(${[...costs].map(([target, dollars]) => `${target} ${sayDollars(dollars)}`).join(", ")})`;

/** One line; undefined where nothing costs money. "up to $0.63 to pay (image $0.60, speech $0.03)" */
export function sayForetoldCost({ targets, after, unpriced, atLeast }: ForetoldCost): string | undefined {
  const about = atLeast || unpriced.size > 0 ? "at least" : "up to";
  const parts = [
    ...(targets.size > 0 ? [`${about} ${sayDollars(total(targets))} to pay ${byTarget(targets)}`] : []),
    ...(unpriced.size > 0 ? [`no price known for ${[...unpriced].join(", ")}`] : []),
    ...(after.size > 0
      ? [`what may run after it cost ${sayDollars(total(after))} the last time ${byTarget(after)}`]
      : []),
  ];
  if (parts.length === 0) return atLeast ? "what it costs is not known yet" : undefined;
  return parts.join("; ");
}

/** What to write for all to have a price, in lines; none where it has. */
export function sayMissingPrices(costs: readonly ForetoldCost[]): readonly string[] {
  const unpriced = costs.filter((cost) => cost.unpriced.size > 0);
  const rows = new Set(unpriced.flatMap(({ priceRows }) => [...priceRows]));
  const hints = new Set(unpriced.flatMap(({ modelHints }) => [...modelHints]));
  if (unpriced.length === 0 || rows.size === 0) return [...hints];
  return [
    ...hints,
    "What has no price needs one in faceless.config.yaml, in US dollars for a picture, or for a million tokens or characters:",
    ...["prices:", ...[...rows].map((row) => `  ${row}`)].map((line) => `  ${line}`),
  ];
}

/** The way not to pay for what was made by another model; undefined where there is nothing to accept. */
export function sayAcceptable(project: string, { acceptable }: ForetoldCost): string | undefined {
  const { dollars, actions } = acceptable;
  if (actions === 0) return undefined;
  const save = dollars > 0 ? `, which saves ${sayDollars(dollars)}` : ", and pays nothing";
  const them = actions === 1 ? "1 finished output that only" : `${actions} finished outputs that only`;
  return `\`faceless accept ${project}\` keeps ${them} another tool or version would make anew${save}`;
}

/** "paid $0.42, and up to $0.04 more may have been charged; the cache saved $1.20" */
export function saySpending({ paid, unpriced, maybe, saved }: Spending): string {
  const charged = [
    ...(paid > 0 ? [`paid ${sayDollars(paid)}`] : []),
    ...(maybe > 0 ? [`up to ${sayDollars(maybe)}${paid > 0 ? " more" : ""} may have been charged`] : []),
    ...(unpriced > 0 ? [`${plural(unpriced, "request")} without a known price`] : []),
  ];
  const parts = [
    ...(charged.length > 0 ? [charged.join(", and ")] : []),
    ...(saved > 0 ? [`the cache saved ${sayDollars(saved)}`] : []),
  ];
  return parts.join("; ");
}

/** Why a build that its budget does not allow is not begun: it would cost more, or nobody knows what it would cost. */
export function sayOverBudget(
  { limit, spent }: { readonly limit: number; readonly spent: number },
  costs: ReadonlyMap<string, ForetoldCost>,
  isOver: boolean,
): { readonly message: string; readonly help: string } {
  const all = [...costs].map(([project, cost]) => [project, sayForetoldCost(cost)] as const);
  const told = all.filter(([, said]) => said !== undefined);
  const lines = told.map(([project, said]) => `\n  ${project}: ${said}`);
  const prices = sayMissingPrices([...costs.values()]);
  const before = spent > 0 ? `, of which ${sayDollars(spent)} is spent` : "";
  const budget = `budget of ${sayDollars(limit)}${before}`;
  const cause = isOver
    ? `what would run is over the ${budget}`
    : `what some of it costs is not known, and there is a ${budget}`;
  const remedy = isOver
    ? "Raise --budget, or build a part of it: `faceless plan` tells what each output costs."
    : "Or build without --budget.";
  return {
    message: `${cause}, so nothing was started:${lines.join("")}`,
    help: (isOver ? [remedy, ...prices] : [...prices, remedy]).join("\n"),
  };
}
