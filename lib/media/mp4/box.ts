/** The boxes that an mp4 is made of: found in its bytes, and made (ISO/IEC 14496-12, 4.2). */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** An index is some 100 kB for each hour; one of more is none that we made. Bytes. */
const LARGEST_INDEX = 256 * 1024 * 1024;

export interface Outline {
  /** Names of the outermost boxes in the order of the file: "ftyp", "moov", "mdat". Of what is no mp4, none. */
  readonly parts: readonly string[];
  /** What `moov` holds; undefined without one. */
  readonly index: Buffer | undefined;
}

/** Synchronous: a film has a hundred files of few kilobytes each, and the way through the pool of threads costs more. */
export function readOutline(path: string): Outline {
  const file = openSync(path, "r");
  try {
    return outlineOf(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

function outlineOf(file: number, size: number): Outline {
  const parts: string[] = [];
  let index: Buffer | undefined;
  for (let from = 0; from + 8 <= size; ) {
    const header = readAt(file, from, Math.min(16, size - from));
    const name = header.toString("latin1", 4, 8);
    const { length, head } = extent(header, 0, size - from);
    if (length < head) break;
    parts.push(name);
    if (name === "moov" && length <= LARGEST_INDEX)
      index = readAt(file, from + head, Math.min(length, size - from) - head);
    from += length;
  }
  return { parts, index };
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position));
}

/** Of the box at `from`: its length, and how much of it is its head. A length of 1 stands in 64 bits behind the name. */
function extent(bytes: Buffer, from: number, room: number): { length: number; head: number } {
  const length = bytes.readUInt32BE(from);
  if (length === 1 && bytes.length >= from + 16)
    return { length: Number(bytes.readBigUInt64BE(from + 8)), head: 16 };
  return { length: length === 0 ? room : length, head: 8 };
}

/** The boxes of which `bytes` consists. */
export function boxesIn(bytes: Buffer): { readonly name: string; readonly content: Buffer }[] {
  const found: { name: string; content: Buffer }[] = [];
  for (let from = 0; from + 8 <= bytes.length; ) {
    const { length, head } = extent(bytes, from, bytes.length - from);
    if (length < head) break;
    const content = bytes.subarray(from + head, Math.min(from + length, bytes.length));
    found.push({ name: bytes.toString("latin1", from + 4, from + 8), content });
    from += length;
  }
  return found;
}

/** The contents of the boxes at that path inside `bytes`: of each `trak`, of each `mdia` in it, …. */
export function inside(bytes: Buffer, wanted: string, ...deeper: readonly string[]): Buffer[] {
  const found = boxesIn(bytes).flatMap(({ name, content }) => (name === wanted ? [content] : []));
  const [next, ...rest] = deeper;
  return next === undefined ? found : found.flatMap((content) => inside(content, next, ...rest));
}

export function box(name: string, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, content) => sum + content.length, 8);
  const head = numbers([length, 0]);
  head.write(name, 4, "latin1");
  return Buffer.concat([head, ...contents], length);
}

/** One that begins with its version and 24 flags. */
export function fullBox(
  name: string,
  { version = 0, flags = 0 },
  ...contents: readonly Uint8Array[]
): Buffer {
  return box(name, numbers([version * 2 ** 24 + flags]), ...contents);
}

/** Each in 32 bits; what is below 0 as its complement. */
export function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (let i = 0; i < values.length; i++) bytes.writeInt32BE(values[i]! | 0, i * 4);
  return bytes;
}
