/** Mistakes of a pipeline that only its files bring to light: whole messages, with the place that asks for them. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { workshop } from "./workshop.ts";

const SORTED = `
axes:
  region: { files: "data/\${region}.txt" }
  ss: { items: "\${sorted.count}" }
targets:
  sorted:
    run: sort \${in.t} > \${out.rows}; wc -l < \${in.t} > \${out.count}
    in: { t: "data/\${region}.txt" }
    out: { rows: "sorted/\${region}.csv", count: "sorted/\${region}.count.json" }
`;

describe("lists", () => {
  test("an axis that no target uses is not expanded", async () => {
    const shop = workshop({ "/pipelines/p.yaml": SORTED, "data/far east.txt": "b\na\n" });
    expect((await shop.build()).ran).toEqual({ "sorted/far east.csv": "ran" });
  });

  test("what cannot be an axis names its own file and value, and the place that lists it", async () => {
    const used = `${SORTED}  each: { run: "echo > \${out}", out: "each/\${region}_\${ss}.txt" }\n`;
    const shop = workshop({ "/pipelines/p.yaml": used, "data/far east.txt": "b\na\n" });
    const built = await shop.build();
    expect(built.problems).toMatchInlineSnapshot(`
      [
        "pipelines/p.yaml:4:17: sorted/far east.count.json: sorted.count, which the axis 'ss' lists: 2 is no list.
        4 |   ss: { items: "\${sorted.count}" }
          |                 ^",
      ]
    `);
  });

  test("two entries with one key, and keys that cannot stand in a path", async () => {
    const shop = workshop({
      "/pipelines/p.yaml":
        `
axes:
  q: { items: "\${c.x}", key: id }
  r: { items: "\${d}" }
targets:
  c: { run: "cat \${in.t} > \${out}", in: { t: ./c.json }, out: c1.json }
  d: { run: "cat \${in.t} > \${out}", in: { t: ./d.json }, out: d1.json }
  q: { run: "echo > \${out}", out: "q/\${q}.txt" }
`.replaceAll("  q: { run", "  qs: { run") + `  rs: { run: "echo > \${out}", out: "r/\${r}.txt" }\n`,
      "c.json": '{ "x": [{ "id": 1 }, { "id": "1" }] }',
      "d.json": '["a/b"]',
    });
    const built = await shop.build({ keepGoing: true });
    expect(built.problems).toMatchInlineSnapshot(`
      [
        "pipelines/p.yaml:3:16: c1.json: c.x, which the axis 'q' lists: two entries have the key "1". The axis's 'key' says which member of an entry is its key, here 'id'.
        3 |   q: { items: "\${c.x}", key: id }
          |                ^",
        "pipelines/p.yaml:4:16: d1.json: d, which the axis 'r' lists: the key "a/b" cannot stand in a path: a key has no '/' and no '\\', and is not '.' or '..'. Entries that are maps can have another key: the member that the axis's 'key' names.
        4 |   r: { items: "\${d}" }
          |                ^",
      ]
    `);
  });
});

describe("one output of two targets that a list brings to light", () => {
  const TWICE = `
axes:
  q: { items: "\${list.items}", key: text }
targets:
  list: { task: split, in: { text: ./list.txt }, out: list.json }
  fixed: { run: "echo fixed > \${out}", out: x/one.txt }
  each: { run: "echo each > \${out}", out: "x/\${q}.txt" }
`;

  test("is told with the place of the second, and nothing of the list is made", async () => {
    const shop = workshop({ "/pipelines/p.yaml": TWICE, "list.txt": "two\none\n" });
    const built = await shop.build({ keepGoing: true });
    expect(built.problems).toMatchInlineSnapshot(`
      [
        "pipelines/p.yaml:7:43: 'each' and 'fixed' both make 'x/one.txt': every output has one target.
        7 |   each: { run: "echo each > \${out}", out: "x/\${q}.txt" }
          |                                           ^",
      ]
    `);
    expect(built.ran).toEqual({
      "list.json": "ran",
      "x/one.txt": "ran",
      "list.json (q)": "failed",
    });
    expect(shop.read("x/one.txt")).toBe("fixed\n");
  });

  test("also where the first is up to date and not looked at", async () => {
    const shop = workshop({ "/pipelines/p.yaml": TWICE, "list.txt": "two\n" });
    expect((await shop.build()).ok).toBe(true);
    shop.clock += 10_000;
    shop.write("list.txt", "two\none\n");
    const built = await shop.build({ keepGoing: true });
    expect(built.ok).toBe(false);
    expect(built.problems).toMatchInlineSnapshot(`
      [
        "pipelines/p.yaml:7:43: 'each' and 'fixed' both make 'x/one.txt': every output has one target.
        7 |   each: { run: "echo each > \${out}", out: "x/\${q}.txt" }
          |                                           ^",
      ]
    `);
    expect(shop.read("x/one.txt")).toBe("fixed\n");
  });
});

describe("sources, before anything runs and all at once", () => {
  const SOURCES = `
axes:
  region: { files: "data/\${region}.csv" }
  part: { items: "\${list.items}", key: text }
targets:
  list: { task: split, in: { text: ./list.txt }, out: list.json }
  card: { task: say, with: { text: x }, out: "cards/\${part}.txt" }
  a: { run: "cat \${in.all} > \${out}", in: { all: ["./data/nö.csv", ./data, "./cards/one.txt"] }, out: a.txt }
  b: { run: "cat \${in.x} \${in.y} > \${out}", in: { x: "/nothing/*.c", y: ./list.json }, out: b.txt }
  c: { run: "cat \${in.x} > \${out}", in: { x: "notes/\${region}.txt" }, out: "c/\${region}.txt" }
  d: { task: join, in: { parts: "notes/\${part}.txt", extra: "\${project.music}" }, out: "d/\${part}.txt" }
  e: { task: join, in: { parts: [], extra: "\${project.music}" }, out: e.txt }
`;
  const FILES = {
    "/pipelines/p.yaml": SOURCES,
    "list.txt": "one\n",
    "data/no.csv": "",
    "data/so.csv": "",
    "notes/no.txt": "",
  };

  test("what leads nowhere, to a folder, or to what a target makes", async () => {
    const shop = workshop(FILES);
    const settings = { music: "/music/a.mp3" };
    await expect(shop.build({ settings })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [Diagnostics: pipelines/p.yaml:8:51: 'all': there is no file output/demo/data/nö.csv. Did you mean 'no.csv'?
        8 |   a: { run: "cat \${in.all} > \${out}", in: { all: ["./data/nö.csv", ./data, "./cards/one.txt"] }, out: a.txt }
          |                                                   ^

      pipelines/p.yaml:8:68: output/demo/data is a folder, where a file is expected. All files in it: ./data/**
        8 |   a: { run: "cat \${in.all} > \${out}", in: { all: ["./data/nö.csv", ./data, "./cards/one.txt"] }, out: a.txt }
          |                                                                    ^

      pipelines/p.yaml:8:76: 'all': there is no file output/demo/cards/one.txt. The target 'card' may make it: name the target instead of its file.
        8 |   a: { run: "cat \${in.all} > \${out}", in: { all: ["./data/nö.csv", ./data, "./cards/one.txt"] }, out: a.txt }
          |                                                                            ^

      pipelines/p.yaml:9:54: 'x': no file matches /nothing/*.c.
        9 |   b: { run: "cat \${in.x} \${in.y} > \${out}", in: { x: "/nothing/*.c", y: ./list.json }, out: b.txt }
          |                                                      ^

      pipelines/p.yaml:9:73: output/demo/list.json is made by 'list': name the target instead of its file.
        9 |   b: { run: "cat \${in.x} \${in.y} > \${out}", in: { x: "/nothing/*.c", y: ./list.json }, out: b.txt }
          |                                                                         ^

      pipelines/p.yaml:10:46: 'x': there is no file output/demo/notes/so.txt.
        10 |   c: { run: "cat \${in.x} > \${out}", in: { x: "notes/\${region}.txt" }, out: "c/\${region}.txt" }
           |                                              ^

      pipelines/p.yaml:12:44: 'extra': there is no file music/a.mp3. It is what faceless.config.yaml has as 'music'.
        12 |   e: { task: join, in: { parts: [], extra: "\${project.music}" }, out: e.txt }
           |                                            ^]
    `);
    expect(existsSync(shop.path("list.json"))).toBe(false);
    await expect(shop.build({ settings, dryRun: true })).rejects.toThrow("is a folder");
    const { ran } = await shop.build({ settings, keepGoing: true });
    expect(ran).toMatchObject({ "list.json": "ran", "c/no.txt": "failed", "c/so.txt": "failed" });
  });

  test("of goals, only what they need", async () => {
    const shop = workshop(FILES);
    const settings = { music: null };
    expect((await shop.build({ settings, goals: ["cards/one.txt"] })).ok).toBe(true);
    await expect(shop.build({ settings, goals: ["c/so.txt"] })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [Diagnostics: pipelines/p.yaml:10:46: 'x': there is no file output/demo/notes/so.txt.
        10 |   c: { run: "cat \${in.x} > \${out}", in: { x: "notes/\${region}.txt" }, out: "c/\${region}.txt" }
           |                                              ^]
    `);
  });

  test("also where little is looked at", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": "targets: { a: { task: upper, in: { text: ./b.txt }, out: a.txt } }",
      "b.txt": "one",
    });
    await shop.build();
    shop.clock += 10_000;
    shop.remove("b.txt");
    await expect(shop.build()).rejects.toThrow("'text': there is no file output/demo/b.txt.");
    shop.write("b.txt", "two");
    expect((await shop.build()).ran).toEqual({ "a.txt": "ran" });
  });
});
