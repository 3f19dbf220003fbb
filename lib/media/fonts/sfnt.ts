/** What font files (TrueType, OpenType and their collections) say of themselves, read table by table. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** One font of a file. Plain data, so that it can be sent to a worker. */
export interface FontFace {
  /** Absolute. Never part of a key or of an output. */
  readonly path: string;
  /** Which of a collection's fonts; 0 in a file that holds one. */
  readonly index: number;
  /** "Noto Sans CJK JP": the whole family, without a weight. */
  readonly family: string;
  /** Least and greatest, 1 to 1000; one and the same unless the font is variable. */
  readonly weights: readonly [least: number, greatest: number];
  readonly italic: boolean;
  /** 1 to 9; 5 is neither narrow nor wide. */
  readonly width: number;
  /** Of the whole font, as its maker has left it in the table `head`. */
  readonly checksum: number;
  /** Of the whole file. Bytes. */
  readonly size: number;
}

interface Place {
  readonly offset: number;
  readonly length: number;
}

/** The fonts with outlines that a file holds: one that has pictures alone cannot be drawn. @throws Error for no font */
export function readFaces(path: string): FontFace[] {
  return withFile(path, (fd, size) =>
    faceOffsets(fd, size).flatMap((offset, index) => {
      const places = directory(fd, offset, size);
      if (!["glyf", "CFF ", "CFF2"].some((tag) => places.has(tag))) return [];
      return { path, index, ...describe((tag) => table(fd, places, tag)), size };
    }),
  );
}

const bytes = (view: DataView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

function withFile<Result>(path: string, act: (fd: number, size: number) => Result): Result {
  const fd = openSync(path, "r");
  try {
    return act(fd, fstatSync(fd).size);
  } finally {
    closeSync(fd);
  }
}

function read(fd: number, { offset, length }: Place): DataView {
  const buffer = new Uint8Array(length);
  if (readSync(fd, buffer, 0, length, offset) < length)
    throw new Error("the file ends in the middle of a font");
  return new DataView(buffer.buffer);
}

const COLLECTION = 0x74746366; // "ttcf"
const FONT = new Set([0x00010000, 0x4f54544f, 0x74727565]); // TrueType, "OTTO", "true"

function faceOffsets(fd: number, size: number): number[] {
  const start = read(fd, { offset: 0, length: 12 });
  if (start.getUint32(0) !== COLLECTION) return [0];
  const count = start.getUint32(8);
  if (count * 4 > size) throw new Error("it says to hold more fonts than it has room for");
  const offsets = read(fd, { offset: 12, length: count * 4 });
  return Array.from({ length: count }, (_, i) => offsets.getUint32(i * 4));
}

function directory(fd: number, offset: number, size: number): ReadonlyMap<string, Place> {
  const start = read(fd, { offset, length: 12 });
  if (!FONT.has(start.getUint32(0))) throw new Error("it is no TrueType or OpenType font");
  const count = start.getUint16(4);
  const records = read(fd, { offset: offset + 12, length: count * 16 });
  return new Map(
    Array.from({ length: count }, (_, i) => {
      const at = i * 16;
      const tag = Buffer.from(bytes(records).subarray(at, at + 4)).toString("latin1");
      const place = { offset: records.getUint32(at + 8), length: records.getUint32(at + 12) };
      if (place.offset + place.length > size) throw new Error(`its table '${tag}' is beyond the file's end`);
      return [tag, place] as const;
    }),
  );
}

function table(fd: number, places: ReadonlyMap<string, Place>, tag: string): DataView | undefined {
  const place = places.get(tag);
  return place && read(fd, place);
}

function describe(read: (tag: string) => DataView | undefined) {
  const head = read("head");
  const os2 = read("OS/2");
  const family = familyName(read("name"));
  if (head === undefined || os2 === undefined || family === undefined)
    throw new Error("it lacks one of the tables 'head', 'OS/2' and 'name'");
  const weight = os2.getUint16(4);
  return {
    family,
    weights: weightAxis(read("fvar")) ?? ([weight, weight] as const),
    italic: (os2.getUint16(62) & 1) !== 0,
    width: os2.getUint16(6),
    checksum: head.getUint32(8),
  };
}

/** From 16.16 fixed point numbers. */
function weightAxis(fvar: DataView | undefined): readonly [number, number] | undefined {
  if (fvar === undefined) return undefined;
  const [start, count, size] = [fvar.getUint16(4), fvar.getUint16(8), fvar.getUint16(10)];
  const at = Array.from({ length: count }, (_, i) => start + i * size).find(
    (offset) => fvar.getUint32(offset) === 0x77676874, // "wght"
  );
  return at === undefined ? undefined : [fvar.getInt32(at + 4) / 65536, fvar.getInt32(at + 12) / 65536];
}

/** The family that takes in all weights (name 16), else the one of four (name 1); in English where there is a choice. */
function familyName(name: DataView | undefined): string | undefined {
  if (name === undefined) return undefined;
  const strings = name.getUint16(4);
  let best: { rank: number; place: Uint8Array; macintosh: boolean } | undefined;
  for (let i = 0, at = 6; i < name.getUint16(2); i++, at += 12) {
    const [platform, language, id] = [name.getUint16(at), name.getUint16(at + 4), name.getUint16(at + 6)];
    if (id !== 16 && id !== 1) continue;
    const rank =
      (id === 16 ? 0 : 4) + (platform === 3 ? (language === 0x409 ? 0 : 2) : platform === 0 ? 1 : 3);
    if (best !== undefined && best.rank <= rank) continue;
    const start = strings + name.getUint16(at + 10);
    const place = bytes(name).subarray(start, start + name.getUint16(at + 8));
    best = { rank, place, macintosh: platform === 1 };
  }
  if (best?.macintosh) return Buffer.from(best.place).toString("latin1");
  return (
    best &&
    Buffer.from(best.place.slice(0, best.place.length & ~1))
      .swap16()
      .toString("utf16le")
  );
}
