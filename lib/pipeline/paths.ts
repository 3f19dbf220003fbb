/** Which paths an output may have: inside the project, portable, and no two of them one file. */
import { posix } from "node:path";

/** The folder of a project that holds its drafts: made files alone, and what is remembered of them. */
export const DRAFTS = "draft";

/** Folders of the project where no output may be, and what they hold. */
const RESERVED: ReadonlyMap<string, string> = new Map([
  [".faceless", "sources and state"],
  ["pinned", "sources and state"],
  ["scripts", "sources and state"],
  [DRAFTS, "drafts"],
]);

/** What is wrong with the path of an output, as the end of a sentence ("it …"); undefined where nothing is. */
export function outputProblem(text: string): string | undefined {
  const names = text.split("/");
  if (text === "") return "is empty.";
  if (text.startsWith("/") || /^[A-Za-z]:/.test(text)) return "is absolute; an output is inside its project.";
  if (names.includes("..")) return "leaves the project.";
  if (names[0] === ".") return "is written without the './'.";
  if (names.at(-1) === "") return "ends with a slash, and an output is a file.";
  if (names.some((name) => name === "" || name === ".")) return "has an empty name between its slashes.";
  if (text.includes("\0") || text.includes("\\")) return "has a character that no portable path can have.";
  const reserved = RESERVED.get(names[0]!.toLowerCase());
  if (reserved !== undefined) return `is in '${names[0]}/', which is kept for ${reserved}.`;
  if (names.some((name) => Buffer.byteLength(name) > 255)) return "has a name of more than 255 bytes.";
  return undefined;
}

/** Whether a path is this one, or is in this folder. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** What is wrong with the path or glob of a source, as the end of a sentence; undefined where nothing is. */
export function sourceProblem(glob: string): string | undefined {
  if (glob.replace(/^\//, "").split("/").includes(".."))
    return "leaves the project; a path from the content repo's root begins with '/'.";
  if (posix.normalize(glob).startsWith(`${DRAFTS}/`))
    return `is in '${DRAFTS}/', which is kept for drafts: no source is found there.`;
  return undefined;
}

/** Of a path in the project: where an output is among drafts, that of the output itself. */
export function withoutDrafts(path: string): string {
  return path.startsWith(`${DRAFTS}/`) ? path.slice(DRAFTS.length + 1) : path;
}

/** Equal for two paths that are one file on a file system that folds case or composes Unicode. */
export function foldPath(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** What is wrong with a key that is to stand in paths, as the end of a sentence; undefined where nothing is. */
export function keyProblem(key: string): string | undefined {
  if (key.trim() === "") return "is empty.";
  if (/[/\\\0]/.test(key) || key === "." || key === "..")
    return "cannot stand in a path: a key has no '/' and no '\\', and is not '.' or '..'.";
  return undefined;
}

/** Makes every character of a path stand for itself in a glob. */
export function escapeGlob(path: string): string {
  // Quotes and `|` mean something to picomatch too, and quotes and commas to the expansion of braces.
  return path.replace(/[\\!()*?[\]{}+@|,"'`]/g, "\\$&");
}

/**
 * A glob without its leading `/` → the path before its first wildcard, with nothing escaped any more, and the rest,
 * which is empty for a plain path. (picomatch.scan and fast-glob each take other characters for special here.)
 */
export function splitGlob(glob: string): { readonly base: string; readonly rest: string } {
  const names = posix.normalize(glob.replace(/^\//, "")).split("/");
  const wild = names.findIndex((name) => /[*?[{(]|^!/.test(name.replace(/\\./gs, "")));
  const plain = wild < 0 ? names : names.slice(0, wild);
  return {
    base: plain.join("/").replace(/\\(.)/gs, "$1"),
    rest: wild < 0 ? "" : names.slice(wild).join("/"),
  };
}

/** What every path that a glob matches begins with, as far as its own text tells; at most one name long. */
export function globPrefix(glob: string): string {
  // Where there is a bracket, even an escaped one, a bare `|` makes two alternatives of all that is beside it.
  if (glob.replace(/\\./gs, "").includes("|")) return "";
  const [plain] = /^(?:[^\\/*?[\]{}()!+@,"'`]|\\.)*/s.exec(glob)!;
  return plain.replace(/\\(.)/gs, "$1");
}
