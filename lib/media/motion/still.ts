/** A still picture in motion, as frames. */
import type { FfmpegLocation } from "../ffmpeg.ts";
import { FRAME_SLOTS, type FrameSource } from "./frames.ts";
import { type Focus, type Move, planPath, viewAt } from "./move.ts";
import { preparePicture } from "./picture.ts";
import { Resampler, type Size } from "./resampler.ts";

/** What one scene shows, and how. Plain data, so that it can be sent to a worker. */
export interface ScenePicture {
  /** A picture file. */
  readonly image: string;
  /** A video file that is shown instead. */
  readonly clip: string | undefined;
  readonly move: { readonly kind: Move; readonly focus: Focus };
  /** Of the scene. */
  readonly frames: number;
  /** Frames before its first and after its last for which the move goes on: see Shot. */
  readonly overlap: number;
}

/** The form of a film. */
export interface Form extends Size {
  readonly fps: number;
  /** Shows through a transparent picture, and between films: "#rrggbb". */
  readonly background: string;
}

/** `from`: the scene's frame that is the first; it can be before the scene's own first. */
export async function openStill(
  ffmpeg: FfmpegLocation,
  { image, move, frames, overlap }: ScenePicture,
  form: Form,
  from: number,
  signal: AbortSignal,
): Promise<FrameSource> {
  const { width, height, fps, background } = form;
  const size = { width, height };
  const request = { path: image, size, focus: move.focus, background };
  const { picture, focus } = await preparePicture(ffmpeg, request, signal);
  const all = frames + 2 * overlap;
  const path = planPath(move.kind, focus, picture, all / fps);
  const resampler = await Resampler.create(picture, size, FRAME_SLOTS);
  let at = from + overlap;
  return {
    frameBytes: resampler.frameBytes,
    next() {
      const frame = resampler.render(viewAt(path, at, all), at % FRAME_SLOTS);
      at += 1;
      return frame;
    },
    close() {},
  };
}
