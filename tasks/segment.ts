/** Films one scene: a picture in, a silent piece of film with a camera move and an exact number of frames out. */
import { offload } from "../lib/base/offload.ts";
import { MOVES } from "../lib/media/motion/move.ts";
import { PRESETS, type SegmentRequest } from "../lib/media/segment.ts";
import { sceneFrames } from "../lib/media/timeline.ts";
import { FRAME_RATES } from "../lib/model/known-values.ts";
import { defineTask, z } from "../lib/task.ts";

const share = z.number().min(0).max(1);
const kind = z.enum([...MOVES, "auto"]);
const pixels = z.int().min(16).max(7680).multipleOf(2);

export default defineTask({
  type: "segment",
  version: 1,
  params: z.strictObject({
    /** Of the scene's narration, decoded at 48 kHz: see lib/media/timeline.ts. */
    samples: z.int().min(1),
    /** Silence before and after the narration. Seconds. */
    pause: z.strictObject({ before: z.number().min(0).max(60), after: z.number().min(0).max(60) }),
    platform: z.strictObject({
      width: pixels,
      height: pixels,
      fps: z.literal(FRAME_RATES),
      /** Shows through a transparent picture. */
      background: z
        .string()
        .regex(/^#[0-9a-f]{6}$/i, "must be a colour like '#102030'")
        .default("#000000"),
      preset: z.enum(PRESETS).default("veryfast"),
    }),
    /** `focus`: what the crop keeps and a zoom aims at; 0 to 1 from the left and from the top. */
    motion: z
      .union(
        [kind, z.strictObject({ kind: kind.default("auto"), focus: z.tuple([share, share]).optional() })],
        {
          error: `must be one of ${kind.options.join(", ")}, or { kind, focus: [x, y] } with x and y from 0 to 1`,
        },
      )
      .nullable()
      .default(null),
    /** Chooses the move where `motion` leaves it open. */
    seed: z.string(),
  }),
  inputs: { image: "file" },
  outputs: { video: "mp4" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ params, inputs, outputs, tools, signal, progress }) {
    const { platform, samples, pause, motion, seed } = params;
    const request: SegmentRequest = {
      ffmpeg: { path: tools.ffmpeg.path, probePath: tools.ffmpeg.probePath },
      image: inputs.image.path,
      output: outputs.video.path,
      ...platform,
      frames: sceneFrames(samples, pause, platform.fps),
      motion,
      seed,
    };
    await offload("renderSegment", request, { signal, onProgress: progress });
  },
});
