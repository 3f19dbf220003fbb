/** Finds source files by glob, and notes every folder whose content the answer rests on. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fastGlob from "fast-glob";
import { splitGlob } from "../pipeline/paths.ts";
import type { FileStates } from "../store/file-states.ts";
import type { Places } from "./place.ts";

/** Sorted by code unit; with a leading `/` where the glob has one. Nothing of `.faceless` is ever found. */
export function matchFiles(places: Places, files: FileStates): (glob: string) => readonly string[] {
  const answers = new Map<string, readonly string[]>();
  return (glob) => {
    const known = answers.get(glob);
    if (known !== undefined) return known;
    const rooted = glob.startsWith("/");
    const found = find(rooted ? places.root : places.folder, glob, files);
    const answer = found.sort().map((path) => (rooted ? `/${path}` : path));
    answers.set(glob, answer);
    return answer;
  };
}

/** Paths relative to `cwd`. */
function find(cwd: string, glob: string, files: FileStates): string[] {
  const { base, rest } = splitGlob(glob);
  const start = join(cwd, base);
  if (base.split("/").includes(".faceless")) return [];
  if (rest === "") return files.look(start)?.kind === "file" ? [base] : [];
  noteFolders(start, rest.includes("/"), files);
  return fastGlob
    .sync(rest, { cwd: start, onlyFiles: true, dot: false, unique: true, ignore: ["**/.faceless/**"] })
    .map((path) => (base === "" ? path : `${base}/${path}`));
}

/** A file that comes or goes changes the listing of its folder: those are what the next build has to compare. */
function noteFolders(folder: string, deep: boolean, files: FileStates): void {
  if (files.look(folder)?.kind !== "folder" || !deep) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && !entry.name.startsWith("."))
      noteFolders(join(folder, entry.name), true, files);
  }
}
