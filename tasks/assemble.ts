/** Makes the film: segments, narrations and music in, one video with sound out. */
import { assembleFilm } from "../lib/media/film.ts";
import { FRAME_RATES } from "../lib/model/known-values.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "assemble",
  version: 1,
  params: z.strictObject({
    fps: z.literal(FRAME_RATES),
    /** Silence before and after each narration, as the segments were made with. Seconds. */
    pause: z.strictObject({ before: z.number().min(0).max(60), after: z.number().min(0).max(60) }),
    /** The music's loudness to the narration's. dB. */
    music_gain_db: z.number().min(-60).max(0).default(-20),
    /** How long the music takes to go at the end. Seconds. */
    fade: z.number().min(0).max(30).default(2.5),
  }),
  inputs: { segments: "list", narration: "list", music: "optional" },
  outputs: { video: "mp4" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ params, inputs, outputs, tools, scratch, signal, progress }) {
    const request = {
      ffmpeg: tools.ffmpeg,
      segments: inputs.segments,
      narrations: inputs.narration,
      music: inputs.music,
      pause: params.pause,
      fps: params.fps,
      musicGain: params.music_gain_db,
      fade: params.fade,
      output: outputs.video.path,
      scratch,
    };
    await assembleFilm(request, { signal, progress });
  },
});
