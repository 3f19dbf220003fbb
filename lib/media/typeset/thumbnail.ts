/** Makes one thumbnail: the title set on a scene's picture, as a JPEG that platforms take. */
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { Failure } from "../../base/failure.ts";
import { choosePictures } from "./choose.ts";
import type { Colour } from "./colour.ts";
import { fontsFor, type GivenFont } from "./fonts.ts";
import { LAYOUTS } from "./layouts/all.ts";
import { unitsOf } from "./lines.ts";
import { fill } from "./page.ts";
import { keyPhrase } from "./phrase.ts";
import type { Focus, PictureFile } from "./picture.ts";
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
  const { title, width, height, background } = request;
  const text = request.upperCase ? typographic(title).toUpperCase() : typographic(title);
  const units = unitsOf(text);
  if (units.length === 0)
    throw new Failure(`The title '${title}' has no word to show.`, { code: "script.invalid" });
  const fonts = await fontsFor(text, "faceless black", request.fonts);
  const layout = (request.variant - 1) % LAYOUTS.length;
  // After all layouts were there, they meet other pictures.
  const turn = request.variant - 1 + Math.floor((request.variant - 1) / LAYOUTS.length);
  const pictures = await choosePictures(request.images, background, turn);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  fill({ context, width, height }, background);
  LAYOUTS[layout]!({
    context,
    width,
    height,
    unit: Math.min(width, height) / 720,
    ...pictures,
    accent: request.accent ?? pictures.accent,
    focus: request.focus,
    families: fonts.families,
    units,
    key: keyPhrase(units),
    portrait: height > width,
  });
  const { bytes, notice } = await encode(canvas, request.largest);
  return { bytes, notices: [...installedNotice(fonts.installed), ...notice] };
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
    { code: "media.assembly", help: "Make it smaller, or give a picture with less fine detail." },
  );
}
