/** What our commands ask of an ffmpeg, and what of it one lacks. */
import type { FfmpegLocation } from "./locate.ts";

const FILTERS = [
  ...["aformat", "aresample", "ass", "crop", "ebur128", "extractplanes", "format", "fps", "lutrgb"],
  ...["overlay", "pad", "scale", "setsar", "showinfo", "split"],
];
const ENCODERS = ["aac", "libmp3lame", "libx264", "png", "rawvideo"];

/** "filter ass", "encoder libx264": empty for an ffmpeg that can do all we ask. */
export async function missingIn({ path }: FfmpegLocation): Promise<readonly string[]> {
  const [filters, encoders] = await Promise.all([listed(path, "-filters"), listed(path, "-encoders")]);
  return [
    ...FILTERS.filter((name) => !filters.has(name)).map((name) => `filter ${name}`),
    ...ENCODERS.filter((name) => !encoders.has(name)).map((name) => `encoder ${name}`),
  ];
}

/** The second word of each line is a name: " T.C scale  V->V  Scale the input …", " V..... libx264  …". */
async function listed(path: string, what: "-filters" | "-encoders"): Promise<ReadonlySet<string>> {
  const { $ } = await import("zx/core");
  const { stdout } = await $({ quiet: true, nothrow: true, timeout: "20s" })`${path} -hide_banner ${what}`;
  const lines = stdout.split(/\r?\n/).map((line) => line.trim().split(/\s+/));
  return new Set(lines.flatMap(([, name]) => (name === undefined ? [] : [name])));
}
