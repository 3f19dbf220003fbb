/** Reads one script as its author wrote it and makes the one form that every other target reads. */
import { diagnosedAs } from "../lib/base/diagnostic.ts";
import type { Document } from "../lib/base/document.ts";
import { isJsonObject } from "../lib/base/json.ts";
import { TRANSITIONS, type Transition } from "../lib/media/motion/blend.ts";
import { LEFTOVERS, type Script, scriptSchema } from "../lib/media/script.ts";
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
 *              motion,                or null: the seed's choice
 *              transition,            into the next scene
 *              opens,                 whether it is the first
 *              picture, next_picture, the author's own, a path, or null; and the next scene's
 *              take }] }              1, 2, …: another roll of the same prompt
 * ```
 * Throws Diagnostics at file:line:column for all that the format does not accept.
 */
export default defineTask({
  type: "script",
  version: 2,
  params: z.strictObject({
    niche: z.string().min(1),
    /** Between scenes, where neither they nor the script say. */
    transition: z.enum(TRANSITIONS).default("crossfade"),
  }),
  inputs: { draft: "file" },
  outputs: { script: "json" },
  cheap: true,
  async run({ params, inputs: { draft }, outputs, notice }) {
    if (![".json", ".yaml", ".yml"].includes(draft.extension)) {
      throw new Failure(`${draft.name}: a script is a .json or .yaml file, not '${draft.extension}'.`, {
        code: "script.invalid",
      });
    }
    // A YAML parser is much to load for the builds that no script was edited for.
    const { readDocumentFile } = await import("../lib/base/document.ts");
    const { document, script } = diagnosedAs("script.invalid", () => {
      const document = readDocumentFile(draft.path, draft.name);
      return { document, script: document.check(scriptSchema) };
    });
    for (const text of notices(document, script, params.niche)) notice(`${draft.name}: ${text}`);
    await outputs.script.write(`${JSON.stringify(normalised(script, params), null, 2)}\n`);
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

function normalised(script: Script, { niche, transition }: { niche: string; transition: Transition }) {
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
      transition: one.transition ?? script.transition ?? transition,
      opens: i === 0,
      picture: one.picture ?? null,
      next_picture: script.scenes[i + 1]?.picture ?? null,
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
