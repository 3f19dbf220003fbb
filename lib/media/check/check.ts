/** Checks a finished film against its reel, from the file alone: two processes, and few pictures decoded. */
import type { FfmpegLocation } from "../ffmpeg.ts";
import type { PartParams } from "../part-params.ts";
import type { Reel } from "../reel.ts";
import { readLayout } from "./boxes.ts";
import { type Demuxed, demux } from "./demux.ts";
import { formFaults } from "./form.ts";
import { blacks, type Look, looksOf, pictureFaults, stills } from "./pictures.ts";
import { type Sensed, sense } from "./senses.ts";
import { type SoundTarget, type Stretch, silences, soundFaults } from "./sound.ts";
import { timeFaults } from "./times.ts";

export interface CheckRequest {
  readonly ffmpeg: FfmpegLocation;
  readonly film: { readonly path: string; readonly name: string };
  readonly reel: Reel;
  readonly part: PartParams;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly sound: SoundTarget;
  /** The longest stillness allowed, in seconds; null for the longest scene. */
  readonly still: number | null;
}

export interface Checked {
  /** What was measured, fit to be written down. */
  readonly report: object;
  /** All that is wrong: what, where, and what to do. */
  readonly faults: readonly string[];
}

/** @throws Failure for a file that cannot be read as a film at all */
export async function checkFilm(request: CheckRequest, signal: AbortSignal): Promise<Checked> {
  const { ffmpeg, film, reel, sound } = request;
  const layout = readLayout(film.path);
  const demuxed = await demux(ffmpeg, film, signal);
  const wanted = { width: request.width, height: request.height, fps: reel.fps, frames: reel.frames };
  const faults = [...formFaults(demuxed, layout, wanted), ...timeFaults(demuxed, wanted)];
  const {
    video: [video],
    audio: [audio],
  } = demuxed;
  if (video === undefined || audio === undefined) return { report: {}, faults };
  const sensed = await sense(ffmpeg, film, signal);
  const looks = looksOf(video, sensed.looks);
  faults.push(...soundFaults(sensed, reel, sound));
  faults.push(
    ...pictureFaults({ looks, keys: video.packets.keys.length }, reel, request.still ?? longestScene(reel)),
  );
  return { report: reportOf(demuxed, sensed, looks, request), faults };
}

/** Seconds; a card before or after the scenes stands still as well. */
function longestScene({ scenes, intro_frames, outro_frames, fps }: Reel): number {
  return Math.max(intro_frames, outro_frames, ...scenes.map(({ frames }) => frames)) / fps;
}

function reportOf(
  { video, audio, format }: Demuxed,
  sensed: Sensed,
  looks: readonly Look[],
  { reel, part: { part, of } }: CheckRequest,
) {
  const { facts, packets } = video[0]!;
  const heard = audio[0]!.facts;
  return {
    part,
    of,
    frames: packets.pts.length,
    fps: reel.fps,
    duration_s: rounded(Number(format.duration), 3),
    picture: {
      codec: facts.codec_name,
      profile: facts.profile,
      pixel_format: facts.pix_fmt,
      width: Number(facts.width),
      height: Number(facts.height),
      colours: [facts.color_primaries, facts.color_transfer, facts.color_space, facts.color_range],
      duration_s: rounded(Number(facts.duration), 3),
      key_frames: looks.length,
      longest_still_s: longest(stills(looks)),
      longest_black_s: longest(blacks(looks)),
    },
    sound: {
      codec: heard.codec_name,
      profile: heard.profile,
      sample_rate: Number(heard.sample_rate),
      channels: Number(heard.channels),
      duration_s: rounded(Number(heard.duration), 3),
      loudness_lufs: sensed.loudness,
      range_lu: sensed.range,
      true_peak_dbfs: Number.isFinite(sensed.peak) ? sensed.peak : null,
      longest_silence_s: longest(silences(sensed.moments)),
    },
  };
}

function longest(stretches: readonly Stretch[]): number {
  return rounded(
    stretches.reduce((most, { from, to }) => Math.max(most, to - from), 0),
    1,
  );
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
