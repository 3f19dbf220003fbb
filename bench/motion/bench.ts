/** Measures what a camera move costs on top of the encode, and how steady it is. Prints the table of ../README.md. */
import { createWriteStream, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { findFfmpeg, runFfmpeg } from "../../lib/media/ffmpeg.ts";
import { FRAME_SLOTS, frameStream } from "../../lib/media/motion/frames.ts";
import { planPath, viewAt } from "../../lib/media/motion/move.ts";
import { preparePicture } from "../../lib/media/motion/picture.ts";
import { Resampler } from "../../lib/media/motion/resampler.ts";
import type { Form } from "../../lib/media/motion/still.ts";
import { encoding, type PieceRequest, rawVideo, renderPiece } from "../../lib/media/piece.ts";
import { measureJitter } from "./jitter.ts";
import { writeScene } from "./scene.ts";
import { decodeRaw, renderScene, wholeScene } from "./whole.ts";

const ROUNDS = 4;
const FPS = 30;
const FRAMES = 180;
/** Of a long scene, so that the move is slow: that is when jitter shows. */
const JITTER_FRAMES = 60;
const SIZES = [
  { width: 1920, height: 1080 },
  { width: 1080, height: 1920 },
];

/** As the shipped platforms have them. */
const TEMPLATES = ["lines", "words"];

const ffmpeg = await findFfmpeg(process.env);
const folder = await mkdtemp(join(tmpdir(), "faceless-bench-"));
try {
  const image = join(folder, "scene.ppm");
  await writeScene(image, 1536, 1024);
  console.log(`${ffmpeg.identity}, Node ${process.version}, ${FRAMES} frames, ${ROUNDS} rounds\n`);
  console.log(
    "| output | render ms/frame | render + encode ms/frame | encode alone ms/frame | ratio of each round | ratio of the least | jitter px RMS | px max |",
  );
  console.log("|---|---|---|---|---|---|---|---|");
  for (const size of SIZES) console.log(await row(image, size));
  console.log(
    "\n| a scene with captions and its transition | CPU s | encode alone CPU s | ratio of each round | ratio of the least |",
  );
  console.log("|---|---|---|---|---|");
  for (const [i, size] of SIZES.entries()) console.log(await wholeRow(image, size, TEMPLATES[i]!));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function row(image: string, size: { width: number; height: number }): Promise<string> {
  const output = join(folder, "segment.mp4");
  const form = { ...size, fps: FPS, background: "#000000" };
  const move = { kind: "zoom-in", focus: [0.5, 0.5] } as const;
  const picture = { image, clip: undefined, move, frames: FRAMES, overlap: 0 };
  const request: PieceRequest = {
    ...{ ffmpeg, form, preset: "veryfast", output },
    content: { kind: "body", picture, from: 0, frames: FRAMES, cuts: [], overlay: undefined },
  };
  const raw = join(folder, "frames.yuv");
  const { frames, jitter } = await prepare(image, form);
  const rendering = await cpu(() => pipeline(frames(), createWriteStream("/dev/null")));
  await pipeline(frames(), createWriteStream(raw));
  const rounds: { both: number; encode: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const both = await cpu(() =>
      renderPiece(request, { signal: new AbortController().signal, progress() {} }),
    );
    const encode = await cpu(() => encodeFile(raw, form));
    rounds.push({ both, encode });
  }
  await rm(raw);
  const least = (values: number[]) => Math.min(...values);
  const perFrame = (seconds: number) => ((1000 * seconds) / FRAMES).toFixed(1);
  const ratios = rounds.map(({ both, encode }) => both / encode);
  const cells = [
    `${size.width}x${size.height}`,
    perFrame(rendering),
    perFrame(least(rounds.map(({ both }) => both))),
    perFrame(least(rounds.map(({ encode }) => encode))),
    ratios.map((ratio) => ratio.toFixed(2)).join(" "),
    // What a busy neighbour takes from the caches only ever adds time, so the least is nearest to the truth.
    (least(rounds.map(({ both }) => both)) / least(rounds.map(({ encode }) => encode))).toFixed(2),
    jitter.rms.toFixed(4),
    jitter.most.toFixed(4),
  ];
  return `| ${cells.join(" | ")} |`;
}

async function wholeRow(
  image: string,
  size: { width: number; height: number },
  template: string,
): Promise<string> {
  const form = { ...size, fps: FPS, background: "#000000" } as const;
  const contents = await wholeScene(image, form, template, folder);
  const pieces = await renderScene(ffmpeg, contents, form, folder);
  const raws: string[] = [];
  for (const [i, { path }] of pieces.entries()) {
    raws.push(join(folder, `${i}.yuv`));
    await decodeRaw(ffmpeg, path, raws[i]!);
  }
  const rounds: { both: number; encode: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const both = await cpu(async () => void (await renderScene(ffmpeg, contents, form, folder)));
    const encode = await cpu(async () => {
      for (const raw of raws) await encodeFile(raw, form);
    });
    rounds.push({ both, encode });
  }
  for (const raw of raws) await rm(raw);
  const [both, encode] = [
    Math.min(...rounds.map((one) => one.both)),
    Math.min(...rounds.map((one) => one.encode)),
  ];
  const ratios = rounds.map((one) => (one.both / one.encode).toFixed(2)).join(" ");
  const told = `${size.width}x${size.height}, ${template}`;
  return `| ${told} | ${both.toFixed(2)} | ${encode.toFixed(2)} | ${ratios} | ${(both / encode).toFixed(2)} |`;
}

async function prepare(image: string, { width, height, background }: Form) {
  const size = { width, height };
  const whole = { path: image, size, focus: [0.5, 0.5], background } as const;
  const { picture, focus } = await preparePicture(ffmpeg, whole);
  const resampler = await Resampler.create(picture, size, FRAME_SLOTS);
  const path = planPath("zoom-in", focus, picture, FRAMES / FPS);
  const frames = () => {
    let at = 0;
    const { frameBytes } = resampler;
    const next = () => resampler.render(viewAt(path, at, FRAMES), at++ % FRAME_SLOTS);
    return frameStream({ frameBytes, next, close() {} }, FRAMES);
  };
  // Off the middle, so that both axes move.
  const slow = planPath("zoom-in", [0.6, 0.3], picture, 6);
  const viewOf = (frame: number) => viewAt(slow, 60 + frame, 180);
  return { frames, jitter: measureJitter(resampler, picture, size, viewOf, JITTER_FRAMES) };
}

async function encodeFile(raw: string, form: Form): Promise<void> {
  await runFfmpeg(ffmpeg, { what: "encoding" }, (command) =>
    command
      .input(raw)
      .inputOptions(...rawVideo(form))
      .outputOptions(...encoding(FPS, "veryfast"))
      .output(join(folder, "alone.mp4")),
  );
}

/** Seconds of user and system time that this process and the children that it waited for spend on something. */
async function cpu(run: () => Promise<void>): Promise<number> {
  const before = treeTime();
  await run();
  return treeTime() - before;
}

/** proc(5): utime, stime, cutime and cstime, in ticks of a hundredth of a second. Linux only. */
function treeTime(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]!.split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}
