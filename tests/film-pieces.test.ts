/** Films and parts joined from real pieces: every frame in its place, nothing lost at a border or a cut. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { runFfmpeg } from "../lib/media/ffmpeg.ts";
import { joinFilm, type Piece } from "../lib/media/film.ts";
import { filmPieces } from "../lib/media/film-pieces.ts";
import { inside } from "../lib/media/mp4/box.ts";
import { indexOf } from "../lib/media/mp4/index.ts";
import { sliceOf } from "../lib/media/mp4/slice.ts";
import { readTrack } from "../lib/media/mp4/track.ts";
import { partPieces } from "../lib/media/part-pieces.ts";
import { layParts } from "../lib/media/parts.ts";
import { renderPiece } from "../lib/media/piece.ts";
import type { Content } from "../lib/media/piece-content.ts";
import { probe } from "../lib/media/probe.ts";
import { layFilm, type Take } from "../lib/media/reel.ts";
import {
  decodeFrames,
  expectCleanDecode,
  ffmpeg,
  makePicture,
  packetTimes,
  quietContext,
  temporaryFolder,
} from "./media-kit.ts";

const folder = temporaryFolder();
const FORM = { width: 160, height: 96, fps: 30 as const, background: "#000000" };
const MIDDLE = [0.5, 0.5] as const;
/** Scene 2 is so long that it has to be cut. */
const LENGTHS = [40, 130, 50];
const CUTS = [[], [33, 71, 99], []];

function take(scene: number): Take {
  const frames = LENGTHS[scene - 1]!;
  const move = { kind: "pan-left", focus: MIDDLE } as const;
  const lead = scene === 1 ? 0 : 7;
  const cuts = CUTS[scene - 1]!;
  const shot = {
    fps: FORM.fps,
    frames,
    lead,
    tail: 9,
    overlap: 9,
    voice_sample: 12_000,
    move,
    reluctance: 0,
    cuts,
  };
  return { scene, shot, samples: 1600 * frames - 33_600 };
}

const TAKES = [1, 2, 3].map(take);
let segments: Piece[] = [];
let transitions: Piece[] = [];
let card: Piece;

beforeAll(async () => {
  const pictures = await Promise.all(
    ["testsrc2=s=400x300", "mandelbrot=s=300x400", "smptebars=s=320x180"].map((source, i) =>
      makePicture(folder.in(`${i}.png`), source),
    ),
  );
  card = { path: await makePicture(folder.in("card.png"), "color=blue:s=160x96"), name: "card", frames: 1 };
  const scenes = TAKES.map(({ shot }, i) => ({ image: pictures[i]!, clip: undefined, ...shot }));
  segments = [];
  transitions = [];
  for (const [i, { shot }] of TAKES.entries()) {
    const frames = shot.frames - shot.lead - shot.tail;
    const cuts = shot.cuts.map((frame) => frame - shot.lead);
    const body: Content = {
      kind: "body",
      picture: scenes[i]!,
      from: shot.lead,
      frames,
      cuts,
      overlay: undefined,
    };
    segments.push(await piece(`it's segment ${i}.mp4`, body));
    const joint = { kind: "transition", transition: "crossfade", tail: shot.tail } as const;
    const [from, into, lead] = [scenes[i]!, scenes[i + 1], TAKES[i + 1]?.shot.lead ?? 0];
    transitions.push(await piece(`transition ${i}.mp4`, { ...joint, lead, from, into }));
  }
});

async function piece(name: string, content: Content): Promise<Piece> {
  const output = folder.in(name);
  await renderPiece({ ffmpeg, form: FORM, preset: "veryfast", content, output }, quietContext());
  return { path: output, name, frames: (await probe(ffmpeg, output)).frames };
}

let joins = 0;

async function joined(pieces: readonly Piece[]): Promise<string> {
  const scratch = folder.in(`scratch ${++joins}`);
  mkdirSync(scratch);
  const frames = pieces.reduce((sum, piece) => sum + piece.frames, 0);
  const sound = join(scratch, "sound.m4a");
  await runFfmpeg(ffmpeg, { what: "making a sound" }, (command) =>
    command
      .input(`sine=f=300:r=48000:d=${(frames / FORM.fps).toFixed(6)}`)
      .inputOptions("-f", "lavfi")
      .outputOptions("-c:a", "aac")
      .output(sound),
  );
  const output = join(scratch, "film.mp4");
  await joinFilm({ pieces, sound: { path: sound, name: "sound" }, fps: FORM.fps, output }, quietContext());
  return output;
}

const decode = (path: string) => decodeFrames(path, FORM.width, FORM.height);

async function expectEven(path: string, frames: number): Promise<void> {
  const times = await packetTimes(path, "v:0");
  const shown = times.map(({ pts }) => Math.round(pts * FORM.fps * 10_000) / 10_000).sort((a, b) => a - b);
  expect(shown).toEqual(Array.from({ length: frames }, (_, i) => i));
  for (const [i, { dts }] of times.entries()) if (i > 0) expect(dts).toBeGreaterThan(times[i - 1]!.dts);
  await expectCleanDecode(path);
}

test("a film has all frames of its pieces, each as it was", async () => {
  const film = await joined(filmPieces(layFilm(TAKES), { segments, transitions }));
  await expectEven(film, 220);
  const frames = await decode(film);
  const expected = [];
  for (const i of [0, 1, 2])
    expected.push(...(await decode(segments[i]!.path)), ...(await decode(transitions[i]!.path)));
  expect(frames).toHaveLength(220);
  for (const [i, frame] of frames.entries()) expect(Buffer.from(frame).equals(expected[i]!)).toBe(true);
});

test("pieces of few frames, of which the last ones lie between others, have them at their times", async () => {
  const picture = { image: folder.in("0.png"), clip: undefined, frames: 40, overlap: 9 };
  const move = { kind: "pan-left", focus: MIDDLE } as const;
  const pieces: Piece[] = [];
  for (const frames of [4, 1, 3, 2, 5, 6, 3]) {
    const content: Content = {
      kind: "body",
      picture: { ...picture, move },
      from: 0,
      frames,
      cuts: [],
      overlay: undefined,
    };
    pieces.push(await piece(`${frames} frames.mp4`, content));
  }
  await expectEven(await joined(pieces), 24);
});

describe("parts", () => {
  const LIMIT = 100;
  const { parts, endings } = layParts(TAKES, { limit: LIMIT, card: 15, film: layFilm(TAKES) });

  test("have each frame of the film's scenes once, cut at sentences, and none is too long", async () => {
    expect(
      parts.map(({ reel }) => reel.scenes.map(({ scene, skip, frames }) => [scene, skip, frames])),
    ).toEqual([[[1, 0, 40]], [[2, 0, 71]], [[2, 71, 59]], [[3, 0, 50]]]);
    const bodies = await Promise.all(segments.map(({ path }) => decode(path)));
    for (const { part, reel, lead } of parts) {
      const [scene] = reel.scenes;
      const i = scene!.scene - 1;
      const segment = segments[i]!;
      const opening = await piece(`opening ${part}.mp4`, {
        ...{ kind: "opening", card: card.path, frames: reel.intro_frames, into: segment.path, lead },
      });
      const ending = endings.find((one) => one.part === part);
      const closing =
        ending &&
        (await piece(`closing ${part}.mp4`, { kind: "closing", from: segment.path, frames: ending.frames }));
      const files = { opening, segments: [segment], transitions: [], closing: closing ? [closing] : [] };
      const path = await joined([...partPieces(reel, files)]);
      await expectEven(path, reel.frames);
      expect(reel.frames).toBeLessThanOrEqual(LIMIT);
      const frames = await decode(path);
      // The card, then the scene's own frames.
      expect(new Set(frames[0]!.subarray(0, 500)).size).toBe(1);
      const { shot } = TAKES[i]!;
      const from = Math.max(0, scene!.skip - shot.lead);
      const body = frames.slice(15 + lead, closing === undefined ? undefined : -shot.tail);
      const expected = bodies[i]!.slice(from, from + body.length);
      for (const [k, frame] of body.entries()) expect(Buffer.from(frame).equals(expected[k]!)).toBe(true);
      if (closing !== undefined) expect(frames.at(-1)![0]).toBeLessThan(20);
    }
  });

  test("of other scenes than their own are told", () => {
    const { reel } = parts[0]!;
    const own = { opening: card, segments: [segments[0]!], transitions: [], closing: [card] };
    expect(() => partPieces(reel, { ...own, segments })).toThrow("The part needs 1 of 'segment', and has 3.");
    expect(() => partPieces(reel, { ...own, transitions })).toThrow(
      "The part needs 0 of 'transition', and has 3.",
    );
    expect(() => partPieces(reel, { ...own, closing: [] })).toThrow(
      "The part needs 1 of 'closing', and has 0.",
    );
  });
});

test("pieces that are not one for each scene are told", () => {
  const reel = layFilm(TAKES);
  const two = transitions.slice(1);
  expect(() => filmPieces(reel, { segments, transitions: two })).toThrow(
    "The reel has 3 scenes, and 'transitions' has 2 files.",
  );
});

test("a piece of another length is named", async () => {
  const pieces = [...filmPieces(layFilm(TAKES), { segments, transitions })];
  pieces[2] = { ...pieces[2]!, frames: pieces[2]!.frames + 3 };
  await expect(joined(pieces)).rejects.toThrow(
    "it's segment 1.mp4 has 114 frames, and its place in the film has 117.",
  );
});

test("what cannot be joined is told by its name", async () => {
  const pieces = [...filmPieces(layFilm(TAKES), { segments, transitions })];
  const withPiece = (path: string, name: string) =>
    joined([...pieces.slice(0, 2), { ...pieces[2]!, path, name }, ...pieces.slice(3)]);

  const other = folder.in("other.mp4");
  await runFfmpeg(ffmpeg, { what: "encoding otherwise" }, (command) =>
    command.input(pieces[2]!.path).outputOptions("-c:v", "libx264", "-bf", "0").output(other),
  );
  await expect(withPiece(other, "videos/a/other.mp4")).rejects.toMatchObject({
    message: "videos/a/other.mp4 is encoded otherwise than it's segment 0.mp4.",
    help: "It was edited or pinned, and a film is joined without encoding it again: build it again with --force.",
  });

  await expect(withPiece(folder.in("0.png"), "videos/a/picture.mp4")).rejects.toThrow(
    "videos/a/picture.mp4 is no mp4.",
  );
  const sound = folder.in("only sound.mp4");
  await runFfmpeg(ffmpeg, { what: "making a sound" }, (command) =>
    command.input("sine=f=300:d=1").inputOptions("-f", "lavfi").outputOptions("-c:a", "aac").output(sound),
  );
  await expect(withPiece(sound, "videos/a/sound.mp4")).rejects.toThrow("videos/a/sound.mp4 has no pictures.");

  const bytes = readFileSync(pieces[2]!.path);
  // The table of sizes says that there are more samples than it has.
  bytes.writeUInt32BE(5_000, bytes.indexOf("stsz") + 12);
  writeFileSync(folder.in("damaged.mp4"), bytes);
  await expect(withPiece(folder.in("damaged.mp4"), "videos/a/damaged.mp4")).rejects.toThrow(
    "videos/a/damaged.mp4 has a damaged index ('stsz').",
  );

  const cut = { ...pieces[2]!, frames: 20, cut: { from: 5, until: 25 } };
  await expect(joined([pieces[0]!, cut])).rejects.toThrow(
    "it's segment 1.mp4 cannot be cut at its frames 5 and 25: it has no key frame there.",
  );
});

test("a film of more than four gigabytes has places of 64 bits", async () => {
  const track = readTrack({ path: segments[0]!.path, name: "segment" }, "vide");
  const sound = join(folder.in("scratch 1"), "sound.m4a");
  const at = 5 * 2 ** 32 + 7;
  const index = indexOf({
    ...{
      slices: [sliceOf(track, 0, track.sizes.length)],
      frame: 1000,
      sound: readTrack({ path: sound, name: "sound" }, "soun"),
    },
    places: { pictures: [{ at, samples: track.sizes.length }], sound: [] },
    ...{ start: 100, wide: true },
  });
  const [places] = inside(index.subarray(8), "trak", "mdia", "minf", "stbl", "co64");
  expect([places!.readUInt32BE(4), places!.readBigUInt64BE(8)]).toEqual([1, BigInt(at + 100)]);
});
