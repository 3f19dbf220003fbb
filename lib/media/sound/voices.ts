/** Where the narrations are heard in a reel, and whether the files are the ones that it was laid out for. */
import { Failure } from "../../base/failure.ts";
import type { Reel } from "../reel.ts";
import { samplesPerFrame } from "../timeline.ts";
import type { SoundFile } from "./decode.ts";
import type { WaveFile } from "./pcm.ts";

/** Samples are of SAMPLE_RATE. */
export interface Voice {
  /** Of the reel. */
  readonly at: number;
  /** Of the narration, the first that is heard. */
  readonly from: number;
  readonly samples: number;
  /** That the whole narration has. */
  readonly whole: number;
}

export interface SoundReel {
  readonly length: number;
  /** Of the intro and the outro, 0 without. */
  readonly intro: number;
  readonly outro: number;
  readonly voices: readonly Voice[];
}

export function soundReel({ fps, frames, intro_frames, outro_frames, scenes }: Reel): SoundReel {
  const perFrame = samplesPerFrame(fps);
  return {
    length: frames * perFrame,
    intro: intro_frames * perFrame,
    outro: outro_frames * perFrame,
    voices: scenes.map(({ voice }) => voice),
  };
}

/** Samples that a resampler may round away at the end. */
const ROUNDED = 2;

/** @throws Failure for a narration of another length than the reel was laid out for */
export function checkVoices(
  voices: readonly Voice[],
  narrations: readonly SoundFile[],
  files: readonly WaveFile[],
  scale: number,
): void {
  for (const [index, { whole }] of voices.entries()) {
    const found = files[index]!.length;
    const wanted = whole * scale;
    if (scale === 1 ? found === wanted : Math.abs(found - wanted) <= ROUNDED) continue;
    const { name } = narrations[index]!;
    throw new Failure(
      `${name} has ${Math.round(found / scale)} samples at 48 kHz; the timeline was made for ${whole}.`,
      {
        code: "media.assembly",
        help: "Make the timeline from the same narrations as the sound: its lengths come from their words.",
      },
    );
  }
}
