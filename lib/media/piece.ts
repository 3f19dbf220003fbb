/** Renders one piece of a film, silent and with an exact number of frames: what a scene shows, or a transition. */
import { Failure } from "../base/failure.ts";
import type { WorkerContext } from "../base/offload.ts";
import { type FfmpegLocation, runFfmpeg } from "./ffmpeg.ts";
import { blend, groundFrame, type Transition } from "./motion/blend.ts";
import { openClip } from "./motion/clip.ts";
import { FRAME_SLOTS, type FrameSource, frameStream } from "./motion/frames.ts";
import { type Form, openStill, type ScenePicture } from "./motion/still.ts";

/** How hard the encoder tries: `ultrafast` is for drafts. */
export const PRESETS = ["veryfast", "ultrafast"] as const;
export type Preset = (typeof PRESETS)[number];

/** Some frames of one scene. */
export interface Body {
  readonly kind: "body";
  readonly picture: ScenePicture;
  /** The scene's frame that is the first. */
  readonly from: number;
  readonly frames: number;
  /** Of the piece: frames that the film can be cut at, besides its first. */
  readonly cuts: readonly number[];
  /** A filter of ffmpeg's that draws over the frames. */
  readonly overlay: string | undefined;
}

/** The last `tail` frames of a scene and the first `lead` ones of the next, which is missing at the end of a film. */
export interface Joint {
  readonly kind: "transition";
  readonly transition: Transition;
  readonly tail: number;
  readonly lead: number;
  readonly from: ScenePicture;
  readonly into: ScenePicture | undefined;
}

/** Plain data, so that it can be sent to a worker. */
export interface PieceRequest {
  readonly ffmpeg: FfmpegLocation;
  readonly form: Form;
  readonly preset: Preset;
  readonly content: Body | Joint;
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
  const frames = content.kind === "body" ? content.frames : content.tail + content.lead;
  const source = await openSource(request, context.signal);
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
    help: `This is a fault of ${ffmpeg.path}: try another build of it (FACELESS_FFMPEG).`,
  });
}

async function openSource(
  { ffmpeg, form, content }: PieceRequest,
  signal: AbortSignal,
): Promise<FrameSource> {
  if (content.kind === "body") return await openPicture(ffmpeg, content.picture, form, content.from, signal);
  const { from, into, tail } = content;
  const first = await openPicture(ffmpeg, from, form, from.frames - tail, signal);
  const second = into && (await openPicture(ffmpeg, into, form, -tail, signal));
  return joined(content, first, second, form);
}

async function openPicture(
  ffmpeg: FfmpegLocation,
  picture: ScenePicture,
  form: Form,
  from: number,
  signal: AbortSignal,
): Promise<FrameSource> {
  const { clip } = picture;
  return clip === undefined
    ? await openStill(ffmpeg, picture, form, from, signal)
    : openClip(ffmpeg, { ...picture, clip }, form, from, signal);
}

/** The frames of a transition. */
function joined(joint: Joint, first: FrameSource, second: FrameSource | undefined, form: Form): FrameSource {
  const { frameBytes } = first;
  const ground = groundFrame(form.background, form);
  const slots = Array.from({ length: FRAME_SLOTS }, () => new Uint8Array(frameBytes));
  let frame = 0;
  return {
    frameBytes,
    async next() {
      const out = slots[frame % FRAME_SLOTS]!;
      const [from, into] = [await first.next(), await second?.next()];
      blend(joint.transition, { frame, ...joint }, { from, into, ground, out }, form);
      frame += 1;
      return out;
    },
    close() {
      first.close();
      second?.close();
    },
  };
}

export function rawVideo({ width, height, fps }: Form): string[] {
  const size = `${width}x${height}`;
  return ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", size, "-framerate", String(fps)];
}

/**
 * All pieces of a film are joined by stream copy, so these are the same for all. Crf 20 at veryfast is the knee
 * of the measured size and quality. One thread: the number changes the bytes, and processes keep the cores busy.
 * A closed group of pictures of two seconds: with the half second that YouTube asks for, a file was 1.9 times as
 * large (5 s of a slow zoom, 1080p: 1.94 MB, not 1.01), and a key frame is a pulse in a slow move. Two B-frames,
 * as YouTube asks.
 */
export function encoding(fps: number, preset: Preset): string[] {
  return [
    ...["-c:v", "libx264", "-preset", preset, "-crf", "20", "-threads", "1", "-pix_fmt", "yuv420p"],
    ...["-profile:v", "high", "-bf", "2", "-g", String(fps * 2), "-keyint_min", String(fps * 2)],
    ...["-sc_threshold", "0", "-flags:v", "+bitexact+cgop", "-fflags", "+bitexact", "-map_metadata", "-1"],
    ...["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"],
    // Without negative offsets, the delay of the B-frames would need an edit list to start the film at 0.
    ...["-movflags", "+negative_cts_offsets", "-video_track_timescale", String(TIMESCALE)],
  ];
}

function keyFrames(cuts: readonly number[], fps: number): string[] {
  const times = cuts.map((frame) => (frame / fps).toFixed(6));
  return times.length === 0 ? [] : ["-force_key_frames", times.join(",")];
}
