/** `faceless pin PATH…` and `faceless unpin PATH…`: an output as a source, and back. */
import { Failure } from "../base/failure.ts";
import type { Seen } from "../engine/outline.ts";
import { pin, unpin } from "../engine/pin.ts";
import { journalPath } from "../engine/start.ts";
import type { TargetPath } from "../model/pipeline.ts";
import { sayPinned, sayUnpinned } from "../report/pin.ts";
import { FileStates } from "../store/file-states.ts";
import { FileTable } from "../store/file-table.ts";
import { loadJournal } from "../store/journal.ts";
import { loadSnapshot, snapshotPath } from "../store/snapshot.ts";
import type { Options } from "./args.ts";
import { rootOf, type Wanted, wantedProjects } from "./projects.ts";
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

export async function unpinCommand(options: Options, world: World): Promise<number> {
  for (const { places, goals } of namedOutputs("unpin", options, world)) {
    const { snapshot } = loadSnapshot(snapshotPath(places.state), places.name(".faceless/snapshot"));
    const files = new FileStates(snapshot?.files ?? new FileTable(), Date.now);
    const { traces } = loadJournal(journalPath(places), places.name(".faceless/journal"));
    // The pinned file itself is as good a name.
    const paths = goals.map((goal) => goal.replace(/^pinned\//, "") as TargetPath);
    world.terminal.out(sayUnpinned(places.built, unpin(paths, places, files, traces)));
  }
  return 0;
}

/** @throws Failure where a whole project is named, or nothing */
function namedOutputs(command: string, options: Options, { cwd }: World): readonly Wanted[] {
  const { paths } = options;
  if (paths.length === 0) throw new Failure(`${command} takes the path of an output.`);
  const wanted = wantedProjects(rootOf(paths, cwd), options, cwd);
  const whole = wanted.find(({ goals }) => goals.length === 0);
  if (whole === undefined) return wanted;
  throw new Failure(`${whole.project} is a project; ${command} takes the paths of outputs in it.`);
}

/** Of a path that a list could still give, a dry run does not know whether it does. */
function refuseUnknown(goal: TargetPath, { graph, places, traces }: Seen): void {
  const recorded = [...traces.values()].some(({ outputs }) => outputs.some(({ path }) => path === goal));
  if (graph.maker(goal) !== undefined || recorded) return;
  throw new Failure(`whether a target makes ${places.name(goal)} is not known before the next build.`, {
    help: "Build first, then pin it.",
  });
}
