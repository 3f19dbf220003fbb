/** The one place where decoded samples become video frames: exact, in whole numbers. */

/** All audio is counted at this rate. Hz. */
export const SAMPLE_RATE = 48_000;

/** Silence around each narration. Seconds; rounded to whole samples. */
export interface Pause {
  readonly before: number;
  readonly after: number;
}

/** Where a scene lies in the film. A film's audio and video share these borders, so they cannot drift apart. */
export interface ScenePlace {
  readonly firstFrame: number;
  readonly frames: number;
  /** Of the film, at SAMPLE_RATE. */
  readonly firstSample: number;
  readonly samples: number;
  /** The film's sample with which the scene's narration begins. */
  readonly voiceSample: number;
}

/** 1600 at 30 frames a second. */
export function samplesPerFrame(fps: number): number {
  const samples = SAMPLE_RATE / fps;
  if (!Number.isInteger(samples))
    throw new Error(`BUG: ${fps} frames a second do not divide ${SAMPLE_RATE} Hz`);
  return samples;
}

export function pauseSamples(seconds: number): number {
  return Math.round(seconds * SAMPLE_RATE);
}

/** `samples`: the narration's, decoded at SAMPLE_RATE. The last frame is filled up with silence. */
export function sceneFrames(samples: number, pause: Pause, fps: number): number {
  const all = pauseSamples(pause.before) + samples + pauseSamples(pause.after);
  return Math.ceil(all / samplesPerFrame(fps));
}

/** Lays scenes end to end; `samples` has each narration's, decoded at SAMPLE_RATE. */
export function layScenes(samples: readonly number[], pause: Pause, fps: number): ScenePlace[] {
  let firstFrame = 0;
  return samples.map((count) => {
    const frames = sceneFrames(count, pause, fps);
    const firstSample = firstFrame * samplesPerFrame(fps);
    const place = {
      firstFrame,
      frames,
      firstSample,
      samples: frames * samplesPerFrame(fps),
      voiceSample: firstSample + pauseSamples(pause.before),
    };
    firstFrame += frames;
    return place;
  });
}
