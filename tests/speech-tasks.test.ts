/** The tasks `speech` and `words`: an mp3 of the same bytes each time, and whose word times are in the file. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import type { Json } from "../lib/base/json.ts";
import { UNBOOKED } from "../lib/engine/till.ts";
import { decodeAudio } from "../lib/media/decode-audio.ts";
import type { InputFile, Task } from "../lib/model/task.ts";
import { speakText } from "../lib/providers/offline/flite/speak.ts";
import type { Speech, SpeechProvider } from "../lib/providers/speech.ts";
import { readWav } from "../lib/providers/wav.ts";
import speech from "../tasks/speech.ts";
import words from "../tasks/words.ts";
import { ffmpeg, temporaryFolder, writeWave } from "./media-kit.ts";

const temporary = temporaryFolder();
const { signal } = new AbortController();

/** The offline voice without its worker thread, which needs a build. */
const here: SpeechProvider = {
  identity: "here",
  estimate: () => 0,
  async synthesize({ text, speed }) {
    const spoken = await speakText({ text, voice: "slt", speed }, { signal, progress() {} });
    if (spoken.refused) throw new Error(spoken.refused.message);
    return { audio: spoken.audio, format: "wav", words: spoken.words };
  },
};

function always(answer: Speech): SpeechProvider {
  return { identity: "always", estimate: () => 0, synthesize: async () => answer };
}

let attempts = 0;

async function run(
  task: Task,
  params: Json,
  rest: { speech?: SpeechProvider; inputs?: Record<string, InputFile> },
) {
  const checked = task.checkParams(params);
  if (!checked.ok) throw new Error(checked.problems.join("; "));
  const scratch = temporary.in(`attempt-${++attempts}`);
  await mkdir(scratch);
  const outputs = Object.entries(task.outputs).map(([name, extension]) => {
    const path = `${scratch}/out/${name}.${extension}`;
    return [name, { path, write: (content: Uint8Array | string) => writeFile(path, content) }] as const;
  });
  await mkdir(dirname(outputs[0]![1].path));
  const notices: string[] = [];
  await task.run({
    params: checked.value,
    inputs: rest.inputs ?? {},
    outputs: Object.fromEntries(outputs),
    tools: { speech: rest.speech, ffmpeg },
    scratch,
    signal,
    stop: signal,
    till: UNBOOKED,
    progress() {},
    notice: (text) => notices.push(text),
  });
  return { notices, ...Object.fromEntries(outputs.map(([name, { path }]) => [name, path])) } as Record<
    string,
    string
  > & {
    notices: string[];
  };
}

function input(path: string, name: string): InputFile {
  return { path, name, extension: name.slice(name.lastIndexOf(".")) };
}

async function json(path: string | undefined) {
  return JSON.parse(await readFile(path!, "utf8"));
}

const TEXT = "The keeper counted seventeen ships. Nobody — not one — came back.";

test("a narration is an mp3 of the same bytes each time, as long as what was spoken", async () => {
  const params = { text: TEXT, voice: "nova" };
  const once = await run(speech, params, { speech: here });
  const again = await run(speech, params, { speech: here });
  const bytes = await readFile(once.audio!);
  expect(await readFile(again.audio!)).toEqual(bytes);
  expect(bytes.subarray(0, 3).toString("latin1")).not.toBe("ID3");
  const { audio } = await here.synthesize(
    { text: TEXT, voice: "nova", speed: 1 },
    { signal, stop: signal, till: UNBOOKED, notice() {} },
  );
  const { samples, rate } = readWav(audio);
  const decoded = await decodeAudio(ffmpeg, once.audio!, { rate: 48_000, channels: 1 });
  expect(decoded.length / 48_000).toBeCloseTo(samples.length / rate, 1);
  // Sound starts where it started: the encoder's delay is taken off again.
  const onset = (pcm: Int16Array) => pcm.findIndex((sample) => Math.abs(sample) > 1500);
  expect(Math.abs(onset(decoded) / 48_000 - onset(samples) / rate)).toBeLessThan(0.01);
});

test("the engine's word times reach the words file", async () => {
  const spoken = await run(speech, { text: TEXT, voice: "nova" }, { speech: here });
  const { notices, words: file } = await run(
    words,
    { text: TEXT },
    {
      inputs: { narration: input(spoken.audio!, "audio/s.mp3"), marks: input(spoken.marks!, "audio/s.json") },
    },
  );
  const told = await json(file);
  const decoded = await decodeAudio(ffmpeg, spoken.audio!, { rate: 48_000, channels: 1 });
  expect(notices).toEqual([]);
  expect({ ...told, words: undefined }).toEqual({
    text: TEXT,
    sample_rate: 48_000,
    samples: decoded.length,
    timing: "engine",
  });
  expect(told.words).toEqual((await json(spoken.marks)).words);
});

test("mp3 from an engine that does not know its words is kept as it is, and words are in proportion", async () => {
  const made = await run(speech, { text: TEXT, voice: "nova" }, { speech: here });
  const audio = new Uint8Array(await readFile(made.audio!));
  const spoken = await run(
    speech,
    { text: TEXT, voice: "x" },
    { speech: always({ audio, format: "mp3", words: undefined }) },
  );
  expect(new Uint8Array(await readFile(spoken.audio!))).toEqual(audio);
  expect(await readFile(spoken.marks!, "utf8")).toBe('{\n  "words": null\n}\n');
  const narration = input(spoken.audio!, "audio/s.mp3");
  const without = await run(words, { text: TEXT }, { inputs: { narration } });
  const unknown = await run(
    words,
    { text: TEXT },
    { inputs: { narration, marks: input(spoken.marks!, "s.json") } },
  );
  expect([...without.notices, ...unknown.notices]).toEqual([]);
  expect(await json(without.words)).toMatchObject({ timing: "proportional" });
  expect(await json(unknown.words)).toEqual(await json(without.words));
});

const mark = (text: string, start: number, end: number) => ({ text, start, end });
const INSTEAD = "They are estimated from the length of the words instead.";

test.each([
  [[mark("One", 0, 1)], "they are for 1 words, and the text has 2"],
  [[mark("One", 0, 1), mark("three.", 1, 2)], "word 2 is 'two.' in the text and 'three.' in them"],
  [[mark("One", 0, 1.2), mark("two.", 1, 2)], "'two.' at 1 s is out of order"],
  [[mark("One", 0, 1), mark("two.", 1, 3.2)], "they end at 3.2 s, and the audio at 3 s"],
  [[mark("One", 0, 1), mark("two.", 1, 1.2)], "they end at 1.2 s, long before the audio at 3 s"],
])("marks that contradict text or audio are told of: %j", async (marks, why) => {
  const wave = await writeWave(temporary.in("three-seconds.wav"), new Int16Array(48_000 * 3), 48_000);
  const file = temporary.in("marks.json");
  await writeFile(file, JSON.stringify({ words: marks }));
  const { notices, words: made } = await run(
    words,
    { text: "One two." },
    {
      inputs: { narration: input(wave, "pinned/audio/s/scene_01.mp3"), marks: input(file, "s.json") },
    },
  );
  expect(notices).toEqual([
    `The word times of the speech engine do not fit pinned/audio/s/scene_01.mp3: ${why}. ${INSTEAD}`,
  ]);
  expect(await json(made)).toEqual({
    text: "One two.",
    sample_rate: 48_000,
    samples: 144_000,
    timing: "proportional",
    words: [mark("One", 0, 1.5), mark("two.", 1.5, 3)],
  });
});

test("marks that are none", async () => {
  const wave = await writeWave(temporary.in("short.wav"), new Int16Array(4_800), 48_000);
  const file = temporary.in("none.json");
  const inputs = { narration: input(wave, "s.mp3"), marks: input(file, "audio/s.json") };
  await writeFile(file, "{");
  await expect(run(words, { text: "One" }, { inputs })).rejects.toMatchObject({
    message: "audio/s.json is not JSON.",
    help: "Delete it: the speech task makes it again.",
  });
  await writeFile(file, "{}");
  await expect(run(words, { text: "One" }, { inputs })).rejects.toMatchObject({
    message: expect.stringMatching(/^audio\/s\.json has no word marks: .*words/s),
  });
});

test("params are checked before anything is spoken", () => {
  expect(speech.checkParams({ text: " Hi ", voice: "nova" })).toEqual({
    ok: true,
    value: { text: "Hi", voice: "nova", speed: 1 },
  });
  expect(speech.checkParams({ text: "  ", voice: "nova", speed: 5 })).toMatchObject({ ok: false });
});
