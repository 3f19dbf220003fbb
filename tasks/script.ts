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

const scene = z.strictObject({
  scene_number: z.int().optional(),
  narration: text,
  image_prompt: text,
  duration_estimate: z.number().min(0).nullish(),
  motion: z
    .union([
      move,
      z.strictObject({ kind: move.default("auto"), focus: z.tuple([fraction, fraction]).optional() }),
    ])
    .nullish(),
  transition: text.nullish(),
  take: z.int().min(1).default(1),
});

const visualStyle = z.strictObject({
  environment: note,
  color_mood: note,
  texture: note,
  recurring_elements: z.record(z.string(), z.string().trim()).nullish(),
});

const wholeScript = z.strictObject({
  title: text.max(200),
  niche: note,
  source: note,
  author: note,
  url: note,
  created_at: note,
  enhanced_at: note,
  visual_style: visualStyle.nullish(),
  scenes: z.array(z.preprocess(withoutLeftovers, scene)).min(1),
});

const scriptSchema = z.preprocess(withoutLeftovers, wholeScript);
type Script = z.output<typeof wholeScript>;

/** What the tool that this format comes from wrote into scripts: where it had put its files. We name our own. */
const LEFTOVERS: readonly string[] = ["image_path", "audio_path", "video_path", "output_paths"];

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
