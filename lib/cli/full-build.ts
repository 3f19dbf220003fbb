/** Joins everything for a build: configuration, pipeline, tasks, tools and engine. */
import { realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { tasks } from "../../tasks/index.ts";
import type { JsonObject } from "../base/json.ts";
import { endWorkers } from "../base/offload.ts";
import { CONFIG_FILE } from "../config/root.ts";
import { type BuildResult, build, type Described, type Round } from "../engine/build.ts";
import { Places } from "../engine/place.ts";
import type { Survey } from "../engine/up-to-date.ts";
import type { BuildEvent } from "../model/event.ts";
import type { BuildOptions } from "./args.ts";
import type { Description } from "./description.ts";
import type { Asked } from "./projects.ts";
import type { World } from "./terminal.ts";
import { loadTools } from "./tools.ts";

export interface FullBuild {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly asked: Asked;
  readonly options: BuildOptions;
  readonly world: World;
  readonly survey: Survey | undefined;
  readonly round?: Round | undefined;
  emit(event: BuildEvent): void;
}

/** The exit code. @throws Failure, Diagnostics for what is wrong before anything is built */
export async function fullBuild(asking: FullBuild): Promise<number> {
  try {
    const result = await buildRound(asking);
    return result.ok ? 0 : 1;
  } finally {
    await endWorkers();
  }
}

/** The same, without an end to what works for it aside: that may be in use by what a round of a watch has left. */
export function buildRound(asking: FullBuild): Promise<BuildResult> {
  const { root, env, asked, options, world, survey, round, emit } = asking;
  return build({
    places: new Places(root, asked.project),
    describe: (remembered, look) => describe(asking, remembered, look),
    survey,
    cache: resolve(root, env.FACELESS_CACHE_DIR || join(".faceless", "cache")),
    signature: asked.signature,
    goals: asked.goals,
    force: asked.force,
    discardEdits: options.discardEdits,
    keepGoing: options.keepGoing,
    dryRun: options.dryRun,
    tellFresh: options.verbose || options.json,
    jobs: options.jobs ?? availableParallelism(),
    command: `faceless ${round === undefined ? "build" : "watch"} ${asked.project}`,
    stop: world.stop,
    kill: world.kill,
    round,
    emit,
    now: Date.now,
  });
}

async function describe(
  { root, env, asked, options }: FullBuild,
  remembered: string | undefined,
  look: (path: string) => void,
): Promise<Described> {
  let description: Description;
  if (remembered !== undefined) description = JSON.parse(remembered) as Description;
  else {
    // Loaded only where it is needed: reading YAML and checking it is half of what a small build costs.
    const { readDescription } = await import("./description.ts");
    description = readDescription(root, asked.niche, tasks, options.set as JsonObject, look);
  }
  const { config, pipeline, files } = description;
  const { tools, programs } = await loadTools(pipeline, tasks, config, env);
  const own = process.argv[1] === undefined ? [] : [realpathSync(process.argv[1])];
  return {
    pipeline,
    tasks,
    tools,
    pools: config.pools,
    restsOn: [join(root, CONFIG_FILE), join(root, ".env"), ...files, ...programs, ...own],
    text: JSON.stringify(description),
  };
}
