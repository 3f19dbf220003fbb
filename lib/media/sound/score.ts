/** Decides what is heard when, and how loud: narrations at their samples, music under them, sound of intro and outro. */
import { SAMPLE_RATE } from "../timeline.ts";
import { BREATH, Envelope } from "./envelope.ts";
import { type Goal, SILENCE, toGoal } from "./master.ts";
import { LoudnessMeter, RELATIVE_GATE } from "./meter.ts";
import { type Cue, exactly, type Loop, mix, type Track } from "./mix.ts";
import { amplitude, decibels, EACH_OF_TWO, type Format, through, type WaveFile } from "./pcm.ts";
import { type Span, SpeechFinder } from "./speech.ts";
import type { SoundReel } from "./voices.ts";

/** Decoded. */
export interface Sounds {
  /** One for each voice of the reel. */
  readonly narrations: readonly WaveFile[];
  readonly bed: WaveFile | undefined;
  readonly intro: WaveFile | undefined;
  readonly outro: WaveFile | undefined;
}

/** What is known of the music: see bed.ts. */
export interface Bed {
  /** LUFS. */
  readonly loudness: number;
  /** Sample of SAMPLE_RATE. */
  readonly loopStart: number;
}

export interface Wishes {
  readonly goal: Goal;
  /** dB to the narration's loudness where nobody speaks; below 0. */
  readonly musicGain: number;
  /** dB by which the music is lower where somebody does. */
  readonly duck: number;
  /** Seconds in which the music goes at the end. */
  readonly fade: number;
}

export interface Score {
  /** The same each time it is called, from the beginning: an envelope can be gone through once. */
  readonly track: () => Track;
  /** What is as loud as the track, but for `below` dB, and takes less time to listen to. */
  readonly gauge: { readonly track: () => Track; readonly below: number };
  /** LUFS as it came, and dB that it was given; undefined for no narration that can be heard. */
  readonly voice: Level | undefined;
  readonly music: Level | undefined;
}

export interface Level {
  readonly loudness: number;
  readonly gain: number;
}

export interface ScoreRequest extends Wishes {
  readonly reel: SoundReel;
  readonly sounds: Sounds;
  readonly bed: Bed | undefined;
  readonly format: Format;
  readonly signal: AbortSignal;
}

export async function writeScore(request: ScoreRequest): Promise<Score> {
  const { reel, sounds, bed, format, goal, signal } = request;
  const length = inFormat(reel.length, format);
  const spoken = voiceCues(request);
  const heard = await hear({ format: voiceFormat(format, spoken), length, cues: spoken }, signal);
  const voice = heard.loudness < SILENCE ? undefined : level(heard.loudness, toGoal(heard.loudness, goal));
  const cues = louder(spoken, voice?.gain ?? 0);
  const ends = await endCues(request);
  const music = bed && level(bed.loudness, musicGain(bed, voice, request));
  const track = (): Track => ({
    ...{ format, length, cues: [...cues, ...ends.cues] },
    loop: bed && music && loop(request, { file: sounds.bed!, bed, music, speech: heard.speech, ends }),
  });
  const alone =
    voice !== undefined &&
    ends.cues.length === 0 &&
    (bed === undefined || asLoudAsVoice(request, heard.speech, length));
  return { track, gauge: alone ? voiceGauge(format, length, cues) : { track, below: 0 }, voice, music };
}

const level = (loudness: number, gain: number): Level => ({ loudness, gain });

/** Samples of SAMPLE_RATE in samples of another. */
function inFormat(samples: number, { rate }: Format): number {
  return Math.round((samples * rate) / SAMPLE_RATE);
}

function voiceCues({ reel, sounds, format }: ScoreRequest): Cue[] {
  return reel.voices.map(({ at, from, samples }, index) => ({
    file: sounds.narrations[index]!,
    at: inFormat(at, format),
    from: inFormat(from, format),
    length: inFormat(samples, format),
    gain: 1,
  }));
}

function louder(cues: readonly Cue[], gain: number): Cue[] {
  return cues.map((cue) => ({ ...cue, gain: cue.gain * amplitude(gain) }));
}

/** One channel, where all have one, is as loud as two that share it, and takes half the time. */
function voiceFormat(format: Format, cues: readonly Cue[]): Format {
  return { ...format, channels: cues.every(({ file }) => file.channels === 1) ? 1 : format.channels };
}

async function hear(track: Track, signal: AbortSignal): Promise<{ loudness: number; speech: Span[] }> {
  const meter = new LoudnessMeter(track.format);
  const finder = new SpeechFinder(track.format.rate);
  await through(exactly(mix(track), track.length), signal, (block) => {
    meter.push(block);
    finder.push(block);
  });
  return { loudness: meter.loudness(), speech: finder.spans(BREATH * track.format.rate) };
}

/** dB: music so far under the speech makes the film louder by 0.03 dB. */
const FAR_BELOW = -20;
/** dB, of a sum that is known by its larger part. */
const MARGIN = 1;

/**
 * Whether the film is as loud as its narrations are: its music does not count where somebody speaks, nor where nobody
 * does. The second is so as long as it falls below the gate, which hangs under the mean of speech and pauses.
 */
function asLoudAsVoice({ musicGain, duck }: Wishes, speech: readonly Span[], length: number): boolean {
  const spoken = speech.reduce((sum, { start, end }) => sum + end - start, 0) / length;
  const gate = RELATIVE_GATE + 10 * Math.log10(spoken);
  return musicGain - duck <= FAR_BELOW && musicGain <= gate - MARGIN;
}

/** The narrations alone. A peak must be as high as in the mix, or the limiter would take more or less of it. */
function voiceGauge(format: Format, length: number, cues: readonly Cue[]): Score["gauge"] {
  const own = voiceFormat(format, cues);
  const share = own.channels < format.channels ? EACH_OF_TWO : 1;
  const shared = cues.map((cue) => ({ ...cue, gain: cue.gain * share }));
  return { track: () => ({ format: own, length, cues: shared }), below: -decibels(share) };
}

/** The sound of intro and outro, where they have one. Samples of the format. */
interface Ends {
  readonly cues: readonly Cue[];
  /** From where to where the film is neither. */
  readonly between: Span;
}

/** Each is as loud as the narration. */
async function endCues({ reel, sounds, format, goal, signal }: ScoreRequest): Promise<Ends> {
  const length = inFormat(reel.length, format);
  const between = { start: 0, end: length };
  const cues: Cue[] = [];
  const add = async (file: WaveFile | undefined, at: number, samples: number): Promise<boolean> => {
    if (file === undefined || samples === 0) return false;
    const cue = { file, from: 0, length: samples, gain: 1 };
    const { loudness } = await hear({ format, length: samples, cues: [{ ...cue, at: 0 }] }, signal);
    if (loudness < SILENCE) return false;
    cues.push({ ...cue, at, gain: amplitude(toGoal(loudness, goal)) });
    return true;
  };
  const [intro, outro] = [inFormat(reel.intro, format), inFormat(reel.outro, format)];
  if (await add(sounds.intro, 0, intro)) between.start = intro;
  if (await add(sounds.outro, length - outro, outro)) between.end = length - outro;
  return { cues, between };
}

/** Where there is no narration to be heard, the music alone is brought to the goal. */
function musicGain(bed: Bed, voice: Level | undefined, { goal, musicGain }: Wishes): number {
  return toGoal(bed.loudness, goal) + (voice === undefined ? 0 : musicGain);
}

/** Seconds at most in which the music comes. */
const FADE_IN = 1;

/** Music is heard from end to end, but not over an intro or outro that has a sound of its own. */
function loop(
  { duck, fade, format }: ScoreRequest,
  given: { file: WaveFile; bed: Bed; music: Level; speech: readonly Span[]; ends: Ends },
): Loop {
  const { start, end } = given.ends.between;
  const { rate } = format;
  const fadeOut = Math.min(fade, (end - start) / rate / 2);
  const fadeIn = Math.min(FADE_IN, fadeOut);
  return {
    file: given.file,
    at: start,
    loopStart: inFormat(given.bed.loopStart, format),
    gain: amplitude(given.music.gain),
    envelope: new Envelope({ music: given.ends.between, speech: given.speech, duck, fadeIn, fadeOut, rate }),
  };
}
