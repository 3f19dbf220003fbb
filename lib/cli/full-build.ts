/** Joins everything for a build: configuration, pipeline, tasks, tools and engine. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { tasks } from "../../tasks/index.ts";
import { packageRoot } from "../base/assets.ts";
import { readDocumentFile } from "../base/document.ts";
import { Failure } from "../base/failure.ts";
import type { JsonObject } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import { endWorkers } from "../base/offload.ts";
import { loadConfig } from "../config/load.ts";
import { projectSettings } from "../config/project.ts";
import { CONFIG_FILE, cacheFolder } from "../config/root.ts";
import { type BuildRequest, type BuildResult, build } from "../engine/build.ts";
import { Places } from "../engine/place.ts";
import type { Config } from "../model/config.ts";
import type { BuildEvent } from "../model/event.ts";
import type { Pipeline } from "../model/pipeline.ts";
import { compilePipeline } from "../pipeline/compile.ts";
import type { BuildOptions } from "./args.ts";
import { trimCache } from "./gc.ts";
import type { Asked } from "./projects.ts";
import type { World } from "./terminal.ts";
import { loadTools } from "./tools.ts";

export interface FullBuild {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly asked: Asked;
  readonly options: BuildOptions;
  readonly world: World;
  emit(event: BuildEvent): void;
}

/** A project's configuration, and all that the engine is asked for it. */
export interface OpenProject {
  readonly config: Config;
  readonly request: BuildRequest;
}

/** @throws Failure, Diagnostics for what is wrong before anything is built */
export function fullBuild(wanted: FullBuild): Promise<BuildResult> {
  return withProject(wanted, async ({ config, request }) => {
    const result = await build(request);
    if (!request.dryRun && !result.interrupted) trimCache(config, request.cache, request.emit);
    return result;
  });
}

/** Hands the project, opened, to what works on it. @throws Failure, Diagnostics */
export async function withProject<Result>(
  wanted: FullBuild,
  act: (project: OpenProject) => Promise<Result>,
): Promise<Result> {
  try {
    return await act(await openProject(wanted));
  } finally {
    await endWorkers();
  }
}

async function openProject(wanted: FullBuild): Promise<OpenProject> {
  const { root, env, asked, options, world, emit } = wanted;
  const config = loadConfig(root);
  const { pipeline, files } = loadPipeline(root, config, asked.niche, options.set as JsonObject);
  const { tools, programs } = await loadTools(pipeline, tasks, config, env);
  const own = process.argv[1] === undefined ? [] : [realpathSync(process.argv[1])];
  const request: BuildRequest = {
    places: new Places(root, asked.project),
    pipeline,
    tasks,
    tools,
    cache: cacheFolder(root, env),
    signature: asked.signature,
    restsOn: [join(root, CONFIG_FILE), join(root, ".env"), ...files, ...programs, ...own],
    goals: asked.goals,
    force: asked.force,
    discardEdits: options.discardEdits,
    accept: false,
    keepGoing: options.keepGoing,
    dryRun: options.dryRun,
    jobs: options.jobs ?? availableParallelism(),
    pools: config.pools,
    command: `faceless build ${asked.project}`,
    stop: world.stop,
    kill: world.kill,
    emit,
    now: Date.now,
  };
  return { config, request };
}

/** The content repo's own pipeline of that name, else the shipped one; and the files that this choice rests on. */
function loadPipeline(
  root: string,
  config: Config,
  niche: string,
  set: JsonObject,
): { pipeline: Pipeline; files: string[] } {
  const folders = [join(root, "pipelines"), join(packageRoot, "pipelines")];
  const files = folders.map((folder) => join(folder, `${config.pipeline}.yaml`));
  const at = files.findIndex((file) => existsSync(file));
  if (at < 0) {
    const known = folders.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder));
    const names = [
      ...new Set(
        known.filter((name) => name.endsWith(".yaml")).map((name) => name.slice(0, -".yaml".length)),
      ),
    ];
    throw new Failure(
      `${CONFIG_FILE} names the pipeline '${config.pipeline}', and there is no pipelines/${config.pipeline}.yaml.`,
      {
        help: suggest(config.pipeline, names),
      },
    );
  }
  const document = readDocumentFile(files[at]!, `pipelines/${config.pipeline}.yaml`);
  const { options, ...project } = projectSettings(config, niche);
  const pipeline = compilePipeline(document, {
    project,
    options: { ...(options as JsonObject), ...set },
    tasks,
  });
  return { pipeline, files: files.slice(0, at + 1) };
}
