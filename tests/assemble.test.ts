/** A film of real segments and narrations: every border where the frames say, nothing lost, nothing too loud. */
import { mkdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { decodeAudio, probe, runFfmpeg } from "../lib/media/ffmpeg.ts";
import { concatList } from "../lib/media/film.ts";
import { renderSegment } from "../lib/media/segment.ts";
import { layScenes, SAMPLE_RATE, sceneFrames } from "../lib/media/timeline.ts";
import type { InputFile } from "../lib/task.ts";
import assemble from "../tasks/assemble.ts";
import {
  expectCleanDecode,
  ffmpeg,
  makePicture,
  packetTimes,
  quietContext,
  segmentRequest,
  temporaryFolder,
  writeWave,
} from "./media-kit.ts";

const folder = temporaryFolder();
const PAUSE = { before: 0.15, after: 0.22 };
const FPS = 30;
/** Odd lengths, and three sample rates, as the speech engines have them. */
const VOICES = [
  { rate: 48_000, samples: 33_333 },
  { rate: 24_000, samples: 14_001 },
  { rate: 22_050, samples: 17_777 },
  { rate: 24_000, samples: 9_999 },
  { rate: 48_000, samples: 40_321 },
  { rate: 48_000, samples: 1 },
  { rate: 24_000, samples: 21_113 },
  { rate: 22_050, samples: 12_347 },
];

let segments: InputFile[] = [];
let narration: InputFile[] = [];
let counts: number[] = [];

beforeAll(async () => {
  const picture = await makePicture(folder.in("picture.png"), "testsrc2=s=400x300");
  narration = await Promise.all(
    VOICES.map(({ rate, samples }, index) => voice(`voice ${index}.wav`, rate, samples)),
  );
  narration[2] = await mp3(narration[2]!);
  counts = await Promise.all(
    narration.map(
      async ({ path }) => (await decodeAudio(ffmpeg, path, { rate: SAMPLE_RATE, channels: 1 })).length,
    ),
  );
  segments = [];
  for (const [index, count] of counts.entries()) {
    segments.push(await segment(`it's segment ${index}.mp4`, picture, sceneFrames(count, PAUSE, FPS)));
  }
});

function input(name: string): InputFile {
  return { path: folder.in(name), name, extension: name.slice(name.lastIndexOf(".")) };
}

/** A click of 5 ms, then a voice-like hum. */
async function voice(name: string, rate: number, samples: number): Promise<InputFile> {
  const wave = Int16Array.from({ length: samples }, (_, index) => {
    const time = index / rate;
    const click = time < 0.005 ? 26_000 * Math.cos(2 * Math.PI * 3000 * time) : 0;
    const hum = 2_600 * Math.sin(2 * Math.PI * 220 * time) * (0.6 + 0.4 * Math.sin(2 * Math.PI * 4 * time));
    return Math.round(click + hum);
  });
  await writeWave(folder.in(name), wave, rate);
  return input(name);
}

async function mp3(wave: InputFile): Promise<InputFile> {
  const name = wave.name.replace(".wav", ".mp3");
  await runFfmpeg(ffmpeg, { what: "making an mp3" }, (command) =>
    command.input(wave.path).outputOptions("-c:a", "libmp3lame").output(folder.in(name)),
  );
  return input(name);
}

async function segment(name: string, image: string, frames: number, size = {}): Promise<InputFile> {
  const request = segmentRequest({ image, output: folder.in(name), frames, ...size });
  await renderSegment(request, quietContext());
  return input(name);
}

let runs = 0;

async function build(given: {
  segments?: InputFile[];
  narration?: InputFile[];
  music?: InputFile;
  params?: object;
  signal?: AbortSignal;
}): Promise<string> {
  const scratch = folder.in(`scratch ${++runs}`);
  await mkdir(scratch);
  const checked = assemble.checkParams({ fps: FPS, pause: PAUSE, ...given.params });
  if (!checked.ok) throw new Error(checked.problems.join("\n"));
  const path = `${scratch}/film.mp4`;
  await assemble.run({
    params: checked.value,
    inputs: {
      segments: given.segments ?? segments,
      narration: given.narration ?? narration,
      music: given.music,
    },
    outputs: { video: { path, write: async () => {} } },
    tools: { ffmpeg },
    scratch,
    signal: given.signal ?? new AbortController().signal,
    progress: () => {},
    notice: () => {},
  });
  return path;
}

/** LUFS of a whole file, and of its decoded samples the highest, in dB of full scale. */
async function listen(path: string): Promise<{ loudness: number; peak: number; samples: Int16Array }> {
  const samples = await decodeAudio(ffmpeg, path, { rate: SAMPLE_RATE, channels: 1 });
  const stereo = await decodeAudio(ffmpeg, path, { rate: SAMPLE_RATE, channels: 2 });
  const highest = stereo.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let loudness = Number.NaN;
  const onLog = (line: string) => {
    const found = /^\s*I:\s+(\S+) LUFS/.exec(line);
    if (found !== null) loudness = Number(found[1]);
  };
  await runFfmpeg(ffmpeg, { what: "listening", onLog }, (command) =>
    command
      .input(path)
      .outputOptions("-map", "0:a", "-af", "ebur128=framelog=verbose", "-f", "null")
      .output("-"),
  );
  return { loudness, peak: 20 * Math.log10(highest / 32_768), samples };
}

/** Where, within 0.15 seconds of a place, the click begins. */
function clickNear(samples: Int16Array, place: number): number {
  const from = Math.max(0, place - 7_200);
  const near = samples.subarray(from, place + 7_200);
  const loudest = near.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return from + near.findIndex((value) => Math.abs(value) > loudest * 0.6);
}

describe("a film without music", () => {
  let film = "";
  beforeAll(async () => {
    film = await build({});
  });

  test("each narration begins where its frames say, to a tenth of a frame, the last as well as the first", async () => {
    const { samples } = await listen(film);
    const scenes = layScenes(counts, PAUSE, FPS);
    const frame = SAMPLE_RATE / FPS;
    const errors = scenes
      .filter((_, index) => counts[index]! > 1_000)
      .map(({ voiceSample }) => (clickNear(samples, voiceSample) - voiceSample) / frame);
    expect(errors).toHaveLength(7);
    for (const error of errors) expect(Math.abs(error)).toBeLessThan(0.1);
    expect(Math.abs(errors.at(-1)! - errors[0]!)).toBeLessThan(0.03);
  });

  test("has all frames, evenly spaced from 0, and sound of the same length from 0", async () => {
    const frames = layScenes(counts, PAUSE, FPS).reduce((sum, scene) => sum + scene.frames, 0);
    const { streams } = await probe(ffmpeg, film);
    const [video, audio] = streams;
    expect(video).toMatchObject({
      codec_type: "video",
      start_time: "0.000000",
      nb_read_packets: String(frames),
    });
    expect(audio).toMatchObject({
      codec_name: "aac",
      start_time: "0.000000",
      sample_rate: "48000",
      channels: 2,
    });
    expect(Math.abs(Number(video!.duration) - frames / FPS)).toBeLessThan(1e-6);
    expect(Math.abs(Number(audio!.duration) - frames / FPS)).toBeLessThan(1 / FPS);
    const times = await packetTimes(film, "v:0");
    const shown = times.map(({ pts }) => Math.round(pts * FPS * 1000) / 1000).sort((a, b) => a - b);
    expect(shown).toEqual(Array.from({ length: frames }, (_, index) => index));
    const decoded = times.map(({ dts }) => dts);
    expect(decoded.every((dts, index) => index === 0 || dts > decoded[index - 1]!)).toBe(true);
  });

  test("decodes without a word, begins with its index, and has no date in it", async () => {
    await expectCleanDecode(film);
    const bytes = await readFile(film);
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
    expect(bytes.includes("Lavf")).toBe(false);
  });

  test("keeps the colour tags", async () => {
    const [video] = (await probe(ffmpeg, film)).streams;
    expect(video).toMatchObject({
      color_range: "tv",
      color_space: "bt709",
      color_transfer: "bt709",
      color_primaries: "bt709",
    });
  });

  test("is neither silent, nor loud, nor clipped", async () => {
    const { loudness, peak } = await listen(film);
    expect(loudness).toBeGreaterThan(-16);
    expect(loudness).toBeLessThan(-14);
    expect(peak).toBeLessThan(-1.5);
  });

  test("is the same, byte for byte, when made again", async () => {
    const again = await build({});
    expect((await readFile(again)).equals(await readFile(film))).toBe(true);
  });
});

describe("music", () => {
  test("goes on under the narration for the whole film, however short it is itself, and fades out", async () => {
    // 0.7 seconds of it, and ten times too quiet: its own loudness must not matter.
    const hum = Int16Array.from({ length: 33_600 }, (_, index) => Math.round(900 * Math.sin(index / 7)));
    await writeWave(folder.in("music.wav"), hum, 48_000);
    const film = await build({ music: input("music.wav"), params: { music_gain_db: -12, fade: 0.5 } });
    const { loudness, peak, samples } = await listen(film);
    expect(loudness).toBeGreaterThan(-16);
    expect(loudness).toBeLessThan(-14);
    expect(peak).toBeLessThan(-1.5);
    const level = (from: number, to: number) =>
      Math.sqrt(samples.subarray(from, to).reduce((sum, value) => sum + value * value, 0) / (to - from));
    for (const { voiceSample } of layScenes(counts, PAUSE, FPS).slice(2)) {
      expect(level(voiceSample - 6_000, voiceSample - 1_000)).toBeGreaterThan(300);
    }
    const end = layScenes(counts, PAUSE, FPS).reduce((sum, scene) => sum + scene.samples, 0);
    expect(level(end - 1_000, end)).toBeLessThan(level(end - 30_000, end - 28_000) / 8);
    await expectCleanDecode(film);
  });

  test("under a narration of silence stays where it is, and nothing is turned up to full", async () => {
    await writeWave(folder.in("silence.wav"), new Int16Array(24_000), 48_000);
    const still = [await segment("still.mp4", folder.in("picture.png"), sceneFrames(24_000, PAUSE, FPS))];
    const film = await build({ segments: still, narration: [input("silence.wav")] });
    expect((await listen(film)).peak).toBeLessThan(-80);
  });
});

describe("pieces that do not fit", () => {
  test("another number of narrations", async () => {
    await expect(build({ narration: narration.slice(1) })).rejects.toMatchObject({
      name: "Failure",
      message: "There are 8 segments and 7 narrations.",
      help: "Give one of each for every scene, in the same order.",
    });
  });

  test("a segment of another length", async () => {
    const short = await segment("short.mp4", folder.in("picture.png"), 9);
    const frames = sceneFrames(counts[1]!, PAUSE, FPS);
    await expect(build({ segments: segments.with(1, short) })).rejects.toMatchObject({
      name: "Failure",
      message: `short.mp4 has 9 frames; with its pauses, voice 1.wav takes ${frames} at 30 a second.`,
    });
  });

  test("a segment of another size", async () => {
    const frames = sceneFrames(counts[1]!, PAUSE, FPS);
    const size = { width: 180, height: 320 };
    const tall = await segment("tall.mp4", folder.in("picture.png"), frames, size);
    await expect(build({ segments: segments.with(1, tall) })).rejects.toMatchObject({
      name: "Failure",
      message: "tall.mp4 is 180x320 pixels; it's segment 0.mp4 is 320x180.",
    });
  });

  test("a narration without sound", async () => {
    const picture: InputFile = { path: folder.in("picture.png"), name: "picture.png", extension: ".png" };
    await expect(build({ narration: narration.with(3, picture) })).rejects.toThrow(
      `ffmpeg failed while decoding the audio of ${picture.path}`,
    );
  });

  test("an abort", async () => {
    await expect(build({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });
});

describe("the timeline", () => {
  test("rounds up to whole frames, and a sample more is a frame more", () => {
    const none = { before: 0, after: 0 };
    expect(sceneFrames(1_600, none, 30)).toBe(1);
    expect(sceneFrames(1_601, none, 30)).toBe(2);
    expect(sceneFrames(1, { before: 0.5, after: 0.5 }, 24)).toBe(25);
    expect(() => sceneFrames(1, none, 29)).toThrow("BUG: 29 frames a second do not divide 48000 Hz");
  });

  test("said durations never add up to another microsecond", () => {
    const scenes = layScenes(Array(100).fill(1), { before: 0, after: 0 }, 30);
    const piece = { path: "/a 'b'.mp4", name: "b" };
    const list = concatList(Array(100).fill(piece), scenes, 30);
    const sum = [...list.matchAll(/^duration 0\.(\d{6})$/gm)].reduce(
      (total, [, digits]) => total + Number(digits),
      0,
    );
    expect(sum).toBe(Math.round((100 / 30) * 1e6));
    expect(list.split("\n").slice(0, 2)).toEqual(["ffconcat version 1.0", "file '/a '\\''b'\\''.mp4'"]);
  });

  test("other frame rates are turned down before anything runs", () => {
    expect(assemble.checkParams({ fps: 29.97, pause: PAUSE })).toMatchObject({ ok: false });
  });
});
