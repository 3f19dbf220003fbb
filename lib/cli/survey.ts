/** Looks at projects without changing anything, as a dry run does, and gives what it was told. */
import { loadEnvironment } from "../config/root.ts";
import type { Seen } from "../engine/outline.ts";
import type { BuildEvent } from "../model/event.ts";
import type { BuildOptions } from "./args.ts";
import { fullBuild } from "./full-build.ts";
import { rootOf, type Wanted, wantedProjects } from "./projects.ts";
import type { World } from "./terminal.ts";

export interface Surveyed {
  readonly root: string;
  readonly wanted: Wanted;
  readonly events: readonly BuildEvent[];
  /** Undefined where it was interrupted before it looked at anything. */
  readonly seen: Seen | undefined;
}

/** One for each project that the paths name. @throws Failure, Diagnostics */
export async function survey(options: BuildOptions, world: World): Promise<readonly Surveyed[]> {
  const root = rootOf(options.paths, world.cwd);
  const env = loadEnvironment(root, world.env);
  const all: Surveyed[] = [];
  for (const wanted of wantedProjects(root, options, world.cwd)) {
    const events: BuildEvent[] = [];
    const { seen } = await fullBuild({
      root,
      env,
      asked: { ...wanted, force: [], signature: "" },
      // As with -k: what is wrong with one source is no reason to tell nothing of all that has nothing to do with it.
      options: { ...options, dryRun: true, keepGoing: true },
      world,
      survey: undefined,
      emit: (event) => events.push(event),
    });
    all.push({ root, wanted, events, seen });
  }
  return all;
}
