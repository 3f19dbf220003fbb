/** What lies where in a film, or in a part of one: scenes end to end, with their narrations; cut into parts that fit. */
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

/** What a pipeline makes targets of: lists have numbers of scenes. */
export interface Part {
  readonly part: number;
  readonly of: number;
  /** The one scene whose picture its card has, and which follows the card: within `lead` frames, or at once. */
  readonly opening: readonly number[];
  readonly lead: number;
  /** Its scenes but the last: those whose transition into the next one it shows. */
  readonly borders: readonly number[];
  readonly scenes: readonly number[];
  /** Its own number, if it is among the endings. */
  readonly ending: readonly number[];
  readonly reel: Reel;
}

/** A part that ends as its last scene does: within so many frames, it goes to the background. Others end with a sentence. */
export interface Ending {
  readonly part: number;
  /** The last scene. */
  readonly scenes: readonly number[];
  readonly frames: number;
}

/** What the task `timeline` writes. */
export interface Timeline {
  readonly film: Reel;
  /** None where the film fits into one. */
  readonly parts: readonly Part[];
  readonly endings: readonly Ending[];
}

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
interface Stretch {
  readonly take: Take;
  readonly skip: number;
  readonly frames: number;
}

/** `intro` and `outro`: frames of what stands before and after the scenes. */
export function layFilm(takes: readonly Take[], { intro = 0, outro = 0 } = {}): Reel {
  return lay(
    takes.map((take) => ({ take, skip: 0, frames: take.shot.frames })),
    intro,
    outro,
  );
}

function lay(stretches: readonly Stretch[], intro: number, outro: number): Reel {
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

/**
 * Parts of at most `limit` frames each, `card` of them for what a part opens with: whole scenes, as many as fit; a scene
 * that is longer than that on its own is cut between two sentences. None where the film is no longer than the limit.
 * `uncut`: a scene that is longer and has no such place.
 */
export function layParts(
  takes: readonly Take[],
  given: { readonly limit: number; readonly card: number; readonly film: Reel },
): Pick<Timeline, "parts" | "endings"> & { uncut: readonly number[] } {
  const room = given.limit - given.card;
  if (given.film.frames <= given.limit) return { parts: [], endings: [], uncut: [] };
  const parts: Stretch[][] = [[]];
  const uncut: number[] = [];
  let used = 0;
  for (const stretch of takes.flatMap((take) => stretchesOf(take, room))) {
    if (stretch.frames > room) uncut.push(stretch.take.scene);
    if (used + stretch.frames > room && parts.at(-1)!.length > 0) {
      parts.push([]);
      used = 0;
    }
    parts.at(-1)!.push(stretch);
    used += stretch.frames;
  }
  const of = parts.length;
  if (of < 2) return { parts: [], endings: [], uncut };
  const reels = parts.map((part) => lay(part, given.card, 0));
  const endings = reels.flatMap(({ scenes }, i): Ending[] => {
    const last = scenes.at(-1)!;
    return endsWhole(last) ? [{ part: i + 1, scenes: [last.scene], frames: last.tail }] : [];
  });
  const laid = reels.map((reel, i): Part => {
    const [part, scenes] = [i + 1, reel.scenes.map(({ scene }) => scene)];
    const ending = endings.some((one) => one.part === part) ? [part] : [];
    const lead = openingLead(reel);
    return {
      part,
      of,
      opening: scenes.slice(0, 1),
      lead,
      borders: scenes.slice(0, -1),
      scenes,
      ending,
      reel,
    };
  });
  return { parts: laid, endings, uncut };
}

/** Frames of a part's first scene in which its card goes over into it: none where the scene began in the part before. */
export function openingLead({ scenes }: Reel): number {
  const { skip, lead } = scenes[0]!;
  return skip === 0 ? lead : 0;
}

/** Whether the reel has a scene to its end. */
export function endsWhole({ skip, frames, scene_frames }: ReelScene): boolean {
  return skip + frames === scene_frames;
}

/** The whole scene, or as few pieces of it as fit, each up to the last place to cut that does. */
function stretchesOf(take: Take, room: number): Stretch[] {
  const { frames, cuts } = take.shot;
  const stretches: Stretch[] = [];
  let skip = 0;
  while (frames - skip > room) {
    const cut = cuts.findLast((at) => at > skip && at - skip <= room) ?? cuts.find((at) => at > skip);
    if (cut === undefined) break;
    stretches.push({ take, skip, frames: cut - skip });
    skip = cut;
  }
  stretches.push({ take, skip, frames: frames - skip });
  return stretches;
}
