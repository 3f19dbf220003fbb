/** A whole number from 1 on, also as the text that an axis' key is: `variant: "${variant}"`. */
import { z } from "zod";

export const ordinal = z.union(
  [
    z.int().min(1),
    z
      .string()
      .regex(/^0*[1-9]\d{0,5}$/)
      .transform(Number),
  ],
  { error: "must be a whole number from 1 on." },
);
