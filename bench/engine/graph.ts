/** Writes the bench graph for each engine: videos of 33 scenes, 100 outputs a video, the same files everywhere. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const OUTPUTS_PER_VIDEO = 100;
const SCENES = Array.from({ length: 33 }, (_, i) => String(i + 1).padStart(2, "0"));

export type EngineName = "faceless" | "ninja" | "make";

/** A tree on disk with the sources, and with what one engine needs to build them. */
export interface Tree {
  readonly engine: EngineName;
  readonly root: string;
  /** What all paths of sources and outputs are relative to. */
  readonly folder: string;
  readonly videos: readonly string[];
}

export function videoNames(outputs: number): readonly string[] {
  return Array.from({ length: outputs / OUTPUTS_PER_VIDEO }, (_, i) => `v${String(i + 1).padStart(4, "0")}`);
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

export function writeTree(engine: EngineName, root: string, outputs: number): Tree {
  const folder = engine === "faceless" ? join(root, "output/bench") : root;
  const videos = videoNames(outputs);
  const tree = { engine, root, folder, videos };
  mkdirSync(join(folder, "scripts"), { recursive: true });
  for (const video of videos) {
    mkdirSync(join(folder, "src", video), { recursive: true });
    for (const path of [scriptOf(video), ...leavesOf(video)])
      writeFileSync(join(folder, path), content(path));
  }
  if (engine === "faceless") {
    mkdirSync(join(root, "pipelines"));
    writeFileSync(join(root, "pipelines/bench.yaml"), PIPELINE);
  }
  if (engine === "ninja") writeFileSync(join(root, "build.ninja"), ninjaFile(videos));
  if (engine === "make") writeFileSync(join(root, "Makefile"), makefile(videos));
  removeBuilt(tree);
  return tree;
}

/** About 1 kB, another for each path. */
function content(path: string): string {
  return `${path}\n`.repeat(Math.ceil(1_000 / (path.length + 1)));
}

/** As before the first build. */
export function removeBuilt({ engine, root, folder, videos }: Tree): void {
  for (const path of ["out", ".faceless", ".ninja_log", ".ninja_deps"]) {
    rmSync(join(folder, path), { recursive: true, force: true });
    rmSync(join(root, path), { recursive: true, force: true });
  }
  // make creates no folders, and a recipe that does would cost it another process for each output.
  if (engine !== "make") return;
  mkdirSync(join(folder, "out/final"), { recursive: true });
  for (const video of videos) mkdirSync(join(folder, "out", video));
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

interface Rule {
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
