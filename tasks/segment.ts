/** Films one scene: a picture in, a silent piece of film with a camera move and an exact number of frames out. */
import { readFile } from "node:fs/promises";
import { offload } from "../lib/base/offload.ts";
import { captionsFilter } from "../lib/media/captions/filter.ts";
import type { PieceRequest } from "../lib/media/piece.ts";
import { formShape, readScene } from "../lib/media/scene-inputs.ts";
import { defineTask, z } from "../lib/task.ts";

/** The scene without its transitions: they are pieces of their own. */
export default defineTask({
  type: "segment",
  version: 3,
  params: z.strictObject({ platform: formShape }),
  /** `own`: the author's picture or clip; `captions`: an ASS file for the frames that are the scene's own. */
  inputs: { image: "file", shot: "file", own: "optional", captions: "optional" },
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
        overlay: inputs.captions && (await overlayOf(inputs.captions.path)),
      },
      output: outputs.video.path,
    };
    await offload("renderPiece", request, { signal, onProgress: progress });
  },
});

/** A file without an event is none: each frame would go through the filter for nothing. */
async function overlayOf(captions: string): Promise<string | undefined> {
  const text = await readFile(captions, "utf8");
  return /^Dialogue:/m.test(text) ? captionsFilter(captions) : undefined;
}
