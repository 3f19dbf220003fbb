/** `faceless graph [PATH…]`: what depends on what, as Mermaid, DOT or JSON. */
import { outputOutline, targetOutline } from "../engine/outline.ts";
import { sayGraph } from "../report/graph.ts";
import { sayProblem } from "../report/sentences.ts";
import type { Options } from "./args.ts";
import { survey } from "./survey.ts";
import type { World } from "./terminal.ts";

/** 1 where something that says how many there are could not be made: then the graph lacks what follows from it. */
export async function graphCommand(options: Options, world: World): Promise<number> {
  const { terminal } = world;
  const surveyed = await survey(options, world);
  const outlines = surveyed.flatMap(({ seen, wanted }) =>
    seen === undefined ? [] : [options.outputs ? outputOutline(seen) : targetOutline(seen, wanted.goals)],
  );
  terminal.out(sayGraph(outlines, options.format));
  let failed = false;
  for (const { wanted, events } of surveyed) {
    for (const event of events) {
      if (event.type !== "finished" || event.outcome !== "failed") continue;
      failed = true;
      const problem = event.problem === undefined ? "" : ` ${sayProblem(event.problem)}`;
      terminal.error(`faceless: ${wanted.project}/${event.action} cannot be made:${problem}\n`);
    }
  }
  return failed ? 1 : 0;
}
