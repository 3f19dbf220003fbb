/** What configuration and pipeline say of a project, as plain data that can be kept. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../base/assets.ts";
import { readDocumentFile } from "../base/document.ts";
import { Failure } from "../base/failure.ts";
import type { JsonObject } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import { loadConfig } from "../config/load.ts";
import { splitSettings, withSettings } from "../config/override.ts";
import { projectSettings, remediesOf } from "../config/project.ts";
import { CONFIG_FILE } from "../config/root.ts";
import type { Config } from "../model/config.ts";
import type { BuildEvent } from "../model/event.ts";
import type { Pipeline } from "../model/pipeline.ts";
import type { Task } from "../model/task.ts";
import { compilePipeline } from "../pipeline/compile.ts";
import { knownProviders } from "../providers/registry.ts";
import type { Wanted } from "./projects.ts";

export interface Description {
  readonly config: Config;
  readonly pipeline: Pipeline;
  /** Where the pipeline was looked for, up to where it was found; absolute. */
  readonly files: readonly string[];
}

/**
 * `set`: options of the pipeline from the command line. `look` is called with each file before it is read.
 * @throws Failure, Diagnostics
 */
export async function readDescription(
  root: string,
  wanted: Wanted,
  tasks: ReadonlyMap<string, Task>,
  set: JsonObject,
  look: (path: string) => void,
  emit: (event: BuildEvent) => void,
): Promise<Description> {
  emit({ type: "phase", phase: "load-configuration" });
  look(join(root, CONFIG_FILE));
  const { project, options } = splitSettings(set);
  const config = withSettings(loadConfig(root, await knownProviders()), wanted.niche, project);
  emit({ type: "phase", phase: "compile-pipeline" });
  return { config, ...loadPipeline(root, config, wanted, options, tasks, look) };
}

/** The content repo's own pipeline of that name, else the shipped one; and the files that this choice rests on. */
function loadPipeline(
  root: string,
  config: Config,
  { niche, places, pipeline: own }: Wanted,
  set: JsonObject,
  tasks: ReadonlyMap<string, Task>,
  look: (path: string) => void,
): { pipeline: Pipeline; files: string[] } {
  const name = own ?? config.pipeline;
  const folders = [join(root, "pipelines"), join(packageRoot, "pipelines")];
  const files = folders.map((folder) => join(folder, `${name}.yaml`));
  for (const file of files) look(file);
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
      { code: "config.missing", help: suggest(config.pipeline, names) },
    );
  }
  const document = readDocumentFile(files[at]!, `pipelines/${name}.yaml`);
  const { options, ...project } = projectSettings(config, niche, places.isDraft);
  const pipeline = compilePipeline(document, {
    project,
    // What the configuration says of options is said of its own pipeline.
    options: { ...(own === undefined ? (options as JsonObject) : {}), ...set },
    set: Object.keys(set),
    tasks,
    pools: Object.keys(config.pools),
    remedies: remediesOf(config),
  });
  return { pipeline, files: files.slice(0, at + 1) };
}
