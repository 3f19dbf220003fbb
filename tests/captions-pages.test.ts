/** How words become pages: no word lost, limits kept, times in order; and where lines are broken. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ScenePlace, timePages } from "../lib/media/captions/frames.ts";
import { type Chunk, type Page, type PageRules, paginate } from "../lib/media/captions/pages.ts";
import { columnsOf, type Unit, unitsOf } from "../lib/media/captions/units.ts";
import { SAMPLE_RATE } from "../lib/media/timeline.ts";
import { proportionalWords } from "../lib/media/words.ts";
import type { WordMark } from "../lib/model/word-mark.ts";

const LINES: PageRules = { words: null, lines: 2, columns: 42, width: Infinity };
const WORDS: PageRules = { words: 4, lines: 2, columns: 14, width: Infinity };

function chunk({ text, spaced, ...unit }: Unit): Chunk {
  const columns = columnsOf(text);
  return {
    ...unit,
    columns,
    width: columns * 0.6,
    gap: { columns: spaced ? 1 : 0, width: spaced ? 0.3 : 0 },
  };
}

function pagesOf(units: readonly Unit[], rules: PageRules): Page[] {
  return paginate(units.map(chunk), rules);
}

/** "one two / three | four": lines, and pages. */
function read(words: readonly WordMark[], rules: PageRules): string {
  const units = unitsOf(words);
  const line = ({ from, to }: Page[number]) =>
    units
      .slice(from, to)
      .map(({ text, spaced }, i) => (i > 0 && spaced ? ` ${text}` : text))
      .join("");
  return pagesOf(units, rules)
    .map((page) => page.map(line).join(" / "))
    .join(" | ");
}

const letters = fc.string({ unit: fc.constantFrom(..."aeionrstlW"), minLength: 1, maxLength: 14 });
const text = fc.oneof(
  { weight: 6, arbitrary: letters },
  {
    weight: 2,
    arbitrary: fc.tuple(letters, fc.constantFrom(".", ",", "!", "—", ":", "…”")).map((two) => two.join("")),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("—", "a", "17", "Mr.", "one—two", "x".repeat(60), "🎉", "e\u0301te\u0301"),
  },
  {
    weight: 1,
    arbitrary: fc.string({
      unit: fc.constantFrom(..."今日は良い天気です。「」、ありがとう船"),
      minLength: 1,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: "grapheme-composite", minLength: 1 }).filter((one) => !/\s/.test(one)),
  },
);
/** A word's length, and the silence after it. Milliseconds. */
const word = fc.record({
  text,
  length: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 60, max: 900 }) }, fc.constant(0)),
  rest: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 1500 })),
});
const narration = fc.array(word, { maxLength: 60 }).map((words) => {
  let at = 0;
  return words.map(({ text, length, rest }): WordMark => {
    const mark = { text, start: at / 1000, end: (at + length) / 1000 };
    at += length + rest;
    return mark;
  });
});
const rules = fc.record({
  words: fc.option(fc.integer({ min: 1, max: 6 })),
  lines: fc.integer({ min: 1, max: 3 }),
  columns: fc.integer({ min: 6, max: 42 }),
  width: fc.double({ min: 4, max: 30, noNaN: true }),
});

describe("whatever the words", () => {
  test("units have all of their text, in order, and share their time", () => {
    fc.assert(
      fc.property(narration, (words) => {
        const units = unitsOf(words);
        const plain = words.map((one) => one.text.normalize("NFC").replace(/\p{Cc}/gu, ""));
        expect(units.map((unit) => unit.text).join("")).toBe(plain.join(""));
        let at = 0;
        for (const { start, end } of units) {
          expect(start).toBeGreaterThanOrEqual(at - 1e-9);
          expect(end).toBeGreaterThanOrEqual(start - 1e-9);
          at = end;
        }
        expect(at).toBeCloseTo(units.length === 0 ? 0 : words.findLast((_, i) => plain[i] !== "")!.end);
      }),
    );
  });

  test("pages have every unit once, in order, and keep the limits", () => {
    fc.assert(
      fc.property(narration, rules, (words, limits) => {
        const chunks = unitsOf(words).map(chunk);
        const pages = paginate(chunks, limits);
        let at = 0;
        for (const page of pages) {
          const first = at;
          expect(page.length).toBeLessThanOrEqual(limits.lines);
          for (const { from, to } of page) {
            expect(from).toBe(at);
            expect(to).toBeGreaterThan(from);
            at = to;
            // What fits on no line is alone.
            if (to - from === 1 && page.length === 1) continue;
            const line = chunks.slice(from, to);
            const sum = (of: (one: Chunk) => number, gap: (one: Chunk) => number) =>
              line.reduce((total, one, i) => total + of(one) + (i > 0 ? gap(one) : 0), 0);
            expect(
              sum(
                (one) => one.columns,
                (one) => one.gap.columns,
              ),
            ).toBeLessThanOrEqual(limits.columns);
            expect(
              sum(
                (one) => one.width,
                (one) => one.gap.width,
              ),
            ).toBeLessThanOrEqual(limits.width + 1e-9);
          }
          if (limits.words !== null) expect(at - first).toBeLessThanOrEqual(limits.words);
        }
        expect(at).toBe(chunks.length);
      }),
    );
  });

  test("frames follow one another, inside of the piece, and a word is active within a frame of its time", () => {
    const place = fc.record({
      fps: fc.constantFrom(24, 25, 30, 50, 60),
      lead: fc.nat(20),
      tail: fc.nat(20),
      voice: fc.nat(2 * SAMPLE_RATE),
    });
    const rests = fc.record({
      linger: fc.double({ min: 0, max: 2, noNaN: true }),
      bridge: fc.double({ min: 0, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(narration, rules, place, rests, (words, limits, { fps, lead, tail, voice }, timing) => {
        const units = unitsOf(words);
        const seconds = voice / SAMPLE_RATE + (units.at(-1)?.end ?? 0) + 0.4;
        const shot: ScenePlace = {
          fps,
          lead,
          tail,
          voice_sample: voice,
          frames: Math.ceil(seconds * fps) + lead + tail,
        };
        const length = shot.frames - lead - tail;
        const pages = pagesOf(units, limits);
        let at = 0;
        for (const { page, from, to, active } of timePages(pages, units, shot, timing)) {
          expect(from).toBeGreaterThanOrEqual(at);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(length);
          at = to;
          // The active words fill the page's time, one after the other.
          expect(active.map((span) => span.from)).toEqual([
            from,
            ...active.slice(0, -1).map((span) => span.to),
          ]);
          expect(active.at(-1)!.to).toBe(to);
          for (const span of active) {
            expect(span.unit).toBeGreaterThanOrEqual(page[0].from);
            expect(span.unit).toBeLessThan(page.at(-1)!.to);
          }
        }
        // Pages of words that take no time push each other on by a frame each: those are not counted on here.
        const isBrief = units.some((unit) => unit.end - unit.start < 2 / fps);
        if (isBrief) return;
        for (const { active } of timePages(pages, units, shot, timing)) {
          for (const { unit, from } of active) {
            const exact = (voice / SAMPLE_RATE + units[unit]!.start) * fps - lead;
            expect(Math.abs(from - Math.min(Math.max(exact, 0), length))).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });
});

describe("where pages and lines end", () => {
  const SPEECH =
    "The keeper counted seventeen ships that night. Nobody — not one — came back, and the lamp, which had burned for a hundred years, went out. “Unbelievable!” said Mr. Smith.";

  test("two lines of 42 characters: at the ends of sentences and clauses, and evenly", () => {
    expect(read(proportionalWords(SPEECH, 11), LINES).split(" | ")).toEqual([
      "The keeper counted / seventeen ships that night.",
      "Nobody — not one — / came back, and the lamp,",
      "which had burned / for a hundred years, went out.",
      "“Unbelievable!” said Mr. Smith.",
    ]);
  });

  test("four words at most: never over the end of a sentence, and no title without its name", () => {
    expect(read(proportionalWords(SPEECH, 11), WORDS).split(" | ")).toEqual([
      "The keeper / counted",
      "seventeen / ships",
      "that night.",
      "Nobody —",
      "not one —",
      "came back,",
      "and the lamp,",
      "which / had burned",
      "for a hundred / years,",
      "went out.",
      "“Unbelievable!”",
      "said / Mr. Smith.",
    ]);
  });

  test("Japanese between its words, particles and marks with the word before them", () => {
    const words = proportionalWords("今日は良い天気です。「東京タワー」に行きましょう。", 5);
    expect(read(words, WORDS)).toBe("今日は良い / 天気です。 | 「東京タワー」に | 行きましょう。");
    expect(read(words, { ...WORDS, columns: 60 })).toBe(
      "今日は良い天気です。 | 「東京タワー」に行きましょう。",
    );
  });

  test("Chinese shares a word's time out by its characters", () => {
    const units = unitsOf([{ text: "每晚，回来", start: 1, end: 3 }]);
    expect(units.map(({ text, start, end }) => [text, start, end])).toEqual([
      ["每晚，", 1, 2],
      ["回来", 2, 3],
    ]);
  });

  test("a word that is longer than a line is alone", () => {
    const words = proportionalWords("Das ist die Donaudampfschifffahrtsgesellschaft, mein Freund.", 5);
    expect(read(words, WORDS)).toBe("Das ist die | Donaudampfschifffahrtsgesellschaft, | mein Freund.");
  });

  test("a silence ends a page", () => {
    const words = ["one", "two", "three", "four"].map((text, i) => {
      const start = i + (i >= 2 ? 3 : 0);
      return { text, start, end: start + 0.9 };
    });
    expect(read(words, LINES)).toBe("one two | three four");
  });
});

describe("a page stays", () => {
  const shot: ScenePlace = { fps: 30, frames: 200, lead: 10, tail: 20, voice_sample: 24_000 };
  const page = (from: number, to: number): Page => [{ from, to }];
  const spans = (times: readonly (readonly [number, number])[], pages: Page[]) =>
    timePages(
      pages,
      times.map(([start, end]) => ({ start, end })),
      shot,
      { linger: 0.25, bridge: 0.5 },
    ).map(({ from, to }) => [from, to]);

  test("a quarter of a second after its last word, or until the next where that comes soon", () => {
    // Frame of the piece: 30 (0.5 + t) - 10.
    expect(
      spans(
        [
          [0, 1],
          [2, 3],
          [3.4, 4],
        ],
        [page(0, 1), page(1, 2), page(2, 3)],
      ),
    ).toEqual([
      [5, 43], // 1.25 s is frame 42.5
      [65, 107], // until the next one, 0.4 s later
      [107, 133],
    ]);
  });

  test("never beyond the piece, and not at all where the piece is not seen", () => {
    expect(
      spans(
        [
          [-0.5, -0.4],
          [-0.3, 0.2],
          [5.5, 6],
          [6.5, 7],
        ],
        [page(0, 1), page(1, 2), page(2, 3), page(3, 4)],
      ),
    ).toEqual([[0, 19]]);
  });
});
