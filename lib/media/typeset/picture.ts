/** A picture of any size and shape, laid on a canvas so that it fills it, and what its colours are. */
import { readFile } from "node:fs/promises";
import { createCanvas, type Image, loadImage, type SKRSContext2D } from "@napi-rs/canvas";
import { Failure } from "../../base/failure.ts";
import { type Colour, type Tones, tonesOf } from "./colour.ts";
import type { Box } from "./type.ts";

/** 0 to 1 from the left and from the top: what a crop keeps. */
export type Focus = readonly [x: number, y: number];

/** A file, and what to call it in a message. */
export interface PictureFile {
  readonly path: string;
  readonly name: string;
}

/** @throws Failure for a file that is no picture */
export async function loadPicture({ path, name }: PictureFile): Promise<Image> {
  const bytes = await readFile(path);
  const image = await loadImage(bytes).catch((cause: unknown) => {
    throw new Failure(`${name} is no picture that can be read.`, {
      code: "media.source",
      help: "Give a PNG, JPEG or WebP.",
      cause,
    });
  });
  if (image.width > 0 && image.height > 0) return image;
  throw new Failure(`${name} is a picture without a size.`, {
    code: "media.source",
    help: "Give a PNG, JPEG or WebP.",
  });
}

export interface Placing {
  readonly focus: Focus;
  /** Where in the box the focus should come to lie, as far as the picture's edges let it; the middle if not given. */
  readonly at?: Focus | undefined;
  /** More than 1 comes closer. */
  readonly zoom?: number | undefined;
}

/** The part of the picture that fills the box. Pixels of the picture. */
export function cropOf(image: { width: number; height: number }, box: Box, placing: Placing): Box {
  const { focus, at = [0.5, 0.5], zoom = 1 } = placing;
  const scale = Math.max(box.width / image.width, box.height / image.height) * zoom;
  const width = Math.min(image.width, box.width / scale);
  const height = Math.min(image.height, box.height / scale);
  const within = (start: number, room: number) => Math.min(Math.max(start, 0), room);
  return {
    x: within(focus[0] * image.width - at[0] * width, image.width - width),
    y: within(focus[1] * image.height - at[1] * height, image.height - height),
    width,
    height,
  };
}

export function drawPicture(context: SKRSContext2D, image: Image, box: Box, placing: Placing): void {
  const { x, y, width, height } = cropOf(image, box, placing);
  context.save();
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(image, x, y, width, height, box.x, box.y, box.width, box.height);
  context.restore();
}

/** Enough pixels for colours, and few to go through. */
const SAMPLE = { width: 96, height: 54 };

export function tonesOfPicture(image: Image, background: Colour): Tones {
  const canvas = createCanvas(SAMPLE.width, SAMPLE.height);
  const context = canvas.getContext("2d");
  context.fillStyle = background;
  context.fillRect(0, 0, SAMPLE.width, SAMPLE.height);
  drawPicture(context, image, { x: 0, y: 0, ...SAMPLE }, { focus: [0.5, 0.5] });
  return tonesOf(canvas.data());
}
