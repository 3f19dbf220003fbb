/** Films one scene: a picture in, a silent piece of film with a camera move and an exact number of frames out. */
import { offload } from "../lib/base/offload.ts";
import type { PieceRequest } from "../lib/media/piece.ts";
import { formShape, readScene } from "../lib/media/scene-inputs.ts";
import { defineTask, z } from "../lib/task.ts";

/** The scene without its transitions: they are pieces of their own. */
export default defineTask({
  type: "segment",
  version: 2,
  params: z.strictObject({ platform: formShape }),
  inputs: { image: "file", shot: "file", own: "optional" },
  outputs: { video: "mp4" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ params, inputs, outputs, tools, signal, progress }) {
    const { shot, picture } = await readScene(inputs);
    const { preset, ...form } = params.platform;
    const request: PieceRequest = {
      ffmpeg: { path: tools.ffmpeg.path, probePath: tools.ffmpeg.probePath },
      form,
      preset,
      content: {
        kind: "body",
        picture,
        from: shot.lead,
        frames: shot.frames - shot.lead - shot.tail,
        cuts: shot.cuts.map((frame) => frame - shot.lead),
        overlay: undefined,
      },
      output: outputs.video.path,
    };
    await offload("renderPiece", request, { signal, onProgress: progress });
  },
});
