/** What the sound is made with: meters that agree with the standards, a limiter that holds, a mix to the sample. */
import { beforeAll, describe, expect, test } from "vitest";
import { runFfmpeg } from "../lib/media/ffmpeg.ts";
import { BREATH, Envelope } from "../lib/media/sound/envelope.ts";
import { limited } from "../lib/media/sound/limiter.ts";
import { LoudnessMeter } from "../lib/media/sound/meter.ts";
import { exactly, mix } from "../lib/media/sound/mix.ts";
import { amplitude, type Block, decibels, WaveFile } from "../lib/media/sound/pcm.ts";
import { SpeechFinder } from "../lib/media/sound/speech.ts";
import { TruePeakMeter } from "../lib/media/sound/true-peak.ts";
import { ffmpeg, temporaryFolder, writeWave } from "./media-kit.ts";

const folder = temporaryFolder();
const RATE = 48_000;

/** Both channels the same, a second at a time, each block a new one. */
function blocks(seconds: number, at: (sample: number) => number, rate = RATE): Block[] {
  return Array.from({ length: Math.ceil(seconds) }, (_, second) => {
    const samples = Float32Array.from({ length: rate }, (_, i) => at(second * rate + i));
    return [samples, samples];
  });
}

const sine =
  (hertz: number, dB: number, phase = 0, rate = RATE) =>
  (sample: number) =>
    amplitude(dB) * Math.sin((2 * Math.PI * hertz * sample) / rate + phase);

function loudnessOf(given: Iterable<Block>, rate = RATE): number {
  const meter = new LoudnessMeter({ rate, channels: 2 });
  for (const block of given) meter.push(block);
  return meter.loudness();
}

function peakOf(given: Iterable<Block>): number {
  const meter = new TruePeakMeter(2);
  for (const block of given) meter.push(block);
  return decibels(meter.peak());
}

describe("loudness, as EBU Tech 3341 tests it", () => {
  test.each([
    ["1: a tone of -23", [[20, -23]], -23],
    ["2: a tone of -33", [[20, -33]], -33],
    [
      "3: soft, loud, soft",
      [
        [10, -36],
        [60, -23],
        [10, -36],
      ],
      -23,
    ],
    [
      "4: silence around them does not count",
      [
        [10, -72],
        [10, -36],
        [60, -23],
        [10, -36],
        [10, -72],
      ],
      -23,
    ],
    [
      "5: louder in the middle",
      [
        [20, -26],
        [20, -20],
        [20, -26],
      ],
      -23,
    ],
  ] as [string, [number, number][], number][])("%s", (_, parts, expected) => {
    const all = parts.flatMap(([seconds, dB]) => blocks(seconds, sine(1_000, dB)));
    expect(Math.abs(loudnessOf(all) - expected)).toBeLessThan(0.1);
  });

  test("at 24 kHz it is the same", () => {
    expect(loudnessOf(blocks(5, sine(1_000, -23, 0, 24_000), 24_000), 24_000)).toBeCloseTo(-23, 1);
  });

  test("silence has none, and less than 0.4 seconds are taken whole", () => {
    expect(loudnessOf(blocks(3, () => 0))).toBe(-Infinity);
    expect(loudnessOf([])).toBe(-Infinity);
    const moment = blocks(1, sine(1_000, -23))[0]!.map((samples) => samples.subarray(0, 9_600));
    expect(loudnessOf([moment])).toBeCloseTo(-23, 0);
  });

  test("the same to the last bit, however it is cut into blocks of tenths", () => {
    const all = blocks(3, (i) => 0.3 * Math.sin(i * i * 1e-6));
    const tenths = all.flatMap((block) =>
      Array.from({ length: 10 }, (_, i) =>
        block.map((samples) => samples.subarray(i * 4_800, (i + 1) * 4_800)),
      ),
    );
    expect(loudnessOf(tenths)).toBe(loudnessOf(all));
  });
});

describe("true peak", () => {
  test.each([
    ["a quarter of the rate, between its samples", 12_000, 45],
    ["a sixth", 8_000, 60],
    ["an eighth", 6_000, 67.5],
    ["a tone of 997 Hz", 997, 0],
    ["18 kHz", 18_000, 20],
  ])("%s", (_, hertz, degrees) => {
    const tone = blocks(1, sine(hertz, -6, (degrees * Math.PI) / 180));
    // Faded, since a tone that is cut off has another peak there.
    for (const samples of new Set(tone.flat())) {
      for (let i = 0; i < 4_800; i++) {
        samples[i]! *= i / 4_800;
        samples[RATE - 1 - i]! *= i / 4_800;
      }
    }
    expect(Math.abs(peakOf(tone) + 6)).toBeLessThan(0.15);
  });

  test("a single sample is its own peak, at the very end too", () => {
    expect(peakOf(blocks(2, (i) => (i === 2 * RATE - 1 ? -0.5 : 0)))).toBeCloseTo(decibels(0.5), 5);
  });
});

describe("the limiter", () => {
  const options = { gain: 1, ceiling: amplitude(-1), rate: RATE };
  const copy = (given: Iterable<Block>) => [...given].map((block) => block.map((samples) => samples.slice()));
  function* each(given: readonly Block[], length = given.length) {
    for (const block of given.slice(0, length)) yield block.map((samples) => samples.slice());
  }
  function collect(given: Iterable<Block>): Block[] {
    const all: Block[] = [];
    for (const block of given) all.push(...copy([block]));
    return all;
  }

  test("what is below the ceiling is not touched, sample for sample", () => {
    const quiet = blocks(3, sine(440, -3));
    expect(collect(limited(each(quiet), options))).toEqual(quiet);
  });

  test.each([
    ["tones", (i: number) => 2 * Math.sin(i / 3) * Math.sin(i / 5_000)],
    ["a peak between samples", sine(12_000, 0.5, Math.PI / 4)],
    ["clicks", (i: number) => (i % 7_001 === 0 ? 3 : 0)],
    [
      "a click on each border of two blocks",
      (i: number) => (i % RATE === 0 || i % RATE === RATE - 1 ? 4 : 0.1),
    ],
    ["noise", (i: number) => 4 * (((i * 7_919 + (i % 31) * 104_729) % 65_537) / 65_537 - 0.5)],
  ])("holds %s", (_, at) => {
    const out = collect(limited(each(blocks(4, at)), options));
    expect(out).toHaveLength(4);
    expect(peakOf(out)).toBeLessThan(-0.9);
  });

  test("the gain is down before a peak, comes back within a third of a second, and nothing is delayed", () => {
    const [out] = collect(limited(each(blocks(1, (i) => (i === 20_000 ? 2 : 0.5))), options));
    const gains = [...out![0]!].map((sample) => sample / 0.5);
    expect(gains[20_000 - 241]).toBe(1);
    expect(gains[20_000 - 60]).toBeLessThan(0.75);
    expect(out![0]![20_000]).toBeLessThan(amplitude(-1));
    expect(out![0]![20_000]).toBeGreaterThan(amplitude(-1.5));
    expect(gains[20_000 + 8_000]).toBe(1);
    const steps = gains.slice(1).map((gain, i) => Math.abs(gain - gains[i]!));
    expect(Math.max(...steps.slice(0, 19_998), ...steps.slice(20_001))).toBeLessThan(1 / 230);
  });

  test("both channels are turned down together", () => {
    const right = new Float32Array(RATE).fill(0.5);
    const left = right.slice();
    left[10_000] = 1.5;
    const [out] = collect(limited([[left, right]], options));
    expect(out![1]![10_000]).toBeLessThan(0.35);
  });
});

describe("the mix", () => {
  let ramp: WaveFile;

  beforeAll(async () => {
    const source = await writeWave(
      folder.in("ramp16.wav"),
      Int16Array.from({ length: 30_000 }, (_, i) => i + 1),
      RATE,
    );
    await runFfmpeg(ffmpeg, { what: "making a wave file" }, (command) =>
      command.input(source).outputOptions("-c:a", "pcm_f32le").output(folder.in("ramp.wav")),
    );
    ramp = new WaveFile(folder.in("ramp.wav"));
  });

  const mono = { rate: RATE, channels: 1 } as const;
  function all(given: Iterable<Block>): number[] {
    const samples: number[] = [];
    for (const [channel] of given) for (const sample of channel!) samples.push(Math.round(sample * 32_768));
    return samples;
  }

  test("each cue is at its sample, from its sample, over the border of two blocks", () => {
    const cues = [
      { file: ramp, at: 7, from: 0, length: 5, gain: 1 },
      { file: ramp, at: RATE - 3, from: 100, length: 6, gain: 2 },
      { file: ramp, at: RATE + 50, from: 29_998, length: 10, gain: 1 },
    ];
    const samples = all(exactly(mix({ format: mono, length: RATE + 60, cues }), RATE + 60));
    expect(samples).toHaveLength(RATE + 60);
    const expected = Array<number>(RATE + 60).fill(0);
    expected.splice(7, 5, 1, 2, 3, 4, 5);
    expected.splice(RATE - 3, 6, 202, 204, 206, 208, 210, 212);
    expected.splice(RATE + 50, 2, 29_999, 30_000);
    expect(samples).toEqual(expected);
  });

  test("one channel goes to both of two, as loud as it was", () => {
    const cues = [{ file: ramp, at: 0, from: 999, length: 1, gain: 1 }];
    const [block] = mix({ format: { rate: RATE, channels: 2 }, length: 10, cues });
    expect(block!.map((channel) => channel[0]! * 32_768)).toEqual([
      expect.closeTo(1_000 * Math.SQRT1_2, 2),
      expect.closeTo(1_000 * Math.SQRT1_2, 2),
    ]);
  });

  test("music goes on from its loop's start for as long as the track is", () => {
    const envelope = new Envelope({
      music: { start: 100, end: 3 * RATE },
      ...{ speech: [], duck: 10, fadeIn: 0, fadeOut: 0, rate: RATE },
    });
    const loop = { file: ramp, at: 100, loopStart: 20_000, gain: 1, envelope };
    const samples = all(mix({ format: mono, length: 3 * RATE, cues: [], loop }));
    expect(samples.slice(0, 101).every((sample) => sample === 0)).toBe(true);
    for (const at of [200, 30_099, 30_100, 40_099, 40_100, 60_100, 2 * RATE, 2 * RATE + 1, 3 * RATE - 100]) {
      const played = at - 100;
      const place = played < 30_000 ? played : 20_000 + ((played - 30_000) % 10_000);
      expect(samples[at]).toBe(place + 1);
    }
  });
});

describe("when the music is down", () => {
  const speech = [
    { start: 2 * RATE, end: 4 * RATE },
    { start: 4.7 * RATE, end: 6 * RATE },
  ];

  function gains(
    options: Partial<ConstructorParameters<typeof Envelope>[0]> = {},
  ): (seconds: number) => number {
    const envelope = new Envelope({
      ...{ music: { start: 0, end: 10 * RATE }, speech, duck: 10, fadeIn: 1, fadeOut: 2, rate: RATE },
      ...options,
    });
    const all = new Float32Array(10 * RATE);
    for (let second = 0; second < 10; second++) {
      envelope.fill(all.subarray(second * RATE, (second + 1) * RATE));
    }
    return (seconds) => decibels(all[Math.round(seconds * RATE)]!);
  }

  test("ten lower from the first word to the last, at its level else, and softly between", () => {
    const at = gains();
    for (const seconds of [2, 3, 3.99, 4.7, 5.9]) expect(at(seconds)).toBeCloseTo(-10, 1);
    for (const seconds of [1.1, 1.74, 6.51, 7.9]) expect(at(seconds)).toBeCloseTo(0, 1);
    expect(at(1.875)).toBeCloseTo(-5, 1);
    expect(at(6.25)).toBeCloseTo(-5, 1);
    // In a pause of 0.7 seconds it comes up nearly all the way.
    expect(at(4.46)).toBeGreaterThan(-0.7);
  });

  test("comes and goes softly, and is not there before and after", () => {
    const at = gains({ speech: [], music: { start: RATE, end: 9 * RATE } });
    expect(at(0.9)).toBe(-Infinity);
    expect(at(1.5)).toBeCloseTo(-6, 1);
    expect(at(2.01)).toBeCloseTo(0, 2);
    expect(at(8)).toBeCloseTo(-6, 1);
    expect(at(9.01)).toBe(-Infinity);
  });

  function spansOf(at: (seconds: number) => number): { start: number; end: number }[] {
    const finder = new SpeechFinder(RATE);
    for (const block of blocks(8, (i) => at(i / RATE) * Math.sin(i / 20))) finder.push(block);
    return finder.spans(BREATH * RATE).map(({ start, end }) => ({ start: start / RATE, end: end / RATE }));
  }

  test("speech is what is heard; a breath belongs to it, a longer pause does not", () => {
    const spoken = (s: number) => (s > 1 && s < 2) || (s > 2.5 && s < 3) || (s > 3.7 && s < 5);
    expect(spansOf((s) => (spoken(s) ? 0.2 : 0))).toEqual([
      { start: 1, end: 3 },
      { start: 3.7, end: 5 },
    ]);
  });

  test("the noise of a quiet room is no speech", () => {
    const spoken = (s: number) => s > 3 && s < 6;
    expect(spansOf((s) => (spoken(s) ? 0.2 : 0.001))).toEqual([{ start: 3, end: 6 }]);
  });

  test("in silence nobody speaks", () => {
    expect(spansOf(() => 0)).toEqual([]);
  });
});
