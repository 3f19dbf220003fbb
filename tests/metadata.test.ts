/** What is published with a film: within every limit of the platforms, and nothing that the script does not say. */
import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../lib/base/json.ts";
import { type Chapter, chaptersOf, clock } from "../lib/media/metadata/chapters.ts";
import { clauses, cutAtWord, plain, sentences } from "../lib/media/metadata/cut.ts";
import { titleOf } from "../lib/media/metadata/metadata.ts";
import type { SpokenScene } from "../lib/media/metadata/spoken.ts";
import { countTags, tagsOf } from "../lib/media/metadata/tags.ts";
import type { Reel, ReelScene } from "../lib/media/reel.ts";
import metadata from "../tasks/metadata.ts";
import { temporaryFolder } from "./media-kit.ts";
import { inputFile, runTask } from "./task-kit.ts";

const folder = temporaryFolder();

const STORY = {
  title: "The Keeper's Last Entry",
  niche: "scary-stories",
  platform: "youtube",
  source: "Night Shift Stories",
  author: "A. Writer",
  url: "https://example.org/keeper",
  scenes: [
    {
      scene_number: 1,
      narration: "I service a lighthouse that has stood empty for years. Nobody lives there.",
      prompt: "A lighthouse on a black rock",
    },
    { scene_number: 2, narration: "I ran. The lighthouse door was open behind me!", prompt: "An open door" },
    {
      scene_number: 3,
      narration: "Within an hour, the keeper had written one more line: it was <my> name.",
      prompt: "A logbook",
    },
    { scene_number: 4, narration: "And the lamp, of course, was lit.", prompt: "A lighthouse lamp" },
  ],
};

/** Scenes of these lengths, in seconds, one after the other. */
function reel(lengths: readonly number[], intro = 0): Reel {
  let at = intro;
  const scenes = lengths.map((length, index): ReelScene => {
    const scene = {
      scene: index + 1,
      first_frame: at * 30,
      frames: length * 30,
      skip: 0,
      scene_frames: length * 30,
      ...{ lead: 0, tail: 0 },
      voice: { at: at * 48_000, from: 0, samples: length * 48_000, whole: length * 48_000 },
    };
    at += length;
    return scene;
  });
  return { fps: 30, frames: at * 30, intro_frames: intro * 30, outro_frames: 0, scenes };
}

interface Told {
  readonly narration: string;
  readonly prompt: string;
}

/** `scenes`: of the whole script. */
async function made(reel: Reel, changes: object = {}, scenes: readonly Told[] = STORY.scenes) {
  const words = reel.scenes.map(({ scene, voice }) => {
    const path = folder.in(`scene_${scene}.words.json`);
    const text = scenes[scene - 1]!.narration;
    writeFileSync(path, JSON.stringify({ text, samples: voice.whole, words: [] }));
    return inputFile(path);
  });
  const script = scenes.map((scene, i) => ({ ...scene, scene_number: i + 1 }));
  const params = { ...STORY, scenes: script, reel, ...changes } as unknown as Json;
  const { outputs } = await runTask(metadata, params, { folder, inputs: { words } });
  return JSON.parse(await readFile(outputs.metadata!, "utf8"));
}

describe("metadata", () => {
  test("of a film, whole", async () => {
    expect(await made(reel([12, 11, 10, 14]), { language: "en" })).toEqual({
      title: "The Keeper's Last Entry",
      description: [
        "I service a lighthouse that has stood empty for years. Nobody lives there.",
        "",
        "0:00 I service a lighthouse that has stood empty for years",
        "0:12 The lighthouse door was open behind me!",
        "0:23 The keeper had written one more line",
        "0:33 The lamp, of course",
        "",
        "Source: Night Shift Stories",
        "Author: A. Writer",
        "https://example.org/keeper",
        "",
        "#scarystories #keeper #entry",
      ].join("\n"),
      tags: ["scary stories", "the keeper's last entry", "last entry", "keeper", "entry", "lighthouse"],
      chapters: [
        { at: "0:00", seconds: 0, title: "I service a lighthouse that has stood empty for years" },
        { at: "0:12", seconds: 12, title: "The lighthouse door was open behind me!" },
        { at: "0:23", seconds: 23, title: "The keeper had written one more line" },
        { at: "0:33", seconds: 33, title: "The lamp, of course" },
      ],
      chapters_note: null,
      duration_s: 47,
      part: null,
      of: null,
      sources: { source: "Night Shift Stories", author: "A. Writer", url: "https://example.org/keeper" },
      niche: "scary-stories",
      platform: "youtube",
      language: "en",
    });
  });

  test("of a short film has no chapters, and says why", async () => {
    const { chapters, chapters_note, description } = await made(reel([9, 8, 9, 2]), {
      ...{ source: null, author: null, url: null },
    });
    expect(chapters).toEqual([]);
    expect(chapters_note).toBe(
      "YouTube shows 3 chapters or more of 10 s or more each; the scenes make 2 in 28 s.",
    );
    expect(description).toBe(
      "I service a lighthouse that has stood empty for years. Nobody lives there.\n\n#scarystories #keeper #entry",
    );
  });

  test("of a part has its own words, from the sentence with which it begins", async () => {
    const film = reel([12, 11, 10, 14]);
    // Scene 2 is cut after its first sentence, "I ran.", which is an eighth of it.
    const [, second, third, fourth] = film.scenes as [ReelScene, ReelScene, ReelScene, ReelScene];
    const rest = {
      ...second,
      first_frame: 0,
      frames: 300,
      skip: 30,
      voice: { at: 0, from: 66_000, samples: 462_000, whole: 528_000 },
    };
    const scenes = [rest, { ...third, first_frame: 300 }, { ...fourth, first_frame: 600 }];
    const told = await made({ ...film, frames: 1_020, scenes }, { part: "2", of: 2 });
    expect(told).toMatchObject({
      title: "The Keeper's Last Entry (Part 2/2)",
      part: 2,
      of: 2,
      duration_s: 34,
    });
    expect(told.description.split("\n").slice(0, 4)).toEqual([
      "The lighthouse door was open behind me! Within an hour, the keeper had written one more line: it was ‹my› name.",
      "",
      "0:00 The lighthouse door was open behind me!",
      "0:10 The keeper had written one more line",
    ]);
  });

  test("is the same for the same story, whatever its scenes' other keys", async () => {
    const scenes = STORY.scenes.map((scene) => ({ ...scene, narration: "", motion: "hold", take: 2 }));
    const checked = [STORY.scenes, scenes].map((given) =>
      metadata.checkParams({ ...STORY, reel: reel([12, 11, 10, 14]), scenes: given }),
    );
    expect(checked).toEqual([checked[0], expect.objectContaining({ ok: true })]);
    expect(checked[1]).toEqual(checked[0]);
  });

  test("of other scenes than the reel's, or of a part of nothing, is refused", async () => {
    const film = reel([12, 11, 10, 14]);
    await expect(runTask(metadata, { ...STORY, reel: film }, { folder })).rejects.toMatchObject({
      message: "The reel has 4 scenes, and 'words' has 0 files.",
    });
    await expect(made(film, { part: 2 })).rejects.toThrow(
      "with.of: 'part' and 'of' go together: which part, of how many.",
    );
  });

  test("stays within the limits, whatever the story", async () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 300 })
      .filter((words) => words.trim() !== "");
    const scene = fc.record({ narration: text, prompt: text, length: fc.integer({ min: 1, max: 60 }) });
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.array(scene, { minLength: 1, maxLength: 60 }),
        text,
        async (title, given, niche) => {
          const lengths = given.map(({ length }) => length);
          const told = await made(reel(lengths, 3), { title, niche }, given);
          expect(told.title.length).toBeLessThanOrEqual(100);
          expect(Buffer.byteLength(told.description)).toBeLessThanOrEqual(5000);
          expect(countTags(told.tags)).toBeLessThanOrEqual(500);
          expect([told.title, told.description, ...told.tags].join("")).not.toMatch(/[<>]/);
          expect(told.chapters.length === 0).toBe(told.chapters_note !== null);
          expectRules(told.chapters, told.duration_s);
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** YouTube's. */
function expectRules(chapters: readonly Chapter[], duration: number): void {
  if (chapters.length === 0) return;
  expect(chapters.length).toBeGreaterThanOrEqual(3);
  expect(chapters[0]!.at).toBe("0:00");
  const ends = [...chapters.slice(1).map(({ seconds }) => seconds), duration];
  for (const [index, { seconds, at, title }] of chapters.entries()) {
    expect(ends[index]! - seconds).toBeGreaterThanOrEqual(10);
    expect(at).toBe(clock(seconds));
    expect(title.length).toBeLessThanOrEqual(60);
    expect(title).not.toBe("");
  }
  expect(new Set(chapters.map(({ title }) => title)).size).toBe(chapters.length);
}

describe("chapters", () => {
  const scenes = fc.array(
    fc.record({ length: fc.double({ min: 0.5, max: 40, noNaN: true }), words: fc.string({ maxLength: 80 }) }),
    { minLength: 1, maxLength: 40 },
  );

  test("follow the rules, begin with scenes and join short ones, or there are none and a reason", () => {
    fc.assert(
      fc.property(scenes, fc.integer({ min: 3, max: 24 }), (given, most) => {
        let at = 0;
        const spoken = given.map(({ length, words }, index): SpokenScene => {
          const scene = { number: index + 1, start: at, sentences: [words], prompt: "" };
          at += length;
          return scene;
        });
        const { chapters, why } = chaptersOf(spoken, at, most);
        expectRules(chapters, at);
        expect(chapters.length).toBeLessThanOrEqual(most + 1);
        expect(why === null).toBe(chapters.length > 0);
        const starts = new Set(spoken.map(({ start }) => Math.floor(start)));
        expect(chapters.every(({ seconds }) => starts.has(seconds))).toBe(true);
      }),
    );
  });

  test("the last takes in what would be too short after it", () => {
    const spoken = [0, 12, 24, 36].map((start, index) => ({
      number: index + 1,
      start,
      sentences: [`This is what scene ${index + 1} says.`],
      prompt: "",
    }));
    expect(chaptersOf(spoken, 45, 24).chapters.map(({ at }) => at)).toEqual(["0:00", "0:12", "0:24"]);
    expect(chaptersOf(spoken, 46, 24).chapters.map(({ at }) => at)).toEqual(["0:00", "0:12", "0:24", "0:36"]);
  });

  test("times are written as players read them", () => {
    expect([0, 7, 61, 750, 3_599, 3_600, 3_765].map(clock)).toEqual([
      "0:00",
      "0:07",
      "1:01",
      "12:30",
      "59:59",
      "1:00:00",
      "1:02:45",
    ]);
  });
});

describe("tags", () => {
  const spoken = (...texts: string[]) =>
    texts.map((text, index) => ({ number: index + 1, start: index, sentences: [text], prompt: text }));

  test("are counted as YouTube counts them", () => {
    expect(countTags([])).toBe(0);
    expect(countTags(["one"])).toBe(3);
    expect(countTags(["one", "two"])).toBe(7);
    expect(countTags(["one two", "three"])).toBe(15);
  });

  test("are niche, title, key phrase and what is named most; no numbers, no small words, one form of each", () => {
    const scenes = spoken(
      "The clocks of Geneva. A clock has seven hundred parts, and they are expensive.",
      "Geneva's clocks cost thousands of dollars.",
      "A Geneva clock never stops.",
    );
    expect(tagsOf("luxury", "7 Clocks, and Why They Cost 280,000 Dollars", scenes)).toEqual([
      "luxury",
      "280000 dollars",
      "clocks",
      "cost",
      "dollars",
      "clock",
      "geneva",
    ]);
  });

  test("never are more than fit, however much is said", () => {
    const word = fc.stringMatching(/^[a-zé]{1,40}$/);
    fc.assert(
      fc.property(
        word,
        fc.string({ maxLength: 100 }),
        fc.array(word, { maxLength: 300 }),
        (niche, title, words) => {
          const tags = tagsOf(niche, title, spoken([...words, ...words, ...words].join(" ")));
          expect(countTags(tags)).toBeLessThanOrEqual(500);
          expect(new Set(tags).size).toBe(tags.length);
          for (const tag of tags) expect(tag).toMatch(/^[^",<>A-Z]{2,30}$/);
        },
      ),
    );
  });
});

describe("cutting", () => {
  test("ends after a word, with an ellipsis", () => {
    expect(cutAtWord("The keeper wrote it down", 24)).toBe("The keeper wrote it down");
    expect(cutAtWord("The keeper wrote it down", 23)).toBe("The keeper wrote it…");
    expect(cutAtWord("The keeper, who wrote", 12)).toBe("The keeper…");
    expect(cutAtWord("Llanfairpwllgwyngyll", 10)).toBe("Llanfairp…");
    expect(cutAtWord("👩‍🚀👩‍🚀👩‍🚀", 8)).toBe("👩‍🚀…");
  });

  test("never gives more than asked for, and what it gives is the beginning", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 200 }),
        fc.integer({ min: 2, max: 120 }),
        (text, most) => {
          const cut = cutAtWord(text, most);
          expect(cut.length).toBeLessThanOrEqual(most);
          expect(text.startsWith(cut.replace(/…$/, ""))).toBe(true);
          if (text.length <= most) expect(cut).toBe(text);
          expect(Buffer.from(cut).toString()).toBe(cut);
        },
      ),
    );
  });

  test("a part's title keeps its number", () => {
    const long = "word ".repeat(40).trim();
    const title = titleOf(long, { part: 12, of: 12 });
    expect(title).toMatch(/^(word )+word… \(Part 12\/12\)$/);
    expect(title.length).toBeLessThanOrEqual(100);
    expect(titleOf("A <b> tag", { part: null, of: null })).toBe("A ‹b› tag");
  });

  test("knows sentences and clauses", () => {
    expect(sentences('He said "Stop!" and ran. Dr. Who paid 3.5 dollars… Why?  Nobody\nknows')).toEqual([
      'He said "Stop!" and ran.',
      "Dr. Who paid 3.5 dollars…",
      "Why?",
      "Nobody knows",
    ]);
    expect(sentences("彼は走った。誰もいない！")).toEqual(["彼は走った。", "誰もいない！"]);
    expect(clauses("And then, at 3,000 metres — far off — it stopped.")).toEqual([
      "And then",
      "at 3,000 metres",
      "far off",
      "it stopped",
    ]);
  });

  test("sentences are the whole text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        expect(sentences(text).join("").replaceAll(" ", "")).toBe(plain(text).replaceAll(" ", ""));
      }),
    );
  });
});
