/** Somebody's own video or picture becomes a piece of the film: its form, its rate, and sound of just its length. */
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, test, vi } from "vitest";
import { decodeAudio } from "../lib/media/decode-audio.ts";
import { runFfmpeg } from "../lib/media/ffmpeg.ts";
import { probe } from "../lib/media/probe.ts";
import clip from "../tasks/clip.ts";
import { decodeFrames, ffmpeg, makePicture, packetTimes, temporaryFolder } from "./media-kit.ts";
import { inputFile, runTask } from "./task-kit.ts";

vi.mock("../lib/base/offload.ts", async (original) => {
  const { offloadHere } = await import("./here.ts");
  return { ...(await original<object>()), offload: offloadHere };
});

const folder = temporaryFolder();
const VIDEO = { width: 160, height: 90, fps: 30, background: "#1020f0" };

/** A file of ffmpeg's sources; `options` say how. */
async function make(name: string, sources: readonly string[], ...options: string[]): Promise<string> {
  const path = folder.in(name);
  await runFfmpeg(ffmpeg, { what: `making ${name}` }, (command) => {
    for (const source of sources) command.input(source).inputOptions("-f", "lavfi");
    command.outputOptions(...options, "-y").output(path);
  });
  return path;
}

async function made(path: string, params: object = {}) {
  const { outputs } = await runTask(
    clip,
    { video: VIDEO, ...params },
    {
      folder,
      inputs: { source: inputFile(path) },
      tools: { ffmpeg },
    },
  );
  const { frames } = JSON.parse(await readFile(outputs.info!, "utf8"));
  return { video: outputs.video!, sound: outputs.sound!, frames: frames as number };
}

/** Of the piece: all that segments are joined by, and as many samples as its frames last. */
async function expectPiece({ video, sound, frames }: { video: string; sound: string; frames: number }) {
  const found = await probe(ffmpeg, video);
  expect(found).toMatchObject({ width: 160, height: 90, frames });
  expect(found.streams).toHaveLength(1);
  expect(found.streams[0]).toMatchObject({
    codec_name: "h264",
    pix_fmt: "yuv420p",
    color_range: "tv",
    color_space: "bt709",
    color_transfer: "bt709",
    color_primaries: "bt709",
    r_frame_rate: "30/1",
    time_base: "1/30000",
    start_time: "0.000000",
  });
  const shown = (await packetTimes(video, "v:0"))
    .map(({ pts }) => Math.round(pts * 30))
    .sort((a, b) => a - b);
  expect(shown).toEqual(Array.from({ length: frames }, (_, index) => index));
  expect((await readFile(sound)).length).toBe(44 + frames * 1_600 * 4);
  expect(await decodeAudio(ffmpeg, sound, { rate: 48_000, channels: 2 })).toHaveLength(frames * 3_200);
}

const loudest = (samples: Int16Array) => samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const TONE = "sine=f=440:r=44100:d=2";

describe("a video", () => {
  test("of another rate, size and sound", async () => {
    const path = await make(
      "pal.mp4",
      ["testsrc2=s=352x288:r=25:d=2", TONE],
      "-ac",
      "1",
      "-pix_fmt",
      "yuv444p",
    );
    const piece = await made(path);
    await expectPiece(piece);
    expect(piece.frames).toBe(60);
    expect(loudest(await decodeAudio(ffmpeg, piece.sound, { rate: 48_000, channels: 2 }))).toBeGreaterThan(
      1_000,
    );
  });

  test("in another shape stands on the background, or fills the frame", async () => {
    const path = await make("tall.mp4", ["color=white:s=90x160:r=30:d=0.5"], "-pix_fmt", "yuv420p");
    const lumaAt = async (params: object, x: number) => {
      const [frame] = await decodeFrames((await made(path, params)).video, 160, 90);
      return frame![45 * 160 + x]!;
    };
    // BT.709, limited range: blue of (16, 32, 240) is 54, white is 235.
    expect(Math.abs((await lumaAt({}, 10)) - 54)).toBeLessThanOrEqual(3);
    expect(await lumaAt({}, 80)).toBeGreaterThan(230);
    expect(await lumaAt({ fit: "cover" }, 10)).toBeGreaterThan(230);
  });

  test("of pixels that are not square is shown in its own shape", async () => {
    // 120x90 pixels, each a third wider than high: 16:9.
    const path = await make("sar.mp4", ["color=white:s=120x90:r=30:d=0.3,setsar=4/3"], "-pix_fmt", "yuv420p");
    const [frame] = await decodeFrames((await made(path)).video, 160, 90);
    expect(frame![45 * 160 + 2]).toBeGreaterThan(220);
  });

  test("without sound is silent for as long", async () => {
    const piece = await made(await make("mute.mp4", ["testsrc2=s=160x90:r=24:d=1"], "-pix_fmt", "yuv420p"));
    await expectPiece(piece);
    expect(piece.frames).toBe(30);
    expect(loudest(await decodeAudio(ffmpeg, piece.sound, { rate: 48_000, channels: 2 }))).toBe(0);
  });

  test("whose sound is shorter, or longer, or comes later, stays with it", async () => {
    const short = await make("short.mkv", ["testsrc2=s=160x90:r=30:d=2", "sine=d=1"], "-c:a", "pcm_s16le");
    await expectPiece(await made(short));
    const long = await make("long.mkv", ["testsrc2=s=160x90:r=30:d=1", "sine=d=3"], "-c:a", "pcm_s16le");
    const piece = await made(long);
    await expectPiece(piece);
    expect(piece.frames).toBe(30);
    const sound = await make("sine.wav", ["sine=d=1"]);
    await runFfmpeg(ffmpeg, { what: "making late.mkv" }, (command) =>
      command
        .input(long)
        .input(sound)
        .inputOptions("-itsoffset", "0.5")
        .outputOptions("-map", "0:v", "-map", "1:a", "-c", "copy", "-y")
        .output(folder.in("late.mkv")),
    );
    const samples = await decodeAudio(ffmpeg, (await made(folder.in("late.mkv"))).sound, {
      rate: 48_000,
      channels: 1,
    });
    const onset = samples.findIndex((value) => Math.abs(value) > 300);
    expect(Math.abs(onset / 48_000 - 0.5)).toBeLessThan(0.01);
  });

  test("ends where it is to end, and is the same bytes each time", async () => {
    const path = await make("two.mp4", ["testsrc2=s=160x90:r=30:d=2", TONE], "-pix_fmt", "yuv420p");
    const [once, again] = [await made(path, { seconds: 0.7 }), await made(path, { seconds: 0.7 })];
    await expectPiece(once);
    expect(once.frames).toBe(21);
    expect((await readFile(again.video)).equals(await readFile(once.video))).toBe(true);
    expect((await readFile(again.sound)).equals(await readFile(once.sound))).toBe(true);
    expect((await made(path, { seconds: 9 })).frames).toBe(60);
  });

  test("that is HDR, has no picture, or is no video, is told", async () => {
    const hdr = await make(
      "hdr.mp4",
      ["testsrc2=s=160x90:r=30:d=0.2"],
      "-pix_fmt",
      "yuv420p",
      "-color_trc",
      "smpte2084",
    );
    await expect(made(hdr)).rejects.toMatchObject({
      name: "Failure",
      message: "hdr.mp4 is HDR (smpte2084), and the film is not.",
      help: "Convert it to BT.709 first, with a tone mapping of your choice.",
    });
    await expect(made(await make("sound.mp4", [TONE], "-c:a", "aac"))).rejects.toMatchObject({
      message: "sound.mp4 has no picture.",
    });
    await writeFile(folder.in("text.mp4"), "no film");
    await expect(made(folder.in("text.mp4"))).rejects.toThrow("ffprobe cannot read");
  });
});

/** A decoder's settings, which stand once in a film, for all of its pieces. */
function settingsOf(video: string): string {
  const entries = ["-select_streams", "v", "-show_entries", "stream=extradata_hash", "-of", "csv=p=0"];
  const words = ["-v", "error", "-show_data_hash", "md5", ...entries, video];
  return execFileSync(ffmpeg.probePath, words, { encoding: "utf8" }).trim();
}

test("a video and a picture, of whatever shape, are encoded alike", async () => {
  const still = await made(await makePicture(folder.in("still.png"), "testsrc2=s=300x200"), { seconds: 0.5 });
  for (const [i, source] of [
    "testsrc2=s=90x160",
    "testsrc2=s=322x180",
    "testsrc2=s=120x90,setsar=4/3",
  ].entries()) {
    const video = await made(
      await make(`shape ${i}.mp4`, [`${source},fps=30,trim=end=0.5`], "-pix_fmt", "yuv420p"),
    );
    expect(settingsOf(video.video)).toMatch(/^MD5:/i);
    expect(settingsOf(video.video)).toBe(settingsOf(still.video));
  }
});

test("a picture stands for four seconds, or for as long as is said, without a sound", async () => {
  const path = await makePicture(folder.in("card 100%d.png"), "testsrc2=s=400x300");
  const piece = await made(path);
  await expectPiece(piece);
  expect(piece.frames).toBe(120);
  expect(loudest(await decodeAudio(ffmpeg, piece.sound, { rate: 48_000, channels: 2 }))).toBe(0);
  const short = await made(path, { seconds: 0.5, motion: "zoom-in" });
  await expectPiece(short);
  expect(short.frames).toBe(15);
});
