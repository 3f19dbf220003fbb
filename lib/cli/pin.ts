/** `faceless pin PATH…` and `faceless unpin PATH…`: an output as a source, and back. */
import { Failure } from "../base/failure.ts";
import { cacheFolder, loadEnvironment } from "../config/root.ts";
import type { Seen } from "../engine/outline.ts";
import { pin } from "../engine/pin.ts";
import { unpin } from "../engine/unpin.ts";
import type { TargetPath } from "../model/pipeline.ts";
import { sayPinned, sayUnpinned } from "../report/pin.ts";
import type { Options } from "./args.ts";
import { nameFrom, rootOf, type Wanted, wantedProjects } from "./projects.ts";
import { openReport } from "./report.ts";
import { survey } from "./survey.ts";
import type { World } from "./terminal.ts";

/** Takes no lock: a pin is a source, and sources may be changed while a build runs. */
export async function pinCommand(options: Options, world: World): Promise<number> {
  namedOutputs("pin", options, world);
  for (const { seen, wanted } of await survey(options, world)) {
    if (seen === undefined) return 130;
    for (const goal of wanted.goals) refuseUnknown(goal, seen);
    world.terminal.out(sayPinned(wanted.places, await pin(wanted.goals, seen)));
  }
  return 0;
}

/** Waits while a build runs: it notes in the project's state that what was pinned is a hand edit from now on. */
export async function unpinCommand(options: Options, { terminal, ...world }: World): Promise<number> {
  const all = namedOutputs("unpin", options, { terminal, ...world });
  const root = rootOf(options.paths, world.cwd);
  const cache = cacheFolder(root, loadEnvironment(root, world.env));
  const report = openReport(options, terminal);
  try {
    for (const { places, goals } of all) {
      // The pinned file itself is as good a name.
      const paths = goals.map((goal) => goal.replace(/^pinned\//, "") as TargetPath);
      const unpinned = await unpin(paths, {
        places,
        cache,
        command: `faceless unpin ${places.built}`,
        stop: world.stop,
        onWait: (holder) => report.onEvent({ type: "waiting-for-lock", holder }),
      });
      if (unpinned === undefined) return 130;
      const named = unpinned.map(({ stored, ...one }) => ({
        ...one,
        stored: stored && nameFrom(root, stored),
      }));
      terminal.out(sayUnpinned(places.built, named));
    }
  } finally {
    report.dispose();
  }
  return 0;
}

/** @throws Failure where a whole project is named, or nothing */
function namedOutputs(command: string, options: Options, { cwd }: World): readonly Wanted[] {
  const { paths } = options;
  if (paths.length === 0)
    throw new Failure(`${command} takes the path of an output.`, { code: "usage.invalid" });
  const wanted = wantedProjects(rootOf(paths, cwd), options, cwd);
  const whole = wanted.find(({ goals }) => goals.length === 0);
  if (whole === undefined) return wanted;
  throw new Failure(`${whole.project} is a project; ${command} takes the paths of outputs in it.`, {
    code: "usage.invalid",
  });
}

/** A folder is no output. And of a path that a list could still give, a dry run does not know whether it does. */
function refuseUnknown(goal: TargetPath, { graph, places, traces }: Seen): void {
  if (graph.maker(goal) === undefined && graph.makersOf(goal).actions.length > 0)
    throw new Failure(`${places.name(goal)} is a folder; pin takes the paths of outputs.`, {
      code: "usage.invalid",
    });
  const recorded = [...traces.values()].some(({ outputs }) => outputs.some(({ path }) => path === goal));
  if (graph.maker(goal) !== undefined || recorded) return;
  throw new Failure(`whether a target makes ${places.name(goal)} is not known before the next build.`, {
    code: "usage.invalid",
    help: "Build first, then pin it.",
  });
}
