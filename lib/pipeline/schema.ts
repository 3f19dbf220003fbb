/** The shape of a pipeline file, before anything in it is resolved. */
import { z } from "zod";

const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, "a name is a letter, then letters, digits, '_' and '-'");
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const truth = z.union([z.boolean(), z.string(), z.null()]);
const condition = z.union([truth, z.strictObject({ not: truth.describe("What has to be false or null.") })]);

const axis = z.strictObject({
  files: z
    .string()
    .optional()
    .describe(
      "One entry per file that matches, such as scripts/${story}.json; ${…} with the axis's name is the key.",
    ),
  values: z
    .unknown()
    .optional()
    .describe("One entry per member of a list or map, or of what a ${…} stands for."),
  items: z
    .string()
    .optional()
    .describe(
      "One entry per member of a list inside a JSON file that a target makes, such as ${script.scenes}.",
    ),
  key: z
    .string()
    .optional()
    .describe("The member of an entry that stands for it in paths, such as scene_number."),
  pad: z.int().min(1).max(9).default(1).describe("Write keys that are numbers with at least so many digits."),
});

const inputs = z.union([z.string(), z.array(z.string())]);

/** Timers count to 24.8 days and no further. */
const LONGEST_S = 500 * 3_600;
const timeoutForm = {
  error: "a timeout is a whole number and its unit, s, m or h, such as 90s; 500h at most.",
};
const timeout = z.union([
  z.int().min(1).max(LONGEST_S),
  z
    .string()
    .regex(/^[1-9]\d{0,6}[smh]$/, timeoutForm)
    .refine((text) => !/^[1-9]\d*[smh]$/.test(text) || timeoutSeconds(text) <= LONGEST_S, timeoutForm),
]);

/** "90s", "5m", "2h", or a number of seconds. */
export function timeoutSeconds(timeout: string | number): number {
  if (typeof timeout === "number") return timeout;
  return Number(timeout.slice(0, -1)) * { s: 1, m: 60, h: 3_600 }[timeout.at(-1) as "s" | "m" | "h"];
}

const target = z.strictObject({
  task: z.string().optional().describe("The task type that makes the outputs; a target has this or 'run'."),
  run: z
    .string()
    .optional()
    .describe("A command that makes them instead; ${in.x} and ${out} are the files, quoted for the shell."),
  deps: z
    .literal("make")
    .optional()
    .describe(
      "The command writes to ${deps} which files it read, as make's rules (cc -MMD -MF ${deps}); of the inputs that it does not name, only those count.",
    ),
  in: z
    .record(name, inputs)
    .default({})
    .describe(
      "Files it reads, by name: targets (image, narration.audio, image[scene+1], segment[scene in part.scenes]) or paths of sources.",
    ),
  with: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("Parameters of the task; ${…} takes a value from the project, an axis or a built JSON file."),
  out: z
    .union([z.string(), z.record(name, z.string())])
    .describe(
      "Where the output goes, or each named output. There is one for each combination of the axes it names.",
    ),
  when: z
    .union([condition, z.array(condition).min(1)], {
      error:
        "'when' takes true, false or null, a ${…} that comes to one of them, { not: … } with one of these, or a list of these.",
    })
    .optional()
    .describe(
      "Where it is false or null there is no such target: ${…} with an option or a project value; of a list, where any is. { not: … } is the opposite.",
    ),
  pool: z
    .string()
    .optional()
    .describe(
      "What bounds how many run at once: cpu, image, speech or a name of yours. The configuration's pools say how many.",
    ),
  timeout: timeout
    .optional()
    .describe(
      "How long one attempt may take before it is stopped: seconds, or a number with s, m or h, such as 90s.",
    ),
  retries: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe("How often an attempt that failed is made again; not for tasks that cost money."),
  result: z
    .boolean()
    .default(false)
    .describe(
      "Whether a build is for this, and names it at its end; where none is, what feeds no other target.",
    ),
});

export const pipelineSchema = z.strictObject({
  options: z
    .record(name, scalar)
    .default({})
    .describe("Options with their defaults; the configuration, a niche or --set overrides them."),
  axes: z
    .record(name, axis.describe("One of 'files', 'values' and 'items' says what its entries are."))
    .default({})
    .describe("What targets repeat over, such as each script, scene and platform."),
  targets: z
    .record(name, target.describe("A rule: what is made, from which files, and how."))
    .describe("The rules: each makes one file, or several, for every combination of its axes."),
});

export type PipelineFile = z.output<typeof pipelineSchema>;
export type TargetEntry = z.output<typeof target>;
export type AxisEntry = z.output<typeof axis>;
