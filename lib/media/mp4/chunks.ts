/** In which order a film's samples lie in its file: pictures and sound in turns, so that a player needs not go to and fro. */
import type { NamedFile } from "../../base/json-file.ts";
import type { Slice } from "./slice.ts";
import type { Track } from "./track.ts";

/** Seconds of a track that lie together. */
const TURN = 1;

/** A track of the film: its samples in the order of decoding. */
export interface Lane {
  readonly count: number;
  /** Of the film, when a sample is decoded. Seconds. */
  seconds(sample: number): number;
  /** Where its bytes are by now. */
  source(sample: number): { readonly file: NamedFile; readonly place: number; readonly size: number };
}

/** Some bytes of a file. */
export interface Range {
  readonly path: string;
  readonly name: string;
  readonly from: number;
  readonly length: number;
}

/** Samples of one lane that lie one after the other. */
export interface Chunk {
  readonly lane: Lane;
  readonly samples: number;
  readonly ranges: readonly Range[];
  readonly bytes: number;
}

/** `seconds`: how long a frame is shown. */
export function pictureLane(slices: readonly Slice[], seconds: number): Lane {
  const samples = slices.flatMap(({ track, first, places }) =>
    places.map((_, i) => ({ track, sample: first + i })),
  );
  return {
    count: samples.length,
    seconds: (sample) => sample * seconds,
    source(index) {
      const { track, sample } = samples[index]!;
      return sourceOf(track, sample);
    },
  };
}

export function soundLane(track: Track): Lane {
  const { sizes, decoded, delay, clock } = track;
  return {
    count: sizes.length,
    seconds: (sample) => (decoded[sample]! - delay) / clock,
    source: (sample) => sourceOf(track, sample),
  };
}

function sourceOf({ file, places, sizes }: Track, sample: number): ReturnType<Lane["source"]> {
  return { file, place: places[sample]!, size: sizes[sample]! };
}

/** A second of each lane in turn. */
export function interleaved(lanes: readonly Lane[]): Chunk[] {
  const next = lanes.map(() => 0);
  const chunks: Chunk[] = [];
  for (let until = TURN; lanes.some(({ count }, i) => next[i]! < count); until += TURN) {
    for (const [i, lane] of lanes.entries()) {
      const first = next[i]!;
      while (next[i]! < lane.count && lane.seconds(next[i]!) < until) next[i]! += 1;
      if (next[i]! > first) chunks.push(chunkOf(lane, first, next[i]!));
    }
  }
  return chunks;
}

function chunkOf(lane: Lane, first: number, end: number): Chunk {
  const ranges: (Range & { length: number })[] = [];
  let bytes = 0;
  for (let sample = first; sample < end; sample++) {
    const { file, place, size } = lane.source(sample);
    const last = ranges.at(-1);
    if (last?.path === file.path && last.from + last.length === place) last.length += size;
    else ranges.push({ path: file.path, name: file.name, from: place, length: size });
    bytes += size;
  }
  return { lane, samples: end - first, ranges, bytes };
}

/** Where a chunk begins, counted from the first one's beginning, and how many samples it has. */
export interface Place {
  readonly at: number;
  readonly samples: number;
}

export function placesOf(lane: Lane, chunks: readonly Chunk[]): Place[] {
  let at = 0;
  return chunks.flatMap((chunk) => {
    const place = { at, samples: chunk.samples };
    at += chunk.bytes;
    return chunk.lane === lane ? [place] : [];
  });
}
