/** `faceless status [PATH…]`: how projects stand, target by target. */
import { jsonReport } from "../report/json.ts";
import { sayStatus } from "../report/status.ts";
import type { BuildOptions } from "./args.ts";
import { survey } from "./survey.ts";
import type { World } from "./terminal.ts";

export async function statusCommand(options: BuildOptions, { terminal, ...world }: World): Promise<number> {
  for (const { wanted, events } of await survey(options, { terminal, ...world })) {
    if (options.json) for (const event of events) jsonReport(terminal.out)(event);
    else terminal.out(sayStatus(wanted.project, events));
  }
  return 0;
}
