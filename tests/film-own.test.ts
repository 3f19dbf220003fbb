/** The shipped pipeline with real media: what the author gives of his own, and what films are made of around the scenes. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runFfmpeg } from "../lib/media/ffmpeg.ts";
import { probe } from "../lib/media/probe.ts";
import { actionsOf, all, type Built, FilmShop, gist, nothingToDo, type Story, those } from "./film-shop.ts";
import { decodeFrames, ffmpeg, makePicture } from "./media-kit.ts";

/** Fresh for each test, so that it can be changed. */
function bell(): Story {
  return {
    title: "Bell",
    scenes: [
      { narration: "One bell.", image_prompt: "a bell in a tower" },
      { narration: "Two doors.", image_prompt: "two doors in a house" },
    ],
  };
}

const BELL = actionsOf("bell", 2);
const FRESH = all("fresh", BELL);
const SCRIPT = all("ran", { script: BELL.script });
const FILM = "final/finance_bell_youtube.mp4";

/** What has nothing of a platform in it but the frame rate: made for the one of two that comes first. */
const SHARED = [...BELL.shot, ...BELL.timeline, ...BELL.sound, ...BELL.subtitles];

/** Those of SHARED in which both platforms' own were told of: each once made and once restored. */
function once(ran: Built["ran"]): Built["ran"] {
  const shared = SHARED.filter((path) => ran[path] !== "fresh");
  for (const path of those(shared, "youtube")) {
    const pair = [ran[path], ran[path.replace("youtube", "tiktok")]];
    expect([path, pair.sort()]).toEqual([path, ["ran", "restored"]]);
  }
  return Object.fromEntries(shared.map((path) => [path, ran[path]!]));
}

let base: FilmShop;

beforeAll(async () => {
  base = await FilmShop.open();
  base.configure(({ defaults, platforms }) => {
    defaults.pause = { before: 0.2, after: 0.2 };
    // Alike but for their shape.
    platforms.tiktok!.video.fps = 30;
  });
  base.writeStory("bell", bell());
  const { ran, problems } = await base.build();
  expect(problems).toEqual({});
  expect(ran).toEqual({ ...all("ran", BELL), ...once(ran) });
});

afterAll(() => base.close());

/** The base, built, with its story changed. */
function reworked(change: (story: Story) => void): FilmShop {
  const shop = base.copy();
  const story = bell();
  change(story);
  shop.writeStory("bell", story);
  return shop;
}

/** Mean of the luma and of both colours, in one frame of a film of 320x180. */
async function colourAt(path: string, frame: number): Promise<number[]> {
  const pixels = (await decodeFrames(path, 320, 180)).at(frame)!;
  const mean = (from: number, to: number) =>
    Math.round(pixels.subarray(from, to).reduce((sum, one) => sum + one, 0) / (to - from));
  const [luma, colour] = [320 * 180, 160 * 90];
  return [mean(0, luma), mean(luma, luma + colour), mean(luma + colour, luma + 2 * colour)];
}

/** Of "red", as BT.709 has it in limited range (ITU-R BT.709, 3). */
const RED = [63, 102, 240];

function expectRed(colour: readonly number[]): void {
  for (const [i, value] of colour.entries()) expect(Math.abs(value - RED[i]!)).toBeLessThanOrEqual(3);
}

async function makeClip(path: string, source: string, sound = false): Promise<void> {
  await runFfmpeg(ffmpeg, { what: `making ${path}` }, (command) => {
    command.input(source).inputOptions("-f", "lavfi");
    if (sound) command.input("sine=f=500:d=1").inputOptions("-f", "lavfi");
    command.outputOptions("-c:v", "libx264", "-pix_fmt", "yuv420p", "-t", "1").output(path);
  });
}

describe("a picture of the author's own", () => {
  test("is taken without asking anybody for one, and is what the film shows", async () => {
    const shop = reworked(({ scenes }) => {
      scenes[0]!.picture = "own/red.png";
    });
    shop.configure(({ platforms }) => {
      platforms.youtube!.captions = null;
    });
    shop.write("own/.keep", "");
    await makePicture(shop.path("own/red.png"), "color=c=red:s=200x200");
    const built = await shop.build();
    expect(built.problems).toEqual({});
    const shows = ["image", "segment", "transition", "thumbnail", "final", "check"] as const;
    const again = shows.flatMap((target) => BELL[target].filter((path) => !path.includes("scene_02")));
    const captions = those(BELL.captions, "youtube");
    const segment = those(BELL.segment, "youtube");
    expect(built.ran).toEqual({ ...FRESH, ...SCRIPT, ...all("ran", { again, captions, segment }) });
    const asked = built.events.filter((event) => event.type === "started" && event.target === "image");
    expect(asked).toHaveLength(2);
    const images = those(BELL.image, "scene_01").map((path) => probe(ffmpeg, shop.path(path)));
    for (const { width, height } of await Promise.all(images)) expect([width, height]).toEqual([200, 200]);
    expectRed(await colourAt(shop.path(FILM), 0));
    const [border] = those(BELL.transition, "scene_01_youtube");
    expectRed(await colourAt(shop.path(border!), 0));
  });

  test("a clip of the author's own plays, and goes over into the next scene", async () => {
    const shop = reworked(({ scenes }) => {
      scenes[1]!.picture = "own/grey.mp4";
    });
    shop.configure(({ platforms }) => {
      platforms.youtube!.captions = null;
    });
    shop.write("own/.keep", "");
    // From black to white within its second.
    await makeClip(shop.path("own/grey.mp4"), "nullsrc=s=320x180:r=30,geq=lum=16+7*N:cb=128:cr=128");
    const built = await shop.build();
    expect(built.problems).toEqual({});
    const shows = ["image", "segment", "thumbnail", "final", "check"] as const;
    const again = shows.flatMap((target) => BELL[target].filter((path) => !path.includes("scene_01")));
    const captions = those(BELL.captions, "youtube");
    const segment = those(BELL.segment, "youtube");
    // The border before it shows it, and the one after.
    const { transition } = BELL;
    expect(built.ran).toEqual({
      ...FRESH,
      ...SCRIPT,
      ...all("ran", { again, captions, segment, transition }),
    });
    const [scene] = those(BELL.segment, "scene_02_youtube");
    const [early, late] = [await colourAt(shop.path(scene!), 1), await colourAt(shop.path(scene!), 15)];
    expect(late[0]! - early[0]!).toBeGreaterThan(70);
  });
});

test("another kind of transition runs that border alone, and the films", async () => {
  const shop = reworked(({ scenes }) => {
    scenes[0]!.transition = "cut";
  });
  const built = await shop.build();
  expect(built.problems).toEqual({});
  const again = [...those(BELL.transition, "scene_01"), ...BELL.final, ...BELL.check];
  expect(built.ran).toEqual({ ...FRESH, ...SCRIPT, ...all("ran", { again }) });
});

test("a film that was cut by hand fails its check; the others of its files are kept", async () => {
  const shop = base.copy();
  const whole = shop.path("/whole.mp4");
  shop.write("/whole.mp4", shop.bytes(FILM));
  execFileSync(ffmpeg.path, ["-v", "error", "-y", "-i", whole, "-t", "1", "-c", "copy", shop.path(FILM)]);
  const built = await shop.build();
  const check = FILM.replace(".mp4", ".check.json");
  expect(built.code).toBe(1);
  expect(built.ran).toEqual({ ...FRESH, [FILM]: "edited", [check]: "failed" });
  const { message } = built.problems[check]!;
  expect(message).toMatch(/^output\/finance\/final\/finance_bell_youtube\.mp4 is not fit to be published; /);
  expect(message).toMatch(/^- It has \d+ frames and its timeline \d+: .* too short\./m);
  const mended = await shop.build("--discard-edits");
  expect(mended.code).toBe(0);
  expect(shop.outputs()).toEqual(base.outputs());
});

test("intro and outro are seen and heard, and no music is played", async () => {
  const shop = base.copy();
  shop.configure(({ defaults }) => {
    defaults.music = null;
    defaults.intro = "/shared/intro.mp4";
    defaults.outro = "/shared/outro.png";
  });
  await makeClip(shop.path("/shared/intro.mp4"), "color=c=red:s=320x180:r=25:d=1", true);
  await makePicture(shop.path("/shared/outro.png"), "testsrc2=s=320x180");
  const built = await shop.build();
  expect(built.problems).toEqual({});
  const { bed, timeline, sound, final, check, subtitles, metadata, ...others } = BELL;
  const platforms = ["youtube", "tiktok"];
  const clips = platforms.flatMap((platform) => [`work/intro_${platform}.mp4`, `work/outro_${platform}.mp4`]);
  expect(built.ran).toEqual({
    ...all("fresh", others),
    ...all("ran", { final, check, metadata, clips }),
    ...once(built.ran),
  });
  expect(SHARED.filter((path) => built.ran[path] === "fresh")).toEqual(BELL.shot);
  const { film } = JSON.parse(shop.read("work/bell/timeline_youtube.json"));
  expect([film.intro_frames, film.outro_frames]).toEqual([30, 120]);
  expect((await probe(ffmpeg, shop.path(FILM))).frames).toBe(film.frames);
  expectRed(await colourAt(shop.path(FILM), 10));
  expect(film.scenes[0].first_frame).toBe(30);
  expect(shop.read("final/finance_bell_youtube.srt")).toMatch(/^1\n00:00:01,/);
  const { loudness_lufs } = JSON.parse(shop.read("final/finance_bell_youtube.check.json")).sound;
  expect(Math.abs(loudness_lufs + 14)).toBeLessThanOrEqual(0.5);
  expect(gist(await shop.build())).toEqual(nothingToDo(Object.keys(built.ran).length));
});
