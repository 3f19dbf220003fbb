/** `faceless clean [PATH…]`: removes what was built; the next build restores it from the store. */
import { loadEnvironment } from "../config/root.ts";
import { clean } from "../engine/clean.ts";
import { sayCleaned } from "../report/clean.ts";
import type { Options } from "./args.ts";
import { withProject } from "./full-build.ts";
import { rootOf, wantedProjects } from "./projects.ts";
import { openReport } from "./report.ts";
import type { World } from "./terminal.ts";

export async function cleanCommand(options: Options, world: World): Promise<number> {
  const root = rootOf(options.paths, world.cwd);
  const env = loadEnvironment(root, world.env);
  const { onEvent: emit, dispose } = openReport(options, world.terminal);
  try {
    for (const wanted of wantedProjects(root, options, world.cwd)) {
      const asked = { ...wanted, force: [], signature: "" };
      const cleaned = await withProject(
        { root, env, asked, options, world, survey: undefined, emit },
        ({ request }) => clean({ ...request, command: `faceless clean ${wanted.project}` }),
      );
      if (cleaned === undefined) return 130;
      world.terminal.out(sayCleaned(wanted.project, cleaned, options));
    }
  } finally {
    dispose();
  }
  return 0;
}
