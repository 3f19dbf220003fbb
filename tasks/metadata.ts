/** Writes what is published with a film: title, description, tags and chapters, for a person or an uploader. */
import { ordinal } from "../lib/base/ordinal.ts";
import { metadataOf } from "../lib/media/metadata/metadata.ts";
import { readReel } from "../lib/media/reel-file.ts";
import { defineTask, z } from "../lib/task.ts";

const note = z.string().trim().min(1).max(1000).nullable().default(null);

export default defineTask({
  type: "metadata",
  version: 1,
  params: z.strictObject({
    title: z.string().trim().min(1),
    niche: z.string().trim().min(1),
    platform: z.string().trim().min(1),
    source: note,
    author: note,
    url: note,
    /** As the uploader wants it, such as "en"; nobody tells it from the text. */
    language: note,
    /** The script's. What else a scene has does not count: another picture changes no word of this. */
    scenes: z.array(
      z.object({
        scene_number: z.int(),
        narration: z.string(),
        prompt: z.string().default(""),
      }),
    ),
    /** Which part of the timeline; null for the whole film. */
    part: ordinal.nullable().default(null),
  }),
  inputs: { timeline: "file" },
  outputs: { metadata: "json" },
  async run({ params: { part, ...story }, inputs, outputs }) {
    const reel = await readReel(inputs.timeline, part);
    await outputs.metadata.write(`${JSON.stringify(metadataOf(story, reel), null, 2)}\n`);
  },
});
