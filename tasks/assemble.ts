/** Makes the film: its pieces and its sound in, one video out. */
import { joinFilm } from "../lib/media/film.ts";
import { filmPieces } from "../lib/media/film-pieces.ts";
import { reelShape } from "../lib/media/reel.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "assemble",
  version: 3,
  params: z.strictObject({ reel: reelShape }),
  /** `segments` and `transitions`: one of each a scene, in order. `intro` and `outro`: as the reel has them. */
  inputs: { segments: "list", transitions: "list", sound: "file", intro: "optional", outro: "optional" },
  outputs: { video: "mp4" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ params: { reel }, inputs, outputs, tools, scratch, signal, progress }) {
    const request = {
      ffmpeg: tools.ffmpeg,
      pieces: filmPieces(reel, inputs),
      sound: inputs.sound.path,
      fps: reel.fps,
      output: outputs.video.path,
      scratch,
    };
    await joinFilm(request, { signal, progress });
  },
});
