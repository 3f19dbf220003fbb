/** `faceless why PATH…`: the reasons that an output would be made again for, or was made for the last time. */
import { Failure } from "../base/failure.ts";
import type { Seen } from "../engine/outline.ts";
import { problemOf } from "../engine/problem.ts";
import type { BuildEvent } from "../model/event.ts";
import type { Action } from "../model/pipeline.ts";
import { isWithin } from "../pipeline/paths.ts";
import { sayComplaint } from "../report/sentences.ts";
import { sayWhy } from "../report/why.ts";
import type { BuildOptions } from "./args.ts";
import { survey } from "./survey.ts";
import type { World } from "./terminal.ts";

/** Every path is answered; 2 where one of them is none that can be asked for. */
export async function whyCommand(options: BuildOptions, world: World): Promise<number> {
  if (options.paths.length === 0)
    throw new Failure("why takes the path of an output.", { code: "usage.invalid" });
  const complaints = new Set<string>();
  for (const path of options.paths) {
    try {
      world.terminal.out(await answer(path, options, world));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      complaints.add(sayComplaint(problemOf(error)));
    }
    if (world.stop.aborted) return 130;
  }
  for (const complaint of complaints) world.terminal.error(complaint);
  return complaints.size === 0 ? 0 : 2;
}

/** Of an output, or of all in a folder. @throws Failure */
async function answer(path: string, options: BuildOptions, world: World): Promise<string> {
  const [found] = await survey({ ...options, paths: [path] }, world);
  const goal = found?.wanted.goals[0];
  if (found === undefined || goal === undefined) {
    throw new Failure(`${path} is a project; why takes the path of an output in it.`, {
      code: "usage.invalid",
      help: "`faceless status` tells how a project stands.",
    });
  }
  const { seen, events } = found;
  if (seen === undefined) return "";
  const { graph, places, traces } = seen;
  const { actions } = graph.makersOf(goal);
  if (actions.length === 0) return sayWhy(goal, places.name(goal), events, undefined);
  const answers = actions.map((action) => {
    const output = action.outputs.find((one) => isWithin(one.path, goal))!.path;
    return sayWhy(output, places.name(output), toldOf(action, events, seen), traces.get(action.id));
  });
  return answers.join("");
}

/** What was told of an action and of all that it needs. */
function toldOf(action: Action, events: readonly BuildEvent[], { graph }: Seen): readonly BuildEvent[] {
  const needed = new Set([action]);
  // A set's loop reaches what is added meanwhile.
  for (const one of needed) {
    const { actions, pending } = graph.needs(one);
    for (const source of [...actions, ...pending.map(({ source }) => source), ...graph.lists(one)])
      needed.add(source);
  }
  const ids = new Set<string>([...needed].map(({ id }) => id));
  return events.filter((event) => "action" in event && event.action !== undefined && ids.has(event.action));
}
