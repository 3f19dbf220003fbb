/** Makes one thumbnail: the title set on a scene's picture, as a JPEG that platforms take. */
import { type Canvas, createCanvas, type Image } from "@napi-rs/canvas";
import { Failure } from "../../base/failure.ts";
import { accentFor, type Colour, difference, type Tones } from "./colour.ts";
import { fontsFor, type GivenFont } from "./fonts.ts";
import { LAYOUTS } from "./layouts/all.ts";
import type { Sheet } from "./layouts/sheet.ts";
import { unitsOf } from "./lines.ts";
import { fill } from "./page.ts";
import { keyPhrase } from "./phrase.ts";
import { type Focus, loadPicture, type PictureFile, tonesOfPicture } from "./picture.ts";
import { installedNotice, type Made, sayBytes, typographic } from "./say.ts";

/** Plain data, because it travels to a worker thread. */
export interface ThumbnailRequest {
  /** Of the film's scenes, in order; the most striking ones come first into a thumbnail. */
  readonly images: readonly PictureFile[];
  readonly fonts: readonly GivenFont[];
  readonly title: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** 1, 2, 3, …: another layout, and another picture if there are several. */
  readonly variant: number;
  readonly focus: Focus;
  readonly upperCase: boolean;
  /** Undefined for one of the picture's own. */
  readonly accent: Colour | undefined;
  /** Shows through a transparent picture. */
  readonly background: Colour;
  /** Bytes that the file may have at most. */
  readonly largest: number;
}

export async function makeThumbnail(request: ThumbnailRequest): Promise<Made> {
  const { images, title, width, height, background } = request;
  const text = request.upperCase ? typographic(title).toUpperCase() : typographic(title);
  const fonts = await fontsFor(text, "faceless black", request.fonts);
  const loaded = await Promise.all(images.map(loadPicture));
  const pictures = loaded.map((image) => ({ image, tones: tonesOfPicture(image, background) }));
  const [first, second] = chosen(pictures, request.variant);
  if (first === undefined) {
    throw new Failure("A thumbnail needs a picture, and it was given none.", {
      help: "Give the pictures of the scenes, or one, as the input 'images'.",
    });
  }
  const units = unitsOf(text);
  if (units.length === 0) throw new Failure(`The title '${title}' has no word to show.`);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  fill({ context, width, height }, background);
  const sheet: Sheet = {
    context,
    width,
    height,
    unit: Math.min(width, height) / 720,
    accent:
      request.accent ??
      accentFor(
        first.tones,
        pictures.map(({ tones }) => tones),
      ),
    deep: first.tones.deep,
    image: first.image,
    second: second?.image,
    focus: request.focus,
    families: fonts.families,
    units,
    key: keyPhrase(units),
    portrait: height > width,
  };
  LAYOUTS[(request.variant - 1) % LAYOUTS.length]!(sheet);
  const { bytes, notice } = await encode(canvas, request.largest);
  return { bytes, notices: [...installedNotice(fonts.installed), ...notice] };
}

interface Picture {
  readonly image: Image;
  readonly tones: Tones;
}

/** The most striking first, each variant beginning with another; after all layouts were there, they meet other pictures. */
function chosen(pictures: readonly Picture[], variant: number): [first?: Picture, second?: Picture] {
  const ranked = pictures
    .map((picture, index) => ({ picture, index }))
    .sort((a, b) => b.picture.tones.strength - a.picture.tones.strength || a.index - b.index)
    .map(({ picture }) => picture);
  const first = ranked[(variant - 1 + Math.floor((variant - 1) / LAYOUTS.length)) % ranked.length];
  if (first === undefined) return [];
  const unlike = ({ tones }: Picture) => difference(tones, first.tones);
  const [second] = ranked.filter((one) => one !== first).sort((a, b) => unlike(b) - unlike(a));
  return second === undefined ? [first] : [first, second];
}

/** JPEG's, from what nobody can tell from the original down to where blocks begin to show. */
const QUALITIES = [92, 86, 80, 74, 68, 60, 50, 40] as const;

async function encode(canvas: Canvas, largest: number): Promise<{ bytes: Uint8Array; notice: string[] }> {
  let size = 0;
  for (const quality of QUALITIES) {
    const bytes = await canvas.encode("jpeg", quality);
    size = bytes.length;
    if (size > largest) continue;
    const notice = `Its JPEG quality is ${quality}, not ${QUALITIES[0]}: more would have been over ${sayBytes(largest)}.`;
    return { bytes, notice: quality === QUALITIES[0] ? [] : [notice] };
  }
  throw new Failure(
    `The thumbnail has ${sayBytes(size)} at the lowest quality, and ${sayBytes(largest)} are allowed.`,
    { help: "Make it smaller, or give a picture with less fine detail." },
  );
}
