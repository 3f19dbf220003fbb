/** The task sound: what it is given is checked, and what goes wrong is told by the names that a person knows. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { UNBOOKED } from "../lib/engine/till.ts";
import type { Reel } from "../lib/media/reel.ts";
import type { SoundReport } from "../lib/media/sound/render.ts";
import { SAMPLE_RATE } from "../lib/media/timeline.ts";
import type { InputFile } from "../lib/task.ts";
import bedTask from "../tasks/bed.ts";
import sound from "../tasks/sound.ts";
import voiceTask from "../tasks/voice.ts";
import { ffmpeg, temporaryFolder, writeWave } from "./media-kit.ts";
import { hum, reelOf, tone, wave } from "./sound-kit.ts";
import { runTask } from "./task-kit.ts";

const folder = temporaryFolder();
let made = 0;

function wav(name: string, samples: Int16Array): Promise<string> {
  return writeWave(folder.in(`${name}.wav`), samples, SAMPLE_RATE);
}

const input = (path: string, name: string): InputFile => ({
  path,
  name,
  extension: name.slice(name.lastIndexOf(".")),
});

async function run(reel: Reel, inputs: Record<string, unknown>, draft = false) {
  const scratch = folder.in(`task ${++made}`);
  await mkdir(scratch);
  const checked = sound.checkParams({ reel, draft });
  if (!checked.ok) throw new Error(checked.problems.map(({ message }) => message).join("; "));
  const out = (name: string) => {
    const path = `${scratch}/${name}`;
    return { path, write: (content: Uint8Array | string) => writeFile(path, content) };
  };
  const outputs = { sound: out("sound.m4a"), report: out("report.json") };
  const notices: string[] = [];
  await sound.run({
    ...{ params: checked.value, outputs, tools: { ffmpeg }, scratch },
    inputs: { voice: [], ...inputs } as Parameters<typeof sound.run>[0]["inputs"],
    signal: new AbortController().signal,
    stop: new AbortController().signal,
    till: UNBOOKED,
    progress: () => {},
    notice: (text) => notices.push(text),
  });
  const bytes = await readFile(outputs.sound.path);
  return {
    notices,
    sound: bytes,
    report: JSON.parse(await readFile(outputs.report.path, "utf8")) as SoundReport,
  };
}

const oneScene = reelOf(30, [{ scene: 1, at: 9_600, samples: 24_000 }]);
let narration: InputFile;
beforeAll(async () => {
  narration = input(await wav("one", wave(0.5, hum(300))), "audio/story/scene_01.mp3");
});

test("makes the sound in a worker, and a report", async () => {
  const { report, notices } = await run(oneScene, { narration: [narration] });
  expect(notices).toEqual([]);
  expect(report).toMatchObject({ samples: 48_000, channels: 2, music: null, encodes: 1 });
});

test("a draft takes voices as the task 'voice' made them, and sounds as if it had decoded them", async () => {
  const made = await runTask(voiceTask, {}, { folder, inputs: { narration }, tools: { ffmpeg } });
  const voice = input(made.outputs.voice!, "work/story/scene_01.voice.wav");
  const decoding = await run(oneScene, { narration: [narration] }, true);
  const reading = await run(oneScene, { narration: [narration], voice: [voice] }, true);
  expect(reading.sound.equals(decoding.sound)).toBe(true);
  expect(reading.report).toEqual(decoding.report);

  await expect(run(oneScene, { narration: [narration], voice: [voice] })).rejects.toMatchObject({
    message: "'voice' is what a draft is made of, and this is none.",
    help: "Leave out `voice`, or give it to drafts alone.",
  });
  const two = { narration: [narration], voice: [voice, voice] };
  await expect(run(oneScene, two, true)).rejects.toThrow("The reel has 1 scene, and 'voice' has 2 files.");
});

test("tells what the sound could not be brought to", async () => {
  const clicks = wave(1, (time) => ((time * 9) % 1 < 0.001 ? 0.9 * Math.sin(40_000 * time) : 0));
  const rattle = input(await wav("rattling", clicks), "audio/story/scene_01.mp3");
  const reel = reelOf(30, [{ scene: 1, at: 0, samples: 48_000 }]);
  const { notices, report } = await run(reel, { narration: [rattle] });
  expect(notices).toEqual([
    `The sound has ${report.loudness} LUFS, not -14: more would be nothing but the limiter's work.`,
  ]);
});

test("takes music as the task bed makes it", async () => {
  const scratch = folder.in("bed");
  await mkdir(scratch);
  const checked = bedTask.checkParams({});
  const out = (name: string) => {
    const path = `${scratch}/${name}`;
    return { path, write: (content: Uint8Array | string) => writeFile(path, content) };
  };
  const outputs = { bed: out("bed.wav"), info: out("info.json") };
  await bedTask.run({
    ...{ params: checked.ok && checked.value, outputs, tools: { ffmpeg }, scratch },
    inputs: { music: input(await wav("tune", wave(3, tone(440))), "shared/music/tune.mp3") },
    ...{ signal: new AbortController().signal, stop: new AbortController().signal, till: UNBOOKED },
    ...{ progress: () => {}, notice: () => {} },
  });
  expect(JSON.parse(await readFile(outputs.info.path, "utf8"))).toEqual({
    loudness: expect.closeTo(-6.8, 1),
    samples: 144_000,
    loop_start: 0,
    seam: "met",
  });
  const { report } = await run(oneScene, {
    narration: [narration],
    bed: input(outputs.bed.path, "work/bed.wav"),
    bed_info: input(outputs.info.path, "work/bed.json"),
  });
  expect(report.music!.gain).toBeCloseTo(-14 - 12 - report.music!.loudness, 1);
});

test("a scene without narration", async () => {
  const two = reelOf(60, [
    { scene: 1, at: 0, samples: 24_000 },
    { scene: 2, at: 48_000, samples: 24_000 },
  ]);
  await expect(run(two, { narration: [narration] })).rejects.toMatchObject({
    name: "Failure",
    message: "The reel has 2 scenes, and 'narration' has 1 file.",
    help: 'Give one for each of its scenes, in their order; those of a part are "words[scene in part.scenes]".',
  });
});

test("a narration of another length than the timeline's", async () => {
  const other = reelOf(30, [{ scene: 1, at: 9_600, samples: 24_001 }]);
  await expect(run(other, { narration: [narration] })).rejects.toMatchObject({
    name: "Failure",
    message: "audio/story/scene_01.mp3 has 24000 samples at 48 kHz; the timeline was made for 24001.",
    help: "Make the timeline from the same narrations as the sound: its lengths come from their words.",
  });
});

test("a bed without its info", async () => {
  const bed = input(narration.path, "work/music.wav");
  await expect(run(oneScene, { narration: [narration], bed })).rejects.toMatchObject({
    message: "work/music.wav comes without its bed_info, which says how loud it is and where it loops.",
    help: "Give both outputs of the task bed: `in: { bed: bed.bed, bed_info: bed.info }`.",
  });
});

test("a bed_info that is none", async () => {
  const path = folder.in("info.json");
  await writeFile(path, '{ "loudness": "loud" }');
  const inputs = { bed: input(narration.path, "work/bed.wav"), bed_info: input(path, "work/bed.json") };
  await expect(run(oneScene, { narration: [narration], ...inputs })).rejects.toThrow(
    "work/bed.json is not as expected: ",
  );
});

test("a reel that is none", () => {
  const { frames, ...reel } = oneScene;
  expect(sound.checkParams({ reel: { ...reel, part: 1 } })).toEqual({
    ok: false,
    problems: [
      { param: "reel", message: "with.reel: missing key 'frames' in 'reel': a number.", help: undefined },
      {
        param: "reel",
        message: "with.reel.part: unknown key 'part'.",
        help: "The keys are 'fps', 'frames', 'intro_frames', 'outro_frames', 'scenes'.",
      },
    ],
  });
});

test("a narration without sound is told by its name", async () => {
  const picture = input("docs/frames.jpg", "audio/story/scene_01.mp3");
  await expect(run(oneScene, { narration: [picture] })).rejects.toThrow(
    "ffmpeg failed while decoding the audio of audio/story/scene_01.mp3: ",
  );
});
