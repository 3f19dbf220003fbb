/** Takes out of a script what is worked over when it is enhanced, so that an edit of anything else asks nobody again. */
import { readScript } from "../lib/media/read-script.ts";
import { visualStyleOf } from "../lib/media/script.ts";
import type { Brief } from "../lib/providers/writing.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "brief",
  version: 1,
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
    await outputs.brief.write(`${JSON.stringify(brief, null, 2)}\n`);
  },
});
