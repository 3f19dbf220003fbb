/** Makes a piece of music into a bed for a film: a sound that can be played for any length without a seam. */
import { offload } from "../lib/base/offload.ts";
import type { BedInfo, BedRequest } from "../lib/media/sound/bed.ts";
import { defineTask, z } from "../lib/task.ts";

/** The bed is 48 kHz, stereo, 16-bit; it is played to its end and then again from the info's `loop_start`. */
export default defineTask({
  type: "bed",
  version: 1,
  params: z.strictObject({
    /** In which the end goes over into the beginning, where the two do not meet by themselves. Seconds. */
    crossfade: z.number().min(0.05).max(10).default(2),
  }),
  inputs: { music: "file" },
  outputs: { bed: "wav", info: "json" },
  tools: ["ffmpeg"],
  async run({ params, inputs, outputs, tools, scratch, signal, progress }) {
    const request: BedRequest = {
      ffmpeg: { path: tools.ffmpeg.path, probePath: tools.ffmpeg.probePath },
      music: { path: inputs.music.path, name: inputs.music.name },
      crossfade: params.crossfade,
      output: outputs.bed.path,
      scratch,
    };
    const info = await offload<BedInfo>("makeBed", request, { signal, onProgress: progress });
    await outputs.info.write(`${JSON.stringify(info, null, 2)}\n`);
  },
});
