/** What the media tests share: the ffmpeg under test, a temporary folder, and files made on the fly. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, vi } from "vitest";
import { $ } from "zx";
import type { WorkerContext } from "../lib/base/offload.ts";
import { type Ffmpeg, findFfmpeg, runFfmpeg } from "../lib/media/ffmpeg.ts";
import { chooseMove, type Motion } from "../lib/media/motion/move.ts";
import type { PieceRequest } from "../lib/media/piece.ts";

// Nothing here is about time, and a busy machine takes its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Set FACELESS_FFMPEG to run the tests with another build. */
export const ffmpeg: Ffmpeg = await findFfmpeg(process.env);

/** A folder for the tests of one file; `in` makes a path. */
export function temporaryFolder(): { in(name: string): string } {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "faceless-media-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return { in: (name) => join(folder, name) };
}

/** A picture made by one of ffmpeg's sources: "color=c=red:s=64x48", "testsrc2=s=320x180". */
export async function makePicture(path: string, source: string, filter = "null"): Promise<string> {
  await runFfmpeg(ffmpeg, { what: `making ${path}` }, (command) =>
    command
      .input(source)
      .inputOptions("-f", "lavfi")
      .outputOptions("-vf", filter, "-frames:v", "1", "-update", "1")
      .output(path),
  );
  return path;
}

/** A PCM wave file of the given samples, one channel. */
export async function writeWave(path: string, samples: Int16Array, rate: number): Promise<string> {
  const bytes = new Uint8Array(44 + samples.byteLength);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string) => bytes.set(new TextEncoder().encode(word), at);
  text(0, "RIFF");
  view.setUint32(4, 36 + samples.byteLength, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.byteLength, true);
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), 44);
  await writeFile(path, bytes);
  return path;
}

/** All frames of a video as decoded yuv420p, one Buffer each. */
export async function decodeFrames(path: string, width: number, height: number): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  const sink = new Writable({
    autoDestroy: false,
    emitClose: false,
    write(chunk: Uint8Array, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await runFfmpeg(ffmpeg, { what: `decoding ${path}` }, (command) =>
    command.input(path).outputOptions("-map", "0:v", "-f", "rawvideo", "-pix_fmt", "yuv420p").output(sink),
  );
  const all = Buffer.concat(chunks);
  const size = (width * height * 3) / 2;
  return Array.from({ length: all.length / size }, (_, index) =>
    all.subarray(index * size, (index + 1) * size),
  );
}

/** Resolves if a whole decode of the file is clean: not one word on stderr, every packet good. */
export async function expectCleanDecode(path: string): Promise<void> {
  await runFfmpeg(ffmpeg, { what: `decoding ${path}` }, (command) =>
    command.input(path).inputOptions("-xerror").outputOptions("-f", "null").output("-"),
  );
}

/** A whole scene of one picture, in a few words. */
export interface SceneRequest {
  readonly image: string;
  readonly output: string;
  readonly clip?: string;
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  readonly frames?: number;
  readonly motion?: Motion;
  readonly seed?: string;
  readonly background?: string;
  readonly cuts?: readonly number[];
}

/** What `renderPiece` takes, filled in; small and quick. */
export function sceneRequest(request: SceneRequest): PieceRequest {
  const { image, output, clip, width = 320, height = 180, fps = 30, frames = 10 } = request;
  const { motion = "hold", seed = "seed", background = "#000000", cuts = [] } = request;
  const picture = { image, clip, move: chooseMove(motion, seed), frames, overlap: 0 };
  return {
    ffmpeg,
    form: { width, height, fps, background },
    preset: "veryfast",
    content: { kind: "body", picture, from: 0, frames, cuts, overlay: undefined },
    output,
  };
}

/** A worker's context that nobody aborts. */
export function quietContext(): WorkerContext {
  return { signal: new AbortController().signal, progress: () => {} };
}

/** Times of all packets of a stream, in seconds. */
export async function packetTimes(path: string, stream: string): Promise<{ pts: number; dts: number }[]> {
  const { stdout } = await $({
    quiet: true,
  })`${ffmpeg.probePath} -v error -select_streams ${stream} -show_entries packet=pts_time,dts_time -of csv=p=0 ${path}`;
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number))
    .map(([pts, dts]) => ({ pts: pts!, dts: dts! }));
}
