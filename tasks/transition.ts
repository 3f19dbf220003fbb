/** Films the border of two scenes: the end of the one and the beginning of the next, mixed; the last scene's is a fade. */
import { filmPiece } from "../lib/media/film-piece.ts";
import { TRANSITIONS } from "../lib/media/motion/blend.ts";
import type { Content } from "../lib/media/piece-content.ts";
import { formShape, readScene } from "../lib/media/scene-inputs.ts";
import { defineTask, Failure, z } from "../lib/task.ts";

export default defineTask({
  type: "transition",
  version: 2,
  params: z.strictObject({ kind: z.enum(TRANSITIONS), platform: formShape }),
  /** `next_…`: of the scene after it; both or none. */
  inputs: {
    image: "file",
    shot: "file",
    own: "optional",
    next_image: "optional",
    next_shot: "optional",
    next_own: "optional",
  },
  outputs: { video: "mp4" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ inputs, ...given }) {
    const { next_image: image, next_shot: shot, next_own: own } = inputs;
    if ((image === undefined) !== (shot === undefined)) {
      throw new Failure("A transition needs both the next scene's image and its shot, or neither.", {
        code: "media.assembly",
        help: 'Give it next_image: "image[scene+1]" and next_shot: "shot[scene+1]".',
      });
    }
    const from = await readScene(inputs);
    const into = image && shot && (await readScene({ image, shot, own }));
    const joint: Content = {
      kind: "transition",
      transition: given.params.kind,
      tail: from.shot.tail,
      lead: into?.shot.lead ?? 0,
      from: from.picture,
      into: into?.picture,
    };
    await filmPiece(joint, given);
  },
});
