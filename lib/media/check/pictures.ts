/** Whether a film shows something, and does not stand still for longer than any scene can: told by its key frames. */

import { plural } from "../../base/plural.ts";
import type { Reel } from "../reel.ts";
import type { Stream } from "./demux.ts";
import { at, long, several } from "./say.ts";
import type { Stretch } from "./sound.ts";

/** What one key frame shows, and when. */
export interface Look {
  /** Seconds. */
  readonly time: number;
  readonly luma: Uint8Array;
}

/**
 * Limited range: black is 16. A picture counts as black if nine tenths of its places are, so that captions over nothing
 * do not hide it; a night scene's darkest places are lighter than 20 in most of its area.
 */
const BLACK = 20;
/** Luma that compression may change in a place that stands still. */
const NOISE = 2;
const SHARE = 0.9;

/** Less than any frame lasts. Seconds. */
const EPSILON = 1e-3;

/** Key frames are two seconds apart; from five on too little would be seen of the film. Seconds. */
const FARTHEST = 5;

/** Pairs each key frame's time with what was decoded of it. */
export function looksOf({ packets, unit }: Stream, lumas: readonly Uint8Array[]): Look[] {
  const times = packets.keys.map((index) => packets.pts[index]! * unit);
  return lumas.slice(0, times.length).map((luma, index) => ({ time: times[index]!, luma }));
}

/**
 * All that is wrong, a sentence or more each. A scene over which the camera holds still is no fault: so stillness is
 * one only when it outlasts the longest scene, which no single scene can explain. A film of one scene cannot be told.
 */
export function pictureFaults(
  { looks, keys }: { readonly looks: readonly Look[]; readonly keys: number },
  reel: Reel,
  still: number,
): string[] {
  return [
    ...(looks.length === keys
      ? []
      : [
          `Of its ${plural(keys, "key frame")} only ${looks.length} can be decoded. The file is damaged: make it again.`,
        ]),
    ...rareKeys(looks, reel),
    ...blackFaults(looks, reel),
    ...stills(looks)
      .filter(({ from, to }) => to - from > still)
      .map(
        ({ from, to }) =>
          `The same picture stands from ${at(from)} to ${at(to)}, ${long(to - from)}, longer than any scene (${long(still)}). Look at ${scenesAt({ from, to }, reel)}; where that is wanted, allow it with still_s.`,
      ),
  ];
}

function rareKeys(looks: readonly Look[], { frames, fps }: Reel): string[] {
  const ends = [...looks.slice(1).map(({ time }) => time), frames / fps];
  const rare = looks.flatMap(({ time }, index) =>
    ends[index]! - time > FARTHEST ? [`${long(ends[index]! - time)} from ${at(time)}`] : [],
  );
  return rare.length === 0
    ? []
    : [
        `Its key frames are too rare: none for ${several(rare)}. Encode with one at least each ${FARTHEST} s.`,
      ];
}

function blackFaults(looks: readonly Look[], reel: Reel): string[] {
  const runs = blacks(looks).filter(({ from, to }) => to > from);
  // One black key frame may be where a fade begins; a scene that has no other shows nothing.
  const scenes = reel.scenes.filter(({ first_frame, frames }) => {
    const [from, to] = [first_frame / reel.fps - EPSILON, (first_frame + frames) / reel.fps - EPSILON];
    const own = looks.filter(({ time }) => time >= from && time < to);
    const told = runs.some((run) => own.every(({ time }) => time >= run.from && time <= run.to));
    return own.length > 0 && !told && own.every(isBlack);
  });
  return [
    ...runs.map(
      (run) =>
        `Its key frames from ${at(run.from)} to ${at(run.to)} are black. Look at the pictures of ${scenesAt(run, reel)}.`,
    ),
    ...scenes.map(
      ({ scene, first_frame }) =>
        `Scene ${scene} is black, from ${at(first_frame / reel.fps)} on. Look at its picture.`,
    ),
  ];
}

/** Stretches of black key frames, from the first to the last. */
export function blacks(looks: readonly Look[]): Stretch[] {
  return runs(looks, (first, look) => isBlack(first) && isBlack(look)).filter(({ first }) => isBlack(first));
}

/** Stretches of key frames that show the same, of one at least each. What is black is told as that. */
export function stills(looks: readonly Look[]): Stretch[] {
  return runs(looks, (first, look) => !isBlack(first) && isSame(first, look));
}

interface Run extends Stretch {
  readonly first: Look;
  to: number;
}

/** Neighbours that belong together, each compared with the first of its run: so slow a change adds up. */
function runs(looks: readonly Look[], belongs: (first: Look, look: Look) => boolean): Run[] {
  const found: Run[] = [];
  for (const look of looks) {
    const last = found.at(-1);
    if (last !== undefined && belongs(last.first, look)) last.to = look.time;
    else found.push({ first: look, from: look.time, to: look.time });
  }
  return found;
}

function isBlack({ luma }: Look): boolean {
  return luma.reduce((count, value) => count + (value <= BLACK ? 1 : 0), 0) >= luma.length * SHARE;
}

function isSame(a: Look, b: Look): boolean {
  const same = a.luma.reduce(
    (count, value, place) => count + (Math.abs(value - b.luma[place]!) <= NOISE ? 1 : 0),
    0,
  );
  return same >= a.luma.length * SHARE;
}

/** "scene 3", "scenes 3 to 5", or what else is there. */
function scenesAt({ from, to }: Stretch, { scenes, fps }: Reel): string {
  const touched = scenes.filter(
    ({ first_frame, frames }) => first_frame / fps <= to && (first_frame + frames) / fps > from + EPSILON,
  );
  const [first, last] = [touched[0]?.scene, touched.at(-1)?.scene];
  if (first === undefined) return "the intro or outro";
  return first === last ? `scene ${first}` : `scenes ${first} to ${last}`;
}
