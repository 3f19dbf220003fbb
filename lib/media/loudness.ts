/** Sets a film's sound: the narration at a known loudness, the music under it, no peak too high. */
import type { FfmpegCommand } from "fluent-ffmpeg";
import { type FfmpegLocation, runFfmpeg } from "./ffmpeg.ts";
import { TRACK_INPUT } from "./track.ts";

/** LUFS (EBU R 128), of the whole mix. YouTube and others play at about -14 and turn down what is louder. */
export const TARGET_LOUDNESS = -14.5;

/** Below this there is no sound to speak of, and no gain is right. LUFS; ebur128's own floor is -70. */
const SILENCE = -60;

/** Linear, of full scale: -2.6 dB. With the codec's overshoot, and between samples, it then stays below -1.5 dB. */
const PEAK = 0.74;

/** LU. Louder or softer by less than this is not heard. */
const TOLERANCE = 0.3;

/** Corrections at most: a sound that is all peaks cannot be brought to the target, only nearer. */
const ROUNDS = 3;

export interface Mix {
  /** Raw samples: see track.ts. */
  readonly narration: string;
  readonly music: Music | undefined;
  /** Seconds of the whole. */
  readonly duration: number;
  /** dB, measured: see `balance`. */
  readonly narrationGain: number;
}

export interface Music {
  readonly path: string;
  /** dB. */
  readonly gain: number;
  /** Seconds in which the music comes, at most one, and goes. */
  readonly fade: number;
}

export interface MixInput {
  readonly path: string;
  readonly options: readonly string[];
}

/** Inputs in the order that `mixGraph` numbers them, the first one being `first`. */
export function mixInputs(mix: Mix): MixInput[] {
  const narration = { path: mix.narration, options: TRACK_INPUT };
  return mix.music === undefined
    ? [narration]
    : [narration, { path: mix.music.path, options: ["-stream_loop", "-1"] }];
}

export function addInputs(command: FfmpegCommand, inputs: readonly MixInput[]): void {
  for (const { path, options } of inputs) {
    command.input(path);
    // Called with no option, fluent-ffmpeg adds one that is called "undefined".
    if (options.length > 0) command.inputOptions(...options);
  }
}

/** From inputs `first` and `first + 1` to the pad [mix]: 48 kHz stereo, as long as the narration. */
export function mixGraph(mix: Mix, first: number): string {
  const voice = `[${first}:a]volume=${decibels(mix.narrationGain)}[voice]`;
  // An attack of 2 ms delays the sound by as much; level=false, or it would turn all up to full scale.
  const limiter = `alimiter=limit=${PEAK}:attack=2:release=80:level=false`;
  if (mix.music === undefined) return `${voice};[voice]${limiter}[mix]`;
  const { gain, fade } = mix.music;
  const out = Math.min(fade, mix.duration / 2);
  const music = [
    `[${first + 1}:a]aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo`,
    `volume=${decibels(gain)}`,
    ...(out > 0 ? [`afade=t=in:d=${seconds(Math.min(1, out))}`] : []),
    ...(out > 0 ? [`afade=t=out:st=${seconds(mix.duration - out)}:d=${seconds(out)}`] : []),
  ].join(",");
  // amix halves its two inputs; older builds cannot be told not to.
  const sum = `[voice][bed]amix=inputs=2:duration=first:dropout_transition=0,volume=2,${limiter}[mix]`;
  return `${voice};${music}[bed];${sum}`;
}

/**
 * Measures, and sets the gains so that the music lies `musicGain` dB under (below 0) the narration and the mix
 * comes out at TARGET_LOUDNESS. Corrected by what is heard: the limiter takes a little and the music adds a little.
 */
export async function balance(
  ffmpeg: FfmpegLocation,
  given: { narration: string; music: string | undefined; duration: number; musicGain: number; fade: number },
  signal: AbortSignal,
): Promise<Mix> {
  const { narration, music, duration, musicGain, fade } = given;
  const of = (path: string, options: readonly string[]) =>
    measure(ffmpeg, [{ path, options }], "[0:a]", signal);
  const voice = await of(narration, TRACK_INPUT);
  const narrationGain = toTarget(voice);
  const bed = music === undefined ? undefined : await of(music, []);
  const musicToTarget = bed === undefined ? 0 : toTarget(bed);
  const mixOf = (correction: number): Mix => ({
    narration,
    duration,
    narrationGain: narrationGain + correction,
    music:
      music === undefined ? undefined : { path: music, gain: musicToTarget + musicGain + correction, fade },
  });
  let correction = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const mix = mixOf(correction);
    const error = toTarget(await measure(ffmpeg, mixInputs(mix), `${mixGraph(mix, 0)};[mix]`, signal));
    if (Math.abs(error) <= TOLERANCE) break;
    correction += error;
  }
  return mixOf(correction);
}

/** dB that bring a loudness to the target; none for silence. */
function toTarget(loudness: number): number {
  return loudness < SILENCE ? 0 : TARGET_LOUDNESS - loudness;
}

/** Integrated loudness, in LUFS, of what `graph` ends in. */
async function measure(
  ffmpeg: FfmpegLocation,
  inputs: readonly MixInput[],
  graph: string,
  signal: AbortSignal,
): Promise<number> {
  let loudness = -Infinity;
  // The summary, at the end, has the one line of the log that begins so.
  const onLog = (line: string) => {
    const found = /^\s*I:\s+(\S+) LUFS/.exec(line);
    if (found !== null) loudness = Number(found[1]);
  };
  await runFfmpeg(ffmpeg, { what: "measuring loudness", signal, onLog }, (command) => {
    addInputs(command, inputs);
    command
      .complexFilter(`${graph}ebur128=framelog=verbose[out]`)
      .outputOptions("-map", "[out]", "-f", "null")
      .output("-");
  });
  return Number.isNaN(loudness) ? -Infinity : loudness;
}

function decibels(gain: number): string {
  return `${gain.toFixed(2)}dB`;
}

function seconds(time: number): string {
  return time.toFixed(6);
}
