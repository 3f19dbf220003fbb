/** The shape of faceless.config.yaml; what a provider takes, its own file knows. */
import { z } from "zod";
import { AGE_FORM, SIZE_FORM } from "../base/quantity.ts";
import type { ProviderConfig, Use } from "../model/config.ts";
import { FLITE_VOICES, FRAME_RATES, LONGEST_TOPIC, USUAL_VOICES } from "../model/known-values.ts";
import { modelPrice } from "./prices.ts";

/** Names of niches and platforms stand in paths and file names, on every operating system. */
export const name = z.string().regex(/^[a-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/, {
  error: ({ input }) =>
    `the name '${input}' cannot stand in a path. A name is a small letter or a digit, then letters, digits, ` +
    "'.', '_' or '-'.",
});

const path = z.string().regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[^\\]+$/, {
  error: "a path has forward slashes and no '..'. One that starts with '/' starts at this file's folder.",
});

/** What the configuration has to know of providers, and may not import. */
export interface KnownProviders {
  /** One strict object a type, with a literal `type`. */
  readonly settings: readonly z.ZodObject[];
  /** Why a provider cannot be used so, as the end of "the provider 'x' …"; undefined where it can. */
  cannot(provider: ProviderConfig, use: keyof Use): string | undefined;
  /** The names that `voice:` may have; undefined where only the service knows. */
  voices(provider: ProviderConfig): readonly string[] | undefined;
  /** Whether pictures can be asked for with reference pictures. */
  takesReferences(provider: ProviderConfig): boolean;
}

/** Told apart by `type`. */
function providerOf({ settings: [first, ...more] }: KnownProviders) {
  if (first === undefined) throw new Error("BUG: there is no type of provider");
  return z
    .discriminatedUnion("type", [first, ...more])
    .describe(
      "Someone who draws, speaks or writes, under a name of yours.",
    ) as unknown as z.ZodType<ProviderConfig>;
}

const pixels = z.int().min(64).max(8192);
const evenPixels = pixels.multipleOf(2); // H.264 with 4:2:0 chroma has no odd sizes

export const imageSize = z.string().regex(/^[1-9]\d{1,3}x[1-9]\d{1,3}$/, {
  error: "an image size is <width>x<height> in pixels, such as 1920x1080.",
});

const colourForm = { error: 'a colour is "#rrggbb", such as "#000000", in quotes.' };
// The message is for other types as well: without its quotes a colour is a comment, and the value is null.
const colour = z.string(colourForm).regex(/^#[0-9a-fA-F]{6}$/, colourForm);

const platform = z
  .strictObject({
    image_size: imageSize
      .refine((size) => size.split("x").every((side) => pixels.safeParse(Number(side)).success), {
        error: "an image is 64 to 8192 pixels wide and high.",
      })
      .describe("Pixels: <width>x<height>. Some larger than the film, so that a slow zoom stays sharp."),
    video: z
      .strictObject({
        width: evenPixels.describe("Of the film, in pixels; an even number."),
        height: evenPixels.describe("Of the film, in pixels; an even number."),
        fps: z.literal(FRAME_RATES).default(30).describe("Frames per second."),
        background: colour
          .default("#000000")
          .describe('What shows through a transparent picture: "#rrggbb", in quotes.'),
      })
      .describe("The form of the film."),
    captions: path
      .nullable()
      .default("lines")
      .describe(
        "How captions look: the name of a shipped template (lines, lines-box, words, words-box), or the path of one of your own, from this file's folder if it starts with '/'; null for none.",
      ),
    loudness: z.number().min(-40).max(-5).default(-14).describe("Of the whole film, in LUFS."),
    peak: z.number().min(-9).max(0).default(-1).describe("The highest true peak, in dBTP."),
    max_part: z
      .number()
      .min(5)
      .nullable()
      .default(null)
      .describe("A film that is longer is also made in parts of at most so many seconds; null for none."),
    thumbnail: imageSize.default("1280x720").describe("Pixels of the thumbnails: <width>x<height>."),
  })
  .describe("The shape of pictures and films for one place of publication.");

const seconds = z.number().min(0).max(10);

/** What `defaults` and each niche may say. */
export const settings = {
  platforms: z.array(z.string()).min(1).optional().describe("Which platforms to make, in this order."),
  voice: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Who speaks: a name from the provider's voices, a usual name such as nova, or an engine's voice.",
    )
    .meta({ examples: [...Object.keys(USUAL_VOICES), ...FLITE_VOICES] }),
  speed: z.number().min(0.25).max(4).optional().describe("How fast the voice speaks; 1 is its own pace."),
  music: path
    .nullable()
    .optional()
    .describe(
      "A file that plays under the whole film, from this file's folder if it starts with '/'; null for none.",
    ),
  intro: path
    .nullable()
    .optional()
    .describe(
      "A video or picture that each film begins with, from this file's folder if it starts with '/'.",
    ),
  outro: path.nullable().optional().describe("The same, at its end."),
  pause: z
    .strictObject({
      before: seconds.optional().describe("Silence before each narration, in seconds; 0.25 if not given."),
      after: seconds.optional().describe("Silence after each narration, in seconds; 0.45 if not given."),
    })
    .optional()
    .describe("Silence around each narration, in seconds."),
};

/** JSON schema has no functions, so the form is checked by a pattern; null is for no bound. */
const size = z
  .string()
  .regex(/^(0|\d+(\.\d+)? ?(B|kB|KB|MB|GB|TB))$/, { error: SIZE_FORM })
  .nullable();
const age = z
  .string()
  .regex(/^(0|\d+(\.\d+)? ?[hdw])$/, { error: AGE_FORM })
  .nullable();

const options = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** Of the whole file. */
export const configSchema = (known: KnownProviders) =>
  z.strictObject({
    pipeline: name
      .default("narrated-video")
      .describe("How a film is made: the name of a file in pipelines/, here or shipped, without .yaml."),
    providers: z
      .record(name, providerOf(known))
      .default({})
      .describe(
        "Who can draw, speak and write, each under a name of yours; one of the name offline is always there.",
      ),
    use: z
      .strictObject({
        image: z.string().default("offline").describe("The name of the provider that draws the pictures."),
        speech: z.string().default("offline").describe("The name of the provider that speaks the narration."),
        text: z.string().default("offline").describe("The name of the provider that writes."),
      })
      .default({ image: "offline", speech: "offline", text: "offline" })
      .describe("Which provider does what."),
    prices: z
      .record(z.string(), modelPrice)
      .default({})
      .describe("What models cost, by model or deployment; wins over the shipped shared/prices.json."),
    pools: z
      .record(z.string(), z.int().min(1))
      .default({})
      .describe(
        "How many at once, by pool: cpu, image, speech. A pool that is not named has no limit of its own.",
      ),
    cache: z
      .strictObject({
        max_size: size
          .default("20GB")
          .describe("What was not used for the longest time goes first; null for no bound."),
        max_age: age.default("90d").describe("What was not used for so long goes; null for no bound."),
      })
      .default({ max_size: "20GB", max_age: "90d" })
      .describe(
        "What the shared cache of finished work is trimmed to, after builds and by `faceless gc`. What was paid for and " +
          "what the projects rest on stays.",
      ),
    options: options
      .default({})
      .describe("Values for the pipeline's options, for every niche; its file says which there are."),
    defaults: z.strictObject(settings).default({}).describe("What every niche has unless it says otherwise."),
    platforms: z
      .record(name, platform)
      .default({})
      .describe(
        "Where films are published, and in what shape. A content repo without any makes something else.",
      ),
    niches: z
      .record(
        name,
        z
          .strictObject({
            ...settings,
            topics: z
              .array(z.string().trim().min(1).max(LONGEST_TOPIC))
              .optional()
              .describe("What `faceless generate` writes scripts about, where no --topic is given."),
            options: options.optional().describe("Values for the pipeline's options, for this niche alone."),
          })
          .nullable()
          .describe("What this niche has of its own; all else comes from the defaults."),
      )
      .describe("One project each, built in output/<niche>."),
  });

export type ConfigFile = z.output<ReturnType<typeof configSchema>>;
export type SettingsEntry = ConfigFile["defaults"];
