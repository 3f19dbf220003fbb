/** Reads one script as its author wrote it and makes the one form that every other target reads. */
import type { Document } from "../lib/base/document.ts";
import { isJsonObject } from "../lib/base/json.ts";
import { readJsonFile } from "../lib/base/json-file.ts";
import { withScenes, withTexts } from "../lib/media/enhanced-script.ts";
import { TRANSITIONS } from "../lib/media/motion/blend.ts";
import { readScript } from "../lib/media/read-script.ts";
import { elementsIn, picturedElements } from "../lib/media/recurring.ts";
import { LEFTOVERS, type Script, type VisualStyle, visualStyleOf } from "../lib/media/script.ts";
import { enhancedShape } from "../lib/providers/writing.ts";
import { defineTask, z } from "../lib/task.ts";

const params = z.strictObject({
  niche: z.string().min(1),
  /** Between scenes, where neither they nor the script say. */
  transition: z.enum(TRANSITIONS).default("crossfade"),
  /** Whether the provider of pictures takes reference pictures. */
  takes_references: z.boolean().default(false),
});

type Params = z.output<typeof params>;

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
 *              motion,                or null: the seed's choice
 *              transition,            into the next scene
 *              opens,                 whether it is the first
 *              picture, next_picture, the author's own, a path, or null; and the next scene's
 *              references,            pictures of the recurring elements that it names, paths: none where the provider
 *                                     of pictures takes none, or the scene has a picture of its author's own
 *              take }] }              1, 2, …: another roll of the same prompt
 * ```
 * Throws Diagnostics at file:line:column for all that the format does not accept.
 */
export default defineTask({
  type: "script",
  version: 3,
  params,
  /**
   * What a text provider made of its texts: `enhanced` of the whole, or `narrations` and `prompts`, one of each scene. All
   * else is as its author wrote it.
   */
  inputs: { draft: "file", enhanced: "optional", narrations: "list", prompts: "list" },
  outputs: { script: "json" },
  cheap: true,
  async run({ params, inputs: { draft, enhanced, narrations, prompts }, outputs, notice }) {
    const { document, script } = await readScript(draft);
    const shown = await withTexts(script, "image_prompt", prompts);
    const told = await withTexts(shown, "narration", narrations);
    const whole =
      enhanced === undefined ? told : withScenes(told, (await readJsonFile(enhanced, enhancedShape)).scenes);
    const found = [...notices(document, script, params.niche), ...unusedPictures(whole, params)];
    for (const text of found) notice(`${draft.name}: ${text}`);
    await outputs.script.write(`${JSON.stringify(normalised(whole, params), null, 2)}\n`);
  },
});

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

/** Of recurring elements, the pictures that none of the film is made with. */
function unusedPictures(script: Script, { takes_references }: Params): string[] {
  const elements = picturedElements(script);
  const named = new Set(script.scenes.flatMap((scene) => elementsIn(scene, elements)));
  return elements.flatMap((element) => {
    if (!named.has(element))
      return `the picture of '${element.name}' is not used: no scene whose picture is made has that name in its image_prompt.`;
    if (takes_references) return [];
    return `'${element.name}' is drawn by its words alone, and not by its picture: the provider of pictures takes no references, or is not set to (\`references: true\` in its 'image').`;
  });
}

function normalised(script: Script, { niche, transition, takes_references }: Params) {
  const style = visualStyleOf(script);
  const pictured = takes_references ? picturedElements(script) : [];
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
      transition: one.transition ?? script.transition ?? transition,
      opens: i === 0,
      picture: one.picture ?? null,
      next_picture: script.scenes[i + 1]?.picture ?? null,
      references: [...new Set(elementsIn(one, pictured).map(({ picture }) => picture))],
      take: one.take,
    })),
  };
}

/** Each text of the style stands in its sentence word for word, so that a provider can find it again. */
function styleSentences(style: VisualStyle): string[] {
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
