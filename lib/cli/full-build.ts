/** Joins everything for a build: configuration, pipeline, tasks, tools and engine. */
import { realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { tasks as shipped } from "../../tasks/index.ts";
import type { JsonObject } from "../base/json.ts";
import { endWorkers } from "../base/offload.ts";
import { CONFIG_FILE, cacheFolder } from "../config/root.ts";
import type { Budget } from "../engine/budget.ts";
import { build } from "../engine/build.ts";
import type { BuildRequest, BuildResult, Described, Round } from "../engine/request.ts";
import type { Survey } from "../engine/up-to-date.ts";
import type { Ffmpeg } from "../media/ffmpeg.ts";
import type { Config } from "../model/config.ts";
import type { BuildEvent } from "../model/event.ts";
import type { Task } from "../model/task.ts";
import { discreet } from "../report/discreet.ts";
import { sayPayAgain, sayRebuy } from "../report/questions.ts";
import type { BuildOptions } from "./args.ts";
import type { Description } from "./description.ts";
import type { Asked } from "./projects.ts";
import type { World } from "./terminal.ts";
import { loadTools, usedTools } from "./tools.ts";
import { trimCache } from "./trim.ts";
import { type LoadedTasks, withUserTasks } from "./user-tasks.ts";

export interface FullBuild {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly asked: Asked;
  readonly options: BuildOptions;
  readonly world: World;
  readonly survey: Survey | undefined;
  readonly round?: Round | undefined;
  /** Of the whole command. */
  readonly budget?: Budget | undefined;
  emit(event: BuildEvent): void;
}

/** What is remembered of a build's description: it holds while the files that it rests on are unmoved. */
interface Remembered extends Description {
  readonly ffmpeg?: Ffmpeg | undefined;
}

/** All that the engine is asked for a project. */
export interface OpenProject {
  readonly request: BuildRequest;
  /** Undefined until the engine has asked for the description. */
  config(): Config | undefined;
}

/** @throws Failure, Diagnostics for what is wrong before anything is built */
export function fullBuild(asking: FullBuild): Promise<BuildResult> {
  return withProject(asking, (project) => buildAndTrim(asking.root, project));
}

/** The same, without an end to what works for it aside: that may be in use by what a round of a watch has left. */
export function buildRound(asking: FullBuild): Promise<BuildResult> {
  return buildAndTrim(asking.root, openProject(asking));
}

async function buildAndTrim(root: string, { request, config }: OpenProject): Promise<BuildResult> {
  const result = await build(request);
  const known = config();
  if (known !== undefined && !request.dryRun && !result.interrupted && !result.superseded)
    trimCache(root, known.cache, request.cache, request.emit);
  return result;
}

/** Hands the project to what works on it. @throws Failure, Diagnostics */
export async function withProject<Result>(
  asking: FullBuild,
  act: (project: OpenProject) => Promise<Result>,
): Promise<Result> {
  try {
    return await act(openProject(asking));
  } finally {
    await endWorkers();
  }
}

function openProject(asking: FullBuild): OpenProject {
  const { root, env, asked, options, world, survey, round, budget } = asking;
  const emit = discreet(env, asking.emit);
  const { ask } = world;
  let config: Config | undefined;
  const request: BuildRequest = {
    places: asked.places,
    async describe(remembered, look) {
      emit({ type: "phase", phase: "load-tasks" });
      const loaded = await withUserTasks(root, shipped);
      const description = await descriptionOf(asking, loaded.tasks, remembered, look);
      config = description.config;
      return await describe(asking, loaded, description);
    },
    survey,
    cache: cacheFolder(root, env),
    signature: asked.signature,
    goals: asked.goals,
    only: onlyOf(options),
    force: asked.force,
    discardEdits: options.discardEdits,
    accept: false,
    keepGoing: options.keepGoing,
    dryRun: options.dryRun,
    tellFresh: options.verbose || options.json,
    jobs: options.jobs ?? availableParallelism(),
    command: `faceless ${round === undefined ? "build" : "watch"} ${asked.project}`,
    stop: world.stop,
    kill: world.kill,
    round,
    budget,
    payAgain: options.payAgain,
    // A watch, whose rounds come by themselves, has nobody who waits for a question; and buys nothing finished again.
    ...(round === undefined ? {} : { askToRebuy: async () => false }),
    ...(ask === undefined || options.json || round !== undefined
      ? {}
      : {
          askToPayAgain: (maybeCharged) => ask(sayPayAgain(asked.project, maybeCharged)),
          askToRebuy: (rebought) => ask(sayRebuy(asked.places.built, rebought)),
        }),
    emit,
    now: Date.now,
  };
  return { request, config: () => config };
}

function onlyOf({ only }: BuildOptions): BuildRequest["only"] {
  const axes = Object.entries(only);
  return axes.length === 0 ? undefined : new Map(axes.map(([axis, keys]) => [axis, new Set(keys)]));
}

async function descriptionOf(
  { root, asked, options, emit }: FullBuild,
  tasks: ReadonlyMap<string, Task>,
  remembered: string | undefined,
  look: (path: string) => void,
): Promise<Remembered> {
  if (remembered !== undefined) return JSON.parse(remembered) as Remembered;
  // Loaded only where it is needed: reading YAML and checking it is half of what a small build costs.
  const { readDescription } = await import("./description.ts");
  return readDescription(root, asked, tasks, options.set as JsonObject, look, emit);
}

async function describe(
  { root, env, emit }: FullBuild,
  { tasks, restsOn }: LoadedTasks,
  description: Remembered,
): Promise<Described> {
  const { config, pipeline, files } = description;
  emit({ type: "phase", phase: "find-tools" });
  const { tools, programs, ffmpeg } = await loadTools(
    usedTools(pipeline, tasks),
    config,
    env,
    description.ffmpeg,
  );
  const own = process.argv[1] === undefined ? [] : [realpathSync(process.argv[1])];
  return {
    pipeline,
    tasks,
    tools,
    pools: config.pools,
    restsOn: [join(root, CONFIG_FILE), join(root, ".env"), ...files, ...restsOn, ...programs, ...own],
    text: JSON.stringify({ ...description, ffmpeg } satisfies Remembered),
  };
}
