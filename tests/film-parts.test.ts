/** The shipped pipeline with real media: a film that is longer than its platform takes, in parts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Timeline } from "../lib/media/parts.ts";
import { probe } from "../lib/media/probe.ts";
import {
  actionsOf,
  all,
  besides,
  FilmShop,
  gist,
  nothingToDo,
  partsOf,
  type Story,
  smallPlatform,
  those,
} from "./film-shop.ts";
import { decodeFrames, expectCleanDecode, ffmpeg } from "./media-kit.ts";

const FPS = 24;
/** Seconds. */
const MAX_PART = 5;

/** Two scenes a part but for the second, which has one of its own. */
function ships(): Story {
  return {
    title: "Ships",
    scenes: [
      { narration: "One ship.", image_prompt: "a ship" },
      { narration: "Two ships.", image_prompt: "two ships" },
      { narration: "Three ships lie in the harbour at night.", image_prompt: "a harbour at night" },
      { narration: "Four ships come back from the sea.", image_prompt: "four ships" },
    ],
  };
}

const PARTS = 3;
const FILM = actionsOf("ships", 4, ["dot"]);
const PART = partsOf("ships", "dot", PARTS);
const FRESH = all("fresh", { ...FILM, ...PART });

let base: FilmShop;

beforeAll(async () => {
  base = await FilmShop.open();
  base.configure(({ defaults, platforms }) => {
    defaults.platforms = ["dot"];
    platforms.dot = { ...smallPlatform(96, 64, FPS), max_part: MAX_PART };
  });
  base.writeStory("ships", ships());
  const { ran, problems } = await base.build();
  expect(problems).toEqual({});
  expect(ran).toEqual(all("ran", { ...FILM, ...PART }));
});

afterAll(() => base.close());

function timelineOf(shop: FilmShop): Timeline {
  return JSON.parse(shop.read("work/ships/timeline_dot.json"));
}

test("each is a film of its own: a card, its scenes, sound, subtitles, what is published with it; none too long", async () => {
  expect(Object.keys(base.outputs())).toEqual(
    [...Object.keys(FRESH), ...besides(FILM), ...besides(PART)].sort(),
  );
  const { film, parts } = timelineOf(base);
  expect(film.frames).toBeGreaterThan(MAX_PART * FPS);
  expect(parts.map(({ scenes }) => scenes)).toEqual([[1, 2], [3], [4]]);
  for (const [i, { reel }] of parts.entries()) {
    const { frames, intro_frames: card } = reel;
    const path = base.path(PART.part_film[i]!);
    const found = await probe(ffmpeg, path);
    expect(found).toMatchObject({ width: 96, height: 64, frames });
    expect(frames).toBeLessThanOrEqual(MAX_PART * FPS);
    await expectCleanDecode(path);
    const pictures = (await decodeFrames(path, 96, 64)).map((frame) => Buffer.from(frame));
    expect(difference(pictures[0]!, pictures[card - 12]!)).toBeLessThan(1);
    expect(difference(pictures[0]!, pictures[card + 12]!)).toBeGreaterThan(3);
    const check = JSON.parse(base.read(PART.part_check[i]!));
    expect(check).toMatchObject({ part: i + 1, of: PARTS, frames });
    const { title, part, duration_s } = JSON.parse(base.read(PART.part_metadata[i]!));
    expect([part, duration_s]).toEqual([i + 1, Math.round((frames / FPS) * 1000) / 1000]);
    expect(title).toContain(`${i + 1}/${PARTS}`);
    // Nothing is said while the card is shown.
    expect(base.read(PART.part_subtitles[i]!)).toMatch(/^1\n00:00:01,[5-9]/);
  }
  expect(gist(await base.build())).toEqual(nothingToDo(Object.keys(FRESH).length));
});

/** Mean, of luma and colours. */
function difference(one: Buffer, other: Buffer): number {
  return one.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / one.length;
}

test("an edit in one part leaves all that is made for the others alone", async () => {
  const shop = base.copy();
  const story = ships();
  story.scenes[2]!.narration = "Three ships lie in the harbour today.";
  shop.writeStory("ships", story);
  const { ran, problems } = await shop.build();
  expect(problems).toEqual({});
  const own = (["narration", "words", "shot", "captions", "segment"] as const).flatMap((target) =>
    those(FILM[target], "scene_03"),
  );
  const borders = [...those(FILM.transition, "scene_02"), ...those(FILM.transition, "scene_03")];
  const { script, timeline, sound, final, check, subtitles, metadata } = FILM;
  const film = { script, timeline, sound, final, check, subtitles, metadata };
  const { card, ...part } = PART;
  const second = those(Object.values(part).flat(), "part2");
  expect(ran).toEqual({ ...FRESH, ...all("ran", { own, borders, ...film, second }) });
});

test("other music renders no frame, of no part", async () => {
  const shop = base.copy();
  await shop.writeMusic(330);
  const { ran, problems } = await shop.build();
  expect(problems).toEqual({});
  const { bed, sound, final, check } = FILM;
  const { part_sound, part_film, part_check } = PART;
  const heard = { bed, sound, final, check, part_sound, part_film, part_check };
  expect(ran).toEqual({ ...FRESH, ...all("ran", heard) });
});

test("a platform that takes whole what another takes in parts has the same sound and subtitles", async () => {
  const shop = base.copy();
  shop.configure(({ defaults, platforms }) => {
    defaults.platforms.push("tall");
    platforms.tall = smallPlatform(64, 96, FPS);
  });
  const { ran, problems } = await shop.build();
  expect(problems).toEqual({});
  const { script, narration, words, bed, ...own } = actionsOf("ships", 4, ["tall"]);
  const { sound, subtitles } = own;
  expect(ran).toEqual({ ...FRESH, ...all("ran", own), ...all("restored", { sound, subtitles }) });
});

test("a film that its platform takes whole has none, and theirs are gone", async () => {
  const shop = base.copy();
  shop.configure(({ platforms }) => {
    platforms.dot!.max_part = 60;
  });
  const { ran, problems } = await shop.build();
  expect(problems).toEqual({});
  // Both are told of the longest part; what they say of the film is what it was.
  const { shot, timeline } = FILM;
  expect(ran).toEqual({ ...all("fresh", FILM), ...all("ran", { shot, timeline }) });
  expect(Object.keys(shop.outputs())).toEqual([...Object.values(FILM).flat(), ...besides(FILM)].sort());
});
