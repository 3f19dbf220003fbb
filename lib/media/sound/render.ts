/** Makes the whole sound of a film, or of a part of it: decodes, mixes, brings it to one loudness, encodes. */
import type { WorkerContext } from "../../base/offload.ts";
import type { FfmpegLocation } from "../ffmpeg.ts";
import { SAMPLE_RATE } from "../timeline.ts";
import { decodeSounds, type SoundFile } from "./decode.ts";
import { DRAFT_FORMAT } from "./draft.ts";
import { encodeDraft, type Mastered, master } from "./master.ts";
import { mix } from "./mix.ts";
import { type Format, WaveFile } from "./pcm.ts";
import { type Bed, type Level, type Score, type Sounds, type Wishes, writeScore } from "./score.ts";
import { checkVoices, type SoundReel } from "./voices.ts";

/** Plain data, so that it can be sent to a worker. */
export interface SoundRequest extends Wishes {
  readonly ffmpeg: FfmpegLocation;
  readonly reel: SoundReel;
  /** One for each voice of the reel. */
  readonly narrations: readonly SoundFile[];
  /** Of a draft: the same, decoded already, so that they are read where they are; none if they are not. */
  readonly decoded: readonly SoundFile[];
  readonly bed: (SoundFile & Bed) | undefined;
  readonly intro: SoundFile | undefined;
  readonly outro: SoundFile | undefined;
  readonly draft: boolean;
  /** An .m4a. */
  readonly output: string;
  /** An empty folder. */
  readonly scratch: string;
}

export interface SoundReport {
  readonly sample_rate: number;
  readonly channels: number;
  readonly samples: number;
  /** LUFS and dBTP of the encoded file; null for silence, and for a draft, which is not measured. */
  readonly loudness: number | null;
  readonly true_peak: number | null;
  /** LUFS as they came, and the dB that they were given before the mix's own gain; null where there is none. */
  readonly voice: Level | null;
  readonly music: Level | null;
  /** dB, of the whole mix. */
  readonly gain: number;
  readonly encodes: number;
}

const FULL = { format: { rate: SAMPLE_RATE, channels: 2 }, bitrate: 192_000 } as const;
const DRAFT = { format: DRAFT_FORMAT, bitrate: 48_000 } as const;

export async function renderSound(request: SoundRequest, context: WorkerContext): Promise<SoundReport> {
  const { ffmpeg, reel, draft, goal, output } = request;
  const { signal, progress } = context;
  const coding = draft ? DRAFT : FULL;
  const { format } = coding;
  const sounds = await decodeAll(request, format, signal);
  checkVoices(reel.voices, request.narrations, sounds.narrations, format.rate / SAMPLE_RATE);
  progress(0.15);
  const score = await writeScore({ ...request, sounds, format, signal });
  progress(0.2);
  const { track, gauge } = score;
  const { length } = track();
  const job = {
    ...{ ffmpeg, ...coding, length, goal, output, signal },
    play: () => mix(track()),
    progress: (share: number) => progress(0.2 + 0.8 * share),
  };
  const { format: gauged } = gauge.track();
  const made = draft
    ? void (await encodeDraft(job))
    : await master({ ...job, gauge: { ...gauge, format: gauged, play: () => mix(gauge.track()) } });
  return report(score, format, length, made);
}

async function decodeAll(request: SoundRequest, format: Format, signal: AbortSignal): Promise<Sounds> {
  const { ffmpeg, narrations, decoded, bed, intro, outro, scratch } = request;
  const others = [bed, intro, outro].filter((file) => file !== undefined);
  const encoded = decoded.length > 0 ? others : [...narrations, ...others];
  const made = await decodeSounds(ffmpeg, encoded, { format, folder: scratch, signal });
  const files = [...decoded.map(({ path }) => new WaveFile(path)), ...made];
  const rest = files.slice(narrations.length);
  const next = (file: SoundFile | undefined) => (file === undefined ? undefined : rest.shift());
  return {
    narrations: files.slice(0, narrations.length),
    bed: next(bed),
    intro: next(intro),
    outro: next(outro),
  };
}

function report(
  { voice, music }: Score,
  { rate, channels }: Format,
  samples: number,
  made: Mastered | undefined,
): SoundReport {
  return {
    ...{ sample_rate: rate, channels, samples },
    loudness: hundredths(made?.loudness),
    true_peak: hundredths(made?.peak),
    voice: rounded(voice),
    music: rounded(music),
    gain: hundredths(made?.gain ?? 0)!,
    encodes: made?.encodes ?? 1,
  };
}

function rounded(level: Level | undefined): Level | null {
  return level === undefined
    ? null
    : { loudness: hundredths(level.loudness)!, gain: hundredths(level.gain)! };
}

function hundredths(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Math.round(value * 100) / 100;
}
