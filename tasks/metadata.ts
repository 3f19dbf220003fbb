/** Writes what is published with a film: title, description, tags and chapters, for a person or an uploader. */
import { readJsonFile } from "../lib/base/json-file.ts";
import { metadataOf } from "../lib/media/metadata/metadata.ts";
import { bothOrNone, partParams } from "../lib/media/part-params.ts";
import { checkScenes, reelShape } from "../lib/media/reel.ts";
import { wordsShape } from "../lib/media/words.ts";
import { defineTask, z } from "../lib/task.ts";

const note = z.string().trim().min(1).max(1000).nullable().default(null);

export default defineTask({
  type: "metadata",
  version: 2,
  params: z
    .strictObject({
      reel: reelShape,
      ...partParams,
      title: z.string().trim().min(1),
      niche: z.string().trim().min(1),
      platform: z.string().trim().min(1),
      source: note,
      author: note,
      url: note,
      /** As the uploader wants it, such as "en"; nobody tells it from the text. */
      language: note,
      /** The script's, for what their pictures show. All else of a scene does not count: what is said comes with its words. */
      scenes: z.array(z.object({ scene_number: z.int(), prompt: z.string().default("") })),
    })
    .refine(...bothOrNone),
  /** `words`: one of each scene of the reel, in order. */
  inputs: { words: "list" },
  outputs: { metadata: "json" },
  async run({ params: { reel, part, of, ...story }, inputs, outputs }) {
    checkScenes(reel, "words", inputs.words);
    const words = await Promise.all(inputs.words.map((file) => readJsonFile(file, wordsShape)));
    const narrations = words.map(({ text }) => text);
    const metadata = metadataOf(story, reel, narrations, { part, of });
    await outputs.metadata.write(`${JSON.stringify(metadata, null, 2)}\n`);
  },
});
