/** When each page and each word of it is seen, in whole frames of a scene's own piece of film. Pure. */
import type { Shot } from "../shot.ts";
import { SAMPLE_RATE } from "../timeline.ts";
import type { Page } from "./pages.ts";

/** A scene's place in time: the piece that is its own is `lead` frames into it and as much shorter, and by `tail`. */
export type ScenePlace = Pick<Shot, "frames" | "lead" | "tail" | "voice_sample"> & { readonly fps: number };

/** Frames of the piece: from the first one to before `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface TimedPage extends Span {
  readonly page: Page;
  /** Of its units that are seen as the active one for a frame at least, in order and without gaps. */
  readonly active: readonly (Span & { readonly unit: number })[];
}

type Timed = { readonly start: number; readonly end: number };

/** Pages that are spoken while the piece is not seen, in a transition, are left out. Seconds in `rests`. */
export function timePages(
  pages: readonly Page[],
  units: readonly Timed[],
  shot: ScenePlace,
  rests: { readonly linger: number; readonly bridge: number },
): TimedPage[] {
  const length = shot.frames - shot.lead - shot.tail;
  const frameOf = (seconds: number) =>
    Math.round((shot.voice_sample / SAMPLE_RATE + seconds) * shot.fps) - shot.lead;
  const within = (frame: number) => Math.min(Math.max(frame, 0), length);
  let earliest = -Infinity;
  const starts = pages.map(([first]) => {
    // Words that take no time at all are seen for a frame.
    earliest = Math.max(earliest + 1, frameOf(units[first.from]!.start));
    return earliest;
  });
  return pages.flatMap((page, i) => {
    const first = page[0].from;
    const end = page.at(-1)!.to;
    const last = units[end - 1]!;
    const next = units[end];
    const isBridged = next !== undefined && next.start - last.end < rests.bridge;
    const gone = isBridged ? starts[i + 1]! : frameOf(last.end + rests.linger);
    const from = within(starts[i]!);
    const to = within(Math.min(Math.max(gone, starts[i]! + 1), starts[i + 1] ?? Infinity));
    if (from >= to) return [];
    const begins = (unit: number) => (unit === first ? from : clamp(frameOf(units[unit]!.start), from, to));
    const active = Array.from({ length: end - first }, (_, k) => first + k)
      .map((unit) => ({ unit, from: begins(unit), to: unit === end - 1 ? to : begins(unit + 1) }))
      .filter((span) => span.from < span.to);
    return [{ page, from, to, active }];
  });
}

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);
