/** What a file in `tasks/` imports: `defineTask`, and the types of everything that a task is given. */
import { z } from "zod";
import { checkValue } from "./base/complaint.ts";
import type { Json } from "./base/json.ts";
import type { Ffmpeg } from "./media/ffmpeg.ts";
import type { InputFile, InputKind, Keeping, OutputFile, Task, TaskRun } from "./model/task.ts";
import type { ImageProvider } from "./providers/image.ts";
import type { SpeechProvider } from "./providers/speech.ts";

export { z } from "zod";
export { Failure } from "./base/failure.ts";
export type { InputFile, OutputFile } from "./model/task.ts";

/** The tools that a task may name in `tools`. */
export interface Tools {
  ffmpeg: Ffmpeg;
  image: ImageProvider;
  speech: SpeechProvider;
}

type Inputs<Kinds extends Record<string, InputKind>> = {
  readonly [Name in keyof Kinds]: Kinds[Name] extends "list"
    ? readonly InputFile[]
    : Kinds[Name] extends "optional"
      ? InputFile | undefined
      : InputFile;
};

export interface TaskDefinition<
  Params extends z.ZodType,
  Kinds extends Record<string, InputKind>,
  Outputs extends Record<string, string>,
  ToolName extends keyof Tools,
> {
  readonly type: string;
  /** Part of the key: bump it when the same inputs would give other bytes. */
  readonly version: number;
  /** A strict object. Defaults are filled in before the key is made. */
  readonly params: Params;
  readonly inputs?: Kinds;
  /** Name of each output to its extension without the dot. */
  readonly outputs: Outputs;
  readonly tools?: readonly ToolName[];
  /** What bounds how many run at once: `cpu` (the default), or a pool of a provider. */
  readonly pool?: string;
  /** How the blob store keeps the outputs; `copy` unless they are big and cheap to make again. */
  readonly keep?: Keeping;
  /** Quick and free of effects: a dry run runs it aside, to know what follows from it. Not so unless said. */
  readonly cheap?: boolean;
  run(
    run: Omit<TaskRun, "params" | "inputs" | "outputs" | "tools"> & {
      readonly params: z.output<Params>;
      readonly inputs: Inputs<Kinds>;
      readonly outputs: { readonly [Name in keyof Outputs]: OutputFile };
      readonly tools: Pick<Tools, ToolName>;
    },
  ): Promise<void>;
}

/** Declares a task type. Throws on a definition that cannot work, at load time. */
export function defineTask<
  Params extends z.ZodType,
  const Kinds extends Record<string, InputKind> = Record<never, InputKind>,
  const Outputs extends Record<string, string> = Record<string, string>,
  ToolName extends keyof Tools = never,
>(definition: TaskDefinition<Params, Kinds, Outputs, ToolName>): Task {
  const { params } = definition;
  if (!(params instanceof z.ZodObject))
    throw new Error(`BUG: the params of task '${definition.type}' are no z.strictObject`);
  return {
    type: definition.type,
    version: definition.version,
    inputs: definition.inputs ?? {},
    outputs: definition.outputs,
    tools: definition.tools ?? [],
    pool: definition.pool ?? "cpu",
    keep: definition.keep ?? "copy",
    cheap: definition.cheap ?? false,
    paramNames: Object.keys(params.shape),
    checkParams(given) {
      const checked = checkValue(params, given);
      if ("output" in checked) return { ok: true, value: checked.output as Json };
      const problems = checked.complaints.map(({ path, message, help }) => ({
        param: String(path[0] ?? ""),
        message: `${["with", ...path].join(".")}: ${message}${help === undefined ? "" : ` ${help}`}`,
      }));
      return { ok: false, problems };
    },
    // The one place where a task's own types meet the engine's, which checked the shapes at plan time.
    run: (run) => definition.run(run as unknown as Parameters<typeof definition.run>[0]),
  };
}
