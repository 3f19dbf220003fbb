/** Renders one piece of a film, silent and with an exact number of frames: what a scene shows, or a transition. */
import { Failure } from "../base/failure.ts";
import type { WorkerContext } from "../base/offload.ts";
import { type FfmpegLocation, runFfmpeg } from "./ffmpeg.ts";
import { frameStream } from "./motion/frames.ts";
import type { Form } from "./motion/still.ts";
import { type Content, openContent, pieceFrames } from "./piece-content.ts";

/** How hard the encoder tries: `ultrafast` is for drafts. */
export const PRESETS = ["veryfast", "ultrafast"] as const;
export type Preset = (typeof PRESETS)[number];

/** x264's crf: 20 is the knee of the measured size and quality at veryfast. A draft is joined and played from a smaller file. */
const QUALITY: Readonly<Record<Preset, number>> = { veryfast: 20, ultrafast: 28 };

/** Plain data, so that it can be sent to a worker. */
export interface PieceRequest {
  readonly ffmpeg: FfmpegLocation;
  readonly form: Form;
  readonly preset: Preset;
  readonly content: Content;
  /** An .mp4. */
  readonly output: string;
}

/** Divides by every frame rate of timeline.ts, so that each frame's time is a whole number. Hz. */
export const TIMESCALE = 30_000;

/**
 * Renders and encodes. Any other number of frames than asked for is a Failure: by the encoder's own count, since a
 * process to count them again would cost as much as encoding three.
 */
export async function renderPiece(request: PieceRequest, context: WorkerContext): Promise<void> {
  const { ffmpeg, form, preset, content, output } = request;
  const frames = pieceFrames(content);
  const source = await openContent(ffmpeg, content, form, context.signal);
  let encoded = 0;
  const run = {
    what: `encoding ${output}`,
    signal: context.signal,
    input: frameStream(source, frames),
    onProgress(count: number) {
      encoded = count;
      context.progress(count / frames);
    },
  };
  const { cuts, overlay } = content.kind === "body" ? content : { cuts: [], overlay: undefined };
  await runFfmpeg(ffmpeg, run, (command) => {
    command.inputOptions(...rawVideo(form));
    if (overlay !== undefined) command.outputOptions("-vf", overlay);
    command.outputOptions(...encoding(form.fps, preset), ...keyFrames(cuts, form.fps)).output(output);
  });
  if (encoded === frames) return;
  throw new Failure(`${output} got ${encoded} frames; ${frames} were rendered.`, {
    code: "media.assembly",
    help: `This is a fault of ${ffmpeg.path}: try another build of it (FACELESS_FFMPEG).`,
  });
}

export function rawVideo({ width, height, fps }: Form): string[] {
  const size = `${width}x${height}`;
  return ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", size, "-framerate", String(fps)];
}

/**
 * All pieces of a film are joined by stream copy, so these are the same for all. One thread: the number changes the
 * bytes, and processes keep the cores busy.
 * A closed group of pictures of two seconds: with the half second that YouTube asks for, a file was 1.9 times as
 * large (5 s of a slow zoom, 1080p: 1.94 MB, not 1.01), and a key frame is a pulse in a slow move. Two B-frames,
 * as YouTube asks.
 */
export function encoding(fps: number, preset: Preset): string[] {
  return [
    ...[
      "-c:v",
      "libx264",
      "-preset",
      preset,
      "-crf",
      String(QUALITY[preset]),
      "-threads",
      "1",
      "-pix_fmt",
      "yuv420p",
    ],
    ...["-profile:v", "high", "-bf", "2", "-g", String(fps * 2), "-keyint_min", String(fps * 2)],
    ...["-sc_threshold", "0", "-flags:v", "+bitexact+cgop", "-fflags", "+bitexact", "-map_metadata", "-1"],
    ...["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"],
    // With an edit list, not with negative offsets as the film: of a piece whose only B-frames are its last frames,
    // ffmpeg does not see them (mov_read_ctts leaves out the last two entries) and gives it wrong times.
    ...["-video_track_timescale", String(TIMESCALE)],
  ];
}

function keyFrames(cuts: readonly number[], fps: number): string[] {
  const times = cuts.map((frame) => (frame / fps).toFixed(6));
  return times.length === 0 ? [] : ["-force_key_frames", times.join(",")];
}
