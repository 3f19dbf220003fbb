/** A picture of any format and size, made the very size that is wanted: cut evenly to its shape, then scaled. */
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { Failure } from "../../base/failure.ts";
import { drawPicture } from "./picture.ts";

export interface FitRequest {
  readonly picture: Uint8Array;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** A PNG. @throws Failure for what is no picture */
export async function fitPicture({ picture, width, height }: FitRequest): Promise<Uint8Array> {
  const image = await loadImage(picture).catch((cause: unknown) => {
    throw new Failure("What came as a picture is none that can be read.", { code: "api.image", cause });
  });
  const canvas = createCanvas(width, height);
  drawPicture(canvas.getContext("2d"), image, { x: 0, y: 0, width, height }, { focus: [0.5, 0.5] });
  return await canvas.encode("png");
}
