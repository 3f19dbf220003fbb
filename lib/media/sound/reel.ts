/** Reads from a timeline what the sound of a film, or of one of its parts, is made by. */
import { z } from "zod";
import { Failure } from "../../base/failure.ts";
import { samplesPerFrame } from "../timeline.ts";
import type { SoundReel } from "./voices.ts";

const count = z.int().min(0);
const reel = z.object({
  frames: z.int().min(1),
  intro_frames: count,
  outro_frames: count,
  scenes: z.array(
    z.object({ scene: z.int().min(1), voice: z.object({ at: count, from: count, samples: count }) }),
  ),
});

/** What of a timeline is read here; it says more. */
export const timelineShape = z.object({
  fps: z.number().positive(),
  film: reel,
  parts: z.array(reel.extend({ part: z.int().min(1) })),
});
export type Timeline = z.output<typeof timelineShape>;

/** The reel, and for each of its voices the number of the scene that it belongs to. */
export interface Reading {
  readonly reel: SoundReel;
  readonly scenes: readonly number[];
}

/** `part`: null for the whole film. @throws Failure for one that there is not */
export function readReel(timeline: Timeline, part: number | null, name: string): Reading {
  const { fps, film, parts } = timeline;
  const chosen = part === null ? film : parts.find((one) => one.part === part);
  if (chosen === undefined) {
    throw new Failure(`${name} has no part ${part}: it has ${parts.length === 0 ? "none" : parts.length}.`, {
      help: "Build the timeline again, or leave `part` out for the whole film.",
    });
  }
  // The film has each narration whole, if in several pieces: the last one ends where it does.
  const whole = new Map<number, number>();
  for (const { scene, voice } of [...film.scenes, ...chosen.scenes]) {
    whole.set(scene, Math.max(whole.get(scene) ?? 0, voice.from + voice.samples));
  }
  const spf = samplesPerFrame(fps);
  return {
    reel: {
      length: chosen.frames * spf,
      intro: chosen.intro_frames * spf,
      outro: chosen.outro_frames * spf,
      voices: chosen.scenes.map(({ scene, voice }) => ({ ...voice, whole: whole.get(scene)! })),
    },
    scenes: chosen.scenes.map(({ scene }) => scene),
  };
}
