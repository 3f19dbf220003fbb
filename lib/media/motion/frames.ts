/** A stream of a camera move's frames, rendered only as fast as they are taken. */
import { Readable } from "node:stream";
import type { Resampler, View } from "./resampler.ts";

/**
 * How many frames the resampler must keep. A stream piped to a process holds two at most: one that is being
 * written (`pipe` pauses until the write is over) and one that was read ahead (`highWaterMark` is one frame). The
 * next is rendered into the third; the fourth is to spare.
 */
export const FRAME_SLOTS = 4;

/** Reads as packed yuv420p frames of the views, one chunk each. To be piped: chunks are only good until then. */
export function frameStream(
  resampler: Resampler,
  frames: number,
  viewOf: (frame: number) => View,
  onFrame: (done: number) => void = () => {},
): Readable {
  let next = 0;
  return new Readable({
    highWaterMark: resampler.frameBytes,
    read() {
      if (next === frames) {
        this.push(null);
        return;
      }
      const frame = resampler.render(viewOf(next), next % FRAME_SLOTS);
      next += 1;
      this.push(frame);
      onFrame(next);
    },
  });
}
