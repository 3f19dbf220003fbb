/** Which pieces make one part of a film: those of its scenes, and its own beginning and end. */
import { join } from "node:path";
import { Failure } from "../base/failure.ts";
import type { NamedFile } from "../base/json-file.ts";
import type { Piece } from "./film.ts";
import { type FilmFiles, jointFrames } from "./film-pieces.ts";
import type { Closing, Opening } from "./piece-content.ts";
import type { Reel, ReelScene } from "./reel.ts";

export interface PartPieces {
  readonly pieces: readonly Piece[];
  /** To be rendered into `<folder>/opening.mp4` and `<folder>/closing.mp4`. */
  readonly opening: Opening;
  readonly closing: Closing | undefined;
}

/**
 * A part has no transition from the scene before it or into the one after it: its first frames follow from its card, and
 * its last ones go to the background. Where a scene is cut, it begins or ends with a sentence, at once.
 */
export function partPieces(
  { scenes, intro_frames: frames }: Reel,
  files: FilmFiles & { readonly card: NamedFile },
  folder: string,
): PartPieces {
  const { segments, transitions, card } = files;
  const borders = scenes.length - 1;
  if (segments.length !== scenes.length || transitions.length !== borders) {
    throw new Failure(
      `The part has ${scenes.length} scenes and ${borders} borders between them; there are ${segments.length} segments and ${transitions.length} transitions.`,
      {
        help: 'Give it those of its own: "segment[scene in part.scenes]" and "transition[scene in part.borders]".',
      },
    );
  }
  const [first, last] = [scenes[0]!, scenes.at(-1)!];
  const lead = first.skip === 0 ? first.lead : 0;
  const opening: Opening = { kind: "opening", card: card.path, frames, into: segments[0]!.path, lead };
  const tail = endsWhole(last) ? last.tail : 0;
  const closing: Closing | undefined =
    tail === 0 ? undefined : { kind: "closing", from: segments.at(-1)!.path, frames: tail };
  const between = scenes.flatMap((scene, i): Piece[] => {
    const body = bodyOf(scene, segments[i]!);
    const next = scenes[i + 1];
    return next === undefined ? [body] : [body, { ...transitions[i]!, frames: jointFrames(scene, next) }];
  });
  const made = (name: string, frames: number): Piece => ({ path: join(folder, `${name}.mp4`), name, frames });
  const pieces = [
    made("opening", frames + lead),
    ...between,
    ...(closing === undefined ? [] : [made("closing", closing.frames)]),
  ];
  return { pieces, opening, closing };
}

function endsWhole({ skip, frames, scene_frames }: ReelScene): boolean {
  return skip + frames === scene_frames;
}

/** What the part has of a scene's own piece, which begins with the scene's frame `lead`. */
function bodyOf(scene: ReelScene, segment: NamedFile): Piece {
  const { skip, frames, scene_frames, lead, tail } = scene;
  const from = Math.max(0, skip - lead);
  const until = Math.min(skip + frames, scene_frames - tail) - lead;
  const piece = { ...segment, frames: until - from };
  if (from === 0 && endsWhole(scene)) return piece;
  return { ...piece, cut: { from, until: endsWhole(scene) ? undefined : until } };
}
