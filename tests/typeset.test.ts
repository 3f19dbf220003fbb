/** Type on pictures: lines that are even and fit, the words that matter, fonts that have every letter. */
import { writeFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { graphemes } from "../lib/base/graphemes.ts";
import { type FitOptions, fitStack, fitText } from "../lib/media/typeset/fit.ts";
import { fontsFor } from "../lib/media/typeset/fonts.ts";
import { breakLines, joined, unitsOf } from "../lib/media/typeset/lines.ts";
import { keyPhrase } from "../lib/media/typeset/phrase.ts";
import { cropOf } from "../lib/media/typeset/picture.ts";
import { typographic } from "../lib/media/typeset/say.ts";
import { temporaryFolder } from "./media-kit.ts";
import { tinyFont } from "./tiny-font.ts";

const folder = temporaryFolder();

/** As if all letters were half an em wide. */
const measure = (text: string) => graphemes(text).length / 2;
const words = fc
  .array(fc.stringMatching(/^[a-z]{1,12}[,.]?$/), { minLength: 1, maxLength: 9 })
  .map((list) => list.join(" "));
const box: FitOptions = {
  width: 600,
  height: 400,
  lines: 5,
  largest: 200,
  ascent: 0.8,
  descent: 0.2,
  gap: 0.1,
};

function broken(text: string, count: number): string[] | undefined {
  const units = unitsOf(text);
  const widths = units.map((unit) => measure(unit.text));
  return breakLines(units, widths, 0.5, count)?.map(joined);
}

describe("lines", () => {
  test("are even, and do not end in a word that leans on the next", () => {
    expect(broken("the keeper of the light", 2)).toEqual(["the keeper", "of the light"]);
    expect(broken("a story that nobody ever told me", 3)).toEqual(["a story", "that nobody", "ever told me"]);
    expect(broken("he went home, and she stayed", 2)).toEqual(["he went home,", "and she stayed"]);
    expect(broken("two words", 3)).toBeUndefined();
    expect(broken("  ", 1)).toBeUndefined();
  });

  test("break anywhere in scripts without spaces, but not before a full stop or inside a foreign word", () => {
    expect(unitsOf("東京 Tower「光」です。").map(({ text }) => text)).toEqual([
      "東",
      "京",
      "Tower",
      "「光」",
      "で",
      "す。",
    ]);
    expect(broken("東京の灯台守の日記", 3)).toEqual(["東京の", "灯台守", "の日記"]);
  });

  test("hold every word, in order, in as many lines as asked for", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 9 }), (text, count) => {
        const lines = broken(text, count);
        const all = text.split(" ").length;
        if (count > all) return lines === undefined;
        return lines?.length === count && lines.every((line) => line !== "") && lines.join(" ") === text;
      }),
    );
  });

  test("are as even as can be, where no line ends badly or well", () => {
    const plain = fc.array(fc.stringMatching(/^x{1,12}$/), { minLength: 1, maxLength: 8 });
    const unevenness = (lines: readonly string[]) => lines.reduce((sum, line) => sum + measure(line) ** 2, 0);
    const allWays = (list: readonly string[], count: number): string[][] =>
      count === 1
        ? [[list.join(" ")]]
        : list
            .slice(0, list.length - count + 1)
            .flatMap((_, at) =>
              allWays(list.slice(at + 1), count - 1).map((rest) => [
                list.slice(0, at + 1).join(" "),
                ...rest,
              ]),
            );
    fc.assert(
      fc.property(plain, fc.integer({ min: 1, max: 4 }), (list, count) => {
        if (count > list.length) return true;
        const least = Math.min(...allWays(list, count).map(unevenness));
        return Math.abs(unevenness(broken(list.join(" "), count)!) - least) < 1e-9;
      }),
    );
  });
});

describe("the largest type that fits", () => {
  test.each([
    ["in one size", fitText],
    ["each line as wide as the box", fitStack],
  ])("%s: is within the box, whatever the text", (_, fitInto) => {
    fc.assert(
      fc.property(words, (text) => {
        const lines = fitInto(unitsOf(text), measure, box);
        const tall = lines.reduce((sum, { size }) => sum + size * 1.1, 0) - lines.at(-1)!.size * 0.1;
        return (
          lines.map(({ units }) => joined(units)).join(" ") === text &&
          lines.length <= 5 &&
          tall <= 400 + 1e-6 &&
          lines.every(
            ({ units, size }) => size >= 1 && size <= 200 && measure(joined(units)) * size <= 600 + 1e-6,
          )
        );
      }),
    );
  });

  test("takes a line more only where it is worth it", () => {
    const linesOf = (text: string) => fitText(unitsOf(text), measure, box).map(({ units }) => joined(units));
    expect(linesOf("Rust")).toEqual(["Rust"]);
    expect(linesOf("The Keeper of the Light")).toEqual(["The Keeper", "of the Light"]);
    expect(fitText([], measure, box)).toEqual([]);
  });

  test("of a stack lets short words stand out, and gives none that says nothing a line of its own", () => {
    const stack = fitStack(unitsOf("THE KEEPER'S LAST ENTRY"), measure, {
      ...box,
      height: 700,
      largest: 300,
    });
    expect(stack.map(({ units }) => joined(units))).toEqual(["THE KEEPER'S", "LAST", "ENTRY"]);
    expect(stack[1]!.size).toBeGreaterThan(stack[0]!.size * 1.5);
  });
});

describe("the key phrase", () => {
  const phraseOf = (title: string) => {
    const units = unitsOf(title);
    const { from, to } = keyPhrase(units);
    return joined(units.slice(from, to));
  };

  test.each([
    ["The Keeper's Last Entry", "Last Entry"],
    ["The Decade That Cost 280,000 Dollars", "280,000 Dollars"],
    ["Why a Worse Clock Costs More", "Costs More"],
    ["7 Things Nobody Tells You About Money", "7 Things"],
    ["I was there", "I was there"],
    ["Silence", "Silence"],
    ["東京の灯台守が残した最後の日記", "灯台守"],
    ["你好", "你好"],
  ])("of '%s' is '%s'", (title, phrase) => {
    expect(phraseOf(title)).toBe(phrase);
  });

  test("is a part of any title", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (title) => {
        const units = unitsOf(title);
        const { from, to } = keyPhrase(units);
        return units.length === 0 || (from >= 0 && from < to && to <= units.length);
      }),
    );
  });
});

describe("fonts", () => {
  // Never assigned (Unicode 16), so that no machine has a font with it.
  const UNKNOWN = "\u0378";

  test("the shipped one alone sets what it has: Latin, Greek, Cyrillic, typographic signs", async () => {
    const text = "The “Keeper’s” — naïve Łódź, Ελλάς, Привет… 100 % €£¥";
    expect(await fontsFor(text, "faceless black", [])).toEqual({
      families: '"faceless black"',
      installed: [],
    });
  });

  test("what no font has is named", async () => {
    await expect(fontsFor(`Of ${UNKNOWN} and e${UNKNOWN}`, "faceless black", [])).rejects.toMatchObject({
      name: "Failure",
      message: `No font has '${UNKNOWN}' (U+0378) of 'Of ${UNKNOWN} and e${UNKNOWN}'.`,
      help: "Give a font file that has it (the input 'fonts'), install one such as Noto, or leave it out of the text.",
    });
  });

  test("a given one is taken for what the shipped one lacks, and only then", async () => {
    const path = folder.in("tiny.ttf");
    await writeFile(path, tinyFont(UNKNOWN));
    const given = [{ path, name: "shared/tiny.ttf" }];
    expect(await fontsFor("Latin", "faceless black", given)).toEqual({
      families: '"faceless black"',
      installed: [],
    });
    expect(await fontsFor(`Of ${UNKNOWN}`, "faceless black", given)).toEqual({
      families: expect.stringMatching(/^"faceless black", "given [0-9a-f]{16}"$/),
      installed: [],
    });
  });

  test("one that is none is told of", async () => {
    const path = folder.in("no.ttf");
    await writeFile(path, "no font");
    await expect(fontsFor(UNKNOWN, "faceless black", [{ path, name: "no.ttf" }])).rejects.toMatchObject({
      message: "no.ttf is no font that can be read.",
      help: "A font is a .ttf, .otf or .woff2 file.",
    });
  });
});

describe("a crop", () => {
  const size = fc.integer({ min: 1, max: 9000 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  test("lies in the picture and has the box's shape, whatever is in focus", () => {
    fc.assert(
      fc.property(size, size, size, size, share, share, (width, height, w, h, x, y) => {
        const crop = cropOf(
          { width, height },
          { x: 0, y: 0, width: w, height: h },
          { focus: [x, y], zoom: 1.2 },
        );
        const inside =
          crop.x >= 0 &&
          crop.y >= 0 &&
          crop.x + crop.width <= width + 1e-6 &&
          crop.y + crop.height <= height + 1e-6;
        return inside && Math.abs(crop.width / crop.height / (w / h) - 1) < 1e-6;
      }),
    );
  });

  test("keeps the focus where it was to be", () => {
    const picture = { width: 2000, height: 1000 };
    const square = { x: 0, y: 0, width: 100, height: 100 };
    expect(cropOf(picture, square, { focus: [0.5, 0.5] })).toEqual({
      x: 500,
      y: 0,
      width: 1000,
      height: 1000,
    });
    expect(cropOf(picture, square, { focus: [0.9, 0.5] })).toEqual({
      x: 1000,
      y: 0,
      width: 1000,
      height: 1000,
    });
    expect(cropOf(picture, square, { focus: [0.5, 0.5], at: [0.75, 0.5] }).x).toBe(250);
  });
});

test("apostrophes are those of print, quotes stay", () => {
  expect(typographic("The Keeper's 'old' dogs' rock'n'roll")).toBe("The Keeper’s 'old' dogs' rock’n’roll");
});
