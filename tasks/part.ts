/** Makes one part of a film, a video in its own right: a title card, its scenes, and an end. */
import { join } from "node:path";
import { offload } from "../lib/base/offload.ts";
import { joinFilm } from "../lib/media/film.ts";
import { partPieces } from "../lib/media/part-pieces.ts";
import type { PieceRequest } from "../lib/media/piece.ts";
import { reelShape } from "../lib/media/reel.ts";
import { formShape } from "../lib/media/scene-inputs.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "part",
  version: 2,
  params: z.strictObject({
    reel: reelShape,
    platform: formShape,
  }),
  /** `segments`: of the part's scenes; `transitions`: of the borders between them; both in order. */
  inputs: { card: "file", segments: "list", transitions: "list", sound: "file" },
  outputs: { video: "mp4" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ params, inputs, outputs, tools, scratch, signal, progress }) {
    const { preset, ...form } = params.platform;
    const ffmpeg = { path: tools.ffmpeg.path, probePath: tools.ffmpeg.probePath };
    const { pieces, opening, closing } = partPieces(params.reel, inputs, scratch);
    for (const content of [opening, closing]) {
      if (content === undefined) continue;
      const output = join(scratch, `${content.kind}.mp4`);
      const request: PieceRequest = { ffmpeg, form, preset, content, output };
      await offload("renderPiece", request, { signal });
    }
    const request = {
      ffmpeg,
      pieces,
      sound: inputs.sound.path,
      fps: params.reel.fps,
      output: outputs.video.path,
      scratch,
    };
    await joinFilm(request, { signal, progress });
  },
});
