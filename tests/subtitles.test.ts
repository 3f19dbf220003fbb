/** Subtitles beside a film: all that is said, when it is said, in the two formats that players read. */
import { readFile, writeFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cuesOf, type HeardScene, writeSrt, writeVtt } from "../lib/media/captions/subtitles.ts";
import { columnsOf } from "../lib/media/captions/units.ts";
import { probe } from "../lib/media/probe.ts";
import { proportionalWords } from "../lib/media/words.ts";
import subtitles from "../tasks/subtitles.ts";
import { ffmpeg, temporaryFolder } from "./media-kit.ts";

const folder = temporaryFolder();
const RATE = 48_000;

/** Speech of so many seconds that is heard from `at` on, in seconds too. */
function scene(text: string, seconds: number, at: number): HeardScene {
  const samples = seconds * RATE;
  return { words: proportionalWords(text, seconds), samples, voice: { at: at * RATE, from: 0, samples } };
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
  const [{ words, samples }] = STORY as [HeardScene];
  const cut = words[7]!.start * RATE;
  expect(words[7]!.text).toBe("Nobody");
  const first = cuesOf([{ words, samples, voice: { at: 12_000, from: 0, samples: cut } }], 60_000);
  const second = cuesOf(
    [{ words, samples, voice: { at: 24_000, from: cut, samples: samples - cut } }],
    60_000,
  );
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
        const voice = { at: at * RATE, from: 0, samples: Math.ceil(end * RATE) };
        at += end + 0.4;
        return { words: marks, samples: voice.samples, voice };
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
  const timeline = {
    fps: 30,
    film: reel(
      [
        { scene: 1, at: 0.25 },
        { scene: 2, at: 6 },
      ],
      300,
    ),
    parts: [
      { part: 1, of: 2, ...reel([{ scene: 1, at: 0.25 }], 200) },
      { part: 2, of: 2, ...reel([{ scene: 2, at: 1 }], 100) },
    ],
  };

  function reel(scenes: readonly { scene: number; at: number }[], frames: number) {
    return {
      frames,
      intro_frames: 0,
      outro_frames: 0,
      scenes: scenes.map(({ scene, at }) => {
        const { samples } = STORY[scene - 1]!;
        return { scene, first_frame: 0, frames, skip: 0, voice: { at: at * RATE, from: 0, samples } };
      }),
    };
  }

  async function run(params: object, content: unknown = timeline, scenes = STORY) {
    const checked = subtitles.checkParams(params as never);
    if (!checked.ok) throw new Error(checked.problems.map(({ message }) => message).join("; "));
    const input = async (name: string, value: unknown) => {
      const path = folder.in(name);
      await writeFile(path, JSON.stringify(value));
      return { path, name: `work/s/${name}`, extension: ".json" };
    };
    const output = (name: string) => {
      const path = folder.in(name);
      return { path, write: (text: string | Uint8Array) => writeFile(path, text) };
    };
    await subtitles.run({
      params: checked.value,
      inputs: {
        timeline: await input("timeline_youtube.json", content),
        words: await Promise.all(
          scenes.map(({ words, samples }, i) =>
            input(`scene_0${i + 1}.words.json`, {
              text: "",
              sample_rate: RATE,
              samples,
              timing: "engine",
              words,
            }),
          ),
        ),
      },
      outputs: { srt: output("out.srt"), vtt: output("out.vtt") },
      tools: {},
      scratch: folder.in("scratch"),
      signal: new AbortController().signal,
      progress() {},
      notice() {},
    });
    return {
      srt: await readFile(folder.in("out.srt"), "utf8"),
      vtt: await readFile(folder.in("out.vtt"), "utf8"),
    };
  }

  test("writes the whole film's, or those of a part from the part's own beginning", async () => {
    const film = await run({});
    expect(film).toEqual({ srt: writeSrt(cuesOf(STORY, 10_000)), vtt: writeVtt(cuesOf(STORY, 10_000)) });
    const { srt } = await run({ part: 2 });
    expect(srt).toBe("1\n00:00:01,000 --> 00:00:03,250\n“A < B & C > D,” he said.\n");
  });

  test("complains about what does not belong together", async () => {
    await expect(run({ part: 3 })).rejects.toMatchObject({
      message: "work/s/timeline_youtube.json has no part 3; it has 2.",
    });
    await expect(run({}, timeline, STORY.slice(0, 1))).rejects.toMatchObject({
      message: "work/s/timeline_youtube.json has scene 2, and there are words of 1.",
    });
    await expect(run({}, { fps: 30 })).rejects.toMatchObject({
      message: expect.stringMatching(/^work\/s\/timeline_youtube\.json does not hold a timeline: /),
    });
    expect(subtitles.checkParams({ part: 0 })).toMatchObject({ ok: false });
  });
});
