/** The worker threads' entry: each export is a function that `offload` can call by name. */
import { inWorker } from "./base/offload.ts";
import { speakText } from "./providers/offline/flite/speak.ts";

export const speak = inWorker(speakText);

import { renderSegment as renderSegmentHere } from "./media/segment.ts";

export const renderSegment = inWorker(renderSegmentHere);

import type { DrawRequest } from "./providers/offline/art/request.ts";

/** Loads the canvas (35 MB of native code) only in a worker that draws. */
export const draw = inWorker(async (request: DrawRequest) => {
  const { drawPicture } = await import("./providers/offline/art/draw.ts");
  return drawPicture(request);
});
