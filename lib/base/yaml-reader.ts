/** Reads YAML 1.2 with positions, as plain data only, and says in words what is wrong with it. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import { placeInScalar } from "./scalar-places.ts";
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

/** More values than this may not come from aliases: a few lines of them can stand for billions ("billion laughs"). */
const MAX_ALIASED = 10_000;

/** Warnings are faults too: each is text that another reader would understand differently. */
export function readYaml(text: string): Parsed {
  const deep = tooDeepAt(text);
  if (deep !== undefined) return { root: undefined, faults: [tooDeep(deep)] };
  const document = parseDocument(text, {
    version: "1.2",
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false, // `mapping` reports them, for JSON and YAML alike
    resolveKnownTags: false,
    logLevel: "error", // "silent" would also silence a second document
  });
  const faults = [...document.errors, ...document.warnings].map((error) => inWords(error, document, text));
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== "1.2") {
    faults.push({
      at: 0,
      message: "this file asks for another YAML than 1.2.",
      help: "Remove the %YAML line.",
    });
  }
  if (faults.length > 0) return { root: undefined, faults };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.source === "")) return { root: undefined, faults };
  const root = new TreeMaker(text, faults).tree(contents as ParsedNode, 1);
  return { root, faults };
}

/**
 * Where the text nests too deep for the parser, whose recursion has no limit of its own: it catches the overflow of
 * the stack, but where V8 meets it while compiling a regular expression, the process dies. A rough count that needs
 * no parsing, at twice our limit, so that brackets inside a text do not matter.
 */
function tooDeepAt(text: string): number | undefined {
  const columns: number[] = [];
  let brackets = 0;
  let start = 0;
  for (const line of text.split("\n")) {
    const [lead] = /^[\s?:-]*/.exec(line) as RegExpExecArray;
    const levels = [...[...lead].flatMap((char, i) => (/\s/.test(char) ? [] : [i])), lead.length];
    if (line.trim() !== "") {
      while (columns.length > 0 && columns.at(-1)! >= levels[0]!) columns.pop();
      for (const level of levels) columns.push(level);
    }
    if (columns.length > 2 * MAX_DEPTH) return start;
    for (let i = lead.length; i < line.length; i++) {
      const char = line[i];
      if (char === "[" || char === "{") brackets++;
      else if (char === "]" || char === "}") brackets = Math.max(0, brackets - 1);
      if (brackets > 2 * MAX_DEPTH) return start + i;
    }
    start += line.length + 1;
  }
  return undefined;
}

/** Turns the nodes of the `yaml` package into a Tree. */
class TreeMaker {
  readonly #text: string;
  readonly #faults: Fault[];
  readonly #anchors = new Map<string, Tree | "open">();
  #aliased = 0;

  constructor(text: string, faults: Fault[]) {
    this.#text = text;
    this.#faults = faults;
  }

  tree(node: ParsedNode | null, depth: number, elseAt = 0): Tree {
    if (node === null) return leaf(elseAt, null);
    if (isAlias(node)) return this.#alias(node);
    const anchor = (node as { anchor?: string }).anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, "open");
    const tree = this.#plain(node, depth, elseAt);
    if (anchor !== undefined) this.#anchors.set(anchor, tree);
    return tree;
  }

  #plain(node: Exclude<ParsedNode, Alias.Parsed>, depth: number, elseAt: number): Tree {
    const at = node.range[0];
    if (depth > MAX_DEPTH) return this.#fault(tooDeep(at));
    if (isMap(node)) return mapping(at, this.#members(node, depth), this.#faults);
    if (isSeq(node)) {
      return list(
        at,
        node.items.map((item) => this.tree(item as ParsedNode | null, depth + 1, at)),
      );
    }
    const { value } = node;
    if (value === null) return leaf(node.source === "" ? elseAt : at, null);
    if (typeof value === "number" && !Number.isFinite(value)) {
      return this.#fault({ at, message: `${node.source} is not a finite number.` });
    }
    if (typeof value === "string") {
      const source = this.#text.slice(at, node.range[1]);
      return { ...leaf(at, value), inner: (offset) => placeInScalar(source, at, value, offset) };
    }
    if (typeof value === "boolean" || typeof value === "number") return leaf(at, value);
    throw new Error(`BUG: a YAML scalar of type ${typeof value}`);
  }

  #members(node: YAMLMap, depth: number): (Member & { key: string })[] {
    const entries: (Member & { key: string })[] = [];
    for (const pair of node.items) {
      const key = pair.key as ParsedNode;
      const keyAt = key.range[0];
      if (!isScalar(key)) this.#fault({ at: keyAt, message: "a key must be plain text." });
      else {
        const tree = this.tree(pair.value as ParsedNode | null, depth + 1, keyAt);
        entries.push({ key: String(key.value ?? ""), keyAt, tree });
      }
    }
    return entries;
  }

  #alias(node: Alias.Parsed): Tree {
    const at = node.range[0];
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      const help = `Write &${node.source} before the value that it stands for, further up.`;
      return this.#fault({ at, message: `the alias '*${node.source}' stands for nothing.`, help });
    }
    if (target === "open") {
      return this.#fault({
        at,
        message: `the alias '*${node.source}' stands inside the value that it repeats.`,
      });
    }
    const before = this.#aliased;
    this.#aliased += target.size;
    if (before > MAX_ALIASED) return leaf(at, null); // said already
    if (this.#aliased > MAX_ALIASED) {
      return this.#fault({ at, message: `aliases repeat more than ${MAX_ALIASED} values.` });
    }
    // What it repeats stands elsewhere.
    const { inner: _, ...repeated } = target;
    return { ...repeated, at };
  }

  #fault(fault: Fault): Tree {
    this.#faults.push(fault);
    return leaf(fault.at, null);
  }
}

const WORDS: Partial<Record<YAMLError["code"], (found: string) => Omit<Fault, "at">>> = {
  TAB_AS_INDENT: () => ({ message: "YAML is not indented with tabs.", help: "Use spaces." }),
  BLOCK_AS_IMPLICIT_KEY: () => ({
    message: "a second ': ' in one line.",
    help: "Text that contains ': ' stands in quotes; a mapping starts on its own line.",
  }),
  BAD_SCALAR_START: (found) => ({ message: `text cannot start with '${found}'.`, help: "Put it in quotes." }),
  MULTIPLE_DOCS: () => ({
    message: "a second document starts here.",
    help: "One file is one document: remove the '---'.",
  }),
  NON_STRING_KEY: () => ({ message: "a key must be plain text." }),
  TAG_RESOLVE_FAILED: (found) => ({
    message: `the tag '${found}' means nothing here.`,
    help: "Remove it, or put the text in quotes.",
  }),
  RESOURCE_EXHAUSTION: () => tooDeep(0),
};

/** The rest have words by what the parser's own message is about. */
const PATTERNS: readonly [RegExp, (match: RegExpMatchArray) => Omit<Fault, "at">][] = [
  [/and end with a (.)$/, ([, close]) => ({ message: `expected the closing '${close}' before this.` })],
  [
    /at node end$/,
    () => ({
      message: "this does not belong to what stands before it.",
      help: "Is a ':', a space after '-' or ':', or a quote missing?",
    }),
  ],
  [
    /followed by map values$/,
    () => ({
      message: "this key is not followed by ': '.",
      help: "If it is the rest of a text, indent it or quote the whole text.",
    }),
  ],
  [
    /^Missing closing (.)quote$/,
    ([, quote]) => ({ message: `the closing ${quote} of this text is missing.` }),
  ],
  [
    /same column$/,
    () => ({ message: "this is not indented as the lines that it belongs to.", help: "Align it with them." }),
  ],
];

function inWords(error: YAMLError, document: Document, text: string): Fault {
  const [at, end] = error.pos;
  const words = WORDS[error.code]?.(text.slice(at, end));
  if (words !== undefined) return { ...words, at };
  for (const [pattern, say] of PATTERNS) {
    const match = error.message.match(pattern);
    if (match) return { ...say(match), at: error.code === "MISSING_CHAR" ? opening(document, at) : at };
  }
  const message = error.message.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  return { at, message: message.replace(/[^.]$/, "$&.") };
}

/** Where the quoted text starts that runs up to `end`: there the eye finds the missing quote. */
function opening(document: Document, end: number): number {
  let start = end;
  visit(document, {
    Scalar(_, { range }) {
      if (range?.[1] === end) start = range[0];
    },
  });
  return start;
}
