/** Checks a finished film against its reel: what was measured comes out, and what is wrong fails the build. */
import { checkFilm } from "../lib/media/check/check.ts";
import { bothOrNone, partParams } from "../lib/media/part-params.ts";
import { reelShape } from "../lib/media/reel.ts";
import { formShape } from "../lib/media/scene-inputs.ts";
import { defineTask, Failure, z } from "../lib/task.ts";

export default defineTask({
  type: "check",
  version: 2,
  params: z
    .strictObject({
      /** What lies where in the film. */
      reel: reelShape,
      ...partParams,
      /** What the platform asks for. */
      video: formShape,
      /** Integrated, within half a unit. LUFS. */
      loudness: z.number().min(-40).max(0).default(-14),
      /** The highest true peak. dBFS. */
      peak: z.number().min(-20).max(0).default(-1),
      /** The longest silence; where the reel has a longer pause, that. Seconds. */
      silence_s: z.number().min(0).max(600).default(3),
      /** The longest that one picture may stand; null for as long as the longest scene. Seconds. */
      still_s: z.number().min(0).max(3600).nullable().default(null),
    })
    .refine(...bothOrNone),
  inputs: { video: "file" },
  outputs: { check: "json" },
  tools: ["ffmpeg"],
  async run({ params, inputs, outputs, tools, signal }) {
    const { video: form, loudness, peak, silence_s: silence, still_s: still, reel, part, of } = params;
    if (reel.fps !== form.fps) {
      throw new Failure(
        `The reel of ${inputs.video.name} has ${reel.fps} frames a second; its platform has ${form.fps}.`,
        { code: "media.assembly", help: "Give the check the reel of the same platform's timeline." },
      );
    }
    const { report, faults } = await checkFilm(
      {
        ffmpeg: tools.ffmpeg,
        film: inputs.video,
        reel,
        part: { part, of },
        ...form,
        sound: { loudness, peak, silence },
        still,
      },
      signal,
    );
    if (faults.length > 0) throw new Failure(inWords(inputs.video.name, faults), { code: "media.assembly" });
    await outputs.check.write(`${JSON.stringify(report, null, 2)}\n`);
  },
});

function inWords(name: string, faults: readonly string[]): string {
  const [only, ...more] = faults;
  if (more.length === 0) return `${name} is not fit to be published. ${only}`;
  return `${name} is not fit to be published; ${faults.length} things are wrong:\n${faults.map((fault) => `- ${fault}`).join("\n")}`;
}
