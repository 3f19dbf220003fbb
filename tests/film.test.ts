/** The shipped pipeline with real media: what an edit of a story costs, and what the films are like. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import {
  actionsOf,
  all,
  type Built,
  besides,
  FilmShop,
  gist,
  nothingToDo,
  type Story,
  those,
} from "./film-shop.ts";
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
const COUNT = Object.keys(FRESH).length;
const UP_TO_DATE = nothingToDo(COUNT);

/** Of a film: all that tells how long it is and what is heard when. */
const { timeline, sound, final, check, subtitles, metadata } = COIN;
const FILM = { final, check };
const TOLD = { timeline, sound, ...FILM, subtitles, metadata };

/** What shows the picture of a scene: its own piece, the borders that it is seen in, its platform's thumbnails. */
function shown(scene: number, platform = "") {
  return {
    segment: those(COIN.segment, `scene_0${scene}`, platform),
    transition: bordersOf(scene, platform),
    thumbnail: those(COIN.thumbnail, platform),
    final: those(final, platform),
    check: those(check, platform),
  };
}

/** From the scene before it, and into the next. */
function bordersOf(scene: number, platform = ""): string[] {
  return [scene - 1, scene].flatMap((border) => those(COIN.transition, `scene_0${border}`, platform));
}

/** All that is made of how a scene is spoken. */
function spoken(scene: number) {
  const own = ["narration", "words", "shot", "captions", "segment"] as const;
  const paths = own.flatMap((target) => those(COIN[target], `scene_0${scene}`));
  return { own: paths, transition: bordersOf(scene), ...TOLD };
}

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
      counts: { ...UP_TO_DATE.counts, fresh: 0, ran: COUNT },
    });
    expect(first.events.findLast(({ type }) => type === "build-finished")).toMatchObject({
      ok: true,
      results: COIN.final.map((path) => `output/finance/${path}`).sort(),
    });
    expect(Object.keys(base.outputs())).toEqual([...Object.keys(FRESH), ...besides(COIN)].sort());
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
    const maybe = Object.entries(all("ran", spoken(2))).map(([path]) => [path, "would-maybe-run"]);
    expect(built.ran).toEqual({
      ...FRESH,
      ...Object.fromEntries(maybe),
      "work/coin/script.json": "would-run",
      "audio/coin/scene_02.mp3": "would-run",
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
    expect(built.ran).toEqual({ ...FRESH, ...all("ran", { script: COIN.script, ...spoken(2) }) });
  });

  test("words that take as long as before are shown anew: no camera, no border and no sound is touched", async () => {
    const shop = reworked(({ scenes }) => {
      scenes[1]!.narration = "Two Trees stand.";
    });
    const built = await shop.build();
    expect(built.code).toBe(0);
    const { own, timeline, subtitles, metadata } = spoken(2);
    const again = { script: COIN.script, own, timeline, subtitles, metadata, ...FILM };
    expect(built.ran).toEqual({ ...FRESH, ...all("ran", again) });
    const same = [...COIN.shot, ...COIN.timeline, ...COIN.narration, ...COIN.subtitles];
    const [before, after] = [base.outputs(), shop.outputs()];
    for (const path of same.filter((path) => !path.endsWith(".srt"))) expect(after[path]).toBe(before[path]);
    expect(shop.read("final/finance_coin_youtube.srt")).toContain("Two Trees stand.");
  });

  test("a scene inserted at the front: the others are restored under their new names", async () => {
    const shop = reworked(({ scenes }) => {
      scenes.unshift({ narration: "Listen.", image_prompt: "a bell" });
    });
    const before = shop.outputs();
    const built = await shop.build();
    expect(built.code).toBe(0);
    const four = actionsOf("coin", 4);
    const opening = those(Object.values(four).flat(), "scene_01");
    // What opened the film has a beginning now that it shares with the new scene.
    const shared = (["shot", "captions", "segment", "transition"] as const).flatMap((target) =>
      those(four[target], "scene_02"),
    );
    const { script, timeline, sound, final, check, subtitles, metadata, thumbnail, bed } = four;
    const film = { script, timeline, sound, final, check, subtitles, metadata, thumbnail };
    expect(built.ran).toEqual({
      ...all("restored", four),
      ...all("fresh", { bed }),
      ...all("ran", { opening, shared, ...film }),
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
    const moved = those(Object.values(two).flat(), "scene_02");
    const border = those(two.transition, "scene_01");
    expect(built.ran).toEqual({
      ...all("fresh", two),
      ...all("restored", { moved }),
      ...all("ran", { script: two.script, border, thumbnail: two.thumbnail, ...TOLD }),
    });
    expect(Object.keys(shop.outputs()).filter((path) => path.includes("scene_03"))).toEqual([]);
  });

  test("another title runs the script, and what shows it", async () => {
    const shop = reworked((story) => {
      story.title = "Coins, trees and ships";
    });
    const { script, thumbnail, metadata } = COIN;
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...all("ran", { script, thumbnail, metadata }) });
  });

  test("another take draws the scene's pictures again; going back runs nothing", async () => {
    const shop = reworked(({ scenes }) => {
      scenes[1]!.take = 2;
    });
    const before = shop.outputs();
    const again = { script: COIN.script, image: those(COIN.image, "scene_02"), ...shown(2) };
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
  test("another background runs its platform's pieces; opaque pictures leave all but the end alone", async () => {
    const shop = base.copy();
    shop.configure(({ platforms }) => {
      platforms.tiktok!.video.background = "#203040";
    });
    const pieces = [...those(COIN.segment, "tiktok"), ...those(COIN.transition, "tiktok")];
    const film = [...those(final, "tiktok"), ...those(check, "tiktok")];
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...all("ran", { pieces, film }) });
    const [before, after] = [base.outputs(), shop.outputs()];
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(changed).toEqual(["final/finance_coin_tiktok.mp4", "videos/coin/scene_03_tiktok_out.mp4"]);
  });

  test("other music runs the bed, the sounds and the films", async () => {
    const shop = base.copy();
    await shop.writeMusic(330);
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...all("ran", { bed: COIN.bed, sound, ...FILM }) });
  });

  test("no music runs the sounds and the films, and the bed is gone", async () => {
    const shop = base.copy();
    shop.configure(({ defaults }) => {
      defaults.music = null;
    });
    const { bed, ...others } = COIN;
    const built = await shop.build();
    expect(built.ran).toEqual({ ...all("fresh", others), ...all("ran", { sound, ...FILM }) });
    expect([...bed, "work/bed.json"].filter((path) => shop.has(path))).toEqual([]);
  });

  test("another pause runs the plans and all that follows from them; nothing is spoken, drawn or timed", async () => {
    const shop = base.copy();
    shop.configure(({ defaults }) => {
      defaults.pause.after = 0.3;
    });
    const built = await shop.build();
    const { shot, captions, segment, transition } = COIN;
    expect(built.ran).toEqual({ ...FRESH, ...all("ran", { shot, captions, segment, transition, ...TOLD }) });
  });

  test("another voice runs narrations and what is below, no picture", async () => {
    const shop = base.copy();
    shop.configure(({ defaults }) => {
      defaults.voice = "awb";
    });
    const { image, thumbnail, bed, script, ...below } = COIN;
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...all("ran", below) });
  });

  test("a captions' style that is not the platform's own runs captions, segments and films", async () => {
    const shop = base.copy();
    shop.configure(({ platforms }) => {
      platforms.youtube!.captions = "words-box";
    });
    const again = (["captions", "segment", "final", "check"] as const).map((target) =>
      those(COIN[target], "youtube"),
    );
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...all("ran", { again: again.flat() }) });
  });

  test("a style of one's own that looks the same runs the captions alone; another colour, the segments too", async () => {
    const shop = base.copy();
    const lines = readFileSync(join(import.meta.dirname, "../shared/templates/captions/lines.yaml"), "utf8");
    shop.write("/style/mine.yaml", lines);
    shop.configure(({ platforms }) => {
      platforms.tiktok!.captions = "/style/mine.yaml";
    });
    const captions = those(COIN.captions, "tiktok");
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...all("ran", { captions }) });
    expect(shop.outputs()).toEqual(base.outputs());
    shop.write("/style/mine.yaml", lines.replace('colour: "#', 'colour: "#12abcd" # '));
    const segment = those(COIN.segment, "tiktok");
    const film = [...those(final, "tiktok"), ...those(check, "tiktok")];
    expect((await shop.build()).ran).toEqual({ ...FRESH, ...all("ran", { captions, segment, film }) });
  });
});

describe("files by hand", () => {
  test("a pinned picture is the picture; a transparent one lets the background through", async () => {
    const shop = base.copy();
    const picture = "images/coin/scene_01_youtube.png";
    mkdirSync(shop.path("pinned/images/coin"), { recursive: true });
    await makePicture(shop.path(`pinned/${picture}`), "color=c=red@0.5:s=400x224,format=rgba");
    const below = shown(1, "youtube");
    const built = await shop.build();
    expect(built.ran).toEqual({ ...FRESH, [picture]: "pinned", ...all("ran", below) });
    expect(shop.bytes(picture)).toEqual(shop.bytes(`pinned/${picture}`));
    shop.configure(({ platforms }) => {
      platforms.youtube!.video.background = "#ffffff";
    });
    const pieces = [...those(COIN.segment, "youtube"), ...those(COIN.transition, "youtube")];
    const film = [...those(final, "youtube"), ...those(check, "youtube")];
    expect((await shop.build()).ran).toEqual({
      ...FRESH,
      [picture]: "pinned",
      ...all("ran", { pieces, film }),
    });
    shop.remove("pinned");
    expect((await shop.build()).ran).toEqual({
      ...FRESH,
      ...all("ran", below),
      ...all("restored", { picture: [picture], thumbnail: below.thumbnail }),
    });
    expect(shop.bytes(picture)).toEqual(base.bytes(picture));
  });

  test("a picture edited by hand is kept, and all that shows it follows", async () => {
    const shop = base.copy();
    const picture = "images/coin/scene_03_tiktok.png";
    await makePicture(shop.path(picture), "testsrc2=s=224x400");
    const edited = shop.bytes(picture);
    const below = shown(3, "tiktok");
    expect((await shop.build()).ran).toEqual({ ...FRESH, [picture]: "edited", ...all("ran", below) });
    expect(shop.bytes(picture)).toEqual(edited);
    expect(gist(await shop.build())).toEqual({
      ...UP_TO_DATE,
      ran: { [picture]: "edited" },
      counts: { ...UP_TO_DATE.counts, fresh: COUNT - 1, edited: 1 },
    });
    const built = await shop.build("--discard-edits");
    expect(built.ran).toEqual({ ...FRESH, ...all("restored", { picture: [picture], ...below }) });
    expect(shop.outputs()).toEqual(base.outputs());
  });

  test("a picture edited into something else says so, in one line and without a stack", async () => {
    const shop = base.copy();
    const picture = "images/coin/scene_01_youtube.png";
    shop.write(picture, "a picture, they say");
    const built = await shop.build("-k");
    expect(built.code).toBe(1);
    const { segment, transition, thumbnail, ...film } = shown(1, "youtube");
    const shows = { segment, transition, thumbnail };
    expect(built.ran).toEqual({
      ...FRESH,
      [picture]: "edited",
      ...all("failed", shows),
      ...all("blocked", film),
    });
    for (const path of Object.values(shows).flat()) {
      const { message, help } = built.problems[path]!;
      expect(message).toMatch(/^[^\n]*$/);
      expect(message).toContain(picture);
      expect(help).toBeDefined();
    }
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
        code: "api.speech",
        message: "The offline voice speaks English only and cannot say 'Два', 'дерева.'.",
        help:
          "Write these words in Latin letters, use another speech provider (`use: { speech: … }` in " +
          "faceless.config.yaml), or put a recording of this scene in pinned/audio/<story>/scene_NN.mp3.",
      },
    });
    const words = "work/coin/scene_02.words.json";
    expect(refused.ran).toEqual({
      ...FRESH,
      ...all("blocked", spoken(2)),
      "work/coin/script.json": "ran",
      [audio]: "failed",
    });
    mkdirSync(shop.path("pinned/audio/coin"), { recursive: true });
    copyFileSync(base.path("audio/coin/scene_03.mp3"), shop.path(`pinned/${audio}`));
    const built = await shop.build();
    expect([built.code, built.problems]).toEqual([0, {}]);
    expect(built.ran).toEqual({ ...FRESH, ...all("ran", spoken(2)), [audio]: "pinned" });
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
    const { script, bed, ...ofBroken } = actionsOf("broken", 0);
    shop.writeStory("sound", { title: "Sound", scenes: [{ narration: "Hum.", image_prompt: "a harp" }] });
    const built = await shop.build("-k");
    expect(built.code).toBe(1);
    expect(built.ran).toEqual({
      ...all("ran", actionsOf("sound", 1)),
      ...FRESH,
      ...all("failed", { script }),
      ...all("blocked", ofBroken),
    });
    expect(built.problems).toEqual({
      "work/broken/script.json": {
        code: "script.invalid",
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
