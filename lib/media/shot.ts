/** The plan of one scene: how long it is, how the camera moves, where its voice begins. What its frames are made from. */
import { z } from "zod";
import { FRAME_RATES } from "../model/known-values.ts";
import { MOVES } from "./motion/move.ts";

const share = z.number().min(0).max(1);
const count = z.int().min(0);

/** How the author writes a move; "auto" and null leave the choice to the seed. */
const moves = z.enum([...MOVES, "auto"]);
export const motionShape = z
  .union(
    [moves, z.strictObject({ kind: moves.default("auto"), focus: z.tuple([share, share]).optional() })],
    {
      error: `must be one of ${moves.options.join(", ")}, or { kind, focus: [x, y] } with x and y from 0 to 1`,
    },
  )
  .nullable();

/** A file that the task `shot` makes: see Length in timeline.ts. */
export const shotShape = z
  .object({
    fps: z.literal(FRAME_RATES),
    frames: count.min(1),
    lead: count,
    tail: count,
    /** Frames before its first and after its last in which its picture can be seen in a transition, at most. */
    overlap: count,
    /** Of the scene, at 48 kHz: where its narration begins. */
    voice_sample: count,
    /** `focus`: what a crop keeps and a zoom aims at; 0 to 1 from the left and from the top. */
    move: z.object({ kind: z.enum(MOVES), focus: z.tuple([share, share]).readonly() }),
    /** 0 to 1, by the seed alone: how ill the scene suits to begin a part: see part-borders.ts. */
    reluctance: share,
    /** Frames between two sentences: where a scene that is too long for a part can be cut. Ascending. */
    cuts: z.array(count),
  })
  .refine(({ frames, lead, tail }) => lead + tail < frames, { error: "'lead' and 'tail' leave no frame" });
export type Shot = z.output<typeof shotShape>;
