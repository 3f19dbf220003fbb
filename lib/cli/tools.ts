/** The tools that a pipeline's tasks use, made from the configuration. */
import { type Ffmpeg, findFfmpeg } from "../media/ffmpeg.ts";
import { findFonts } from "../media/fonts/shelf.ts";
import { canvasTool } from "../media/typeset/identity.ts";
import type { Config } from "../model/config.ts";
import type { Pipeline } from "../model/pipeline.ts";
import type { Task, Tool } from "../model/task.ts";
import { offlineImages } from "../providers/offline/image.ts";
import { offlineSpeech } from "../providers/offline/speech.ts";
import { offlineText } from "../providers/offline/text.ts";
import { findPrompt } from "../providers/prompts.ts";
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
  if (used.has("image")) {
    const { look } = config.providers[config.use.image]!;
    const image = offlineImages({ look });
    tools.set("image", { identity: image.identity, paid: false, value: image });
  }
  if (used.has("speech")) {
    const { voices } = config.providers[config.use.speech]!;
    const speech = offlineSpeech({ voices });
    tools.set("speech", { identity: speech.identity, paid: false, value: speech });
  }
  if (used.has("text")) {
    const text = offlineText();
    tools.set("text", { identity: text.identity, paid: false, value: text });
  }
  for (const name of ["enhance", "generate"] as const) {
    if (!used.has(`${name}Prompt`)) continue;
    const { prompt, restsOn } = findPrompt(config.root, name);
    programs.push(...restsOn);
    tools.set(`${name}Prompt`, { identity: prompt.identity, paid: false, value: prompt });
  }
  return { tools, programs, ffmpeg };
}
