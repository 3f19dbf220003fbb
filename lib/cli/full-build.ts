/** Joins everything for a build: configuration, pipeline, tasks, tools and engine. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { tasks } from "../../tasks/index.ts";
import { packageRoot } from "../base/assets.ts";
import { readDocumentFile } from "../base/document.ts";
import { Failure } from "../base/failure.ts";
import type { JsonObject } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import { endWorkers } from "../base/offload.ts";
import { loadConfig } from "../config/load.ts";
import { projectSettings } from "../config/project.ts";
import { CONFIG_FILE } from "../config/root.ts";
import { build } from "../engine/build.ts";
import { Places } from "../engine/place.ts";
import type { Config } from "../model/config.ts";
import type { BuildEvent } from "../model/event.ts";
import type { Pipeline } from "../model/pipeline.ts";
import { compilePipeline } from "../pipeline/compile.ts";
import type { BuildOptions } from "./args.ts";
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

/** The exit code. @throws Failure, Diagnostics for what is wrong before anything is built */
export async function fullBuild({ root, env, asked, options, world, emit }: FullBuild): Promise<number> {
  emit({ type: "phase", phase: "load-configuration" });
  const config = loadConfig(root);
  emit({ type: "phase", phase: "compile-pipeline" });
  const { pipeline, files } = loadPipeline(root, config, asked.niche, options.set as JsonObject);
  emit({ type: "phase", phase: "find-tools" });
  const { tools, programs } = await loadTools(pipeline, tasks, config, env);
  const own = process.argv[1] === undefined ? [] : [realpathSync(process.argv[1])];
  try {
    const result = await build({
      places: new Places(root, asked.project),
      pipeline,
      tasks,
      tools,
      cache: resolve(root, env.FACELESS_CACHE_DIR || join(".faceless", "cache")),
      signature: asked.signature,
      restsOn: [join(root, CONFIG_FILE), join(root, ".env"), ...files, ...programs, ...own],
      goals: asked.goals,
      force: asked.force,
      discardEdits: options.discardEdits,
      keepGoing: options.keepGoing,
      dryRun: options.dryRun,
      jobs: options.jobs ?? availableParallelism(),
      pools: config.pools,
      command: `faceless build ${asked.project}`,
      stop: world.stop,
      kill: world.kill,
      emit,
      now: Date.now,
    });
    return result.ok ? 0 : 1;
  } finally {
    await endWorkers();
  }
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
