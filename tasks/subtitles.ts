/** Writes the subtitles of a film or of one of its parts: its scenes' words in, SubRip and WebVTT out. */
import { readJsonFile } from "../lib/base/json-file.ts";
import { cuesOf, writeSrt, writeVtt } from "../lib/media/captions/subtitles.ts";
import { checkScenes, reelShape } from "../lib/media/reel.ts";
import { wordsShape } from "../lib/media/words.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "subtitles",
  version: 2,
  params: z.strictObject({ reel: reelShape }),
  /** `words`: one of each scene of the reel, in order. */
  inputs: { words: "list" },
  outputs: { srt: "srt", vtt: "vtt" },
  async run({ params: { reel }, inputs, outputs }) {
    checkScenes(reel, "words", inputs.words);
    const heard = await Promise.all(
      reel.scenes.map(async ({ voice }, i) => {
        const { words } = await readJsonFile(inputs.words[i]!, wordsShape);
        return { words, voice };
      }),
    );
    const cues = cuesOf(heard, Math.floor((reel.frames * 1000) / reel.fps));
    await outputs.srt.write(writeSrt(cues));
    await outputs.vtt.write(writeVtt(cues));
  },
});
