/** Reads one track of an mp4: where each of its samples lies, and when it is decoded and shown (ISO/IEC 14496-12, 8). */
import { Failure } from "../../base/failure.ts";
import type { NamedFile } from "../../base/json-file.ts";
import { box, boxesIn, inside, readOutline } from "./box.ts";

/** Samples are frames of video, or packets of sound, in the order in which they are decoded. */
export interface Track {
  readonly file: NamedFile;
  /** Units of its clock in a second. */
  readonly clock: number;
  /** Bytes. */
  readonly sizes: readonly number[];
  /** Bytes from the file's beginning. */
  readonly places: readonly number[];
  /** When each is decoded, counted from the first, and when it is shown, in units of the clock. */
  readonly decoded: readonly number[];
  readonly shown: readonly number[];
  /** Which of them need no other; all, if that is not said. */
  readonly keys: readonly number[];
  /** Of all samples together, in units of the clock. */
  readonly length: number;
  /** Units of the clock, of what comes first and is not to be played: an encoder's delay. */
  readonly delay: number;
  /** The contents of its boxes, by name: what a copy of it takes over as it is. */
  readonly boxes: ReadonlyMap<string, Buffer>;
}

/** What a copy needs of a track that says nothing of single samples. */
const COPIED = ["tkhd", "hdlr", "vmhd", "smhd", "dinf", "stsd", "stts", "sgpd", "sbgp"] as const;

/** `kind`: of a track's handler. @throws Failure for a file without such a track, and for one that is made otherwise */
export function readTrack(file: NamedFile, kind: "vide" | "soun"): Track {
  const { index } = readOutline(file.path);
  if (index === undefined) throw notOurs(file, "is no mp4");
  const track = inside(index, "trak").find(
    (track) => inside(track, "mdia", "hdlr")[0]?.toString("latin1", 8, 12) === kind,
  );
  const media = inside(track ?? Buffer.alloc(0), "mdia")[0];
  const samples = media && inside(media, "minf", "stbl")[0];
  if (track === undefined || media === undefined || samples === undefined) {
    throw notOurs(file, `has no ${kind === "vide" ? "pictures" : "sound"}`);
  }
  const tables = new Tables(file, samples);
  const sizes = tables.sizes();
  const { times: decoded, length } = tables.decoded(sizes.length);
  const offsets = tables.offsets(sizes.length);
  const all = [track, media, ...inside(media, "minf"), samples];
  const boxes = COPIED.flatMap((name) => {
    const content = all.flatMap((parent) => inside(parent, name))[0];
    if (content === undefined) return [];
    return [[name, name === "stsd" && kind === "vide" ? withoutBitrate(content) : content] as const];
  });
  return {
    file,
    clock: inside(media, "mdhd")[0]!.readUInt32BE(12),
    sizes,
    places: tables.places(sizes),
    decoded,
    shown: decoded.map((time, i) => time + (offsets?.[i] ?? 0)),
    keys: tables.keys(sizes.length),
    length,
    delay: delayOf(file, track),
    boxes: new Map(boxes),
  };
}

/** Bytes of a description before its entry, and of the entry before what it holds (12.1.3). */
const BEFORE_ENTRY = 8;
const BEFORE_PARTS = 8 + 78;

/** Two pieces are described alike but for how many bits a second each of them has. */
function withoutBitrate(description: Buffer): Buffer {
  const entry = description.subarray(BEFORE_ENTRY);
  const parts = boxesIn(entry.subarray(BEFORE_PARTS)).filter(({ name }) => name !== "btrt");
  const kept = [entry.subarray(8, BEFORE_PARTS), ...parts.map(({ name, content }) => box(name, content))];
  return Buffer.concat([description.subarray(0, BEFORE_ENTRY), box(entry.toString("latin1", 4, 8), ...kept)]);
}

/** An edit list can cut and repeat; of what is joined here, it says where the first sample that counts is. */
function delayOf(file: NamedFile, track: Buffer): number {
  const [list] = inside(track, "edts", "elst");
  if (list === undefined || list.readUInt32BE(4) === 0) return 0;
  if (list.readUInt32BE(4) > 1 || list[0] !== 0) throw notOurs(file, "is made of several edits");
  return Math.max(0, list.readInt32BE(12));
}

/** What a person can have done to a file of ours. */
export function notOurs({ name }: Pick<NamedFile, "name">, what: string): Failure {
  return new Failure(`${name} ${what}.`, {
    code: "media.assembly",
    help: "It was edited or pinned, or is damaged: build it again with --force.",
  });
}

/** The tables of a `stbl`. */
class Tables {
  readonly #file: NamedFile;
  readonly #samples: Buffer;

  constructor(file: NamedFile, samples: Buffer) {
    this.#file = file;
    this.#samples = samples;
  }

  /** Rows of so many numbers each; undefined where there is no such table. */
  #rows(name: string, width: number, signed = false): number[][] | undefined {
    const [content] = inside(this.#samples, name);
    if (content === undefined) return undefined;
    const count = content.readUInt32BE(4);
    if (content.length < 8 + count * width * 4) throw notOurs(this.#file, `has a damaged index ('${name}')`);
    const number = (at: number) => (signed ? content.readInt32BE(at) : content.readUInt32BE(at));
    return Array.from({ length: count }, (_, row) =>
      Array.from({ length: width }, (_, column) => number(8 + (row * width + column) * 4)),
    );
  }

  #needed(name: string, width: number): number[][] {
    const rows = this.#rows(name, width);
    if (rows === undefined) throw notOurs(this.#file, `has no index ('${name}')`);
    return rows;
  }

  sizes(): number[] {
    const [content] = inside(this.#samples, "stsz");
    if (content === undefined) throw notOurs(this.#file, "has no index ('stsz')");
    const [same, count] = [content.readUInt32BE(4), content.readUInt32BE(8)];
    if (same > 0) return Array<number>(count).fill(same);
    if (content.length < 12 + count * 4) throw notOurs(this.#file, "has a damaged index ('stsz')");
    return Array.from({ length: count }, (_, i) => content.readUInt32BE(12 + i * 4));
  }

  /** Of each sample: the sum of the durations before it; and of all. */
  decoded(count: number): { times: number[]; length: number } {
    const times: number[] = [];
    let at = 0;
    for (const [repeats, duration] of this.#needed("stts", 2)) {
      for (let i = 0; i < repeats!; i++, at += duration!) times.push(at);
    }
    if (times.length !== count) throw notOurs(this.#file, "has a damaged index ('stts')");
    return { times, length: at };
  }

  /** How much later than it is decoded each sample is shown. */
  offsets(count: number): number[] | undefined {
    const offsets = this.#rows("ctts", 2, true)?.flatMap(([repeats, offset]) =>
      Array<number>(repeats!).fill(offset!),
    );
    if (offsets !== undefined && offsets.length !== count)
      throw notOurs(this.#file, "has a damaged index ('ctts')");
    return offsets;
  }

  keys(count: number): number[] {
    const keys = this.#rows("stss", 1);
    return keys === undefined ? Array.from({ length: count }, (_, i) => i) : keys.map(([key]) => key! - 1);
  }

  /** Samples lie in chunks, one after the other in each; `stsc` tells from which chunk on there are how many. */
  places(sizes: readonly number[]): number[] {
    const chunks = this.#chunks();
    const runs = this.#needed("stsc", 3);
    const places: number[] = [];
    let run = 0;
    for (const [chunk, start] of chunks.entries()) {
      while (runs[run + 1] !== undefined && runs[run + 1]![0]! <= chunk + 1) run += 1;
      let at = start;
      for (let i = 0; i < (runs[run]?.[1] ?? 0); i++) {
        places.push(at);
        at += sizes[places.length - 1] ?? 0;
      }
    }
    if (places.length !== sizes.length) throw notOurs(this.#file, "has a damaged index ('stsc')");
    return places;
  }

  #chunks(): number[] {
    const narrow = this.#rows("stco", 1);
    if (narrow !== undefined) return narrow.map(([place]) => place!);
    return this.#needed("co64", 2).map(([high, low]) => high! * 2 ** 32 + low!);
  }
}
