/** Renders one scene's picture to a silent piece of film with an exact number of frames. */
import { Failure } from "../base/failure.ts";
import type { WorkerContext } from "../base/offload.ts";
import { type FfmpegLocation, runFfmpeg } from "./ffmpeg.ts";
import { FRAME_SLOTS, frameStream } from "./motion/frames.ts";
import { chooseMove, type Motion, planPath, viewAt } from "./motion/move.ts";
import { preparePicture } from "./motion/picture.ts";
import { Resampler } from "./motion/resampler.ts";

/** Plain data, so that it can be sent to a worker. */
export interface SegmentRequest {
  readonly ffmpeg: FfmpegLocation;
  readonly image: string;
  /** An .mp4. */
  readonly output: string;
  /** Pixels; even. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly frames: number;
  readonly motion: Motion;
  readonly seed: string;
  /** Shows through a transparent picture: "#rrggbb". */
  readonly background: string;
  /** How much the encoder gives for a smaller file; veryfast if not given. */
  readonly preset?: Preset;
}

/** Ultrafast is for drafts. */
export const PRESETS = ["veryfast", "ultrafast"] as const;
export type Preset = (typeof PRESETS)[number];

/** Divides by every frame rate of timeline.ts, so that each frame's time is a whole number. Hz. */
export const TIMESCALE = 30_000;

/**
 * Renders and encodes. Any other number of frames than asked for is a Failure: by the encoder's own count, since a
 * process to count them again would cost as much as encoding three.
 */
export async function renderSegment(request: SegmentRequest, context: WorkerContext): Promise<void> {
  const { ffmpeg, width, height, frames } = request;
  const move = chooseMove(request.motion, request.seed);
  const { picture, focus } = await preparePicture(
    ffmpeg,
    { path: request.image, size: { width, height }, focus: move.focus, background: request.background },
    context.signal,
  );
  const path = planPath(move.kind, focus, picture, frames / request.fps);
  const resampler = await Resampler.create(picture, { width, height }, FRAME_SLOTS);
  const input = frameStream(resampler, frames, (frame) => viewAt(path, frame, frames));
  let encoded = 0;
  const run = {
    what: `encoding ${request.output}`,
    signal: context.signal,
    input,
    onProgress(count: number) {
      encoded = count;
      context.progress(count / frames);
    },
  };
  await runFfmpeg(ffmpeg, run, (command) =>
    command
      .inputOptions(...rawVideo(request))
      .outputOptions(...encoding(request.fps, request.preset))
      .output(request.output),
  );
  if (encoded === frames) return;
  throw new Failure(`${request.output} got ${encoded} frames; ${frames} were rendered.`, {
    help: `This is a fault of ${ffmpeg.path}: try another build of it (FACELESS_FFMPEG).`,
  });
}

export function rawVideo({ width, height, fps }: Pick<SegmentRequest, "width" | "height" | "fps">): string[] {
  return [
    "-f",
    "rawvideo",
    "-pix_fmt",
    "yuv420p",
    "-video_size",
    `${width}x${height}`,
    "-framerate",
    String(fps),
  ];
}

/**
 * All segments of a film are joined by stream copy, so these are the same for all. Crf 20 at veryfast is the knee
 * of the measured size and quality. One thread: the number changes the bytes, and processes keep the cores busy.
 * A closed group of pictures of two seconds: with the half second that YouTube asks for, a file was 1.9 times as
 * large (5 s of a slow zoom, 1080p: 1.94 MB, not 1.01), and a key frame is a pulse in a slow move. Two B-frames,
 * as YouTube asks.
 */
export function encoding(fps: number, preset: Preset = "veryfast"): string[] {
  return [
    ...["-c:v", "libx264", "-preset", preset, "-crf", "20", "-threads", "1", "-pix_fmt", "yuv420p"],
    ...["-profile:v", "high", "-bf", "2", "-g", String(fps * 2), "-keyint_min", String(fps * 2)],
    ...["-sc_threshold", "0", "-flags:v", "+bitexact+cgop", "-fflags", "+bitexact", "-map_metadata", "-1"],
    ...["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"],
    // Without negative offsets, the delay of the B-frames would need an edit list to start the film at 0.
    ...["-movflags", "+negative_cts_offsets", "-video_track_timescale", String(TIMESCALE)],
  ];
}
