/** Films how a part opens: its card stands still, and goes over into the first scene. */
import { filmPiece } from "../lib/media/film-piece.ts";
import type { Content } from "../lib/media/piece-content.ts";
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
  async run({ inputs, ...given }) {
    const { frames, lead } = given.params;
    const into = onlyScene("segments", inputs.segments).path;
    const opening: Content = { kind: "opening", card: inputs.card.path, frames, into, lead };
    await filmPiece(opening, given);
  },
});
