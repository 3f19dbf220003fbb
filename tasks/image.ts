/** Has one picture made from a prompt. */
import type { JsonObject } from "../lib/base/json.ts";
import { defineTask, Failure, z } from "../lib/task.ts";

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
  outputs: { image: "png" },
  tools: ["image"],
  pool: "image",
  async run({ params: { prompt, style, size, take }, outputs, tools, signal }) {
    const [width, height] = sides(size)!;
    const png = await tools.image.generate(
      { prompt, style: style as JsonObject, width, height, take },
      signal,
    );
    if (!PNG_SIGNATURE.equals(png.subarray(0, PNG_SIGNATURE.length))) {
      throw new Failure("The image provider's answer is no PNG.", {
        help: "Build again; where it stays so, look at the provider's settings in faceless.config.yaml.",
      });
    }
    await outputs.image.write(png);
  },
});
