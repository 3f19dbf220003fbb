/** Brings a mix to a loudness and below a peak, as they are measured in the encoded file. */
import { Failure } from "../../base/failure.ts";
import type { FfmpegLocation } from "../ffmpeg.ts";
import { AAC_FRAME, type Aac, encodeAac, type Heard, listen } from "./aac.ts";
import { limited } from "./limiter.ts";
import { LoudnessMeter } from "./meter.ts";
import { exactly } from "./mix.ts";
import { amplitude, type Block, type Format, through } from "./pcm.ts";

/** LUFS: below this there is no sound to speak of, and no gain is right. */
export const SILENCE = -60;

/** dB: what AAC puts on top of a peak at 192 kbit/s. 0.0 to 0.1 for speech and music, 0.5 for white noise (measured). */
const OVERSHOOT = 0.5;

/** LU that the encoded file may be off: half of what is promised. */
const TOLERANCE = 0.25;

/** LU: by so much a gain is put right without measuring again, whatever the limiter takes of it. */
const SURE = 0.2;

/** Times at most that the limited mix is measured, and that it is encoded. One is usual for both. */
const ROUNDS = 5;
const ENCODES = 3;

/** LU that the sound gets louder by, for a dB of gain: less where the limiter works hard, but not less than this. */
const LEAST_SLOPE = 0.3;

/** dB that the limiter may be driven further: a sound that is all peaks cannot be brought to the loudness, only nearer. */
const DRIVE = 6;

export interface Goal {
  /** LUFS. */
  readonly loudness: number;
  /** dBTP. */
  readonly peak: number;
}

export interface Gauge {
  readonly format: Format;
  readonly play: () => Iterable<Block>;
  /** dB by which the mix is louder. */
  readonly below: number;
}

export interface MasterRequest extends Aac {
  readonly ffmpeg: FfmpegLocation;
  /** The mix from its beginning, close to the goal's loudness already. Blocks of one length. */
  readonly play: () => Iterable<Block>;
  /** Samples of it. */
  readonly length: number;
  /** What to find the gain by: the mix, or what is as loud and takes less time. */
  readonly gauge: Gauge;
  readonly goal: Goal;
  readonly output: string;
  readonly signal: AbortSignal;
  /** Told the done share of the work, 0 to 1. */
  readonly progress: (fraction: number) => void;
}

export interface Mastered extends Heard {
  /** dB, of the whole mix. */
  readonly gain: number;
  readonly encodes: number;
}

/** The encoded file is measured; if it misses the goal, it is made again with what it missed by. */
export async function master(request: MasterRequest): Promise<Mastered> {
  const { ffmpeg, goal, format, output, signal, progress } = request;
  let gain = await findGain(request);
  let ceiling = goal.peak - OVERSHOOT;
  for (let encodes = 1; ; encodes++) {
    await encodeOnce(request, { gain, ceiling });
    progress(0.9);
    const heard = await listen(ffmpeg, output, format, signal);
    checkLength(heard.samples, request);
    const over = heard.peak - goal.peak;
    const missed = Math.min(DRIVE - gain, toGoal(heard.loudness, goal));
    const done = over <= 0 && Math.abs(missed) <= TOLERANCE;
    if (done || encodes === ENCODES) return { ...heard, gain, encodes };
    gain += missed;
    if (over > 0) ceiling -= over + 0.1;
  }
}

/** Without any measuring: for a draft. */
export async function encodeDraft(request: Omit<MasterRequest, "gauge">): Promise<void> {
  await encodeOnce(request, { gain: 0, ceiling: request.goal.peak - OVERSHOOT });
}

/** dB for the whole mix, as the limiter leaves it. */
async function findGain(request: MasterRequest): Promise<number> {
  let [gain, slope] = [0, 1];
  let before: { gain: number; loudness: number } | undefined;
  for (let round = 1; ; round++) {
    const loudness = await loudnessAt(gain, request);
    if (before !== undefined && gain !== before.gain) {
      slope = Math.max(LEAST_SLOPE, Math.min(1, (loudness - before.loudness) / (gain - before.gain)));
    }
    before = { gain, loudness };
    const missed = toGoal(loudness, request.goal);
    gain = Math.min(DRIVE, gain + missed / slope);
    if (Math.abs(missed) <= SURE || gain === before.gain || round === ROUNDS) return gain;
  }
}

async function loudnessAt(gain: number, { gauge, length, goal, signal }: MasterRequest): Promise<number> {
  const options = limits(gain, goal.peak - OVERSHOOT, gauge.format.rate);
  const meter = new LoudnessMeter(gauge.format);
  await through(exactly(limited(gauge.play(), options), length), signal, (block) => meter.push(block));
  return meter.loudness() + gauge.below;
}

async function encodeOnce(
  request: Omit<MasterRequest, "gauge">,
  { gain, ceiling }: { gain: number; ceiling: number },
): Promise<void> {
  const { ffmpeg, play, length, format, progress } = request;
  const blocks = limited(play(), limits(gain, ceiling, format.rate));
  const told = counted(exactly(blocks, length), (samples) => progress(0.2 + (0.7 * samples) / length));
  await encodeAac(ffmpeg, told, request);
}

function limits(gain: number, ceiling: number, rate: number) {
  return { gain: amplitude(gain), ceiling: amplitude(ceiling), rate };
}

function* counted(blocks: Iterable<Block>, onSamples: (count: number) => void): Generator<Block> {
  let samples = 0;
  for (const block of blocks) {
    yield block;
    samples += block[0]!.length;
    onSamples(samples);
  }
}

/** dB that bring a loudness to the goal's; none for silence. */
export function toGoal(loudness: number, goal: Goal): number {
  return loudness < SILENCE ? 0 : goal.loudness - loudness;
}

/**
 * A decoder gives whole frames; how many samples of the last one are meant stands in the file's index alone. That counts
 * in milliseconds, and ffmpeg rounds the delay up (mov_write_edts_tag): a last frame of less than one is left out.
 */
function checkLength(samples: number, { length, format, ffmpeg }: MasterRequest): void {
  if (samples > length - format.rate / 1000 && samples < length + AAC_FRAME) return;
  throw new Failure(`The encoded sound has ${samples} samples; ${length} were mixed.`, {
    code: "media.assembly",
    help: `This is a fault of ${ffmpeg.path}: try another build of it (FACELESS_FFMPEG).`,
  });
}
