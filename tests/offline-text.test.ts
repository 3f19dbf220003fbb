/** What flite is given for a script's text: symbols, money, sentences, and what nobody can say with it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { proportionalWords } from "../lib/media/words.ts";
import { wordsOf } from "../lib/model/word-mark.ts";
import { fliteText, readWords, sentencesOf } from "../lib/providers/offline/flite/text.ts";

const spoken = (text: string) => sentencesOf(readWords(text)).map(fliteText);

test.each([
  ["Café naïve — “quoted” ‘so’…", "Cafe naive, \"quoted\" 'so'..."],
  ["Øresund, Straße, Łódź, ﬁne", "Oresund, Strasse, Lodz, fine"],
  [
    "It cost $2.5 million, or €100, £0.99, -$5 and ¥1,000.",
    "It cost 2.5 million dollars, or 100 euros, 99 pence, minus 5 dollars and 1,000 yen.",
  ],
  ["$25.4M for $1", "25.4 million dollars for 1 dollar"],
  [
    "In 1715, 1850–1900, the 1990s and 1,999 in 1905",
    "In seventeen fifteen, eighteen fifty to nineteen hundred, the 1990s and 1,999 in nineteen oh five",
  ],
  ["-40°C or 5 kg, 60mph, 3 m²", "-40 degrees celsius or 5 kilograms, 60 miles per hour, 3 m squared"],
  [
    "R&D & C++/C#, and/or #1, 1½ of 9/11",
    "R and D and C plus plus C sharp, and or number 1, 1 and 1/2 of nine eleven",
  ],
  [
    "example.com e.g. me@example.org No. 7 v1.2.3",
    "example dot com for example me at example dot org number 7 v1 point 2 point 3",
  ],
  ["so 100 % *sure* _now_ <b>", "so 100 percent sure now b"],
  ["wait...what?!No,never", "wait, what, No, never"],
])("'%s' is given as '%s'", (text, given) => {
  expect(spoken(text).join(" ")).toBe(given);
});

test("a sentence ends at a full stop that is one", () => {
  expect(
    spoken(
      'Dr. Smith met the U.S. Army at 5 p.m. sharp. The end came at 6 p.m. He left. "Why?" she asked. J. R. Tolkien\n\nChapter two',
    ),
  ).toEqual([
    "Dr. Smith met the U.S. Army at 5 p.m. sharp.",
    "The end came at 6 p.m.",
    "He left.",
    '"Why?" she asked.',
    "J. R. Tolkien",
    "Chapter two",
  ]);
});

test("a sentence that is too long is cut at a comma, and one without commas between words", () => {
  const clause = `${"word ".repeat(60).trim()}, `;
  expect(spoken(clause.repeat(3)).map((piece) => piece.length)).toEqual([300, 300, 300]);
  const pieces = spoken("word ".repeat(300));
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(400);
  expect(pieces.join(" ").split(" ")).toHaveLength(300);
});

test("one entry for each white-space separated word of any text, in ASCII that flite can say", () => {
  const text = fc.string({ unit: fc.constantFrom(..."$5.€%'\"!? \nDr.U—…/²½°é🙂-ßж中\u0301\ud800\u0000") });
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" })), (any) => {
      const words = readWords(any);
      expect(words.map((word) => word.text)).toEqual(wordsOf(any));
      expect(sentencesOf(words).flat()).toEqual(words);
      for (const token of words.flatMap((word) => word.tokens))
        expect(token).toMatch(/^[!-~]*[A-Za-z0-9][!-~]*$/);
    }),
    { numRuns: 1000 },
  );
});

test("words in proportion: by letters, with a pause after a full stop and none at the end", () => {
  // 12 letters and pauses worth 6 and 2: 20 shares of 0.5 s.
  expect(proportionalWords("Four. — five four", 10)).toEqual([
    { text: "Four.", start: 0, end: 2 },
    { text: "—", start: 5, end: 5 },
    { text: "five", start: 6, end: 8 },
    { text: "four", start: 8, end: 10 },
  ]);
  expect(proportionalWords("", 9)).toEqual([]);
});
