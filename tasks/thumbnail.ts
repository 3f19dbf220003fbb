/** Makes a film's thumbnail: its title set on the picture of a scene. */
import { offload } from "../lib/base/offload.ts";
import { ordinal } from "../lib/base/ordinal.ts";
import type { Made } from "../lib/media/typeset/say.ts";
import { colour, side, typeStyle } from "../lib/media/typeset/style.ts";
import type { ThumbnailRequest } from "../lib/media/typeset/thumbnail.ts";
import { defineTask, z } from "../lib/task.ts";

/** What YouTube takes (support.google.com/youtube/answer/72431). Bytes. */
const LARGEST = 2_000_000;

export default defineTask({
  type: "thumbnail",
  version: 1,
  params: z.strictObject({
    title: z.string().trim().min(1).max(300),
    /** Pixels: 1280x720 for a wide film, 1080x1920 for an upright one. */
    width: side,
    height: side,
    /** 1, 2, 3, …: other layouts, and other pictures where several are given. */
    variant: ordinal.default(1),
    style: typeStyle(true),
    /** Shows through a transparent picture. */
    background: colour.default("#000000"),
  }),
  /** `images`: of the scenes. `fonts`: for letters that the shipped font lacks. */
  inputs: { images: "list", fonts: "list" },
  outputs: { thumbnail: "jpg" },
  tools: ["canvas"],
  async run({ params, inputs, outputs, signal, notice }) {
    const { style, ...rest } = params;
    const request: ThumbnailRequest = {
      ...rest,
      images: inputs.images.map(({ path, name }) => ({ path, name })),
      fonts: inputs.fonts.map(({ path, name }) => ({ path, name })),
      focus: style.focus,
      upperCase: style.upper_case,
      accent: style.accent ?? undefined,
      largest: LARGEST,
    };
    const { bytes, notices } = await offload<Made>("thumbnail", request, { signal });
    for (const text of notices) notice(text);
    await outputs.thumbnail.write(bytes);
  },
});
