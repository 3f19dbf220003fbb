/** One picture from one request: the pure entry point, which runs in a worker thread. */
import { createCanvas } from "@napi-rs/canvas";
import { canonicalJson } from "../../../base/json.ts";
import { drawFlow } from "./flow.ts";
import { drawLandscape } from "./landscape.ts";
import { chooseLook } from "./look.ts";
import { drawPapercut } from "./papercut.ts";
import { encodePng } from "./png.ts";
import { randomFrom, seedOf } from "./random.ts";
import type { DrawRequest } from "./request.ts";
import { addTooth } from "./tooth.ts";

const looks = { landscape: drawLandscape, papercut: drawPapercut, flow: drawFlow };

/** Returns a PNG of exactly the requested size. */
export function drawPicture(request: DrawRequest): Uint8Array {
  const { prompt, style, width, height, take } = request;
  const canvas = createCanvas(width, height);
  const ctx = canvas.getContext("2d");
  const seed = seedOf("picture", prompt, canonicalJson(style), String(take));
  looks[chooseLook(request.look, style)](ctx, request, seed);
  addTooth(ctx, randomFrom(seed), width, height);
  return encodePng(canvas.data(), width, height);
}
