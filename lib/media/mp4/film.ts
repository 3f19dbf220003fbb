/** Writes a film of pictures and a sound that are encoded already, its index first, so that it plays while it loads. */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { box, numbers } from "./box.ts";
import { type Chunk, interleaved, pictureLane, placesOf, type Range, soundLane } from "./chunks.ts";
import { indexOf } from "./index.ts";
import type { Slice } from "./slice.ts";
import { notOurs, type Track } from "./track.ts";

export interface Film {
  /** In order; of tracks that are encoded alike. */
  readonly slices: readonly Slice[];
  /** How long a frame is shown, in units of the slices' clock. */
  readonly frame: number;
  readonly sound: Track;
  /** A file that is not there yet. */
  readonly output: string;
}

export interface WriteContext {
  readonly signal: AbortSignal;
  progress(fraction: number): void;
}

const FILE_TYPE = box("ftyp", Buffer.from("iso4"), numbers([512]), Buffer.from("iso4isomiso2avc1mp41"));

/** Bytes that places of 32 bits can count, less what an index may take. */
const NARROW = 2 ** 32 - 2 ** 28;

export async function writeFilm(film: Film, context: WriteContext): Promise<void> {
  const { slices, sound, frame, output } = film;
  const lanes = { pictures: pictureLane(slices, frame / slices[0]!.track.clock), sound: soundLane(sound) };
  const chunks = interleaved([lanes.pictures, lanes.sound]);
  const length = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  const wide = length > NARROW;
  const places = { pictures: placesOf(lanes.pictures, chunks), sound: placesOf(lanes.sound, chunks) };
  const index = (start: number) => indexOf({ slices, frame, sound, places, start, wide });
  const data = dataHead(length, wide);
  // The index is as long whatever the places in it are.
  const start = FILE_TYPE.length + index(0).length + data.length;
  const file = openSync(output, "w");
  try {
    writeAll(file, Buffer.concat([FILE_TYPE, index(start), data]));
    await copy(chunks, length, file, context);
  } finally {
    closeSync(file);
  }
}

/** A length that is beyond 32 bits stands in 64 of them, behind the name. */
function dataHead(length: number, wide: boolean): Buffer {
  const name = Buffer.from("mdat");
  if (!wide) return Buffer.concat([numbers([8 + length]), name]);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(16 + length));
  return Buffer.concat([numbers([1]), name, size]);
}

/** A second of the film at a time, between which others get their turn. */
async function copy(
  chunks: readonly Chunk[],
  length: number,
  to: number,
  { signal, progress }: WriteContext,
): Promise<void> {
  const from = new Sources();
  let done = 0;
  try {
    for (const { lane, ranges, bytes } of chunks) {
      const content = Buffer.allocUnsafe(bytes);
      let at = 0;
      for (const range of ranges) {
        from.read(lane, range, content.subarray(at, at + range.length));
        at += range.length;
      }
      writeAll(to, content);
      done += bytes;
      progress(done / length);
      await setImmediate();
      signal.throwIfAborted();
    }
  } finally {
    from.close();
  }
}

/** A disk that is full can take less than it was given. */
function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** The files that are read: of each lane the one that it is at, since a film has many. */
class Sources {
  readonly #open = new Map<object, { readonly path: string; readonly file: number }>();

  /** `reader`: for whom. @throws Failure for a file that ends before its index says */
  read(reader: object, { path, name, from, length }: Range, into: Buffer): void {
    let source = this.#open.get(reader);
    if (source?.path !== path) {
      if (source !== undefined) closeSync(source.file);
      this.#open.delete(reader);
      source = { path, file: openSync(path, "r") };
      this.#open.set(reader, source);
    }
    if (readSync(source.file, into, 0, length, from) < length) throw notOurs({ name }, "ends too early");
  }

  close(): void {
    for (const { file } of this.#open.values()) closeSync(file);
  }
}
