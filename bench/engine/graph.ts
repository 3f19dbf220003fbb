/** Writes the bench graph for each engine: videos of 33 scenes, 100 outputs a video, the same content everywhere. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { turboPath, turboStale, wireitFile, writeTurbo } from "./graph-npm.ts";

export const OUTPUTS_PER_VIDEO = 100;
export const SCENES = Array.from({ length: 33 }, (_, i) => String(i + 1).padStart(2, "0"));

export const ENGINES = ["faceless", "ninja", "make", "turbo", "wireit"] as const;
export type EngineName = (typeof ENGINES)[number];

/** A tree on disk with the sources, and with what one engine needs to build them. */
export interface Tree {
  readonly engine: EngineName;
  readonly root: string;
  /** What all paths of sources and outputs are relative to. */
  readonly folder: string;
  readonly outputs: number;
  readonly videos: readonly string[];
}

export function treeOf(engine: EngineName, root: string, outputs: number): Tree {
  const folder = engine === "faceless" ? join(root, "output/bench") : root;
  const videos = Array.from(
    { length: outputs / OUTPUTS_PER_VIDEO },
    (_, i) => `v${String(i + 1).padStart(4, "0")}`,
  );
  return { engine, root, folder, outputs, videos };
}

/** Where a source or output is, absolute; turbo wants all of a video in the video's own folder. */
export function at({ engine, folder }: Tree, path: string): string {
  return join(folder, engine === "turbo" ? turboPath(path) : path);
}

export function scriptOf(video: string): string {
  return `scripts/${video}_script.json`;
}

export function leavesOf(video: string): readonly string[] {
  return SCENES.flatMap((scene) => [`src/${video}/s${scene}.img`, `src/${video}/s${scene}.aud`]);
}

export function finalOf(video: string): string {
  return `out/final/${video}.mp4`;
}

export function writeTree(tree: Tree): void {
  const { engine, root, videos } = tree;
  for (const video of videos) {
    for (const path of [scriptOf(video), `src/${video}/_`]) makeFolderOf(at(tree, path));
    for (const path of [scriptOf(video), ...leavesOf(video)]) writeFileSync(at(tree, path), content(path));
  }
  if (engine === "faceless") {
    mkdirSync(join(root, "pipelines"), { recursive: true });
    writeFileSync(join(root, "pipelines/bench.yaml"), PIPELINE);
  }
  if (engine === "ninja") writeFileSync(join(root, "build.ninja"), ninjaFile(videos));
  if (engine === "make") writeFileSync(join(root, "Makefile"), makefile(videos));
  if (engine === "wireit") writeFileSync(join(root, "package.json"), wireitFile(videos.flatMap(rulesOf)));
  if (engine === "turbo") writeTurbo(root, videos, rulesOf);
  removeBuilt(tree);
}

/** What a source has in it at first: about 1 kB, another for each path. */
export function content(path: string): string {
  return `${path}\n`.repeat(Math.ceil(1_000 / (path.length + 1)));
}

/** As before the first build. */
export function removeBuilt(tree: Tree): void {
  const { engine, root, folder, videos } = tree;
  const stale = ["out", ".faceless", ".ninja_log", ".ninja_deps", ".wireit", ".turbo"];
  for (const path of [...stale, ...(engine === "turbo" ? videos.flatMap(turboStale) : [])]) {
    rmSync(join(folder, path), { recursive: true, force: true });
    rmSync(join(root, path), { recursive: true, force: true });
  }
  // Only we and ninja create folders, and a recipe that does would cost the others one more process for each output.
  if (engine === "faceless" || engine === "ninja") return;
  for (const video of videos)
    for (const path of [finalOf(video), `out/${video}/_`]) makeFolderOf(at(tree, path));
}

function makeFolderOf(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
}

const PIPELINE = `axes:
  video: { files: "scripts/\${video}_script.json" }
  scene: { values: [${SCENES.map(Number).join(", ")}], pad: 2 }
targets:
  png:
    task: copy-png
    in: { from: "src/\${video}/s\${scene}.img" }
    out: out/\${video}/s\${scene}.png
  mp3:
    task: copy-mp3
    in: { from: "src/\${video}/s\${scene}.aud" }
    out: out/\${video}/s\${scene}.mp3
  segment:
    task: cat
    in: { parts: [png, mp3] }
    out: out/\${video}/s\${scene}.mp4
  final:
    task: cat
    in: { parts: ["scripts/\${video}_script.json", segment] }
    out: out/final/\${video}.mp4
`;

/** One output. */
export interface Rule {
  readonly verb: "cp" | "cat";
  readonly out: string;
  readonly from: readonly string[];
}

function rulesOf(video: string): readonly Rule[] {
  const scenes = SCENES.flatMap((scene): Rule[] => {
    const [source, out] = [`src/${video}/s${scene}`, `out/${video}/s${scene}`];
    return [
      { verb: "cp", out: `${out}.png`, from: [`${source}.img`] },
      { verb: "cp", out: `${out}.mp3`, from: [`${source}.aud`] },
      { verb: "cat", out: `${out}.mp4`, from: [`${out}.png`, `${out}.mp3`] },
    ];
  });
  const segments = SCENES.map((scene) => `out/${video}/s${scene}.mp4`);
  return [...scenes, { verb: "cat", out: finalOf(video), from: [scriptOf(video), ...segments] }];
}

function ninjaFile(videos: readonly string[]): string {
  const rules = "rule cp\n  command = cp $in $out\nrule cat\n  command = cat $in > $out\n";
  const builds = videos
    .flatMap(rulesOf)
    .map(({ verb, out, from }) => `build ${out}: ${verb} ${from.join(" ")}`);
  return `${rules}${builds.join("\n")}\n`;
}

function makefile(videos: readonly string[]): string {
  const recipes = { cp: "cp $< $@", cat: "cat $^ > $@" };
  const rules = videos
    .flatMap(rulesOf)
    .map(({ verb, out, from }) => `${out}: ${from.join(" ")}\n\t${recipes[verb]}`);
  return `MAKEFLAGS += -r\n.SUFFIXES:\nall: ${videos.map(finalOf).join(" ")}\n${rules.join("\n")}\n`;
}
