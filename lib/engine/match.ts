/** Finds source files by glob, and notes every folder whose content the answer rests on. */
import { readdirSync } from "node:fs";
import { join, posix } from "node:path";
import fastGlob from "fast-glob";
import picomatch from "picomatch";
import type { FileStates } from "../store/file-states.ts";
import type { Places } from "./place.ts";

/** Sorted by code unit; with a leading `/` where the glob has one. Nothing of `.faceless` is ever found. */
export function matchFiles(places: Places, files: FileStates): (glob: string) => readonly string[] {
  const answers = new Map<string, readonly string[]>();
  return (glob) => {
    const known = answers.get(glob);
    if (known !== undefined) return known;
    const rooted = glob.startsWith("/");
    const relative = posix.normalize(rooted ? glob.slice(1) : glob);
    const cwd = rooted ? places.root : places.folder;
    noteFolders(cwd, relative, files);
    const found = fastGlob
      .sync(relative, { cwd, onlyFiles: true, dot: false, unique: true, ignore: ["**/.faceless/**"] })
      .sort()
      .map((path) => (rooted ? `/${path}` : path));
    answers.set(glob, found);
    return found;
  };
}

/** A file that comes or goes changes the listing of its folder: those are what the next build has to compare. */
function noteFolders(cwd: string, glob: string, files: FileStates): void {
  const { base, glob: rest } = picomatch.scan(glob);
  // Without a wildcard the answer rests on the one path.
  const start = join(cwd, rest === "" ? posix.dirname(base) : base);
  const visit = (folder: string, deep: boolean) => {
    if (files.look(folder)?.kind !== "folder" || !deep) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !entry.name.startsWith(".")) visit(join(folder, entry.name), true);
    }
  };
  visit(start, rest.includes("/"));
}
