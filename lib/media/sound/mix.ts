/** Lays sounds on one track: each at its sample, music under them, a second at a time. */
import type { Envelope } from "./envelope.ts";
import { type Block, emptyBlock, type Format, partOf, type WaveFile } from "./pcm.ts";

/** A piece of a file on the track. All counts are samples. */
export interface Cue {
  readonly file: WaveFile;
  /** On the track. */
  readonly at: number;
  /** In the file. */
  readonly from: number;
  readonly length: number;
  /** Linear. */
  readonly gain: number;
}

/** Played from its start to its end, then again from `loopStart`, for as long as the track is. */
export interface Loop {
  readonly file: WaveFile;
  /** On the track. */
  readonly at: number;
  readonly loopStart: number;
  /** Linear. */
  readonly gain: number;
  /** Of this playing alone: it goes along with the track. */
  readonly envelope: Envelope;
}

export interface Track {
  readonly format: Format;
  /** Samples. */
  readonly length: number;
  readonly cues: readonly Cue[];
  readonly loop?: Loop | undefined;
}

/** Seconds in a block: long enough for few reads, short enough to be nothing in memory. */
const BLOCK = 1;

/** All blocks are of one length: the last is filled up with silence, for `exactly` to cut off. */
export function* mix({ format, length, cues, loop }: Track): Generator<Block> {
  const size = format.rate * BLOCK;
  const block = emptyBlock(format.channels, size);
  const play = loop && player(loop, format.channels, size);
  for (let from = 0; from < length; from += size) {
    for (const channel of block) channel.fill(0);
    for (const cue of cues) lay(cue, from, size, block);
    play?.(from, block);
    yield block;
  }
}

/** The first `length` samples of all. */
export function* exactly(blocks: Iterable<Block>, length: number): Generator<Block> {
  let left = length;
  for (const block of blocks) {
    if (left <= 0) return;
    yield partOf(block, Math.min(left, block[0]!.length));
    left -= block[0]!.length;
  }
}

function lay({ file, at, from, length, gain }: Cue, start: number, size: number, block: Block): void {
  const first = Math.max(at, start);
  const count = Math.min(at + length, start + size) - first;
  if (count > 0) file.addTo(block, first - start, from + first - at, count, gain);
}

function player({ file, at, loopStart, gain, envelope }: Loop, channels: number, size: number) {
  const music = emptyBlock(channels, size);
  const gains = new Float32Array(size);
  return (start: number, block: Block): void => {
    for (const channel of music) channel.fill(0);
    for (let sample = Math.max(at, start); sample < start + size; ) {
      const from = placeIn(file, loopStart, sample - at);
      const count = Math.min(start + size - sample, file.length - from);
      file.addTo(music, sample - start, from, count, gain);
      sample += count;
    }
    envelope.fill(gains);
    for (const [index, channel] of block.entries()) {
      const samples = music[index]!;
      for (let i = 0; i < size; i++) channel[i]! += samples[i]! * gains[i]!;
    }
  };
}

/** The file's sample that is heard after so many. */
function placeIn({ length }: WaveFile, loopStart: number, played: number): number {
  return played < length ? played : loopStart + ((played - length) % (length - loopStart));
}
