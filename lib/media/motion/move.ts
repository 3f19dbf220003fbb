/** The camera's path over a still picture: which part of it each frame shows. */
import { createHash } from "node:crypto";
import type { Size, View } from "./resampler.ts";

export const MOVES = ["zoom-in", "zoom-out", "pan-left", "pan-right", "pan-up", "pan-down", "hold"] as const;
export type Move = (typeof MOVES)[number];

/** A place in the picture, 0 to 1 from the left and from the top. */
export type Focus = readonly [x: number, y: number];

/** As the author writes it; "auto" and null leave the choice to the seed. */
export type Motion =
  | Move
  | "auto"
  | { readonly kind: Move | "auto"; readonly focus?: Focus | undefined }
  | null;

export interface Path {
  readonly from: View;
  readonly to: View;
}

const MIDDLE: Focus = [0.5, 0.5];
/** A picture that merely stands is what the motion is there to avoid. */
const CHOICES = MOVES.filter((move) => move !== "hold");

/** The same seed always gives the same move. */
export function chooseMove(motion: Motion, seed: string): { kind: Move; focus: Focus } {
  const given = typeof motion === "string" ? { kind: motion } : (motion ?? { kind: "auto" as const });
  const focus = ("focus" in given ? given.focus : undefined) ?? MIDDLE;
  if (given.kind !== "auto") return { kind: given.kind, focus };
  const hash = createHash("sha256").update(seed).digest().readUInt32LE(0);
  return { kind: CHOICES[hash % CHOICES.length]!, focus };
}

/** Closest view: GREATEST_ZOOM times DRIFT. */
const LEAST_ZOOM = 1.04;
const GREATEST_ZOOM = 1.18;
const ZOOM_PER_SECOND = 0.025;
/** A pan also comes a little closer: a pure shift looks like a scroll bar. */
const DRIFT = 1.02;

/** How far to go in a scene of that many seconds: a calm pace that neither crawls nor rushes. */
function reach(seconds: number): number {
  return Math.min(GREATEST_ZOOM, Math.max(LEAST_ZOOM, 1 + ZOOM_PER_SECOND * seconds));
}

/** The first and the last view. Both lie in the picture, and so does all between them, since that is a rectangle. */
export function planPath(kind: Move, focus: Focus, picture: Size, seconds: number): Path {
  const zoom = reach(seconds);
  const at = (scale: number, [x, y]: Focus): View => viewAround(picture, scale, x, y);
  const whole = at(1, MIDDLE);
  switch (kind) {
    case "hold":
      return { from: whole, to: whole };
    case "zoom-in":
      return { from: whole, to: at(zoom, focus) };
    case "zoom-out":
      return { from: at(zoom, focus), to: whole };
    case "pan-left":
      return { from: at(zoom, [1, focus[1]]), to: at(zoom * DRIFT, [0, focus[1]]) };
    case "pan-right":
      return { from: at(zoom, [0, focus[1]]), to: at(zoom * DRIFT, [1, focus[1]]) };
    case "pan-up":
      return { from: at(zoom, [focus[0], 1]), to: at(zoom * DRIFT, [focus[0], 0]) };
    case "pan-down":
      return { from: at(zoom, [focus[0], 0]), to: at(zoom * DRIFT, [focus[0], 1]) };
  }
}

/** The part of the picture that is seen `scale` times as large, as near to the focus as the edges let it. */
function viewAround(picture: Size, scale: number, x: number, y: number): View {
  const width = picture.width / scale;
  const height = picture.height / scale;
  const within = (start: number, room: number) => Math.min(Math.max(start, 0), room);
  return {
    x: within(x * picture.width - width / 2, picture.width - width),
    y: within(y * picture.height - height / 2, picture.height - height),
    width,
    height,
  };
}

/** The view of one frame of `frames`, from 0. */
export function viewAt({ from, to }: Path, frame: number, frames: number): View {
  const eased = frames > 1 ? ease(frame / (frames - 1)) : 0;
  const ratio = to.width / from.width;
  // The size changes by an even factor per frame, which looks like an even pace; the place follows the size.
  const share = ratio === 1 ? eased : (ratio ** eased - 1) / (ratio - 1);
  const mix = (a: number, b: number) => a + (b - a) * share;
  return {
    x: mix(from.x, to.x),
    y: mix(from.y, to.y),
    width: mix(from.width, to.width),
    height: mix(from.height, to.height),
  };
}

/** Share of the time to get up to speed, and again to come to rest. */
const RAMP = 0.2;

/** Speed rises evenly, stays, falls evenly: 0 to 1. */
function ease(time: number): number {
  const top = 1 / (1 - RAMP);
  if (time < RAMP) return (top * time * time) / (2 * RAMP);
  if (time > 1 - RAMP) return 1 - (top * (1 - time) ** 2) / (2 * RAMP);
  return top * (time - RAMP / 2);
}
