/** Which pieces make a film, in which order, and how many frames each gives. */
import { Failure } from "../base/failure.ts";
import type { NamedFile } from "../base/json-file.ts";
import type { Piece } from "./film.ts";
import { checkScenes, type Reel, type ReelScene } from "./reel.ts";

/** `segments`: one for every scene of the reel; `transitions`: as well, but of a part for every border of two scenes. */
export interface FilmFiles {
  readonly segments: readonly NamedFile[];
  readonly transitions: readonly NamedFile[];
  readonly intro?: NamedFile | undefined;
  readonly outro?: NamedFile | undefined;
}

/** @throws Failure for files that are not those of the reel */
export function filmPieces(film: Reel, files: FilmFiles): readonly Piece[] {
  const { scenes, intro_frames, outro_frames } = film;
  const { segments, transitions } = files;
  checkScenes(film, "segments", segments);
  checkScenes(film, "transitions", transitions);
  return [
    ...framed(files.intro, intro_frames, "intro"),
    ...scenes.flatMap((scene, i) => [
      { ...segments[i]!, frames: scene.frames - scene.lead - scene.tail },
      { ...transitions[i]!, frames: jointFrames(scene, scenes[i + 1]) },
    ]),
    ...framed(files.outro, outro_frames, "outro"),
  ];
}

/** Of the transition from a scene into the next; after the last it is its fade alone. */
export function jointFrames(scene: ReelScene, next: ReelScene | undefined): number {
  return scene.tail + (next?.lead ?? 0);
}

function framed(file: NamedFile | undefined, frames: number, name: string): Piece[] {
  if ((file === undefined) === (frames === 0)) return file === undefined ? [] : [{ ...file, frames }];
  throw new Failure(
    `The timeline has ${frames} frames for the ${name}, and there is ${file?.name ?? "none"}.`,
    { code: "media.assembly", help: `Give the same ${name} to the timeline and to the film.` },
  );
}
