/** Films how a part ends: the last frame of a scene goes to the background. */
import { offload } from "../lib/base/offload.ts";
import type { PieceRequest } from "../lib/media/piece.ts";
import { formShape, onlyScene } from "../lib/media/scene-inputs.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "closing",
  version: 1,
  params: z.strictObject({
    frames: z.int().min(1),
    platform: formShape,
  }),
  /** `segments`: the last scene alone. */
  inputs: { segments: "list" },
  outputs: { video: "mp4" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ params, inputs, outputs, tools, signal, progress }) {
    const { preset, ...form } = params.platform;
    const request: PieceRequest = {
      ffmpeg: { path: tools.ffmpeg.path, probePath: tools.ffmpeg.probePath },
      form,
      preset,
      content: { kind: "closing", from: onlyScene("segments", inputs.segments).path, frames: params.frames },
      output: outputs.video.path,
    };
    await offload("renderPiece", request, { signal, onProgress: progress });
  },
});
