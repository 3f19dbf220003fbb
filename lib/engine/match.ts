/** Finds source files by glob, and notes everything that the answer rests on. */
import { basename, dirname, join, sep } from "node:path";
import fastGlob from "fast-glob";
import { DRAFTS, globPrefix, splitGlob } from "../pipeline/paths.ts";
import type { FileStates } from "../store/file-states.ts";
import { Listings } from "./listings.ts";
import type { Places } from "./place.ts";

/** Sorted by code unit; with a leading `/` where the glob has one. Nothing of `.faceless` or of drafts is ever found. */
export function matchFiles(places: Places, files: FileStates): (glob: string) => readonly string[] {
  const answers = new Map<string, readonly string[]>();
  const listings = new Listings(files);
  return (glob) => {
    const known = answers.get(glob);
    if (known !== undefined) return known;
    const rooted = glob.startsWith("/");
    const drafts = rooted ? [...places.project.split("/").slice(0, -1), "*", DRAFTS] : [DRAFTS];
    const found = find(rooted ? places.root : places.folder, glob, drafts, files, listings);
    const answer = found.sort().map((path) => (rooted ? `/${path}` : path));
    answers.set(glob, answer);
    return answer;
  };
}

/** Paths relative to `cwd`. `drafts`: the names that lead to where none is looked for; `*` is any. */
function find(
  cwd: string,
  glob: string,
  drafts: readonly string[],
  files: FileStates,
  listings: Listings,
): string[] {
  const { base, rest } = splitGlob(glob);
  const start = join(cwd, base);
  const names = base.split("/").filter((name) => name !== "");
  const leadsThere = names.slice(0, drafts.length).every((name, i) => [name, "*"].includes(drafts[i]!));
  const below = drafts.slice(names.length);
  if (names.includes(".faceless") || (leadsThere && below.length === 0)) return [];
  if (rest === "") return files.look(start)?.kind === "file" ? [base] : [];
  const found = fastGlob.sync(rest, {
    cwd: start,
    onlyFiles: true,
    dot: false,
    unique: true,
    ignore: ["**/.faceless/**", ...(leadsThere ? [`${below.join("/")}/**`] : [])],
    // What fast-glob looks at is noted as it looks, so the answer and what it rests on cannot drift apart.
    fs: listings.view(start, globPrefix(rest)) as object,
  });
  for (const path of found) if (listings.isLink(join(start, path))) files.look(otherName(join(start, path)));
  return found.map((path) => (base === "" ? path : `${base}/${path}`));
}

/**
 * A link to a file can come to lead to nothing, and then the answer is another one. Noted under a name that no action
 * reads it by, or it would be taken for a file that one action alone has lost.
 */
function otherName(path: string): string {
  return `${dirname(path)}${sep}.${sep}${basename(path)}`;
}
