/** The sound of a film: every narration at its sample, music out of its way, as loud as was asked for. */
import { mkdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { decodeAudio } from "../lib/media/decode-audio.ts";
import { findFfmpeg, runFfmpeg } from "../lib/media/ffmpeg.ts";
import type { Reel } from "../lib/media/reel.ts";
import { makeBed } from "../lib/media/sound/bed.ts";
import { renderSound, type SoundReport, type SoundRequest } from "../lib/media/sound/render.ts";
import { soundReel } from "../lib/media/sound/voices.ts";
import { SAMPLE_RATE } from "../lib/media/timeline.ts";
import { expectCleanDecode, ffmpeg, quietContext, temporaryFolder, writeWave } from "./media-kit.ts";
import { children } from "./processes.ts";
import { ebur128, extent, FPS, hum, level, reelOf, strength, tone, wave } from "./sound-kit.ts";

const folder = temporaryFolder();
const SPF = SAMPLE_RATE / FPS;
const GOAL = { loudness: -14, peak: -1 };
let made = 0;

type Bed = NonNullable<SoundRequest["bed"]>;
interface Made {
  readonly path: string;
  readonly report: SoundReport;
  /** Decoded, one channel. */
  readonly samples: Int16Array;
}

/** `narrations`: of the reel's scenes, as paths. */
async function render(
  reel: Reel,
  narrations: readonly string[],
  wishes: Partial<SoundRequest> = {},
): Promise<Made> {
  const scratch = folder.in(`sound ${++made}`);
  await mkdir(scratch);
  const path = `${scratch}/sound.m4a`;
  const request: SoundRequest = {
    ...{ ffmpeg, reel: soundReel(reel), goal: GOAL, musicGain: -12, duck: 10, fade: 1, draft: false },
    narrations: narrations.map((path, i) => ({ path, name: `scene ${i + 1}` })),
    ...{ decoded: [], bed: undefined, intro: undefined, outro: undefined, output: path, scratch },
    ...wishes,
  };
  const report = await renderSound(request, quietContext());
  return { path, report, samples: await decodeAudio(ffmpeg, path, { rate: SAMPLE_RATE, channels: 1 }) };
}

async function recording(name: string, samples: Int16Array, rate = SAMPLE_RATE): Promise<string> {
  return writeWave(folder.in(`${name}.wav`), samples, rate);
}

async function bedOf(path: string): Promise<Bed> {
  const scratch = folder.in(`bed ${++made}`);
  await mkdir(scratch);
  const output = `${scratch}/bed.wav`;
  const music = { path, name: "music" };
  const info = await makeBed({ ffmpeg, music, crossfade: 2, output, scratch }, quietContext());
  return { path: output, name: "bed", loudness: info.loudness, loopStart: info.loop_start };
}

/** Of a scene: from a second to so many seconds. */
const between = (from: number, to: number) =>
  [Math.round(from * SAMPLE_RATE), Math.round(to * SAMPLE_RATE)] as const;
const MUSIC = 1_000;
const VOICE = 300;

describe("three scenes with music", () => {
  // Somebody speaks from 2 to 5, from 8 to 10 and from 10.7 to 12 seconds.
  const SPOKEN = [3, 2, 1.3];
  const FRAMES = 15 * FPS;
  let reel: Reel;
  let narrations: string[];
  let bed: Bed;
  let film: Made;

  beforeAll(async () => {
    narrations = await Promise.all(
      SPOKEN.map((seconds, index) => recording(`voice ${index}`, wave(seconds, hum(VOICE)))),
    );
    reel = reelOf(FRAMES, [
      { scene: 1, at: 96_000, samples: 144_000 },
      { scene: 2, at: 384_000, samples: 96_000 },
      { scene: 3, at: 513_600, samples: 62_400 },
    ]);
    // Shorter than the film; whole periods, so that a tone stays a tone where it begins again.
    bed = await bedOf(await recording("music", wave(2.7, tone(MUSIC, 0.05))));
    film = await render(reel, narrations, { bed });
  });

  test("is as loud as was asked for, and below its peak, in the encoded file", async () => {
    const { loudness, peak } = await ebur128(film.path);
    expect(Math.abs(loudness - GOAL.loudness)).toBeLessThanOrEqual(0.3);
    expect(peak).toBeLessThanOrEqual(GOAL.peak);
    expect(film.report).toMatchObject({
      sample_rate: 48_000,
      channels: 2,
      samples: FRAMES * SPF,
      encodes: 1,
    });
    expect(Math.abs(film.report.loudness! - loudness)).toBeLessThan(0.06);
    expect(Math.abs(film.report.true_peak! - peak)).toBeLessThan(0.15);
  });

  test("the music is 12 dB under the narration in pauses, and 10 more under speech", () => {
    // Loudness of a tone of 300 Hz and one of 1 kHz, by their levels: K-weighting has 0.66 dB more at 1 kHz.
    const music = (from: number, to: number) => strength(film.samples, MUSIC, ...between(from, to));
    const [before, under, pause] = [music(1.1, 1.7), music(2.5, 4.5), music(5.8, 7.5)];
    expect(before - pause).toBeCloseTo(0, 0);
    expect(pause - under).toBeGreaterThan(9.5);
    expect(pause - under).toBeLessThan(10.5);
    expect(music(8.3, 9.8) - under).toBeCloseTo(0, 0);
    expect(film.report.music!.gain).toBeCloseTo(GOAL.loudness - 12 - bed.loudness, 1);
  });

  test("it is down when the first word comes, and comes back softly", () => {
    const music = (at: number) => strength(film.samples, MUSIC, ...between(at - 0.025, at + 0.025));
    const pause = strength(film.samples, MUSIC, ...between(5.8, 7.5));
    expect(pause - music(8.025)).toBeGreaterThan(9.5);
    expect(pause - music(7.7)).toBeLessThan(0.5);
    const rising = [5.05, 5.15, 5.25, 5.35, 5.45].map((at) => music(at));
    for (const [index, value] of rising.slice(1).entries()) expect(value).toBeGreaterThan(rising[index]!);
    expect(pause - music(5.25)).toBeGreaterThan(3);
    expect(pause - music(5.25)).toBeLessThan(7);
  });

  test("comes in within a second, goes at the end, and is loud until then", () => {
    const music = (from: number, to: number) => strength(film.samples, MUSIC, ...between(from, to));
    const pause = music(12.8, 13.8);
    expect(music(0, 0.1)).toBeLessThan(pause - 20);
    expect(music(1, 1.5)).toBeCloseTo(pause, 0);
    expect(music(14.45, 14.55)).toBeLessThan(pause - 4);
    expect(level(film.samples, FRAMES * SPF - 480, FRAMES * SPF)).toBeLessThan(-60);
  });

  test("is exactly as long as its frames", async () => {
    // It begins one AAC frame early, with what a decoder needs, and of the last one only what is meant is played.
    expect(await extent(film.path)).toEqual({ start: -1_024, end: FRAMES * SPF });
    expect(film.samples.length - FRAMES * SPF).toBeGreaterThanOrEqual(0);
    expect(film.samples.length - FRAMES * SPF).toBeLessThan(1_024);
    await expectCleanDecode(film.path);
  });

  test("is the same, byte for byte, when made again, and has no date in it", async () => {
    const again = await render(reel, narrations, { bed });
    const bytes = await readFile(film.path);
    expect((await readFile(again.path)).equals(bytes)).toBe(true);
    expect(bytes.includes("Lavf")).toBe(false);
    expect(again.report).toEqual(film.report);
  });

  test("a draft is right in everything but its finish", async () => {
    const draft = await render(reel, narrations, { bed, draft: true });
    expect(draft.report).toMatchObject({ sample_rate: 16_000, channels: 1, loudness: null, true_peak: null });
    expect(draft.report.samples).toBe((FRAMES * SPF) / 3);
    const { loudness, peak } = await ebur128(draft.path);
    // It goes by the narration alone; here more than half of the time is pauses, whose music counts.
    expect(Math.abs(loudness - GOAL.loudness)).toBeLessThan(2.5);
    expect(peak).toBeLessThanOrEqual(GOAL.peak);
    const music = (from: number, to: number) => strength(draft.samples, MUSIC, ...between(from, to));
    expect(music(5.8, 7.5) - music(2.5, 4.5)).toBeCloseTo(10, 0);
    await expectCleanDecode(draft.path);
  });
});

/** A click of one sample, then a hum. */
const clicking = (seconds: number, rate = SAMPLE_RATE) =>
  wave(seconds, (time) => (time < 0.5 / rate ? 1 : time < 0.1 ? 0 : hum(VOICE, 0.1)(time)), rate);

/** Where the highest sample is, near a place. */
function highestNear(samples: Int16Array, at: number): number {
  const from = Math.max(0, at - 2_400);
  const near = samples.subarray(from, at + 2_400);
  const most = near.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
  return from + near.findIndex((value) => Math.abs(value) === most);
}

describe("placing", () => {
  test("every narration is at its sample, whatever its format, also when the picture is laid under it", async () => {
    const narrations = [
      await recording("click 1", clicking(0.7)),
      await recording("click 2", clicking(1.1, 22_050), 22_050),
      await recording("click 3", clicking(0.9)),
    ];
    const [mp3, video, film] = ["click 3.mp3", "video.mp4", "film.mp4"].map((name) => folder.in(name));
    await runFfmpeg(ffmpeg, { what: "making an mp3" }, (command) =>
      command
        .input(narrations[2]!)
        .outputOptions("-c:a", "libmp3lame", "-ar", "44100", "-b:a", "192k")
        .output(mp3!),
    );
    narrations[2] = mp3!;
    const lengths = await Promise.all(
      narrations.map(
        async (path) => (await decodeAudio(ffmpeg, path, { rate: SAMPLE_RATE, channels: 1 })).length,
      ),
    );
    const places = [1, 48_123, 111_111];
    const voices = places.map((at, index) => ({ scene: index + 1, at, samples: lengths[index]! }));
    const { path, samples } = await render(reelOf(110, voices), narrations);
    for (const at of places) expect(Math.abs(highestNear(samples, at) - at)).toBeLessThan(24);

    await runFfmpeg(ffmpeg, { what: "making a video" }, (command) =>
      command
        .input("color=s=64x36:r=30")
        .inputOptions("-f", "lavfi")
        .outputOptions("-frames:v", "110", "-pix_fmt", "yuv420p")
        .output(video!),
    );
    await runFfmpeg(ffmpeg, { what: "joining" }, (command) =>
      command
        .input(video!)
        .input(path)
        .outputOptions("-map", "0:v", "-map", "1:a", "-c", "copy")
        .outputOptions("-movflags", "+faststart+negative_cts_offsets")
        .output(film!),
    );
    const muxed = await decodeAudio(ffmpeg, film!, { rate: SAMPLE_RATE, channels: 1 });
    for (const at of places) expect(Math.abs(highestNear(muxed, at) - at)).toBeLessThan(24);
    await expectCleanDecode(film!);
  });

  test("a narration of two channels keeps them", async () => {
    const [mono, stereo] = [await recording("left", wave(1, hum(VOICE))), folder.in("stereo.wav")];
    await runFfmpeg(ffmpeg, { what: "making it stereo" }, (command) =>
      command.input(mono).outputOptions("-af", "pan=stereo|c0=c0|c1=0.1*c0").output(stereo),
    );
    const { path } = await render(reelOf(30, [{ scene: 1, at: 0, samples: 48_000 }]), [stereo]);
    const both = await decodeAudio(ffmpeg, path, { rate: SAMPLE_RATE, channels: 2 });
    const [left, right] = [0, 1].map((channel) => both.filter((_, i) => i % 2 === channel));
    expect(level(left!, ...between(0.1, 0.9)) - level(right!, ...between(0.1, 0.9))).toBeCloseTo(20, 0);
    expect(Math.abs((await ebur128(path)).loudness - GOAL.loudness)).toBeLessThanOrEqual(0.3);
  });

  test("more scenes than are decoded at once are all there", async () => {
    const narration = await recording("short", clicking(0.15));
    const places = Array.from({ length: 70 }, (_, index) => 100 + index * 9_001);
    const voices = places.map((at, index) => ({ scene: index + 1, at, samples: 7_200 }));
    const { samples } = await render(reelOf(400, voices), Array(70).fill(narration), {
      draft: true,
    });
    for (const at of places) expect(Math.abs(highestNear(samples, at) - at)).toBeLessThan(48);
  });

  test("a part has its own scenes, and of a scene that is cut what belongs to it", async () => {
    const low = await recording("low", wave(2, hum(VOICE)));
    const both = await recording(
      "both",
      wave(2, (time) => (time < 1 ? hum(500)(time) : hum(800)(time))),
    );
    const cut = { scene: 2, samples: 48_000, whole: 96_000 };
    const first = reelOf(105, [
      { scene: 1, at: 4_800, samples: 96_000 },
      { ...cut, at: 120_000 },
    ]);
    const ending = (await render(first, [low, both])).samples;
    const last = (hertz: number) => strength(ending, hertz, 122_400, 165_600);
    expect(last(500) - Math.max(last(800), last(VOICE))).toBeGreaterThan(40);
    const second = reelOf(45, [{ ...cut, at: 2_400, from: 48_000 }]);
    const { samples, report } = await render(second, [both]);
    expect(report.samples).toBe(45 * SPF);
    const heard = (hertz: number) => strength(samples, hertz, 4_800, 48_000);
    expect(heard(800) - Math.max(heard(500), heard(VOICE))).toBeGreaterThan(40);
    // From 2400 on, as exactly as a hum that begins at full swing shows it.
    expect(level(samples, 0, 2_300)).toBeLessThan(-60);
    expect(level(samples, 2_500, 3_500)).toBeGreaterThan(-30);
  });

  test("an intro and an outro have their own sound, as loud as the narration, without music over it", async () => {
    const narration = await recording("speech", wave(3, hum(VOICE)));
    const reel = reelOf(270, [{ scene: 1, at: 144_000, samples: 144_000 }], { intro: 60, outro: 60 });
    const intro = { path: await recording("intro", wave(2, hum(600, 0.01))), name: "intro" };
    const outro = { path: await recording("outro", wave(1.5, hum(700, 0.9))), name: "outro" };
    const bed = await bedOf(await recording("music under", wave(6, tone(MUSIC, 0.2))));
    const { samples, path } = await render(reel, [narration], { intro, outro, bed });
    const loud = strength(samples, VOICE, ...between(3.5, 5.5));
    expect(Math.abs(strength(samples, 600, ...between(0.5, 1.8)) - loud)).toBeLessThan(2);
    expect(Math.abs(strength(samples, 700, ...between(7.1, 8.4)) - loud)).toBeLessThan(2);
    const music = (from: number, to: number) => strength(samples, MUSIC, ...between(from, to));
    expect(music(2.9, 3)).toBeGreaterThan(-50);
    expect(music(0.2, 1.9)).toBeLessThan(-65);
    expect(music(7.1, 8.9)).toBeLessThan(-65);
    expect(Math.abs((await ebur128(path)).loudness - GOAL.loudness)).toBeLessThanOrEqual(0.5);
  });
});

describe("odd films", () => {
  test("silence stays silent", async () => {
    const silence = await recording("silence", new Int16Array(24_000));
    const { samples, report } = await render(reelOf(20, [{ scene: 1, at: 4_800, samples: 24_000 }]), [
      silence,
    ]);
    expect(report).toMatchObject({ loudness: null, true_peak: null, voice: null, music: null, gain: 0 });
    expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
  });

  test("music under a silent narration is brought to the loudness by itself", async () => {
    const silence = await recording("quiet", new Int16Array(96_000));
    const bed = await bedOf(await recording("alone", wave(3, tone(MUSIC, 0.02))));
    const { path } = await render(reelOf(90, [{ scene: 1, at: 0, samples: 96_000 }]), [silence], {
      bed,
      fade: 0,
    });
    expect(Math.abs((await ebur128(path)).loudness - GOAL.loudness)).toBeLessThanOrEqual(0.3);
  });

  test("one frame", async () => {
    const blip = await recording("blip", wave(0.01, tone(VOICE)));
    const { report, samples } = await render(reelOf(1, [{ scene: 1, at: 100, samples: 480 }]), [blip], {
      bed: await bedOf(await recording("music of a moment", wave(0.3, tone(MUSIC)))),
    });
    expect(report.samples).toBe(SPF);
    expect(samples.length).toBeGreaterThanOrEqual(SPF);
  });

  test("a film without narration", async () => {
    const { report } = await render(reelOf(30, []), []);
    expect(report).toMatchObject({ samples: 48_000, voice: null });
  });

  test("all peaks: the limiter holds them, and what is out of reach is told", async () => {
    const rattle = await recording(
      "rattle",
      wave(3, (time) => ((time * 9) % 1 < 0.001 ? 0.9 * Math.sin(40_000 * time) : 0)),
    );
    const { path, report } = await render(reelOf(90, [{ scene: 1, at: 0, samples: 144_000 }]), [rattle]);
    expect((await ebur128(path)).peak).toBeLessThanOrEqual(GOAL.peak);
    expect(report.loudness).toBeLessThan(GOAL.loudness - 0.5);
  });

  test("another loudness and another peak", async () => {
    const voice = await recording("shout", wave(3, hum(VOICE, 0.9)));
    const goal = { loudness: -9, peak: -3 };
    const { path } = await render(reelOf(90, [{ scene: 1, at: 0, samples: 144_000 }]), [voice], {
      goal,
    });
    const { loudness, peak } = await ebur128(path);
    expect(Math.abs(loudness - goal.loudness)).toBeLessThanOrEqual(0.3);
    expect(peak).toBeLessThanOrEqual(goal.peak);
  });
});

test("an abort ends it, and what it has started", async () => {
  const narration = await recording("long", wave(20, hum(VOICE)));
  const scratch = folder.in("aborted");
  await mkdir(scratch);
  const reel = soundReel(reelOf(600, [{ scene: 1, at: 0, samples: 960_000 }]));
  const controller = new AbortController();
  const before = await children();
  const request = {
    ...{ ffmpeg, reel, goal: GOAL, musicGain: -12, duck: 10, fade: 1, draft: false },
    ...{
      narrations: [{ path: narration, name: "long" }],
      decoded: [],
      bed: undefined,
      intro: undefined,
      outro: undefined,
    },
    ...{ output: `${scratch}/sound.m4a`, scratch },
  };
  const progress = (share: number) => {
    if (share > 0.3) controller.abort(new Error("enough"));
  };
  await expect(renderSound(request, { signal: controller.signal, progress })).rejects.toThrow("enough");
  expect((await children()).filter((id) => !before.includes(id))).toEqual([]);
});

test("the build of 2018 does the same", async () => {
  const { path } = (await import("@ffmpeg-installer/ffmpeg")).default;
  const old = await findFfmpeg({ ...process.env, FACELESS_FFMPEG: path });
  const voice = await recording("for the old one", wave(2.5, hum(VOICE)));
  const bed = await bedOf(await recording("music for the old one", wave(2, tone(MUSIC))));
  const reel = reelOf(150, [{ scene: 1, at: 72_000, samples: 120_000 }]);
  const film = await render(reel, [voice], { ffmpeg: old, bed });
  const { loudness, peak } = await ebur128(film.path, old);
  expect(Math.abs(loudness - GOAL.loudness)).toBeLessThanOrEqual(0.3);
  expect(peak).toBeLessThanOrEqual(GOAL.peak);
  const music = (from: number, to: number) => strength(film.samples, MUSIC, ...between(from, to));
  expect(music(0.9, 1.2) - music(1.7, 3.8)).toBeCloseTo(10, 0);
});
