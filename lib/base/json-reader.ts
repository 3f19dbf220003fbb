/** Reads strict JSON (RFC 8259) with positions, and says in words what is no JSON. */
import {
  type Fault,
  leaf,
  list,
  MAX_DEPTH,
  type Member,
  mapping,
  type Parsed,
  type Tree,
  tooDeep,
} from "./tree.ts";

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y;
const WORD = /[^\s,:[\]{}"]+/y;
const WORDS: Readonly<Record<string, null | boolean>> = { null: null, true: true, false: false };

/** Comments and trailing commas are reported and read over, so that the rest is checked as well. */
export function readJson(text: string): Parsed {
  const reader = new JsonReader(text);
  return { root: reader.read(), faults: reader.faults };
}

/** Unwinds to `read`: what follows cannot be understood. */
class Stop extends Error {}

class JsonReader {
  readonly faults: Fault[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Tree | undefined {
    try {
      this.#skip();
      if (this.#at === this.#text.length) return undefined;
      const root = this.#value(1);
      this.#skip();
      if (this.#at < this.#text.length) this.#stop("expected nothing more: the JSON value ends before this.");
      return root;
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      return undefined;
    }
  }

  #stop(message: string, at = this.#at): never {
    this.faults.push({ at, message });
    throw new Stop();
  }

  /** White space, and comments, which are no JSON. */
  #skip(): void {
    for (;;) {
      this.#match(/[ \t\n\r]*/y);
      const at = this.#at;
      if (this.#match(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*/y) === undefined) return;
      this.faults.push({
        at,
        message: "JSON has no comments.",
        help: "Remove it, or write the file as YAML, with the ending .yaml.",
      });
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }

  #value(depth: number): Tree {
    if (depth > MAX_DEPTH) {
      this.faults.push(tooDeep(this.#at));
      throw new Stop();
    }
    const at = this.#at;
    const next = this.#text[at];
    if (next === "{") return mapping(at, this.#members(depth), this.faults);
    if (next === "[")
      return list(
        at,
        this.#series("]", () => this.#value(depth + 1)),
      );
    if (next === '"') return leaf(at, this.#string());
    const number = this.#match(NUMBER);
    if (number !== undefined) return leaf(at, this.#finite(number, at));
    const word = this.#match(WORD);
    if (word === undefined) {
      this.#stop(
        next === undefined ? "the file ends where a value is due." : `expected a value, found '${next}'.`,
      );
    }
    if (!Object.hasOwn(WORDS, word)) {
      this.#stop(`'${word}' is no JSON value. Text stands in double quotes.`, at);
    }
    return leaf(at, WORDS[word] as null | boolean);
  }

  #finite(number: string, at: number): number {
    const value = Number(number);
    if (!Number.isFinite(value)) this.#stop(`the number ${number} is too large.`, at);
    return value;
  }

  #string(): string {
    const start = this.#at++;
    for (;;) {
      const next = this.#text[this.#at];
      if (next === undefined || next === "\n")
        this.#stop("this text has no closing double quote on its line.", start);
      if (next < " ") {
        this.#stop(
          "a tab or another control character stands in this text. Write it as an escape, such as \\t.",
        );
      }
      if (next === "\\") {
        if (this.#match(ESCAPE) !== undefined) continue;
        const found = this.#text.slice(this.#at, this.#at + 2);
        this.#stop(`'${found}' is no JSON escape. A backslash itself is written '\\\\'.`);
      }
      this.#at++;
      if (next === '"') return JSON.parse(this.#text.slice(start, this.#at)) as string;
    }
  }

  #members(depth: number): (Member & { key: string })[] {
    return this.#series("}", () => {
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') this.#stop("expected a key in double quotes.");
      const key = this.#string();
      this.#skip();
      if (this.#match(/:/y) === undefined) this.#stop(`expected ':' after the key '${key}'.`);
      this.#skip();
      return { key, keyAt, tree: this.#value(depth + 1) };
    });
  }

  /** The comma-separated items up to `close`; stands on the opening bracket before, after the closing one afterwards. */
  #series<Item>(close: "]" | "}", item: () => Item): Item[] {
    const open = this.#at++;
    const items: Item[] = [];
    for (let comma: number | undefined; ; ) {
      this.#skip();
      if (this.#text[this.#at] === close) {
        if (comma !== undefined) {
          this.faults.push({ at: comma, message: "JSON has no trailing commas.", help: "Remove this one." });
        }
        this.#at++;
        return items;
      }
      if (this.#at === this.#text.length) this.#stop(`this '${this.#text[open]}' is never closed.`, open);
      if (items.length > 0 && comma === undefined) this.#stop(`expected ',' or '${close}'.`);
      items.push(item());
      this.#skip();
      comma = this.#text[this.#at] === "," ? this.#at++ : undefined;
    }
  }
}
