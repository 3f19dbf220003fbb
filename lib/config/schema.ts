/** The shape of faceless.config.yaml, one schema per provider type. */
import { z } from "zod";
import { FLITE_VOICES, FRAME_RATES } from "../model/known-values.ts";

/** Names of niches and platforms stand in paths and file names, on every operating system. */
const name = z.string().regex(/^[a-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/, {
  error: ({ input }) =>
    `the name '${input}' cannot stand in a path. A name is a small letter or a digit, then letters, digits, ` +
    "'.', '_' or '-'.",
});

const path = z.string().regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[^\\]+$/, {
  error: "a path has forward slashes and no '..'. One that starts with '/' starts at this file's folder.",
});

const offline = z
  .strictObject({
    type: z.literal("offline"),
    look: z
      .enum(["auto", "landscape", "papercut", "flow"])
      .default("auto")
      .describe("How pictures are drawn."),
    voices: z
      .record(name, z.enum(FLITE_VOICES))
      .default({})
      .describe("A voice name of yours, and the engine's voice that speaks for it."),
  })
  .describe("Draws and speaks on this machine: no account, no network, no cost.");

const provider = z.discriminatedUnion("type", [offline]);

const pixels = z.int().min(64).max(8192);
const evenPixels = pixels.multipleOf(2); // H.264 with 4:2:0 chroma has no odd sizes

export const imageSize = z.string().regex(/^[1-9]\d{1,3}x[1-9]\d{1,3}$/, {
  error: "an image size is <width>x<height> in pixels, such as 1920x1080.",
});

const colourForm = { error: 'a colour is "#rrggbb", such as "#000000", in quotes.' };
// The message is for other types as well: without its quotes a colour is a comment, and the value is null.
const colour = z.string(colourForm).regex(/^#[0-9a-fA-F]{6}$/, colourForm);

const platform = z.strictObject({
  image_size: imageSize
    .refine((size) => size.split("x").every((side) => pixels.safeParse(Number(side)).success), {
      error: "an image is 64 to 8192 pixels wide and high.",
    })
    .describe("Pixels: <width>x<height>. Some larger than the film, so that a slow zoom stays sharp."),
  video: z.strictObject({
    width: evenPixels,
    height: evenPixels,
    fps: z.literal(FRAME_RATES).default(30).describe("Frames per second."),
    background: colour.default("#000000"),
  }),
});

const seconds = z.number().min(0).max(10);

/** What `defaults` and each niche may say. */
const settings = {
  platforms: z.array(z.string()).min(1).optional().describe("Which platforms to make, in this order."),
  voice: z.string().min(1).optional(),
  speed: z.number().min(0.25).max(4).optional().describe("1 is the voice's own pace."),
  music: path.nullable().optional().describe("A file; null for none."),
  pause: z
    .strictObject({ before: seconds.optional(), after: seconds.optional() })
    .optional()
    .describe("Silence around each narration, seconds."),
};

const options = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

export const configSchema = z.strictObject({
  pipeline: name.default("narrated-video").describe("A file in pipelines/, here or shipped."),
  providers: z.record(name, provider).default({ offline: { type: "offline", look: "auto", voices: {} } }),
  use: z
    .strictObject({ image: z.string().default("offline"), speech: z.string().default("offline") })
    .default({ image: "offline", speech: "offline" })
    .describe("Which provider does what."),
  pools: z
    .record(z.string(), z.int().min(1))
    .default({})
    .describe("How many at once, by pool: cpu, image, speech."),
  options: options.default({}).describe("Values for the pipeline's options."),
  defaults: z.strictObject(settings).default({}).describe("What every niche has unless it says otherwise."),
  platforms: z.record(name, platform).describe("Where films are published, and in what shape."),
  niches: z
    .record(name, z.strictObject({ ...settings, options: options.optional() }).nullable())
    .describe("One project each: output/<niche>."),
});

export type ConfigFile = z.output<typeof configSchema>;
export type SettingsEntry = ConfigFile["defaults"];
