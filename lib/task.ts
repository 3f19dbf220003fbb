/** What a file in `tasks/` imports: `defineTask`, and the types of everything that a task is given. */
import { z } from "zod";
import { checkValue } from "./base/complaint.ts";
import { Failure } from "./base/failure.ts";
import type { Json } from "./base/json.ts";
import type { Ffmpeg } from "./media/ffmpeg.ts";
import type { FontShelf } from "./media/fonts/shelf.ts";
import type { Canvas } from "./media/typeset/identity.ts";
import type { InputFile, InputKind, Keeping, OutputFile, Task, TaskRun } from "./model/task.ts";
import type { ImageProvider } from "./providers/image.ts";
import type { Prompt } from "./providers/prompts.ts";
import type { SpeechProvider } from "./providers/speech.ts";
import type { TextProvider } from "./providers/text.ts";

export { z } from "zod";
export type { InputFile, OutputFile } from "./model/task.ts";
export { Failure };

/** The tools that a task may name in `tools`. */
export interface Tools {
  canvas: Canvas;
  /** What a model is told to do with a whole script: shared/prompts/enhance.md, a content repo's own or the shipped one. */
  enhancePrompt: Prompt;
  ffmpeg: Ffmpeg;
  fonts: FontShelf;
  /** The same for generate.md. */
  generatePrompt: Prompt;
  image: ImageProvider;
  /** For enhance-narration.md and enhance-prompt.md. */
  narrationPrompt: Prompt;
  picturePrompt: Prompt;
  speech: SpeechProvider;
  text: TextProvider;
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
  OtherTool extends keyof Tools = never,
> {
  readonly type: string;
  /** Part of the key: bump it when the same inputs would give other bytes. A content repo's task may leave it out. */
  readonly version?: number;
  /** A strict object. Defaults are filled in before the key is made. */
  readonly params: Params;
  readonly inputs?: Kinds;
  /** Name of each output to its extension without the dot. */
  readonly outputs: Outputs;
  readonly tools?: readonly ToolName[];
  /** An optional input, and the tools that are used instead where it is given: no other one counts then, or costs. */
  readonly toolsFor?: Readonly<Record<string, readonly OtherTool[]>>;
  /** What bounds how many run at once: `cpu` (the default), or a pool of a provider. */
  readonly pool?: string;
  /** How the blob store keeps the outputs; `copy` unless they are big and cheap to make again. */
  readonly keep?: Keeping;
  /** Quick and free of effects: a dry run runs it aside, to know what follows from it. Not so unless said. */
  readonly cheap?: boolean;
  /**
   * US dollars that a run is going to cost at most, for a task whose tools cost money; undefined where no price is known.
   * Which inputs there are counts, and not what is in them: in a dry run a file may not be made yet.
   */
  estimate?(asked: {
    readonly params: z.output<Params>;
    readonly inputs: Inputs<Kinds>;
    readonly tools: Pick<Tools, ToolName> & Partial<Pick<Tools, OtherTool>>;
  }): number | undefined;
  run(
    run: Omit<TaskRun, "params" | "inputs" | "outputs" | "tools"> & {
      readonly params: z.output<Params>;
      readonly inputs: Inputs<Kinds>;
      readonly outputs: { readonly [Name in keyof Outputs]: OutputFile };
      readonly tools: Pick<Tools, ToolName> & Partial<Pick<Tools, OtherTool>>;
    },
  ): Promise<void>;
}

/** Every one of Tools, and nothing else: what the types cannot check is checked here. */
const TOOL_NAMES: Readonly<Record<keyof Tools, true>> = {
  canvas: true,
  enhancePrompt: true,
  ffmpeg: true,
  fonts: true,
  generatePrompt: true,
  image: true,
  narrationPrompt: true,
  picturePrompt: true,
  speech: true,
  text: true,
};

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, {
  error: "a name is a letter, then letters, digits, '_' and '-'.",
});

const toolNames = z.array(z.enum(Object.keys(TOOL_NAMES)));

/** What the types say, for a task in JavaScript, and for one that was never shown to the compiler. */
const definitionShape = z.strictObject({
  type: name,
  version: z.int().min(1).optional(),
  params: z.custom<z.ZodObject>((given) => given instanceof z.ZodObject, {
    error: "'params' is made with z.strictObject({ … }).",
  }),
  inputs: z.record(name, z.enum(["file", "optional", "list"])).optional(),
  outputs: z
    .record(
      name,
      z.string().regex(/^[a-z0-9]+$/, { error: 'an output\'s extension has no dot, such as "html".' }),
    )
    .refine((outputs) => Object.keys(outputs).length > 0, { error: "a task has at least one output." }),
  tools: toolNames.optional(),
  toolsFor: z.record(name, toolNames).optional(),
  pool: z.string().min(1).optional(),
  keep: z.enum(["copy", "link"]).optional(),
  cheap: z.boolean().optional(),
  estimate: z.custom((given) => typeof given === "function").optional(),
  run: z.custom((given) => typeof given === "function", { error: "'run' is a function." }),
});

/** Its params. @throws Failure with everything that is wrong with it */
function checkDefinition(definition: unknown): z.ZodObject {
  const checked = checkValue(definitionShape, definition as Json);
  if ("output" in checked) return checked.output.params;
  const problems = checked.complaints.map(({ path, message, help }) => {
    const place = path.length === 0 ? "" : `${path.join(".")}: `;
    return `${place}${message}${help === undefined ? "" : ` ${help}`}`;
  });
  const told = problems.length === 1 ? ` ${problems[0]}` : problems.map((one) => `\n  ${one}`).join("");
  throw new Failure(`this definition of a task cannot work:${told}`, { code: "config.invalid" });
}

/** Declares a task type. @throws Failure for a definition that cannot work, at load time */
export function defineTask<
  Params extends z.ZodType,
  const Kinds extends Record<string, InputKind> = Record<never, InputKind>,
  const Outputs extends Record<string, string> = Record<string, string>,
  ToolName extends keyof Tools = never,
  OtherTool extends keyof Tools = never,
>(definition: TaskDefinition<Params, Kinds, Outputs, ToolName, OtherTool>): Task {
  const params = checkDefinition(definition);
  return {
    type: definition.type,
    version: definition.version ?? 1,
    inputs: definition.inputs ?? {},
    outputs: definition.outputs,
    tools: definition.tools ?? [],
    toolsFor: (definition.toolsFor ?? {}) as Task["toolsFor"],
    pool: definition.pool ?? "cpu",
    keep: definition.keep ?? "copy",
    cheap: definition.cheap ?? false,
    paramNames: Object.keys(params.shape),
    checkParams(given) {
      const checked = checkValue(params, given);
      if ("output" in checked) return { ok: true, value: checked.output as Json };
      const problems = checked.complaints.map(({ path, message, help }) => ({
        param: String(path[0] ?? ""),
        message: `${["with", ...path].join(".")}: ${message}`,
        help,
      }));
      return { ok: false, problems };
    },
    estimate: (asked) =>
      definition.estimate?.(asked as unknown as Parameters<NonNullable<typeof definition.estimate>>[0]),
    // The one place where a task's own types meet the engine's, which checked the shapes at plan time.
    run: (run) => definition.run(run as unknown as Parameters<typeof definition.run>[0]),
  };
}
