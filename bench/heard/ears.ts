/** Finds voices and music in the sound of a film, given what they were made from: by least squares, and by trying lags. */

/** All of one rate and one channel. */
export interface Film {
  readonly sound: Int16Array;
  /** In order; `at`: where the timeline has its first sample. */
  readonly voices: readonly { readonly at: number; readonly samples: Int16Array }[];
  /** What the music was cut from: heard from the beginning, and again from `loopStart` when it is over. */
  readonly bed: Int16Array | undefined;
  readonly loopStart: number;
}

/** As far as is looked, both ways. Seconds. */
const FARTHEST = 0.1;

/** Seconds by which each voice is heard after its place: where it and the film are most alike. */
export function voiceLags({ sound, voices }: Film, rate: number): number[] {
  const most = Math.round(FARTHEST * rate);
  return voices.map(({ at, samples }) => {
    let [best, lag] = [-Infinity, 0];
    for (let shift = -most; shift <= most; shift++) {
      let alike = 0;
      for (let i = 0; i < samples.length; i++) alike += samples[i]! * (sound[at + shift + i] ?? 0);
      if (alike > best) [best, lag] = [alike, shift];
    }
    return lag / rate;
  });
}

/** Seconds. */
const WINDOW = 0.25;
/** RMS of a 16-bit voice that speaks, and of music that can be told from noise. */
const SPOKEN = 300;
const HEARD = 100;

/**
 * How loud the music is to the bed that it was cut from, in dB: the median while somebody speaks, and what it has at
 * its loudest (19 of 20 windows have less). Each window of the film is taken for so much of the voice and so much of the bed.
 */
export function musicGains(film: Film, rate: number): { spoken: number; loudest: number } {
  const { sound, bed } = film;
  if (bed === undefined) return { spoken: Number.NaN, loudest: Number.NaN };
  const voice = voiceTrack(film);
  const size = Math.round(WINDOW * rate);
  const all: { readonly spoken: boolean; readonly gain: number }[] = [];
  for (let from = 0; from + size <= sound.length; from += size) {
    const sums = { vv: 0, vb: 0, bb: 0, vs: 0, bs: 0 };
    for (let i = from; i < from + size; i++) {
      const [s, v, b] = [sound[i]!, voice[i]!, bed[placeInBed(film, i)]!];
      sums.vv += v * v;
      sums.vb += v * b;
      sums.bb += b * b;
      sums.vs += v * s;
      sums.bs += b * s;
    }
    if (Math.sqrt(sums.bb / size) < HEARD) continue;
    const spoken = Math.sqrt(sums.vv / size) >= SPOKEN;
    const ratio = spoken
      ? (sums.bs * sums.vv - sums.vs * sums.vb) / (sums.bb * sums.vv - sums.vb ** 2)
      : sums.bs / sums.bb;
    if (ratio > 0) all.push({ spoken, gain: 20 * Math.log10(ratio) });
  }
  const sorted = (some: typeof all) => some.map(({ gain }) => gain).sort((a, b) => a - b);
  const [under, over] = [sorted(all.filter((one) => one.spoken)), sorted(all)];
  return { spoken: under[under.length >> 1]!, loudest: over[Math.floor(over.length * 0.95)]! };
}

function voiceTrack({ sound, voices }: Film): Float32Array {
  const track = new Float32Array(sound.length);
  for (const { at, samples } of voices)
    for (let i = 0; i < samples.length && at + i < track.length; i++) track[at + i]! += samples[i]!;
  return track;
}

function placeInBed({ bed, loopStart }: Film, at: number): number {
  const { length } = bed!;
  return at < length ? at : loopStart + ((at - length) % (length - loopStart));
}
