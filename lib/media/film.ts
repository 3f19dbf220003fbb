/** Joins pieces of film and their sound to one video: pictures and sound are copied, so that this costs next to nothing. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../base/failure.ts";
import { type FfmpegLocation, runFfmpeg } from "./ffmpeg.ts";
import { TIMESCALE } from "./piece.ts";
import { firstPacket, probe } from "./probe.ts";

/** A file with some frames of the film, and what to call it in a message. */
export interface Piece {
  readonly path: string;
  readonly name: string;
  /** How many frames it gives to the film. */
  readonly frames: number;
  /** Where it is cut: the first frame that is taken, and whether some are left after the last. A key frame each. */
  readonly cut?: { readonly from: number; readonly until: number | undefined };
}

export interface FilmRequest {
  readonly ffmpeg: FfmpegLocation;
  /** In order. */
  readonly pieces: readonly Piece[];
  /** As long as the pieces are together: an .m4a. */
  readonly sound: string;
  readonly fps: number;
  /** An .mp4. */
  readonly output: string;
  /** An empty folder. */
  readonly scratch: string;
}

/** Pieces that do not fit together are a Failure that says which. */
export async function joinFilm(
  request: FilmRequest,
  context: { readonly signal: AbortSignal; progress(fraction: number): void },
): Promise<void> {
  const { ffmpeg, pieces, sound, fps, output, scratch } = request;
  const { signal, progress } = context;
  const frames = pieces.reduce((sum, piece) => sum + piece.frames, 0);
  const list = join(scratch, "pieces.ffconcat");
  const delays = await Promise.all(pieces.map((piece) => reorderDelay(ffmpeg, piece, signal)));
  await writeFile(list, concatList(pieces, fps, delays));
  const onProgress = (frame: number) => progress(frame / frames);
  await runFfmpeg(ffmpeg, { what: `joining ${output}`, signal, onProgress }, (command) => {
    command.input(list).inputOptions("-f", "concat", "-safe", "0").input(sound);
    command
      .outputOptions("-map", "0:v:0", "-map", "1:a:0", "-c", "copy")
      .outputOptions("-video_track_timescale", String(TIMESCALE))
      .outputOptions("-fflags", "+bitexact", "-map_metadata", "-1")
      .outputOptions("-movflags", "+faststart+negative_cts_offsets")
      .output(output);
  });
  const made = await probe(ffmpeg, output, signal);
  if (made.frames !== frames) throw await whichPiece(request, made.frames, frames, signal);
}

/** Looked at one by one only now that something is wrong: each takes a process. */
async function whichPiece(
  { ffmpeg, pieces }: FilmRequest,
  found: number,
  expected: number,
  signal: AbortSignal,
): Promise<Failure> {
  for (const { path, name, frames, cut } of pieces) {
    const probed = await probe(ffmpeg, path, signal);
    if (cut === undefined && probed.frames !== frames) {
      return new Failure(`${name} has ${probed.frames} frames, and its place in the film has ${frames}.`, {
        code: "media.assembly",
        help: "It was edited or pinned for another narration, pause or frame rate: build it again with --force.",
      });
    }
  }
  return new Failure(`The film has ${found} frames; its pieces have ${expected}.`, {
    code: "media.assembly",
    help: `This is a fault of ${ffmpeg.path}: try another build of it (FACELESS_FFMPEG).`,
  });
}

/**
 * How much earlier than it is shown a piece's first packet is decoded, in seconds; asked only of pieces that are cut at
 * their end, since that is where ffmpeg compares decoding times.
 */
async function reorderDelay(
  ffmpeg: FfmpegLocation,
  { path, cut }: Piece,
  signal: AbortSignal,
): Promise<number> {
  if (cut?.until === undefined) return 0;
  const { pts, dts } = await firstPacket(ffmpeg, path, signal);
  return pts - dts;
}

/**
 * Durations are said, since an mp4's own is rounded to the millisecond. Each is the difference of two rounded
 * times, so that the microseconds lost do not add up over the pieces. `delays`: see reorderDelay.
 */
export function concatList(pieces: readonly Piece[], fps: number, delays: readonly number[]): string {
  const microseconds = (frame: number) => Math.round((frame * 1_000_000) / fps);
  let at = 0;
  const entries = pieces.map(({ path, frames, cut }, i) => {
    const length = microseconds(at + frames) - microseconds(at);
    at += frames;
    const quoted = path.replaceAll("'", "'\\''");
    const inside = cut === undefined ? "" : points(cut, fps, delays[i]!);
    return `file '${quoted}'\nduration ${(length / 1_000_000).toFixed(6)}\n${inside}`;
  });
  return `ffconcat version 1.0\n${entries.join("")}`;
}

/** The end is a quarter of a frame early, so that rounding does not let one more in. */
function points({ from, until }: NonNullable<Piece["cut"]>, fps: number, delay: number): string {
  const start = from === 0 ? "" : `inpoint ${(from / fps).toFixed(6)}\n`;
  return until === undefined ? start : `${start}outpoint ${((until - 0.25) / fps - delay).toFixed(6)}\n`;
}
