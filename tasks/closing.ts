/** Films how a part ends: the last frame of a scene goes to the background. */
import { filmPiece } from "../lib/media/film-piece.ts";
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
  async run({ inputs, ...given }) {
    const from = onlyScene("segments", inputs.segments).path;
    await filmPiece({ kind: "closing", from, frames: given.params.frames }, given);
  },
});
