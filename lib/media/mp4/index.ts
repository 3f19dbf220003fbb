/** A film's index: what its two tracks are, and where and when each sample is (ISO/IEC 14496-12, 8). */
import { SAMPLE_RATE } from "../timeline.ts";
import { box, fullBox, numbers } from "./box.ts";
import type { Place } from "./chunks.ts";
import type { Slice } from "./slice.ts";
import type { Track } from "./track.ts";

export interface Indexed {
  readonly slices: readonly Slice[];
  /** How long a frame is shown, in units of the slices' clock. */
  readonly frame: number;
  readonly sound: Track;
  readonly places: { readonly pictures: readonly Place[]; readonly sound: readonly Place[] };
  /** Where the first chunk begins in the file. */
  readonly start: number;
  /** Whether a place can be beyond 32 bits. */
  readonly wide: boolean;
}

/** Units in a second of the film as a whole. A frame of every rate is a whole number of them, and so is a sample. */
const CLOCK = SAMPLE_RATE;

/** What one of the tracks has of its own. */
interface Lane {
  readonly id: number;
  readonly track: Track;
  readonly places: readonly Place[];
  /** In units of the film's clock: for how long it is played. */
  readonly played: number;
  /** In units of its own: for how long there is something, and what of that comes before it is played. */
  readonly length: number;
  readonly delay: number;
  /** Of each sample: its times, and its size. */
  readonly samples: readonly Buffer[];
}

export function indexOf(film: Indexed): Buffer {
  const { slices, frame, sound, places } = film;
  const [{ track }] = slices as [Slice];
  const frames = slices.reduce((sum, { places }) => sum + places.length, 0);
  const played = Math.round((frames * frame * CLOCK) / track.clock);
  const audible = Math.round(((sound.length - sound.delay) * CLOCK) / sound.clock);
  const sizes = slices.flatMap(({ track, first, places }) => track.sizes.slice(first, first + places.length));
  const lanes: Lane[] = [
    {
      ...{ id: 1, track, places: places.pictures, played, length: frames * frame, delay: 0 },
      samples: [
        fullBox("stts", {}, numbers([1, frames, frame])),
        keyTable(slices),
        orderTable(slices, frame),
        sizeTable(sizes),
      ],
    },
    {
      ...{ id: 2, track: sound, places: places.sound, played: Math.min(played, audible) },
      ...{ length: sound.length, delay: sound.delay },
      samples: [...copied(sound, "stts"), sizeTable(sound.sizes)],
    },
  ];
  return box("moov", movieHeader(played), ...lanes.map((lane) => trackBox(lane, film)));
}

/** Of 16.16 and 2.30 bits: nothing is turned or stretched. */
const MATRIX = [65_536, 0, 0, 0, 65_536, 0, 0, 0, 2 ** 30] as const;
const FULL_SPEED = 65_536;

function movieHeader(duration: number): Buffer {
  const fullVolume = 256 * 65_536;
  return fullBox(
    "mvhd",
    {},
    numbers([0, 0, CLOCK, duration, FULL_SPEED, fullVolume, 0, 0, ...MATRIX, 0, 0, 0, 0, 0, 0, 3]),
  );
}

function trackBox(lane: Lane, film: Indexed): Buffer {
  const { track, delay, played, length, places } = lane;
  const undetermined = 0x55c4 * 65_536; // "und" (8.4.2.3)
  return box(
    "trak",
    trackHeader(lane),
    box("edts", fullBox("elst", {}, numbers([1, played, delay, FULL_SPEED]))),
    box(
      "mdia",
      fullBox("mdhd", {}, numbers([0, 0, track.clock, length, undetermined])),
      ...copied(track, "hdlr"),
      box(
        "minf",
        ...copied(track, "vmhd", "smhd", "dinf"),
        box(
          "stbl",
          ...copied(track, "stsd"),
          ...lane.samples,
          chunkTable(places),
          placeTable(places, film),
          ...copied(track, "sgpd", "sbgp"),
        ),
      ),
    ),
  );
}

/** Enabled, and part of the film. A sound has no size, and is of a group in which a player chooses one. */
function trackHeader({ id, track, played }: Lane): Buffer {
  const isSound = track.boxes.has("smhd");
  const [group, volume] = isSound ? [1, 256 * 65_536] : [0, 0];
  const size = track.boxes.get("tkhd")!.subarray(-8);
  return fullBox("tkhd", { flags: 3 }, numbers([0, 0, id, 0, played, 0, 0, group, volume, ...MATRIX]), size);
}

function copied({ boxes }: Track, ...names: readonly string[]): Buffer[] {
  return names.flatMap((name) => (boxes.has(name) ? [box(name, boxes.get(name)!)] : []));
}

function sizeTable(sizes: readonly number[]): Buffer {
  return fullBox("stsz", {}, numbers([0, sizes.length, ...sizes]));
}

function keyTable(slices: readonly Slice[]): Buffer {
  let before = 0;
  const keys = slices.flatMap(({ track, first, places }) => {
    const own = track.keys.filter((key) => key >= first && key < first + places.length);
    const numbered = own.map((key) => before + key - first + 1);
    before += places.length;
    return numbered;
  });
  return fullBox("stss", {}, numbers([keys.length, ...keys]));
}

/** How much later than it is decoded each frame is shown. Below 0 for B-frames: so the first frame is shown at 0. */
function orderTable(slices: readonly Slice[], frame: number): Buffer {
  const offsets = slices.flatMap(({ places }) => places.map((place, i) => (place - i) * frame));
  const runs = inRuns(offsets, (a, b) => a === b);
  return fullBox(
    "ctts",
    { version: 1 },
    numbers([runs.length, ...runs.flatMap(({ value, count }) => [count, value])]),
  );
}

/** From which chunk on there are how many samples in each. */
function chunkTable(places: readonly Place[]): Buffer {
  const runs = inRuns(places, (a, b) => a.samples === b.samples);
  let chunk = 1;
  const rows = runs.flatMap(({ value, count }) => {
    const row = [chunk, value.samples, 1];
    chunk += count;
    return row;
  });
  return fullBox("stsc", {}, numbers([runs.length, ...rows]));
}

function placeTable(places: readonly Place[], { start, wide }: Indexed): Buffer {
  const all = places.map(({ at }) => start + at);
  return wide
    ? fullBox(
        "co64",
        {},
        numbers([all.length, ...all.flatMap((at) => [Math.floor(at / 2 ** 32), at % 2 ** 32])]),
      )
    : fullBox("stco", {}, numbers([all.length, ...all]));
}

function inRuns<Value>(
  values: readonly Value[],
  same: (a: Value, b: Value) => boolean,
): { readonly value: Value; readonly count: number }[] {
  const runs: { value: Value; count: number }[] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last !== undefined && same(last.value, value)) last.count += 1;
    else runs.push({ value, count: 1 });
  }
  return runs;
}
