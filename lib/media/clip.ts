/** Makes a piece of film of somebody's own video or picture: the film's size, rate and encoding, sound of its length. */
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../base/failure.ts";
import { type FfmpegLocation, runFfmpeg } from "./ffmpeg.ts";
import { encoding, type Preset } from "./piece.ts";
import { type ProbedStream, probe } from "./probe.ts";
import { SAMPLE_RATE, samplesPerFrame } from "./timeline.ts";

/** Of the sound: stereo. */
const TRACK_CHANNELS = 2;

export interface ClipRequest {
  readonly ffmpeg: FfmpegLocation;
  readonly source: { readonly path: string; readonly name: string };
  /** An .mp4, and a .wav. */
  readonly video: string;
  readonly sound: string;
  /** Pixels; even. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly preset: Preset;
  /** "#rrggbb": what is beside a video of another shape. */
  readonly background: string;
  /** `contain` shows all of it, with the background beside it; `cover` cuts off what is too much. */
  readonly fit: "contain" | "cover";
  /** Where to end; undefined for the whole. */
  readonly seconds: number | undefined;
  /** An empty folder. */
  readonly scratch: string;
}

/** Gives the number of frames. @throws Failure for a file without a picture that moves, and for HDR */
export async function conformClip(
  request: ClipRequest,
  context: { readonly signal: AbortSignal; progress(fraction: number): void },
): Promise<number> {
  const { ffmpeg, source, fps } = request;
  const { signal } = context;
  const { streams } = await probe(ffmpeg, source.path, signal);
  const picture = streams.find(({ codec_type }) => codec_type === "video");
  if (picture === undefined) {
    throw new Failure(`${source.name} has no picture.`, {
      code: "media.source",
      help: "Give a video, or a PNG or JPEG.",
    });
  }
  if (HDR.has(picture.color_transfer ?? "")) {
    throw new Failure(`${source.name} is HDR (${picture.color_transfer}), and the film is not.`, {
      code: "media.source",
      help: "Convert it to BT.709 first, with a tone mapping of your choice.",
    });
  }
  const raw = streams.some(({ codec_type }) => codec_type === "audio")
    ? join(request.scratch, "sound.s16le")
    : undefined;
  const expected =
    Math.min(request.seconds ?? Number.POSITIVE_INFINITY, Number(picture.duration) || 60) * fps;
  let frames = 0;
  const run = {
    what: `conforming ${source.name}`,
    signal,
    onProgress(count: number) {
      frames = count;
      context.progress(Math.min(1, count / expected));
    },
  };
  await runFfmpeg(ffmpeg, run, (command) => {
    command.input(source.path).output(request.video);
    command.outputOptions(
      "-map",
      "0:v:0",
      "-vf",
      filters(request, picture),
      ...limit(request),
      ...encoding(fps, request.preset),
    );
    if (raw === undefined) return;
    // Silence in gaps and before the first sample, so that it stays with the picture.
    command
      .output(raw)
      .outputOptions("-map", "0:a:0", "-af", `aresample=${SAMPLE_RATE}:async=1000:first_pts=0`);
    command.outputOptions(...limit(request), "-f", "s16le", "-ac", String(TRACK_CHANNELS));
  });
  if (frames === 0)
    throw new Failure(`${source.name} has not one frame.`, {
      code: "media.source",
      help: "Give a video that plays.",
    });
  await writeSound(request.sound, raw, frames * samplesPerFrame(fps));
  return frames;
}

/** PQ and HLG (ITU-R BT.2100). */
const HDR: ReadonlySet<string> = new Set(["smpte2084", "arib-std-b67"]);

function limit({ seconds }: ClipRequest): string[] {
  return seconds === undefined ? [] : ["-t", seconds.toFixed(6)];
}

function filters(request: ClipRequest, picture: ProbedStream): string {
  const exact = "flags=lanczos+accurate_rnd+full_chroma_int";
  // Untagged video is taken for what its size suggests; a picture of RGB has no matrix to come from.
  const from =
    picture.color_space === undefined || picture.color_space === "unknown" ? guessed(picture) : "auto";
  const size = `${request.width}:${request.height}`;
  const way = request.fit === "cover" ? "increase" : "decrease";
  return [
    `fps=fps=${request.fps}:start_time=0`,
    // Pixels that are not square become square ones first.
    "scale=trunc(iw*sar/2)*2:ih,setsar=1",
    `scale=${size}:force_original_aspect_ratio=${way}:${exact}:in_color_matrix=${from}:out_color_matrix=bt709:out_range=tv`,
    request.fit === "cover" ? `crop=${size}` : padded(request),
    // Of a side that was rounded, `scale` says so in the shape of its pixels; rendered pieces say nothing of theirs.
    "setsar=0,format=yuv420p",
  ].join(",");
}

/** `pad` makes a colour by BT.601, which is only right for greys: what has a hue is laid on while all is RGB. */
function padded({ width, height, background }: ClipRequest): string {
  const pad = `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:color=0x${background.slice(1)}`;
  if (/^#(..)\1\1$/i.test(background)) return pad;
  const exact = "flags=accurate_rnd+full_chroma_int+full_chroma_inp";
  return `scale=${exact}:in_color_matrix=bt709:in_range=tv,format=gbrp,${pad},scale=${exact}:out_color_matrix=bt709:out_range=tv`;
}

/** As players do (ITU-R BT.601 for standard definition). */
function guessed({ height = 0, pix_fmt = "" }: ProbedStream): string {
  if (/^(rgb|bgr|gbr|argb|pal)/.test(pix_fmt)) return "auto";
  return height >= 720 ? "bt709" : "bt601";
}

/** Exactly so many samples: what is too much is cut, what lacks is silence. */
async function writeSound(path: string, raw: string | undefined, samples: number): Promise<void> {
  const bytes = samples * TRACK_CHANNELS * 2;
  const given = raw === undefined ? Buffer.alloc(0) : await readFile(raw);
  const file = await open(path, "w");
  try {
    await file.writeFile(waveHeader(bytes));
    await file.writeFile(given.subarray(0, bytes));
    await file.writeFile(Buffer.alloc(Math.max(0, bytes - given.length)));
  } finally {
    await file.close();
  }
}

/** Of PCM, 16 bits. */
function waveHeader(bytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + bytes, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(TRACK_CHANNELS, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * TRACK_CHANNELS * 2, 28);
  header.writeUInt16LE(TRACK_CHANNELS * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(bytes, 40);
  return header;
}

/** Silence of so many frames: the sound of a picture. */
export function writeSilence(path: string, frames: number, fps: number): Promise<void> {
  return writeSound(path, undefined, frames * samplesPerFrame(fps));
}
