/** Finding, running, aborting and reading ffmpeg: with the real program, on real files. */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { Failure } from "../lib/base/failure.ts";
import { decodeAudio } from "../lib/media/decode-audio.ts";
import { findFfmpeg, locateFfmpeg, runFfmpeg } from "../lib/media/ffmpeg.ts";
import { probe } from "../lib/media/probe.ts";
import { ffmpeg, makePicture, temporaryFolder, writeWave } from "./media-kit.ts";
import { children } from "./processes.ts";

const folder = temporaryFolder();

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

/** An executable that answers -version with the given line. */
async function program(path: string, says: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`);
  await chmod(path, 0o755);
  return path;
}

describe("finding", () => {
  test("the variable wins over PATH, and ffprobe is the one beside it", async () => {
    const mine = await program(folder.in("mine/ffmpeg"), "ffmpeg version 9 Copyright (c) x");
    const probeOfMine = await program(folder.in("mine/ffprobe"), "ffprobe version 9 Copyright (c) x");
    const found = await findFfmpeg({ ...process.env, FACELESS_FFMPEG: mine, FACELESS_FFPROBE: "" });
    expect(found).toEqual({ path: mine, probePath: probeOfMine, identity: "ffmpeg version 9" });
  });

  test("without the variable, the first on PATH", async () => {
    const first = await program(folder.in("one/ffmpeg"), "ffmpeg version 1");
    const second = await program(folder.in("two/ffmpeg"), "ffmpeg version 2");
    await program(folder.in("two/ffprobe"), "ffprobe version 2");
    const PATH = [folder.in("none"), dirname(first), dirname(second)].join(delimiter);
    expect(locateFfmpeg({ PATH })).toEqual({ path: first, probePath: folder.in("two/ffprobe") });
  });

  test("with neither, npm's own, made runnable", async () => {
    const { path, probePath } = locateFfmpeg({ PATH: "" });
    expect(path).toContain("@ffmpeg-installer");
    expect(probePath).toContain("@ffprobe-installer");
    expect((await findFfmpeg({ ...process.env, FACELESS_FFMPEG: path })).identity).toMatch(
      /^ffmpeg version /,
    );
  });

  test("a variable that names nothing is a failure, though PATH has one", async () => {
    const missing = folder.in("missing/ffmpeg");
    const failure = await failureOf(findFfmpeg({ ...process.env, FACELESS_FFMPEG: missing }));
    expect(failure.message).toBe(`FACELESS_FFMPEG is '${missing}', which is no program that can be run.`);
    expect(failure.help).toBe(
      "Set FACELESS_FFMPEG to the full path of the program, or unset it to use the system's.",
    );
  });

  test("a program that is no ffmpeg is a failure", async () => {
    const cat = await program(folder.in("cat/ffmpeg"), "meow");
    const failure = await failureOf(findFfmpeg({ ...process.env, FACELESS_FFMPEG: cat }));
    expect(failure.message).toBe(`${cat} is no ffmpeg: its -version says 'meow' (exit code 0).`);
  });
});

describe("running", () => {
  test("a failure has ffmpeg's own words and the command to repeat", async () => {
    const path = folder.in("it's not there.png");
    const failure = await failureOf(
      runFfmpeg(ffmpeg, { what: "testing" }, (command) =>
        command.input(path).outputOptions("-metadata", "title=a b").output(folder.in("x.mp4")),
      ),
    );
    expect(failure.message).toMatch(/^ffmpeg failed while testing: .*No such file or directory/);
    expect(failure.help).toBe(
      `The command was: ${ffmpeg.path} -hide_banner -nostdin -loglevel level+error -nostats -i ` +
        `'${path.replace("'", "'\\''")}' -y -metadata 'title=a b' ${folder.in("x.mp4")}`,
    );
  });

  test("a program that cannot be started is a failure too, not a crash", async () => {
    const failure = await failureOf(
      runFfmpeg({ ...ffmpeg, path: folder.in("nowhere") }, { what: "testing" }, (command) =>
        command.input("x").output(folder.in("x.mp4")),
      ),
    );
    expect(failure.message).toMatch(/^ffmpeg failed while testing: spawn .*ENOENT/);
  });

  test("an abort kills the process and rejects with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("stop it");
    const before = await children();
    const endless = runFfmpeg(
      ffmpeg,
      { what: "testing", signal: controller.signal, onProgress: () => controller.abort(reason) },
      (command) =>
        command
          .input("testsrc2=s=64x64:r=25")
          .inputOptions("-f", "lavfi", "-re")
          .outputOptions("-f", "null")
          .output("-"),
    );
    await expect(endless).rejects.toBe(reason);
    expect((await children()).filter((id) => !before.includes(id))).toEqual([]);
  });

  test("an abort before the start starts nothing", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    let configured = false;
    await expect(
      runFfmpeg(ffmpeg, { what: "testing", signal }, () => {
        configured = true;
      }),
    ).rejects.toThrow("too late");
    expect(configured).toBe(false);
  });

  test("an abort between the start and the spawn is not lost", async () => {
    const controller = new AbortController();
    const endless = runFfmpeg(ffmpeg, { what: "testing", signal: controller.signal }, (command) =>
      command
        .input("testsrc2=s=64x64")
        .inputOptions("-f", "lavfi", "-re")
        .outputOptions("-f", "null")
        .output("-"),
    );
    controller.abort(new Error("at once"));
    await expect(endless).rejects.toThrow("at once");
  });

  test("an error of the input is passed on, and ffmpeg does not outlive it", async () => {
    const before = await children();
    const broken = new Error("the renderer broke");
    const input = new Readable({
      read() {
        this.destroy(broken);
      },
    });
    const run = runFfmpeg(ffmpeg, { what: "testing", input }, (command) =>
      command
        .inputOptions("-f", "rawvideo", "-s", "16x16", "-pix_fmt", "gray")
        .outputOptions("-f", "null")
        .output("-"),
    );
    await expect(run).rejects.toBe(broken);
    expect((await children()).filter((id) => !before.includes(id))).toEqual([]);
  });

  test("an input that ffmpeg no longer wants is destroyed", async () => {
    const input = Readable.from(endlessFrames());
    await runFfmpeg(ffmpeg, { what: "testing", input }, (command) =>
      command
        .inputOptions("-f", "rawvideo", "-s", "16x16", "-pix_fmt", "gray")
        .outputOptions("-frames:v", "2", "-f", "null")
        .output("-"),
    );
    expect(input.destroyed).toBe(true);
  });
});

describe("reading", () => {
  test("decoded audio has the exact samples, and mono becomes two equal channels", async () => {
    const samples = Int16Array.from({ length: 12_345 }, (_, index) =>
      Math.round(9_000 * Math.sin(index / 20)),
    );
    const path = await writeWave(folder.in("tone.wav"), samples, 48_000);
    expect(await decodeAudio(ffmpeg, path, { rate: 48_000, channels: 1 })).toEqual(samples);
    const stereo = await decodeAudio(ffmpeg, path, { rate: 48_000, channels: 2 });
    const [left, right] = [0, 1].map((channel) => stereo.filter((_, index) => index % 2 === channel));
    expect(left).toEqual(right);
    expect(left!.length).toBe(samples.length);
    expect(left!.every((value, index) => Math.abs(value - samples[index]! * Math.SQRT1_2) <= 1)).toBe(true);
  });

  test("a file without audio is a failure that names it", async () => {
    const picture = await makePicture(folder.in("silent.png"), "color=s=8x8");
    const failure = await failureOf(decodeAudio(ffmpeg, picture, { rate: 48_000, channels: 1 }));
    expect(failure.message).toContain(`ffmpeg failed while decoding the audio of ${picture}: `);
  });

  test("a probe tells the size, and of what is no media that it is none", async () => {
    const picture = await makePicture(folder.in("odd name's.png"), "color=s=34x22");
    expect(await probe(ffmpeg, picture)).toMatchObject({ width: 34, height: 22, frames: 1 });
    await writeFile(folder.in("words.png"), "just words");
    const failure = await failureOf(probe(ffmpeg, folder.in("words.png")));
    expect(failure.message).toContain(`ffprobe cannot read ${folder.in("words.png")}: `);
  });
});

function* endlessFrames() {
  for (;;) yield Buffer.alloc(256);
}
