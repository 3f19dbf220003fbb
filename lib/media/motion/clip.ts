/** A video clip as a scene's picture: cut to the film's shape and pace, as frames. */
import { Writable } from "node:stream";
import { Failure } from "../../base/failure.ts";
import { type FfmpegLocation, runFfmpeg } from "../ffmpeg.ts";
import { FRAME_SLOTS, type FrameSource } from "./frames.ts";
import { cropTo } from "./picture.ts";
import type { Form, ScenePicture } from "./still.ts";

const EXTENSIONS: readonly string[] = [".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".gif"];

/** Whether a file's extension, with its dot, is that of a video. */
export function isClip(extension: string): boolean {
  return EXTENSIONS.includes(extension.toLowerCase());
}

/**
 * The clip begins with the transition into its scene, and its last frame stands where it is shorter than that. `from` is
 * the scene's frame that is the first. A file without pictures is a Failure when the first frame is asked for.
 */
export function openClip(
  ffmpeg: FfmpegLocation,
  { clip, move, overlap }: ScenePicture & { readonly clip: string },
  form: Form,
  from: number,
  signal: AbortSignal,
): FrameSource {
  const frameBytes = (form.width * form.height * 3) / 2;
  const ending = new AbortController();
  const frames = new FrameQueue(frameBytes);
  const filters = [
    `fps=${form.fps}`,
    cropTo(form, move.focus),
    `scale=${form.width}:${form.height}:flags=bicubic+accurate_rnd:out_color_matrix=bt709:out_range=tv`,
    "setsar=1,format=yuv420p",
  ];
  const run = { what: `reading the clip ${clip}`, signal: AbortSignal.any([signal, ending.signal]) };
  runFfmpeg(ffmpeg, run, (command) =>
    command
      .input(clip)
      .outputOptions("-map", "0:v:0", "-an", "-vf", filters.join(","), "-f", "rawvideo", "-threads", "1")
      .output(frames.sink),
  ).then(
    () => frames.end(undefined),
    (error: Error) => frames.end(error),
  );
  let skip = Math.max(0, from + overlap);
  let last: Uint8Array | undefined;
  return {
    frameBytes,
    async next() {
      for (; skip > 0; skip--) last = (await frames.take()) ?? last;
      last = (await frames.take()) ?? last;
      if (last === undefined)
        throw new Failure(`${clip} has no pictures.`, {
          code: "media.source",
          help: "Give a video file, or a picture.",
        });
      return last;
    },
    close: () => ending.abort(),
  };
}

/** Turns what ffmpeg writes into whole frames, and lets it write no faster than they are taken. */
class FrameQueue {
  readonly sink: Writable;
  readonly #bytes: number;
  readonly #whole: Uint8Array[] = [];
  #part: Uint8Array;
  #filled = 0;
  #over = false;
  #error: Error | undefined;
  #written: (() => void) | undefined;
  #wake: (() => void) | undefined;

  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#part = new Uint8Array(bytes);
    this.sink = new Writable({
      autoDestroy: false,
      emitClose: false, // See decodeAudio.
      write: (chunk: Uint8Array, _encoding, done) => {
        this.#fill(chunk);
        if (this.#whole.length < FRAME_SLOTS) done();
        else this.#written = done;
        this.#wake?.();
      },
    });
  }

  #fill(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const some = chunk.subarray(at, at + this.#bytes - this.#filled);
      this.#part.set(some, this.#filled);
      this.#filled += some.length;
      at += some.length;
      if (this.#filled < this.#bytes) continue;
      this.#whole.push(this.#part);
      this.#part = new Uint8Array(this.#bytes);
      this.#filled = 0;
    }
  }

  /** Called when ffmpeg has ended. */
  end(error: Error | undefined): void {
    this.#over = true;
    this.#error = error;
    this.#wake?.();
  }

  /** Undefined after the last. */
  async take(): Promise<Uint8Array | undefined> {
    while (this.#whole.length === 0 && !this.#over)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const frame = this.#whole.shift();
    if (frame === undefined && this.#error !== undefined) throw this.#error;
    const written = this.#written;
    this.#written = undefined;
    written?.();
    return frame;
  }
}
