/** Beds: music that goes on and on, and nobody hears where it begins again. */
import { mkdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { Failure } from "../lib/base/failure.ts";
import { decodeAudio } from "../lib/media/decode-audio.ts";
import { runFfmpeg } from "../lib/media/ffmpeg.ts";
import { type BedInfo, makeBed } from "../lib/media/sound/bed.ts";
import { SAMPLE_RATE } from "../lib/media/timeline.ts";
import { ffmpeg, quietContext, temporaryFolder, writeWave } from "./media-kit.ts";
import { ebur128, level, tone, wave } from "./sound-kit.ts";

const folder = temporaryFolder();
let beds = 0;

async function bedOf(path: string, crossfade = 2): Promise<{ info: BedInfo; path: string }> {
  const scratch = folder.in(`bed ${++beds}`);
  await mkdir(scratch);
  const output = `${scratch}/bed.wav`;
  const music = { path, name: "music/tune.mp3" };
  return { info: await makeBed({ ffmpeg, music, crossfade, output, scratch }, quietContext()), path: output };
}

async function music(name: string, samples: Int16Array, ...coding: string[]): Promise<string> {
  const source = await writeWave(folder.in(`${name}.wav`), samples, SAMPLE_RATE);
  if (coding.length === 0) return source;
  const path = folder.in(name);
  await runFfmpeg(ffmpeg, { what: "making music" }, (command) =>
    command
      .input(source)
      .outputOptions(...coding)
      .output(path),
  );
  return path;
}

/** One channel of what is heard when the bed is played twice: the second time from its loop's start. */
async function playedTwice({ info, path }: { info: BedInfo; path: string }): Promise<Int16Array> {
  const once = await decodeAudio(ffmpeg, path, { rate: SAMPLE_RATE, channels: 1 });
  expect(once).toHaveLength(info.samples);
  const again = once.subarray(info.loop_start);
  const both = new Int16Array(once.length + again.length);
  both.set(once);
  both.set(again, once.length);
  return both;
}

/** The sharpest bend of the curve near a place, as a multiple of the sharpest in the second before: a click has 10 and more. */
function click(samples: Int16Array, at: number): number {
  const sharpest = (from: number, to: number) => {
    let most = 0;
    for (let i = from; i < to; i++) {
      most = Math.max(most, Math.abs(samples[i + 1]! - 2 * samples[i]! + samples[i - 1]!));
    }
    return most;
  };
  return sharpest(at - 20, at + 20) / sharpest(at - SAMPLE_RATE, at - 1_000);
}

/** Three tones with nothing in common, so that no two places of it are alike. */
const chord = (time: number) => tone(220, 0.2)(time) + tone(331.7, 0.15)(time) + tone(497.3, 0.1)(time);

describe("music of any kind", () => {
  test.each([
    ["an mp3 of an odd length", "odd.mp3", 7.213, ["-c:a", "libmp3lame", "-b:a", "128k"]],
    ["an mp3 that does not tell its padding", "bare.mp3", 7.213, ["-c:a", "libmp3lame", "-write_xing", "0"]],
    ["44.1 kHz", "cd.wav", 7.213, ["-ar", "44100"]],
    ["a wave file of three seconds", "short.wav", 3, []],
    ["a wave file of half a second", "blip.wav", 0.5, []],
  ])("%s", async (_, name, seconds, coding) => {
    const bed = await bedOf(await music(name, wave(seconds, chord), ...coding));
    const { samples, loop_start, seam } = bed.info;
    expect(Math.abs(samples / SAMPLE_RATE - seconds)).toBeLessThan(0.06);
    expect(seam).toBe("crossfaded");
    expect(Math.abs(loop_start / SAMPLE_RATE - Math.min(2, seconds / 4))).toBeLessThan(0.02);
    const sound = await playedTwice(bed);
    if (seconds < 2) return;
    expect(click(sound, samples)).toBeLessThan(1.5);
    // Nowhere does it fall silent, and over the joint and the crossfade it stays as loud as it is.
    const usual = level(sound, SAMPLE_RATE / 2, samples - loop_start);
    for (let at = SAMPLE_RATE / 10; at + 4_800 < sound.length; at += 4_800) {
      expect(Math.abs(level(sound, at, at + 4_800) - usual)).toBeLessThan(3.5);
    }
  });

  test("a plain repeat of the same clicks: the test has ears", async () => {
    const samples = wave(7.213, chord);
    const twice = new Int16Array(2 * samples.length);
    twice.set(samples);
    twice.set(samples, samples.length);
    expect(click(twice, samples.length)).toBeGreaterThan(10);
  });

  test("silence before and after it is cut off", async () => {
    const padded = wave(9, (time) => (time > 1.2 && time < 8.1 ? chord(time) : 0));
    const { info } = await bedOf(await music("padded", padded));
    expect(info.samples / SAMPLE_RATE).toBeGreaterThan(6.89);
    expect(info.samples / SAMPLE_RATE).toBeLessThan(6.93);
  });

  test("music whose ends meet is left as it is", async () => {
    // 220 whole periods, and as many of its fifth.
    const samples = wave(6, (time) => tone(220, 0.3)(time) + tone(330, 0.2)(time));
    const bed = await bedOf(await music("loop", samples));
    expect(bed.info).toMatchObject({ seam: "met", samples: 288_000, loop_start: 0 });
    expect(click(await playedTwice(bed), 288_000)).toBeLessThan(1.1);
  });

  test.each(["first-light", "gold-hour", "night-watch"])("the shipped %s", async (name) => {
    const bed = await bedOf(`shared/music/${name}.mp3`);
    expect(bed.info.seam).toBe(name === "night-watch" ? "crossfaded" : "met");
    expect(click(await playedTwice(bed), bed.info.samples)).toBeLessThan(1.5);
  });
});

test("it tells its loudness, never clips, and has the same bytes each time", async () => {
  const loud = await music(
    "loud",
    wave(6, (time) => 1.02 * Math.sign(chord(time))),
  );
  const [once, again] = [await bedOf(loud), await bedOf(loud)];
  const measured = await ebur128(once.path);
  expect(Math.abs(once.info.loudness - measured.loudness)).toBeLessThan(0.06);
  const samples = await decodeAudio(ffmpeg, once.path, { rate: SAMPLE_RATE, channels: 2 });
  expect(samples.every((sample) => Math.abs(sample) < 32_767)).toBe(true);
  expect(again.info).toEqual(once.info);
  expect((await readFile(again.path)).equals(await readFile(once.path))).toBe(true);
});

test("music that is silent is no music", async () => {
  const silent = await music("silent", new Int16Array(96_000));
  const failure = await bedOf(silent).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({
    message: "music/tune.mp3 is silent from its beginning to its end.",
    help: "Give other music, or none: `music: null` in faceless.config.yaml.",
  });
});

test("a file without sound is told by its name", async () => {
  await expect(bedOf("README.md")).rejects.toThrow(
    "ffmpeg failed while decoding the audio of music/tune.mp3: ",
  );
});
