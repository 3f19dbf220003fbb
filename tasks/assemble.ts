/** Makes the film: its pieces and its sound in, one video out. */
import { joinFilm } from "../lib/media/film.ts";
import { filmPieces } from "../lib/media/film-pieces.ts";
import { reelShape } from "../lib/media/reel.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "assemble",
  version: 4,
  params: z.strictObject({ reel: reelShape }),
  /** `segments` and `transitions`: one of each a scene, in order. `intro` and `outro`: as the reel has them. */
  inputs: { segments: "list", transitions: "list", sound: "file", intro: "optional", outro: "optional" },
  outputs: { video: "mp4" },
  keep: "link",
  async run({ params: { reel }, inputs, outputs, signal, progress }) {
    const request = {
      pieces: filmPieces(reel, inputs),
      sound: inputs.sound,
      fps: reel.fps,
      output: outputs.video.path,
    };
    await joinFilm(request, { signal, progress });
  },
});
