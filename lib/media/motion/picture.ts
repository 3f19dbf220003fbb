/** Turns any picture file into what the camera moves over: the output's shape, opaque, BT.709. */
import { createReadStream } from "node:fs";
import { Writable } from "node:stream";
import { Failure } from "../../base/failure.ts";
import { type FfmpegLocation, runFfmpeg } from "../ffmpeg.ts";
import type { Focus } from "./move.ts";
import type { Picture, Size } from "./resampler.ts";

export interface PictureRequest {
  readonly path: string;
  /** Of the film. */
  readonly size: Size;
  /** What of the picture matters most: the crop to the film's shape keeps it. */
  readonly focus: Focus;
  /** What shows through transparent places: "#rrggbb". */
  readonly background: string;
}

/**
 * The prepared picture's size in that of the film. With more pixels than are shown, the sharpness does not pulse
 * as the sampling points wander from between the pixels onto them; beyond some 1.3, four taps would alias.
 */
const OVERSAMPLING = 1.2;

/** `focus` of the result is the same place in the prepared picture. A file that is no picture is a Failure. */
export async function preparePicture(
  ffmpeg: FfmpegLocation,
  request: PictureRequest,
  signal?: AbortSignal,
): Promise<{ picture: Picture; focus: Focus }> {
  const size = { width: oversampled(request.size.width), height: oversampled(request.size.height) };
  const data = new Uint8Array((size.width * size.height * 3) / 2);
  const sink = fill(data);
  const sizes: Size[] = [];
  const run = {
    what: `reading the picture ${request.path}`,
    signal,
    // As a stream, since of a path with a "%d" in it ffmpeg would make a numbered sequence.
    input: createReadStream(request.path),
    onLog(line: string) {
      // Of `showinfo`. A process of ffprobe's to tell the size would cost as much as encoding three frames.
      const found = /^\[Parsed_showinfo\S* @ \S+ .* s:(\d+)x(\d+) /.exec(line);
      if (found !== null) sizes.push({ width: Number(found[1]), height: Number(found[2]) });
    },
  };
  await runFfmpeg(ffmpeg, run, (command) =>
    command
      .outputOptions("-map", "0:v:0", "-frames:v", "1", "-vf", filters(request, size))
      .outputOptions("-f", "rawvideo", "-pix_fmt", "yuv420p")
      .output(sink.stream),
  );
  const [whole, cropped] = sizes;
  if (whole === undefined || cropped === undefined || sink.count() !== data.length) {
    throw new Failure(
      `ffmpeg read ${sink.count()} bytes of the picture ${request.path}, not ${data.length}.`,
      { code: "media.source", help: "The file may be damaged." },
    );
  }
  const [x, y] = request.focus;
  const focus = [inCrop(x, whole.width, cropped.width), inCrop(y, whole.height, cropped.height)] as const;
  return { picture: { ...size, data }, focus };
}

/** Where a crop begins that has `at`, a share of the whole, in its middle as far as the edges let it. */
const cropStart = (at: number, whole: string, part: string): string =>
  `clip(round(${at}*${whole}-${part}/2),0,${whole}-${part})`;

/** A place of the whole as a share of that crop. */
function inCrop(at: number, whole: number, part: number): number {
  const start = Math.min(Math.max(Math.round(at * whole - part / 2), 0), whole - part);
  return Math.min(Math.max((at * whole - start) / part, 0), 1);
}

/** The filter that cuts the largest piece of the film's shape, with the focus in its middle as far as the edges let it. */
export function cropTo(film: Size, focus: Focus): string {
  const greatest = (most: string, across: string, ratio: string) =>
    `max(1,min(${most},round(${across}*${ratio})))`;
  const width = greatest("iw", "ih", `${film.width}/${film.height}`);
  const height = greatest("ih", "iw", `${film.height}/${film.width}`);
  const [x, y] = [cropStart(focus[0], "iw", "ow"), cropStart(focus[1], "ih", "oh")];
  return `crop=w='${width}':h='${height}':x='${x}':y='${y}'`;
}

function filters({ size: film, focus, background }: PictureRequest, size: Size): string {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(background.slice(at, at + 2), 16));
  const exact = "accurate_rnd+full_chroma_int+full_chroma_inp";
  return [
    // Whatever came is RGBA now; a JPEG's chroma is spread with care.
    `scale=flags=bicubic+${exact},format=rgba`,
    `showinfo,${cropTo(film, focus)},showinfo`,
    // Blended before it is scaled: scaling would pull the colours of invisible pixels into the edges.
    `split[over][copy];[copy]lutrgb=r=${r}:g=${g}:b=${b}:a=255[ground];[ground][over]overlay=format=rgb`,
    // Chroma is sited left (0), and between the rows (128 of 256): H.264's default, which players assume.
    `scale=${size.width}:${size.height}:flags=lanczos+${exact}:out_color_matrix=bt709:out_range=tv` +
      ":out_h_chr_pos=0:out_v_chr_pos=128",
    "format=yuv420p",
  ].join(",");
}

function oversampled(pixels: number): number {
  return Math.max(8, Math.round((pixels * OVERSAMPLING) / 2) * 2);
}

/** A stream into memory of a known size; what is too much is only counted. */
function fill(data: Uint8Array): { stream: Writable; count(): number } {
  let at = 0;
  const stream = new Writable({
    autoDestroy: false,
    emitClose: false, // See decodeAudio.
    write(chunk: Uint8Array, _encoding, done) {
      data.set(chunk.subarray(0, Math.max(0, data.length - at)), Math.min(at, data.length));
      at += chunk.length;
      done();
    },
  });
  return { stream, count: () => at };
}
