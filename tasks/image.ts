/** Has one picture made from a prompt, or takes the author's own: a picture, or the first one of a video clip. */
import { readFile } from "node:fs/promises";
import type { JsonObject } from "../lib/base/json.ts";
import { offload } from "../lib/base/offload.ts";
import { type Ffmpeg, runFfmpeg } from "../lib/media/ffmpeg.ts";
import { isClip } from "../lib/media/motion/clip.ts";
import type { FitRequest } from "../lib/media/typeset/fitted.ts";
import type { ImageProvider, ImageRequest } from "../lib/providers/image.ts";
import { pictureFormat } from "../lib/providers/picture-file.ts";
import { defineTask, Failure, type InputFile, z } from "../lib/task.ts";

const SIZE = /^(\d+)x(\d+)$/;

function sides(size: string): [width: number, height: number] | undefined {
  const match = SIZE.exec(size);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  return [width, height].every((side) => side >= 64 && side <= 8192) ? [width, height] : undefined;
}

export default defineTask({
  type: "image",
  version: 1,
  params: z.strictObject({
    /** With the visual style appended. */
    prompt: z.string().trim().min(1),
    /** The script's visual_style, for a provider that can use it apart from the prompt. */
    style: z.record(z.string(), z.json()),
    /** Pixels. */
    size: z.string().refine((size) => sides(size) !== undefined, {
      error: "an image size is <width>x<height>, each from 64 to 8192 pixels, such as 2048x1152.",
    }),
    /** Another roll of the same prompt. */
    take: z.int().min(1).default(1),
  }),
  /** `references`: pictures of what recurs, for a provider that takes them. */
  inputs: { own: "optional", references: "list" },
  outputs: { image: "png" },
  tools: ["image"],
  toolsFor: { own: ["ffmpeg"] },
  pool: "image",
  estimate: ({ params, inputs: { references }, tools }) =>
    tools.image.estimate({ ...requestOf(params), references: references.length }),
  async run({ params, inputs: { own, references }, outputs, tools, signal, stop, till, notice }) {
    if (own !== undefined) return await takeOwn(tools.ffmpeg!, own, outputs.image.path, signal);
    const request = { ...requestOf(params), references: await picturesIn(references, tools.image) };
    const picture = await tools.image.generate(request, { signal, stop, till, notice });
    await outputs.image.write(isExact(picture, request) ? picture : await fitted(picture, request, signal));
  },
});

interface Params {
  readonly prompt: string;
  readonly style: object;
  readonly size: string;
  readonly take: number;
}

function requestOf({ prompt, style, size, take }: Params): Omit<ImageRequest, "references"> {
  const [width, height] = sides(size)!;
  return { prompt, style: style as JsonObject, width, height, take };
}

/** @throws Failure where the provider takes none: a picture without them would be another one than is wanted */
async function picturesIn(
  files: readonly InputFile[],
  { takesReferences = false }: ImageProvider,
): Promise<readonly Uint8Array[]> {
  const [first] = files;
  if (first !== undefined && !takesReferences) {
    throw new Failure(`the provider of pictures takes no reference pictures, and ${first.name} is one.`, {
      code: "api.image",
      help: "Say `references: true` in the provider's 'image' in faceless.config.yaml if its model takes them, or take 'references' out of the target in the pipeline.",
    });
  }
  return await Promise.all(files.map(pictureIn));
}

/** @throws Failure for another kind of file, before anything is bought with it */
async function pictureIn({ path, name }: InputFile): Promise<Uint8Array> {
  const bytes = await readFile(path);
  if (pictureFormat(bytes) !== undefined) return bytes;
  throw new Failure(`${name} is to be a reference picture, and is no PNG, JPEG or WebP.`, {
    code: "media.source",
    help: "Put a picture of one of these formats in its place, or take it out of the script's recurring elements.",
  });
}

/** Whether it is a PNG of that size already (ISO/IEC 15948, 5.2 and 11.2.2): then it is kept as it is. */
function isExact(picture: Uint8Array, { width, height }: ImageRequest): boolean {
  const head = Buffer.from(picture.subarray(0, 24));
  if (head.length < 24 || head.toString("latin1", 0, 8) !== "\x89PNG\r\n\x1a\n") return false;
  return head.readUInt32BE(16) === width && head.readUInt32BE(20) === height;
}

/**
 * Models make pictures of few sizes. Which canvas does the scaling is in no key: another version's last bit is no reason to
 * buy all pictures again.
 */
async function fitted(
  picture: Uint8Array,
  { width, height }: ImageRequest,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const request: FitRequest = { picture, width, height };
  return await offload<Uint8Array>("fitPicture", request, { signal });
}

/** As it is, whatever its size: what is rendered from it is cropped to the film's shape. */
async function takeOwn(ffmpeg: Ffmpeg, own: InputFile, to: string, signal: AbortSignal): Promise<void> {
  // Without a pattern, since of a path with a "%d" in it ffmpeg would make a numbered sequence.
  const options = isClip(own.extension) ? [] : ["-f", "image2", "-pattern_type", "none"];
  await runFfmpeg(ffmpeg, { what: `reading ${own.name}`, signal }, (command) => {
    command.input(own.path);
    if (options.length > 0) command.inputOptions(...options);
    command
      .outputOptions("-map", "0:v:0", "-frames:v", "1", "-update", "1", "-c:v", "png")
      .outputOptions("-fflags", "+bitexact", "-map_metadata", "-1")
      .output(to);
  });
}
