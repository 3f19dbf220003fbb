/** What captions are set with: fonts that have all characters, templates that say what is wrong with them; and the task. */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { endWorkers } from "../lib/base/offload.ts";
import { UNBOOKED } from "../lib/engine/till.ts";
import { assColour } from "../lib/media/captions/colour.ts";
import { type CaptionStyle, readStyle, shippedStyle, TEMPLATES } from "../lib/media/captions/style.ts";
import { type FontShelf, findFonts } from "../lib/media/fonts/shelf.ts";
import { proportionalWords } from "../lib/media/words.ts";
import type { WordMark } from "../lib/model/word-mark.ts";
import captions from "../tasks/captions.ts";
import { caption, readCaptions, shelf } from "./captions-kit.ts";
import { temporaryFolder } from "./media-kit.ts";

const folder = temporaryFolder();

function words(...times: readonly (readonly [text: string, start: number, end: number])[]): WordMark[] {
  return times.map(([text, start, end]) => ({ text, start, end }));
}

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
  const move = { kind: "hold", focus: [0.5, 0.5] };
  const SHOT = {
    fps: 30,
    frames: 40,
    lead: 2,
    tail: 3,
    overlap: 3,
    voice_sample: 4800,
    move,
    reluctance: 0,
    cuts: [],
  };
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
      stop: new AbortController().signal,
      till: UNBOOKED,
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
      expect(ass).toContain("YCbCr Matrix: TV.601\n");
      // 0.1 s of silence is three frames, of which the first two are not the scene's own.
      expect(ass).toMatch(/^Dialogue: 2,0:00:00\.02,0:00:01\.15,Word,/m);
      expect(notices).toHaveLength(1);
      const mine = await readFile("shared/templates/captions/lines.yaml", "utf8");
      const own = await run({ style: mine.replace("#ffffff", "#123456") }, { template: "words" });
      expect(own.ass).toContain(`&H00${assColour("#123456")}`);
    } finally {
      await endWorkers();
    }
  });

  test("complains about files that are not what they should be", async () => {
    await expect(run({ shot: { ...SHOT, frames: 5 } }, {})).rejects.toMatchObject({
      message: expect.stringMatching(
        /^work\/s\/scene_01_tiktok\.shot\.json is not as expected: .*'lead' and 'tail' leave no frame/s,
      ),
      help: "Delete work/s/scene_01_tiktok.shot.json, or take it out of pinned/: it is made again.",
    });
    await expect(run({ words: { words: [] } }, {})).rejects.toMatchObject({
      message: expect.stringMatching(/^work\/s\/scene_01\.words\.json is not as expected: /),
    });
    expect(captions.checkParams({ width: 1, height: 1080 })).toMatchObject({ ok: false });
    expect(captions.checkParams({ width: 1920, height: 1080 })).toEqual({
      ok: true,
      value: { template: "lines", width: 1920, height: 1080 },
    });
  });
});
