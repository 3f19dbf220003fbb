/** Makes a piece of film of a video or picture that came from elsewhere, such as an intro: as segments are, with sound. */
import { offload } from "../lib/base/offload.ts";
import { conformClip, writeSilence } from "../lib/media/clip.ts";
import type { PieceRequest } from "../lib/media/piece.ts";
import { formShape } from "../lib/media/scene-inputs.ts";
import { defineTask, z } from "../lib/task.ts";

const PICTURES: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg", ".webp"]);

export default defineTask({
  type: "clip",
  version: 2,
  params: z.strictObject({
    /** What the platform asks for. */
    video: formShape,
    /** How long a picture stands, or where a video ends at the latest; null for 4 seconds of a picture and all of a video. */
    seconds: z.number().min(0.1).max(600).nullable().default(null),
    /** Of a video in another shape: all of it, or as much as fills the frame. */
    fit: z.enum(["contain", "cover"]).default("contain"),
    /** Of a picture. */
    motion: z.enum(["hold", "zoom-in", "zoom-out"]).default("hold"),
  }),
  inputs: { source: "file" },
  outputs: { video: "mp4", sound: "wav", info: "json" },
  tools: ["ffmpeg"],
  keep: "link",
  async run({ params, inputs: { source }, outputs, tools, scratch, signal, progress }) {
    const { video, seconds, fit, motion } = params;
    const ffmpeg = { path: tools.ffmpeg.path, probePath: tools.ffmpeg.probePath };
    const files = { video: outputs.video.path, sound: outputs.sound.path };
    let frames = Math.max(1, Math.round((seconds ?? 4) * video.fps));
    if (PICTURES.has(source.extension)) {
      const { preset, ...form } = video;
      const move = { kind: motion, focus: [0.5, 0.5] } as const;
      const picture = { image: source.path, clip: undefined, move, frames, overlap: 0 };
      const content = { kind: "body", picture, from: 0, frames, cuts: [], overlay: undefined } as const;
      const request: PieceRequest = { ffmpeg, form, preset, content, output: files.video };
      await offload("renderPiece", request, { signal, onProgress: progress });
      await writeSilence(files.sound, frames, video.fps);
    } else {
      const request = { ffmpeg, source, ...files, ...video, fit, seconds: seconds ?? undefined, scratch };
      frames = await conformClip(request, { signal, progress });
    }
    await outputs.info.write(`${JSON.stringify({ frames }, null, 2)}\n`);
  },
});
