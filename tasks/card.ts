/** Makes a card: a title, and a label such as "Part 2 of 3", on a blurred picture or on a plain ground. */
import { offload } from "../lib/base/offload.ts";
import type { CardRequest } from "../lib/media/typeset/card.ts";
import type { Made } from "../lib/media/typeset/say.ts";
import { colour, side, typeStyle } from "../lib/media/typeset/style.ts";
import { defineTask, z } from "../lib/task.ts";

export default defineTask({
  type: "card",
  version: 1,
  params: z.strictObject({
    title: z.string().trim().min(1).max(300),
    /** Above the title; null for none. */
    label: z.string().trim().min(1).max(60).nullable().default(null),
    /** Pixels. */
    width: side,
    height: side,
    /** The ground where there is no picture, and what shows through a transparent one. */
    background: colour.default("#000000"),
    style: typeStyle(false),
  }),
  /** `images`: the first one is the ground, if there is one. `fonts`: for letters that the shipped font lacks. */
  inputs: { images: "list", fonts: "list" },
  outputs: { card: "png" },
  tools: ["canvas"],
  async run({ params, inputs, outputs, signal, notice }) {
    const { style, label, ...rest } = params;
    const [image] = inputs.images;
    const request: CardRequest = {
      ...rest,
      label: label ?? undefined,
      image: image === undefined ? undefined : { path: image.path, name: image.name },
      fonts: inputs.fonts.map(({ path, name }) => ({ path, name })),
      focus: style.focus,
      upperCase: style.upper_case,
      accent: style.accent ?? undefined,
    };
    const { bytes, notices } = await offload<Made>("card", request, { signal });
    for (const text of notices) notice(text);
    await outputs.card.write(bytes);
  },
});
