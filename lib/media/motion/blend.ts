/** Frames between two scenes: each a mix of one frame of the one and one of the other. */
import type { Size } from "./resampler.ts";

export const TRANSITIONS = ["crossfade", "dip", "slide", "cut"] as const;
export type Transition = (typeof TRANSITIONS)[number];

/** A place in a transition of `tail` frames before the border and `lead` after it; `frame` counts from 0. */
export interface Moment {
  readonly frame: number;
  readonly tail: number;
  readonly lead: number;
}

/**
 * Writes the frame of a transition at that moment into `out`. All are packed yuv420p of that size; `ground` is one frame
 * of the background's colour. Without `into`, at the end of a film, the picture goes to the ground (a cut stays).
 */
export function blend(
  kind: Transition,
  moment: Moment,
  {
    from,
    into,
    ground,
    out,
  }: Record<"from" | "ground" | "out", Uint8Array> & { into: Uint8Array | undefined },
  size: Size,
): void {
  const share = (moment.frame + 1) / (moment.tail + moment.lead + 1);
  if (into === undefined) {
    if (kind === "cut") out.set(from);
    // The last frame of all is the ground alone.
    else mix(from, ground, (moment.frame + 1) / (moment.tail + moment.lead), out);
    return;
  }
  switch (kind) {
    case "cut":
      out.set(moment.frame < moment.tail ? from : into);
      return;
    case "crossfade":
      mix(from, into, smooth(share), out);
      return;
    case "dip":
      if (share < 0.5) mix(from, ground, smooth(share * 2), out);
      else mix(ground, into, smooth(share * 2 - 1), out);
      return;
    case "slide":
      push(from, into, smooth(share), out, size);
  }
}

/** Starts and ends slowly. 0 to 1. */
function smooth(share: number): number {
  return share * share * (3 - 2 * share);
}

const ONE = 256;

function mix(a: Uint8Array, b: Uint8Array, share: number, out: Uint8Array): void {
  const weight = Math.round(share * ONE);
  const rest = ONE - weight;
  for (let i = 0; i < out.length; i++) out[i] = (a[i]! * rest + b[i]! * weight + ONE / 2) >> 8;
}

/** The new picture comes in from the right and pushes the old one out: by whole chroma samples, two pixels. */
function push(
  from: Uint8Array,
  into: Uint8Array,
  share: number,
  out: Uint8Array,
  { width, height }: Size,
): void {
  const shift = Math.round((share * width) / 2) * 2;
  let at = 0;
  for (const divisor of [1, 2, 2]) {
    const [columns, rows, by] = [width / divisor, height / divisor, shift / divisor];
    for (let row = 0; row < rows; row++, at += columns) {
      out.set(from.subarray(at + by, at + columns), at);
      out.set(into.subarray(at, at + by), at + columns - by);
    }
  }
}

/** A frame of one colour, "#rrggbb", in BT.709 of limited range (ITU-R BT.709-6, items 3.2 to 3.4). */
export function groundFrame(colour: string, { width, height }: Size): Uint8Array {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255) as [
    number,
    number,
    number,
  ];
  const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const frame = new Uint8Array((width * height * 3) / 2);
  const [pixels, quarter] = [width * height, (width * height) / 4];
  frame.fill(Math.round(16 + 219 * luma), 0, pixels);
  frame.fill(Math.round(128 + (224 * (b - luma)) / 1.8556), pixels, pixels + quarter);
  frame.fill(Math.round(128 + (224 * (r - luma)) / 1.5748), pixels + quarter);
  return frame;
}
