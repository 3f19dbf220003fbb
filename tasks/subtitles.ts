/** Writes the subtitles of a film or of one of its parts: all scenes' words in, SubRip and WebVTT out. */
import { readReel, readWords } from "../lib/media/captions/files.ts";
import { cuesOf, writeSrt, writeVtt } from "../lib/media/captions/subtitles.ts";
import { defineTask, Failure, z } from "../lib/task.ts";

export default defineTask({
  type: "subtitles",
  version: 1,
  params: z.strictObject({
    /** Null for the whole film. */
    part: z.int().min(1).nullable().default(null),
  }),
  /** `words`: of all scenes of the story, in order. */
  inputs: { timeline: "file", words: "list" },
  outputs: { srt: "srt", vtt: "vtt" },
  async run({ params, inputs, outputs }) {
    const { fps, frames, scenes } = await readReel(inputs.timeline, params.part);
    const heard = await Promise.all(
      scenes.map(async ({ scene, voice }) => {
        const file = inputs.words[scene - 1];
        if (file !== undefined) return { ...(await readWords(file)), voice };
        throw new Failure(
          `${inputs.timeline.name} has scene ${scene}, and there are words of ${inputs.words.length}.`,
        );
      }),
    );
    const cues = cuesOf(heard, Math.floor((frames * 1000) / fps));
    await outputs.srt.write(writeSrt(cues));
    await outputs.vtt.write(writeVtt(cues));
  },
});
