/** The worker threads' entry: each export is a function that `offload` can call by name. */
import { inWorker } from "./base/offload.ts";
import { renderSegment as renderSegmentHere } from "./media/segment.ts";
import { makeBed as makeBedHere } from "./media/sound/bed.ts";
import { renderSound as renderSoundHere } from "./media/sound/render.ts";
import type { DrawRequest } from "./providers/offline/art/request.ts";
import { speakText } from "./providers/offline/flite/speak.ts";

export const renderSegment = inWorker(renderSegmentHere);

export const makeBed = inWorker(makeBedHere);
export const renderSound = inWorker(renderSoundHere);

export const speak = inWorker(speakText);

/** Loads the canvas (35 MB of native code) only in a worker that draws. */
export const draw = inWorker(async (request: DrawRequest) => {
  const { drawPicture } = await import("./providers/offline/art/draw.ts");
  return drawPicture(request);
});
