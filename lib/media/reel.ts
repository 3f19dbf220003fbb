/** What lies where in a film, or in a part of one: scenes end to end, with their narrations. */
import { z } from "zod";
import { Failure } from "../base/failure.ts";
import type { NamedFile } from "../base/json-file.ts";
import { plural } from "../base/plural.ts";
import { FRAME_RATES } from "../model/known-values.ts";
import type { Shot } from "./shot.ts";
import { samplesPerFrame } from "./timeline.ts";

const count = z.int().min(0);

const sceneShape = z.strictObject({
  scene: z.int().min(1),
  /** Of the reel: where the scene, or what the reel has of it, begins. */
  first_frame: count,
  frames: count.min(1),
  /** Frames of the scene that came in the part before; 0 but for a scene that is cut. */
  skip: count,
  /** Of the whole scene. */
  scene_frames: count.min(1),
  lead: count,
  tail: count,
  /** At 48 kHz: where in the reel it is heard, its first sample that is, how many are, and how many it has in all. */
  voice: z.strictObject({ at: count, from: count, samples: count, whole: count.min(1) }),
});

/**
 * Scenes end to end, with their narrations: a whole film, or a part. Tasks take it as a value, so that one is made again
 * when its own reel is another, and not when some other part's is.
 */
export const reelShape = z.strictObject({
  fps: z.literal(FRAME_RATES),
  frames: count.min(1),
  intro_frames: count,
  outro_frames: count,
  scenes: z.array(sceneShape).min(1),
});
export type Reel = z.output<typeof reelShape>;
export type ReelScene = Reel["scenes"][number];

/** @throws Failure unless the input has one file for each scene of the reel */
export function checkScenes({ scenes }: Reel, input: string, files: readonly NamedFile[]): void {
  if (files.length === scenes.length) return;
  throw new Failure(
    `The reel has ${plural(scenes.length, "scene")}, and '${input}' has ${plural(files.length, "file")}.`,
    {
      code: "media.assembly",
      help: 'Give one for each of its scenes, in their order; those of a part are "words[scene in part.scenes]".',
    },
  );
}

/** A scene as the author numbered it, its plan, and how long its narration is: at 48 kHz. */
export interface Take {
  readonly scene: number;
  readonly shot: Shot;
  readonly samples: number;
}

/** Some frames of one take. */
export interface Stretch {
  readonly take: Take;
  readonly skip: number;
  readonly frames: number;
}

/** `intro` and `outro`: frames of what stands before and after the scenes. */
export function layFilm(takes: readonly Take[], { intro = 0, outro = 0 } = {}): Reel {
  return layStretches(
    takes.map((take) => ({ take, skip: 0, frames: take.shot.frames })),
    intro,
    outro,
  );
}

export function layStretches(stretches: readonly Stretch[], intro: number, outro: number): Reel {
  const { fps } = stretches[0]!.take.shot;
  const perFrame = samplesPerFrame(fps);
  let at = intro;
  const scenes = stretches.map(({ take: { scene, shot, samples }, skip, frames }): ReelScene => {
    const from = Math.max(0, skip * perFrame - shot.voice_sample);
    const until = Math.min(samples, (skip + frames) * perFrame - shot.voice_sample);
    const first_frame = at;
    at += frames;
    const { lead, tail } = shot;
    const voice = {
      at: first_frame * perFrame + Math.max(0, shot.voice_sample - skip * perFrame),
      from: Math.min(from, samples),
      samples: Math.max(0, until - from),
      whole: samples,
    };
    return { scene, first_frame, frames, skip, scene_frames: shot.frames, lead, tail, voice };
  });
  return { fps, frames: at + outro, intro_frames: intro, outro_frames: outro, scenes };
}

/** Whether the reel has a scene to its end. */
export function endsWhole({ skip, frames, scene_frames }: ReelScene): boolean {
  return skip + frames === scene_frames;
}
