/** Which pieces make one part of a film, in which order, and how many frames each gives. */
import { Failure } from "../base/failure.ts";
import type { NamedFile } from "../base/json-file.ts";
import type { Piece } from "./film.ts";
import { jointFrames } from "./film-pieces.ts";
import { openingLead } from "./parts.ts";
import { endsWhole, type Reel, type ReelScene } from "./reel.ts";

export interface PartFiles {
  /** Its card, which goes over into the first scene. */
  readonly opening: NamedFile;
  /** One for each scene, and one for each border of two. */
  readonly segments: readonly NamedFile[];
  readonly transitions: readonly NamedFile[];
  /** One where the part ends as its last scene does, none where it ends with a sentence of a scene that goes on. */
  readonly closing: readonly NamedFile[];
}

/**
 * A part has no transition from the scene before it or into the one after it: its first frames follow from its card, and
 * its last ones go to the background. Where a scene is cut, it begins or ends with a sentence, at once.
 * @throws Failure for files that are not those of the reel
 */
export function partPieces(
  reel: Reel,
  { opening, segments, transitions, closing }: PartFiles,
): readonly Piece[] {
  const { scenes, intro_frames: card } = reel;
  const last = scenes.at(-1)!;
  const counts = [
    ["segment", segments.length, scenes.length],
    ["transition", transitions.length, scenes.length - 1],
    ["closing", closing.length, endsWhole(last) ? 1 : 0],
  ] as const;
  const wrong = counts.find(([, found, wanted]) => found !== wanted);
  if (wrong !== undefined) {
    throw new Failure(`The part needs ${wrong[2]} of '${wrong[0]}', and has ${wrong[1]}.`, {
      code: "media.assembly",
      help: 'Give it those of its own: "segment[scene in part.scenes]", "transition[scene in part.borders]", "part_closing[ending in part.ending]".',
    });
  }
  return [
    { ...opening, frames: card + openingLead(reel) },
    ...scenes.flatMap((scene, i): Piece[] => {
      const body = bodyOf(scene, segments[i]!);
      const next = scenes[i + 1];
      return next === undefined ? [body] : [body, { ...transitions[i]!, frames: jointFrames(scene, next) }];
    }),
    ...closing.map((file) => ({ ...file, frames: last.tail })),
  ];
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
