/** Makes a piece of music into a bed: a wave file that can be played for any length, without a seam. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { Failure } from "../../base/failure.ts";
import type { WorkerContext } from "../../base/offload.ts";
import type { FfmpegLocation } from "../ffmpeg.ts";
import { SAMPLE_RATE } from "../timeline.ts";
import { decodeSounds, type SoundFile } from "./decode.ts";
import { LoudnessMeter } from "./meter.ts";
import { type Block, emptyBlock, partOf, through, type WaveFile } from "./pcm.ts";
import { audible, endsMeet } from "./seam.ts";

/** Plain data, so that it can be sent to a worker. */
export interface BedRequest {
  readonly ffmpeg: FfmpegLocation;
  readonly music: SoundFile;
  /** Seconds in which the end goes over into the beginning. */
  readonly crossfade: number;
  /** A .wav. */
  readonly output: string;
  /** An empty folder. */
  readonly scratch: string;
}

/** The bed is played to its end, then again from `loop_start`. */
export interface BedInfo {
  /** LUFS. */
  readonly loudness: number;
  /** At 48 kHz, of each channel. */
  readonly samples: number;
  readonly loop_start: number;
  /** Whether the music's own ends met. */
  readonly seam: "met" | "crossfaded";
}

const FORMAT = { rate: SAMPLE_RATE, channels: 2 } as const;

/** Of the music, that the crossfade takes at most: of very short music much must be left as it is. */
const SHARE = 1 / 4;

/** Linear: the music's highest sample. Where end and beginning sound together, it can be 1.41 times as high. */
const PEAK = 0.7;

export async function makeBed(request: BedRequest, { signal, progress }: WorkerContext): Promise<BedInfo> {
  const { ffmpeg, music, scratch, output } = request;
  const [file] = await decodeSounds(ffmpeg, [music], { format: FORMAT, folder: scratch, signal });
  progress(0.4);
  const heard = audible(file!);
  if (heard === undefined) {
    throw new Failure(`${music.name} is silent from its beginning to its end.`, {
      code: "media.source",
      help: "Give other music, or none: `music: null` in faceless.config.yaml.",
    });
  }
  const met = endsMeet(file!, heard);
  const length = heard.end - heard.start;
  const loopStart = met ? 0 : Math.round(Math.min(request.crossfade * SAMPLE_RATE, length * SHARE));
  const unit = { file: file!, start: heard.start, length, fade: loopStart, gain: PEAK / heard.peak };
  const meter = new LoudnessMeter(FORMAT);
  const wave = new WaveWriter(output, length);
  try {
    await through(loopUnit(unit), signal, (block) => {
      meter.push(block);
      wave.write(block);
    });
  } finally {
    wave.close();
  }
  const loudness = Math.round(meter.loudness() * 100) / 100;
  return { loudness, samples: length, loop_start: loopStart, seam: met ? "met" : "crossfaded" };
}

interface Unit {
  readonly file: WaveFile;
  /** Samples of the file. */
  readonly start: number;
  readonly length: number;
  /** Samples at the end under which the beginning comes in. */
  readonly fade: number;
  readonly gain: number;
}

/**
 * The music as it is, but for its end: that goes down while the beginning comes up under it, and the loop goes on after
 * what was heard of the beginning. Both at equal power, since the two have nothing to do with each other.
 */
function* loopUnit({ file, start, length, fade, gain }: Unit): Generator<Block> {
  const size = SAMPLE_RATE;
  const [block, beginning] = [emptyBlock(2, size), emptyBlock(2, size)];
  for (let at = 0; at < length; at += size) {
    const count = Math.min(size, length - at);
    for (const channel of [...block, ...beginning]) channel.fill(0);
    file.addTo(block, 0, start + at, count, gain);
    const first = Math.max(at, length - fade);
    file.addTo(beginning, first - at, start + first - (length - fade), at + count - first, gain);
    for (let i = first - at; i < count; i++) {
      const angle = (((at + i - (length - fade) + 0.5) / fade) * Math.PI) / 2;
      for (const [index, channel] of block.entries()) {
        channel[i] = channel[i]! * Math.cos(angle) + beginning[index]![i]! * Math.sin(angle);
      }
    }
    yield partOf(block, count);
  }
}

const HEADER = 44;
const HALF = 2 ** 15;

/** A wave file of 16-bit PCM, two channels. */
class WaveWriter {
  readonly #file: number;

  constructor(path: string, length: number) {
    this.#file = openSync(path, "w");
    const bytes = length * 4;
    const head = Buffer.alloc(HEADER);
    head.write("RIFF....WAVEfmt ", "latin1");
    head.writeUInt32LE(HEADER - 8 + bytes, 4);
    head.writeUInt32LE(16, 16); // size of the format chunk
    head.writeUInt16LE(1, 20); // PCM
    head.writeUInt16LE(2, 22); // channels
    head.writeUInt32LE(SAMPLE_RATE, 24);
    head.writeUInt32LE(SAMPLE_RATE * 4, 28); // bytes per second
    head.writeUInt16LE(4, 32); // bytes per frame
    head.writeUInt16LE(16, 34); // bits per sample
    head.write("data", 36, "latin1");
    head.writeUInt32LE(bytes, 40);
    writeFileSync(this.#file, head);
  }

  write([left, right]: Block): void {
    const { length } = left!;
    const samples = new Int16Array(2 * length);
    for (let i = 0; i < length; i++) {
      samples[2 * i] = Math.round(left![i]! * (HALF - 1));
      samples[2 * i + 1] = Math.round(right![i]! * (HALF - 1));
    }
    writeFileSync(this.#file, new Uint8Array(samples.buffer));
  }

  close(): void {
    closeSync(this.#file);
  }
}
