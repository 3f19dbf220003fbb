/** Makes the film: its pieces and its sound in, one video out. */
import { readJsonFile } from "../lib/base/json-file.ts";
import { joinFilm } from "../lib/media/film.ts";
import { filmPieces } from "../lib/media/film-pieces.ts";
import { timelineShape } from "../lib/media/reel.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "assemble",
  version: 2,
  params: z.strictObject({}),
  /** `segments` and `transitions`: one of each a scene, in order. `intro` and `outro`: as the timeline has them. */
  inputs: {
    timeline: "file",
    segments: "list",
    transitions: "list",
    sound: "file",
    intro: "optional",
    outro: "optional",
  },
  outputs: { video: "mp4" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ inputs, outputs, tools, scratch, signal, progress }) {
    const { fps, film } = await readJsonFile(inputs.timeline, timelineShape);
    const request = {
      ffmpeg: tools.ffmpeg,
      pieces: filmPieces(film, inputs),
      sound: inputs.sound.path,
      fps,
      output: outputs.video.path,
      scratch,
    };
    await joinFilm(request, { signal, progress });
  },
});
