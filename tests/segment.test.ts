/** Pieces of film: exact frames from any picture, the same bytes each time, nothing left behind by an abort. */
import { readFile, truncate } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { MOVES } from "../lib/media/motion/move.ts";
import { renderPiece } from "../lib/media/piece.ts";
import { probe } from "../lib/media/probe.ts";
import {
  decodeFrames,
  expectCleanDecode,
  ffmpeg,
  makePicture,
  packetTimes,
  quietContext,
  type SceneRequest,
  sceneRequest,
  temporaryFolder,
} from "./media-kit.ts";
import { children } from "./processes.ts";

const folder = temporaryFolder();
const RED = "color=c=0xc02818";
/** BT.709, limited range: red of (192, 40, 24), blue of (16, 32, 240). */
const RED_LUMA = 77;
const BLUE = "#1020f0";
const BLUE_LUMA = 54;

async function render(name: string, request: SceneRequest): Promise<string> {
  await renderPiece(sceneRequest(request), quietContext());
  return folder.in(name);
}

describe("from any picture", () => {
  const SOURCES = ["33:4000", "4000:33", "321:181", "7:5", "640:360", "1201:1601"];
  const FILMS = [
    { width: 320, height: 180 },
    { width: 180, height: 320 },
  ];

  test.each(FILMS.flatMap((film) => SOURCES.map((source) => [source, film] as const)))(
    "%s fills %o to the edges in every frame",
    async (source, film) => {
      const image = await makePicture(folder.in("red.png"), `${RED}:s=64x64`, `format=rgb24,scale=${source}`);
      const output = folder.in("filled.mp4");
      const request = { ...film, image, output, frames: 12, motion: "pan-left" as const, background: BLUE };
      const frames = await decodeFrames(await render("filled.mp4", request), film.width, film.height);
      expect(frames).toHaveLength(12);
      for (const frame of frames) {
        const luma = frame.subarray(0, film.width * film.height);
        expect(luma.every((value) => Math.abs(value - RED_LUMA) <= 2)).toBe(true);
      }
    },
  );

  test.each(MOVES)("a film whose half width is no multiple of eight: %s", async (motion) => {
    const image = await makePicture(folder.in("chart.png"), "testsrc2=s=500x700");
    const output = folder.in("half.mp4");
    const film = { width: 270, height: 480 };
    const frames = await decodeFrames(
      await render("half.mp4", { ...film, image, output, frames: 6, motion }),
      270,
      480,
    );
    expect(frames).toHaveLength(6);
    const moved = frames.slice(1).filter((frame, index) => !Buffer.from(frame).equals(frames[index]!));
    if (motion !== "hold") expect(moved).toHaveLength(5);
  });

  test("at 540x960", async () => {
    const image = await makePicture(folder.in("chart.png"), "testsrc2=s=500x700");
    const path = await render("540.mp4", {
      width: 540,
      height: 960,
      image,
      output: folder.in("540.mp4"),
      frames: 4,
    });
    expect(await probe(ffmpeg, path)).toMatchObject({ width: 540, height: 960, frames: 4 });
    await expectCleanDecode(path);
  });

  test("a transparent one shows the background, without a fringe of its hidden colour", async () => {
    // The right half is white, and invisible.
    const alpha =
      "format=rgba,geq=r='if(lt(X,80),192,255)':g='if(lt(X,80),40,255)':b='if(lt(X,80),24,255)':a='255*lt(X,80)'";
    const image = await makePicture(folder.in("alpha.png"), `${RED}:s=160x90`, alpha);
    const output = folder.in("alpha.mp4");
    const path = await render("alpha.mp4", { image, output, motion: "hold", frames: 2, background: BLUE });
    const [frame] = await decodeFrames(path, 320, 180);
    const row = frame!.subarray(90 * 320, 91 * 320);
    expect(Math.abs(row[40]! - RED_LUMA)).toBeLessThanOrEqual(2);
    expect(Math.abs(row[280]! - BLUE_LUMA)).toBeLessThanOrEqual(2);
    expect(Math.max(...row)).toBeLessThan(RED_LUMA + 12);
    // A transparent picture may as well be a half transparent one: a mix in equal parts.
    const half = await makePicture(
      folder.in("half.png"),
      `${RED}:s=160x90`,
      "format=rgba,colorchannelmixer=aa=0.5",
    );
    const mixed = await render("mixed.mp4", {
      image: half,
      output: folder.in("mixed.mp4"),
      frames: 1,
      background: BLUE,
    });
    const [middle] = await decodeFrames(mixed, 320, 180);
    expect(Math.abs(middle![0]! - (RED_LUMA + BLUE_LUMA) / 2)).toBeLessThanOrEqual(2);
  });

  test("a JPEG's colours are those of the PNG that it came from", async () => {
    const png = await makePicture(folder.in("same.png"), `${RED}:s=96x54`);
    const jpeg = await makePicture(
      folder.in("same.jpg"),
      `${RED}:s=96x54`,
      "scale=out_range=full,format=yuvj420p",
    );
    const [a] = await decodeFrames(
      await render("png.mp4", { image: png, output: folder.in("png.mp4") }),
      320,
      180,
    );
    const [b] = await decodeFrames(
      await render("jpg.mp4", { image: jpeg, output: folder.in("jpg.mp4") }),
      320,
      180,
    );
    expect(a!.every((value, index) => Math.abs(value - b![index]!) <= 2)).toBe(true);
  });

  test("a damaged or wrong file is a failure that names it", async () => {
    const image = await makePicture(folder.in("cut.png"), "testsrc2=s=320x180");
    await truncate(image, 20);
    await expect(render("cut.mp4", { image, output: folder.in("cut.mp4") })).rejects.toMatchObject({
      name: "Failure",
      message: expect.stringContaining(image) as string,
    });
  });
});

describe("the file", () => {
  test.each([
    [24, 1],
    [25, 2],
    [30, 61],
    [50, 7],
    [60, 33],
  ])("at %i frames a second has exactly %i of them, evenly from 0", async (fps, count) => {
    const image = await makePicture(folder.in("even.png"), "testsrc2=s=320x180");
    const path = await render("even.mp4", {
      image,
      output: folder.in("even.mp4"),
      fps,
      frames: count,
      motion: "zoom-in",
    });
    const shown = (await packetTimes(path, "v:0")).map(({ pts }) => Math.round(pts * fps * 100) / 100);
    expect(shown.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
    const [video] = (await probe(ffmpeg, path)).streams;
    expect(video).toMatchObject({ start_time: "0.000000", r_frame_rate: `${fps}/1`, time_base: "1/30000" });
    await expectCleanDecode(path);
  });

  test("says that it is BT.709, limited range", async () => {
    const image = await makePicture(folder.in("tags.png"), "testsrc2=s=320x180");
    const path = await render("tags.mp4", { image, output: folder.in("tags.mp4") });
    expect((await probe(ffmpeg, path)).streams).toMatchObject([
      {
        codec_name: "h264",
        pix_fmt: "yuv420p",
        color_range: "tv",
        color_space: "bt709",
        color_transfer: "bt709",
        color_primaries: "bt709",
      },
    ]);
  });

  test("is the same, byte for byte, when made again; another seed moves otherwise", async () => {
    const image = await makePicture(folder.in("again.png"), "testsrc2=s=400x300");
    const make = async (name: string, seed: string) =>
      readFile(await render(name, { image, output: folder.in(name), motion: null, seed, frames: 20 }));
    const first = await make("first.mp4", "scene 1");
    expect((await make("second.mp4", "scene 1")).equals(first)).toBe(true);
    expect((await make("third.mp4", "scene 2")).equals(first)).toBe(false);
  });
});

test("an abort in the middle rejects, and leaves no process", async () => {
  const image = await makePicture(folder.in("abort.png"), "testsrc2=s=400x300");
  const before = await children();
  const controller = new AbortController();
  const reason = new Error("changed my mind");
  let most = 0;
  const rendering = renderPiece(sceneRequest({ image, output: folder.in("abort.mp4"), frames: 5_000 }), {
    signal: controller.signal,
    progress: (share) => {
      most = share;
      if (share > 0.01) controller.abort(reason);
    },
  });
  await expect(rendering).rejects.toBe(reason);
  expect(most).toBeLessThan(0.5);
  expect((await children()).filter((id) => !before.includes(id))).toEqual([]);
});
