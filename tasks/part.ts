/** Makes one part of a film, a video in its own right: its pieces and its sound in, one video out. */
import { joinFilm } from "../lib/media/film.ts";
import { partPieces } from "../lib/media/part-pieces.ts";
import { reelShape } from "../lib/media/reel.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "part",
  version: 4,
  params: z.strictObject({ reel: reelShape }),
  /**
   * `segments`: of the part's scenes; `transitions`: of the borders between them; both in order. `closing`: none where
   * the part ends with a sentence of a scene that goes on in the next.
   */
  inputs: { opening: "file", segments: "list", transitions: "list", closing: "list", sound: "file" },
  outputs: { video: "mp4" },
  keep: "link",
  async run({ params: { reel }, inputs, outputs, signal, progress }) {
    const request = {
      pieces: partPieces(reel, inputs),
      sound: inputs.sound,
      fps: reel.fps,
      output: outputs.video.path,
    };
    await joinFilm(request, { signal, progress });
  },
});
