/** Captions as they are drawn: on the right frames, inside of what stays visible, in any script, by any ffmpeg. */
import { mkdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type CaptionStyle, shippedStyle } from "../lib/media/captions/style.ts";
import { proportionalWords } from "../lib/media/words.ts";
import type { WordMark } from "../lib/model/word-mark.ts";
import { boundsOf, caption, draw, isDrawn, readCaptions, shot, TIKTOK } from "./captions-kit.ts";
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
  const place = shot(70, { lead: 7, tail: 5, voice_sample: 12_000 });

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
    const at = shot(2 * fps, { fps, voice_sample: 4_321 });
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

test.each(["#ffd54a", "#e5484d", "#f7f7f5", "#123456"])("%s is that colour in the film", async (colour) => {
  const output = folder.in("colour.ass");
  const style = { ...PLAIN, colour, active: null };
  await caption({ words: words(["HHHHHHH", 0, 1]), shot: shot(2), style, film: SMALL, output });
  const [frame] = await draw(output, SMALL, shot(2));
  const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const near = (...pixel: number[]) => pixel.every((value, i) => Math.abs(value - wanted[i]!) <= 3);
  const { left, right } = boundsOf(frame!, SMALL.width, near)!;
  expect(right - left).toBeGreaterThan(100);
});

test("nothing is drawn outside of a caption's time", async () => {
  const output = folder.in("time.ass");
  const at = shot(60, { voice_sample: 24_000 });
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
