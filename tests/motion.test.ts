/** The resampler against plain arithmetic, the camera's paths, and the stream of frames. */

import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FRAME_SLOTS, frameStream } from "../lib/media/motion/frames.ts";
import { chooseMove, type Focus, MOVES, planPath, viewAt } from "../lib/media/motion/move.ts";
import { preparePicture } from "../lib/media/motion/picture.ts";
import { type Picture, Resampler, type Size, type View } from "../lib/media/motion/resampler.ts";
import { ffmpeg, makePicture, temporaryFolder } from "./media-kit.ts";

const folder = temporaryFolder();

/** Neither flat nor periodic, edges and extremes included; the same each time. */
function noise({ width, height }: Size): Picture {
  let state = width * 65_537 + height;
  const data = Uint8Array.from({ length: (width * height * 3) / 2 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const value = state >>> 23;
    return value > 383 ? 255 : value > 255 ? 0 : value;
  });
  return { width, height, data };
}

/** Catmull-Rom in floating point, one sample at a time: what the kernel must come to within one step of. */
function reference(picture: Picture, view: View, out: Size): Uint8Array {
  const frame: number[] = [];
  let from = 0;
  for (const [index, divisor] of [1, 2, 2].entries()) {
    const plane = { width: picture.width / divisor, height: picture.height / divisor };
    const to = { width: out.width / divisor, height: out.height / divisor };
    const samples = picture.data.subarray(from, from + plane.width * plane.height);
    from += samples.length;
    const step = { x: view.width / divisor / to.width, y: view.height / divisor / to.height };
    for (let y = 0; y < to.height; y++) {
      for (let x = 0; x < to.width; x++) {
        // The middle of the pixel that this sample belongs to; a chroma sample belongs to the left of two.
        const middle = index === 0 ? x + 0.5 : x + 0.25;
        const atX = view.x / divisor + middle * step.x - (index === 0 ? 0.5 : 0.25);
        const atY = view.y / divisor + (y + 0.5) * step.y - 0.5;
        frame.push(sampleAt(samples, plane, atX, atY));
      }
    }
  }
  return Uint8Array.from(frame);
}

function cubic(distance: number): number {
  const d = Math.abs(distance);
  if (d >= 2) return 0;
  return d < 1 ? 1.5 * d ** 3 - 2.5 * d ** 2 + 1 : -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2;
}

function sampleAt(samples: Uint8Array, { width, height }: Size, x: number, y: number): number {
  const within = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
  let sum = 0;
  for (let j = Math.floor(y) - 1; j <= Math.floor(y) + 2; j++) {
    for (let i = Math.floor(x) - 1; i <= Math.floor(x) + 2; i++) {
      sum += samples[within(j, height) * width + within(i, width)]! * cubic(x - i) * cubic(y - j);
    }
  }
  return Math.min(Math.max(Math.round(sum), 0), 255);
}

function greatestDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}

describe("the resampler", () => {
  /** Widths whose half is no multiple of 8, 4, or 2; each also upright. */
  const SIZES: [Size, Size][] = [
    [
      { width: 64, height: 36 },
      { width: 54, height: 30 },
    ],
    [
      { width: 36, height: 64 },
      { width: 30, height: 54 },
    ],
    [
      { width: 130, height: 74 },
      { width: 108, height: 62 },
    ],
    [
      { width: 22, height: 20 },
      { width: 18, height: 16 },
    ],
    [
      { width: 8, height: 8 },
      { width: 66, height: 70 },
    ],
  ];

  test.each(SIZES)("%o to %o is within one step of floating point, wherever the view", async (from, out) => {
    const picture = noise(from);
    const resampler = await Resampler.create(picture, out, 2);
    for (const [x, y, scale] of [
      [0, 0, 1],
      [1, 1, 1],
      [0.37, 0.73, 0.83],
      [0.5, 0.1, 0.9],
      [1, 0, 0.5],
    ] as const) {
      const [width, height] = [from.width * scale, from.height * scale];
      const view = {
        x: (from.width - width) * x * (scale < 1 ? 1 : 0),
        y: (from.height - height) * y,
        width,
        height,
      };
      const frame = resampler.render(view, 0);
      expect(greatestDifference(frame, reference(picture, view, out))).toBeLessThanOrEqual(1);
    }
  });

  test("a view of the same size is an exact copy, chroma too", async () => {
    const picture = noise({ width: 42, height: 26 });
    const resampler = await Resampler.create(picture, picture, 1);
    expect(resampler.render({ x: 0, y: 0, width: 42, height: 26 }, 0)).toEqual(picture.data);
  });

  test("a flat picture stays exactly flat", async () => {
    const picture = { width: 40, height: 40, data: new Uint8Array(2400).fill(235) };
    const resampler = await Resampler.create(picture, { width: 34, height: 34 }, 1);
    const frame = resampler.render({ x: 1.23, y: 2.34, width: 33.3, height: 33.3 }, 0);
    expect(new Set(frame)).toEqual(new Set([235]));
  });

  test("a frame stays whole while the next ones are rendered", async () => {
    const resampler = await Resampler.create(noise({ width: 64, height: 64 }), { width: 54, height: 54 }, 3);
    const view = { x: 0, y: 0, width: 64, height: 64 };
    const first = resampler.render(view, 1);
    const before = first.slice();
    resampler.render({ ...view, width: 50, height: 50 }, 2);
    resampler.render({ ...view, width: 40, height: 40 }, 0);
    expect(first).toEqual(before);
  });

  test("a slow pan moves a spot by what the path says, to a fiftieth of a pixel", async () => {
    const size = { width: 192, height: 108 };
    const out = { width: 160, height: 90 };
    const resampler = await Resampler.create(spot(size, 90, 50), out, 1);
    for (let step = 0; step < 20; step++) {
      const view = {
        x: 3 + step * 0.137,
        y: 2 + step * 0.071,
        width: 170 - step * 0.3,
        height: 95.625 - step * 0.169,
      };
      const [x, y] = centroid(resampler.render(view, 0), out);
      expect(Math.abs(x - (((90.5 - view.x) * out.width) / view.width - 0.5))).toBeLessThan(0.02);
      expect(Math.abs(y - (((50.5 - view.y) * out.height) / view.height - 0.5))).toBeLessThan(0.02);
    }
  });
});

function spot({ width, height }: Size, x: number, y: number): Picture {
  const data = new Uint8Array((width * height * 3) / 2);
  for (let i = 0; i < width * height; i++) {
    const distance = ((i % width) - x) ** 2 + (Math.floor(i / width) - y) ** 2;
    data[i] = Math.round(250 * Math.exp(-distance / 128));
  }
  return { width, height, data };
}

function centroid(frame: Uint8Array, { width, height }: Size): [number, number] {
  let [sum, x, y] = [0, 0, 0];
  for (let i = 0; i < width * height; i++) {
    sum += frame[i]!;
    x += frame[i]! * (i % width);
    y += frame[i]! * Math.floor(i / width);
  }
  return [x / sum, y / sum];
}

describe("the camera", () => {
  const SIZE = { width: 2304, height: 1296 };

  test("never leaves the picture and never distorts it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MOVES),
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
        fc.constantFrom(SIZE, { width: 1296, height: 2304 }, { width: 8, height: 10 }),
        fc.integer({ min: 1, max: 4_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (kind, focus, size, frames, at) => {
          const path = planPath(kind, focus, size, frames / 30);
          const view = viewAt(path, Math.round(at * (frames - 1)), frames);
          const slack = 1e-9 * size.width;
          expect(view.x).toBeGreaterThanOrEqual(-slack);
          expect(view.y).toBeGreaterThanOrEqual(-slack);
          expect(view.x + view.width).toBeLessThanOrEqual(size.width + slack);
          expect(view.y + view.height).toBeLessThanOrEqual(size.height + slack);
          expect(view.width / view.height).toBeCloseTo(size.width / size.height, 9);
          expect(view.width).toBeGreaterThan(size.width / 1.25);
        },
      ),
    );
  });

  test.each(MOVES)("%s is smooth: no frame moves more than a little unlike the one before", (kind) => {
    const path = planPath(kind, [0.3, 0.6], SIZE, 6);
    const views = Array.from({ length: 180 }, (_, frame) => viewAt(path, frame, 180));
    expect(views[0]).toEqual(path.from);
    expect(views.at(-1)!.x).toBeCloseTo(path.to.x, 6);
    for (const side of ["x", "y", "width"] as const) {
      const speeds = views.slice(1).map((view, index) => view[side] - views[index]![side]);
      const jolts = speeds.slice(1).map((speed, index) => Math.abs(speed - speeds[index]!));
      expect(Math.max(...jolts)).toBeLessThan(0.12);
    }
  });

  test("each kind goes where its name says", () => {
    const way = (kind: (typeof MOVES)[number]) => {
      const { from, to } = planPath(kind, [0.5, 0.5], SIZE, 6);
      const middle = (view: View) => [view.x + view.width / 2, view.y + view.height / 2] as const;
      const sign = (a: number, b: number) => Math.sign(Math.round(b - a));
      const [[x0, y0], [x1, y1]] = [middle(from), middle(to)];
      return [sign(x0, x1), sign(y0, y1), sign(to.width, from.width)];
    };
    expect(Object.fromEntries(MOVES.map((kind) => [kind, way(kind)]))).toEqual({
      "zoom-in": [0, 0, 1],
      "zoom-out": [0, 0, -1],
      "pan-left": [-1, 0, 1],
      "pan-right": [1, 0, 1],
      "pan-up": [0, -1, 1],
      "pan-down": [0, 1, 1],
      hold: [0, 0, 0],
    });
  });

  test("a seed always chooses the same, seeds choose them all, and never to stand", () => {
    const chosen = Array.from({ length: 200 }, (_, seed) => chooseMove("auto", `scene ${seed}`).kind);
    expect(new Set(chosen)).toEqual(new Set(MOVES.filter((move) => move !== "hold")));
    expect(chosen[7]).toBe(chooseMove(null, "scene 7").kind);
    expect(chosen.slice(0, 6)).toMatchInlineSnapshot(`
      [
        "pan-down",
        "pan-down",
        "zoom-in",
        "zoom-in",
        "pan-up",
        "pan-left",
      ]
    `);
  });

  test("what is given is kept", () => {
    const focus: Focus = [0.1, 0.2];
    expect(chooseMove("hold", "s")).toEqual({ kind: "hold", focus: [0.5, 0.5] });
    expect(chooseMove({ kind: "pan-up", focus }, "s")).toEqual({ kind: "pan-up", focus });
    expect(chooseMove({ kind: "auto", focus }, "s").focus).toEqual(focus);
  });
});

test("a slow reader gets every frame whole, and frames are made only as it reads", async () => {
  const size = { width: 54, height: 30 };
  const resampler = await Resampler.create(noise({ width: 64, height: 36 }), size, FRAME_SLOTS);
  const viewOf = (frame: number): View => ({ x: frame / 10, y: 0, width: 58, height: 33 });
  const expected = Array.from({ length: 20 }, (_, frame) => resampler.render(viewOf(frame), 0).slice());
  let made = 0;
  const source = {
    frameBytes: resampler.frameBytes,
    next: () => resampler.render(viewOf(made), made++ % FRAME_SLOTS),
    close() {},
  };
  let taken = 0;
  const slow = new Writable({
    highWaterMark: 16,
    async write(chunk: Uint8Array, _encoding, done) {
      for (let turn = 0; turn < 5; turn++) await setImmediate();
      expect(made - taken).toBeLessThan(FRAME_SLOTS);
      expect(Uint8Array.from(chunk)).toEqual(expected[taken]);
      taken += 1;
      done();
    },
  });
  await pipeline(frameStream(source, 20), slow);
  expect(taken).toBe(20);
});

describe("the prepared picture", () => {
  const prepare = async (name: string, source: string, size: Size, focus: Focus = [0.5, 0.5]) =>
    preparePicture(ffmpeg, {
      path: await makePicture(folder.in(name), source, "format=rgb24"),
      size,
      focus,
      background: "#000000",
    });

  test("has its chroma where H.264 has it: level with the left one of two pixels", async () => {
    // Red rises by 3 a pixel at the prepared size: half a pixel off would be 0.7 in Cr (its slope is 0.44 a step).
    const ramp = "nullsrc=s=96x54,geq=r='X*2.5':g=0:b=0";
    const { picture } = await prepare("ramp.png", ramp, { width: 80, height: 45 + 1 });
    const { width, height, data } = picture;
    const red = (x: number) => ((x + 0.5) * 96) / width - 0.5;
    const chromaRed = data.subarray(width * height * 1.25);
    const errors = Array.from({ length: 24 }, (_, index) => {
      const j = index + 12;
      // BT.709: Cr = (R - Y) / 1.5748, Y = 0.2126 R, in 224 steps around 128.
      const expected = 128 + (224 / 255) * (((1 - 0.2126) * red(2 * j) * 2.5) / 1.5748);
      return chromaRed[(height / 4) * (width / 2) + j]! - expected;
    });
    expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / errors.length)).toBeLessThan(0.25);
  });

  test("a focus decides what the crop keeps, and stays on its place", async () => {
    const halves = "color=white:s=400x100,drawbox=w=200:h=100:color=black:t=fill";
    const left = await prepare("halves.png", halves, { width: 64, height: 64 }, [0, 0.5]);
    const right = await prepare("halves.png", halves, { width: 64, height: 64 }, [1, 0.5]);
    expect(left.picture.data[0]).toBe(16);
    expect(right.picture.data[0]).toBe(235);
    expect([left.focus, right.focus]).toEqual([
      [0, 0.5],
      [1, 0.5],
    ]);
  });

  test("is of the film's shape and little more than its size, however big or narrow the file", async () => {
    for (const size of ["33:4000", "4000:33", "1:1", "2999:3001"]) {
      const path = await makePicture(folder.in("any.png"), "color=red:s=64x64", `format=rgb24,scale=${size}`);
      const film = { width: 180, height: 320 };
      const { picture } = await preparePicture(ffmpeg, {
        path,
        size: film,
        focus: [0.5, 0.5],
        background: "#000000",
      });
      expect([picture.width, picture.height]).toEqual([216, 384]);
      expect(new Set(picture.data.subarray(0, 216 * 384)).size).toBe(1);
    }
  });
});
