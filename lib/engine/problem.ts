/** Whatever was thrown → the problem in words, with what to do. The one place where errors are caught into data. */
import { join, sep } from "node:path";
import { packageRoot } from "../base/assets.ts";
import { Diagnostics } from "../base/diagnostic.ts";
import { Failure } from "../base/failure.ts";
import type { CodedProblem } from "../model/event.ts";
import { Unresolved } from "./evaluate.ts";

/** Errors of the operating system that a person can do something about. */
const DISK: Readonly<Record<string, readonly [message: string, help: string]>> = {
  ENOSPC: ["the disk is full", "Free some space and build again: what was finished is kept."],
  EDQUOT: ["the disk quota is used up", "Free some space and build again: what was finished is kept."],
  EFBIG: [
    "a file would be larger than is allowed here",
    "Raise the limit (ulimit -f) or use another disk, and build again: what was finished is kept.",
  ],
  EIO: ["the disk failed", "Check the disk and its connection, and build again."],
  ENAMETOOLONG: ["a path is too long", "Shorten the names that it is made of."],
  ELOOP: ["a link leads back to itself", "Remove the link and build again."],
  EACCES: ["permission denied", "Give yourself the right to write there (chmod, chown) and build again."],
  EPERM: ["the operation is not permitted", "Check who owns the file and build again."],
  EROFS: [
    "the file system is read-only",
    "Build where you can write, or set FACELESS_CACHE_DIR to such a folder.",
  ],
  E2BIG: [
    "what a program is started with is too long",
    "Shorten its environment (PATH, HOME, TMPDIR) and build again.",
  ],
  EMFILE: ["too many files are open", "Raise the limit (ulimit -n) or build with fewer jobs (-j)."],
  ENFILE: ["the system has too many files open", "Close some programs or build with fewer jobs (-j)."],
  ENOTDIR: ["a file is where a folder has to be", "Move the file away and build again."],
  EISDIR: ["a folder is where a file has to be", "Move the folder away and build again."],
  EEXIST: ["a file is where a folder has to be", "Move the file away and build again."],
};

export function problemOf(error: unknown): CodedProblem {
  if (error instanceof Failure) {
    const { code, message, help, passing, isolated } = error;
    return { code, message, help, ...(passing ? { passing } : {}), ...(isolated ? { isolated } : {}) };
  }
  if (error instanceof Unresolved)
    return { code: "pipeline.target", message: error.message, help: error.help };
  if (error instanceof Diagnostics) return { code: error.code, message: error.message };
  if (!(error instanceof Error)) return { code: "program.error", message: String(error) };
  const { code, path, syscall, dest } = error as NodeJS.ErrnoException & { dest?: string };
  const known = DISK[code ?? ""];
  if (known !== undefined) {
    const where = dest ?? path;
    return {
      code: "pipeline.state",
      message: `${known[0]}${where === undefined ? "" : `: ${where}`}${syscall ? ` (${code}, ${syscall})` : ""}.`,
      help: known[1],
    };
  }
  // Not foreseen: a mistake in a task or in us, so whoever mends it needs the stack.
  return { code: "program.error", message: ownFrames(error) ?? error.stack ?? error.message };
}

/** The stack of a content repo's task without the program's own frames; undefined where there are no others. */
function ownFrames({ stack = "", message }: Error): string | undefined {
  if (message.startsWith("BUG: ")) return undefined;
  const lines = stack.split("\n");
  const isFrame = (line: string) => /^ +at /.test(line);
  const own = lines.filter(
    (line) => isFrame(line) && !/\bnode:/.test(line) && !OURS.some((one) => line.includes(one)),
  );
  return own.length === 0 ? undefined : [...lines.filter((line) => !isFrame(line)), ...own].join("\n");
}

/** Where the program's own code is, as it is shipped and as it is tested. */
const OURS = ["dist", "lib", "tasks", "tests", "node_modules"].map(
  (folder) => `${join(packageRoot, folder)}${sep}`,
);
