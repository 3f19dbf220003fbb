/** A film in parts, each of them a video in its own right: what lies where in each, and what is made for it alone. */
import { partBeginnings } from "./part-borders.ts";
import { endsWhole, layStretches, type Reel, type Stretch, type Take } from "./reel.ts";

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

/** A part rather begins with a scene. */
const WITHIN_SCENE = 1;

/**
 * Parts of at most `limit` frames each, `card` of them for what a part opens with: whole scenes; one
 * that is longer than that on its own is cut between two sentences. None where the film is no longer than the limit.
 * `uncut`: a scene that is longer and has no such place.
 */
export function layParts(
  takes: readonly Take[],
  given: { readonly limit: number; readonly card: number; readonly film: Reel },
): Pick<Timeline, "parts" | "endings"> & { uncut: readonly number[] } {
  const room = given.limit - given.card;
  if (given.film.frames <= given.limit) return { parts: [], endings: [], uncut: [] };
  const stretches = takes.flatMap((take) => stretchesOf(take, room));
  const uncut = stretches.filter(({ frames }) => frames > room).map(({ take }) => take.scene);
  const blocks = stretches.map(({ take, skip, frames }) => ({
    length: frames,
    reluctance: skip === 0 ? take.shot.reluctance : WITHIN_SCENE,
  }));
  const beginnings = partBeginnings(blocks, room);
  const parts = beginnings.map((begin, i) => stretches.slice(begin, beginnings[i + 1]));
  const of = parts.length;
  if (of < 2) return { parts: [], endings: [], uncut };
  const reels = parts.map((part) => layStretches(part, given.card, 0));
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
