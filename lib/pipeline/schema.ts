/** The shape of a pipeline file, before anything in it is resolved. */
import { z } from "zod";

const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, "a name is a letter, then letters, digits, '_' and '-'");
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const axis = z.strictObject({
  files: z
    .string()
    .optional()
    .describe("One entry per file that matches; ${<axis>} stands for the part that is the key."),
  values: z.unknown().optional().describe("One entry per member of a list or map."),
  items: z
    .string()
    .optional()
    .describe("One entry per member of a list inside a built JSON file: ${target.path}."),
  key: z.string().optional().describe("The member of an entry that is its key in paths."),
  pad: z.int().min(1).max(9).default(1).describe("Write number keys with at least so many digits."),
});

const inputs = z.union([z.string(), z.array(z.string())]);

const target = z.strictObject({
  task: z.string().optional().describe("The task type that makes the outputs."),
  run: z.string().optional().describe("Or a command that does; ${in.x} and ${out} are quoted for the shell."),
  in: z.record(name, inputs).default({}).describe("Files it reads: targets, or paths of sources."),
  with: z.record(z.string(), z.unknown()).default({}).describe("Parameters of the task."),
  out: z
    .union([z.string(), z.record(name, z.string())])
    .describe("Path pattern of the output, or of each named output."),
  pool: z.string().optional().describe("What bounds how many run at once."),
});

export const pipelineSchema = z.strictObject({
  options: z
    .record(name, scalar)
    .default({})
    .describe("Options with their defaults; a niche or --set overrides them."),
  axes: z.record(name, axis).default({}).describe("What targets repeat over."),
  targets: z.record(name, target).describe("The rules."),
});

export type PipelineFile = z.output<typeof pipelineSchema>;
export type TargetEntry = z.output<typeof target>;
export type AxisEntry = z.output<typeof axis>;
