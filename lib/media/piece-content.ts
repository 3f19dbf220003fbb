/** What a piece of film can show, and the frames of it. */
import type { FfmpegLocation } from "./ffmpeg.ts";
import { blend, groundFrame, type Transition } from "./motion/blend.ts";
import { openClip } from "./motion/clip.ts";
import { openFrame } from "./motion/frame-of.ts";
import { FRAME_SLOTS, type FrameSource } from "./motion/frames.ts";
import { type Form, openStill, type ScenePicture } from "./motion/still.ts";

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

/** A still picture for `frames` frames, which then goes over into the first frame of a video within `lead` more. */
export interface Opening {
  readonly kind: "opening";
  readonly card: string;
  readonly frames: number;
  readonly into: string;
  readonly lead: number;
}

/** The last frame of a video, which goes to the background within `frames` frames. */
export interface Closing {
  readonly kind: "closing";
  readonly from: string;
  readonly frames: number;
}

export type Content = Body | Joint | Opening | Closing;

export function pieceFrames(content: Content): number {
  switch (content.kind) {
    case "body":
    case "closing":
      return content.frames;
    case "transition":
      return content.tail + content.lead;
    case "opening":
      return content.frames + content.lead;
  }
}

const HOLD = { kind: "hold", focus: [0.5, 0.5] } as const;

/** To be closed. */
export async function openContent(
  ffmpeg: FfmpegLocation,
  content: Content,
  form: Form,
  signal: AbortSignal,
): Promise<FrameSource> {
  switch (content.kind) {
    case "body":
      return await openPicture(ffmpeg, content.picture, form, content.from, signal);
    case "transition": {
      const { from, into, tail } = content;
      const first = await openPicture(ffmpeg, from, form, from.frames - tail, signal);
      const second = into && (await openPicture(ffmpeg, into, form, -tail, signal));
      return joined(content, first, second, form);
    }
    case "opening": {
      const { card, frames, into, lead } = content;
      const picture = { image: card, clip: undefined, move: HOLD, frames, overlap: lead };
      const first = await openStill(ffmpeg, picture, form, 0, signal);
      const second = await openFrame(ffmpeg, into, "first", form, signal);
      return joined({ transition: "crossfade", tail: frames, lead, within: 2 * lead }, first, second, form);
    }
    case "closing": {
      const first = await openFrame(ffmpeg, content.from, "last", form, signal);
      return joined({ transition: "dip", tail: content.frames, lead: 0 }, first, undefined, form);
    }
  }
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

type Mixing = Pick<Joint, "transition" | "tail" | "lead"> & {
  /** How many of its frames, at the end, are mixed: all of them unless said. */
  readonly within?: number;
};

/** The frames of a transition. */
function joined(
  mixing: Mixing,
  first: FrameSource,
  second: FrameSource | undefined,
  form: Form,
): FrameSource {
  const { frameBytes } = first;
  const { transition, tail, lead, within = tail + lead } = mixing;
  const still = Math.max(0, tail + lead - within);
  const ground = groundFrame(form.background, form);
  const slots = Array.from({ length: FRAME_SLOTS }, () => new Uint8Array(frameBytes));
  let frame = 0;
  return {
    frameBytes,
    async next() {
      const out = slots[frame % FRAME_SLOTS]!;
      const [from, into] = [await first.next(), await second?.next()];
      const moment = { frame: frame - still, tail: tail - still, lead };
      if (moment.frame < 0) out.set(from);
      else blend(transition, moment, { from, into, ground, out }, form);
      frame += 1;
      return out;
    },
    close() {
      first.close();
      second?.close();
    },
  };
}
