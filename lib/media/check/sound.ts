/** Whether a film's sound is as loud as it should be, and everybody in it is heard. */

import type { Reel } from "../reel.ts";
import { SAMPLE_RATE } from "../timeline.ts";
import { at, long, several } from "./say.ts";
import type { Moment, Sensed } from "./senses.ts";

export interface SoundTarget {
  /** LUFS. */
  readonly loudness: number;
  /** dBFS, true. */
  readonly peak: number;
  /** The longest silence that no pause of the reel explains. Seconds. */
  readonly silence: number;
}

/** A stretch of the film. Seconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** LU. Nobody hears less, and an AAC encoder moves it by some tenths. */
const TOLERANCE = 0.5;

/** All that is wrong, a sentence or more each. */
export function soundFaults(heard: Omit<Sensed, "looks">, reel: Reel, target: SoundTarget): string[] {
  const { loudness, peak, silence } = target;
  const off = heard.loudness - loudness;
  const loud = peaks(heard.moments, peak).map(({ from, to }) =>
    to - from > 2 * WINDOW ? `${at(from)} to ${at(to)}` : at(from),
  );
  const silent = silences(heard.moments).filter(
    (stretch) => stretch.to - stretch.from > Math.max(silence, wantedPause(stretch, reel) + SLACK),
  );
  const unheard = voices(reel).filter((voice) => isUnheard(voice, heard));
  return [
    ...(Math.abs(off) <= TOLERANCE
      ? []
      : [
          `Its loudness is ${tenths(heard.loudness)} LUFS where ${tenths(loudness)} is wanted, ${tenths(Math.abs(off))} LU too ${off > 0 ? "loud" : "soft"}. Mix it again to ${tenths(loudness)}.`,
        ]),
    ...(heard.peak <= peak
      ? []
      : [
          `Its true peak is ${tenths(heard.peak)} dBFS where ${tenths(peak)} is the most${loud.length === 0 ? "" : `, at ${several(loud)}`}. Limit the mix lower.`,
        ]),
    ...silent.map(
      ({ from, to }) =>
        `It is silent from ${at(from)} to ${at(to)}, ${long(to - from)}. Listen to the narration and the music there; a longer pause is allowed with silence_s.`,
    ),
    ...(unheard.length === 0
      ? []
      : [
          `The narration is not heard in ${several(unheard.map(({ scene, from }) => `scene ${scene} (${at(from)})`))}: nothing there comes within ${AUDIBLE} LU of the film's loudness. Make that narration again, or the mix.`,
        ]),
  ];
}

/** Seconds that one moment is. */
const WINDOW = 0.1;
/** Seconds that its loudness is measured over. */
const MEASURED = 0.4;

/** Stretches in which every moment has a peak above that. */
function peaks(moments: readonly Moment[], above: number): Stretch[] {
  return stretches(moments, ({ peak }) => peak > above, WINDOW);
}

/** Below this there is nothing to hear. LUFS. */
const SILENCE = -60;

/** Stretches of nothing, however short. */
export function silences(moments: readonly Moment[]): Stretch[] {
  // The first three measures of a film cannot be full, and are said to be silence: their peak tells.
  const silent = ({ until, loudness, peak }: Moment) =>
    loudness < SILENCE && (until >= MEASURED || peak < SILENCE);
  return stretches(moments, silent, MEASURED);
}

/** Neighbours that are so; each tells of as many seconds before its end as `reach` says. */
function stretches(moments: readonly Moment[], isSo: (moment: Moment) => boolean, reach: number): Stretch[] {
  const found: { from: number; to: number }[] = [];
  let before = false;
  for (const moment of moments) {
    const now = isSo(moment);
    if (now && before) found.at(-1)!.to = moment.until;
    else if (now) found.push({ from: Math.max(0, moment.until - reach), to: moment.until });
    before = now;
  }
  return found;
}

/** A voice fades before its last sample, and an engine leaves a little silence around its words. Seconds. */
const SLACK = 1;

/** The longest of the reel's pauses that a silence touches. Seconds. */
function wantedPause(silence: Stretch, reel: Reel): number {
  const spoken = voices(reel);
  const end = reel.frames / reel.fps;
  const pauses = [...spoken, { from: end, to: end }].map(({ from }, index) => ({
    from: index === 0 ? 0 : spoken[index - 1]!.to,
    to: from,
  }));
  return pauses
    .filter(({ from, to }) => from < silence.to && to > silence.from)
    .reduce((longest, { from, to }) => Math.max(longest, to - from), 0);
}

interface Voice extends Stretch {
  readonly scene: number;
}

function voices({ scenes }: Reel): Voice[] {
  return scenes.map(({ scene, voice }) => ({
    scene,
    from: voice.at / SAMPLE_RATE,
    to: (voice.at + voice.samples) / SAMPLE_RATE,
  }));
}

/** Music lies 20 LU under the voice; of the loudest 400 ms of a scene's narration, none was softer than the film by 3. */
const AUDIBLE = 12;

/** A shorter voice does not fill a measure. Seconds. */
const SHORTEST = 1;

function isUnheard({ from, to }: Voice, { moments, loudness }: Omit<Sensed, "looks">): boolean {
  if (to - from < SHORTEST || loudness < SILENCE) return false;
  const within = moments.filter(({ until }) => until - MEASURED >= from - WINDOW && until <= to + WINDOW);
  return within.length > 0 && within.every((moment) => moment.loudness < loudness - AUDIBLE);
}

/** "-14.6". */
function tenths(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : "-∞";
}
