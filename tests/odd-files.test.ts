/** Files that are not what a build would wish for: links, pipes, odd names, and times that are wrong. */
import { spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cliShop } from "./cli-shop.ts";
import { COPY, LIST, WORDS } from "./pipelines.ts";
import { workshop } from "./workshop.ts";

describe("names", () => {
  test("two stories whose names are one where a file system composes Unicode are an error before anything runs", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": LIST,
      "scripts/caf\u00e9.txt": "one",
      "scripts/cafe\u0301.txt": "two",
    });
    await expect(shop.build()).rejects.toThrow(
      "pipelines/p.yaml:7:67: 'work/caf\u00e9.json' and 'work/cafe\u0301.json' are one file where a file system folds case or accents.",
    );
    expect(readdirSync(shop.places.folder)).not.toContain("work");
  });

  test("two stories whose names differ in case alone are an error before anything runs", async () => {
    const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/One.txt": "one", "scripts/one.txt": "two" });
    await expect(shop.build()).rejects.toThrow(
      "pipelines/p.yaml:7:67: 'work/one.json' and 'work/One.json' are one file where a file system folds case or accents.",
    );
  });

  test("the program takes odd names as goals and for --force, from any folder", async () => {
    const odd = ["-rf", "two words", "it's", 'say "hi"', "line\nbreak", "😀", "*", "$HOME", "e\u0301"];
    const shop = cliShop(COPY, Object.fromEntries(odd.map((name) => [`scripts/${name}.txt`, name])));
    const paths = odd.map((name) => `copy/${name}.txt`);
    const goals = await shop.build({
      project: `demo/${paths[0]}`,
      args: paths.slice(1).map((path) => `output/demo/${path}`),
    });
    expect(goals).toMatchObject({
      code: 0,
      stderr: "",
      ran: Object.fromEntries(paths.map((path) => [path, "ran"])),
    });
    for (const name of odd) expect(shop.read(`copy/${name}.txt`)).toBe(name);
    const force = paths.flatMap((path) => ["--force", `output/demo/${path}`]);
    expect((await shop.build({ args: force })).ran).toEqual(goals.ran);
    expect(await shop.build()).toMatchObject({ code: 0, ran: {}, stderr: "" });
  });
});

describe("odd files", () => {
  test("a source by a link: its content counts, and where it leads", async () => {
    const shop = workshop({ "/pipelines/p.yaml": WORDS, "/far/one.txt": "one", "/far/two.txt": "two" });
    symlinkSync(shop.path("/far/one.txt"), shop.path("notes.txt"));
    await shop.build();
    expect(shop.read("words.txt")).toBe("ONE");
    shop.write("/far/one.txt", "won");
    expect((await shop.build()).ran).toEqual({ "words.txt": "ran" });
    expect(shop.read("words.txt")).toBe("WON");
    rmSync(shop.path("notes.txt"));
    symlinkSync(shop.path("/far/two.txt"), shop.path("notes.txt"));
    await shop.build();
    expect(shop.read("words.txt")).toBe("TWO");
    shop.remove("/far/two.txt");
    await expect(shop.build()).rejects.toThrow(/'text': there is no file output\/demo\/notes\.txt\.\n/);
  });

  test("an output's place that is a link: what it leads to is nobody's to overwrite", async () => {
    const shop = workshop({ "/pipelines/p.yaml": WORDS, "notes.txt": "one", "/far/mine.txt": "mine" });
    symlinkSync(shop.path("/far/mine.txt"), shop.path("words.txt"));
    expect((await shop.build()).ran).toEqual({ "words.txt": "edited" });
    expect((await shop.build({ force: ["words.txt"] })).ran).toEqual({ "words.txt": "ran" });
    expect([shop.read("words.txt"), shop.read("/far/mine.txt")]).toEqual(["ONE", "mine"]);
    expect(lstatSync(shop.path("words.txt")).isFile()).toBe(true);
  });

  test("an outputs' folder that is a link to another disk stays one", async () => {
    const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one" });
    mkdirSync(shop.path("/far"));
    symlinkSync(shop.path("/far"), shop.path("said"));
    await shop.build();
    expect(shop.read("/far/a_01.txt")).toBe("one");
    shop.write("scripts/a.txt", "two\nthree");
    await shop.build();
    expect([shop.read("/far/a_01.txt"), shop.read("/far/a_02.txt")]).toEqual(["two", "three"]);
    shop.remove("scripts/a.txt");
    await shop.build();
    expect([readdirSync(shop.path("/far")), lstatSync(shop.path("said")).isSymbolicLink()]).toEqual([
      [],
      true,
    ]);
  });

  test("a pipe is never opened: as a source, in a glob, in an output's place", async () => {
    const shop = workshop({ "/pipelines/p.yaml": WORDS });
    const pipe = (path: string) => expect(spawnSync("mkfifo", [shop.path(path)]).status).toBe(0);
    pipe("notes.txt");
    await expect(shop.build()).rejects.toThrow(
      /output\/demo\/notes\.txt is a pipe, socket or device, where a file is expected\.\n/,
    );
    rmSync(shop.path("notes.txt"));
    shop.write("notes.txt", "one");
    pipe("words.txt");
    expect((await shop.build()).problems).toEqual([
      "output/demo/words.txt is a pipe, socket or device, where an output has to be.",
    ]);
    rmSync(shop.path("words.txt"));
    shop.write("/pipelines/p.yaml", WORDS.replace("./notes.txt", '"./n*.txt"'));
    pipe("next.txt");
    expect((await shop.build()).ran).toEqual({ "words.txt": "ran" });
  });

  test("clocks that go wrong: files of the future and a clock set back cost a reading, and no edit is missed", async () => {
    const shop = workshop({ "/pipelines/p.yaml": WORDS, "notes.txt": "one" });
    const future = new Date("2101-01-01");
    utimesSync(shop.path("notes.txt"), future, future);
    for (const [hours, text] of [
      [0, "two"],
      [24, "six"],
      [-24, "ten"],
      [0, "one"],
    ] as const) {
      shop.clock = hours * 3_600_000;
      await shop.build();
      expect((await shop.build()).ran).toEqual({ "words.txt": "fresh" });
      shop.tick();
      shop.write("notes.txt", text);
      utimesSync(shop.path("notes.txt"), future, future);
      await shop.build();
      expect(shop.read("words.txt")).toBe(text.toUpperCase());
    }
  });
});
