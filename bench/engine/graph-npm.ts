/** The bench graph for wireit and turbo, which build what the scripts of package.json files say. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { Rule } from "./graph.ts";

/** The script that builds everything. */
export const ALL = "all";

function shell({ verb, out, from }: Rule, path: (path: string) => string): string {
  const inputs = from.map(path).join(" ");
  return verb === "cp" ? `cp ${inputs} ${path(out)}` : `cat ${inputs} > ${path(out)}`;
}

/** One package with a script for each output, named by its path. */
export function wireitFile(rules: readonly Rule[]): string {
  const outputs = new Set(rules.map(({ out }) => out));
  const wireit = rules.map((rule) => [
    rule.out,
    {
      command: shell(rule, (path) => path),
      files: rule.from.filter((path) => !outputs.has(path)),
      output: [rule.out],
      dependencies: rule.from.filter((path) => outputs.has(path)),
      // Else it looks for a lock file in every folder upwards, for each script.
      packageLocks: [],
    },
  ]);
  const finals = rules.filter(({ out }) => out.startsWith("out/final/")).map(({ out }) => out);
  return JSON.stringify({
    private: true,
    scripts: Object.fromEntries([...rules.map(({ out }) => out), ALL].map((name) => [name, "wireit"])),
    wireit: { ...Object.fromEntries(wireit), [ALL]: { dependencies: finals } },
  });
}

/** A package for each video, as turbo is used, so that all of a video is in the video's folder. */
export function turboPath(path: string): string {
  return path
    .replace(/^scripts\/(\w+)_script\.json$/, "$1/script.json")
    .replace(/^src\/(\w+)/, "$1/src")
    .replace(/^out\/final\/(\w+)\.mp4$/, "$1/out/final.mp4")
    .replace(/^out\/(v\w+)/, "$1/out");
}

/** What a build leaves in a video's folder. */
export function turboStale(video: string): readonly string[] {
  return [`${video}/out`, `${video}/.turbo`];
}

/**
 * Runs a script's recipe as `npm run` would, without the 0.3 s that npm itself takes to start. It reads the file in
 * the shell that it is, where npm would start another.
 */
const NPM = '#!/bin/sh\n. "./recipes/$2"\n';

export function writeTurbo(
  root: string,
  videos: readonly string[],
  rulesOf: (video: string) => readonly Rule[],
): void {
  const json = (path: string, value: unknown) => writeFileSync(join(root, path), JSON.stringify(value));
  mkdirSync(join(root, "bin"), { recursive: true });
  writeFileSync(join(root, "bin/npm"), NPM, { mode: 0o755 });
  json("package.json", { name: "root", private: true, packageManager: "npm@10.8.2", workspaces: ["v*"] });
  json("turbo.json", { tasks: {} });
  const links = videos.flatMap((video) => [
    [`node_modules/${video}`, { resolved: video, link: true }],
    [video, { version: "1.0.0" }],
  ]);
  const packages = { "": { name: "root", workspaces: ["v*"] }, ...Object.fromEntries(links) };
  json("package-lock.json", { name: "root", lockfileVersion: 3, requires: true, packages });
  for (const video of videos) {
    const rules = rulesOf(video);
    const own = (path: string) => posix.relative(video, turboPath(path));
    const outputs = new Map(rules.map(({ out }) => [out, posix.basename(own(out))]));
    mkdirSync(join(root, video, "recipes"), { recursive: true });
    for (const rule of rules)
      writeFileSync(join(root, video, "recipes", outputs.get(rule.out)!), `${shell(rule, own)}\n`);
    const tasks = rules.map(({ out, from }) => [
      outputs.get(out)!,
      {
        inputs: [`recipes/${outputs.get(out)}`, ...from.filter((path) => !outputs.has(path)).map(own)],
        outputs: [own(out)],
        dependsOn: from.flatMap((path) => outputs.get(path) ?? []),
      },
    ]);
    const names = [...outputs.values()];
    const scripts = Object.fromEntries(names.map((name) => [name, `sh recipes/${name}`]));
    json(`${video}/package.json`, { name: video, version: "1.0.0", scripts });
    json(`${video}/turbo.json`, { extends: ["//"], tasks: Object.fromEntries(tasks) });
  }
}

/** turbo's task that builds everything: that of each video's last output. */
export const FINAL = "final.mp4";
