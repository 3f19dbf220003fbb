/** `build --budget`: what would run is foretold, and nothing is started if it would cost more. */
import type { Budget } from "../engine/budget.ts";
import { surveyFiles } from "../engine/up-to-date.ts";
import { ForetoldCost, sayOverBudget } from "../report/money.ts";
import { sayComplaint } from "../report/sentences.ts";
import { snapshotPath } from "../store/snapshot.ts";
import { type FullBuild, fullBuild } from "./full-build.ts";

/** Whether all that would run is within what is left of it; where it is not, or nobody knows, that was said. */
export async function isAffordable(
  budget: Budget,
  asking: readonly Omit<FullBuild, "emit">[],
): Promise<boolean> {
  const costs = new Map<string, ForetoldCost>();
  for (const one of asking) costs.set(one.asked.project, await foretell(one));
  const all = [...costs.values()];
  const dollars = all.reduce((sum, { dollars }) => sum + dollars, 0);
  const isOver = !budget.allows(dollars);
  if (!isOver && all.every(({ unpriced }) => unpriced.size === 0)) return true;
  asking[0]?.world.terminal.error(sayComplaint(sayOverBudget(budget, costs, isOver)));
  return false;
}

async function foretell(asking: Omit<FullBuild, "emit">): Promise<ForetoldCost> {
  const cost = new ForetoldCost();
  const { asked, options } = asking;
  const survey = surveyFiles(snapshotPath(asked.places.state), asked.signature, Date.now);
  const upToDate = survey?.moved.length === 0 && survey.snapshot.verdict.ok;
  if (upToDate && asked.force.length === 0 && !options.discardEdits) return cost;
  // What fails is told by the build itself.
  const emit = cost.onEvent.bind(cost);
  await fullBuild({ ...asking, options: { ...options, dryRun: true, keepGoing: true }, emit });
  return cost;
}
