/** Takes out of a script what is worked over when it is enhanced, so that an edit of anything else asks nobody again. */
import { readScript } from "../lib/media/read-script.ts";
import { visualStyleOf } from "../lib/media/script.ts";
import type { Brief } from "../lib/providers/writing.ts";
import { defineTask, z } from "../lib/task.ts";

/**
 * Out come the texts alone, twice: as scenes, for who sees all of a script, and each as a passage, for who sees one of them.
 * ```text
 * { title, niche, visual_style,
 *   scenes:   [{ scene_number, narration, image_prompt }],                   1, 2, 3, …
 *   passages: [{ scene_number, narration, image_prompt, before, after }] }   what the scenes beside it say, or null
 * ```
 */
export default defineTask({
  type: "brief",
  version: 2,
  params: z.strictObject({ niche: z.string().min(1) }),
  inputs: { draft: "file" },
  outputs: { brief: "json" },
  cheap: true,
  async run({ params: { niche }, inputs: { draft }, outputs }) {
    const { script } = await readScript(draft);
    const { title, scenes } = script;
    const brief: Brief = {
      ...{ title, niche, visual_style: { ...visualStyleOf(script) } },
      scenes: scenes.map(({ narration, image_prompt }, i) => ({
        scene_number: i + 1,
        narration,
        image_prompt,
      })),
    };
    const passages = brief.scenes.map((scene, i) => ({
      ...scene,
      before: scenes[i - 1]?.narration ?? null,
      after: scenes[i + 1]?.narration ?? null,
    }));
    await outputs.brief.write(`${JSON.stringify({ ...brief, passages }, null, 2)}\n`);
  },
});
