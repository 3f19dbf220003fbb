/** The order of an mp4's parts and its edit lists: what no probe tells (ISO/IEC 14496-12, 4.2 and 8.6.6). */
import { inside, readOutline } from "../mp4/box.ts";

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

/** Of what is no mp4, no parts. */
export function readLayout(path: string): Layout {
  const { parts, index } = readOutline(path);
  return { parts, edits: index === undefined ? [] : editLists(index) };
}

function editLists(index: Buffer): Layout["edits"] {
  const [movie] = inside(index, "mvhd");
  // Version 1 has times of 64 bits, and so the clock stands 8 bytes further on.
  const place = movie?.[0] === 1 ? 20 : 12;
  const clock = movie === undefined || movie.length < place + 4 ? Number.NaN : movie.readUInt32BE(place);
  return inside(index, "trak").flatMap((track) => {
    const [list] = inside(track, "edts", "elst");
    if (list === undefined) return [];
    const [handler] = inside(track, "mdia", "hdlr");
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
