/** The worker threads' entry: each export is a function that `offload` can call by name. */
import { inWorker } from "./base/offload.ts";
import type { CaptionRequest } from "./media/captions/make.ts";
import { renderPiece as renderPieceHere } from "./media/piece.ts";
import { makeBed as makeBedHere } from "./media/sound/bed.ts";
import { renderSound as renderSoundHere } from "./media/sound/render.ts";
import type { CardRequest } from "./media/typeset/card.ts";
import type { FitRequest } from "./media/typeset/fitted.ts";
import type { ThumbnailRequest } from "./media/typeset/thumbnail.ts";
import type { DrawRequest } from "./providers/offline/art/request.ts";
import { speakText } from "./providers/offline/flite/speak.ts";

export const renderPiece = inWorker(renderPieceHere);

export const makeBed = inWorker(makeBedHere);
export const renderSound = inWorker(renderSoundHere);

export const speak = inWorker(speakText);

/** Loads the canvas (35 MB of native code) only in a worker that draws. */
export const draw = inWorker(async (request: DrawRequest) => {
  const { drawPicture } = await import("./providers/offline/art/draw.ts");
  return drawPicture(request);
});

/** Loads HarfBuzz (1 MB of WebAssembly) only in a worker that sets text. */
export const makeCaptions = inWorker(async (request: CaptionRequest, context) => {
  const captions = await import("./media/captions/make.ts");
  return captions.makeCaptions(request, context);
});

export const thumbnail = inWorker(async (request: ThumbnailRequest) => {
  const { makeThumbnail } = await import("./media/typeset/thumbnail.ts");
  return makeThumbnail(request);
});

export const card = inWorker(async (request: CardRequest) => {
  const { makeCard } = await import("./media/typeset/card.ts");
  return makeCard(request);
});

export const fitPicture = inWorker(async (request: FitRequest) => {
  const fitted = await import("./media/typeset/fitted.ts");
  return fitted.fitPicture(request);
});
