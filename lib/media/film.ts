/** Joins pieces of film and their sound to one video: what is encoded is copied, so that this costs next to nothing. */
import { Failure } from "../base/failure.ts";
import type { NamedFile } from "../base/json-file.ts";
import { type WriteContext, writeFilm } from "./mp4/film.ts";
import { type Slice, sliceOf } from "./mp4/slice.ts";
import { readTrack, type Track } from "./mp4/track.ts";

/** A file with some frames of the film. */
export interface Piece extends NamedFile {
  /** How many frames it gives to the film. */
  readonly frames: number;
  /** Where it is cut: the first frame that is taken, and whether some are left after the last. A key frame each. */
  readonly cut?: { readonly from: number; readonly until: number | undefined };
}

export interface FilmRequest {
  /** In order. */
  readonly pieces: readonly Piece[];
  /** As long as the pieces are together: an .m4a. */
  readonly sound: NamedFile;
  readonly fps: number;
  /** An .mp4. */
  readonly output: string;
}

/** Pieces that do not fit together are a Failure that says which. */
export async function joinFilm(request: FilmRequest, context: WriteContext): Promise<void> {
  const { pieces, fps, output } = request;
  const slices = pieces.map((piece) => slice(piece, readTrack(piece, "vide")));
  const [{ track: first }] = slices as [Slice];
  for (const { track } of slices) checkAlike(track, first);
  const sound = readTrack(request.sound, "soun");
  await writeFilm({ slices, frame: first.clock / fps, sound, output }, context);
}

function slice({ name, frames, cut }: Piece, track: Track): Slice {
  const there = track.sizes.length;
  if (cut === undefined && there !== frames) {
    throw new Failure(`${name} has ${there} frames, and its place in the film has ${frames}.`, {
      code: "media.assembly",
      help: "It was edited or pinned for another narration, pause or frame rate: build it again with --force.",
    });
  }
  return sliceOf(track, cut?.from ?? 0, cut?.until ?? there);
}

/** A film has one description of how all of its pictures are encoded. */
function checkAlike(track: Track, first: Track): void {
  const description = (one: Track) => one.boxes.get("stsd")!;
  if (track.clock === first.clock && description(track).equals(description(first))) return;
  throw new Failure(`${track.file.name} is encoded otherwise than ${first.file.name}.`, {
    code: "media.assembly",
    help: "It was edited or pinned, and a film is joined without encoding it again: build it again with --force.",
  });
}
