/** Captions as they are drawn: on the right frames, inside of what stays visible, in any script, by any ffmpeg. */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { endWorkers } from "../lib/base/offload.ts";
import type { CaptionStyle } from "../lib/media/captions/style.ts";
import { readStyle, shippedStyle, TEMPLATES } from "../lib/media/captions/style.ts";
import { type FontShelf, findFonts } from "../lib/media/fonts/shelf.ts";
import { proportionalWords } from "../lib/media/words.ts";
import type { WordMark } from "../lib/model/word-mark.ts";
import captions from "../tasks/captions.ts";
import { boundsOf, caption, draw, isDrawn, readCaptions, shelf, shot, TIKTOK } from "./captions-kit.ts";
import { temporaryFolder } from "./media-kit.ts";

const folder = temporaryFolder();

/** Pure colours, told apart in every pixel; no edges. */
const PLAIN: CaptionStyle = {
  ...shippedStyle("words"),
  colour: "#00ff00",
  outline: null,
  shadow: null,
  active: { colour: "#ff0000", scale: 1.06, box: null },
  page: { words: 4, characters: 30, lines: 1 },
  size: 0.07,
};
const isGreen = (red: number, green: number, blue: number) => green > 200 && red < 60 && blue < 60;
const isRed = (red: number, green: number, blue: number) => red > 200 && green < 60 && blue < 60;
const SMALL = { width: 540, height: 960 };
const WIDE = { width: 960, height: 540 };

function words(...times: readonly (readonly [text: string, start: number, end: number])[]): WordMark[] {
  return times.map(([text, start, end]) => ({ text, start, end }));
}

describe("the word that is spoken", () => {
  const SPOKEN = words(["one", 0.11, 0.34], ["two", 0.38, 0.61], ["three", 0.9, 1.27]);
  const place = shot(70, { lead: 7, tail: 5, voiceSample: 12_000 });

  test("changes its colour on the right frames, and no other word moves", async () => {
    const output = folder.in("active.ass");
    await caption({ words: SPOKEN, shot: place, style: PLAIN, film: SMALL, output });
    const frames = await draw(output, SMALL, place);
    expect(frames).toHaveLength(58);
    // Of the body: (0.25 + t) × 30 - 7, to the nearest whole one.
    const [one, two, three] = [4, 12, 28];
    const end = Math.round((0.25 + 1.27 + 0.25) * 30) - 7;
    const active = frames.map((frame) => boundsOf(frame, SMALL.width, isRed)?.left);
    const changes = active.flatMap((left, i) => (left === active[i - 1] ? [] : [[i, left === undefined]]));
    expect(changes).toEqual([
      [one, false],
      [two, false],
      [three, false],
      [end, true],
    ]);
    // "three" stands in the same pixels while "one" and while "two" is spoken.
    const rest = (frame: number, from: number) => {
      const { left, top, right, bottom } = boundsOf(frames[frame]!, SMALL.width, isGreen)!;
      return from === 0 ? { right, top, bottom } : { left, top, bottom };
    };
    expect(rest(two, 0).right).toBe(rest(one, 0).right);
    expect(rest(three, 1)).toEqual(rest(three + 5, 1));
    // The active one is larger than it was, around the same middle.
    const width = (frame: number, is: typeof isRed) => {
      const { left, right } = boundsOf(frames[frame]!, SMALL.width, is)!;
      return { middle: (left + right) / 2, width: right - left };
    };
    const last = width(three, isRed);
    expect(last.width).toBeGreaterThan(100);
    expect(active[two]).toBeGreaterThan(active[one]!);
    expect(active[three]).toBeGreaterThan(active[two]!);
  });

  test.each([24, 25, 50, 60])("begins and ends within a frame of its time, at %i a second", async (fps) => {
    const spoken = Array.from({ length: 6 }, (_, i) => i * 0.317).map((start) => ({
      text: "mama",
      start,
      end: start + 0.171,
    }));
    const at = shot(2 * fps, { fps, voiceSample: 4_321 });
    const page = { words: 1, characters: 8, lines: 1 };
    const film = { width: 180, height: 320 };
    const output = folder.in(`rate-${fps}.ass`);
    await caption({ words: spoken, shot: at, style: { ...PLAIN, page, linger: 0, bridge: 0 }, film, output });
    const seen = (await draw(output, film, at)).map(
      (frame) => boundsOf(frame, film.width, isRed) !== undefined,
    );
    const changes = seen.flatMap((is, i) => (is === (seen[i - 1] ?? false) ? [] : [i / fps]));
    const times = spoken.flatMap(({ start, end }) => [start, end]).map((time) => time + 4_321 / 48_000);
    expect(changes).toHaveLength(times.length);
    for (const [i, time] of times.entries())
      expect(Math.abs(changes[i]! - time)).toBeLessThanOrEqual(0.5 / fps + 0.001);
  });
});

describe("what stays visible", () => {
  const LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwe";
  const TEXTS: readonly (readonly [string, string])[] = [
    ["English", "The keeper counted seventeen WONDERFUL ships, jyqg!"],
    ["a very long word", `${LONG}! Ok.`],
    ["accents", "ẬȨ̃Ǻngström Ǧ̱ ÇŞỢ"],
    ["Arabic", "كان الحارس يعدّ السفن كل ليلة: «لا أحد عاد!»"],
    ["Hebrew", "שומר המגדלור ספר שבע עשרה ספינות."],
    ["Chinese", "守塔人每晚都数着十七艘船，「没有一艘回来」。"],
    ["Japanese", "灯台守は毎晩、十七隻の船を数えていた。"],
    ["Devanagari", "रखवाले ने सत्रह जहाज़ गिने।"],
    ["quotes and signs", "“Don’t” ‹100%› {\\b1} \\N <i>&amp; @home #1 …"],
  ];
  const at = shot(30, { fps: 24 });

  test.each(TEXTS)("of a vertical film: %s", async (name, text) => {
    const film = name === "English" ? TIKTOK : SMALL;
    const scale = film.width / TIKTOK.width;
    for (const template of ["words", "words-box"]) {
      const output = folder.in(`${template} ${name}.ass`);
      const style = shippedStyle(template);
      const { ass } = await caption({ words: proportionalWords(text, 1), shot: at, style, film, output });
      const drawn = (await draw(output, film, at, 3)).flatMap(
        (frame) => boundsOf(frame, film.width, isDrawn) ?? [],
      );
      expect(drawn.length).toBeGreaterThan(6);
      for (const { left, right, top, bottom } of drawn) {
        // TikTok's own margins for 1080x1920.
        expect(left).toBeGreaterThanOrEqual(60 * scale);
        expect(right).toBeLessThan(900 * scale);
        expect(top).toBeGreaterThanOrEqual(250 * scale);
        expect(bottom).toBeLessThan(1460 * scale);
      }
      const shown = style.upper_case ? text.toUpperCase() : text;
      expect(
        readCaptions(ass)
          .join("")
          .replaceAll(/ \/ | /g, ""),
      ).toBe(shown.normalize("NFC").replaceAll(" ", ""));
    }
  });

  test.each(TEXTS.slice(0, 4))("of a horizontal film: %s", async (name, text) => {
    for (const template of ["lines", "lines-box"]) {
      const output = folder.in(`${template} ${name}.ass`);
      const style = shippedStyle(template);
      await caption({ words: proportionalWords(text, 1), shot: at, style, film: WIDE, output });
      for (const frame of await draw(output, WIDE, at, 10)) {
        const { left, right, top, bottom } = boundsOf(frame, WIDE.width, isDrawn)!;
        // The inner nine tenths, which every screen shows.
        expect(left).toBeGreaterThanOrEqual(48);
        expect(right).toBeLessThan(912);
        expect(top).toBeGreaterThanOrEqual(270);
        expect(bottom).toBeLessThan(513);
      }
    }
  });

  test("a word that would not fit is smaller, and nothing of it is cut off", async () => {
    const make = async (name: string, text: string) => {
      const output = folder.in(`${name}.ass`);
      await caption({ words: words([text, 0, 1]), shot: at, style: PLAIN, film: SMALL, output });
      return boundsOf((await draw(output, SMALL, at))[5]!, SMALL.width, isRed)!;
    };
    const fitting = await make("fitting", "Hill");
    const long = await make("long", "H".repeat(40));
    expect(long.bottom - long.top).toBeLessThan((fitting.bottom - fitting.top) / 2);
    // All of the room, less what the word grows by: 360 px of 540.
    expect(long.right - long.left).toBeGreaterThan(330);
    expect(long.right - long.left).toBeLessThanOrEqual(360);
  });
});

test("nothing is drawn outside of a caption's time", async () => {
  const output = folder.in("time.ass");
  const at = shot(60, { voiceSample: 24_000 });
  await caption({ words: words(["Hello", 0, 0.5]), shot: at, style: PLAIN, film: SMALL, output });
  const seen = (await draw(output, SMALL, at)).map(
    (frame) => boundsOf(frame, SMALL.width, isDrawn) !== undefined,
  );
  // Half a second of silence, half of speech, and a quarter more.
  expect([seen.indexOf(true), seen.lastIndexOf(true)]).toEqual([15, 37]);
  expect(seen.slice(15, 38)).not.toContain(false);
});

test("the same words give the same bytes, and a path may have any characters", async () => {
  const spoken = proportionalWords("The keeper counted ships. 船", 2);
  const odd = folder.in(`it's [odd], 50% \\ x;y: "z" = ü`);
  await mkdir(odd);
  const { ass } = await caption({ words: spoken, output: `${odd}/a 'b'.ass` });
  expect((await caption({ words: spoken, output: folder.in("again.ass") })).ass).toBe(ass);
  const [frame] = await draw(`${odd}/a 'b'.ass`, TIKTOK, shot(1));
  expect(boundsOf(frame!, TIKTOK.width, isDrawn)).toBeDefined();
});

test("Arabic is read from right to left and numbers in it from left to right, with its letters joined", async () => {
  const output = folder.in("arabic.ass");
  const spoken = words(["بيت", 0, 0.3], ["17", 0.3, 0.6], ["house", 0.6, 0.9]);
  await caption({ words: spoken, shot: shot(30), style: PLAIN, film: SMALL, output });
  const frames = await draw(output, SMALL, shot(30));
  const [first, second, third] = [2, 11, 20].map((frame) => boundsOf(frames[frame]!, SMALL.width, isRed)!);
  expect(first!.left).toBeGreaterThan(second!.right);
  expect(second!.left).toBeGreaterThan(third!.right);
  const apart = folder.in("apart.ass");
  // A zero-width non-joiner keeps letters as they are when they stand alone, which takes more room.
  await caption({
    words: words(["ب\u200cي\u200cت", 0, 1]),
    shot: shot(30),
    style: PLAIN,
    film: SMALL,
    output: apart,
  });
  const alone = boundsOf((await draw(apart, SMALL, shot(30)))[2]!, SMALL.width, isRed)!;
  expect(first!.right - first!.left).toBeLessThan((alone.right - alone.left) * 0.85);
});

describe("fonts", () => {
  const WORDS = "work/s/scene_01.words.json";
  let bare: FontShelf;
  beforeAll(() => {
    bare = findFonts(folder.in("nowhere"), { FACELESS_FONTS: "" }).shelf;
  });
  const make = (text: string, rest: { fonts?: FontShelf; font?: Partial<CaptionStyle["font"]> } = {}) => {
    const style = shippedStyle("words");
    return caption({
      words: proportionalWords(text, 2),
      output: folder.in("fonts.ass"),
      fonts: rest.fonts ?? shelf,
      style: { ...style, font: { ...style.font, ...rest.font } },
    });
  };

  test("that stand in for a character are named", async () => {
    const { notices, ass } = await make("Hello 世界! שלום");
    expect(notices).toEqual([
      `${WORDS}: Noto Sans CJK SC 700 draws what Inter does not have, such as '世界!'.`,
      `${WORDS}: Noto Sans Hebrew 700 draws what Inter does not have, such as 'שלום'.`,
    ]);
    expect(ass.match(/^; Font: .*$/gm)).toEqual([
      "; Font: Inter 800",
      "; Font: Noto Sans CJK SC 700",
      "; Font: Noto Sans Hebrew 700",
    ]);
    expect((await make("Only English.")).notices).toEqual([]);
  });

  test("draw Chinese characters as the language around them does", async () => {
    expect((await make("船は来ない")).notices.join()).toContain("Noto Sans CJK JP");
    expect((await make("배는 船 없다")).notices.join()).toContain("Noto Sans CJK KR");
  });

  test("that nobody has end the task before anything is drawn", async () => {
    await expect(make("No 世界 here, 世. ۞", { fonts: bare })).rejects.toMatchObject({
      message: `${WORDS}: no font has '世' (U+4E16) in '世界', '界' (U+754C) in '世界', '۞' (U+06DE) in '۞'.`,
      help: "On Debian install fonts-noto-cjk and fonts-noto-core; elsewhere put 'Noto Sans CJK SC' and 'Noto Sans Arabic' into shared/fonts/ (as .ttf or .otf), and name a family of another kind in the template, under font.fallback.",
    });
  });

  test("are taken from shared/fonts before the system's, and named in a template", async () => {
    const repo = folder.in("repo");
    await mkdir(`${repo}/shared/fonts`, { recursive: true });
    const hebrew = shelf.system.find((path) => path.endsWith("/NotoSansHebrew-Bold.ttf"))!;
    await copyFile(hebrew, `${repo}/shared/fonts/mine.ttf`);
    const { shelf: own, restsOn } = findFonts(repo, { FACELESS_FONTS: "" });
    expect(own.own).toEqual([`${repo}/shared/fonts/mine.ttf`]);
    expect(restsOn).toEqual([`${repo}/shared/fonts`, `${repo}/shared/fonts/mine.ttf`]);
    expect(own.identity).not.toBe(bare.identity);
    expect((await make("שלום", { fonts: own })).notices).toHaveLength(1);
    expect((await make("שלום", { fonts: own, font: { family: "Noto Sans Hebrew" } })).notices).toEqual([]);
    await writeFile(`${repo}/shared/fonts/torn.otf`, (await readFile(hebrew)).subarray(0, 300));
    expect(() => findFonts(repo, { FACELESS_FONTS: "" })).toThrow(
      "shared/fonts/torn.otf cannot be read as a font: its table 'DSIG' is beyond the file's end.",
    );
  });

  test("of a family that there is not", async () => {
    await expect(make("Hi", { fonts: bare, font: { family: "Intr" } })).rejects.toMatchObject({
      message: "there is no font of the family 'Intr'.",
      help: "Did you mean 'Inter'? Put its files into shared/fonts/; 'Inter' is shipped.",
    });
  });

  test("have no emoji but those of one colour: the others are left out, and it is said", async () => {
    const { notices, ass } = await make("A party🎉 👩‍👩‍👧 tonight ❤️ 🇫🇷!");
    expect(notices).toEqual([
      `${WORDS}: left out of the captions: 🎉 👩‍👩‍👧 🇫🇷. Captions have one colour; put 'Noto Emoji' into shared/fonts/ to have emoji drawn in it.`,
    ]);
    expect(readCaptions(ass).join(" ").replaceAll(" / ", " ")).toBe("A party tonight ❤️ !");
  });
});

describe("templates", () => {
  test("that are shipped keep to what the platforms ask for", () => {
    for (const name of ["words", "words-box"]) {
      const { size, outline, page, active } = shippedStyle(name);
      expect(size).toBeGreaterThanOrEqual(0.08);
      expect(size).toBeLessThanOrEqual(0.1);
      expect(outline!.width).toBeGreaterThanOrEqual(0.03);
      expect(outline!.width).toBeLessThanOrEqual(0.05);
      expect(page.words).toBe(4);
      expect(active).not.toBeNull();
    }
    for (const name of ["lines", "lines-box"])
      expect(shippedStyle(name).page).toEqual({ words: null, characters: 42, lines: 2 });
  });

  test("tell all their mistakes where they stand", async () => {
    const file = folder.in("mine.yaml");
    await writeFile(
      file,
      [
        "size: 0.5",
        "colour: white",
        "outline: { color: '#000000', width: 0.04 }",
        "page: { characters: 42, lines: 2 }",
        "area: { left: 0.6, right: 0.1, top: 0, bottom: 0 }",
      ].join("\n"),
    );
    let told: unknown;
    try {
      readStyle(file, `${TEMPLATES}/mine.yaml`);
    } catch (error) {
      told = (error as { list: { where: { line: number; column: number }; message: string }[] }).list.map(
        ({ where, message }) => `${where.line}:${where.column} ${message}`,
      );
    }
    expect(told).toEqual([
      "1:1 missing key 'font': a mapping of keys to values.",
      "1:7 'size' must be at most 0.3, found 0.5.",
      '2:9 a colour is "#rrggbb", such as "#ffffff", in quotes.',
      "3:12 unknown key 'color'.",
      "5:7 'area' leaves no room: left and right are each less than 0.5, top and bottom together less than 1.",
    ]);
  });

  test("that there are not", () => {
    expect(() => shippedStyle("wrods")).toThrow("there is no caption template 'wrods'.");
    expect(() => shippedStyle("../../package")).toThrow("there is no caption template '../../package'.");
  });
});

describe("the task", () => {
  const SHOT = { fps: 30, frames: 40, lead: 2, tail: 3, voice_sample: 4800, motion: {}, cuts: [] };
  const SPOKEN = {
    text: "Hi 船",
    sample_rate: 48_000,
    samples: 48_000,
    timing: "engine",
    words: words(["Hi", 0, 0.4], ["船", 0.4, 1]),
  };

  async function run(content: { words?: unknown; shot?: unknown; style?: string }, params: object) {
    const checked = captions.checkParams({ width: 540, height: 960, ...params });
    if (!checked.ok) throw new Error(checked.problems.map(({ message }) => message).join("; "));
    const input = async (name: string, text: string) => {
      const path = folder.in(name.replaceAll("/", "-"));
      await writeFile(path, text);
      return { path, name, extension: ".json" };
    };
    const output = folder.in("task.ass");
    const notices: string[] = [];
    await captions.run({
      params: checked.value,
      inputs: {
        words: await input("work/s/scene_01.words.json", JSON.stringify(content.words ?? SPOKEN)),
        shot: await input("work/s/scene_01_tiktok.shot.json", JSON.stringify(content.shot ?? SHOT)),
        style: content.style === undefined ? undefined : await input("shared/mine.yaml", content.style),
      },
      outputs: { captions: { path: output, write: (text) => writeFile(output, text) } },
      tools: { fonts: shelf },
      scratch: folder.in("scratch"),
      signal: new AbortController().signal,
      progress() {},
      notice: (text) => notices.push(text),
    });
    return { ass: await readFile(output, "utf8"), notices };
  }

  test("sets a scene's words in a worker, with a shipped template or one's own", async () => {
    try {
      const { ass, notices } = await run({}, { template: "words" });
      expect(readCaptions(ass)).toEqual(["Hi 船"]);
      expect(ass).toContain("PlayResX: 540\nPlayResY: 960\n");
      expect(ass).toContain("YCbCr Matrix: TV.709\n");
      // 0.1 s of silence is three frames, of which the first two are not the scene's own.
      expect(ass).toMatch(/^Dialogue: 2,0:00:00\.02,0:00:01\.15,Word,/m);
      expect(notices).toHaveLength(1);
      const mine = await readFile("shared/templates/captions/lines.yaml", "utf8");
      const own = await run({ style: mine.replace("#ffffff", "#123456") }, { template: "words" });
      expect(own.ass).toContain("&H00563412");
    } finally {
      await endWorkers();
    }
  });

  test("complains about files that are not what they should be", async () => {
    await expect(run({ shot: { ...SHOT, frames: 5 } }, {})).rejects.toMatchObject({
      message: expect.stringMatching(
        /^work\/s\/scene_01_tiktok\.shot\.json does not hold a shot: .*'lead' and 'tail' leave no frame/s,
      ),
      help: "Delete it: its task makes it again.",
    });
    await expect(run({ words: { words: [] } }, {})).rejects.toMatchObject({
      message: expect.stringMatching(/^work\/s\/scene_01\.words\.json does not hold words and their times: /),
    });
    expect(captions.checkParams({ width: 1, height: 1080 })).toMatchObject({ ok: false });
    expect(captions.checkParams({ width: 1920, height: 1080 })).toEqual({
      ok: true,
      value: { template: "lines", width: 1920, height: 1080 },
    });
  });
});
