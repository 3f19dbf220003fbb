/** Films how a part opens: its card stands still, and goes over into the first scene. */
import { offload } from "../lib/base/offload.ts";
import type { PieceRequest } from "../lib/media/piece.ts";
import { formShape, onlyScene } from "../lib/media/scene-inputs.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "opening",
  version: 1,
  params: z.strictObject({
    /** That the card stands still. */
    frames: z.int().min(1),
    /** That it then takes to go over into the scene; 0 for at once. */
    lead: z.int().min(0),
    platform: formShape,
  }),
  /** `segments`: the first scene alone. */
  inputs: { card: "file", segments: "list" },
  outputs: { video: "mp4" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ params, inputs, outputs, tools, signal, progress }) {
    const { preset, ...form } = params.platform;
    const request: PieceRequest = {
      ffmpeg: { path: tools.ffmpeg.path, probePath: tools.ffmpeg.probePath },
      form,
      preset,
      content: {
        kind: "opening",
        card: inputs.card.path,
        frames: params.frames,
        into: onlyScene("segments", inputs.segments).path,
        lead: params.lead,
      },
      output: outputs.video.path,
    };
    await offload("renderPiece", request, { signal, onProgress: progress });
  },
});
