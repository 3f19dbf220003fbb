/** Reads one script as its author wrote it and makes the one form that every other target reads. */
import { type Document, readDocumentFile } from "../lib/base/document.ts";
import { isJsonObject } from "../lib/base/json.ts";
import { MOVES } from "../lib/media/motion/move.ts";
import { defineTask, Failure, z } from "../lib/task.ts";

/**
 * Out comes JSON in which every key is present, so that `${scene.motion}` always means something:
 * ```text
 * { title, niche, source, author, url, created_at, enhanced_at,          a string or null; niche is the project's
 *   visual_style: { environment, color_mood, texture, recurring_elements },     "" and {} where not given
 *   scenes: [{ scene_number,          1, 2, 3, …
 *              narration,
 *              image_prompt,          with the visual style appended: what an image provider is asked for
 *              prompt,                the author's own words, without the style
 *              duration_estimate,     seconds or null
 *              motion, transition,    or null: the pipeline's choice
 *              take }] }              1, 2, …: another roll of the same prompt
 * ```
 * Throws Diagnostics at file:line:column for all that the format does not accept.
 */
export default defineTask({
  type: "script",
  version: 1,
  params: z.strictObject({ niche: z.string().min(1) }),
  inputs: { draft: "file" },
  outputs: { script: "json" },
  cheap: true,
  async run({ params, inputs: { draft }, outputs, notice }) {
    if (![".json", ".yaml", ".yml"].includes(draft.extension)) {
      throw new Failure(`${draft.name}: a script is a .json or .yaml file, not '${draft.extension}'.`);
    }
    const document = readDocumentFile(draft.path, draft.name);
    const script = document.check(scriptSchema);
    for (const text of notices(document, script, params.niche)) notice(`${draft.name}: ${text}`);
    await outputs.script.write(`${JSON.stringify(normalised(script, params.niche), null, 2)}\n`);
  },
});

const text = z.string().trim().min(1);
const note = z.string().trim().nullish();
const fraction = z.number().min(0).max(1);
const move = z.enum(["auto", ...MOVES]);

/** What the tool that this format comes from wrote into scripts: where it had put its files. We name our own. */
const LEFTOVERS: readonly string[] = ["image_path", "audio_path", "video_path", "output_paths"];

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
    transition: text
      .nullish()
      .describe(
        "How the scene goes over into the next, for a pipeline that uses it; the shipped one does not.",
      ),
    take: z
      .int()
      .min(1)
      .default(1)
      .describe("2, 3, … for another picture for the same prompt; going back to 1 is free."),
  })
  .meta({ description: "One picture with its narration.", ...leftovers });

const visualStyle = z.strictObject({
  environment: note.describe("Where the pictures are set, such as 'quiet streets at dawn'."),
  color_mood: note.describe("Their colours, such as 'teal shadows and warm gold'."),
  texture: note.describe("How their surface looks, such as 'fine paper grain'."),
  recurring_elements: z
    .record(z.string(), z.string().trim().describe("What it looks like."))
    .nullish()
    .describe("What returns from picture to picture: a name of yours, and what it looks like."),
});

const wholeScript = z
  .strictObject({
    title: text.max(200).describe("What the film is called."),
    niche: note.describe("The niche it was written for. It is built for the one in whose folder it lies."),
    source: note.describe("Where the story comes from."),
    author: note.describe("Who wrote it."),
    url: note.describe("Where the source is found."),
    created_at: note.describe("When it was written, as text, such as '2026-01-31'."),
    enhanced_at: note.describe("When it was last worked over, as text."),
    visual_style: visualStyle
      .nullish()
      .describe("What all pictures have in common: appended to each prompt."),
    scenes: z
      .array(z.preprocess(withoutLeftovers, scene))
      .min(1)
      .describe("The scenes, in the order of the film."),
    $schema: z.string().optional().describe("The file that tells an editor what a script may hold; ignored."),
  })
  .meta(leftovers);

export const scriptSchema = z.preprocess(withoutLeftovers, wholeScript);
type Script = z.output<typeof wholeScript>;

function withoutLeftovers(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !LEFTOVERS.includes(key)));
}

function notices({ value }: Document, { niche, scenes }: Script, project: string): string[] {
  const given = isJsonObject(value) ? [value, ...(value.scenes as readonly unknown[])] : [];
  const leftovers = LEFTOVERS.filter((key) =>
    given.some((part) => isJsonObject(part) && Object.hasOwn(part, key)),
  );
  const numbers = scenes.flatMap((one) => one.scene_number ?? []);
  const renumbered = scenes.some(({ scene_number: given }, i) => given !== undefined && given !== i + 1);
  return [
    ...(leftovers.length === 0 ? [] : [`${leftovers.join(", ")} ignored: faceless names its files itself.`]),
    ...(renumbered ? [renumbering(numbers, scenes.length)] : []),
    ...(niche && niche !== project ? [`its niche is '${niche}', and it is built for '${project}'.`] : []),
  ];
}

function renumbering(numbers: readonly number[], count: number): string {
  const shown = numbers.length > 12 ? [...numbers.slice(0, 11), "…", numbers.at(-1)] : numbers;
  const [noun, verb] = numbers.length === 1 ? ["number", "was"] : ["numbers", "were"];
  return `scene ${noun} ${shown.join(", ")} ${verb} renumbered ${count === 1 ? "1" : `1 to ${count}`}.`;
}

function normalised(script: Script, niche: string) {
  const style = {
    environment: script.visual_style?.environment ?? "",
    color_mood: script.visual_style?.color_mood ?? "",
    texture: script.visual_style?.texture ?? "",
    recurring_elements: script.visual_style?.recurring_elements ?? {},
  };
  const suffix = styleSentences(style);
  return {
    title: script.title.replace(/\s+/g, " "),
    niche,
    source: script.source || null,
    author: script.author || null,
    url: script.url || null,
    created_at: script.created_at || null,
    enhanced_at: script.enhanced_at || null,
    visual_style: style,
    scenes: script.scenes.map((one, i) => ({
      scene_number: i + 1,
      narration: one.narration,
      image_prompt: [sentence(one.image_prompt), ...suffix].join(" "),
      prompt: one.image_prompt,
      duration_estimate: one.duration_estimate ?? null,
      motion: one.motion ?? null,
      transition: one.transition ?? null,
      take: one.take,
    })),
  };
}

type Style = {
  environment: string;
  color_mood: string;
  texture: string;
  recurring_elements: Record<string, string>;
};

/** Each text of the style stands in its sentence word for word, so that a provider can find it again. */
function styleSentences(style: Style): string[] {
  const elements = Object.entries(style.recurring_elements)
    .filter(([, description]) => description !== "")
    .map(([name, description]) => `${name.replaceAll("_", " ")}: ${description}`);
  return [
    ["Environment", style.environment],
    ["Colour mood", style.color_mood],
    ["Texture", style.texture],
    ["Recurring elements", elements.join("; ")],
  ].flatMap(([label, words]) => (words ? [sentence(`${label}: ${words}`)] : []));
}

const sentence = (words: string) => (/[.!?…]["')\]]?$/.test(words) ? words : `${words}.`);
