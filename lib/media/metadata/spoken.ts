/** What is said in each scene of a film or part: of a scene that was cut, only from where it is heard. */
import type { Reel } from "../reel.ts";
import { plain, sentences } from "./cut.ts";

/** What the script says of a scene's picture. */
export interface ScriptScene {
  readonly scene_number: number;
  /** What its picture shows, in the author's words. */
  readonly prompt: string;
}

export interface SpokenScene {
  readonly number: number;
  /** Seconds from the reel's start. */
  readonly start: number;
  /** In order; at least one. */
  readonly sentences: readonly string[];
  readonly prompt: string;
}

/** `narrations`: the text of each scene of the reel. Scenes without words are left out. */
export function spokenScenes(
  reel: Reel,
  narrations: readonly string[],
  script: readonly ScriptScene[],
): SpokenScene[] {
  const prompts = new Map(script.map(({ scene_number, prompt }) => [scene_number, prompt]));
  return reel.scenes.flatMap(({ scene, first_frame, voice: { from, samples, whole } }, i) => {
    const narration = narrations[i]!;
    if (plain(narration) === "") return [];
    const sentences = heardOf(narration, from / whole, (from + samples) / whole);
    return [{ number: scene, start: first_frame / reel.fps, sentences, prompt: prompts.get(scene) ?? "" }];
  });
}

/**
 * The sentences that begin between two shares of a narration: scenes are cut at sentences, and sound lasts about as
 * long as there is text. Rounded: the cut is nearer to the right sentence than to any other.
 */
function heardOf(narration: string, from: number, to: number): string[] {
  const all = sentences(narration);
  const total = all.reduce((sum, sentence) => sum + sentence.length, 0);
  let at = 0;
  const heard = all.filter((sentence) => {
    const middle = (at + sentence.length / 2) / total;
    at += sentence.length;
    return middle > from && middle <= to;
  });
  return heard.length > 0 ? heard : all;
}
