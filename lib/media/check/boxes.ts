/** The order of an mp4's parts and its edit lists: what no probe tells (ISO/IEC 14496-12, 4.2 and 8.6.6). */
import { type FileHandle, open } from "node:fs/promises";

/** One entry of an edit list. */
export interface Edit {
  /** How long it is shown. Seconds. */
  readonly duration: number;
  /** Where in the track's media it begins, in units of the track's own clock; -1 is an empty edit: nothing is shown. */
  readonly mediaTime: number;
  /** 1 but for slow or stopped media. */
  readonly rate: number;
}

export interface Layout {
  /** Names of the parts in the order of the file: "ftyp", "moov", "mdat". */
  readonly parts: readonly string[];
  /** Of each track that has one, by what the track is: "vide", "soun". */
  readonly edits: readonly { readonly track: string; readonly list: readonly Edit[] }[];
}

/** An index is some 100 kB for each hour; one of more is none that we made. Bytes. */
const LARGEST_INDEX = 256 * 1024 * 1024;

/** Of what is no mp4, no parts. */
export async function readLayout(path: string): Promise<Layout> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const parts: string[] = [];
    let index: Buffer | undefined;
    for (let from = 0; from + 8 <= size; ) {
      const header = await readAt(file, from, Math.min(16, size - from));
      const name = header.toString("latin1", 4, 8);
      const { length, head } = extent(header, 0, size - from);
      if (length < head) break;
      parts.push(name);
      if (name === "moov" && length <= LARGEST_INDEX)
        index = await readAt(file, from + head, Math.min(length, size - from) - head);
      from += length;
    }
    return { parts, edits: index === undefined ? [] : editLists(index) };
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Of the box at `from`: its length, and how much of it is its head. A length of 1 stands in 64 bits behind the name. */
function extent(bytes: Buffer, from: number, room: number): { length: number; head: number } {
  const length = bytes.readUInt32BE(from);
  if (length === 1 && bytes.length >= from + 16)
    return { length: Number(bytes.readBigUInt64BE(from + 8)), head: 16 };
  return { length: length === 0 ? room : length, head: 8 };
}

/** The contents of the boxes of that name directly inside `bytes`. */
function inside(bytes: Buffer, wanted: string): Buffer[] {
  const found: Buffer[] = [];
  for (let from = 0; from + 8 <= bytes.length; ) {
    const { length, head } = extent(bytes, from, bytes.length - from);
    if (length < head) break;
    if (bytes.toString("latin1", from + 4, from + 8) === wanted)
      found.push(bytes.subarray(from + head, Math.min(from + length, bytes.length)));
    from += length;
  }
  return found;
}

function editLists(index: Buffer): Layout["edits"] {
  const [movie] = inside(index, "mvhd");
  // Version 1 has times of 64 bits, and so the clock stands 8 bytes further on.
  const place = movie?.[0] === 1 ? 20 : 12;
  const clock = movie === undefined || movie.length < place + 4 ? Number.NaN : movie.readUInt32BE(place);
  return inside(index, "trak").flatMap((track) => {
    const [list] = inside(track, "edts").flatMap((edits) => inside(edits, "elst"));
    if (list === undefined) return [];
    const [handler] = inside(track, "mdia").flatMap((media) => inside(media, "hdlr"));
    return [{ track: handler?.toString("latin1", 8, 12) ?? "", list: readEdits(list, clock) }];
  });
}

function readEdits(list: Buffer, clock: number): Edit[] {
  if (list.length < 8) return [];
  const wide = list[0] === 1;
  const size = wide ? 20 : 12;
  const count = Math.min(list.readUInt32BE(4), Math.floor((list.length - 8) / size));
  return Array.from({ length: count }, (_, index) => {
    const from = 8 + index * size;
    const [duration, mediaTime] = wide
      ? [Number(list.readBigUInt64BE(from)), Number(list.readBigInt64BE(from + 8))]
      : [list.readUInt32BE(from), list.readInt32BE(from + 4)];
    return { duration: duration / clock, mediaTime, rate: list.readInt32BE(from + size - 4) / 65_536 };
  });
}
