/** Has a worker film one piece for a task: what it shows, in the form of its platform. */
import type { z } from "zod";
import { offload } from "../base/offload.ts";
import type { FfmpegLocation } from "./ffmpeg.ts";
import type { PieceRequest } from "./piece.ts";
import type { Content } from "./piece-content.ts";
import type { formShape } from "./scene-inputs.ts";

/** What a task that makes a piece is given, among other things. */
interface Given {
  readonly params: { readonly platform: z.output<typeof formShape> };
  readonly outputs: { readonly video: { readonly path: string } };
  readonly tools: { readonly ffmpeg: FfmpegLocation };
  readonly signal: AbortSignal;
  progress(fraction: number): void;
}

export async function filmPiece(content: Content, given: Given): Promise<void> {
  const { params, outputs, tools, signal, progress } = given;
  const { preset, ...form } = params.platform;
  const { path, probePath } = tools.ffmpeg;
  const request: PieceRequest = {
    ffmpeg: { path, probePath },
    form,
    preset,
    content,
    output: outputs.video.path,
  };
  await offload("renderPiece", request, { signal, onProgress: progress });
}
