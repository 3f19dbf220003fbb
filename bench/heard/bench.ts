/** Listens to finished films: is each voice where the timeline has it, each caption with its word, the music out of the way? */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { decodeAudio } from "../../lib/media/decode-audio.ts";
import { locateFfmpeg } from "../../lib/media/locate.ts";
import type { Timeline } from "../../lib/media/parts.ts";
import type { Reel } from "../../lib/media/reel.ts";
import { SAMPLE_RATE } from "../../lib/media/timeline.ts";
import { type Film, musicGains, voiceLags } from "./ears.ts";
import { captionOffsets } from "./eyes.ts";

/** Enough for a lag of a sixteenth of a millisecond, and for the loudest of speech and music. */
const RATE = 16_000;

const ffmpeg = locateFfmpeg(process.env);
const [root, ...projects] = process.argv.slice(2);
if (root === undefined || projects.length === 0)
  throw new Error("say which content repo, and which of its projects: . output/finance");

const decoded = (path: string) => decodeAudio(ffmpeg, path, { rate: RATE, channels: 1 });
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
/** `share`: 0.5 for the median. */
const quantile = (numbers: readonly number[], share: number) =>
  sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))]!;

interface Told {
  readonly name: string;
  readonly lufs: number;
  readonly peak: number;
  readonly lags: readonly number[];
  readonly offsets: readonly number[];
  /** dB: to what the music would have if nobody spoke, and to what it has at its loudest. */
  readonly duck: { readonly set: number; readonly reached: number };
}

async function listen(folder: string, story: string, platform: string, name: string): Promise<Told> {
  const at = (...path: string[]) => join(folder, ...path);
  const { film: reel } = json(at("work", story, `timeline_${platform}.json`)) as Timeline;
  const scene = (number: number) => `scene_${String(number).padStart(2, "0")}`;
  const narration = (number: number) => at("audio", story, `${scene(number)}.mp3`);
  const film: Film = {
    sound: await decoded(at("final", `${name}.mp4`)),
    voices: await Promise.all(
      reel.scenes.map(async ({ scene: number, voice }) => ({
        at: Math.round((voice.at * RATE) / SAMPLE_RATE),
        samples: await decoded(narration(number)),
      })),
    ),
    bed: existsSync(at("work", "bed.wav")) ? await decoded(at("work", "bed.wav")) : undefined,
    loopStart: existsSync(at("work", "bed.json"))
      ? Math.round((json(at("work", "bed.json")).loop_start * RATE) / SAMPLE_RATE)
      : 0,
  };
  const { spoken, loudest } = musicGains(film, RATE);
  const { music, gain } = json(at("work", story, `sound_${platform}.json`));
  const { sound } = json(at("final", `${name}.check.json`));
  return {
    name,
    lufs: sound.loudness_lufs,
    peak: sound.true_peak_dbfs,
    lags: voiceLags(film, RATE),
    offsets: offsetsOf(reel, (number) => ({
      captions: readFileSync(at("work", story, `${scene(number)}_${platform}.ass`), "utf8"),
      marks: json(at("audio", story, `${scene(number)}.marks.json`)).words,
    })),
    duck: { set: music === null ? Number.NaN : music.gain + gain - spoken, reached: loudest - spoken },
  };
}

function offsetsOf(
  reel: Reel,
  files: (number: number) => { captions: string; marks: { text: string; start: number }[] },
): number[] {
  return reel.scenes.flatMap((scene) => {
    const { captions, marks } = files(scene.scene);
    const seen = (scene.first_frame + scene.lead) / reel.fps;
    const heard = scene.voice.at / SAMPLE_RATE;
    return captionOffsets(captions, marks, { seen, heard, fps: reel.fps });
  });
}

console.log(
  "| film | LUFS | true peak dBTP | voice off its place, at most | caption off its word: median | 95 % | at most | music under speech, to its own level | to its loudest in the film |",
);
console.log("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
for (const project of projects) {
  const folder = resolve(root, project);
  const films = readdirSync(join(folder, "final")).filter((name) =>
    /^(?!.*_part\d+\.mp4$).*\.mp4$/.test(name),
  );
  for (const file of films.sort()) {
    const name = file.replace(/\.mp4$/, "");
    const [, story, platform] = /^[^_]+_(.+)_([^_]+)$/.exec(name)!;
    const { lufs, peak, lags, offsets, duck } = await listen(folder, story!, platform!, name);
    const ms = (seconds: number) => `${(seconds * 1000).toFixed(1)} ms`;
    const sizes = offsets.map(Math.abs);
    console.log(
      `| ${name} | ${lufs} | ${peak} | ${ms(Math.max(...lags.map(Math.abs)))} | ${ms(quantile(sizes, 0.5))} | ${ms(quantile(sizes, 0.95))} | ${ms(Math.max(...sizes))} | ${duck.set.toFixed(1)} dB | ${duck.reached.toFixed(1)} dB |`,
    );
  }
}
