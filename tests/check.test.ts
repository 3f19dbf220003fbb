/** A finished film is checked from its file: a good one passes whole, and each way of being wrong is told. */
import { copyFile, readFile, truncate, writeFile } from "node:fs/promises";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { readLayout } from "../lib/media/check/boxes.ts";
import { runFfmpeg } from "../lib/media/ffmpeg.ts";
import { encoding } from "../lib/media/piece.ts";
import check from "../tasks/check.ts";
import { ffmpeg, temporaryFolder } from "./media-kit.ts";
import { inputFile, runTask } from "./task-kit.ts";

const folder = temporaryFolder();
const VIDEO = { width: 160, height: 90, fps: 30, background: "#000000" };

/** Two scenes of four seconds; in each somebody speaks from 0.25 to 3.55 s. */
const voice = (at: number, samples = 158_400) => ({ at, from: 0, samples, whole: samples });
const PLACE = { frames: 120, skip: 0, scene_frames: 120, lead: 0, tail: 0 };
const SCENES = [
  { scene: 1, first_frame: 0, ...PLACE, voice: voice(12_000) },
  { scene: 2, first_frame: 120, ...PLACE, voice: voice(204_000) },
];
const REEL = { fps: 30, frames: 240, intro_frames: 0, outro_frames: 0, scenes: SCENES };

/** 1 kHz in both channels is as loud as its peak: -14 LUFS. */
const TONE = "aevalsrc='0.1995*sin(2*PI*997*t)':s=48000:d=8,pan=stereo|c0=c0|c1=c0";
const MOVING = "testsrc2=s=160x90:r=30:d=8";

interface Recipe {
  /** Sources of ffmpeg; what is not given is copied from the good film. */
  readonly picture?: string;
  readonly sound?: string;
  readonly options?: readonly string[];
  /** In place of those of a good film. */
  readonly movflags?: string;
}

let good = "";

async function film(name: string, { picture, sound, options = [], movflags }: Recipe): Promise<string> {
  const path = folder.in(name);
  await runFfmpeg(ffmpeg, { what: `making ${name}` }, (command) => {
    for (const source of [picture, sound]) {
      if (source === undefined) command.input(good);
      else command.input(source).inputOptions("-f", "lavfi");
    }
    command
      .outputOptions("-map", "0:v:0", "-map", "1:a:0")
      .outputOptions(...(picture === undefined ? ["-c:v", "copy"] : encoding(30, "veryfast")))
      .outputOptions(...(sound === undefined ? ["-c:a", "copy"] : ["-c:a", "aac", "-b:a", "192k"]))
      .outputOptions(...options, "-video_track_timescale", "30000")
      .outputOptions("-movflags", movflags ?? "faststart+negative_cts_offsets")
      .output(path);
  });
  return path;
}

beforeAll(async () => {
  good = await film("good.mp4", { picture: MOVING, sound: TONE });
});

async function checked(path: string, params = {}) {
  const given = { folder, inputs: { video: inputFile(path) }, tools: { ffmpeg } };
  const { outputs } = await runTask(check, { video: VIDEO, reel: REEL, ...params }, given);
  return JSON.parse(await readFile(outputs.check!, "utf8"));
}

/** The message of the failure. */
async function told(path: string, params = {}): Promise<string> {
  return checked(path, params).then(
    () => "nothing",
    (error: Error) => error.message,
  );
}

const REJOIN = "Join the pieces again; said durations must be whole frames.";
const AGAIN =
  "Join the pieces by the task 'assemble'; a join of one's own needs '-movflags +faststart+negative_cts_offsets'.";

describe("a good film", () => {
  test("passes, and what was measured is written down", async () => {
    expect(await checked(good)).toEqual({
      part: null,
      of: null,
      frames: 240,
      fps: 30,
      duration_s: 8,
      picture: {
        codec: "h264",
        profile: "High",
        pixel_format: "yuv420p",
        width: 160,
        height: 90,
        colours: ["bt709", "bt709", "bt709", "tv"],
        duration_s: 8,
        key_frames: 4,
        longest_still_s: 0,
        longest_black_s: 0,
      },
      sound: {
        codec: "aac",
        profile: "LC",
        sample_rate: 48000,
        channels: 2,
        duration_s: 8,
        loudness_lufs: expect.closeTo(-14, 0.1),
        range_lu: expect.any(Number),
        true_peak_dbfs: expect.closeTo(-14, 0),
        longest_silence_s: 0,
      },
    });
  });

  test("is checked as the part that it is", async () => {
    expect(await checked(good, { part: 2, of: 2 })).toMatchObject({ part: 2, of: 2, frames: 240 });
    const alone = "with.of: 'part' and 'of' go together: which part, of how many.";
    expect([await told(good, { part: 2 }), await told(good, { of: 2 })]).toEqual([alone, alone]);
  });

  test("may be meant to be softer", async () => {
    const message = await told(good, { loudness: -20, peak: -16 });
    // One encoder's AAC overshoots by some tenths, another's does not.
    expect(message.replace(/-1[34]\.\d dBFS/, "-14 dBFS")).toBe(
      "good.mp4 is not fit to be published; 2 things are wrong:\n" +
        "- Its loudness is -14.0 LUFS where -20.0 is wanted, 6.0 LU too loud. Mix it again to -20.0.\n" +
        "- Its true peak is -14 dBFS where -16.0 is the most, at 0:00.0 to 0:08.0. Limit the mix lower.",
    );
  });

  test("of another platform is told whole", async () => {
    const video = { ...VIDEO, width: 90, height: 160 };
    expect(await told(good, { video })).toBe(
      "good.mp4 is not fit to be published. The picture: width is 160 and not 90, height is 90 and not 160. " +
        "Encode every piece as segments are encoded; a piece from elsewhere goes through the task 'clip'.",
    );
    expect(await told(good, { video: { ...VIDEO, fps: 25 } })).toBe(
      "The reel of good.mp4 has 30 frames a second; its platform has 25.",
    );
  });
});

describe("what is wrong is told, with its place and what to do", () => {
  const only = (fault: string) => `film.mp4 is not fit to be published. ${fault}`;

  test("a frame too few", async () => {
    expect(await told(await film("film.mp4", { picture: `${MOVING},trim=end_frame=239` }))).toBe(
      only(
        "It has 239 frames and its timeline 240: 0.033 s too short. Make the pieces and the film again for this timeline.",
      ),
    );
  });

  test("sound that goes on after the picture", async () => {
    expect(await told(await film("film.mp4", { sound: TONE.replace("d=8", "d=8.3") }))).toBe(
      only(
        "The sound lasts 8.3 s and its frames 8 s: it is 0.3 s too long. Make the mix exactly as long as its frames.",
      ),
    );
  });

  test("a film that is too loud, up to where it is clipped", async () => {
    const message = await told(await film("film.mp4", { sound: TONE.replace("0.1995", "0.94") }));
    // How far it is clipped differs between encoders.
    expect(
      message.replace(/ at 0:.*?\. L/, " at …. L").replace(/(is|wanted,) -?\d+\.\d (?!is)/g, "$1 … "),
    ).toBe(
      "film.mp4 is not fit to be published; 2 things are wrong:\n" +
        "- Its loudness is … LUFS where -14.0 is wanted, … LU too loud. Mix it again to -14.0.\n" +
        "- Its true peak is … dBFS where -1.0 is the most, at …. Limit the mix lower.",
    );
  });

  test("a second half that is black, even with captions on it", async () => {
    const bar = "drawbox=x=30:y=75:w=100:h=10:color=white:t=fill:enable='gte(t,4)'";
    const black = `drawbox=w=160:h=90:color=black:t=fill:enable='gte(t,4)',${bar}`;
    expect(await told(await film("film.mp4", { picture: `${MOVING},${black}` }))).toBe(
      only("Its key frames from 0:04.0 to 0:06.0 are black. Look at the pictures of scene 2."),
    );
  });

  test("a short scene that is black, and a fade from black that is none", async () => {
    const black =
      "drawbox=w=160:h=90:color=black:t=fill:enable='between(t,3.99,5.49)',drawbox=w=160:h=90:color=black:t=fill:enable='lt(t,0.5)'";
    const scenes = [
      { ...SCENES[0]!, voice: voice(0, 40_000) },
      { ...SCENES[0]!, scene: 2, first_frame: 120, frames: 45, voice: voice(100_000, 40_000) },
      { ...SCENES[0]!, scene: 3, first_frame: 165, frames: 75, voice: voice(200_000, 40_000) },
    ];
    const reel = { ...REEL, scenes };
    expect(await told(await film("film.mp4", { picture: `${MOVING},${black}` }), { reel })).toBe(
      only("Scene 2 is black, from 0:04.0 on. Look at its picture."),
    );
  });

  test("a picture that stands still over more than a scene", async () => {
    const still = "testsrc2=s=160x90:r=30:d=0.03,loop=loop=239:size=1:start=0,setpts=N/30/TB";
    const path = await film("film.mp4", { picture: still });
    expect(await told(path)).toBe(
      only(
        "The same picture stands from 0:00.0 to 0:06.0, 6 s, longer than any scene (4 s). Look at scenes 1 to 2; " +
          "where that is wanted, allow it with still_s.",
      ),
    );
    expect(await checked(path, { still_s: 8 })).toMatchObject({ picture: { longest_still_s: 6 } });
  });

  test("silence where somebody should speak", async () => {
    const path = await film("film.mp4", { sound: `${TONE},volume=0:enable='gte(t,4)'` });
    expect(await told(path)).toBe(
      "film.mp4 is not fit to be published; 2 things are wrong:\n" +
        "- It is silent from 0:04.1 to 0:08.0, 3.9 s. Listen to the narration and the music there; a longer pause is allowed with silence_s.\n" +
        "- The narration is not heard in scene 2 (0:04.3): nothing there comes within 12 LU of the film's loudness. Make that narration again, or the mix.",
    );
    // A pause of the timeline explains it.
    const scenes = [SCENES[0]!, { ...SCENES[1]!, voice: voice(383_000, 1_000) }];
    expect(await told(path, { reel: { ...REEL, scenes } })).toBe("nothing");
  });

  test("music without its narration", async () => {
    const path = await film("film.mp4", { sound: `${TONE},volume=0.1:enable='gte(t,4)'` });
    expect(await told(path)).toBe(
      only(
        "The narration is not heard in scene 2 (0:04.3): nothing there comes within 12 LU of the film's loudness. Make that narration again, or the mix.",
      ),
    );
  });

  test("a film without any sound in it", async () => {
    const message = await told(await film("film.mp4", { sound: `${TONE},volume=0` }));
    expect(message).toContain("- Its loudness is -70.0 LUFS where -14.0 is wanted, 56.0 LU too soft.");
    expect(message).toContain("- It is silent from 0:00.0 to 0:08.0, 8 s.");
  });

  test("other colour tags, or none", async () => {
    const tags = ["-colorspace", "smpte170m", "-color_trc", "bt709", "-color_primaries", "bt709"];
    expect(await told(await film("film.mp4", { picture: MOVING, options: tags }))).toBe(
      only(
        "The picture's colour tags: color_space is smpte170m and not bt709. " +
          "Tag every piece: -color_range tv -colorspace bt709 -color_trc bt709 -color_primaries bt709.",
      ),
    );
  });

  test("an index at the end", async () => {
    expect(await told(await film("film.mp4", { movflags: "negative_cts_offsets" }))).toBe(
      only(
        `Its index does not come first (it has ftyp, free, mdat, moov): nobody can play it before all of it is there. ${AGAIN}`,
      ),
    );
  });

  test("a gap in the times", async () => {
    const picture = `${MOVING},select='not(between(n,100,101))'`;
    const path = await film("film.mp4", { picture, options: ["-vsync", "vfr"] });
    expect(await told(path)).toBe(
      "film.mp4 is not fit to be published; 5 things are wrong:\n" +
        `- The picture has an edit list that shows 8 s of its 7.933 s: players differ in what they do with it. ${AGAIN}\n` +
        "- It has 238 frames and its timeline 240: 0.067 s too short. Make the pieces and the film again for this timeline.\n" +
        `- The picture is not even: from one packet to the next it takes 0.1 s at 0:03.3 where 0.033 s is right. ${REJOIN}\n` +
        `- The picture says it lasts 8 s; 238 frames last 7.933 s. ${REJOIN}\n` +
        "- The sound lasts 8 s and its frames 7.933 s: it is 0.067 s too long. Make the mix exactly as long as its frames.",
    );
  });

  test("an edit list that leaves something out", async () => {
    expect(await told(await film("film.mp4", { movflags: "faststart" }))).toBe(
      only(
        `The picture has an edit list that leaves out its first 1000 units: players differ in what they do with it. ${AGAIN}`,
      ),
    );
  });

  test("another codec, profile and sound", async () => {
    const options = ["-profile:v", "main", "-ar", "44100", "-ac", "1"];
    expect(await told(await film("film.mp4", { picture: MOVING, sound: TONE, options }))).toBe(
      "film.mp4 is not fit to be published; 2 things are wrong:\n" +
        "- The picture: profile is Main and not High. Encode every piece as segments are encoded; a piece from elsewhere goes through the task 'clip'.\n" +
        "- The sound: sample_rate is 44100 and not 48000, channels is 1 and not 2. Encode the mix as AAC-LC, 48 kHz, stereo.",
    );
  });

  test("no sound, and a stream too many", async () => {
    expect(await told(await film("film.mp4", { options: ["-an"] }))).toBe(
      only("It has no sound. Map the mix into it, silent or not."),
    );
    expect(await told(await film("film.mp4", { options: ["-map", "1:a"] }))).toBe(
      only("It has 1 stream too many: audio. Map one video and one audio only."),
    );
  });

  test("a key frame in ten seconds", async () => {
    const options = ["-g", "300", "-keyint_min", "300"];
    expect(await told(await film("film.mp4", { picture: MOVING, options }))).toBe(
      only("Its key frames are too rare: none for 8 s from 0:00.0. Encode with one at least each 5 s."),
    );
  });

  test("half a file, and none at all", async () => {
    await copyFile(good, folder.in("film.mp4"));
    const size = (await readFile(folder.in("film.mp4"))).length;
    await truncate(folder.in("film.mp4"), Math.round(size * 0.6));
    const message = await told(folder.in("film.mp4"));
    expect(message).toMatch(/^- It has \d+ frames and its timeline 240: \d(\.\d+)? s too short\./m);
    await writeFile(folder.in("text.mp4"), "no film");
    expect(await told(folder.in("text.mp4"))).toMatch(/^ffprobe cannot read text\.mp4: /);
  });

  test("a reel that is none", async () => {
    const { scenes, ...rest } = REEL;
    expect(await told(good, { reel: rest })).toBe("with.reel: missing key 'scenes' in 'reel': a list.");
    const from = scenes.map(({ voice: { at, samples }, ...scene }) => ({ ...scene, voice: { at, samples } }));
    expect(await told(good, { reel: { ...REEL, scenes: from } })).toContain("missing key 'whole'");
  });
});

describe("the order of an mp4's parts", () => {
  const box = (name: string, ...inside: Buffer[]) => {
    const content = Buffer.concat(inside);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + content.length);
    head.write(name, 4, "latin1");
    return Buffer.concat([head, content]);
  };
  const words = (...values: number[]) => {
    const bytes = Buffer.alloc(values.length * 4);
    for (const [index, value] of values.entries()) bytes.writeInt32BE(value, index * 4);
    return bytes;
  };
  const track = (name: string, list: Buffer) =>
    box("trak", box("edts", box("elst", list)), box("mdia", box("hdlr", words(0, 0), Buffer.from(name))));
  const ONE = 65_536;

  test("is read with sizes and times of 32 bits and of 64", async () => {
    const narrow = track("vide", words(0, 2, 1_000, -1, ONE, 5_000, 7, ONE / 2));
    const wide = track("soun", words(1 << 24, 1, 0, 3_000, 0, 1_024, ONE));
    const large = Buffer.concat([words(1), Buffer.from("mdat"), words(0, 20), Buffer.from("data")]);
    const file = folder.in("boxes.mp4");
    await writeFile(
      file,
      Buffer.concat([large, box("moov", box("mvhd", words(0, 0, 0, 1_000)), narrow, wide)]),
    );
    expect(readLayout(file)).toEqual({
      parts: ["mdat", "moov"],
      edits: [
        {
          track: "vide",
          list: [
            { duration: 1, mediaTime: -1, rate: 1 },
            { duration: 5, mediaTime: 7, rate: 0.5 },
          ],
        },
        { track: "soun", list: [{ duration: 3, mediaTime: 1_024, rate: 1 }] },
      ],
    });
  });

  test("of any bytes is some order", async () => {
    const whole = await readFile(good);
    const file = folder.in("odd.mp4");
    const change = fc.tuple(fc.nat(6_000), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 30 }), fc.nat(whole.length), async (changes, length) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        for (const [place, value] of changes) if (place < length) bytes[place] = value;
        await writeFile(file, bytes);
        const { parts } = readLayout(file);
        return parts.every((name) => name.length === 4);
      }),
      { numRuns: 200 },
    );
  });
});
