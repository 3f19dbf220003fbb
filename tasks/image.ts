/** Has one picture made from a prompt, or takes the author's own: a picture, or the first one of a video clip. */
import type { JsonObject } from "../lib/base/json.ts";
import { type Ffmpeg, runFfmpeg } from "../lib/media/ffmpeg.ts";
import { isClip } from "../lib/media/motion/clip.ts";
import type { ImageRequest } from "../lib/providers/image.ts";
import { defineTask, Failure, type InputFile, z } from "../lib/task.ts";

/** The eight bytes that every PNG starts with (ISO/IEC 15948, 5.2). */
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const SIZE = /^(\d+)x(\d+)$/;

function sides(size: string): [width: number, height: number] | undefined {
  const match = SIZE.exec(size);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  return [width, height].every((side) => side >= 64 && side <= 8192) ? [width, height] : undefined;
}

export default defineTask({
  type: "image",
  version: 1,
  params: z.strictObject({
    /** With the visual style appended. */
    prompt: z.string().trim().min(1),
    /** The script's visual_style, for a provider that can use it apart from the prompt. */
    style: z.record(z.string(), z.json()),
    /** Pixels. */
    size: z.string().refine((size) => sides(size) !== undefined, {
      error: "an image size is <width>x<height>, each from 64 to 8192 pixels, such as 2048x1152.",
    }),
    /** Another roll of the same prompt. */
    take: z.int().min(1).default(1),
  }),
  inputs: { own: "optional" },
  outputs: { image: "png" },
  tools: ["image"],
  toolsFor: { own: ["ffmpeg"] },
  pool: "image",
  estimate: ({ params, tools }) => tools.image.estimate(requestOf(params)),
  async run({ params, inputs: { own }, outputs, tools, signal, till, notice }) {
    if (own !== undefined) return await takeOwn(tools.ffmpeg!, own, outputs.image.path, signal);
    const png = await tools.image.generate(requestOf(params), { signal, till, notice });
    if (!PNG_SIGNATURE.equals(png.subarray(0, PNG_SIGNATURE.length))) {
      throw new Failure("The image provider's answer is no PNG.", {
        code: "api.image",
        help: "Build again; where it stays so, look at the provider's settings in faceless.config.yaml.",
      });
    }
    await outputs.image.write(png);
  },
});

interface Params {
  readonly prompt: string;
  readonly style: object;
  readonly size: string;
  readonly take: number;
}

function requestOf({ prompt, style, size, take }: Params): ImageRequest {
  const [width, height] = sides(size)!;
  return { prompt, style: style as JsonObject, width, height, take };
}

/** As it is, whatever its size: what is rendered from it is cropped to the film's shape. */
async function takeOwn(ffmpeg: Ffmpeg, own: InputFile, to: string, signal: AbortSignal): Promise<void> {
  // Without a pattern, since of a path with a "%d" in it ffmpeg would make a numbered sequence.
  const options = isClip(own.extension) ? [] : ["-f", "image2", "-pattern_type", "none"];
  await runFfmpeg(ffmpeg, { what: `reading ${own.name}`, signal }, (command) => {
    command.input(own.path);
    if (options.length > 0) command.inputOptions(...options);
    command
      .outputOptions("-map", "0:v:0", "-frames:v", "1", "-update", "1", "-c:v", "png")
      .outputOptions("-fflags", "+bitexact", "-map_metadata", "-1")
      .output(to);
  });
}
