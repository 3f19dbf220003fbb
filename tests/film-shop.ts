/** A content repo in a temporary folder, built with the shipped pipeline and real media by processes of dist/cli.js. */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { Json } from "../lib/base/json.ts";
import type { BuildEvent, Outcome, Problem } from "../lib/model/event.ts";
import { CLI, ContentRepo } from "./content-repo.ts";
import { ffmpeg, writeWave } from "./media-kit.ts";

export interface Scene {
  narration: string;
  image_prompt: string;
  [other: string]: Json;
}

export interface Story {
  title: string;
  scenes: Scene[];
}

interface PlatformConfig {
  image_size: string;
  video: { width: number; height: number; fps: number; background?: string };
  captions: string | null;
  max_part: number | null;
  thumbnail: string;
}

/** What of faceless.config.yaml the tests change; the rest is as `smallConfig` has it. */
export interface Config {
  pipeline?: string;
  defaults: {
    platforms: string[];
    voice: string;
    music: string | null;
    intro?: string;
    outro?: string;
    pause: { before: number; after: number };
  };
  platforms: Record<string, PlatformConfig>;
  niches: Record<string, null>;
}

/** Two platforms of different shape and frame rate, so small that a film takes seconds. */
function smallConfig(): Config {
  return {
    defaults: {
      platforms: ["youtube", "tiktok"],
      voice: "slt",
      music: "/shared/music/tune.wav",
      pause: { before: 0.1, after: 0.15 },
    },
    platforms: {
      youtube: smallPlatform(320, 180, 30),
      tiktok: smallPlatform(180, 320, 24),
    },
    niches: { finance: null },
  };
}

/** Its pictures are a quarter larger than its film. */
export function smallPlatform(width: number, height: number, fps: number): PlatformConfig {
  return {
    image_size: `${width * 1.25}x${height * 1.25}`,
    video: { width, height, fps },
    captions: "lines",
    max_part: null,
    thumbnail: `${width}x${height}`,
  };
}

export interface Built {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly killed: boolean;
  /** Outcome of each action by the path of its first output; "would-…" in a dry run. Empty where nothing moved. */
  readonly ran: Readonly<Record<string, Outcome | string>>;
  readonly counts: Readonly<Record<Outcome, number>> | undefined;
  readonly events: readonly BuildEvent[];
  /** Of what failed, by action. */
  readonly problems: Readonly<Record<string, Problem>>;
  readonly stderr: string;
}

/** What tests compare whole, silence included. */
type Gist = Pick<Built, "code" | "ran" | "counts" | "problems" | "stderr">;

export function gist({ code, ran, counts, problems, stderr }: Built): Gist {
  return { code, ran, counts, problems, stderr };
}

/** Of a build that finds so many actions fresh without looking at each. */
export function nothingToDo(fresh: number): Gist {
  const counts = {
    fresh,
    restored: 0,
    ran: 0,
    edited: 0,
    pinned: 0,
    failed: 0,
    blocked: 0,
    "not-started": 0,
  };
  return { code: 0, ran: {}, counts, problems: {}, stderr: "" };
}

/** True for the event after which the whole process group is killed. */
export type KillAfter = (event: BuildEvent) => boolean;

export class FilmShop extends ContentRepo {
  private constructor() {
    super({ project: "output/finance" });
  }

  /** The caller closes it. */
  static async open(): Promise<FilmShop> {
    const shop = new FilmShop();
    shop.write("/faceless.config.yaml", JSON.stringify(smallConfig(), null, 2));
    await shop.writeMusic(220);
    return shop;
  }

  /** A copy with all its state, removed when the test ends. */
  copy(): FilmShop {
    const shop = new FilmShop();
    onTestFinished(() => shop.close());
    cpSync(this.root, shop.root, { recursive: true });
    return shop;
  }

  writeStory(name: string, story: Story): void {
    this.write(`scripts/${name}_script.json`, JSON.stringify(story, null, 2));
  }

  configure(change: (config: Config) => void): void {
    const config = JSON.parse(this.read("/faceless.config.yaml")) as Config;
    change(config);
    this.write("/faceless.config.yaml", JSON.stringify(config, null, 2));
  }

  /** One and a half seconds of a hum, so that it is looped under most films. `hertz` tells one from another. */
  async writeMusic(hertz: number): Promise<void> {
    const rate = 16_000;
    const hum = (_: unknown, i: number) => Math.round(9_000 * Math.sin((2 * Math.PI * hertz * i) / rate));
    mkdirSync(this.path("/shared/music"), { recursive: true });
    await writeWave(this.path("/shared/music/tune.wav"), Int16Array.from({ length: rate * 1.5 }, hum), rate);
  }

  build(...options: string[]): Promise<Built> {
    return this.#run(options, () => false);
  }

  buildAndKill(killAfter: KillAfter): Promise<Built> {
    return this.#run([], killAfter);
  }

  async #run(options: readonly string[], killAfter: KillAfter): Promise<Built> {
    const child = spawn(process.execPath, [CLI, "build", "output/finance", "--json", ...options], {
      cwd: this.root,
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // a process group of its own, so that a kill takes its children along
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on("error", reject).on("close", resolve);
    });
    const events: BuildEvent[] = [];
    let killed = false;
    for await (const line of createInterface({ input: child.stdout })) {
      if (killed) continue;
      const event = JSON.parse(line) as BuildEvent;
      events.push(event);
      if (!killAfter(event)) continue;
      process.kill(-child.pid!, "SIGKILL");
      killed = true;
    }
    return { code: await ended, killed, events, stderr, ...told(events) };
  }

  /** Everything that was made, whole or not: path in the project to sha256. */
  outputs(): Record<string, string> {
    const sources = /^(scripts|pinned|\.faceless)\//;
    const made = filesBelow(this.path("")).filter((path) => !sources.test(path));
    return Object.fromEntries(made.map((path) => [path, sha256(this.bytes(path))]));
  }

  /** Frames of a film of these narrations: each decoded anew, with the pauses of `smallConfig`. */
  framesOf(narrations: readonly string[], fps: number): number {
    const frames = narrations.map((path) => {
      const decode = ["-v", "error", "-i", this.path(path), "-f", "s16le", "-ac", "1", "-ar", "48000", "-"];
      const samples = execFileSync(ffmpeg.path, decode).length / 2;
      return Math.ceil(((0.1 + 0.15) * 48_000 + samples) / (48_000 / fps));
    });
    return frames.reduce((sum, one) => sum + one, 0);
  }

  /** What is in the state folder and should not be there after a build: scratch, locks, files written aside. */
  leftovers(): string[] {
    const lasting = ["journal", "scratch", "snapshot"];
    const found = readdirSync(this.path(".faceless"), { recursive: true, encoding: "utf8" });
    return found.filter((path) => !lasting.includes(path));
  }

  /** Of every file and folder of the content repo, state included: what a look that changes nothing leaves. */
  everything(): Record<string, string> {
    const all = readdirSync(this.root, { recursive: true, encoding: "utf8" }).sort();
    return Object.fromEntries(
      all.map((path) => {
        const { ino, size, mtimeMs, ctimeMs } = lstatSync(join(this.root, path));
        return [path, [ino, size, mtimeMs, ctimeMs].join(" ")];
      }),
    );
  }
}

function told(events: readonly BuildEvent[]): Pick<Built, "ran" | "counts" | "problems"> {
  const ran: Record<string, string> = {};
  const problems: Record<string, Problem> = {};
  let counts: Built["counts"];
  for (const event of events) {
    if (event.type === "would") ran[event.action] = `would-${event.verb}`;
    if (event.type === "build-finished") counts = event.counts;
    if (event.type !== "finished") continue;
    ran[event.action] = event.outcome;
    if (event.outcome === "failed") problems[event.action] = event.problem!;
  }
  return { ran, counts, problems };
}

/** What finds the programs, and nothing that would move the cache out of the shop. */
function environment(): NodeJS.ProcessEnv {
  const names = ["PATH", "HOME", "TMPDIR", "FACELESS_FFMPEG", "FACELESS_FFPROBE"];
  return Object.fromEntries(
    names.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => lstatSync(join(folder, path)).isFile())
    .sort();
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Every action of a story with that many scenes, by target: what a build of it tells of. No intro, outro or parts. */
export function actionsOf(story: string, scenes: number, platforms = ["youtube", "tiktok"]) {
  const numbers = Array.from({ length: scenes }, (_, i) => `scene_${String(i + 1).padStart(2, "0")}`);
  const both = numbers.flatMap((scene) => platforms.map((platform) => `${scene}_${platform}`));
  const film = (ending: string) => platforms.map((platform) => `final/finance_${story}_${platform}${ending}`);
  return {
    script: [`work/${story}/script.json`],
    image: both.map((name) => `images/${story}/${name}.png`),
    narration: numbers.map((scene) => `audio/${story}/${scene}.mp3`),
    words: numbers.map((scene) => `work/${story}/${scene}.words.json`),
    shot: both.map((name) => `work/${story}/${name}.shot.json`),
    timeline: platforms.map((platform) => `work/${story}/timeline_${platform}.json`),
    captions: both.map((name) => `work/${story}/${name}.ass`),
    segment: both.map((name) => `videos/${story}/${name}.mp4`),
    transition: both.map((name) => `videos/${story}/${name}_out.mp4`),
    bed: ["work/bed.wav"],
    sound: platforms.map((platform) => `work/${story}/sound_${platform}.m4a`),
    final: film(".mp4"),
    check: film(".check.json"),
    subtitles: film(".srt"),
    thumbnail: [1, 2, 3].flatMap((variant) => film(`_thumbnail${variant}.jpg`)),
    metadata: film(".json"),
  };
}

/** Every action of a platform's parts, by target. */
export function partsOf(story: string, platform: string, parts: number) {
  const numbers = Array.from({ length: parts }, (_, i) => i + 1);
  const film = (ending: string) =>
    numbers.map((part) => `final/finance_${story}_${platform}_part${part}${ending}`);
  const work = (before: string, ending: string) =>
    numbers.map((part) => `work/${story}/${before}_${platform}_part${part}${ending}`);
  const videos = (before: string) =>
    numbers.map((part) => `videos/${story}/${before}_${platform}_part${part}.mp4`);
  return {
    card: work("card", ".png"),
    part_sound: work("sound", ".m4a"),
    part_opening: videos("opening"),
    part_closing: videos("closing"),
    part_film: film(".mp4"),
    part_check: film(".check.json"),
    part_subtitles: film(".srt"),
    part_metadata: film(".json"),
  };
}

/** What such actions make besides the first output, which names them. */
export function besides(actions: Readonly<Record<string, readonly string[]>>): string[] {
  const second: Readonly<Record<string, (path: string) => string>> = {
    narration: (path) => path.replace(/mp3$/, "marks.json"),
    bed: (path) => path.replace(/wav$/, "json"),
    sound: (path) => path.replace(/m4a$/, "json"),
    subtitles: (path) => path.replace(/srt$/, "vtt"),
  };
  return Object.entries(actions).flatMap(([target, paths]) =>
    paths.flatMap((path) => second[target.replace("part_", "")]?.(path) ?? []),
  );
}

/** Those of the paths that contain each of the words. */
export function those(paths: readonly string[], ...words: readonly string[]): string[] {
  return paths.filter((path) => words.every((word) => path.includes(word)));
}

export function all(outcome: Outcome, actions: Readonly<Record<string, readonly string[]>>) {
  return Object.fromEntries(Object.values(actions).flatMap((paths) => paths.map((path) => [path, outcome])));
}
