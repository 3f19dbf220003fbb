/** Looks at a film's key frames and listens to its sound, in one run of ffmpeg. */
import { Writable } from "node:stream";
import { type FfmpegLocation, runFfmpeg } from "../ffmpeg.ts";

/** A key frame's luma, this many places across and down: enough to tell black and stillness, and little to keep. */
export const LOOK = 32;

/** One tenth of a second of sound. */
export interface Moment {
  /** Where it ends. Seconds. */
  readonly until: number;
  /** Of the 400 ms that end there (EBU Tech 3341, momentary). LUFS; -120.7 is silence. */
  readonly loudness: number;
  /** True peak of the tenth, of the louder channel. dBFS; -Infinity is silence. */
  readonly peak: number;
}

export interface Sensed {
  /** One for each key frame that could be decoded, LOOK × LOOK bytes of luma each. */
  readonly looks: readonly Uint8Array[];
  readonly moments: readonly Moment[];
  /** EBU R 128, of the whole. LUFS; -70 is silence. */
  readonly loudness: number;
  /** LU. */
  readonly range: number;
  /** dBFS. */
  readonly peak: number;
}

/** Of a film that has both picture and sound. */
export async function sense(
  ffmpeg: FfmpegLocation,
  file: { readonly path: string; readonly name: string },
  signal: AbortSignal,
): Promise<Sensed> {
  const pictures = picturesOf(LOOK * LOOK);
  const ear = listener();
  const run = { what: `looking at ${file.name}`, signal, onLog: ear.hear };
  await runFfmpeg(ffmpeg, run, (command) =>
    command
      .input(file.path)
      // Most of the work is decoding pictures: of one in two seconds alone, and on one thread, for it is one of many jobs.
      .inputOptions("-skip_frame:v", "nokey", "-threads:v", "1")
      .complexFilter(
        `[0:v:0]scale=${LOOK}:${LOOK}:flags=area:in_range=tv:out_range=tv,format=yuv420p,extractplanes=y[looks];` +
          "[0:a:0]ebur128=peak=true:framelog=info[heard]",
      )
      .output(pictures.sink)
      .outputOptions("-map", "[looks]", "-vsync", "passthrough", "-f", "rawvideo")
      .output("-")
      .outputOptions("-map", "[heard]", "-f", "null"),
  );
  return { looks: pictures.all(), ...ear.heard() };
}

function picturesOf(size: number): { sink: Writable; all(): Uint8Array[] } {
  const chunks: Uint8Array[] = [];
  const sink = new Writable({
    autoDestroy: false,
    emitClose: false, // See decodeAudio.
    write(chunk: Uint8Array, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const all = () => {
    const bytes = Buffer.concat(chunks);
    const cut = (_: unknown, index: number) => bytes.subarray(index * size, (index + 1) * size);
    return Array.from({ length: Math.floor(bytes.length / size) }, cut);
  };
  return { sink, all };
}

const MOMENT = /\bt: *(\S+) .*\bM: *(\S+) .*\bFTPK: *(\S+)(?: +(\S+))? dBFS/;
const SUMMARY = /^\s*(I|LRA|Peak): +(\S+) (?:LUFS|LU|dBFS)\s*$/;

/**
 * Understands what `ebur128` logs: a line for each tenth of a second, and a summary at the end. Debian's build
 * gives the filter up and begins another before the first sample, so the last summary is the one that counts.
 */
function listener() {
  const moments: Moment[] = [];
  const summary: Record<string, number> = {};
  const hear = (line: string) => {
    const [moment, until, loudness, left, right] = MOMENT.exec(line) ?? [];
    if (moment !== undefined) {
      const peak = Math.max(decibels(left), right === undefined ? -Infinity : decibels(right));
      moments.push({ until: Number(until), loudness: decibels(loudness), peak });
      return;
    }
    const [said, name, value] = SUMMARY.exec(line) ?? [];
    if (said !== undefined) summary[name!] = decibels(value);
  };
  const heard = () => ({
    moments,
    loudness: summary.I ?? -Infinity,
    range: summary.LRA ?? 0,
    peak: summary.Peak ?? -Infinity,
  });
  return { hear, heard };
}

/** As C prints it: "-14.6", "-inf". */
function decibels(text: string | undefined): number {
  return text === "-inf" ? -Infinity : Number(text);
}
