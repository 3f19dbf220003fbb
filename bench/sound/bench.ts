/** Measures what each step of a film's sound costs: 60 narrations, ten minutes. Prints the table of ../README.md. */
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeAudio } from "../../lib/media/decode-audio.ts";
import { findFfmpeg, runFfmpeg } from "../../lib/media/ffmpeg.ts";
import { encodeAac, listen } from "../../lib/media/sound/aac.ts";
import { makeBed } from "../../lib/media/sound/bed.ts";
import { decodeSound, decodeSounds, type SoundFile } from "../../lib/media/sound/decode.ts";
import { DRAFT_FORMAT } from "../../lib/media/sound/draft.ts";
import { limited } from "../../lib/media/sound/limiter.ts";
import { LoudnessMeter } from "../../lib/media/sound/meter.ts";
import { exactly, mix } from "../../lib/media/sound/mix.ts";
import type { Block } from "../../lib/media/sound/pcm.ts";
import { renderSound, type SoundRequest } from "../../lib/media/sound/render.ts";
import { writeScore } from "../../lib/media/sound/score.ts";
import { pauseSamples, SAMPLE_RATE, samplesPerFrame, sceneFrames } from "../../lib/media/timeline.ts";
import { speakText } from "../../lib/providers/offline/flite/speak.ts";

const ROUNDS = 3;
const SCENES = 60;
const PAUSE = { before: 0.25, after: 0.45 };
const FORMAT = { rate: SAMPLE_RATE, channels: 2 } as const;
const GOAL = { loudness: -14, peak: -1 };
const SCRIPTS = [
  "finance/scripts/compound_interest",
  "luxury/scripts/mechanical_watch",
  "scary-stories/scripts/the_keeper",
];

const ffmpeg = await findFfmpeg(process.env);
const { signal } = new AbortController();
const context = { signal, progress() {} };
const folder = await mkdtemp(join(tmpdir(), "faceless-bench-"));
try {
  await bench();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const narrations = await speakAll();
  const { request, seconds } = await filmOf(narrations);
  console.log(`${ffmpeg.identity}, Node ${process.version}: ${SCENES} narrations, ${seconds.toFixed(1)} s\n`);
  console.log(`| step | CPU s of ${ROUNDS} rounds | least, for 600 s |\n|---|---|---|`);
  const row = async (step: string, work: (scratch: string) => Promise<unknown>) => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const scratch = await mkdtemp(join(folder, "round-"));
      times.push(await cpu(() => work(scratch)));
      await rm(scratch, { recursive: true });
    }
    const least = (Math.min(...times) * 600) / seconds;
    console.log(`| ${step} | ${times.map((time) => time.toFixed(2)).join(" ")} | ${least.toFixed(2)} |`);
  };
  await row("the whole sound", (scratch) => render(request, scratch));
  await row("the whole sound, as a draft", (scratch) => render({ ...request, draft: true }, scratch));
  const voices = await Promise.all(
    narrations.map(async (file, i) => {
      const output = join(folder, `voice-${i}.wav`);
      await decodeSound(ffmpeg, file, { format: DRAFT_FORMAT, output, signal });
      return { ...file, path: output };
    }),
  );
  await row("the same, of voices that are decoded", (scratch) =>
    render({ ...request, draft: true, decoded: voices }, scratch),
  );
  await row("decoding, all in one process", (scratch) => decode(narrations, scratch));
  await row("decoding, each in its own", async () => {
    for (const { path } of narrations) await decodeAudio(ffmpeg, path, FORMAT);
  });
  const sounds = await mkdtemp(join(folder, "sounds-"));
  const files = await decode([...narrations, request.bed!], sounds);
  const decoded = { narrations: files.slice(0, -1), bed: files.at(-1)!, intro: undefined, outro: undefined };
  const scoring = { ...request, sounds: decoded, format: FORMAT, signal };
  await row("hearing the narrations: loudness, speech", () => writeScore(scoring));
  const { track, gauge } = await writeScore(scoring);
  const { length } = track();
  const film = () => exactly(limited(mix(track()), { gain: 1, ceiling: 0.84, rate: SAMPLE_RATE }), length);
  await row("mixing", async () => drain(mix(track())));
  await row("mixing, limiting", async () => drain(film()));
  await row("finding the gain, by the narrations", async () => {
    const meter = new LoudnessMeter(gauge.track().format);
    for (const block of limited(mix(gauge.track()), { gain: 1, ceiling: 0.84, rate: SAMPLE_RATE }))
      meter.push(block);
  });
  const output = join(folder, "film.m4a");
  await row("mixing, limiting, encoding", () =>
    encodeAac(ffmpeg, film(), { format: FORMAT, bitrate: 192_000, output, signal }),
  );
  await row("listening to the encoded file", () => listen(ffmpeg, output, FORMAT, signal));
}

function drain(blocks: Iterable<Block>): void {
  for (const _ of blocks);
}

async function render(request: SoundRequest, scratch: string): Promise<void> {
  await renderSound({ ...request, output: join(scratch, "sound.m4a"), scratch }, context);
}

async function decode(files: readonly SoundFile[], into: string) {
  return decodeSounds(ffmpeg, files, { format: FORMAT, folder: into, signal });
}

/** The shipped stories' own words, by the offline voice, as the task `speech` writes them. */
async function speakAll(): Promise<SoundFile[]> {
  const texts = SCRIPTS.flatMap((name) => {
    const { scenes } = JSON.parse(readFileSync(`output/${name}_script.json`, "utf8"));
    return (scenes as { narration: string }[]).map(({ narration }) => narration);
  });
  const files: SoundFile[] = [];
  for (let scene = 0; scene < SCENES; scene++) {
    const more = scene % 2 === 0 ? texts[(scene * 7 + 3) % texts.length] : "";
    const text = `${texts[scene % texts.length]} ${more}`;
    const spoken = await speakText({ text, voice: "rms", speed: 0.95 }, context);
    if (spoken.refused) throw new Error(spoken.refused.message);
    const [wav, mp3] = [join(folder, "spoken.wav"), join(folder, `${scene}.mp3`)];
    await writeFile(wav, spoken.audio);
    await runFfmpeg(ffmpeg, { what: "encoding a narration" }, (command) =>
      command
        .input(wav)
        .outputOptions("-ar", "48000", "-ac", "1", "-c:a", "libmp3lame", "-b:a", "128k")
        .output(mp3),
    );
    files.push({ path: mp3, name: `scene ${scene + 1}` });
  }
  return files;
}

async function filmOf(narrations: SoundFile[]): Promise<{ request: SoundRequest; seconds: number }> {
  const [sounds, music] = [join(folder, "lengths"), join(folder, "music")];
  await mkdir(sounds);
  await mkdir(music);
  const lengths = (await decode(narrations, sounds)).map(({ length }) => length);
  let length = 0;
  const voices = lengths.map((samples) => {
    const at = length + pauseSamples(PAUSE.before);
    length += sceneFrames(samples, PAUSE, 30) * samplesPerFrame(30);
    return { at, from: 0, samples, whole: samples };
  });
  const reel = { length, intro: 0, outro: 0, voices };
  const tune = { path: "shared/music/first-light.mp3", name: "music" };
  const output = join(music, "bed.wav");
  const info = await makeBed({ ffmpeg, music: tune, crossfade: 2, output, scratch: music }, context);
  const bed = { path: output, name: "bed", loudness: info.loudness, loopStart: info.loop_start };
  const request = {
    ...{ ffmpeg, reel, narrations, decoded: [], bed, intro: undefined, outro: undefined, goal: GOAL },
    ...{ musicGain: -12, duck: 10, fade: 2.5, draft: false, output: "", scratch: "" },
  };
  return { request, seconds: reel.length / SAMPLE_RATE };
}

/** Seconds of user and system time of this process and of the children that it waited for. */
async function cpu(work: () => Promise<unknown>): Promise<number> {
  const before = ticks();
  await work();
  return (ticks() - before) / 100;
}

function ticks(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
}
