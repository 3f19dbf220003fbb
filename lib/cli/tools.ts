/** The tools that a pipeline's tasks use, made from the configuration. */
import { Failure } from "../base/failure.ts";
import { type Ffmpeg, findFfmpeg } from "../media/ffmpeg.ts";
import { findFonts } from "../media/fonts/shelf.ts";
import { canvasTool } from "../media/typeset/identity.ts";
import type { Config } from "../model/config.ts";
import type { Pipeline } from "../model/pipeline.ts";
import type { Task, Tool } from "../model/task.ts";
import { findPrompt, PROMPT_TOOLS } from "../providers/prompts.ts";
import type { Use } from "../providers/provider.ts";
import { type OpenedProvider, openProvider } from "../providers/registry.ts";
import type { Tools } from "../task.ts";

export interface LoadedTools {
  readonly tools: ReadonlyMap<string, Tool>;
  /** Programs that the tools run, and folders of what they use, absolute: a build's verdict rests on them. */
  readonly programs: readonly string[];
  /** Undefined where the pipeline uses none. */
  readonly ffmpeg: Ffmpeg | undefined;
}

/** What the tasks of a pipeline use. */
export function usedTools(pipeline: Pipeline, tasks: ReadonlyMap<string, Task>): ReadonlySet<keyof Tools> {
  return new Set(
    pipeline.targets.flatMap(({ recipe }) => {
      const task = recipe.kind === "task" ? tasks.get(recipe.type) : undefined;
      return task === undefined ? [] : [...task.tools, ...Object.values(task.toolsFor).flat()];
    }),
  ) as ReadonlySet<keyof Tools>;
}

/**
 * Makes only what is used, so that a project without films needs no ffmpeg. `known`: the ffmpeg that was found
 * before, if that still holds: to ask two programs for their versions takes longer than a small build. @throws Failure
 */
export async function loadTools(
  used: ReadonlySet<keyof Tools>,
  config: Config,
  env: NodeJS.ProcessEnv,
  known: Ffmpeg | undefined,
): Promise<LoadedTools> {
  const tools = new Map<string, Tool>();
  const programs: string[] = [];
  const ffmpeg = used.has("ffmpeg") ? (known ?? (await findFfmpeg(env))) : undefined;
  if (ffmpeg !== undefined) {
    programs.push(ffmpeg.path, ffmpeg.probePath);
    tools.set("ffmpeg", { identity: ffmpeg.identity, paid: false, value: ffmpeg });
  }
  if (used.has("fonts")) {
    const { shelf, restsOn } = findFonts(config.root, env);
    programs.push(...restsOn);
    tools.set("fonts", { identity: shelf.identity, paid: false, value: shelf });
  }
  if (used.has("canvas")) {
    const canvas = canvasTool();
    tools.set("canvas", { identity: canvas.identity, paid: false, value: canvas });
  }
  for (const [name, tool] of await openProviders(used, config, env)) tools.set(name, tool);
  for (const name of Object.keys(PROMPT_TOOLS) as (keyof typeof PROMPT_TOOLS)[]) {
    if (!used.has(name)) continue;
    const { prompt, restsOn } = findPrompt(config.root, PROMPT_TOOLS[name]);
    programs.push(...restsOn);
    tools.set(name, { identity: prompt.identity, paid: false, value: prompt });
  }
  return { tools, programs, ffmpeg };
}

const USES = ["image", "speech", "text"] as const satisfies readonly Use[];

/** One instance is opened once, whatever it is used for, so that its limits hold for all of it. @throws Failure */
async function openProviders(
  used: ReadonlySet<keyof Tools>,
  { providers, use, prices }: Config,
  env: NodeJS.ProcessEnv,
): Promise<[name: Use, tool: Tool][]> {
  const opened = new Map<string, OpenedProvider>();
  const tools: [name: Use, tool: Tool][] = [];
  const wanted = USES.filter((name) => used.has(name));
  for (const name of wanted) {
    const instance = use[name];
    const uses = wanted.filter((name) => use[name] === instance);
    const provider =
      opened.get(instance) ??
      (await openProvider(providers[instance]!, { name: instance, uses, env, prices }));
    opened.set(instance, provider);
    const value = provider.make[name]?.();
    if (value === undefined) throw cannot(instance, name);
    const { paid, atOnce, checkEnvironment } = provider;
    const service = atOnce === undefined ? undefined : { name: instance, atOnce };
    const { identity, priceRow } = value;
    const modelHint = provider.modelHint?.(name);
    tools.push([name, { identity, paid, service, checkEnvironment, priceRow, modelHint, value }]);
  }
  return tools;
}

function cannot(instance: string, use: Use): Failure {
  return new Failure(`the provider '${instance}' cannot be used for ${use}.`, {
    code: "config.invalid",
    help: `Name another one in faceless.config.yaml: \`use: { ${use}: … }\`.`,
  });
}
