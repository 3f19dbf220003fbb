/** What the caption tests share: a scene's captions made and drawn on plain grey, and what of a frame they cover. */
import { readFile } from "node:fs/promises";
import { Writable } from "node:stream";
import { packageRoot } from "../lib/base/assets.ts";
import { captionsFilter } from "../lib/media/captions/filter.ts";
import type { ScenePlace } from "../lib/media/captions/frames.ts";
import type { FilmSize, Rectangle } from "../lib/media/captions/layout.ts";
import { type CaptionRequest, makeCaptions } from "../lib/media/captions/make.ts";
import { shippedStyle } from "../lib/media/captions/style.ts";
import { runFfmpeg } from "../lib/media/ffmpeg.ts";
import { findFonts } from "../lib/media/fonts/shelf.ts";
import { ffmpeg, quietContext } from "./media-kit.ts";

export const { shelf } = findFonts(packageRoot, process.env);

export const TIKTOK: FilmSize = { width: 1080, height: 1920 };

export function shot(frames: number, rest: Partial<ScenePlace> = {}): ScenePlace {
  return { fps: 30, frames, lead: 0, tail: 0, voice_sample: 0, ...rest };
}

/** Makes the captions and reads the file; `notices` is what the user is told. */
export async function caption(
  request: Partial<CaptionRequest> & Pick<CaptionRequest, "words" | "output">,
): Promise<{ ass: string; notices: string[] }> {
  const notices = await makeCaptions(
    {
      name: "work/s/scene_01.words.json",
      shot: shot(60),
      style: shippedStyle("words"),
      film: TIKTOK,
      fonts: shelf,
      ...request,
    },
    quietContext(),
  );
  return { ass: await readFile(request.output, "utf8"), notices };
}

/** Of what a shape's comments say, each caption's text. */
export function readCaptions(ass: string): string[] {
  return [...ass.matchAll(/^Comment: (?:[^,]*,){9}(.*)$/gm)].map(([, text]) => text!);
}

/** Frames of a film in BT.709, plain grey with the captions on them, each or one of so many: R, G and B of each pixel. */
export async function draw(
  ass: string,
  { width, height }: FilmSize,
  { fps, frames, lead, tail }: ScenePlace,
  step = 1,
): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  const sink = new Writable({
    autoDestroy: false,
    emitClose: false,
    write(chunk: Uint8Array, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const count = Math.ceil((frames - lead - tail) / step);
  await runFfmpeg(ffmpeg, { what: `drawing ${ass}` }, (command) =>
    command
      .input(`color=c=gray:s=${width}x${height}:r=${fps},format=yuv420p`)
      .inputOptions("-f", "lavfi")
      .outputOptions(
        "-vf",
        `${captionsFilter(ass)},framestep=${step},scale=in_color_matrix=bt709,format=rgb24`,
        "-frames:v",
        String(count),
        "-f",
        "rawvideo",
      )
      .output(sink),
  );
  const all = Buffer.concat(chunks);
  return Array.from({ length: count }, (_, i) =>
    all.subarray(i * width * height * 3, (i + 1) * width * height * 3),
  );
}

/** Around all pixels that are so; undefined where none is. The right and the bottom are the last ones. */
export function boundsOf(
  frame: Uint8Array,
  width: number,
  is: (red: number, green: number, blue: number) => boolean,
): Rectangle | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (let at = 0; at < frame.length; at += 3) {
    if (!is(frame[at]!, frame[at + 1]!, frame[at + 2]!)) continue;
    const x = (at / 3) % width;
    const y = Math.floor(at / 3 / width);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return right < 0 ? undefined : { left, top, right, bottom };
}

/** All that is not the grey of `draw`, which is 126 to 130 after its way through yuv. */
export const isDrawn = (red: number, green: number, blue: number) =>
  Math.abs(red - 128) > 4 || Math.abs(green - 128) > 4 || Math.abs(blue - 128) > 4;
