/** What the sound tests share: sounds made by formula, and ears that are not the program's own. */
import { $ } from "zx";
import { type Ffmpeg, runFfmpeg } from "../lib/media/ffmpeg.ts";
import type { Reel } from "../lib/media/reel.ts";
import { SAMPLE_RATE } from "../lib/media/timeline.ts";
import { ffmpeg } from "./media-kit.ts";

/** 16-bit samples of a function of the time in seconds, from -1 to 1. */
export function wave(seconds: number, at: (time: number) => number, rate = SAMPLE_RATE): Int16Array {
  return Int16Array.from({ length: Math.round(seconds * rate) }, (_, i) => Math.round(32_000 * at(i / rate)));
}

export function tone(hertz: number, level = 0.3): (time: number) => number {
  return (time) => level * Math.sin(2 * Math.PI * hertz * time);
}

/** A hum that swells four times a second, as a voice does, and never falls silent. */
export function hum(hertz: number, level = 0.2): (time: number) => number {
  const sine = tone(hertz, level);
  return (time) => sine(time) * (0.65 + 0.35 * Math.sin(2 * Math.PI * 4 * time));
}

/** How strong one tone is in samples `from` to `to`: dB of full scale (Goertzel's algorithm, as one sum). */
export function strength(samples: Int16Array, hertz: number, from: number, to: number): number {
  let [re, im] = [0, 0];
  for (let i = from; i < to; i++) {
    // A Hann window, so that what is beside the tone counts for little.
    const weight = (samples[i]! / 32_768) * (1 - Math.cos((2 * Math.PI * (i - from)) / (to - from)));
    re += weight * Math.cos((2 * Math.PI * hertz * i) / SAMPLE_RATE);
    im += weight * Math.sin((2 * Math.PI * hertz * i) / SAMPLE_RATE);
  }
  return 20 * Math.log10((2 * Math.hypot(re, im)) / (to - from));
}

/** Root of the mean square, dB of full scale. */
export function level(samples: Int16Array, from: number, to: number): number {
  const sum = samples.subarray(from, to).reduce((total, value) => total + (value / 32_768) ** 2, 0);
  return 10 * Math.log10(sum / (to - from));
}

/** LUFS and dBTP as ffmpeg's ebur128 measures them. */
export async function ebur128(
  path: string,
  by: Ffmpeg = ffmpeg,
): Promise<{ loudness: number; peak: number }> {
  const found = { loudness: Number.NaN, peak: Number.NaN };
  const onLog = (line: string) => {
    const [, loudness] = /^\s*I:\s+(\S+) LUFS/.exec(line) ?? [];
    const [, peak] = /^\s*Peak:\s+(\S+) dBFS/.exec(line) ?? [];
    if (loudness !== undefined) found.loudness = Number(loudness);
    if (peak !== undefined) found.peak = peak === "-inf" ? -Infinity : Number(peak);
  };
  await runFfmpeg(by, { what: "measuring", onLog }, (command) =>
    command
      .input(path)
      .outputOptions("-map", "0:a:0", "-af", "ebur128=peak=true:framelog=verbose", "-f", "null")
      .output("-"),
  );
  return found;
}

/** From where to where the file's index says that there is sound, by its packets. Samples at the file's own rate. */
export async function extent(path: string): Promise<{ start: number; end: number }> {
  const entries = "packet=pts,duration";
  const probe = $({ quiet: true });
  const { stdout } = await probe`${ffmpeg.probePath} -v error -show_entries ${entries} -of csv=p=0 ${path}`;
  const packets = [...stdout.matchAll(/^(-?\d+),(\d+)/gm)].map(([, pts, length]) => [
    Number(pts),
    Number(length),
  ]);
  const [first, last] = [packets[0]!, packets.at(-1)!];
  return { start: first[0]!, end: last[0]! + last[1]! };
}

/** Frames a second of all reels here. */
export const FPS = 30;

export interface Voice {
  readonly scene: number;
  readonly at: number;
  readonly from?: number;
  readonly samples: number;
  /** Heard to its end unless said. */
  readonly whole?: number;
}

/** Of its scenes, only who speaks when matters here. */
export function reelOf(
  frames: number,
  voices: readonly Voice[],
  ends: { intro?: number; outro?: number } = {},
): Reel {
  const place = { first_frame: 0, frames, skip: 0, scene_frames: frames, lead: 0, tail: 0 };
  return {
    fps: FPS,
    frames,
    intro_frames: ends.intro ?? 0,
    outro_frames: ends.outro ?? 0,
    scenes: voices.map(({ scene, at, from = 0, samples, whole = from + samples }) => ({
      scene,
      ...place,
      voice: { at, from, samples, whole },
    })),
  };
}
