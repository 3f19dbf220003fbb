/** Reads a depfile, the rule in make's language by which a compiler tells which files it read. */
import { readFileSync, realpathSync } from "node:fs";
import { isAbsolute, posix, relative, sep } from "node:path";
import { Failure } from "../base/failure.ts";

/** Where a command writes it in its scratch folder: what `${deps}` stands for. */
export const DEPFILE = "deps.d";

/**
 * The prerequisites of all rules, in order, each once. Understands continued lines, comments, several targets, rules
 * without prerequisites (`-MP`), and the escapes that compilers write: `\ `, `\#`, `\:` and `$$`. Undefined where the
 * text is no list of rules.
 */
export function parseDepfile(text: string): readonly string[] | undefined {
  const found = new Set<string>();
  let rules = 0;
  for (const line of text.replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
    const words = wordsOf(line);
    if (words.length === 0) continue;
    const colon = words.findIndex((word) => word.colon);
    if (colon < 0) return undefined;
    rules += 1;
    for (const { text } of words.slice(colon + 1)) found.add(text);
  }
  return rules === 0 ? undefined : [...found];
}

interface Word {
  readonly text: string;
  /** Whether the colon that ends a rule's targets follows it. */
  readonly colon: boolean;
}

function wordsOf(line: string): readonly Word[] {
  const words: Word[] = [];
  // A path of Windows has a colon in it; the one of a rule has white space or nothing after it.
  const pieces = /\\+[ #:]|\$\$|(#.*)|(:(?=\s|$))|(\s+)|./gs;
  let text = "";
  const end = (colon: boolean) => {
    if (text !== "" || colon) words.push({ text, colon });
    text = "";
  };
  for (const [piece, comment, colon, space] of line.matchAll(pieces)) {
    if (comment !== undefined && text === "") break;
    if (colon !== undefined) end(true);
    else if (space !== undefined) end(false);
    else if (piece === "$$") text += "$";
    else if (/^\\+[ #:]$/.test(piece)) {
      // As compilers write it: each backslash that is the name's own is doubled before what is escaped.
      const slashes = piece.length - 1;
      text += "\\".repeat(Math.floor(slashes / 2));
      if (slashes % 2 === 1) text += piece.at(-1);
      else if (piece.endsWith(" ")) end(false);
      else text += piece.at(-1);
    } else text += piece;
  }
  end(false);
  return words.filter((word) => word.text !== "" || word.colon);
}

export interface FilesRead {
  /** In the scratch folder, relative to it. */
  readonly inside: readonly string[];
  /** Anywhere else, absolute. */
  readonly outside: readonly string[];
}

/** @throws Failure where there is no depfile, or one that is none */
export function filesRead(scratch: string): FilesRead {
  const text = read(posix.join(scratch, DEPFILE));
  const names = parseDepfile(text);
  if (names === undefined) {
    const [first = ""] = text.split("\n");
    const found = text.trim() === "" ? "it is empty" : `it begins with '${first.slice(0, 60)}'`;
    throw new Failure(`the depfile that the command wrote is no list of make's rules: ${found}.`, {
      help: HOW,
    });
  }
  // A compiler that is given an absolute path tells the real one.
  const folders = [scratch, realpathSync(scratch)];
  const inside = new Set<string>();
  const outside = new Set<string>();
  for (const name of names) {
    const paths = isAbsolute(name)
      ? folders.map((folder) => relative(folder, name))
      : [posix.normalize(name)];
    const within = paths.find((path) => path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path));
    if (within !== undefined) inside.add(within);
    else outside.add(isAbsolute(name) ? name : posix.join(scratch, name));
  }
  return { inside: [...inside], outside: [...outside] };
}

const HOW = "A C compiler writes one with: -MMD -MF ${deps}.";

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Failure(
      "the command wrote no depfile: nothing is at ${deps}, though nothing reported a failure.",
      {
        help: HOW,
      },
    );
  }
}
