/** The content repos in pipelines/examples, copied and built as a person would: who ran, and who did not. */
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type Repo, repo } from "./repo.ts";

/** Of a build that told nothing of single actions, since nothing moved. */
const NOTHING = {};

describe("c-program", () => {
  const SRC = "output/calculator/src";

  async function program(): Promise<Repo> {
    const made = repo({}, "pipelines/examples/c-program");
    expect(await made.build()).toEqual({
      "build/calc.o": "ran",
      "build/main.o": "ran",
      "build/report.o": "ran",
      "build/calculator": "ran",
      "build/check.txt": "ran",
    });
    return made;
  }

  const calculate = (made: Repo, ...words: string[]) =>
    execFileSync(made.path("output/calculator/build/calculator"), words, { encoding: "utf8" });

  const outcomes = (calc: string, main: string, report: string, calculator: string, check: string) => ({
    "build/calc.o": calc,
    "build/main.o": main,
    "build/report.o": report,
    "build/calculator": calculator,
    "build/check.txt": check,
  });

  test("makes a program that works, once", async () => {
    const made = await program();
    expect(calculate(made, "9", "/", "2")).toBe("9 / 2 = 4\n");
    expect(made.read("output/calculator/build/check.txt")).toBe("6 x 7 = 42\n");
    expect(await made.build()).toEqual(NOTHING);
  });

  test("an edited header: the units that read it, and no other", async () => {
    const made = await program();
    made.edit(`${SRC}/report.h`, '"%ld %c %ld = %ld\\n"', '"%ld %c %ld  =  %ld\\n"');
    const { "build/check.txt": check, ...rest } = await made.build();
    expect(rest).toEqual({
      "build/calc.o": "fresh",
      "build/main.o": "ran", // It includes the header: its object comes out the same.
      "build/report.o": "ran",
      "build/calculator": "ran",
    });
    expect(check).toContain("the command ended with exit code 1: in/program 6 x 7 > out/check.txt");
    made.edit(`${SRC}/report.h`, "  =  ", " = ");
    expect(await made.build()).toEqual(outcomes("fresh", "restored", "restored", "restored", "fresh"));
  });

  test("a comment in a header goes no further than the objects", async () => {
    const made = await program();
    made.edit(`${SRC}/calc.h`, "#define CALC_H\n", "#define CALC_H\n/* One operation at a time. */");
    expect(await made.build()).toEqual(outcomes("ran", "ran", "fresh", "fresh", "fresh"));
  });

  test("a new source and header, and their removal", async () => {
    const made = await program();
    made.write(`${SRC}/extra.h`, "int extra(void);\n");
    made.write(`${SRC}/extra.c`, '#include "extra.h"\nint extra(void) { return 1; }\n');
    expect(await made.build()).toEqual({
      ...outcomes("ran", "ran", "ran", "ran", "ran"),
      "build/extra.o": "ran",
    });
    made.remove(`${SRC}/extra.h`);
    made.remove(`${SRC}/extra.c`);
    expect(await made.build()).toEqual({
      ...outcomes("restored", "restored", "restored", "restored", "restored"),
      "build/extra.o": "removed",
    });
  });

  test("options: one compiles otherwise, the other leaves a target out", async () => {
    const made = await program();
    expect(await made.build("--set", "check=false")).toEqual({
      "build/calc.o": "fresh",
      "build/main.o": "fresh",
      "build/report.o": "fresh",
      "build/calculator": "fresh",
      "build/check.txt": "removed",
    });
    const built = await made.build("--set", "optimize=-O0");
    expect(built).toMatchObject({ "build/calc.o": "ran", "build/main.o": "ran", "build/report.o": "ran" });
  });

  test("a mistake in the source is the compiler's to tell, by the name that its folder gives the file", async () => {
    const made = await program();
    made.edit(`${SRC}/calc.c`, "return 1;", "return 1");
    const { "build/calc.o": problem } = await made.build("-k");
    expect(problem).toMatch(/^pipelines\/\S+:\d+:\d+: the command ended with exit code 1: cc -O2 -Wall /);
    expect(problem).toMatch(/in\/source\.c:\d+:\d+: error: expected .;./);
  });

  test("with the whole tree as one input, the compiler tells the names that files have", async () => {
    const made = repo({}, "pipelines/examples/c-program");
    made.edit("pipelines/c-program.yaml", "-I in/headers -c ${in.source}", "-c in/tree/${unit}.c");
    made.edit(
      "pipelines/c-program.yaml",
      '{ source: "src/${unit}.c", headers: "src/*.h" }',
      '{ tree: "src/**" }',
    );
    expect(await made.build()).toEqual(outcomes("ran", "ran", "ran", "ran", "ran"));
    made.edit(`${SRC}/calc.c`, "return 0;", "return 0 ;");
    expect(await made.build()).toEqual(outcomes("ran", "fresh", "fresh", "fresh", "fresh"));
    made.edit(`${SRC}/calc.c`, "return 1;", "return 1");
    expect((await made.build())["build/calc.o"]).toMatch(/in\/tree\/calc\.c:\d+:\d+: error: /);
  });
});

describe("site", () => {
  const PAGES = "output/notes/pages";

  async function site(): Promise<Repo> {
    const made = repo({}, "pipelines/examples/site");
    expect(await made.build()).toEqual(outcomes("ran", "ran", "ran", "ran", "ran"));
    return made;
  }

  const outcomes = (content: string, early: string, make: string, words: string, index: string) => ({
    "site/content.html": content,
    "site/early-cutoff.html": early,
    "site/make.html": make,
    "work/words.txt": words,
    "site/index.html": index,
  });

  const index = (made: Repo) => made.read("output/notes/site/index.html");

  test("a page for each file, and an index of them all, once", async () => {
    const made = await site();
    expect(made.read("output/notes/site/make.html")).toContain(
      "<h1>Make</h1>\n<p>The oldest of them, from 1976. A rule names a <strong>target</strong>,",
    );
    expect(index(made)).toContain('<li><a href="early-cutoff.html">Early cutoff</a></li>');
    expect(index(made)).toContain("<p>93 words</p>");
    expect(await made.build()).toEqual(NOTHING);
  });

  test("an edited page; the index only where its title or the number of words is another", async () => {
    const made = await site();
    made.edit(`${PAGES}/make.md`, "1976", "1977");
    expect(await made.build()).toEqual(outcomes("fresh", "fresh", "ran", "ran", "fresh"));
    made.edit(`${PAGES}/make.md`, "# Make", "# Makefiles");
    expect(await made.build()).toEqual(outcomes("fresh", "fresh", "ran", "ran", "ran"));
    expect(index(made)).toContain("Makefiles</a>");
  });

  test("a removed page takes its files along; a new one brings its own", async () => {
    const made = await site();
    made.remove(`${PAGES}/make.md`);
    expect(await made.build()).toEqual({
      "site/content.html": "fresh",
      "site/early-cutoff.html": "fresh",
      "work/words.txt": "ran",
      "site/index.html": "ran",
      "site/make.html": "removed",
      "work/make.json": "removed",
    });
    expect(made.has("output/notes/site/make.html")).toBe(false);
    made.write(`${PAGES}/ninja.md`, "# Ninja\n\nFast.\n");
    expect(await made.build()).toMatchObject({ "site/ninja.html": "ran", "site/index.html": "ran" });
    made.write(`${PAGES}/untitled.md`, "Nothing.\n");
    expect((await made.build("-k"))["site/untitled.html"]).toBe(
      "output/notes/pages/untitled.md has no title.",
    );
  });

  test("without the count the index does without it", async () => {
    const made = await site();
    expect(await made.build("--set", "count=false")).toEqual(
      outcomes("fresh", "fresh", "fresh", "removed", "ran"),
    );
    expect(index(made)).not.toContain("words");
    expect(await made.build()).toEqual(outcomes("fresh", "fresh", "fresh", "restored", "restored"));
  });

  test("the converter is in the key: a change of it makes the pages again, and the index only if they tell otherwise", async () => {
    const made = await site();
    made.edit("tasks/lib/markdown.ts", "<strong>$1</strong>", "<b>$1</b>");
    expect(await made.build()).toEqual(outcomes("ran", "ran", "ran", "fresh", "fresh"));
    made.edit("tasks/lib/html.ts", "<!doctype html>", "<!DOCTYPE html>");
    expect(await made.build()).toEqual(outcomes("ran", "ran", "ran", "fresh", "ran"));
  });
});
