/** What lies where: lengths, shots, films, parts. */
import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { partBeginnings, reluctanceOf } from "../lib/media/part-borders.ts";
import { layParts } from "../lib/media/parts.ts";
import { layFilm, reelShape, type Take } from "../lib/media/reel.ts";
import { SAMPLE_RATE, sceneLength } from "../lib/media/timeline.ts";
import type { InputFile } from "../lib/model/task.ts";
import shot from "../tasks/shot.ts";
import timeline from "../tasks/timeline.ts";
import { temporaryFolder } from "./media-kit.ts";
import { inputFile, runTask } from "./task-kit.ts";

const folder = temporaryFolder();
const PAUSE = { before: 0.25, after: 0.45 };

describe("a scene's length", () => {
  const given = { pause: PAUSE, fps: 30, transition: 0.6, opens: false };

  test("holds its narration and pauses; transitions lie in the silence", () => {
    expect(sceneLength(SAMPLE_RATE, given)).toEqual({ frames: 51, lead: 7, tail: 9 });
    expect(sceneLength(SAMPLE_RATE, { ...given, opens: true })).toEqual({ frames: 51, lead: 0, tail: 9 });
  });

  test("without silence a transition has one frame of each scene; a scene has one of its own", () => {
    const none = { ...given, pause: { before: 0, after: 0 } };
    expect(sceneLength(SAMPLE_RATE, none)).toEqual({ frames: 30, lead: 1, tail: 1 });
    expect(sceneLength(1, none)).toEqual({ frames: 3, lead: 1, tail: 1 });
  });

  test("whatever is given, the voice is heard in frames of the scene's own, or in the one that silence lacks", () => {
    const seconds = fc.double({ min: 0, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600_000 }),
        seconds,
        seconds,
        seconds,
        fc.constantFrom(24, 25, 30, 50, 60),
        (samples, before, after, transition, fps) => {
          const length = sceneLength(samples, { pause: { before, after }, fps, transition, opens: false });
          expect(length.frames - length.lead - length.tail).toBeGreaterThanOrEqual(1);
          if (length.lead > 1) expect(length.lead / fps).toBeLessThanOrEqual(before + 1e-4);
          if (length.tail > 1) expect(length.tail / fps).toBeLessThanOrEqual(after + 1e-4);
        },
      ),
    );
  });
});

function take(scene: number, frames: number, cuts: number[] = []): Take {
  const move = { kind: "hold", focus: [0.5, 0.5] } as const;
  const shot = {
    fps: 30 as const,
    frames,
    lead: 7,
    tail: 9,
    overlap: 9,
    voice_sample: 12_000,
    move,
    reluctance: 0.5,
    cuts,
  };
  return { scene, shot, samples: frames * 1600 - 12_000 - 21_600 };
}

describe("a film", () => {
  test("has its scenes end to end, the narrations where their pauses say", () => {
    const reel = layFilm([take(1, 100), take(2, 60)], { intro: 30, outro: 15 });
    expect(reel).toMatchObject({ fps: 30, frames: 205, intro_frames: 30, outro_frames: 15 });
    expect(reel.scenes.map(({ first_frame, voice }) => [first_frame, voice])).toEqual([
      [30, { at: 30 * 1600 + 12_000, from: 0, samples: 126_400, whole: 126_400 }],
      [130, { at: 130 * 1600 + 12_000, from: 0, samples: 62_400, whole: 62_400 }],
    ]);
  });
});

describe("parts", () => {
  const film = (takes: readonly Take[]) => layFilm(takes);
  const lay = (takes: readonly Take[], limit: number) =>
    layParts(takes, { limit, card: 30, film: film(takes) });

  test("a film within the limit has none", () => {
    expect(lay([take(1, 100), take(2, 100)], 200)).toEqual({ parts: [], endings: [], uncut: [] });
  });

  test("whole scenes, so many that they fit beside the card", () => {
    const { parts, endings } = lay([take(1, 100), take(2, 100), take(3, 60), take(4, 100)], 230);
    expect(
      parts.map(({ part, of, opening, lead, borders, scenes, ending, reel }) => ({
        ...{ part, of, opening, lead, borders, scenes, ending },
        laid: [reel.frames, reel.scenes.map(({ scene }) => scene)],
      })),
    ).toEqual([
      {
        part: 1,
        of: 2,
        opening: [1],
        lead: 7,
        borders: [1],
        scenes: [1, 2],
        ending: [1],
        laid: [230, [1, 2]],
      },
      {
        part: 2,
        of: 2,
        opening: [3],
        lead: 7,
        borders: [3],
        scenes: [3, 4],
        ending: [2],
        laid: [190, [3, 4]],
      },
    ]);
    expect(endings).toEqual([
      { part: 1, scenes: [2], frames: 9 },
      { part: 2, scenes: [4], frames: 9 },
    ]);
    expect(parts[1]!.reel.scenes[0]).toMatchObject({
      first_frame: 30,
      voice: { at: 30 * 1600 + 12_000, from: 0 },
    });
  });

  test("a scene that is too long alone is cut between two sentences, and its voice with it", () => {
    const long = take(1, 500, [90, 170, 260, 400]);
    const { parts, endings, uncut } = lay([long], 230);
    expect(uncut).toEqual([]);
    expect(parts.map(({ reel }) => reel.scenes.map(({ skip, frames }) => [skip, frames]))).toEqual([
      [[0, 170]],
      [[170, 90]],
      [[260, 140]],
      [[400, 100]],
    ]);
    expect(parts.map(({ lead, ending }) => [lead, ending])).toEqual([
      [7, []],
      [0, []],
      [0, []],
      [0, [4]],
    ]);
    expect(endings).toEqual([{ part: 4, scenes: [1], frames: 9 }]);
    const voices = parts.flatMap(({ reel }) => reel.scenes.map(({ voice }) => voice));
    const heard = voices.map(({ from, samples }) => [from, from + samples]);
    expect(heard.map(([from]) => from).slice(1)).toEqual(heard.map(([, until]) => until).slice(0, -1));
    expect([heard[0]![0], heard.at(-1)![1]]).toEqual([0, long.samples]);
    expect(voices.map(({ whole }) => whole)).toEqual(voices.map(() => long.samples));
  });

  test("a sentence that is longer than a part is told", () => {
    expect(lay([take(1, 500, [400]), take(2, 100)], 230).uncut).toEqual([1]);
  });

  test("of any film: no part is longer than the limit, no frame is lost or shown twice", () => {
    const scenes = fc.array(
      fc.integer({ min: 30, max: 900 }).map((frames) => ({
        frames,
        cuts: Array.from({ length: Math.floor((frames - 20) / 40) }, (_, i) => 10 + 40 * (i + 1)),
      })),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(scenes, fc.integer({ min: 120, max: 500 }), (scenes, limit) => {
        const takes = scenes.map(({ frames, cuts }, i) => take(i + 1, frames, cuts));
        const { parts, uncut } = lay(takes, limit);
        expect(uncut).toEqual([]);
        for (const { reel } of parts) expect(reel.frames).toBeLessThanOrEqual(limit);
        if (parts.length === 0) return;
        const shown = parts.flatMap(({ reel }) => reel.scenes);
        for (const { scene, shot } of takes) {
          let at = 0;
          for (const one of shown.filter((one) => one.scene === scene)) {
            expect(one.skip).toBe(at);
            at += one.frames;
          }
          expect(at).toBe(shot.frames);
        }
      }),
    );
  });
});

describe("where parts begin", () => {
  const block = fc.record({
    length: fc.integer({ min: 30, max: 900 }),
    reluctance: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  test("of any blocks: each part fits or is a block alone, and none but the last is half empty for nothing", () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 40 }), (blocks) => {
        const beginnings = partBeginnings(blocks, 600);
        expect(beginnings[0]).toBe(0);
        const lengths = beginnings.map((begin, i) =>
          blocks.slice(begin, beginnings[i + 1]).reduce((sum, { length }) => sum + length, 0),
        );
        for (const [i, length] of lengths.entries()) {
          if (length > 600) expect(beginnings[i + 1] ?? blocks.length).toBe(beginnings[i]! + 1);
          // Two that fit into one together would be cheaper as one.
          if (i > 0) expect(lengths[i - 1]! + length).toBeGreaterThan(600);
        }
      }),
    );
  });

  test("a story within the room is one part", () => {
    expect(
      partBeginnings(
        [
          { length: 300, reluctance: 0 },
          { length: 300, reluctance: 0 },
        ],
        600,
      ),
    ).toEqual([0]);
  });

  test("where one is edited, the others mostly stay", () => {
    const story = Array.from({ length: 60 }, (_, i) => ({
      length: 240 + ((i * 77) % 120),
      reluctance: reluctanceOf(`picture ${i}`),
    }));
    const parts = (blocks: typeof story) => {
      const beginnings = partBeginnings(blocks, 1740);
      return beginnings.map((begin, i) => blocks.slice(begin, beginnings[i + 1]));
    };
    const before = new Set(parts(story).map((part) => JSON.stringify(part)));
    const changed = story.flatMap((_, at) =>
      [-60, -30, 30, 60].map((by) => {
        const edited = story.map((block, i) => (i === at ? { ...block, length: block.length + by } : block));
        return parts(edited).filter((part) => !before.has(JSON.stringify(part))).length;
      }),
    );
    // Filled one after the other, the mean is 2.5, and 46 of the 240 edits change more than three.
    expect(changed.reduce((sum, count) => sum + count, 0) / changed.length).toBeLessThan(1.4);
    expect(changed.filter((count) => count > 3).length).toBeLessThan(10);
  });
});

describe("the tasks", () => {
  const words = (name: string, samples: number, text = "One two. Three four. Five six.") => {
    const all = text.split(" ");
    const step = samples / SAMPLE_RATE / all.length;
    const timed = all.map((text, i) => ({ text, start: i * step, end: (i + 0.8) * step }));
    return json(name, { text, samples, words: timed });
  };
  const json = (name: string, content: object) => {
    writeFileSync(folder.in(name), JSON.stringify(content));
    return inputFile(folder.in(name));
  };
  const params = { fps: 30, pause: PAUSE, opens: false, motion: "hold", seed: "s" };
  const shotOf = async (words: InputFile, change: object = {}) => {
    const { outputs } = await runTask(shot, { ...params, ...change }, { folder, inputs: { words } });
    return inputFile(outputs.shot!);
  };
  const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

  test("a shot is a plan in numbers", async () => {
    expect(read((await shotOf(words("w.json", 96_000))).path)).toEqual({
      fps: 30,
      frames: 81,
      lead: 7,
      tail: 9,
      overlap: 9,
      voice_sample: 12_000,
      move: { kind: "hold", focus: [0.5, 0.5] },
      reluctance: 0.74,
      cuts: [],
    });
  });

  test("a scene that is longer than a part can be cut between its sentences", async () => {
    const made = await shotOf(words("long.json", 6 * SAMPLE_RATE), { max_part: 5 });
    // In the silence after the second and the fourth of six words: 1.9 s and 3.9 s, and a quarter before them.
    expect(read(made.path)).toMatchObject({ frames: 201, cuts: [65, 125] });
  });

  test("a timeline of two scenes, in two parts", async () => {
    const all = [words("a.json", 6 * SAMPLE_RATE), words("b.json", 2 * SAMPLE_RATE)];
    const shots = [];
    for (const [i, file] of all.entries()) shots.push(await shotOf(file, { opens: i === 0, max_part: 7 }));
    const made = await runTask(timeline, { max_part: 8.5 }, { folder, inputs: { words: all, shots } });
    const { film, parts } = read(made.outputs.timeline!);
    for (const reel of [film, ...parts.map((part: { reel: unknown }) => part.reel)])
      expect(reelShape.parse(reel)).toEqual(reel);
    const scenes = [
      { lead: 0, tail: 9 },
      { lead: 7, tail: 9, first_frame: 201 },
    ];
    expect(film).toMatchObject({ frames: 282, scenes });
    expect(parts).toMatchObject([
      { part: 1, of: 2, scenes: [1], reel: { fps: 30, frames: 246 } },
      { part: 2, of: 2, scenes: [2], reel: { fps: 30, frames: 126 } },
    ]);
  });

  test("a file that is no plan is told", async () => {
    const inputs = { words: [words("c.json", 9)], shots: [json("bad.json", {})] };
    await expect(runTask(timeline, {}, { folder, inputs })).rejects.toThrow(
      /^bad\.json is not as expected: /,
    );
    writeFileSync(inputs.shots[0]!.path, "none");
    await expect(runTask(timeline, {}, { folder, inputs })).rejects.toMatchObject({
      message: `bad.json is no JSON: Unexpected token 'o', "none" is not valid JSON`,
      help: "Delete bad.json, or take it out of pinned/: it is made again.",
    });
  });
});
