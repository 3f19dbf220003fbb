/** `faceless why PATH…`: the reasons that an output would be made again for, or was made for the last time. */
import { Failure } from "../base/failure.ts";
import { journalPath } from "../engine/start.ts";
import { sayWhy } from "../report/why.ts";
import { loadJournal } from "../store/journal.ts";
import type { BuildOptions } from "./args.ts";
import { survey } from "./survey.ts";
import type { World } from "./terminal.ts";

export async function whyCommand(options: BuildOptions, world: World): Promise<number> {
  if (options.paths.length === 0) throw new Failure("why takes the path of an output.");
  for (const path of options.paths) {
    const [found] = await survey({ ...options, paths: [path] }, world);
    const goal = found?.wanted.goals[0];
    if (found === undefined || goal === undefined) {
      throw new Failure(`${path} is a project; why takes the path of an output in it.`, {
        help: "`faceless status` tells how a project stands.",
      });
    }
    const { places } = found.wanted;
    const { traces } = loadJournal(journalPath(places), places.name(".faceless/journal"));
    const trace = [...traces.values()].find(({ outputs }) => outputs.some((output) => output.path === goal));
    world.terminal.out(sayWhy(goal, places.name(goal), found.events, trace));
  }
  return 0;
}
