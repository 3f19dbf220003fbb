/** What the tasks that render a scene have in common: its picture, its plan, the form of the film. */
import { z } from "zod";
import { Failure } from "../base/failure.ts";
import { type NamedFile, readJsonFile } from "../base/json-file.ts";
import { FRAME_RATES } from "../model/known-values.ts";
import { isClip } from "./motion/clip.ts";
import type { ScenePicture } from "./motion/still.ts";
import { PRESETS } from "./piece.ts";
import { type Shot, shotShape } from "./shot.ts";

const pixels = z.int().min(16).max(7680).multipleOf(2);

/** A platform's `video`. */
export const formShape = z.strictObject({
  width: pixels,
  height: pixels,
  fps: z.literal(FRAME_RATES),
  /** Shows through a transparent picture, and is what a film fades to. */
  background: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, "must be a colour like '#102030'")
    .default("#000000"),
  preset: z.enum(PRESETS).default("veryfast"),
});

/** A scene's files as the engine hands them over: see InputFile. */
export interface SceneFiles {
  readonly image: NamedFile;
  readonly shot: NamedFile;
  /** The author's own picture or clip, if there is one; a picture has been made the `image` already. */
  readonly own: (NamedFile & { readonly extension: string }) | undefined;
}

/** @throws Failure for a plan that is none */
export async function readScene(files: SceneFiles): Promise<{ shot: Shot; picture: ScenePicture }> {
  const shot = await readJsonFile(files.shot, shotShape);
  const { move, frames, overlap } = shot;
  const clip = files.own !== undefined && isClip(files.own.extension) ? files.own.path : undefined;
  return { shot, picture: { image: files.image.path, clip, move, frames, overlap } };
}

/** What a list names is a list, even of one. @throws Failure for none and for several */
export function onlyScene(input: string, files: readonly NamedFile[]): NamedFile {
  const [only, ...more] = files;
  if (only !== undefined && more.length === 0) return only;
  throw new Failure(`'${input}' is one scene's file, and there are ${files.length}.`, {
    code: "media.assembly",
    help: 'Give it the one that a list of one number names, such as "segment[scene in part.opening]".',
  });
}
