/** Thumbnails and cards: of the size that was asked for, readable on any picture, another for each variant. */
import { readFile, writeFile } from "node:fs/promises";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { canvasTool } from "../lib/media/typeset/identity.ts";
import { LAYOUTS } from "../lib/media/typeset/layouts/all.ts";
import { makeThumbnail, type ThumbnailRequest } from "../lib/media/typeset/thumbnail.ts";
import type { InputFile } from "../lib/task.ts";
import card from "../tasks/card.ts";
import thumbnail from "../tasks/thumbnail.ts";
import { makePicture, temporaryFolder } from "./media-kit.ts";
import { inputFile, runTask } from "./task-kit.ts";

vi.mock("../lib/base/offload.ts", async (original) => {
  const { offloadHere } = await import("./here.ts");
  return { ...(await original<object>()), offload: offloadHere };
});

const folder = temporaryFolder();
const TITLE = "The Keeper's Last Entry";
const WIDE = { width: 640, height: 360 };
const UPRIGHT = { width: 360, height: 640 };
const VARIANTS = LAYOUTS.map((_, index) => index + 1);

let white: InputFile;
let noise: InputFile;
let red: InputFile;
beforeAll(async () => {
  white = inputFile(await makePicture(folder.in("white.png"), "color=white:s=300x400"));
  noise = inputFile(await makePicture(folder.in("noise.png"), "testsrc2=s=640x480", "noise=alls=90:allf=t"));
  red = inputFile(await makePicture(folder.in("red.png"), "color=0xc02020:s=400x300"));
});

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of a place. */
  at(x: number, y: number): [number, number, number];
}

async function pixelsOf(path: string | Uint8Array): Promise<Pixels> {
  const image = await loadImage(typeof path === "string" ? await readFile(path) : path);
  const canvas = createCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const data = canvas.data();
  return {
    width: image.width,
    height: image.height,
    at: (x, y) =>
      [...data.subarray((y * image.width + x) * 4, (y * image.width + x) * 4 + 3)] as [
        number,
        number,
        number,
      ],
  };
}

async function made(images: InputFile[], params: object, fonts: InputFile[] = []) {
  const { outputs, notices } = await runTask(
    thumbnail,
    { title: TITLE, ...WIDE, ...params },
    {
      folder,
      inputs: { images, fonts },
      tools: { canvas: canvasTool() },
    },
  );
  return { bytes: await readFile(outputs.thumbnail!), notices };
}

function request(changes: Partial<ThumbnailRequest>): ThumbnailRequest {
  return {
    images: [noise],
    fonts: [],
    title: TITLE,
    ...WIDE,
    variant: 1,
    focus: [0.5, 0.5],
    upperCase: true,
    accent: undefined,
    background: "#000000",
    largest: 2_000_000,
    ...changes,
  };
}

/** How light each place is, as a share of all that are looked at. */
function shares(pixels: Pixels, sees: (rgb: [number, number, number]) => boolean): number {
  let count = 0;
  for (let y = 0; y < pixels.height; y += 2)
    for (let x = 0; x < pixels.width; x += 2) if (sees(pixels.at(x, y))) count += 1;
  return count / ((pixels.width * pixels.height) / 4);
}

describe("a thumbnail", () => {
  test.each([WIDE, UPRIGHT])(
    "is a JPEG of %o, the same bytes each time, another for each variant",
    async (size) => {
      const all: string[] = [];
      for (const variant of VARIANTS) {
        const { bytes, notices } = await made([noise, red, white], { ...size, variant });
        expect(bytes.subarray(0, 2).toString("hex")).toBe("ffd8");
        expect(await pixelsOf(bytes)).toMatchObject(size);
        expect(notices).toEqual([]);
        expect((await made([noise, red, white], { ...size, variant })).bytes.equals(bytes)).toBe(true);
        all.push(bytes.toString("base64"));
      }
      expect(new Set(all).size).toBe(VARIANTS.length);
    },
  );

  test.each(VARIANTS)("of variant %i has type that stands out on a white picture", async (variant) => {
    for (const size of [WIDE, UPRIGHT]) {
      const pixels = await pixelsOf((await made([white], { ...size, variant })).bytes);
      // A grey picture's accent is yellow; what surrounds it is dark, or it is the ground of dark type.
      const yellow = shares(pixels, ([r, g, b]) => r > 220 && g > 170 && b < 130);
      const dark = shares(pixels, ([r, g, b]) => r + g + b < 200);
      expect(yellow).toBeGreaterThan(0.015);
      expect(dark).toBeGreaterThan(variant === 4 ? 0.02 : 0.05);
    }
  });

  test("takes its accent from the picture, unless one is given", async () => {
    const blue = inputFile(
      await makePicture(
        folder.in("blue.png"),
        "color=0x102850:s=640x360",
        "drawbox=x=400:y=100:w=90:h=90:color=0xe09020:t=fill",
      ),
    );
    const amber = ([r, g, b]: [number, number, number]) => r > 220 && g > 120 && g < 200 && b < 90;
    const own = await pixelsOf((await made([blue], { variant: 3 })).bytes);
    expect(shares(own, amber)).toBeGreaterThan(0.03);
    const given = { style: { accent: "#30ff60" }, variant: 3 };
    const green = await pixelsOf((await made([blue], given)).bytes);
    expect(shares(green, ([r, g, b]) => g > 220 && r < 120 && b < 160)).toBeGreaterThan(0.015);
  });

  test("shows another picture with another variant, and two in one where there are", async () => {
    // Saturated red beats white, which has neither colour nor contrast.
    const first = await pixelsOf((await made([white, red], { variant: 1 })).bytes);
    expect(first.at(600, 60)[0]).toBeGreaterThan(first.at(600, 60)[1] + 60);
    const split = await pixelsOf((await made([white, red], { variant: 5 })).bytes);
    const isRed = ([r, g]: [number, number, number]) => r > g + 60;
    expect([isRed(split.at(40, 20)), isRed(split.at(600, 20))].sort()).toEqual([false, true]);
  });

  test("shows a transparent picture's ground", async () => {
    const clear = inputFile(
      await makePicture(
        folder.in("clear.png"),
        "color=black:s=200x200",
        "format=rgba,colorchannelmixer=aa=0",
      ),
    );
    const pixels = await pixelsOf((await made([clear], { variant: 4, background: "#2040c0" })).bytes);
    const [r, , b] = pixels.at(320, 300);
    expect(b).toBeGreaterThan(r + 80);
  });

  test("of any shape, title and script comes out", async () => {
    const line = inputFile(await makePicture(folder.in("line.png"), "color=teal:s=2000x3"));
    const long = "How the three men who came to the island were never seen again by anybody "
      .repeat(3)
      .trim();
    for (const title of [
      long,
      "A",
      "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
      "1,000,000 — ¿Qué?",
    ]) {
      for (const variant of VARIANTS) {
        const { bytes } = await made([line], { title, variant });
        expect(await pixelsOf(bytes)).toMatchObject(WIDE);
      }
    }
  });

  test("gets less quality until it fits, and says so; what cannot fit is told", async () => {
    const full = await makeThumbnail(request({}));
    expect(full.notices).toEqual([]);
    const smaller = await makeThumbnail(request({ largest: Math.round(full.bytes.length * 0.7) }));
    expect(smaller.bytes.length).toBeLessThanOrEqual(full.bytes.length * 0.7);
    expect(smaller.notices).toEqual([
      expect.stringMatching(
        /^Its JPEG quality is (86|80|74|68), not 92: more would have been over \d+ kB\.$/,
      ),
    ]);
    await expect(makeThumbnail(request({ largest: 2_000 }))).rejects.toMatchObject({
      name: "Failure",
      message: expect.stringMatching(
        /^The thumbnail has \d+ kB at the lowest quality, and 2 kB are allowed\.$/,
      ),
      help: "Make it smaller, or give a picture with less fine detail.",
    });
  });

  test("of no picture, of a file that is none, and of no word is a failure", async () => {
    await expect(made([], {})).rejects.toMatchObject({
      message: "A thumbnail needs a picture, and it was given none.",
      help: "Give the pictures of the scenes, or one, as the input 'images'.",
    });
    await writeFile(folder.in("text.png"), "no picture");
    await expect(made([inputFile(folder.in("text.png"))], {})).rejects.toMatchObject({
      message: "text.png is no picture that can be read.",
      help: "Give a PNG, JPEG or WebP.",
    });
    expect(thumbnail.checkParams({ title: "  ", ...WIDE })).toMatchObject({ ok: false });
    expect(thumbnail.checkParams({ title: "A", ...WIDE, style: { accent: "red" } })).toMatchObject({
      ok: false,
      problems: [{ param: "style", message: "with.style.accent: must be a colour like '#102030'" }],
    });
  });
});

describe("a card", () => {
  async function carded(params: object, image?: InputFile): Promise<Buffer> {
    const { outputs } = await runTask(
      card,
      { title: TITLE, ...WIDE, ...params },
      {
        folder,
        inputs: { image, fonts: [] },
        tools: { canvas: canvasTool() },
      },
    );
    return readFile(outputs.card!);
  }

  test.each([WIDE, UPRIGHT, { width: 1001, height: 333 }])(
    "is a PNG of %o, the same bytes each time",
    async (size) => {
      const once = await carded({ ...size, label: "Part 2 of 3" }, noise);
      expect(once.subarray(1, 4).toString("latin1")).toBe("PNG");
      expect(await pixelsOf(once)).toMatchObject(size);
      expect((await carded({ ...size, label: "Part 2 of 3" }, noise)).equals(once)).toBe(true);
    },
  );

  test("stands on its colour, in type that is seen on it", async () => {
    const dark = await pixelsOf(await carded({ background: "#102850" }));
    expect(shares(dark, ([r, g, b]) => r > 240 && g > 240 && b > 240)).toBeGreaterThan(0.02);
    const light = await pixelsOf(await carded({ background: "#f4efe6" }));
    expect(shares(light, ([r, g, b]) => r + g + b < 60)).toBeGreaterThan(0.02);
  });

  test("has its label on a ground of its own, and another accent if asked", async () => {
    const green = ([r, g, b]: [number, number, number]) => g > 200 && r < 120 && b < 160;
    const style = { accent: "#30e060" };
    const labelled = await pixelsOf(await carded({ label: "Part 1 of 2", style }));
    const bare = await pixelsOf(await carded({ style }));
    expect(shares(labelled, green)).toBeGreaterThan(0.01);
    expect(shares(bare, green)).toBe(0);
  });

  test("blurs and dims its picture", async () => {
    const pixels = await pixelsOf(await carded({ title: "A" }, noise));
    // Away from the letter: neighbours hardly differ, and nothing is bright.
    for (let x = 20; x < 200; x += 7) {
      const [one, next] = [pixels.at(x, 60), pixels.at(x + 1, 60)];
      for (const channel of [0, 1, 2] as const) {
        expect(Math.abs(one[channel] - next[channel])).toBeLessThan(12);
        expect(one[channel]).toBeLessThan(190);
      }
    }
  });
});

test("the canvas tool says what can change a byte", () => {
  expect(canvasTool().identity).toMatch(
    /^@napi-rs\/canvas \d+\.\d+\.\d+ @expo-google-fonts\/inter \d+\.\d+\.\d+ \w+-\w+$/,
  );
});
