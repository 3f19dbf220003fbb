/** Which of a film's pictures a thumbnail shows: the most striking, and with it the one that is least like it. */
import type { Image } from "@napi-rs/canvas";
import { Failure } from "../../base/failure.ts";
import { accentFor, type Colour, difference, type Tones } from "./colour.ts";
import { loadPicture, type PictureFile, tonesOfPicture } from "./picture.ts";

export interface Chosen {
  readonly image: Image;
  /** Undefined where there is but one picture. */
  readonly second: Image | undefined;
  /** Stands out on the first. */
  readonly accent: Colour;
  readonly deep: Colour;
}

interface Candidate {
  readonly file: PictureFile;
  readonly tones: Tones;
}

/** Of a long film, pictures spread evenly over it: to look at each of a hundred costs seconds. */
const LOOKED_AT = 12;

/** `turn`: 0, 1, 2, … for one after the other, the most striking first. @throws Failure for no picture */
export async function choosePictures(
  files: readonly PictureFile[],
  background: Colour,
  turn: number,
): Promise<Chosen> {
  const ranked = (await candidates(files, background)).sort((a, b) => b.tones.strength - a.tones.strength);
  const first = ranked[turn % ranked.length];
  if (first === undefined) {
    throw new Failure("A thumbnail needs a picture, and it was given none.", {
      code: "media.assembly",
      help: "Give the pictures of the scenes, or one, as the input 'images'.",
    });
  }
  const unlike = ({ tones }: Candidate) => difference(tones, first.tones);
  const [second] = ranked.filter((one) => one !== first).sort((a, b) => unlike(b) - unlike(a));
  return {
    image: await loadPicture(first.file),
    second: second === undefined ? undefined : await loadPicture(second.file),
    accent: accentFor(
      first.tones,
      ranked.map(({ tones }) => tones),
    ),
    deep: first.tones.deep,
  };
}

/** One after the other, since a picture takes 10 MB as pixels. */
async function candidates(files: readonly PictureFile[], background: Colour): Promise<Candidate[]> {
  const step = Math.max(1, files.length / LOOKED_AT);
  const some = Array.from(
    { length: Math.min(files.length, LOOKED_AT) },
    (_, index) => files[Math.floor(index * step)]!,
  );
  const found: Candidate[] = [];
  for (const file of some) found.push({ file, tones: tonesOfPicture(await loadPicture(file), background) });
  return found;
}
