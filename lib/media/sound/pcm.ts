/** Sound as float samples: in blocks of a second, and read from wave files piece by piece. */
import { closeSync, openSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { Failure } from "../../base/failure.ts";

export interface Format {
  /** Samples per second. */
  readonly rate: number;
  readonly channels: 1 | 2;
}

/** One array a channel, all of one length; 1 is full scale. Whoever makes a block may use it again for the next. */
export type Block = readonly Float32Array[];

export function emptyBlock(channels: number, length: number): Block {
  return Array.from({ length: channels }, () => new Float32Array(length));
}

/** The first samples of a block, without copying. */
export function partOf(block: Block, length: number): Block {
  return block[0]!.length === length ? block : block.map((channel) => channel.subarray(0, length));
}

/** Every few blocks the thread is free for a moment, for the message of an abort. */
export async function through(
  blocks: Iterable<Block>,
  signal: AbortSignal,
  each: (block: Block) => void,
): Promise<void> {
  let count = 0;
  for (const block of blocks) {
    each(block);
    count += 1;
    if (count % 8 !== 0) continue;
    await setImmediate();
    signal.throwIfAborted();
  }
}

export function amplitude(decibels: number): number {
  return 10 ** (decibels / 20);
}

export function decibels(amplitude: number): number {
  return 20 * Math.log10(amplitude);
}

/** Each of two channels gets this much of one, so that it is as loud as it was: ffmpeg's rule too. */
export const EACH_OF_TWO = Math.SQRT1_2;

/** A wave file of 32-bit floats, of one or two channels. It is open only while it is read: a film has many. */
export class WaveFile {
  readonly path: string;
  readonly rate: number;
  readonly channels: number;
  /** Samples of each channel. */
  readonly length: number;
  readonly #data: number;
  #read = new Float32Array(0);

  constructor(path: string) {
    const { rate, channels, data, bytes } = readHeader(path);
    this.path = path;
    this.rate = rate;
    this.channels = channels;
    this.length = Math.floor(bytes / (channels * FLOAT));
    this.#data = data;
  }

  /** Adds `count` samples from `from` on, times `gain`, to `out` from `at` on. Past its end it is silent. */
  addTo(out: Block, at: number, from: number, count: number, gain: number): void {
    const length = Math.min(count, this.length - from);
    if (length <= 0) return;
    const { channels } = this;
    const samples = this.#interleaved(from, length);
    const factor = channels === 1 && out.length === 2 ? gain * EACH_OF_TWO : gain;
    for (const [index, target] of out.entries()) {
      const offset = channels === 1 ? 0 : index;
      for (let i = 0; i < length; i++) target[at + i]! += factor * samples[i * channels + offset]!;
    }
  }

  #interleaved(from: number, length: number): Float32Array {
    const { channels } = this;
    if (this.#read.length < length * channels) this.#read = new Float32Array(length * channels);
    const bytes = new Uint8Array(this.#read.buffer, 0, length * channels * FLOAT);
    readExactly(this.path, bytes, this.#data + from * channels * FLOAT);
    return this.#read;
  }
}

/** Bytes of a sample. */
export const FLOAT = 4;
/** Of a wave file's `fmt ` chunk: IEEE float, and "see the extension", which begins with the format proper. */
const IEEE_FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** More than any header of ffmpeg's: chunks before the data are read as far as this. */
const HEADER_BYTES = 4_096;

/** @throws Failure for anything but floats of one or two channels */
function readHeader(path: string): { rate: number; channels: number; data: number; bytes: number } {
  const head = Buffer.alloc(HEADER_BYTES);
  const size = readAt(path, head, 0);
  let [rate, channels, format] = [0, 0, 0];
  for (let at = 12; at + 8 <= size; ) {
    const [tag, bytes] = [head.toString("latin1", at, at + 4), head.readUInt32LE(at + 4)];
    if (tag === "data") {
      if (format !== IEEE_FLOAT || (channels !== 1 && channels !== 2)) break;
      return { rate, channels, data: at + 8, bytes };
    }
    if (tag === "fmt ") {
      format = head.readUInt16LE(at + 8);
      if (format === EXTENSIBLE) format = head.readUInt16LE(at + 32);
      channels = head.readUInt16LE(at + 10);
      rate = head.readUInt32LE(at + 12);
    }
    at += 8 + bytes + (bytes % 2); // chunks are padded to an even length
  }
  throw new Failure(`${path} is no wave file of floats with one or two channels.`, {
    code: "media.assembly",
  });
}

function readExactly(path: string, into: Uint8Array, position: number): void {
  if (readAt(path, into, position) === into.length) return;
  throw new Failure(`${path} ends before its time.`, {
    code: "media.assembly",
    help: "Is the disk full? Build again.",
  });
}

/** Synchronous: it is called in a worker thread, and what it reads was written a moment ago. */
function readAt(path: string, into: Uint8Array, position: number): number {
  const file = openSync(path, "r");
  try {
    let done = 0;
    while (done < into.length) {
      const count = readSync(file, into, done, into.length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  } finally {
    closeSync(file);
  }
}
