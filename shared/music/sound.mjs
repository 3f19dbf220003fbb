/** The instruments and the room of `compose.mjs`: everything is written around a loop, so that it has no seam. */

/** Samples per second. */
export const RATE = 48_000;
/** The pitch shifter's window; every loop is a whole number of these, or the shimmer would jump at the seam. */
export const WINDOW = 5_120;
const TAU = 2 * Math.PI;

/** A stereo loop; what is written past its end goes on at its beginning. */
export function silence(length) {
  return { left: new Float32Array(length), right: new Float32Array(length), length };
}

/** Deterministic noise, 0 to 1 (mulberry32): a seed is part of a score. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Hertz of "F#4", equal temperament, A4 = 440 Hz. */
export function hertz(note) {
  const [, letter, sign, octave] = /^([A-G])([#b]?)(\d)$/.exec(note) ?? [];
  if (letter === undefined) throw new Error(`no note: ${note}`);
  const step =
    { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 }[letter] + (sign === "#" ? 1 : sign === "b" ? -1 : 0);
  return 440 * 2 ** ((step - 9) / 12 + Number(octave) - 4);
}

/** Writes `seconds` of a voice into the loop from `at` seconds on. `pan` is -1 (left) to 1 (right), equal power. */
function write(loop, at, seconds, pan, sample) {
  const left = Math.cos(((pan + 1) * Math.PI) / 4);
  const right = Math.sin(((pan + 1) * Math.PI) / 4);
  const count = Math.round(seconds * RATE);
  let index = ((Math.round(at * RATE) % loop.length) + loop.length) % loop.length;
  for (let i = 0; i < count; i++) {
    const value = sample(i);
    loop.left[index] += value * left;
    loop.right[index] += value * right;
    if (++index === loop.length) index = 0;
  }
}

/** Decaying sines, each a complex number turned and shrunk once a sample. `t60`: seconds to fall by 60 dB. */
function ringing(loop, at, pan, attack, partials) {
  const seconds = Math.max(...partials.map(({ t60 }) => t60)) * 1.2;
  const turns = partials.map(({ hz, t60, phase = 0, amplitude }) => {
    const shrink = 10 ** (-3 / (t60 * RATE));
    const angle = (TAU * hz) / RATE;
    return {
      re: amplitude * Math.cos(phase),
      im: amplitude * Math.sin(phase),
      c: shrink * Math.cos(angle),
      s: shrink * Math.sin(angle),
    };
  });
  const rise = 1 - Math.exp(-1 / (attack * RATE));
  let open = 0;
  const fade = Math.round(0.1 * seconds * RATE);
  const count = Math.round(seconds * RATE);
  write(loop, at, seconds, pan, (i) => {
    let sum = 0;
    for (const turn of turns) {
      sum += turn.im;
      const re = turn.re * turn.c - turn.im * turn.s;
      turn.im = turn.re * turn.s + turn.im * turn.c;
      turn.re = re;
    }
    open += (1 - open) * rise;
    return sum * open * Math.min(1, (count - i) / fade);
  });
}

/** A felt piano: two strings a hair apart, soft hammer, few overtones, the slower string left to sing. */
export function felt(loop, { at, note, velocity, pan, gain, rng }) {
  const f = hertz(note);
  const long = 7 * Math.sqrt(220 / f);
  for (const side of [-1, 1]) {
    const partials = [];
    for (let n = 1; n <= 8 && n * f < 6_000; n++) {
      partials.push({
        hz: n * f * Math.sqrt(1 + 0.0004 * n * n) * 2 ** ((side * 0.7) / 1_200),
        amplitude: gain * velocity * n ** -1.2 * Math.exp(-(n - 1) * (0.95 - 0.5 * velocity)),
        t60: (long * (side < 0 ? 0.55 : 1)) / (1 + 0.5 * (n - 1)),
      });
    }
    ringing(loop, at, Math.max(-1, Math.min(1, pan + side * 0.25)), 0.006, partials);
  }
  let low = 0;
  write(loop, at, 0.12, pan, (i) => {
    low += (rng() * 2 - 1 - low) * 0.035;
    return low * gain * velocity * 0.9 * Math.exp(-i / (0.02 * RATE));
  });
}

/** A small bell, nearly a sine: its overtones are few and gone soon. */
export function bell(loop, { at, note, velocity, pan, gain }) {
  const f = hertz(note);
  const partials = [
    { hz: f, amplitude: 1, t60: 5 },
    { hz: f * 1.0013, amplitude: 0.5, t60: 6 },
    { hz: f * 2.001, amplitude: 0.16, t60: 2.2 },
    { hz: f * 3.98, amplitude: 0.03 * velocity, t60: 0.7 },
  ];
  const strength = gain * velocity;
  ringing(
    loop,
    at,
    pan,
    0.008,
    partials.map((part) => ({ ...part, amplitude: part.amplitude * strength })),
  );
}

/** An electric piano: one sine that bends another, softer as it fades, with a slow stereo tremolo. */
export function tines(loop, { at, note, velocity, pan, gain }) {
  const f = hertz(note);
  const t60 = 5.5 * Math.sqrt(220 / f);
  for (const side of [-1, 1]) {
    write(loop, at, t60, side * 0.8, (i) => {
      const t = i / RATE;
      const level = Math.exp((-6.9 * t) / t60) * (1 - Math.exp(-t / 0.005)) * Math.min(1, (t60 - t) / 0.4);
      const bend = (0.35 + 0.9 * velocity) * Math.exp(-t / 0.5);
      const sway = 1 + side * (0.5 * pan + 0.22 * Math.sin(TAU * 0.9 * (at + t)));
      return (
        0.7 * gain * velocity * level * sway * Math.sin(TAU * f * t + bend * Math.sin(TAU * f * 1.0006 * t))
      );
    });
  }
}

const SAW = 2_048;

/** One period of a saw with so many overtones and no more, so that nothing folds back. */
function sawTable(harmonics) {
  const table = new Float32Array(SAW + 1);
  for (let i = 0; i <= SAW; i++) {
    for (let n = 1; n <= harmonics; n++) table[i] += Math.sin((TAU * n * i) / SAW) / n;
  }
  return table;
}

/** Rises as half a cosine over `attack` seconds, and falls so over `release`. */
function swell(seconds, attack, release) {
  return (t) => {
    const edge = Math.min(1, t / attack, (seconds - t) / release);
    return 0.5 - 0.5 * Math.cos(Math.PI * Math.max(0, edge));
  };
}

/** Four detuned saws, spread from left to right; the low-pass filter comes after, once for all of them. */
export function pad(loop, { at, seconds, note, gain, attack, release, rng }) {
  const f = hertz(note);
  const table = sawTable(Math.max(3, Math.min(28, Math.floor(5_000 / f))));
  const shape = swell(seconds, attack, release);
  for (const [cents, pan] of [
    [-8, -0.9],
    [-3, 0.35],
    [3.5, -0.35],
    [8, 0.9],
  ]) {
    const step = (f * 2 ** (cents / 1_200) * SAW) / RATE;
    let phase = rng() * SAW;
    write(loop, at, seconds, pan, (i) => {
      phase += step;
      if (phase >= SAW) phase -= SAW;
      const whole = Math.floor(phase);
      const value = table[whole] + (table[whole + 1] - table[whole]) * (phase - whole);
      return value * gain * shape(i / RATE);
    });
  }
}

/** A soft sine in the middle, with just enough overtones to be heard on a telephone. */
export function bass(loop, { at, seconds, note, gain, attack, release }) {
  const f = hertz(note);
  const shape = swell(seconds, attack, release);
  write(loop, at, seconds, 0, (i) => {
    const angle = (TAU * f * i) / RATE;
    const tone = Math.sin(angle) + 0.3 * Math.sin(2 * angle) + 0.1 * Math.sin(3 * angle);
    return tone * gain * shape(i / RATE);
  });
}

/** A far drum: a sine that falls in pitch. */
export function boom(loop, { at, gain }) {
  let phase = 0;
  write(loop, at, 4, 0, (i) => {
    const t = i / RATE;
    phase += (TAU * (38 + 30 * Math.exp(-t / 0.08))) / RATE;
    return (
      gain * Math.sin(phase) * Math.exp(-t / 0.9) * (1 - Math.exp(-t / 0.01)) * Math.min(1, (4 - t) / 0.5)
    );
  });
}

/** Runs a stereo process twice round the loop and keeps the second round: by then its memory holds the loop's end. */
export function around(loop, process) {
  const out = silence(loop.length);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < loop.length; i++) {
      const [left, right] = process(loop.left[i], loop.right[i], i);
      out.left[i] = left;
      out.right[i] = right;
    }
  }
  return out;
}

/** A second-order filter with the coefficients b0 b1 b2 a1 a2 (a0 = 1). */
export function biquad([b0, b1, b2, a1, a2]) {
  let s1 = 0;
  let s2 = 0;
  return (x) => {
    const y = b0 * x + s1;
    s1 = b1 * x - a1 * y + s2;
    s2 = b2 * x - a2 * y;
    return y;
  };
}

/** Coefficients after the Audio EQ Cookbook (R. Bristow-Johnson): "low", "high", "band", or "peak" with `db`. */
export function coefficients(kind, hz, q, db = 0) {
  const w = (TAU * hz) / RATE;
  const cos = Math.cos(w);
  const alpha = Math.sin(w) / (2 * q);
  const a = 10 ** (db / 40);
  const raw = {
    low: [(1 - cos) / 2, 1 - cos, (1 - cos) / 2, 1 + alpha, -2 * cos, 1 - alpha],
    high: [(1 + cos) / 2, -1 - cos, (1 + cos) / 2, 1 + alpha, -2 * cos, 1 - alpha],
    band: [alpha, 0, -alpha, 1 + alpha, -2 * cos, 1 - alpha],
    peak: [1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a],
  }[kind];
  return [raw[0], raw[1], raw[2], raw[4], raw[5]].map((value) => value / raw[3]);
}

/** Filters both sides of a loop with the same coefficients. */
export function filter(loop, ...args) {
  const [left, right] = [biquad(coefficients(...args)), biquad(coefficients(...args))];
  return around(loop, (l, r) => [left(l), right(r)]);
}

/** A low-pass whose corner breathes between two frequencies, `times` times in the loop (Chamberlin's filter). */
export function breathe(loop, from, to, times) {
  const state = [0, 0, 0, 0];
  return around(loop, (l, r, i) => {
    const open = 0.5 - 0.5 * Math.cos((TAU * times * i) / loop.length);
    const f = 2 * Math.sin((Math.PI * from * (to / from) ** open) / RATE);
    for (const [side, x] of [
      [0, l],
      [2, r],
    ]) {
      state[side] += f * state[side + 1];
      state[side + 1] += f * (x - state[side] - 1.3 * state[side + 1]);
    }
    return [state[0], state[2]];
  });
}

/** Reads a delay line an octave up: two heads that run away from the writer, each faded out where it jumps. */
function octaveUp() {
  const line = new Float32Array(WINDOW * 2);
  return (x, i) => {
    const at = i % line.length;
    line[at] = x;
    let sum = 0;
    for (const start of [0, WINDOW / 2]) {
      const age = (i + start) % WINDOW;
      const head = (at - WINDOW + age + line.length * 2) % line.length;
      sum += line[head] * (0.5 - 0.5 * Math.cos((TAU * age) / WINDOW));
    }
    return sum;
  };
}

/** Lengths in samples, about 30 to 85 ms, prime so that their echoes do not meet. */
const LINES = [1_447, 1_777, 2_053, 2_399, 2_741, 3_169, 3_593, 4_091];

/** One network of eight delay lines (Jot), with a little of its own tail an octave higher: the shimmer. */
export function room(loop, { t60, shimmer, damp }) {
  const lines = LINES.map((length) => ({ line: new Float32Array(8_192), length, low: 0 }));
  const gains = LINES.map((length) => 10 ** ((-3 * length) / (t60 * RATE)));
  const [up, thin] = [octaveUp(), biquad(coefficients("high", 350, 0.7))];
  const [cutLeft, cutRight] = [
    biquad(coefficients("high", 160, 0.7)),
    biquad(coefficients("high", 160, 0.7)),
  ];
  const heard = new Float32Array(LINES.length);
  let clock = 0;
  let tail = 0;
  return around(loop, (l, r, i) => {
    const high = shimmer * up(thin(tail), i);
    const input = [cutLeft(l) + high, cutRight(r) + high];
    let sum = 0;
    for (let k = 0; k < lines.length; k++) {
      const { line, length } = lines[k];
      // Slow drift takes the metal out of the tail; whole cycles per loop keep it seamless.
      const drift = 6 * Math.sin((TAU * (17 + 5 * k) * i) / loop.length);
      const back = clock - length - drift;
      const whole = Math.floor(back);
      const first = line[whole & 8_191];
      const raw = first + (line[(whole + 1) & 8_191] - first) * (back - whole);
      lines[k].low += (raw - lines[k].low) * damp;
      heard[k] = lines[k].low;
      sum += heard[k];
    }
    for (let k = 0; k < lines.length; k++) {
      lines[k].line[clock & 8_191] = input[k % 2] * (k & 4 ? -1 : 1) + gains[k] * (heard[k] - sum / 4);
    }
    clock++;
    tail = (heard[0] + heard[3] + heard[5] + heard[6]) * 0.25;
    return [heard[0] + heard[2] - heard[4] + heard[6], heard[1] + heard[3] - heard[5] + heard[7]].map(
      (y) => y * 0.5,
    );
  });
}

/** Wind: noise through two slow bands, one for each ear. */
export function wind(length, seed, hz) {
  const rng = random(seed);
  const noise = silence(length);
  for (let i = 0; i < length; i++) {
    noise.left[i] = rng() * 2 - 1;
    noise.right[i] = rng() * 2 - 1;
  }
  const once = filter(noise, "band", hz, 1.2);
  return around(filter(once, "low", hz * 2, 0.7), (l, r, i) => {
    const turn = (TAU * i) / length;
    return [
      l * (0.55 + 0.45 * Math.sin(5 * turn)),
      r * (0.55 + 0.45 * Math.sin(5 * turn + 2 + Math.sin(3 * turn))),
    ];
  });
}
