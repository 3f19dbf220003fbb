/** Reads any text file that a person writes (YAML or JSON), and complains about it at file:line:column. */
import { readFileSync } from "node:fs";
import type { z } from "zod";
import { checkValue, type Path } from "./complaint.ts";
import { type Diagnostic, Diagnostics, inOrder, type Location } from "./diagnostic.ts";
import type { Json } from "./json.ts";
import { readJson } from "./json-reader.ts";
import type { Tree } from "./tree.ts";
import { readYaml } from "./yaml-reader.ts";

export type { Path } from "./complaint.ts";

/** A file's value as plain data, which knows where each part of it stands. */
export class Document {
  /** What messages call the file. */
  readonly file: string;
  readonly value: Json;
  readonly #root: Tree;
  readonly #lines: Lines;

  constructor(file: string, root: Tree, lines: Lines) {
    this.file = file;
    this.value = root.value;
    this.#root = root;
    this.#lines = lines;
  }

  /**
   * Where the key or the value at `path` stands; for a path that the file does not have, its deepest part that it has.
   * `offset` is that of a character inside a text.
   */
  locate(path: Path, part: "key" | "value" = "value", offset?: number): Location {
    let tree = this.#root;
    let at = tree.at;
    for (const [depth, step] of path.entries()) {
      const member = tree.members?.get(String(step));
      const next = member?.tree ?? (typeof step === "number" ? tree.items?.[step] : undefined);
      if (next === undefined) break;
      at = member !== undefined && part === "key" && depth === path.length - 1 ? member.keyAt : next.at;
      tree = next;
    }
    return this.#lines.locate(offset === undefined ? at : (tree.inner?.(offset) ?? at));
  }

  /** A complaint of the caller's own. */
  complaint(path: Path, part: "key" | "value", message: string, help?: string): Diagnostic {
    return { where: this.locate(path, part), message, ...(help === undefined ? {} : { help }) };
  }

  /** The value as the schema makes it. Throws Diagnostics with all that it does not accept, in the file's order. */
  check<Schema extends z.ZodType>(schema: Schema): z.output<Schema> {
    const checked = checkValue(schema, this.value);
    if ("output" in checked) return checked.output;
    throw inOrder(
      checked.complaints.map(({ path, part, message, help }) => this.complaint(path, part, message, help)),
    );
  }
}

/**
 * Parses `text`: JSON where `file` ends in `.json`, else YAML 1.2. `file` is what messages call it, relative to the
 * content repo. Throws Diagnostics with all syntax errors, one a line; warnings, duplicate keys, non-finite numbers,
 * aliases that repeat too much and an empty file are errors too.
 */
export function readDocument(text: string, file: string): Document {
  const unified = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const lines = new Lines(unified, file);
  const { root, faults } = /\.json$/i.test(file) ? readJson(unified) : readYaml(unified);
  if (faults.length > 0) {
    const seen = new Set<number>();
    const list: Diagnostic[] = [];
    for (const { at, message, help } of faults) {
      const where = lines.locate(at);
      if (seen.has(where.line)) continue; // the others on that line are the parser's confusion after the first
      seen.add(where.line);
      list.push({ where, message, ...(help === undefined ? {} : { help }) });
    }
    throw inOrder(list);
  }
  if (root === undefined) throw new Diagnostics([{ where: { file }, message: "the file is empty." }]);
  return new Document(file, root, lines);
}

/**
 * Reads and parses the file at `path`, called `file` in messages. Throws Diagnostics as `readDocument` does, and for
 * a file that is missing, is a folder, may not be read, or is no UTF-8.
 */
export function readDocumentFile(path: string, file: string): Document {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Diagnostics([
      { where: { file }, message: READ_ERRORS[code ?? ""] ?? `cannot be read: ${message}.` },
    ]);
  }
  return readDocument(decode(bytes, file), file);
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file.",
  ENOTDIR: "there is no such file.",
  EISDIR: "this is a folder, where a file is expected.",
  EACCES: "the file may not be read: permission denied.",
};

function decode(bytes: Buffer, file: string): string {
  const text = bytes.toString("utf8");
  const again = Buffer.from(text, "utf8");
  if (again.equals(bytes)) return text;
  // Each wrong byte was read as U+FFFD, whose own bytes differ from it: the first difference is the mistake.
  const wrong = bytes.findIndex((byte, i) => byte !== again[i]);
  const before = bytes.subarray(0, wrong).toString("utf8");
  const where = new Lines(text.replaceAll("\r\n", "\n"), file).locate(before.replaceAll("\r\n", "\n").length);
  const help = "Save the file with the encoding UTF-8.";
  throw new Diagnostics([{ where, message: "this is not UTF-8 text.", help }]);
}

/** The lines of a text, to turn offsets into places. */
class Lines {
  readonly #file: string;
  readonly #lines: readonly string[];
  readonly #starts: readonly number[];

  constructor(text: string, file: string) {
    this.#file = file;
    this.#lines = text.split("\n");
    let start = 0;
    this.#starts = this.#lines.map((line) => {
      const own = start;
      start += line.length + 1;
      return own;
    });
  }

  locate(at: number): Location {
    let index = this.#starts.findLastIndex((start) => start <= at);
    let column = at - (this.#starts[index] as number) + 1;
    // The end of the text is shown as the end of its last line that has something.
    if (at >= this.#starts.at(-1)! && column > (this.#lines[index] as string).trimEnd().length) {
      while (index > 0 && (this.#lines[index] as string).trim() === "") index--;
      column = Math.min(column, (this.#lines[index] as string).length + 1);
      if (index < this.#lines.length - 1) column = (this.#lines[index] as string).length + 1;
    }
    return { file: this.#file, line: index + 1, column, text: this.#lines[index] as string };
  }
}
