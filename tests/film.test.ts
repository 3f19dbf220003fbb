/** The shipped pipeline with real media: what an edit of a story costs, and what the films are like. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { actionsOf, all, type Built, FilmShop, gist, nothingToDo, type Story } from "./film-shop.ts";
import { ffmpeg, makePicture } from "./media-kit.ts";

/** Fresh for each test, so that it can be changed. */
function coin(): Story {
  return {
    title: "Coin",
    scenes: [
      { narration: "One coin.", image_prompt: "a gold coin on a table" },
      { narration: "Two trees stand.", image_prompt: "two trees on a hill" },
      { narration: "Three ships sail.", image_prompt: "three ships at sea" },
    ],
  };
}

const COIN = actionsOf("coin", 3);
const FRESH = all("fresh", COIN);
const FINALS = all("ran", { final: COIN.final });
const UP_TO_DATE = nothingToDo(21);

let base: FilmShop;
let first: Built;

beforeAll(async () => {
  base = await FilmShop.open();
  base.writeStory("coin", coin());
  first = await base.build();
});

afterAll(() => base.close());

/** The base, built, with its story changed. */
function reworked(change: (story: Story) => void): FilmShop {
  const shop = base.copy();
  const story = coin();
  change(story);
  shop.writeStory("coin", story);
  return shop;
}

describe("builds", () => {
  test("the first runs everything, and both films are there", () => {
    expect(gist(first)).toEqual({
      ...UP_TO_DATE,
      ran: all("ran", COIN),
      counts: { ...UP_TO_DATE.counts, fresh: 0, ran: 21 },
    });
    expect(first.events.findLast(({ type }) => type === "build-finished")).toMatchObject({
      ok: true,
      results: COIN.final.map((path) => `output/finance/${path}`).sort(),
    });
    const marks = COIN.narration.map((path) => path.replace(".mp3", ".marks.json"));
    expect(Object.keys(base.outputs())).toEqual([...Object.values(COIN).flat(), ...marks].sort());
    expect(base.leftovers()).toEqual([]);
  });

  test("the second runs nothing", async () => {
    const before = base.outputs();
    expect(gist(await base.build())).toEqual(UP_TO_DATE);
    expect(base.outputs()).toEqual(before);
  });

  test("nor does one of a copy of the whole content repo, which sees its own files", async () => {
    const shop = base.copy();
    expect(gist(await shop.build())).toEqual({ ...UP_TO_DATE, ran: FRESH });
    expect(gist(await shop.build())).toEqual(UP_TO_DATE);
  });

  test("a dry run says what would run, and changes nothing", async () => {
    const shop = reworked(({ scenes }) => {
      scenes[1]!.narration = "Two old trees.";
    });
    const before = shop.everything();
    const built = await shop.build("-n");
    expect([built.code, built.stderr]).toEqual([0, ""]);
    // The script is made aside, so what follows from it is known; how long the new words last is not.
    expect(built.ran).toEqual({
      ...FRESH,
      "work/coin/script.json": "would-run",
      "audio/coin/scene_02.mp3": "would-run",
      "work/coin/scene_02.words.json": "would-maybe-run",
      "videos/coin/scene_02_youtube.mp4": "would-maybe-run",
      "videos/coin/scene_02_tiktok.mp4": "would-maybe-run",
      "final/finance_coin_youtube.mp4": "would-maybe-run",
      "final/finance_coin_tiktok.mp4": "would-maybe-run",
    });
    expect(built.events).toContainEqual(
      expect.objectContaining({
        type: "would",
        action: "work/coin/script.json",
        because: [expect.objectContaining({ reason: "changed", label: "in.draft" })],
      }),
    );
    expect(shop.everything()).toEqual(before);
  });

  test("a pipeline of the content repo's own goes before the shipped one", async () => {
    expect(existsSync(base.path("/pipelines"))).toBe(false);
    const shop = base.copy();
    shop.write(
      "/pipelines/narrated-video.yaml",
      "targets: { note: { run: 'echo ours > ${out}', out: note.txt } }\n",
    );
    expect((await shop.build()).ran).toEqual({ "note.txt": "ran" });
    expect(shop.read("note.txt")).toBe("ours\n");
  });
});

describe("an edit of the story", () => {
  test("a reworded scene is spoken and filmed again; no other, and no picture", async () => {
    const shop = reworked(({ scenes }) => {
      scenes[1]!.narration = "Two old trees stand in the long rain.";
    });
    const built = await shop.build();
    expect(built.code).toBe(0);
    expect(built.ran).toEqual({
      ...FRESH,
      "work/coin/script.json": "ran",
      "audio/coin/scene_02.mp3": "ran",
      "work/coin/scene_02.words.json": "ran",
      "videos/coin/scene_02_youtube.mp4": "ran",
      "videos/coin/scene_02_tiktok.mp4": "ran",
      ...FINALS,
    });
  });

  test("a scene inserted at the front: the others are restored under their new names", async () => {
    const shop = reworked(({ scenes }) => {
      scenes.unshift({ narration: "Listen.", image_prompt: "a bell" });
    });
    const before = shop.outputs();
    const built = await shop.build();
    expect(built.code).toBe(0);
    const four = actionsOf("coin", 4);
    const opening = Object.values(four)
      .flat()
      .filter((path) => path.includes("scene_01"));
    expect(built.ran).toEqual({
      ...all("restored", four),
      ...all("ran", { script: four.script, opening, final: four.final }),
    });
    const after = shop.outputs();
    expect(after["images/coin/scene_04_youtube.png"]).toBe(before["images/coin/scene_03_youtube.png"]);
    expect(after["audio/coin/scene_02.mp3"]).toBe(before["audio/coin/scene_01.mp3"]);
  });

  test("a scene removed from the middle: nothing is drawn or spoken, and its files are gone", async () => {
    const shop = reworked(({ scenes }) => {
      scenes.splice(1, 1);
    });
    const two = actionsOf("coin", 2);
    const built = await shop.build();
    const moved = Object.values(two)
      .flat()
      .filter((path) => path.includes("scene_02"));
    expect(built.ran).toEqual({
      ...all("fresh", two),
      ...all("restored", { moved }),
      ...all("ran", { script: two.script, final: two.final }),
    });
    expect(Object.keys(shop.outputs()).filter((path) => path.includes("scene_03"))).toEqual([]);
  });

  test("another title runs the script alone", async () => {
    const shop = reworked((story) => {
      story.title = "Coins, trees and ships";
    });
    expect((await shop.build()).ran).toEqual({ ...FRESH, "work/coin/script.json": "ran" });
  });

  test("another take draws the scene's pictures again; going back runs nothing", async () => {
    const shop = reworked(({ scenes }) => {
      scenes[1]!.take = 2;
    });
    const before = shop.outputs();
    const scene = [...COIN.image, ...COIN.segment].filter((path) => path.includes("scene_02"));
    const again = { script: COIN.script, scene, final: COIN.final };
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...all("ran", again) });
    shop.writeStory("coin", coin());
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...all("restored", again) });
    expect(shop.outputs()).toEqual(before);
  });

  test("the same story in YAML runs the script, to the same bytes", async () => {
    const shop = base.copy();
    shop.remove("scripts/coin_script.json");
    shop.write("scripts/coin_script.yaml", stringify(coin()));
    expect((await shop.build()).ran).toEqual({ ...FRESH, "work/coin/script.json": "ran" });
    expect(shop.outputs()).toEqual(base.outputs());
  });
});

describe("an edit of the settings", () => {
  test("another background runs its platform's segments; opaque pictures leave the films alone", async () => {
    const shop = base.copy();
    shop.configure(({ platforms }) => {
      platforms.tiktok!.video.background = "#203040";
    });
    const segments = COIN.segment.filter((path) => path.includes("tiktok"));
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...all("ran", { segments }) });
    expect(shop.outputs()).toEqual(base.outputs());
  });

  test("other music runs the films", async () => {
    const shop = base.copy();
    await shop.writeMusic(330);
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...FINALS });
  });

  test("no music runs the films", async () => {
    const shop = base.copy();
    shop.configure(({ defaults }) => {
      defaults.music = null;
    });
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...FINALS });
  });

  test("another pause runs segments and films", async () => {
    const shop = base.copy();
    shop.configure(({ defaults }) => {
      defaults.pause.after = 0.3;
    });
    const built = await shop.build();
    expect(built.ran).toEqual({ ...FRESH, ...all("ran", { segment: COIN.segment }), ...FINALS });
  });

  test("another voice runs narrations and what is below, no picture", async () => {
    const shop = base.copy();
    shop.configure(({ defaults }) => {
      defaults.voice = "awb";
    });
    const { narration, words, segment, final } = COIN;
    expect((await shop.build()).ran).toEqual({
      ...FRESH,
      ...all("ran", { narration, words, segment, final }),
    });
  });
});

describe("files by hand", () => {
  test("a pinned picture is the picture; a transparent one lets the background through", async () => {
    const shop = base.copy();
    const picture = "images/coin/scene_01_youtube.png";
    mkdirSync(shop.path("pinned/images/coin"), { recursive: true });
    await makePicture(shop.path(`pinned/${picture}`), "color=c=red@0.5:s=400x224,format=rgba");
    const below = ["videos/coin/scene_01_youtube.mp4", "final/finance_coin_youtube.mp4"];
    const built = await shop.build();
    expect(built.ran).toEqual({ ...FRESH, [picture]: "pinned", ...all("ran", { below }) });
    expect(shop.bytes(picture)).toEqual(shop.bytes(`pinned/${picture}`));
    shop.configure(({ platforms }) => {
      platforms.youtube!.video.background = "#ffffff";
    });
    const segments = COIN.segment.filter((path) => path.includes("youtube"));
    expect((await shop.build()).ran).toEqual({
      ...FRESH,
      [picture]: "pinned",
      ...all("ran", { segments, below }),
    });
    shop.remove("pinned");
    expect((await shop.build()).ran).toEqual({
      ...FRESH,
      [picture]: "restored",
      "videos/coin/scene_01_youtube.mp4": "ran",
      "final/finance_coin_youtube.mp4": "restored",
    });
    expect(shop.bytes(picture)).toEqual(base.bytes(picture));
  });

  test("a picture edited by hand is kept, and its segment and film follow", async () => {
    const shop = base.copy();
    const picture = "images/coin/scene_03_tiktok.png";
    await makePicture(shop.path(picture), "testsrc2=s=224x400");
    const edited = shop.bytes(picture);
    const below = ["videos/coin/scene_03_tiktok.mp4", "final/finance_coin_tiktok.mp4"];
    expect((await shop.build()).ran).toEqual({ ...FRESH, [picture]: "edited", ...all("ran", { below }) });
    expect(shop.bytes(picture)).toEqual(edited);
    expect(gist(await shop.build())).toEqual({
      ...UP_TO_DATE,
      ran: { [picture]: "edited" },
      counts: { ...UP_TO_DATE.counts, fresh: 20, edited: 1 },
    });
    const built = await shop.build("--discard-edits");
    expect(built.ran).toEqual({ ...FRESH, ...all("restored", { picture: [picture], below }) });
    expect(shop.outputs()).toEqual(base.outputs());
  });

  test("a picture edited into something else says so, in one line and without a stack", async () => {
    const shop = base.copy();
    const picture = "images/coin/scene_01_youtube.png";
    const segment = "videos/coin/scene_01_youtube.mp4";
    shop.write(picture, "a picture, they say");
    const built = await shop.build();
    expect(built.code).toBe(1);
    expect(Object.keys(built.problems)).toEqual([segment]);
    const { message, help } = built.problems[segment]!;
    expect(message).toMatch(/^ff[^\n]*$/);
    expect(message).toContain(shop.path(picture));
    expect(help).toBeDefined();
  });

  test("a text that cannot be spoken says what to do, and a pinned narration does it", async () => {
    const shop = reworked(({ scenes }) => {
      scenes[1]!.narration = "Два дерева.";
    });
    const audio = "audio/coin/scene_02.mp3";
    const refused = await shop.build();
    expect(refused.code).toBe(1);
    expect(refused.problems).toEqual({
      [audio]: {
        message: "The offline voice speaks English only and cannot say 'Два', 'дерева.'.",
        help:
          "Write these words in Latin letters, use another speech provider (`use: { speech: … }` in " +
          "faceless.config.yaml), or put a recording of this scene in pinned/audio/<story>/scene_NN.mp3.",
      },
    });
    const words = "work/coin/scene_02.words.json";
    const scene = COIN.segment.filter((path) => path.includes("scene_02"));
    expect(refused.ran).toEqual({
      ...FRESH,
      "work/coin/script.json": "ran",
      [audio]: "failed",
      ...all("blocked", { words: [words], scene, final: COIN.final }),
    });
    mkdirSync(shop.path("pinned/audio/coin"), { recursive: true });
    copyFileSync(base.path("audio/coin/scene_03.mp3"), shop.path(`pinned/${audio}`));
    const built = await shop.build();
    expect(built.code).toBe(0);
    expect(built.ran).toEqual({
      ...FRESH,
      [audio]: "pinned",
      ...all("ran", { words: [words], scene, final: COIN.final }),
    });
    expect(JSON.parse(shop.read(words))).toMatchObject({
      timing: "proportional",
      words: [{ text: "Два" }, { text: "дерева." }],
    });
  });

  test("a broken scene is shown where it stands, and with -k the other story is built", async () => {
    const shop = base.copy();
    const broken = coin();
    broken.scenes[1]!.narration = " ";
    shop.writeStory("broken", broken);
    shop.writeStory("sound", { title: "Sound", scenes: [{ narration: "Hum.", image_prompt: "a harp" }] });
    const built = await shop.build("-k");
    expect(built.code).toBe(1);
    expect(built.ran).toEqual({
      ...FRESH,
      ...all("ran", actionsOf("sound", 1)),
      "work/broken/script.json": "failed",
      ...all("blocked", { final: actionsOf("broken", 0).final }),
    });
    expect(built.problems).toEqual({
      "work/broken/script.json": {
        message: [
          "output/finance/scripts/broken_script.json:9:20: 'narration' must not be empty.",
          '  9 |       "narration": " ",',
          "    |                    ^",
        ].join("\n"),
      },
    });
    const again = await shop.build();
    expect([again.code, again.ran["work/broken/script.json"]]).toEqual([1, "failed"]);
  });
});

interface Stream {
  readonly codec_type: string;
  readonly [fact: string]: unknown;
}

function filmFacts(path: string): { format: Record<string, string>; video: Stream; audio: Stream } {
  const words = ["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", path];
  const { format, streams } = JSON.parse(execFileSync(ffmpeg.probePath, words, { encoding: "utf8" })) as {
    format: Record<string, string>;
    streams: Stream[];
  };
  expect(streams.map((stream) => stream.codec_type)).toEqual(["video", "audio"]);
  return { format, video: streams[0]!, audio: streams[1]! };
}

/** When each packet of a stream is shown or heard, in the order of the file. Seconds. */
function packetTimes(path: string, stream: string): number[] {
  const words = ["-v", "error", "-select_streams", stream, "-show_packets", "-of", "json", path];
  const { packets } = JSON.parse(execFileSync(ffmpeg.probePath, words, { encoding: "utf8" })) as {
    packets: { pts_time: string }[];
  };
  return packets.map(({ pts_time }) => Number(pts_time));
}

/** Names of an mp4's outermost boxes, in order (ISO/IEC 14496-12, 4.2). */
function boxes(file: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at < file.length; at += file.readUInt32BE(at))
    names.push(file.toString("latin1", at + 4, at + 8));
  return names;
}

describe.each([
  { platform: "youtube", width: 320, height: 180, fps: 30 },
  { platform: "tiktok", width: 180, height: 320, fps: 24 },
])("the film for $platform", ({ platform, width, height, fps }) => {
  const film = () => base.path(`final/finance_coin_${platform}.mp4`);

  test("has exactly the frames of its scenes, and picture and sound begin and end together", () => {
    const { video, audio } = filmFacts(film());
    const frames = base.framesOf(COIN.narration, fps);
    expect(video).toMatchObject({ nb_read_frames: String(frames), start_pts: 0 });
    expect(video).toMatchObject({ r_frame_rate: `${fps}/1`, avg_frame_rate: `${fps}/1` });
    expect(Number(audio.start_time)).toBe(0);
    expect(Number(video.duration)).toBeCloseTo(frames / fps, 4);
    expect(Math.abs(Number(audio.duration) - frames / fps)).toBeLessThan(1 / fps);
    const shown = packetTimes(film(), "v:0").sort((a, b) => a - b);
    for (const [i, pts] of shown.entries()) expect(pts).toBeCloseTo(i / fps, 5);
    const heard = packetTimes(film(), "a:0");
    expect(heard.every((pts, i) => i === 0 || pts > heard[i - 1]!)).toBe(true);
  });

  test("decodes without a word, and is what players and platforms ask for", () => {
    const decode = ["-v", "error", "-xerror", "-i", film(), "-f", "null", "-"];
    const { status, stdout, stderr } = spawnSync(ffmpeg.path, decode, { encoding: "utf8" });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
    const { video, audio } = filmFacts(film());
    expect(video).toMatchObject({ codec_name: "h264", width, height, pix_fmt: "yuv420p", color_range: "tv" });
    expect(video).toMatchObject({ color_space: "bt709", color_transfer: "bt709", color_primaries: "bt709" });
    expect(audio).toMatchObject({ codec_name: "aac", sample_rate: "48000", channels: 2 });
    const order = boxes(base.bytes(`final/finance_coin_${platform}.mp4`));
    expect(order.indexOf("moov")).toBeGreaterThan(0);
    expect(order.indexOf("moov")).toBeLessThan(order.indexOf("mdat"));
  });

  test("is heard, and not clipped", () => {
    const measure = ["-hide_banner", "-i", film(), "-vn", "-af", "volumedetect", "-f", "null", "-"];
    const { stderr } = spawnSync(ffmpeg.path, measure, { encoding: "utf8" });
    const volume = (name: string) => Number(new RegExp(`${name}_volume: (\\S+) dB`).exec(stderr)?.[1]);
    expect(volume("max")).toBeLessThan(0);
    expect(volume("mean")).toBeGreaterThan(-40);
  });
});
