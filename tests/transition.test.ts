/** Transitions and clips: the joined pieces show what one go would, frame by frame. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { runFfmpeg } from "../lib/media/ffmpeg.ts";
import { blend, groundFrame, TRANSITIONS, type Transition } from "../lib/media/motion/blend.ts";
import type { Focus, Move } from "../lib/media/motion/move.ts";
import { type PieceRequest, renderPiece } from "../lib/media/piece.ts";
import type { Body, Joint } from "../lib/media/piece-content.ts";
import { decodeFrames, ffmpeg, makePicture, quietContext, temporaryFolder } from "./media-kit.ts";

const folder = temporaryFolder();
const FORM = { width: 160, height: 96, fps: 30, background: "#204060" };
const PIXELS = FORM.width * FORM.height;

let [first, second] = ["", ""];

beforeAll(async () => {
  first = await makePicture(folder.in("first.png"), "testsrc2=s=400x300");
  second = await makePicture(folder.in("second.png"), "mandelbrot=s=300x400");
});

function scene(image: string, frames: number, kind: Move = "zoom-in", clip?: string) {
  return { image, clip, move: { kind, focus: [0.4, 0.6] as Focus }, frames, overlap: 6 };
}

const SCENES = () => ({ from: scene(first, 20), into: scene(second, 18, "pan-left") });

function body(picture: Body["picture"], from: number, frames: number): Body {
  return { kind: "body", picture, from, frames, cuts: [], overlay: undefined };
}

let made = 0;

async function render(content: Body | Joint, change: Partial<PieceRequest> = {}): Promise<Uint8Array[]> {
  const output = folder.in(`piece ${++made}.mp4`);
  await renderPiece({ ffmpeg, form: FORM, preset: "veryfast", content, output, ...change }, quietContext());
  return await decodeFrames(output, FORM.width, FORM.height);
}

/** Mean difference of luma: what two encodes of the same frame differ by is less than 2. */
function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < PIXELS; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / PIXELS;
}

describe("pieces", () => {
  test("cut anywhere show what the scene in one go does", async () => {
    const { from } = SCENES();
    const whole = await render(body(from, 0, 20));
    const pieces = [...(await render(body(from, 0, 7))), ...(await render(body(from, 7, 13)))];
    expect(pieces).toHaveLength(20);
    for (const [i, frame] of pieces.entries()) expect(difference(frame, whole[i]!)).toBeLessThan(2);
  });

  test.each(TRANSITIONS)(
    "%s: begins at the one scene, ends at the other, its camera moves going on",
    async (transition) => {
      const { from, into } = SCENES();
      const joint: Joint = { kind: "transition", transition, tail: 5, lead: 4, from, into };
      const frames = await render(joint);
      // The frames that each scene would show by itself, past its own ends.
      const [before] = await render(body(from, 14, 1));
      const [after] = await render(body(into, 4, 1));
      expect(frames).toHaveLength(9);
      const far = difference(before!, after!);
      expect(difference(frames[0]!, before!)).toBeLessThan(far / 3);
      expect(difference(frames[8]!, after!)).toBeLessThan(far / 3);
      const middle = frames[4]!;
      if (transition === "cut") expect(difference(middle, before!)).toBeLessThan(far / 4);
      else expect(Math.min(difference(middle, before!), difference(middle, after!))).toBeGreaterThan(far / 8);
    },
  );

  test("at a film's end the picture goes to the background; a cut stays", async () => {
    const { from } = SCENES();
    const joint: Joint = {
      kind: "transition",
      transition: "crossfade",
      tail: 6,
      lead: 0,
      from,
      into: undefined,
    };
    const frames = await render(joint);
    const ground = groundFrame(FORM.background, FORM);
    expect(difference(frames.at(-1)!, ground)).toBeLessThan(1);
    const stays = await render({ ...joint, transition: "cut" });
    expect(difference(stays.at(-1)!, ground)).toBeGreaterThan(10);
  });

  test("key frames are where the film can be cut", async () => {
    const output = folder.in("cuts.mp4");
    const { from } = SCENES();
    const content = { ...body(from, 0, 20), cuts: [7, 12] };
    await renderPiece({ ffmpeg, form: FORM, preset: "ultrafast", content, output }, quietContext());
    const keys: number[] = [];
    const onLog = (line: string) => {
      const found = /n:\s*\d+ pts:\s*\d+ pts_time:(\S+) .*type:I/.exec(line);
      if (found !== null) keys.push(Math.round(Number(found[1]) * FORM.fps));
    };
    await runFfmpeg(ffmpeg, { what: "looking", onLog }, (command) =>
      command.input(output).outputOptions("-vf", "showinfo", "-f", "null").output("-"),
    );
    expect(keys).toEqual([0, 7, 12]);
  });
});

describe("a clip as a scene's picture", () => {
  async function clip(name: string, source: string): Promise<string> {
    await runFfmpeg(ffmpeg, { what: "making a clip" }, (command) =>
      command
        .input(source)
        .inputOptions("-f", "lavfi")
        .outputOptions("-c:v", "libx264", "-crf", "10", "-pix_fmt", "yuv420p")
        .output(folder.in(name)),
    );
    return folder.in(name);
  }

  /** White from its 10th frame on, of 30. */
  const TURNS = "color=black:s=320x240:r=30:d=1,drawbox=w=iw:h=ih:color=white:t=fill:enable='gte(n,10)'";
  const isWhite = (frame: Uint8Array) => frame[PIXELS / 2]! > 200;

  test("moves on through the pieces, and begins with the transition into its scene", async () => {
    const picture = scene(first, 20, "hold", await clip("turns.mp4", TURNS));
    const frames = [...(await render(body(picture, 0, 3))), ...(await render(body(picture, 3, 17)))];
    // The scene's frame 0 is the clip's frame 6: it began before, in the transition.
    expect(frames.map(isWhite)).toEqual(Array.from({ length: 20 }, (_, i) => i + 6 >= 10));
  });

  test("of another pace and shape fills the frame; too short, its last picture stands", async () => {
    const slow = await clip("slow.mp4", "color=white:s=90x200:r=12:d=0.5");
    const frames = await render(body(scene(first, 40, "hold", slow), 0, 40));
    expect(frames).toHaveLength(40);
    for (const frame of frames) expect(frame.subarray(0, PIXELS).every((value) => value > 230)).toBe(true);
  });

  test("a file that is none is a failure that names it", async () => {
    const picture = scene(first, 20, "hold", folder.in("none.mp4"));
    await expect(render(body(picture, 0, 3))).rejects.toThrow(/reading the clip .*none\.mp4/);
  });
});

describe("blend", () => {
  const size = { width: 16, height: 16 };
  const flat = (value: number) => new Uint8Array((16 * 16 * 3) / 2).fill(value);

  test("between two equal pictures nothing is seen of a crossfade, a slide or a cut", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Transition>("crossfade", "slide", "cut"),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (kind, value, tail, lead) => {
          const out = flat(0);
          for (let frame = 0; frame < tail + lead; frame++) {
            blend(
              kind,
              { frame, tail, lead },
              { from: flat(value), into: flat(value), ground: flat(0), out },
              size,
            );
            expect(out).toEqual(flat(value));
          }
        },
      ),
    );
  });

  test("a crossfade never turns back", () => {
    const out = flat(0);
    let last = 0;
    for (let frame = 0; frame < 16; frame++) {
      const pictures = { from: flat(16), into: flat(235), ground: flat(0), out };
      blend("crossfade", { frame, tail: 9, lead: 7 }, pictures, size);
      expect(out[0]!).toBeGreaterThan(last);
      last = out[0]!;
    }
    expect(last).toBeLessThan(235);
  });

  test("the background's colour is BT.709", () => {
    const frame = groundFrame("#c02818", size);
    expect([frame[0], frame[256], frame[256 + 64]]).toEqual([77, 106, 195]);
  });
});
