/** Joins segments, narrations and music to one film, by frame and sample counts alone. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../base/failure.ts";
import { type FfmpegLocation, type Probe, probe, runFfmpeg } from "./ffmpeg.ts";
import { addInputs, balance, type Mix, mixGraph, mixInputs } from "./loudness.ts";
import { TIMESCALE } from "./segment.ts";
import { type Pause, SAMPLE_RATE, type ScenePlace } from "./timeline.ts";
import { writeNarrationTrack } from "./track.ts";

/** A file, and what to call it in a message. */
export interface Piece {
  readonly path: string;
  readonly name: string;
}

export interface FilmRequest {
  readonly ffmpeg: FfmpegLocation;
  /** One of each a scene, in order. */
  readonly segments: readonly Piece[];
  readonly narrations: readonly Piece[];
  readonly music: Piece | undefined;
  readonly pause: Pause;
  readonly fps: number;
  /** dB to the narration's loudness; below 0. */
  readonly musicGain: number;
  /** Seconds in which the music goes at the end. */
  readonly fade: number;
  /** An .mp4. */
  readonly output: string;
  /** An empty folder. */
  readonly scratch: string;
}

/** Gives the scenes' places in the film. Pieces that do not fit together are a Failure that says which. */
export async function assembleFilm(
  request: FilmRequest,
  context: { readonly signal: AbortSignal; progress(fraction: number): void },
): Promise<ScenePlace[]> {
  const { ffmpeg, segments, narrations, music } = request;
  const { signal, progress } = context;
  if (segments.length !== narrations.length || segments.length === 0) {
    throw new Failure(`There are ${segments.length} segments and ${narrations.length} narrations.`, {
      help: "Give one of each for every scene, in the same order.",
    });
  }
  const narration = join(request.scratch, "narration.s16le");
  const scenes = await writeNarrationTrack({
    ...request,
    output: narration,
    signal,
    onScene: (done) => progress((0.4 * done) / narrations.length),
  });
  await checkSegments(request, scenes, signal);
  progress(0.5);
  const frames = scenes.reduce((sum, scene) => sum + scene.frames, 0);
  const sound = {
    narration,
    music: music?.path,
    duration: frames / request.fps,
    musicGain: request.musicGain,
  };
  const mix = await balance(ffmpeg, { ...sound, fade: request.fade }, signal);
  progress(0.7);
  await joinPieces(request, scenes, mix, signal, (frame) => progress(0.7 + (0.3 * frame) / frames));
  const made = await probe(ffmpeg, request.output, signal);
  if (made.frames !== frames) {
    throw new Failure(`The film has ${made.frames} frames; its segments have ${frames}.`, {
      help: `This is a fault of ${ffmpeg.path}: try another build of it (FACELESS_FFMPEG).`,
    });
  }
  return scenes;
}

/** Probes that run at once. */
const AT_ONCE = 4;

async function checkSegments(
  { ffmpeg, segments, narrations, fps }: FilmRequest,
  scenes: readonly ScenePlace[],
  signal: AbortSignal,
): Promise<void> {
  const probes: Probe[] = [];
  for (let from = 0; from < segments.length; from += AT_ONCE) {
    const some = segments.slice(from, from + AT_ONCE);
    probes.push(...(await Promise.all(some.map(({ path }) => probe(ffmpeg, path, signal)))));
  }
  const { width, height } = probes[0]!;
  for (const [index, found] of probes.entries()) {
    const segment = segments[index]!.name;
    const { frames } = scenes[index]!;
    if (found.frames !== frames) {
      const narration = narrations[index]!.name;
      throw new Failure(
        `${segment} has ${found.frames} frames; with its pauses, ${narration} takes ${frames} at ${fps} a second.`,
        { help: "Make the segment with the same narration, pause and frame rate as the film." },
      );
    }
    if (found.width !== width || found.height !== height) {
      throw new Failure(
        `${segment} is ${found.width}x${found.height} pixels; ${segments[0]!.name} is ${width}x${height}.`,
        { help: "Make all segments of a film for the same platform." },
      );
    }
  }
}

/** The one encode of the sound; the pictures are copied. */
async function joinPieces(
  request: FilmRequest,
  scenes: readonly ScenePlace[],
  mix: Mix,
  signal: AbortSignal,
  onProgress: (frame: number) => void,
): Promise<void> {
  const list = join(request.scratch, "segments.ffconcat");
  await writeFile(list, concatList(request.segments, scenes, request.fps));
  await runFfmpeg(request.ffmpeg, { what: `joining ${request.output}`, signal, onProgress }, (command) => {
    addInputs(command, [{ path: list, options: ["-f", "concat", "-safe", "0"] }, ...mixInputs(mix)]);
    command
      .complexFilter(mixGraph(mix, 1))
      .outputOptions(
        "-map",
        "0:v:0",
        "-map",
        "[mix]",
        "-c:v",
        "copy",
        "-video_track_timescale",
        String(TIMESCALE),
      )
      .outputOptions("-c:a", "aac", "-b:a", "192k", "-ar", String(SAMPLE_RATE), "-ac", "2")
      .outputOptions("-flags:a", "+bitexact", "-fflags", "+bitexact", "-map_metadata", "-1")
      .outputOptions("-movflags", "+faststart+negative_cts_offsets")
      .output(request.output);
  });
}

/**
 * Durations are said, since an mp4's own is rounded to the millisecond. Each is the difference of two rounded
 * times, so that the microseconds lost do not add up over the scenes.
 */
export function concatList(segments: readonly Piece[], scenes: readonly ScenePlace[], fps: number): string {
  const microseconds = (frame: number) => Math.round((frame * 1_000_000) / fps);
  const entries = scenes.map(({ firstFrame, frames }, index) => {
    const length = microseconds(firstFrame + frames) - microseconds(firstFrame);
    const path = segments[index]!.path.replaceAll("'", "'\\''");
    return `file '${path}'\nduration ${(length / 1_000_000).toFixed(6)}\n`;
  });
  return `ffconcat version 1.0\n${entries.join("")}`;
}
