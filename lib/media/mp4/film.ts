/** Writes a film of pictures and a sound that are encoded already, its index first, so that it plays while it loads. */
import { type FileHandle, open } from "node:fs/promises";
import { box, numbers } from "./box.ts";
import { type Chunk, interleaved, pictureLane, placesOf, type Range, soundLane } from "./chunks.ts";
import { indexOf } from "./index.ts";
import type { Slice } from "./slice.ts";
import type { Track } from "./track.ts";

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
  const file = await open(output, "w");
  try {
    await file.writeFile(Buffer.concat([FILE_TYPE, index(start), data]));
    await copy(chunks, length, file, context);
  } finally {
    await file.close();
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

async function copy(
  chunks: readonly Chunk[],
  length: number,
  to: FileHandle,
  { signal, progress }: WriteContext,
): Promise<void> {
  const from = new Sources();
  let done = 0;
  try {
    for (const { lane, ranges, bytes } of chunks) {
      signal.throwIfAborted();
      const parts = [];
      for (const range of ranges) parts.push(await from.read(lane, range));
      await to.writeFile(Buffer.concat(parts, bytes));
      done += bytes;
      progress(done / length);
    }
  } finally {
    await from.close();
  }
}

/** The files that are read: of each lane the one that it is at, since a film has many. */
class Sources {
  readonly #open = new Map<object, { readonly path: string; readonly file: FileHandle }>();

  /** `reader`: for whom. */
  async read(reader: object, { path, from, length }: Range): Promise<Buffer> {
    let source = this.#open.get(reader);
    if (source?.path !== path) {
      await source?.file.close();
      this.#open.delete(reader);
      source = { path, file: await open(path, "r") };
      this.#open.set(reader, source);
    }
    const { buffer, bytesRead } = await source.file.read(Buffer.allocUnsafe(length), 0, length, from);
    if (bytesRead < length) throw new Error(`${path} has no ${length} bytes at ${from}`);
    return buffer;
  }

  async close(): Promise<void> {
    for (const { file } of this.#open.values()) await file.close();
  }
}
