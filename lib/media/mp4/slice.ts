/** Frames that stand together in a track of video, to be taken over without decoding them. */
import { Failure } from "../../base/failure.ts";
import type { Track } from "./track.ts";

export interface Slice {
  readonly track: Track;
  /** The first sample. */
  readonly first: number;
  /** Of each sample, in the order of decoding: as which frame of the slice it is shown. */
  readonly places: readonly number[];
}

/** The frames `from` to `until` (exclusive), in the order shown. @throws Failure unless they stand on their own */
export function sliceOf(track: Track, from: number, until: number): Slice {
  const { shown, keys, file } = track;
  const order = shown.map((_, i) => i).sort((a, b) => shown[a]! - shown[b]!);
  const rank = Array<number>(order.length);
  for (const [place, sample] of order.entries()) rank[sample] = place;
  const first = order[from]!;
  const count = until - from;
  const places = rank.slice(first, first + count).map((place) => place - from);
  // Closed groups of pictures: what lies between two key frames is shown between them.
  const isWhole = places.every((place) => place >= 0 && place < count);
  const isCut = (frame: number) => frame === order.length || keys.includes(order[frame]!);
  if (isWhole && isCut(from) && isCut(until)) return { track, first, places };
  throw new Failure(
    `${file.name} cannot be cut at its frames ${from} and ${until}: it has no key frame there.`,
    {
      code: "media.assembly",
      help: "It was edited or pinned for another narration: build it again with --force.",
    },
  );
}
