/** A scene as a film has it, with captions and the transition into the next, beside encoding the same frames. */
import { join } from "node:path";
import { captionsFilter } from "../../lib/media/captions/filter.ts";
import { makeCaptions } from "../../lib/media/captions/make.ts";
import { shippedStyle } from "../../lib/media/captions/style.ts";
import { type Ffmpeg, runFfmpeg } from "../../lib/media/ffmpeg.ts";
import { findFonts } from "../../lib/media/fonts/shelf.ts";
import type { Form } from "../../lib/media/motion/still.ts";
import { renderPiece } from "../../lib/media/piece.ts";
import { type Content, pieceFrames } from "../../lib/media/piece-content.ts";

const FRAMES = 300;
const HALF = 9;
const TEXT =
  "Two friends begin to save in the same month, and neither of them earns more than the other. One keeps the money in a drawer.";

const context = { signal: new AbortController().signal, progress() {} };

/** Its two pieces. `template`: of the captions. */
export async function wholeScene(
  image: string,
  form: Form,
  template: string,
  folder: string,
): Promise<Content[]> {
  const words = TEXT.split(" ").map((text, i, all) => {
    const each = (FRAMES / form.fps - 1) / all.length;
    return { text, start: i * each, end: (i + 0.9) * each };
  });
  const captions = join(folder, "captions.ass");
  const lengths = { frames: FRAMES, lead: HALF, tail: HALF };
  await makeCaptions(
    {
      ...{ words, name: "words", film: form, output: captions, style: shippedStyle(template) },
      shot: { fps: form.fps, voice_sample: 12_000, ...lengths },
      fonts: findFonts(folder, process.env).shelf,
    },
    context,
  );
  const move = { kind: "zoom-in", focus: [0.5, 0.5] } as const;
  const picture = { image, clip: undefined, move, frames: FRAMES, overlap: HALF };
  return [
    {
      ...{ kind: "body", picture, from: HALF, frames: FRAMES - 2 * HALF, cuts: [] },
      overlay: captionsFilter(captions),
    },
    { kind: "transition", transition: "crossfade", tail: HALF, lead: HALF, from: picture, into: picture },
  ];
}

export async function renderScene(ffmpeg: Ffmpeg, contents: readonly Content[], form: Form, folder: string) {
  const outputs: { path: string; frames: number }[] = [];
  for (const [i, content] of contents.entries()) {
    const path = join(folder, `piece ${i}.mp4`);
    await renderPiece({ ffmpeg, form, preset: "veryfast", content, output: path }, context);
    outputs.push({ path, frames: pieceFrames(content) });
  }
  return outputs;
}

/** The pieces' frames, captions and all, as the encoder is given them. */
export async function decodeRaw(ffmpeg: Ffmpeg, piece: string, raw: string): Promise<void> {
  await runFfmpeg(ffmpeg, { what: "decoding" }, (command) =>
    command.input(piece).outputOptions("-f", "rawvideo", "-pix_fmt", "yuv420p").output(raw),
  );
}
