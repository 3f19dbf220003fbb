/** How type is set on pictures, as far as an author chooses it: what thumbnails and cards share. */
import { z } from "zod";

const share = z.number().min(0).max(1);

export const colour = z.templateLiteral(["#", z.string().regex(/^[0-9a-f]{6}$/i)], {
  error: "must be a colour like '#102030'",
});

/** Params named `style`; `upperCase` is what they have where nothing is said. */
export function typeStyle(upperCase: boolean) {
  return z
    .strictObject({
      /** The title in capitals. */
      upper_case: z.boolean().default(upperCase),
      /** Of what matters most; null for a colour of the pictures' own. */
      accent: colour.nullable().default(null),
      /** What a crop keeps: 0 to 1 from the left and from the top. */
      focus: z.tuple([share, share]).default([0.5, 0.5]),
    })
    .prefault({});
}

/** Pixels. */
export const side = z.int().min(64).max(8192);
