/** `faceless accept [PATH…]`: what is on disk counts as up to date from now on. */
import { loadEnvironment } from "../config/root.ts";
import { build } from "../engine/build.ts";
import type { BuildEvent } from "../model/event.ts";
import { sayAccepted } from "../report/accept.ts";
import type { Options } from "./args.ts";
import { withProject } from "./full-build.ts";
import { rootOf, wantedProjects } from "./projects.ts";
import { withReport } from "./report.ts";
import type { World } from "./terminal.ts";

/** Told as it happens by the report of a build; all else once all is known. */
const AT_ONCE: ReadonlySet<BuildEvent["type"]> = new Set(["waiting-for-lock", "notice"]);

export async function acceptCommand(options: Options, world: World): Promise<number> {
  const root = rootOf(options.paths, world.cwd);
  const env = loadEnvironment(root, world.env);
  return await withReport({ root, env, options }, world, async (report) => {
    let worst = 0;
    for (const wanted of wantedProjects(root, options, world.cwd)) {
      const events: BuildEvent[] = [];
      const emit = (event: BuildEvent) => {
        if (options.json || AT_ONCE.has(event.type)) report.onEvent(event);
        else events.push(event);
      };
      const asked = { ...wanted, force: [], signature: "" };
      const { ok, interrupted } = await withProject(
        { root, env, asked, options, world, survey: undefined, emit },
        ({ request }) =>
          build({ ...request, accept: true, keepGoing: true, command: `faceless accept ${wanted.project}` }),
      );
      if (interrupted) return 130;
      if (!ok) worst = 1;
      if (!options.json) world.terminal.out(sayAccepted(wanted.project, events, options));
    }
    return worst;
  });
}
