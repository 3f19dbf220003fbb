/** Subtitles beside a film: all that is said, when it is said, in the two formats that players read. */
import { writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cuesOf, type HeardScene, writeSrt, writeVtt } from "../lib/media/captions/subtitles.ts";
import { columnsOf } from "../lib/media/captions/units.ts";
import { probe } from "../lib/media/probe.ts";
import type { Reel } from "../lib/media/reel.ts";
import { proportionalWords } from "../lib/media/words.ts";
import subtitles from "../tasks/subtitles.ts";
import { ffmpeg, temporaryFolder } from "./media-kit.ts";
import { inputFile, runTask } from "./task-kit.ts";

const folder = temporaryFolder();
const RATE = 48_000;

/** Speech of so many seconds that is heard from `at` on, in seconds too. */
function scene(text: string, seconds: number, at: number): HeardScene {
  const samples = seconds * RATE;
  const voice = { at: at * RATE, from: 0, samples, whole: samples };
  return { words: proportionalWords(text, seconds), voice };
}

const STORY = [
  scene("The keeper counted seventeen ships that night. Nobody — not one — came back.", 5, 0.25),
  scene("“A < B & C > D,” he said.", 2, 6),
];

describe("a film's", () => {
  const cues = cuesOf(STORY, 9_000);

  test("cues have two lines of 42 characters at most, from their first word until after their last", () => {
    expect(cues).toEqual([
      { start: 250, end: 3_511, lines: ["The keeper counted", "seventeen ships that night."] },
      { start: 3_511, end: 5_500, lines: ["Nobody — not one — came back."] },
      { start: 6_000, end: 8_250, lines: ["“A < B & C > D,” he said."] },
    ]);
  });

  test("SubRip", () => {
    expect(writeSrt(cues)).toBe(
      [
        "1\n00:00:00,250 --> 00:00:03,511\nThe keeper counted\nseventeen ships that night.\n",
        "2\n00:00:03,511 --> 00:00:05,500\nNobody — not one — came back.\n",
        "3\n00:00:06,000 --> 00:00:08,250\n“A < B & C > D,” he said.\n",
      ].join("\n"),
    );
    expect(writeSrt([])).toBe("\n");
  });

  test("WebVTT, where markup has to be escaped", () => {
    expect(writeVtt([{ start: 3_723_004, end: 3_724_050, lines: ["A <b> & --> C", "x"] }])).toBe(
      "WEBVTT\n\n01:02:03.004 --> 01:02:04.050\nA &lt;b&gt; &amp; --&gt; C\nx\n",
    );
    expect(writeVtt([])).toBe("WEBVTT\n");
  });

  test("files are read by others: as many cues, at the same times", async () => {
    for (const [name, text] of [
      ["film.srt", writeSrt(cues)],
      ["film.vtt", writeVtt(cues)],
    ] as const) {
      await writeFile(folder.in(name), text);
      const { streams } = await probe(ffmpeg, folder.in(name));
      expect(streams).toMatchObject([{ codec_type: "subtitle", nb_read_packets: "3" }]);
    }
  });
});

test("a scene that is cut at a sentence has each word in one of its parts, at its own time", () => {
  const { words, voice } = STORY[0]!;
  const { whole } = voice;
  const cut = words[7]!.start * RATE;
  expect(words[7]!.text).toBe("Nobody");
  const first = cuesOf([{ words, voice: { at: 12_000, from: 0, samples: cut, whole } }], 60_000);
  const rest = { at: 24_000, from: cut, samples: whole - cut, whole };
  const second = cuesOf([{ words, voice: rest }], 60_000);
  expect(first.flatMap(({ lines }) => lines)).toEqual(["The keeper counted", "seventeen ships that night."]);
  expect(second).toEqual([{ start: 500, end: 2_489, lines: ["Nobody — not one — came back."] }]);
});

test("no word is lost, cues come one after the other, and none ends after the film", () => {
  const word = fc.record({
    text: fc.oneof(
      fc.string({ unit: fc.constantFrom(..."aeionrst.,"), minLength: 1, maxLength: 12 }),
      fc.constantFrom("—", "今日は良い天気です。", "x".repeat(50), "<i>"),
    ),
    length: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 20, max: 900 }) }, fc.constant(0)),
  });
  fc.assert(
    fc.property(fc.array(fc.array(word, { minLength: 1, maxLength: 40 }), { maxLength: 4 }), (scenes) => {
      let at = 0;
      const heard = scenes.map((words): HeardScene => {
        let end = 0;
        const marks = words.map(({ text, length }) => {
          const start = end;
          end += length / 1000;
          return { text, start, end };
        });
        const samples = Math.ceil(end * RATE);
        const voice = { at: at * RATE, from: 0, samples, whole: samples };
        at += end + 0.4;
        return { words: marks, voice };
      });
      // Every word that takes no time needs a millisecond of its own at worst.
      const length = Math.ceil(at * 1000) + 1000;
      const cues = cuesOf(heard, length);
      let before = 0;
      for (const { start, end, lines } of cues) {
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(length);
        before = end;
        expect(lines.length).toBeLessThanOrEqual(2);
        for (const line of lines) expect(columnsOf(line) <= 42 || !line.includes(" ")).toBe(true);
      }
      const said = scenes.flatMap((words) => words.map(({ text }) => text)).join("");
      expect(
        cues
          .flatMap(({ lines }) => lines)
          .join("")
          .replaceAll(" ", ""),
      ).toBe(said);
    }),
  );
});

describe("the task", () => {
  const reel = (frames: number, ...scenes: { scene: number; at: number }[]): Reel => ({
    fps: 30,
    frames,
    intro_frames: 0,
    outro_frames: 0,
    scenes: scenes.map(({ scene, at }) => {
      const place = { first_frame: 0, frames, skip: 0, scene_frames: frames, lead: 0, tail: 0 };
      return { scene, ...place, voice: { ...STORY[scene - 1]!.voice, at: at * RATE } };
    }),
  });
  const FILM = reel(300, { scene: 1, at: 0.25 }, { scene: 2, at: 6 });

  async function run(reel: Reel, scenes: readonly HeardScene[]) {
    const words = scenes.map(({ words, voice: { whole } }, i) => {
      const path = folder.in(`scene_0${i + 1}.words.json`);
      writeFileSync(path, JSON.stringify({ text: "", sample_rate: RATE, samples: whole, words }));
      return inputFile(path);
    });
    const { outputs } = await runTask(subtitles, { reel }, { folder, inputs: { words } });
    return { srt: await readFile(outputs.srt!, "utf8"), vtt: await readFile(outputs.vtt!, "utf8") };
  }

  test("writes the whole film's, or those of a part from the part's own beginning", async () => {
    const film = await run(FILM, STORY);
    expect(film).toEqual({ srt: writeSrt(cuesOf(STORY, 10_000)), vtt: writeVtt(cuesOf(STORY, 10_000)) });
    const { srt } = await run(reel(100, { scene: 2, at: 1 }), STORY.slice(1));
    expect(srt).toBe("1\n00:00:01,000 --> 00:00:03,250\n“A < B & C > D,” he said.\n");
  });

  test("complains about what does not belong together", async () => {
    await expect(run(FILM, STORY.slice(0, 1))).rejects.toMatchObject({
      message: "The reel has 2 scenes, and 'words' has 1 file.",
      help: 'Give one for each of its scenes, in their order; those of a part are "words[scene in part.scenes]".',
    });
    expect(subtitles.checkParams({ reel: { fps: 30 } })).toMatchObject({ ok: false });
  });

  test("complains about words that are none", async () => {
    const path = folder.in("bad.words.json");
    writeFileSync(path, '{ "words": [] }');
    const params = { reel: reel(100, { scene: 2, at: 1 }) };
    const inputs = { words: [inputFile(path)] };
    await expect(runTask(subtitles, params, { folder, inputs })).rejects.toThrow(
      /^bad\.words\.json is not as expected: /,
    );
  });
});
