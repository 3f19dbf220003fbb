/** Which motif a scene is about: the one whose word its prompt names first. */
import { pick, type Random } from "../random.ts";
import { type DrawRequest, firstMatch, sceneWords } from "../request.ts";
import { belongingMotifs } from "./belongings.ts";
import { buildingMotifs } from "./buildings.ts";
import { cityMotif } from "./city.ts";
import { coinMotifs } from "./coins.ts";
import { luxuryMotifs } from "./luxury.ts";
import { marketMotifs } from "./market.ts";
import { measureMotifs } from "./measures.ts";
import type { Motif } from "./motif.ts";
import { figure, nightMotifs } from "./night.ts";
import { road } from "./road.ts";
import { roomMotifs } from "./rooms.ts";
import { seaMotifs } from "./sea.ts";
import { spaceMotifs } from "./space.ts";
import { summit } from "./summit.ts";
import { forest, valley } from "./trees.ts";
import { vehicleMotifs } from "./vehicles.ts";

/** Where two are named at the same place, the first in this list wins: the more particular come first. */
export const motifs: readonly Motif[] = [
  ...coinMotifs,
  ...marketMotifs,
  ...measureMotifs,
  ...belongingMotifs,
  ...luxuryMotifs,
  ...buildingMotifs,
  cityMotif,
  ...vehicleMotifs,
  road,
  ...roomMotifs,
  ...seaMotifs,
  ...nightMotifs,
  forest,
  summit,
  ...spaceMotifs,
];

/** Asked only when nothing else is named or meant: nearly every scene has somebody, and a hill, in it. */
const lastResorts: readonly Motif[] = [figure, valley];

const words = (motif: Motif) => motif.words;
const hints = (motif: Motif) => motif.hints;

export function chooseMotif({ prompt, style }: Pick<DrawRequest, "prompt" | "style">, random: Random): Motif {
  const scene = sceneWords(prompt, style);
  return (
    firstNamed(scene, motifs, words) ??
    firstNamed(scene, motifs, hints) ??
    firstNamed(scene, lastResorts, words) ??
    firstNamed(prompt, motifs, words) ??
    pick(random, lastResorts)
  );
}

function firstNamed(
  text: string,
  among: readonly Motif[],
  by: (motif: Motif) => RegExp | undefined,
): Motif | undefined {
  let best: Motif | undefined;
  let bestAt = Number.POSITIVE_INFINITY;
  for (const motif of among) {
    const pattern = by(motif);
    const at = pattern === undefined ? bestAt : firstMatch(text, pattern);
    if (at < bestAt) [best, bestAt] = [motif, at];
  }
  return best;
}
