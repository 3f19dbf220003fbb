/** A stream of frames, made only as fast as they are taken. */
import { Readable } from "node:stream";

/** Frames of one size, one after the other. */
export interface FrameSource {
  /** Bytes of a frame: packed yuv420p. */
  readonly frameBytes: number;
  /** The next frame; its memory is used again for the fourth after it. */
  next(): Uint8Array | Promise<Uint8Array>;
  /** Ends what works for it. */
  close(): void;
}

/**
 * How many frames a source must keep. A stream piped to a process holds two at most: one that is being
 * written (`pipe` pauses until the write is over) and one that was read ahead (`highWaterMark` is one frame). The
 * next is made in the third; the fourth is to spare.
 */
export const FRAME_SLOTS = 4;

/** Reads as `frames` frames, one chunk each. To be piped: chunks are only good until then. */
export function frameStream(source: FrameSource, frames: number): Readable {
  let made = 0;
  return new Readable({
    highWaterMark: source.frameBytes,
    read() {
      if (made === frames) {
        this.push(null);
        return;
      }
      made += 1;
      const frame = source.next();
      if (frame instanceof Uint8Array) this.push(frame);
      else frame.then((frame) => this.push(frame)).catch((error: Error) => this.destroy(error));
    },
    destroy(error, done) {
      source.close();
      done(error);
    },
  });
}
