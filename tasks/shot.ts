/** Plans one scene: how many frames, which of them a transition shows, how the camera moves. */
import { readJsonFile } from "../lib/base/json-file.ts";
import { chooseMove } from "../lib/media/motion/move.ts";
import { reluctanceOf } from "../lib/media/part-borders.ts";
import { motionShape, type Shot } from "../lib/media/shot.ts";
import { halfTransition, pauseSamples, SAMPLE_RATE, sceneLength } from "../lib/media/timeline.ts";
import { sentenceEnds, wordsShape } from "../lib/media/words.ts";
import { FRAME_RATES } from "../lib/model/known-values.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "shot",
  version: 2,
  params: z.strictObject({
    fps: z.literal(FRAME_RATES),
    /** Silence before and after the narration. Seconds. */
    pause: z.strictObject({ before: z.number().min(0).max(60), after: z.number().min(0).max(60) }),
    /** How long a transition takes, where the silence is long enough. Seconds. */
    transition: z.number().min(0).max(5).default(0.6),
    /** Whether it is the first scene of the film. */
    opens: z.boolean(),
    motion: motionShape.default(null),
    /** Chooses the move where `motion` leaves it open, and with which scenes parts rather begin. */
    seed: z.string(),
    /** The longest part that the film is cut into; null where it is not. Seconds. */
    max_part: z.number().min(5).nullable().default(null),
  }),
  inputs: { words: "file" },
  outputs: { shot: "json" },
  cheap: true,
  async run({ params, inputs, outputs }) {
    const { fps, pause, transition, motion, seed, max_part } = params;
    const { samples, words } = await readJsonFile(inputs.words, wordsShape);
    const length = sceneLength(samples, params);
    const isTooLong = max_part !== null && length.frames > max_part * fps;
    const inBody = (frame: number) => frame > length.lead && frame < length.frames - length.tail;
    const shot: Shot = {
      fps,
      ...length,
      overlap: halfTransition(transition, fps),
      voice_sample: pauseSamples(pause.before),
      move: chooseMove(motion, seed),
      reluctance: reluctanceOf(seed),
      cuts: isTooLong
        ? sentenceEnds(words)
            .map((seconds) => Math.round((pauseSamples(pause.before) / SAMPLE_RATE + seconds) * fps))
            .filter(inBody)
        : [],
    };
    await outputs.shot.write(`${JSON.stringify(shot, null, 2)}\n`);
  },
});
