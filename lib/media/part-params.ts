/** Which part a film is, of how many: parameters of the tasks that tell it. */
import type { z } from "zod";
import { ordinal } from "../base/ordinal.ts";

const number = ordinal.nullable().default(null);

/** Null for a whole film. */
export const partParams = { part: number, of: number };
export type PartParams = z.output<z.ZodObject<typeof partParams>>;

/** What `refine` takes. */
export const bothOrNone: [check: (params: PartParams) => boolean, { path: string[]; error: string }] = [
  ({ part, of }) => (part === null) === (of === null),
  { path: ["of"], error: "'part' and 'of' go together: which part, of how many." },
];
