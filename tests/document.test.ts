/** The reader of hand-written files: whole messages, with the line and the caret, several mistakes at once. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Diagnostics } from "../lib/base/diagnostic.ts";
import { readDocument, readDocumentFile } from "../lib/base/document.ts";

/** What a person sees; fails where the call succeeds or throws anything but Diagnostics. */
function complaints(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Diagnostics) return `\n${error.message}\n`;
    throw error;
  }
  throw new Error("no complaint");
}

const yaml = (text: string) => complaints(() => readDocument(text, "p.yaml"));
const json = (text: string) => complaints(() => readDocument(text, "s.json"));

describe("a YAML file's syntax", () => {
  test("a list that is never closed", () =>
    expect(yaml("a: 1\nb: [1,\n")).toMatchInlineSnapshot(`
    "
    p.yaml:2:7: expected the closing ']' before this.
      2 | b: [1,
        |       ^
    "
  `));
  test("a text that is never closed", () =>
    expect(yaml("a: 'it\nb: 1\n")).toMatchInlineSnapshot(`
    "
    p.yaml:1:4: the closing ' of this text is missing.
      1 | a: 'it
        |    ^
    "
  `));
  test("a colon in a text", () =>
    expect(yaml("title: Money: a story\n")).toMatchInlineSnapshot(`
    "
    p.yaml:1:8: a second ': ' in one line. Text that contains ': ' stands in quotes; a mapping starts on its own line.
      1 | title: Money: a story
        |        ^
    "
  `));
  test("a reserved character", () =>
    expect(yaml("by: @someone\n")).toMatchInlineSnapshot(`
    "
    p.yaml:1:5: text cannot start with '@'. Put it in quotes.
      1 | by: @someone
        |     ^
    "
  `));
  test("tabs", () =>
    expect(yaml("a:\n\tb: 1\n\tc: 2\n")).toMatchInlineSnapshot(`
    "
    p.yaml:2:1: YAML is not indented with tabs. Use spaces.
      2 | 	b: 1
        | ^

    p.yaml:3:1: YAML is not indented with tabs. Use spaces.
      3 | 	c: 2
        | ^
    "
  `));
  test("indentation", () =>
    expect(yaml("a:\n  - b\n c: d\n")).toMatchInlineSnapshot(`
    "
    p.yaml:3:1: this is not indented as the lines that it belongs to. Align it with them.
      3 |  c: d
        | ^
    "
  `));
  test("a missing space", () =>
    expect(yaml("- a\n-b\n")).toMatchInlineSnapshot(`
    "
    p.yaml:2:1: this does not belong to what stands before it. Is a ':', a space after '-' or ':', or a quote missing?
      2 | -b
        | ^
    "
  `));
  test("a missing colon", () =>
    expect(yaml("a: 1\nb\n")).toMatchInlineSnapshot(`
      "
      p.yaml:2:1: this key is not followed by ': '. If it is the rest of a text, indent it or quote the whole text.
        2 | b
          | ^
      "
    `));
  test("a second document", () =>
    expect(yaml("a: 1\n---\nb: 2\n")).toMatchInlineSnapshot(`
    "
    p.yaml:2:1: a second document starts here. One file is one document: remove the '---'.
      2 | ---
        | ^
    "
  `));
  test("a tag", () =>
    expect(yaml("a: !env HOME\n")).toMatchInlineSnapshot(`
    "
    p.yaml:1:4: the tag '!env' means nothing here. Remove it, or put the text in quotes.
      1 | a: !env HOME
        |    ^
    "
  `));
  test("another YAML", () =>
    expect(yaml("%YAML 1.1\n---\na: yes\n")).toMatchInlineSnapshot(`
    "
    p.yaml:1:1: this file asks for another YAML than 1.2. Remove the %YAML line.
      1 | %YAML 1.1
        | ^
    "
  `));
  test("an unknown alias", () =>
    expect(yaml("a: *b\n")).toMatchInlineSnapshot(`
    "
    p.yaml:1:4: the alias '*b' stands for nothing. Write &b before the value that it stands for, further up.
      1 | a: *b
        |    ^
    "
  `));
  test("an alias inside itself", () =>
    expect(yaml("a: &a\n  b: *a\n")).toMatchInlineSnapshot(`
    "
    p.yaml:2:6: the alias '*a' stands inside the value that it repeats.
      2 |   b: *a
        |      ^
    "
  `));
  test("all that plain data cannot hold, at once", () =>
    expect(yaml("a: .nan\nb: 1\nb: 2\n__proto__: 3\nc:\n  - -.inf\n")).toMatchInlineSnapshot(`
      "
      p.yaml:1:4: .nan is not a finite number.
        1 | a: .nan
          |    ^

      p.yaml:3:1: the key 'b' is given twice. Keep one of the two.
        3 | b: 2
          | ^

      p.yaml:4:1: the name '__proto__' cannot be used as a key.
        4 | __proto__: 3
          | ^

      p.yaml:6:5: -.inf is not a finite number.
        6 |   - -.inf
          |     ^
      "
    `));

  test("aliases that repeat without end are refused, a few are not", () => {
    const bomb = ["a: &a [1,1,1,1,1,1,1,1,1,1]"];
    for (const [name, before] of ["ba", "cb", "dc", "ed", "fe"]) {
      bomb.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(",")}]`);
    }
    expect(yaml(bomb.join("\n"))).toMatchInlineSnapshot(`
      "
      p.yaml:4:29: aliases repeat more than 10000 values.
        4 | d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]
          |                             ^
      "
    `);
    expect(readDocument("a: &a { x: 1 }\nb: [*a, *a]\n", "p.yaml").value).toEqual({
      a: { x: 1 },
      b: [{ x: 1 }, { x: 1 }],
    });
  });

  test("more depth than the stack has", () => {
    const deep = (at: string) => `\n${at}: lists and mappings nest deeper than 100.`;
    const start = (text: string) => text.slice(0, 70).split("\n", 2).join("\n");
    expect(start(json("[".repeat(50_000)))).toBe(deep("s.json:1:101"));
    expect(start(yaml("[".repeat(50_000)))).toBe(deep("p.yaml:1:201"));
    expect(start(yaml("{a: ".repeat(50_000)))).toBe(deep("p.yaml:1:801"));
    expect(start(yaml("- ".repeat(50_000)))).toBe(deep("p.yaml:1:1"));
    const stairs = Array.from({ length: 3_000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
    expect(start(yaml(stairs))).toBe(deep("p.yaml:201:1"));
    expect(start(yaml(`${"[".repeat(101)}${"]".repeat(101)}`))).toBe(deep("p.yaml:1:101"));
    expect(readDocument(`${"[".repeat(100)}${"]".repeat(100)}`, "p.yaml").value).toHaveLength(1);
    const pattern = "- a: ['[[[', '{{{']\n";
    expect(readDocument(pattern.repeat(30), "p.yaml").value).toHaveLength(30);
  });
});

describe("a JSON file's syntax", () => {
  test("comments and trailing commas, at once", () =>
    expect(json('{ // mine\n  "a": [1, 2,],\n  "b": 1,\n}\n')).toMatchInlineSnapshot(`
      "
      s.json:1:3: JSON has no comments. Remove it, or write the file as YAML, with the ending .yaml.
        1 | { // mine
          |   ^

      s.json:2:13: JSON has no trailing commas. Remove this one.
        2 |   "a": [1, 2,],
          |             ^

      s.json:3:9: JSON has no trailing commas. Remove this one.
        3 |   "b": 1,
          |         ^
      "
    `));
  test("single quotes", () =>
    expect(json("{'a': 1}")).toMatchInlineSnapshot(`
    "
    s.json:1:2: expected a key in double quotes.
      1 | {'a': 1}
        |  ^
    "
  `));
  test("a missing comma", () =>
    expect(json('{\n  "a": 1\n  "b": 2\n}')).toMatchInlineSnapshot(`
    "
    s.json:3:3: expected ',' or '}'.
      3 |   "b": 2
        |   ^
    "
  `));
  test("a missing colon", () =>
    expect(json('{"a" 1}')).toMatchInlineSnapshot(`
    "
    s.json:1:6: expected ':' after the key 'a'.
      1 | {"a" 1}
        |      ^
    "
  `));
  test("a bare word", () =>
    expect(json('{"a": True}')).toMatchInlineSnapshot(`
    "
    s.json:1:7: 'True' is no JSON value. Text stands in double quotes.
      1 | {"a": True}
        |       ^
    "
  `));
  test("a number with a leading zero", () =>
    expect(json('{"a": 01}')).toMatchInlineSnapshot(`
    "
    s.json:1:7: '01' is no JSON value. Text stands in double quotes.
      1 | {"a": 01}
        |       ^
    "
  `));
  test("a number without end", () =>
    expect(json("[1e999]")).toMatchInlineSnapshot(`
    "
    s.json:1:2: the number 1e999 is too large.
      1 | [1e999]
        |  ^
    "
  `));
  test("a line break in a text", () =>
    expect(json('{"a": "x\ny"}')).toMatchInlineSnapshot(`
    "
    s.json:1:7: this text has no closing double quote on its line.
      1 | {"a": "x
        |       ^
    "
  `));
  test("a tab in a text", () =>
    expect(json('{"a": "x\ty"}')).toMatchInlineSnapshot(`
    "
    s.json:1:9: a tab or another control character stands in this text. Write it as an escape, such as \\t.
      1 | {"a": "x	y"}
        |         ^
    "
  `));
  test("a Windows path", () =>
    expect(json('{"a": "C:\\data"}')).toMatchInlineSnapshot(`
    "
    s.json:1:10: '\\d' is no JSON escape. A backslash itself is written '\\\\'.
      1 | {"a": "C:\\data"}
        |          ^
    "
  `));
  test("a missing bracket", () =>
    expect(json('{\n  "a": [1, 2\n')).toMatchInlineSnapshot(`
    "
    s.json:2:8: this '[' is never closed.
      2 |   "a": [1, 2
        |        ^
    "
  `));
  test("a bracket too many", () =>
    expect(json('{"a": 1}}')).toMatchInlineSnapshot(`
    "
    s.json:1:9: expected nothing more: the JSON value ends before this.
      1 | {"a": 1}}
        |         ^
    "
  `));
  test("a missing value", () =>
    expect(json('{"a":}')).toMatchInlineSnapshot(`
    "
    s.json:1:6: expected a value, found '}'.
      1 | {"a":}
        |      ^
    "
  `));
  test("a key that is given twice", () =>
    expect(json('{"a": 1,\n "a": 2}')).toMatchInlineSnapshot(`
    "
    s.json:2:2: the key 'a' is given twice. Keep one of the two.
      2 |  "a": 2}
        |  ^
    "
  `));

  test("it reads what JSON.parse reads, and nothing else", { timeout: 60_000 }, () => {
    const close = fc.string({ unit: fc.constantFrom(...'{}[]":,\\ \n\tu0e1.-+tfn#/*a'), maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(fc.json(), close), (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => readDocument(text, "s.json")).toThrow(Diagnostics);
          return;
        }
        // Two things that JSON.parse lets pass are refused: a key twice, and the name __proto__.
        try {
          expect(readDocument(text, "s.json").value).toEqual(expected);
        } catch (error) {
          if (!(error instanceof Diagnostics)) throw error;
          expect(error.message).toMatch(/is given twice|__proto__|is too large/);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a file as a whole", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "faceless-document-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (bytes: Uint8Array | string) => {
    writeFileSync(join(folder, "f.yaml"), bytes);
    return complaints(() => readDocumentFile(join(folder, "f.yaml"), "notes/f.yaml"));
  };

  test("empty", () =>
    expect(file("")).toMatchInlineSnapshot(`
    "
    notes/f.yaml: the file is empty.
    "
  `));
  test("only white space and comments", () =>
    expect(file("\n# later\n")).toMatchInlineSnapshot(`
    "
    notes/f.yaml: the file is empty.
    "
  `));
  test("Latin-1", () =>
    expect(file(Buffer.from("a: 1\r\nname: caf\u00e9\r\n", "latin1"))).toMatchInlineSnapshot(`
      "
      notes/f.yaml:2:10: this is not UTF-8 text. Save the file with the encoding UTF-8.
        2 | name: caf�
          |          ^
      "
    `));
  test("UTF-16", () =>
    expect(file(Buffer.from("\ufeffa: 1", "utf16le"))).toContain("this is not UTF-8 text."));
  test("missing", () =>
    expect(complaints(() => readDocumentFile(join(folder, "no.yaml"), "no.yaml"))).toMatchInlineSnapshot(`
      "
      no.yaml: there is no such file.
      "
    `));
  test("a folder", () => {
    mkdirSync(join(folder, "folder.yaml"));
    expect(
      complaints(() => readDocumentFile(join(folder, "folder.yaml"), "folder.yaml")),
    ).toMatchInlineSnapshot(`
      "
      folder.yaml: this is a folder, where a file is expected.
      "
    `);
  });

  test("a byte order mark and Windows line breaks change nothing", () => {
    const windows = readDocument("\uFEFFa: 1\r\nb: |\r\n  x\r\n  y\r\nc: { d: 2 }\r\n", "p.yaml");
    expect(windows.value).toEqual({ a: 1, b: "x\ny\n", c: { d: 2 } });
    expect(windows.locate(["a"], "key")).toEqual({ file: "p.yaml", line: 1, column: 1, text: "a: 1" });
    expect(windows.locate(["c", "d"])).toEqual({ file: "p.yaml", line: 5, column: 9, text: "c: { d: 2 }" });
    expect(readDocument('\uFEFF{\r\n"a": 1}', "s.json").value).toEqual({ a: 1 });
  });

  test("a place is found for every path, also for those that the file does not have", () => {
    const document = readDocument("a:\n  - b: 1\n    c:\n", "p.yaml");
    const place = (...path: (string | number)[]) => {
      const { line, column } = document.locate(path);
      return `${line}:${column}`;
    };
    expect([place(), place("a"), place("a", 0), place("a", 0, "b")]).toEqual(["1:1", "2:3", "2:5", "2:8"]);
    expect([place("a", 0, "c"), place("a", 7), place("x", "y")]).toEqual(["3:5", "2:3", "1:1"]);
    expect(document.locate(["a", 0, "b"], "key").column).toBe(5);
  });

  test("core schema: what looks like a date or a yes is text", () =>
    expect(readDocument("a: 2026-01-31\nb: yes\nc: 1e3\nd: ~\ne: 0x10\n1: x\n", "p.yaml").value).toEqual({
      a: "2026-01-31",
      b: "yes",
      c: 1000,
      d: null,
      e: 16,
      1: "x",
    }));
});

describe("a value that the schema does not accept", () => {
  const look = z.strictObject({
    type: z.literal("offline"),
    look: z.enum(["auto", "plain", "drawn"]).default("auto"),
  });
  const schema = z.strictObject({
    title: z.string().trim().min(1).max(10),
    count: z.number().int().min(1).max(5).default(2),
    tags: z.array(z.string()).min(1).optional(),
    sizes: z.record(z.string().regex(/^a/, "a size's name begins with 'a'."), z.number()).optional(),
    motion: z
      .union([z.string(), z.strictObject({ kind: z.string(), focus: z.string().optional() })])
      .optional(),
    draw: z.discriminatedUnion("type", [look]).optional(),
    loud: z.boolean().optional(),
    speed: z.union([z.literal("auto"), z.null(), z.number()]).optional(),
    colour: z
      .string()
      .refine((text) => text.startsWith("#"), {
        error: "a colour starts with '#'.",
        params: { help: "Like #fff." },
      })
      .optional(),
  });
  const check = (text: string) => complaints(() => readDocument(text, "p.yaml").check(schema));

  test("misspelt keys, once each and in the file's order", () =>
    expect(
      check("titel: a\nmotion: { kind: 3, foucs: 1 }\ndraw: { type: offline, lok: x }\nwhat: 1\n"),
    ).toMatchInlineSnapshot(`
      "
      p.yaml:1:1: unknown key 'titel'. Did you mean 'title'?
        1 | titel: a
          | ^

      p.yaml:2:17: expected a string, found the number 3. Put it in quotes.
        2 | motion: { kind: 3, foucs: 1 }
          |                 ^

      p.yaml:2:20: unknown key 'foucs'. Did you mean 'focus'?
        2 | motion: { kind: 3, foucs: 1 }
          |                    ^

      p.yaml:3:24: unknown key 'lok'. Did you mean 'look'?
        3 | draw: { type: offline, lok: x }
          |                        ^

      p.yaml:4:1: unknown key 'what'. The keys are 'title', 'count', 'tags', 'sizes', 'motion', 'draw', 'loud', 'speed', 'colour'.
        4 | what: 1
          | ^
      "
    `));
  test("missing keys, at their parent", () =>
    expect(check("motion: {}\ndraw:\n  look: auto\n")).toMatchInlineSnapshot(`
      "
      p.yaml:1:1: missing key 'title': a string.
        1 | motion: {}
          | ^

      p.yaml:1:1: missing key 'kind' in 'motion': a string.
        1 | motion: {}
          | ^

      p.yaml:2:1: missing key 'type' in 'draw': 'offline'.
        2 | draw:
          | ^
      "
    `));
  test("the wrong kind of value", () =>
    expect(
      check("title: 2024\ncount: '3'\ntags: one\nloud: yes\nmotion: 3\nspeed: true\nsizes: [1]\n"),
    ).toMatchInlineSnapshot(`
      "
      p.yaml:1:8: expected a string, found the number 2024. Put it in quotes.
        1 | title: 2024
          |        ^

      p.yaml:2:8: expected a number, found the string '3'. Remove the quotes.
        2 | count: '3'
          |        ^

      p.yaml:3:7: expected a list, found the string 'one'.
        3 | tags: one
          |       ^

      p.yaml:4:7: expected true or false, found the string 'yes'. Write true, without quotes.
        4 | loud: yes
          |       ^

      p.yaml:5:9: expected a string or a mapping of keys to values, found the number 3. Put it in quotes.
        5 | motion: 3
          |         ^

      p.yaml:6:8: expected 'auto', null or a number, found true.
        6 | speed: true
          |        ^

      p.yaml:7:8: expected a mapping of keys to values, found a list.
        7 | sizes: [1]
          |        ^
      "
    `));
  test("a value that is none of the names", () =>
    expect(check("title: a\ndraw: { type: ofline }\nspeed: atuo\n")).toMatchInlineSnapshot(`
      "
      p.yaml:2:15: must be 'offline', found 'ofline'. Did you mean 'offline'?
        2 | draw: { type: ofline }
          |               ^

      p.yaml:3:8: expected 'auto', null or a number, found the string 'atuo'. Did you mean 'auto'?
        3 | speed: atuo
          |        ^
      "
    `));
  test("an enum, far and near", () =>
    expect(
      check("title: a\ndraw: { type: offline, look: plan }\n") +
        check("title: a\ndraw: { type: offline, look: 7 }\n"),
    ).toMatchInlineSnapshot(`
      "
      p.yaml:2:30: must be one of 'auto', 'plain', 'drawn', found 'plan'. Did you mean 'plain'?
        2 | draw: { type: offline, look: plan }
          |                              ^

      p.yaml:2:30: expected one of 'auto', 'plain', 'drawn', found the number 7.
        2 | draw: { type: offline, look: 7 }
          |                              ^
      "
    `));
  test("too small, too large", () =>
    expect(
      check("title: '   '\ncount: 9\ntags: []\n") + check("title: abcdefghijkl\ncount: 0.5\ntags: [1, x]\n"),
    ).toMatchInlineSnapshot(`
      "
      p.yaml:1:8: 'title' must not be empty.
        1 | title: '   '
          |        ^

      p.yaml:2:8: 'count' must be at most 5, found 9.
        2 | count: 9
          |        ^

      p.yaml:3:7: 'tags' must not be empty.
        3 | tags: []
          |       ^

      p.yaml:1:8: 'title' must have at most 10 characters, found 12.
        1 | title: abcdefghijkl
          |        ^

      p.yaml:2:8: expected a whole number, found the number 0.5.
        2 | count: 0.5
          |        ^

      p.yaml:3:8: expected a string, found the number 1. Put it in quotes.
        3 | tags: [1, x]
          |        ^
      "
    `));
  test("messages that the schema brings", () =>
    expect(check("title: a\nsizes: { b: 1, ac: x }\ncolour: red\n")).toMatchInlineSnapshot(`
      "
      p.yaml:2:10: a size's name begins with 'a'.
        2 | sizes: { b: 1, ac: x }
          |          ^

      p.yaml:2:20: expected a number, found the string 'x'.
        2 | sizes: { b: 1, ac: x }
          |                    ^

      p.yaml:3:9: a colour starts with '#'. Like #fff.
        3 | colour: red
          |         ^
      "
    `));
  test("nothing where something is due", () =>
    expect(check("title:\nmotion:\n")).toMatchInlineSnapshot(`
    "
    p.yaml:1:1: expected a string, found nothing.
      1 | title:
        | ^

    p.yaml:2:1: expected a string or a mapping of keys to values, found nothing.
      2 | motion:
        | ^
    "
  `));
  test("a list or a text in place of a mapping", () =>
    expect(check("- a\n") + check("hello\n")).toMatchInlineSnapshot(`
      "
      p.yaml:1:1: expected a mapping of keys to values, found a list.
        1 | - a
          | ^

      p.yaml:1:1: expected a mapping of keys to values, found the string 'hello'.
        1 | hello
          | ^
      "
    `));
  test("JSON gets the same words", () =>
    expect(
      complaints(() => readDocument('{\n\t"titel": "a",\n\t"count": "fast"\n}', "s.json").check(schema)),
    ).toMatchInlineSnapshot(`
      "
      s.json:2:2: unknown key 'titel'. Did you mean 'title'?
        2 | 	"titel": "a",
          | 	^

      s.json:3:11: expected a number, found the string 'fast'.
        3 | 	"count": "fast"
          | 	         ^
      "
    `));
  test("what it accepts comes out as the schema makes it", () =>
    expect(readDocument("title: ' a '\n", "p.yaml").check(schema)).toEqual({ title: "a", count: 2 }));
});
