/** Films one scene: a picture in, a silent piece of film with a camera move and an exact number of frames out. */
import { readFile } from "node:fs/promises";
import { captionsFilter } from "../lib/media/captions/filter.ts";
import { filmPiece } from "../lib/media/film-piece.ts";
import type { Content } from "../lib/media/piece-content.ts";
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
  async run({ inputs, ...given }) {
    const { shot, picture } = await readScene(inputs);
    const body: Content = {
      kind: "body",
      picture,
      from: shot.lead,
      frames: shot.frames - shot.lead - shot.tail,
      cuts: shot.cuts.map((frame) => frame - shot.lead),
      overlay: inputs.captions && (await overlayOf(inputs.captions.path)),
    };
    await filmPiece(body, given);
  },
});

/** A file without an event is none: each frame would go through the filter for nothing. */
async function overlayOf(captions: string): Promise<string | undefined> {
  const text = await readFile(captions, "utf8");
  return /^Dialogue:/m.test(text) ? captionsFilter(captions) : undefined;
}
