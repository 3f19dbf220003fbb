/** What the settings of OpenAI, of Azure OpenAI and of servers like them have in common. */
import { z } from "zod";

const size = z.string().regex(/^[1-9]\d{1,3}x[1-9]\d{1,3}$/, {
  error: "a size is <width>x<height> in pixels, such as 1536x1024.",
});

export const imageSettings = {
  quality: z
    .string()
    .min(1)
    .optional()
    .describe("As the model calls it: low, medium, high, …; the model's own choice if not given."),
  sizes: z
    .union([z.literal("any"), z.array(size).min(1)])
    .default(["1024x1024", "1536x1024", "1024x1536"])
    .describe(
      "The sizes that the model makes; any for one that makes all in steps of 16 pixels. Pictures are asked for in the nearest, then cut and scaled to what is wanted.",
    ),
  references: z
    .boolean()
    .default(false)
    .describe(
      "Whether the model takes pictures of recurring elements beside the prompt, several at once, by images/edits.",
    ),
  response_format: z
    .enum(["b64_json", "url"])
    .optional()
    .describe("How the picture comes, for a server that has to be told. OpenAI's own models do not take it."),
};

export const speechSettings = {
  voices: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe(
      "A voice name of yours, and the service's voice that speaks for it; others are passed on as they are.",
    ),
  instructions: z
    .string()
    .min(1)
    .optional()
    .describe("How to speak, for models that take it: tone, accent, pace."),
  max_characters: z
    .int()
    .min(100)
    .default(4096)
    .describe("The longest text for one request; a longer one is cut between sentences and joined again."),
};

export const textSettings = {
  max_output_tokens: z
    .int()
    .min(256)
    .default(8192)
    .describe(
      "The longest answer, in tokens, thinking included; one scene's text alone may take a quarter of it. What it costs at most is reckoned by it; another limit makes nothing anew.",
    ),
  temperature: z
    .number()
    .min(0)
    .max(2)
    .optional()
    .describe("How freely it writes; the model's own if not given."),
  reasoning_effort: z
    .string()
    .min(1)
    .optional()
    .describe("For models that think first: low, medium, high, …."),
};

export type ImageSettings = z.output<z.ZodObject<typeof imageSettings>>;
export type SpeechSettings = z.output<z.ZodObject<typeof speechSettings>>;
export type TextSettings = z.output<z.ZodObject<typeof textSettings>>;
