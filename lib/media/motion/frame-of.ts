/** One frame of a video, standing still. */
import { Writable } from "node:stream";
import { Failure } from "../../base/failure.ts";
import { type FfmpegLocation, runFfmpeg } from "../ffmpeg.ts";
import type { FrameSource } from "./frames.ts";
import type { Size } from "./resampler.ts";

/** The video has to be of that size. A file without pictures is a Failure. */
export async function openFrame(
  ffmpeg: FfmpegLocation,
  video: string,
  which: "first" | "last",
  { width, height }: Size,
  signal: AbortSignal,
): Promise<FrameSource> {
  const frameBytes = (width * height * 3) / 2;
  const frame = new Uint8Array(frameBytes);
  let filled = 0;
  const sink = new Writable({
    autoDestroy: false,
    emitClose: false, // See decodeAudio.
    write(chunk: Uint8Array, _encoding, done) {
      // Each frame is written over the one before it: what is left is the last.
      for (let at = 0; at < chunk.length; ) {
        const start = filled % frameBytes;
        const some = chunk.subarray(at, at + frameBytes - start);
        frame.set(some, start);
        filled += some.length;
        at += some.length;
      }
      done();
    },
  });
  await runFfmpeg(ffmpeg, { what: `reading the ${which} frame of ${video}`, signal }, (command) =>
    command
      .input(video)
      .outputOptions("-map", "0:v:0", ...(which === "first" ? ["-frames:v", "1"] : []))
      .outputOptions("-f", "rawvideo", "-pix_fmt", "yuv420p", "-threads", "1")
      .output(sink),
  );
  if (filled === 0 || filled % frameBytes !== 0) {
    throw new Failure(`${video} has no picture of ${width}x${height}.`, {
      code: "media.source",
      help: "It was edited or pinned for another platform: build it again with --force.",
    });
  }
  return { frameBytes, next: () => frame, close() {} };
}
