/** The paper's tooth: a faint, coarse unevenness, without which video encoders draw bands into smooth skies. */
import { createCanvas } from "@napi-rs/canvas";
import type { Context } from "./pen.ts";
import type { Random } from "./random.ts";

const side = 256;
/** Of 255: at most this much darker or lighter. Less bands after x264; more only makes larger files. */
const depth = 3;

export function addTooth(ctx: Context, random: Random, width: number, height: number): void {
  const tile = createCanvas(side, side);
  const tileCtx = tile.getContext("2d");
  const image = tileCtx.createImageData(side, side);
  for (let i = 0; i < image.data.length; i += 4) {
    const strength = (random() - 0.5) * 2 * depth;
    image.data.fill(strength < 0 ? 0 : 255, i, i + 3);
    image.data[i + 3] = Math.round(Math.abs(strength));
  }
  tileCtx.putImageData(image, 0, 0);
  // Grains of about 1/500 of the picture survive the encoder's scaling; finer ones would only cost bytes.
  const grain = Math.max(1, Math.round(Math.min(width, height) / 500));
  ctx.imageSmoothingEnabled = false;
  ctx.save();
  ctx.scale(grain, grain);
  const pattern = ctx.createPattern(tile, "repeat");
  if (pattern !== null) ctx.fillStyle = pattern;
  ctx.fillRect(0, 0, width / grain, height / grain);
  ctx.restore();
}
