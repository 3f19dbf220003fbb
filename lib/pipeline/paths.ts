/** Which paths an output may have: inside the project, portable, and no two of them one file. */
import type { TargetPath } from "../model/pipeline.ts";

/** Folders of the project that hold sources or state, where no output may be. */
const RESERVED = [".faceless", "pinned", "scripts"];

/** The path, or what is wrong with it as the end of a sentence ("it …"). */
export function outputPath(text: string): { ok: true; path: TargetPath } | { ok: false; problem: string } {
  const names = text.split("/");
  const problem = pathProblem(text, names);
  return problem === undefined ? { ok: true, path: text as TargetPath } : { ok: false, problem };
}

function pathProblem(text: string, names: readonly string[]): string | undefined {
  if (text === "") return "is empty.";
  if (text.startsWith("/") || /^[A-Za-z]:/.test(text)) return "is absolute; an output is inside its project.";
  if (names.includes("..")) return "leaves the project.";
  if (names.some((name) => name === "" || name === ".")) return "has an empty name between its slashes.";
  if (text.includes("\0") || text.includes("\\")) return "has a character that no portable path can have.";
  if (RESERVED.includes(names[0]!.toLowerCase()))
    return `is in '${names[0]}/', which is kept for sources and state.`;
  if (names.some((name) => Buffer.byteLength(name) > 255)) return "has a name of more than 255 bytes.";
  return undefined;
}

/** Equal for two paths that are one file on a file system that folds case or composes Unicode. */
export function foldPath(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** What is wrong with a key that is to stand in paths, as the end of a sentence; undefined where nothing is. */
export function keyProblem(key: string): string | undefined {
  if (key.trim() === "") return "is empty.";
  if (/[/\\\0]/.test(key) || key === "." || key === "..") return "cannot stand in a path.";
  return undefined;
}

/** Makes every character of a path stand for itself in a glob. */
export function escapeGlob(path: string): string {
  return path.replace(/[\\!()*?[\]{}+@]/g, "\\$&");
}
