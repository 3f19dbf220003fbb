/** What the tasks that render a scene have in common: its picture, its plan, the form of the film. */
import { z } from "zod";
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
