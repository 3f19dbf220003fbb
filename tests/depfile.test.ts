/** `deps: make`: a command tells what it read, and only an edit of that makes it again. */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDepfile } from "../lib/engine/depfile.ts";
import type { Workbench } from "../lib/engine/workbench.ts";
import type { FileTable } from "../lib/store/file-table.ts";
import { type Built, notices, type Workshop, workshop } from "./workshop.ts";

describe("make's rules", () => {
  test.each<[string, string, readonly string[] | undefined]>([
    ["one line", "a.o: a.c b.h\n", ["a.c", "b.h"]],
    ["continued lines", "a.o: a.c \\\n  b.h \\\r\n\tc.h", ["a.c", "b.h", "c.h"]],
    ["several targets, several rules", "a.o a.d: a.c\nb.o : b.c a.c\n", ["a.c", "b.c"]],
    ["rules without prerequisites (-MP)", "a.o: a.c b.h\nb.h:\n", ["a.c", "b.h"]],
    ["a rule that read nothing", "a.o:\n", []],
    [
      "spaces, hashes, colons and dollars",
      "a.o: my\\ file.h a\\#b.h c\\:d.h $$x.h",
      ["my file.h", "a#b.h", "c:d.h", "$x.h"],
    ],
    ["a backslash of the name's own before a space", "a.o: a\\\\\\ b.h", ["a\\ b.h"]],
    ["backslashes that escape nothing", "a.o: c:\\dir\\a.h b.h", ["c:\\dir\\a.h", "b.h"]],
    ["a drive is no target", "c:\\a.o: c:/a.c", ["c:/a.c"]],
    ["comments and empty lines", "# made by cc\n\na.o: a.c # and more\n", ["a.c"]],
    ["nothing", "", undefined],
    ["no rule", "a.c b.h\n", undefined],
  ])("%s", (_, text, names) => {
    expect(parseDepfile(text)).toEqual(names);
  });

  test("names as a compiler writes them are read back", () => {
    const name = fc
      .stringMatching(/^[a-z $#\\./-]{1,12}$/)
      .filter((text) => /^[^ #\\].*[^ \\]$|^[a-z]$/.test(text));
    // gcc's own rule (libcpp/mkdeps.cc): a space or tab, with the backslashes before it, is escaped; so are # and $.
    const written = (text: string) =>
      text
        .replace(/(\\*) /g, (_, slashes: string) => `${slashes}${slashes}\\ `)
        .replaceAll("$", "$$$$")
        .replace(/(?<!\\)#/g, "\\#");
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), (names) => {
        fc.pre(!names.some((one) => /\\#/.test(one)));
        expect(parseDepfile(`x.o: ${names.map(written).join(" \\\n ")}\n`)).toEqual(names);
      }),
    );
  });
});

/** Two units, of which each includes a header of its own and one of both. */
const C = {
  "/pipelines/p.yaml": `
axes:
  unit: { files: "src/\${unit}.c" }
targets:
  object:
    run: cc -MMD -MF \${deps} -I in/headers -c \${in.source} -o \${out}
    deps: make
    in: { source: "src/\${unit}.c", headers: "src/**/*.h" }
    out: build/\${unit}.o
  program:
    run: cc \${in.objects} -o \${out}
    in: { objects: object }
    out: build/program
`,
  "src/main.c":
    '#include "both.h"\n#include "util/main only.h"\nint main(void) { return BOTH + MAIN + other(); }\n',
  "src/other.c": '#include "both.h"\n#include "other.h"\nint other(void) { return BOTH - OTHER; }\n',
  "src/both.h": "#define BOTH 1\nint other(void);\n",
  "src/util/main only.h": "#define MAIN 2\n",
  "src/other.h": "#define OTHER 3\n",
  "src/unused.h": "#define UNUSED 4\n",
};

const gist = ({ ran, problems }: Built) => ({ ran, problems });
const outcome = (main: string, other: string, program: string) => ({
  ran: { "build/main.o": main, "build/other.o": other, "build/program": program },
  problems: [],
});

async function built(shop: Workshop = workshop(C)): Promise<Workshop> {
  expect(gist(await shop.build())).toEqual(outcome("ran", "ran", "ran"));
  return shop;
}

describe("who runs", () => {
  test("nothing the second time, and nothing for a header that nobody reads", async () => {
    const shop = await built();
    expect(gist(await shop.build())).toEqual(outcome("fresh", "fresh", "fresh"));
    shop.write("src/unused.h", "#error\n");
    expect(gist(await shop.build())).toEqual(outcome("fresh", "fresh", "fresh"));
  });

  test("only the units that read the edited header; going back restores", async () => {
    const shop = await built();
    shop.write("src/util/main only.h", "#define MAIN 20\n");
    expect(gist(await shop.build())).toEqual(outcome("ran", "fresh", "ran"));
    shop.write("src/other.h", "#define OTHER 30\n");
    expect(gist(await shop.build())).toEqual(outcome("fresh", "ran", "ran"));
    shop.write("src/both.h", "#define BOTH 10\nint other(void);\n");
    expect(gist(await shop.build())).toEqual(outcome("ran", "ran", "ran"));
    for (const path of ["src/util/main only.h", "src/other.h", "src/both.h"] as const)
      shop.write(path, C[path]);
    expect(gist(await shop.build())).toEqual(outcome("restored", "restored", "restored"));
  });

  test("a new header, whose name could change what is found, but then not the program", async () => {
    const shop = await built();
    shop.write("src/new.h", "#define NEW 5\n");
    expect(gist(await shop.build())).toEqual(outcome("ran", "ran", "fresh"));
    shop.remove("src/new.h");
    expect(gist(await shop.build())).toEqual(outcome("restored", "restored", "fresh"));
  });

  test("a header that is read since an edit counts from then on; and back again", async () => {
    const shop = await built();
    shop.write("src/other.c", `#include "unused.h"\n${C["src/other.c"]}`);
    expect(gist(await shop.build())).toEqual(outcome("fresh", "ran", "fresh"));
    shop.write("src/unused.h", "#define OTHER 7\n#define UNUSED 4\n");
    shop.write("src/other.h", "");
    expect(gist(await shop.build())).toEqual(outcome("fresh", "ran", "ran"));
    shop.write("src/other.c", C["src/other.c"]);
    shop.write("src/other.h", C["src/other.h"]);
    expect(gist(await shop.build())).toEqual(outcome("fresh", "restored", "restored"));
    shop.write("src/unused.h", "");
    expect(gist(await shop.build())).toEqual(outcome("fresh", "fresh", "fresh"));
  });

  test("an include of a header, edited and taken back, is known by what it read each time", async () => {
    const shop = await built();
    shop.write("src/other.h", '#include "unused.h"\n#define OTHER UNUSED\n');
    expect(gist(await shop.build())).toEqual(outcome("fresh", "ran", "ran"));
    shop.write("src/other.h", C["src/other.h"]);
    expect(gist(await shop.build())).toEqual(outcome("fresh", "restored", "restored"));
    shop.write("src/unused.h", "#define UNUSED 40\n");
    expect(gist(await shop.build())).toEqual(outcome("fresh", "fresh", "fresh"));
  });

  test("without the project's state or without the cache", async () => {
    const shop = await built();
    rmSync(shop.path(".faceless"), { recursive: true });
    expect(gist(await shop.build())).toEqual(outcome("fresh", "fresh", "fresh"));
    rmSync(shop.path("/.faceless"), { recursive: true });
    shop.write("src/unused.h", "");
    expect(gist(await shop.build())).toEqual(outcome("fresh", "fresh", "fresh"));
    shop.write("src/other.h", "#define OTHER 31\n");
    expect(gist(await shop.build())).toEqual(outcome("fresh", "ran", "ran"));
  });

  test("a damaged record of what was read costs a run", async () => {
    const shop = await built();
    rmSync(shop.path(".faceless"), { recursive: true });
    const folder = shop.path("/.faceless/cache/deps");
    const records = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    expect(records).toHaveLength(2);
    for (const { parentPath, name } of records) writeFileSync(join(parentPath, name), '[["in/');
    rmSync(shop.path("build"), { recursive: true });
    expect(gist(await shop.build())).toEqual(outcome("ran", "ran", "restored"));
  });

  test("what the command names counts, whatever the depfile says", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
targets:
  a:
    run: "cat \${in.named} in/open.txt > \${out}; echo 'a: in/open.txt' > \${deps}"
    deps: make
    in: { named: ./named.txt, open: ./open.txt, other: ./other.txt }
    out: a.txt
`,
      "named.txt": "1",
      "open.txt": "2",
      "other.txt": "3",
    });
    expect((await shop.build()).ran).toEqual({ "a.txt": "ran" });
    shop.write("other.txt", "33");
    expect((await shop.build()).ran).toEqual({ "a.txt": "fresh" });
    shop.write("named.txt", "11");
    expect((await shop.build()).ran).toEqual({ "a.txt": "ran" });
    shop.write("open.txt", "22");
    expect((await shop.build()).ran).toEqual({ "a.txt": "ran" });
    expect(shop.read("a.txt")).toBe("1122");
  });

  test("a dry run knows it too, and gives the reason", async () => {
    const shop = await built();
    shop.write("src/unused.h", "");
    shop.write("src/other.h", "#define OTHER 9\n");
    const { ran, events } = await shop.build({ dryRun: true });
    expect(ran).toEqual({
      "build/main.o": "fresh",
      "build/other.o": "would-run",
      "build/program": "would-maybe-run",
    });
    const reasons = events.flatMap((event) => (event.type === "would" ? event.because : []));
    expect(reasons).toMatchObject([{ reason: "changed", label: "in.headers[1]" }]);
  });
});

/** Prints the values of a.h and all that it includes, and writes down which files it read. */
const VISIT = `seen=
visit() {
  case " $seen " in *" $1 "*) return ;; esac
  seen="$seen $1"
  [ -e in/h/$1 ] || { echo no $1; return; }
  printf ' in/h/%s' $1 >> $DEPS
  while read word text; do
    case $word in include) visit $text ;; value) echo $text ;; esac
  done < in/h/$1
}
DEPS=$1
printf 'out:' > $DEPS
echo values
visit a.h
`;

test("after any edits, what is there is what a build from scratch makes", async () => {
  const name = fc.constantFrom("a.h", "b.h", "c.h", "d.h");
  const line = fc.oneof(
    name.map((included) => `include ${included}`),
    fc.nat(2).map((value) => `value ${value}`),
  );
  const text = fc.array(line, { maxLength: 3 }).map((lines) => lines.map((one) => `${one}\n`).join(""));
  const edit = fc.record({ name, text: fc.option(text, { freq: 4 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
      async (rounds) => {
        const shop = workshop({
          "/pipelines/p.yaml": `targets: { all: { run: "sh \${in.visit} \${deps} > \${out}", deps: make, in: { visit: ./visit.sh, h: "h/*.h" }, out: all.txt } }`,
          "visit.sh": VISIT,
        });
        const files = new Map([["z.h", ""]]);
        shop.write("h/z.h", "");
        for (const edits of rounds) {
          for (const { name, text } of edits) {
            if (text !== null) shop.write(`h/${name}`, text);
            else rmSync(shop.path(`h/${name}`), { force: true });
            if (text === null) files.delete(name);
            else files.set(name, text);
          }
          await shop.build();
          expect(shop.read("all.txt")).toBe(`values\n${valuesOf(files, "a.h", new Set())}`);
        }
      },
    ),
    { numRuns: 12 },
  );
});

function valuesOf(files: ReadonlyMap<string, string>, name: string, seen: Set<string>): string {
  if (seen.has(name)) return "";
  seen.add(name);
  const text = files.get(name);
  if (text === undefined) return `no ${name}\n`;
  const lines = text.split("\n").map((line) => line.split(" "));
  return lines
    .map(([word, of]) =>
      word === "include" ? valuesOf(files, of!, seen) : word === "value" ? `${of}\n` : "",
    )
    .join("");
}

test("in a watch, a unit that failed is tried again when a header changes that it was not known to read", async () => {
  const shop = await built();
  let workbench: Workbench | undefined;
  const round = () => ({
    superseded: new AbortController().signal,
    workbench,
    begun: (_: FileTable, own: Workbench) => {
      workbench = own;
    },
  });
  shop.write("src/other.c", `#include "unused.h"\n${C["src/other.c"]}`);
  shop.write("src/unused.h", "#error not yet\n");
  expect((await shop.build({ round: round() })).ran).toMatchObject({ "build/other.o": "failed" });
  shop.write("src/unused.h", "#define UNUSED 5\n");
  expect(gist(await shop.build({ round: round() }))).toEqual(outcome("fresh", "ran", "fresh"));
  await workbench?.close();
});

describe("what a depfile names from elsewhere", () => {
  test("a compiler's own headers: not tracked, and told once for all units", async () => {
    const shop = workshop({
      ...C,
      "/pipelines/p.yaml": C["/pipelines/p.yaml"].replace("-MMD", "-MD"),
      "src/main.c": `#include <stddef.h>\n${C["src/main.c"]}`,
      "src/other.c": `#include <stddef.h>\n${C["src/other.c"]}`,
    });
    const first = await shop.build({ jobs: 1 });
    expect(gist(first)).toEqual(outcome("ran", "ran", "ran"));
    expect(notices(first)).toEqual([
      expect.stringMatching(
        /^the depfile names \/\S+( and \d+ more)?, from outside the content repo: like the programs that a command runs, that is not tracked\. With -MMD instead of -MD a compiler leaves out its own headers\.$/,
      ),
    ]);
    expect(gist(await shop.build())).toEqual(outcome("fresh", "fresh", "fresh"));
  });

  test("a file of the content repo that is no input is a failure", async () => {
    const shop = workshop(C);
    shop.write("/include/far.h", "#define OTHER 3\n");
    shop.write("src/other.c", `#include "${shop.path("/include/far.h")}"\n${C["src/other.c"]}`);
    const { problems } = await shop.build();
    expect(problems).toEqual([
      "the command read include/far.h, which is no input of 'object': its depfile names it.",
    ]);
  });

  test("an absolute path into the command's own folder is an input like any other", async () => {
    const shop = workshop({
      ...C,
      "/pipelines/p.yaml": C["/pipelines/p.yaml"].replace("-I in/headers", '-I "$PWD/in/headers"'),
    });
    await built(shop);
    shop.write("src/other.h", "#define OTHER 30\n");
    expect(gist(await shop.build())).toEqual(outcome("fresh", "ran", "ran"));
  });
});

describe("a depfile that is none", () => {
  test.each([
    ["true", "the command wrote no depfile: nothing is at ${deps}, though nothing reported a failure."],
    ["echo > ${deps}", "the depfile that the command wrote is no list of make's rules: it is empty."],
    [
      "echo a.c b.h > ${deps}",
      "the depfile that the command wrote is no list of make's rules: it begins with 'a.c b.h'.",
    ],
  ])("%s", async (write, message) => {
    const shop = workshop({
      "/pipelines/p.yaml": `
targets:
  a:
    run: "echo hi > \${out}; ${write}; : \${deps}"
    deps: make
    in: { open: ./open.txt }
    out: a.txt
`,
      "open.txt": "2",
    });
    const { problems, events } = await shop.build();
    expect(problems).toEqual([message]);
    const failed = events.find((event) => event.type === "finished");
    expect(failed?.problem?.help).toBe("A C compiler writes one with: -MMD -MF ${deps}.");
  });
});

test("mistakes", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
targets:
  a: { run: "cc -c in/h/a.c -o \${out}", deps: make, in: { h: "*.h" }, out: a.o }
  b: { run: "cc -MMD -MF \${deps} \${in.source} -o \${out}", deps: make, in: { source: b.c }, out: b.o }
  c: { run: "cc -MMD -MF \${deps} -o \${out}", in: { h: "*.h" }, out: c.o }
  d: { task: say, with: { text: hi }, deps: make, out: d.txt }
  e: { run: "cc -MMD -MF \${deps.x} -o \${out}", deps: make, in: { h: "*.h" }, out: e.o }
  f: { run: "cc -MMD -MF \${deps} -o \${out}", deps: ninja, in: { h: "*.h" }, out: f.o }
`,
  });
  await expect(shop.build()).rejects.toThrowErrorMatchingInlineSnapshot(`
    [Diagnostics: pipelines/p.yaml:8:52: must be 'make', found 'ninja'.
      8 |   f: { run: "cc -MMD -MF \${deps} -o \${out}", deps: ninja, in: { h: "*.h" }, out: f.o }
        |                                                    ^]
  `);
  shop.write(
    "/pipelines/p.yaml",
    shop.read("/pipelines/p.yaml").replace("ninja", "make").replace("source: b.c", "source: ./b.c"),
  );
  await expect(shop.build()).rejects.toThrowErrorMatchingInlineSnapshot(`
    [Diagnostics: pipelines/p.yaml:3:41: the command never names \${deps}, the file that it has to write, as in: cc -MMD -MF \${deps} ….
      3 |   a: { run: "cc -c in/h/a.c -o \${out}", deps: make, in: { h: "*.h" }, out: a.o }
        |                                         ^

    pipelines/p.yaml:4:59: the depfile has nothing to decide: the command names every input, and what it names always counts. Inputs that it does not name are found in its folder as in/<slot>/….
      4 |   b: { run: "cc -MMD -MF \${deps} \${in.source} -o \${out}", deps: make, in: { source: ./b.c }, out: b.o }
        |                                                           ^

    pipelines/p.yaml:5:26: \${deps} is the file in which a command tells what it read: say so with 'deps: make' beside 'run'.
      5 |   c: { run: "cc -MMD -MF \${deps} -o \${out}", in: { h: "*.h" }, out: c.o }
        |                          ^

    pipelines/p.yaml:6:39: 'deps' is for commands: a task is given its inputs and nothing else.
      6 |   d: { task: say, with: { text: hi }, deps: make, out: d.txt }
        |                                       ^

    pipelines/p.yaml:7:26: 'deps' is one file: write \${deps}.
      7 |   e: { run: "cc -MMD -MF \${deps.x} -o \${out}", deps: make, in: { h: "*.h" }, out: e.o }
        |                          ^]
  `);
  shop.write("/pipelines/p.yaml", "axes: { deps: { values: [1] } }\ntargets: {}\n");
  await expect(shop.build()).rejects.toThrowErrorMatchingInlineSnapshot(`
    [Diagnostics: pipelines/p.yaml:1:9: 'deps' is a name with a meaning of its own; name the axis otherwise.
      1 | axes: { deps: { values: [1] } }
        |         ^]
  `);
});
