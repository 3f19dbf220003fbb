/** What is said in each scene of a film or part: of a scene that was cut, only from where it is heard. */
import type { Reel } from "../reel-file.ts";
import { plain, sentences } from "./cut.ts";

/** A scene as the script has it. */
export interface ScriptScene {
  readonly scene_number: number;
  readonly narration: string;
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

/** Scenes of the timeline that the script lacks have no words, and are left out. */
export function spokenScenes(reel: Reel, script: readonly ScriptScene[]): SpokenScene[] {
  const byNumber = new Map(script.map((scene) => [scene.scene_number, scene]));
  return reel.scenes.flatMap(({ scene, first_frame, voice }) => {
    const written = byNumber.get(Number(scene));
    if (written === undefined || plain(written.narration) === "") return [];
    const all = reel.whole.find((other) => other.scene === scene)?.voice.samples ?? voice.samples;
    const heard = heardOf(written.narration, voice.from / all, (voice.from + voice.samples) / all);
    return [
      {
        number: written.scene_number,
        start: first_frame / reel.fps,
        sentences: heard,
        prompt: written.prompt,
      },
    ];
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
