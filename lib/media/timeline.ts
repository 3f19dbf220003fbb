/** The one place where decoded samples become video frames: exact, in whole numbers. */

/** All audio is counted at this rate. Hz. */
export const SAMPLE_RATE = 48_000;

/** Silence around each narration. Seconds; rounded to whole samples. */
export interface Pause {
  readonly before: number;
  readonly after: number;
}

/**
 * How long a scene is, in frames, and which of them it shares with its neighbours:
 * ```text
 *   lead │              body              │ tail            the scene's frames
 *  ──────┼────────────────────────────────┼──────
 *  piece │            its piece           │ the next piece: tail of this scene, lead of the next
 *        ▲ voice                     voice ends ▲
 * ```
 * A transition lies on the border of two scenes, within their silence, and takes no time away: the narrations are where
 * they would be without it.
 */
export interface Length {
  readonly frames: number;
  /** Frames at the beginning that the transition from the scene before shows; 0 for the first scene of a film. */
  readonly lead: number;
  /** Frames at the end that the transition into the next scene shows; of the last scene, its fade. */
  readonly tail: number;
}

/** One frame of its own, and one for each transition. */
const LEAST_FRAMES = 3;

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
  return Math.max(LEAST_FRAMES, Math.ceil(all / samplesPerFrame(fps)));
}

/** Half of a transition, in frames: as much of it as a scene gives, where it has that much silence. */
export function halfTransition(seconds: number, fps: number): number {
  return Math.max(1, Math.round((seconds / 2) * fps));
}

/** `transition`: how long one takes, in seconds, where the silence is long enough; two frames where there is none. */
export function sceneLength(
  samples: number,
  given: {
    readonly pause: Pause;
    readonly fps: number;
    readonly transition: number;
    readonly opens: boolean;
  },
): Length {
  const { pause, fps, transition, opens } = given;
  const half = halfTransition(transition, fps);
  const silence = (seconds: number) => Math.max(1, Math.floor(pauseSamples(seconds) / samplesPerFrame(fps)));
  return {
    frames: sceneFrames(samples, pause, fps),
    lead: opens ? 0 : Math.min(half, silence(pause.before)),
    tail: Math.min(half, silence(pause.after)),
  };
}
