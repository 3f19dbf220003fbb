/** Makes one part of a film, a video in its own right: a title card, its scenes, and an end. */
import { join } from "node:path";
import { readJsonFile } from "../lib/base/json-file.ts";
import { offload } from "../lib/base/offload.ts";
import { joinFilm } from "../lib/media/film.ts";
import { partPieces } from "../lib/media/part-pieces.ts";
import type { PieceRequest } from "../lib/media/piece.ts";
import { timelineShape } from "../lib/media/reel.ts";
import { formShape } from "../lib/media/scene-inputs.ts";
import { defineTask, Failure, z } from "../lib/task.ts";

export default defineTask({
  type: "part",
  version: 1,
  params: z.strictObject({ part: z.int().min(1), platform: formShape }),
  /** `segments` and `transitions`: of the part's scenes, in order. */
  inputs: { timeline: "file", card: "file", segments: "list", transitions: "list", sound: "file" },
  outputs: { video: "mp4" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ params, inputs, outputs, tools, scratch, signal, progress }) {
    const { fps, parts } = await readJsonFile(inputs.timeline, timelineShape);
    const part = parts.find((one) => one.part === params.part);
    if (part === undefined) {
      throw new Failure(`${inputs.timeline.name} has ${parts.length} parts, and no part ${params.part}.`, {
        help: "Give it the timeline that the part is an entry of.",
      });
    }
    const { preset, ...form } = params.platform;
    const ffmpeg = { path: tools.ffmpeg.path, probePath: tools.ffmpeg.probePath };
    const { pieces, opening, closing } = partPieces(part, inputs, scratch);
    for (const content of [opening, closing]) {
      if (content === undefined) continue;
      const output = join(scratch, `${content.kind}.mp4`);
      const request: PieceRequest = { ffmpeg, form, preset, content, output };
      await offload("renderPiece", request, { signal });
    }
    const request = { ffmpeg, pieces, sound: inputs.sound.path, fps, output: outputs.video.path, scratch };
    await joinFilm(request, { signal, progress });
  },
});
