/** Mistakes of a pipeline that only its files bring to light: whole messages, with the place that asks for them. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sayBecause } from "../lib/report/sentences.ts";
import { type Built, helps, notices, workshop } from "./workshop.ts";

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
      "/pipelines/p.yaml": `
axes:
  q: { items: "\${c.x}", key: id }
  r: { items: "\${d}" }
targets:
  c: { run: "cat \${in.t} > \${out}", in: { t: ./c.json }, out: c1.json }
  d: { run: "cat \${in.t} > \${out}", in: { t: ./d.json }, out: d1.json }
  qs: { run: "echo > \${out}", out: "q/\${q}.txt" }
  rs: { run: "echo > \${out}", out: "r/\${r}.txt" }
`,
      "c.json": '{ "x": [{ "id": 1 }, { "id": "1" }] }',
      "d.json": '["a/b"]',
    });
    const built = await shop.build({ keepGoing: true });
    expect([...built.problems].sort()).toMatchInlineSnapshot(`
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
    expect((await shop.build({ settings, goals: ["cards"] })).ok).toBe(true);
    await expect(shop.build({ settings, goals: ["c"] })).rejects.toThrow("output/demo/notes/so.txt");
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

describe("values and inputs that are not what they have to be", () => {
  test("each names itself, and what to do", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
axes:
  region: { values: [far east, north] }
targets:
  list: { task: split, in: { text: ./list.txt }, out: list.json }
  broken: { run: "cat \${in.t} > \${out}", in: { t: ./list.txt }, out: broken.json }
  a: { run: "echo \${list.items} > \${out}", out: a.txt }
  b: { run: "echo \${list.items.0} > \${out}", out: b.txt }
  c: { task: say, with: { text: "\${list.items.0.number}" }, out: c.txt }
  d: { task: say, with: { text: x, times: "\${list.title}" }, out: d.txt }
  e: { run: "echo \${broken.x} > \${out}", out: e.txt }
  f: { run: "cat \${in.t} > \${out}", in: { t: "./\${region}.txt" }, out: "f/\${region}.txt" }
  g: { run: "cat \${in.b} > \${out}", in: { b: "f[region-1]" }, out: "g/\${region}.txt" }
  h: { task: upper, in: { text: "f[region+1]" }, out: "h/\${region}.txt" }
`,
      "list.txt": "one",
      "far east.txt": "x",
      "north.txt": "x",
    });
    expect([...(await shop.build({ keepGoing: true })).problems].sort().join("\n\n")).toMatchInlineSnapshot(`
      "pipelines/p.yaml:10:36: with.times: expected a number, found the string 'list'.
        10 |   d: { task: say, with: { text: x, times: "\${list.title}" }, out: d.txt }
           |                                    ^

      pipelines/p.yaml:11:19: output/demo/broken.json is no JSON: Unexpected token 'o', "one" is not valid JSON.
        11 |   e: { run: "echo \${broken.x} > \${out}", out: e.txt }
           |                   ^

      pipelines/p.yaml:13:46: 'b' of g/far east.txt is absent, and 'g' needs it. There is no region that far before this one. Written as a list, it may be absent: ["f[region-1]"]
        13 |   g: { run: "cat \${in.b} > \${out}", in: { b: "f[region-1]" }, out: "g/\${region}.txt" }
           |                                              ^

      pipelines/p.yaml:14:33: 'text' of h/north.txt is absent, and 'h' needs it. There is no region that far after this one.
        14 |   h: { task: upper, in: { text: "f[region+1]" }, out: "h/\${region}.txt" }
           |                                 ^

      pipelines/p.yaml:7:19: 'list.items' is a list and cannot stand inside a text.
        7 |   a: { run: "echo \${list.items} > \${out}", out: a.txt }
          |                   ^

      pipelines/p.yaml:8:19: 'list.items.0' is a map and cannot stand inside a text.
        8 |   b: { run: "echo \${list.items.0} > \${out}", out: b.txt }
          |                   ^

      pipelines/p.yaml:9:27: with.text: expected a string, found the number 1. A value that is nothing but one \${…} keeps its type: write some text beside it.
        9 |   c: { task: say, with: { text: "\${list.items.0.number}" }, out: c.txt }
          |                           ^"
    `);
  });

  test("of a value that is known before: the same", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
options: { loud: true }
targets:
  a: { task: say, with: { text: "\${options.loud}" }, out: a.txt }
  b: { task: say, with: { text: yes, times: "2" }, out: b.txt }
`,
    });
    await expect(shop.build()).rejects.toThrowErrorMatchingInlineSnapshot(`
      [Diagnostics: pipelines/p.yaml:4:27: with.text: expected a string, found true. A value that is nothing but one \${…} keeps its type: write some text beside it.
        4 |   a: { task: say, with: { text: "\${options.loud}" }, out: a.txt }
          |                           ^

      pipelines/p.yaml:5:38: with.times: expected a number, found the string '2'. Remove the quotes.
        5 |   b: { task: say, with: { text: yes, times: "2" }, out: b.txt }
          |                                      ^]
    `);
  });

  test("a file that was edited by hand and is no JSON any more", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
axes:
  item: { items: "\${list.items}", key: text }
targets:
  list: { task: split, in: { text: ./list.txt }, out: list.json }
  title: { run: "echo \${list.title} > \${out}", out: title.txt }
  each: { run: "echo > \${out}", out: "each/\${item}.txt" }
`,
      "list.txt": "one",
    });
    await shop.build();
    shop.write("list.json", "{ mine");
    const built = await shop.build({ keepGoing: true });
    const told = [...built.problems, ...helps(built)].join("\n\n");
    // Newer versions of Node tell line and column too.
    expect(told.replace(/ \(line \d+ column \d+\)/g, "")).toMatchInlineSnapshot(`
      "pipelines/p.yaml:3:19: output/demo/list.json is no JSON: Expected property name or '}' in JSON at position 2.
        3 |   item: { items: "\${list.items}", key: text }
          |                   ^

      pipelines/p.yaml:6:23: output/demo/list.json is no JSON: Expected property name or '}' in JSON at position 2.
        6 |   title: { run: "echo \${list.title} > \${out}", out: title.txt }
          |                       ^

      It was edited by hand: mend it, or build with --force and its path.

      It was edited by hand: mend it, or build with --force and its path."
    `);
  });

  test("a file that is no JSON: whoever its bytes are from is to mend it", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
targets:
  list: { task: split, in: { text: ./list.txt }, out: list.json }
  title: { run: "echo \${list.title} > \${out}", out: title.txt }
  draft: { run: "cat \${in.t} > \${out}", in: { t: ./list.txt }, out: draft.json }
  name: { run: "echo \${draft.name} > \${out}", out: name.txt }
`,
      "list.txt": "one",
      "pinned/list.json": "{ mine",
    });
    const mend = "It is as 'draft' makes it, so what makes it is to be mended.";
    const pinned = "It is what output/demo/pinned/list.json has: mend that file.";
    const edited = "It was edited by hand: mend it, or build with --force and its path.";
    const told = async (how: { dryRun?: true; accept?: true }) =>
      helps(await shop.build({ keepGoing: true, ...how })).sort();
    // What is in pinned/ is known before it is in its place, and what a command makes is not.
    expect(await told({ dryRun: true })).toEqual([pinned]);
    expect(await told({})).toEqual([mend, pinned]);
    expect(await told({ dryRun: true })).toEqual([mend, pinned]);
    shop.remove("pinned/list.json");
    shop.write("list.json", "{ too");
    expect(await told({})).toEqual([mend, edited]);
    await told({ accept: true });
    expect(await told({})).toEqual([mend, edited]);
  });
});

test("a command that YAML cut at ' #' is shown as it ran", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
targets:
  a:
    run: echo hi # there > \${out}
    out: a.txt
  b:
    run: |
      # Nothing comes of it.
      : > \${out}
    out: b.txt
`,
  });
  expect([...(await shop.build({ keepGoing: true })).problems].sort()).toMatchInlineSnapshot(`
    [
      "pipelines/p.yaml:4:10: the output a.txt was not made, though nothing reported a failure. What ran: echo hi",
      "pipelines/p.yaml:8:7: the output b.txt is empty, though nothing reported a failure. What ran: # Nothing comes of it.
    : > out/b.txt",
    ]
  `);
});

test("why a command runs again: the value by its name, or the text before and after", async () => {
  const pipeline = (run: string) => `
options: { flags: -O2 }
targets:
  a: { run: "${run} \${options.flags} \${in.t} > \${out}", in: { t: ./t.txt }, out: a.txt }
`;
  const shop = workshop({ "/pipelines/p.yaml": pipeline("echo"), "t.txt": "t" });
  const reasons = ({ events }: Built) =>
    events.flatMap((event) => (event.type === "finished" ? event.because.map(sayBecause) : []));
  await shop.build();
  expect(reasons(await shop.build({ options: { flags: "-O0" } }))).toEqual(["flags changed: -O2 -> -O0"]);
  shop.write("/pipelines/p.yaml", pipeline("echo -n"));
  expect(reasons(await shop.build({ options: { flags: "-O0" } }))).toEqual([
    "run changed: 'echo … … > …' -> 'echo -n … … > …'",
  ]);
  shop.write("/pipelines/p.yaml", pipeline("echo -n $(wc -l < ${in.t})"));
  expect(reasons(await shop.build())).toEqual([
    "run changed: 'echo -n … … > …' -> 'echo -n $(wc -l < …) … … > …'",
    "values changed: '-O0…in/t.txt…out/a.txt' -> 'in/t.txt…-O2…in/t.txt…out/a.txt'",
  ]);
});

test("files that look like a pin or a source and are none are named, once something else is looked at", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
axes: { story: { files: "scripts/\${story}_script.{json,yaml}" } }
targets:
  card: { task: upper, in: { text: "scripts/\${story}_script.*" }, out: "cards/\${story}.txt" }
  all: { task: join, in: { parts: "scripts/all.json" }, out: all.txt }
`,
    "scripts/fig_script.json": "one",
    "scripts/foo.json": "two",
    "scripts/all.json": "three",
    "scripts/notes.md": "four",
    "pinned/card/fig.txt": "mine",
    "pinned/Cards/fig.txt": "mine",
    "pinned/cards/fig.txt": "mine",
    "pinned/other": "mine",
    "pinned/.keep": "",
  });
  const told = [
    "output/demo/pinned/Cards/fig.txt is the path of no output, so nothing uses it. Did you mean pinned/cards/fig.txt?",
    "output/demo/pinned/card/fig.txt is the path of no output, so nothing uses it. Did you mean pinned/cards/fig.txt?",
    "output/demo/pinned/other is the path of no output, so nothing uses it.",
    "output/demo/scripts/foo.json is read by no target: the axis 'story' takes scripts/${story}_script.{json,yaml}",
  ];
  const built = await shop.build();
  expect([built.ran, notices(built)]).toEqual([{ "cards/fig.txt": "pinned", "all.txt": "ran" }, told]);
  expect(notices(await shop.build({ goals: ["all.txt"] }))).toEqual([]);
  expect(notices(await shop.build({ dryRun: true }))).toEqual([]);
  for (const path of ["pinned/Cards/fig.txt", "pinned/card/fig.txt", "pinned/other", "scripts/foo.json"])
    shop.remove(path);
  expect(notices(await shop.build())).toEqual([]);
});
