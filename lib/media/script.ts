/** The form of a script as its author writes it: what an editor completes, and what is told at file, line and column. */
import { z } from "zod";
import { isJsonObject } from "../base/json.ts";
import { TRANSITIONS } from "./motion/blend.ts";
import { MOVES } from "./motion/move.ts";

const text = z.string().trim().min(1);
const note = z.string().trim().nullish();
const fraction = z.number().min(0).max(1);
const move = z.enum(["auto", ...MOVES]);
const transition = z.enum(TRANSITIONS);
const path = z.string().regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[^\\]+$/, {
  error:
    "a path has forward slashes and no '..'. One that starts with '/' starts at the content repo's root.",
});

/** What the tool that this format comes from wrote into scripts: where it had put its files. We name our own. */
export const LEFTOVERS: readonly string[] = ["image_path", "audio_path", "video_path", "output_paths"];

/** An editor accepts them too, and does not offer them. */
const leftovers = {
  patternProperties: {
    [`^(${LEFTOVERS.join("|")})$`]: {
      description: "Left by another tool, and ignored: faceless names its files itself.",
    },
  },
};

const scene = z
  .strictObject({
    scene_number: z
      .int()
      .optional()
      .describe("For your own orientation: scenes are numbered 1, 2, 3, … in the order in which they stand."),
    narration: text.describe("What the voice says. The scene lasts as long as that takes."),
    image_prompt: text.describe("What the picture shows; the visual style is appended to it."),
    duration_estimate: z
      .number()
      .min(0)
      .nullish()
      .describe(
        "How long you expect the scene to be, in seconds. The narration's real length is what counts.",
      ),
    motion: z
      .union([
        move,
        z.strictObject({
          kind: move.default("auto").describe("The move; auto leaves the choice to faceless."),
          focus: z
            .tuple([fraction, fraction], {
              error: "a focus is [x, y]: 0 to 1 from the left, 0 to 1 from the top.",
            })
            .optional()
            .describe("What a zoom aims at and a crop keeps: 0 to 1 from the left, 0 to 1 from the top."),
        }),
      ])
      .nullish()
      .describe("How the camera moves over the picture: a move, or { kind, focus }. auto chooses one."),
    transition: transition
      .nullish()
      .describe(
        "How the scene goes over into the next; else as the script or the pipeline's options have it.",
      ),
    picture: path
      .nullish()
      .describe(
        "A picture or a video clip of your own, instead of one that is made: a path in the project, or from the content " +
          "repo's root with a leading '/'. The prompt is not used then.",
      ),
    take: z
      .int()
      .min(1)
      .default(1)
      .describe("2, 3, … for another picture for the same prompt; going back to 1 is free."),
  })
  .meta({ description: "One picture with its narration.", ...leftovers });

const looks = "What it looks like.";

const recurringElement = z
  .union([
    z.string().trim().describe(looks),
    z.strictObject({
      looks: text.describe(looks),
      picture: path
        .nullish()
        .describe(
          "A picture of it, PNG, JPEG or WebP: a path in the project, or from the content repo's root with a leading '/'. " +
            "It goes as a reference with each prompt that names the element, where the provider takes references.",
        ),
    }),
  ])
  .describe("What it looks like, or { looks, picture }.");

const visualStyle = z.strictObject({
  environment: note.describe("Where the pictures are set, such as 'quiet streets at dawn'."),
  color_mood: note.describe("Their colours, such as 'teal shadows and warm gold'."),
  texture: note.describe("How their surface looks, such as 'fine paper grain'."),
  recurring_elements: z
    .record(z.string(), recurringElement)
    .nullish()
    .describe(
      "What returns from picture to picture: a name of yours, and what it looks like, or { looks, picture }.",
    ),
});

const wholeScript = z
  .strictObject({
    title: text.max(200).describe("What the film is called."),
    niche: note.describe("The niche it was written for. It is built for the one in whose folder it lies."),
    source: note.describe("Where the story comes from."),
    topic: note.describe(
      "What it is about, where `faceless generate` had it written; by that it is found again.",
    ),
    take: z
      .int()
      .min(1)
      .nullish()
      .describe("Which of several about its topic it is, where `faceless generate` had it written."),
    author: note.describe("Who wrote it."),
    url: note.describe("Where the source is found."),
    created_at: note.describe("When it was written, as text, such as '2026-01-31'."),
    enhanced_at: note.describe("When it was last worked over, as text."),
    visual_style: visualStyle
      .nullish()
      .describe("What all pictures have in common: appended to each prompt."),
    transition: transition
      .nullish()
      .describe("How scenes go over into each other, where they do not say so themselves."),
    scenes: z
      .array(z.preprocess(withoutLeftovers, scene))
      .min(1)
      .describe("The scenes, in the order of the film."),
    $schema: z.string().optional().describe("The file that tells an editor what a script may hold; ignored."),
  })
  .meta(leftovers);

export const scriptSchema = z.preprocess(withoutLeftovers, wholeScript);
export type Script = z.output<typeof wholeScript>;

export interface VisualStyle {
  readonly environment: string;
  readonly color_mood: string;
  readonly texture: string;
  /** What each looks like, by name. */
  readonly recurring_elements: Readonly<Record<string, string>>;
}

/** "" and {} where nothing is given. */
export function visualStyleOf({ visual_style: given }: Script): VisualStyle {
  return {
    environment: given?.environment ?? "",
    color_mood: given?.color_mood ?? "",
    texture: given?.texture ?? "",
    recurring_elements: Object.fromEntries(
      Object.entries(given?.recurring_elements ?? {}).map(([name, element]) => [
        name,
        typeof element === "string" ? element : element.looks,
      ]),
    ),
  };
}

function withoutLeftovers(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !LEFTOVERS.includes(key)));
}
