/** Decodes a narration as the sound of a draft takes it, once, so that an edit of one does not decode the others again. */
import { decodeSound } from "../lib/media/sound/decode.ts";
import { DRAFT_FORMAT } from "../lib/media/sound/draft.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "voice",
  version: 1,
  params: z.strictObject({}),
  inputs: { narration: "file" },
  outputs: { voice: "wav" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ inputs, outputs, tools, signal }) {
    await decodeSound(tools.ffmpeg, inputs.narration, {
      format: DRAFT_FORMAT,
      output: outputs.voice.path,
      signal,
    });
  },
});
