/** `segment[scene in part.scenes]`: an input that gathers only the entries that a list names. */
import { describe, expect, test } from "vitest";
import { Diagnostics } from "../lib/base/diagnostic.ts";
import { readDocument } from "../lib/base/document.ts";
import type { Outline } from "../lib/model/outline.ts";
import { compilePipeline } from "../lib/pipeline/compile.ts";
import { Graph } from "../lib/pipeline/graph.ts";
import { repo } from "./small-repo.ts";
import { TASKS, type Workshop, workshop } from "./workshop.ts";

function compile(text: string) {
  return compilePipeline(readDocument(text, "pipelines/p.yaml"), {
    project: { niche: "demo" },
    options: {},
    tasks: new Map(TASKS.map((task) => [task.type, task])),
    pools: [],
  });
}

/** The whole text that a person would see. */
function complaints(text: string): string {
  try {
    compile(text);
  } catch (error) {
    if (error instanceof Diagnostics) return error.message;
    throw error;
  }
  return "no complaint";
}

/** Parts of a film: each of some scenes. A cut lists the parts of one story on one platform. */
const PARTS = `
axes:
  story: { files: "scripts/\${story}.txt" }
  platform: { values: [wide, tall] }
  scene: { items: "\${script.items}", key: number, pad: 2 }
  part: { items: "\${timeline.parts}", key: part }
targets:
  script: { task: split, in: { text: "scripts/\${story}.txt" }, out: "work/\${story}.json" }
  segment: { task: say, with: { text: "\${scene.text} \${platform}" }, out: "seg/\${story}_\${scene}_\${platform}.txt" }
  timeline: { run: "cp \${in.cuts} \${out}", in: { cuts: "cuts/\${story}_\${platform}.json" }, out: "work/\${story}_\${platform}.json" }
  reel: { task: join, in: { parts: "segment[scene in part.scenes]" }, out: "reel/\${story}_\${platform}_\${part}.txt" }
`;

const cuts = (...parts: unknown[]) =>
  JSON.stringify({ parts: parts.map((scenes, i) => ({ part: i + 1, scenes })) });

/** Whose first build is done. */
async function film(tall: string = cuts([1, 2], [{ scene: 3 }, { scene: 2 }])): Promise<Workshop> {
  const shop = workshop({
    "/pipelines/p.yaml": PARTS,
    "scripts/a.txt": "one\ntwo\nthree",
    "cuts/a_wide.json": cuts(),
    "cuts/a_tall.json": tall,
  });
  await shop.build({ keepGoing: true });
  return shop;
}

const only = (ran: Readonly<Record<string, string>>, ...outcomes: string[]) =>
  Object.keys(ran)
    .filter((id) => outcomes.includes(ran[id]!))
    .sort();

describe("what is gathered", () => {
  test("an output by its name, of a target that has several", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": PARTS.replace("segment[scene", "segment.quiet[scene").replace(
        /segment: .*/,
        `segment:
    run: "echo \${scene.text} \${platform} > \${out.loud} && echo hush \${scene.text} > \${out.quiet}"
    out: { loud: "loud/\${story}_\${scene}_\${platform}.txt", quiet: "quiet/\${story}_\${scene}_\${platform}.txt" }`,
      ),
      "scripts/a.txt": "one\ntwo\nthree",
      "cuts/a_wide.json": cuts(),
      "cuts/a_tall.json": cuts([3, 1]),
    });
    expect(await shop.build()).toMatchObject({ ok: true });
    expect(shop.read("reel/a_tall_1.txt")).toBe("hush one\n|hush three\n");
  });

  test("the entries that are named, by key or in a map, in the axis's order", async () => {
    const shop = await film();
    expect(shop.read("reel/a_tall_1.txt")).toBe("one tall|two tall");
    expect(shop.read("reel/a_tall_2.txt")).toBe("two tall|three tall");
  });

  test("nothing, where nothing is named, and no part where none is listed", async () => {
    const shop = await film(cuts([]));
    const { ok, ran } = await shop.build();
    expect([ok, Object.keys(ran).filter((id) => id.startsWith("reel/"))]).toEqual([
      false,
      ["reel/a_tall_1.txt"],
    ]);
    shop.write("cuts/a_tall.json", cuts());
    expect((await shop.build()).ok).toBe(true);
  });

  test("an edit of another entry leaves it alone, in a build of a part as in one of everything", async () => {
    const shop = await film();
    let read = 0;
    const onRead = () => {
      read += 1;
    };
    shop.write("scripts/a.txt", "ONE\ntwo\nthree");
    const { ran } = await shop.build({ onRead });
    const remade = ["reel/a_tall_1.txt", "seg/a_01_tall.txt", "seg/a_01_wide.txt", "work/a.json"];
    expect([read, only(ran, "ran")]).toEqual([0, remade]);
    shop.write("scripts/a.txt", "one\ntwo\nTHREE");
    shop.remove(".faceless/snapshot");
    const whole = (await shop.build({ onRead })).ran;
    expect([read, only(whole, "ran")]).toEqual([
      1,
      ["reel/a_tall_2.txt", "seg/a_03_tall.txt", "seg/a_03_wide.txt", "work/a.json"],
    ]);
    expect(whole["reel/a_tall_1.txt"]).toBe("restored");
  });

  test("another cut makes again what it changes, and removes the part that is gone", async () => {
    const shop = await film();
    shop.write("cuts/a_tall.json", cuts([1, 2], [3]));
    expect(only((await shop.build()).ran, "ran")).toEqual(["reel/a_tall_2.txt", "work/a_tall.json"]);
    expect(shop.read("reel/a_tall_2.txt")).toBe("three tall");
    shop.write("cuts/a_tall.json", cuts([1, 2]));
    await shop.build();
    expect([shop.has("reel/a_tall_1.txt"), shop.has("reel/a_tall_2.txt")]).toEqual([true, false]);
  });

  test("a goal needs what it names and nothing else", async () => {
    const shop = await film();
    for (const folder of ["seg", "reel", "work", ".faceless", "/.faceless"]) shop.remove(folder);
    const { ran } = await shop.build({ goals: ["reel/a_tall_2.txt"] });
    expect(only(ran, "ran")).toEqual([
      "reel/a_tall_2.txt",
      "seg/a_02_tall.txt",
      "seg/a_03_tall.txt",
      "work/a.json",
      "work/a_tall.json",
    ]);
  });

  test("of an outer axis, with all that is below the entries that are named", () => {
    const built = new Graph(
      compile(`
axes:
  group: { values: { low: [1, "02"], high: [3] } }
  n: { values: [1, 2, 3], pad: 2 }
  m: { items: "\${list.items}", key: number }
targets:
  list: { task: split, in: { text: "n/\${n}.txt" }, out: "list/\${n}.json" }
  each: { task: say, with: { text: "\${m.text}" }, out: "each/\${n}_\${m}.txt" }
  some: { task: join, in: { parts: ["each[n in group]", "list[n in group]"] }, out: "some/\${group}.txt" }
`),
      () => [],
    );
    const ids = (action: string) => built.needs(built.maker(action)!).actions.map(({ id }) => id);
    const wait = built.needs(built.maker("some/low.txt")!).pending.map(({ source }) => source.id);
    expect(wait).toEqual(["list/01.json", "list/02.json"]);
    for (const list of ["list/01.json", "list/02.json", "list/03.json"])
      built.expand(built.expansionsOf(built.maker(list)!)[0]!, { items: [{ number: 1 }, { number: 2 }] });
    const each = ["each/01_1.txt", "each/01_2.txt", "each/02_1.txt", "each/02_2.txt"];
    expect(ids("some/low.txt")).toEqual([...each, "list/01.json", "list/02.json"]);
    expect(ids("some/high.txt")).toEqual(["each/03_1.txt", "each/03_2.txt", "list/03.json"]);
    const lists = built.lists(built.maker("some/low.txt")!).map(({ id }) => id);
    expect(lists).toEqual(["list/01.json", "list/02.json"]);
  });

  test("by a command, which gets any number of files", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
axes:
  n: { values: [1, 2, 3] }
  group: { values: { none: [], some: [3, 1] } }
targets:
  one: { run: "echo \${n} > \${out}", out: "one/\${n}.txt" }
  all: { run: "echo \${in.ones} > \${out}", in: { ones: "one[n in group]" }, out: "all/\${group}.txt" }
`,
    });
    expect((await shop.build()).ok).toBe(true);
    expect(shop.read("all/some.txt")).toBe("in/ones/0001.txt in/ones/0002.txt\n");
    expect(shop.read("all/none.txt")).toBe("\n");
  });
});

test("the graph ties a part to what it is made of, and to no more", async () => {
  const shop = repo({
    "pipelines/p.yaml": `
axes:
  n: { values: [1, 2, 3] }
  part: { items: "\${cut.parts}", key: id }
targets:
  cut: { run: "cp \${in.draft} \${out}", in: { draft: ./draft.json }, out: cut.json }
  one: { run: "echo \${n} > \${out}", out: "one/\${n}.txt" }
  all: { run: "cat \${in.ones} > \${out}", in: { ones: "one[n in part.of]" }, out: "all/\${part}.txt" }
`,
    "output/demo/draft.json": '{ "parts": [{ "id": 1, "of": [1, 3] }] }',
  });
  await shop.run(["build"]);
  const { out } = await shop.run(["graph", "--outputs", "--format", "json"]);
  const { projects } = JSON.parse(out) as { projects: Outline[] };
  const ties = projects[0]!.edges.filter(({ to }) => to === "output:all/1.txt");
  expect(ties).toEqual([
    { from: "output:cut.json", to: "output:all/1.txt", ties: ["list"] },
    { from: "output:one/1.txt", to: "output:all/1.txt", ties: ["file"] },
    { from: "output:one/3.txt", to: "output:all/1.txt", ties: ["file"] },
  ]);
});

describe("mistakes", () => {
  test("names and forms are told with all other mistakes of the file", () => {
    expect(
      complaints(`
axes:
  n: { values: [1, 2] }
  group: { values: { low: [1], high: [2] } }
targets:
  one: { task: say, with: { text: x }, out: "one/\${n}.txt" }
  a: { task: join, in: { parts: "one[m in group]" }, out: "a/\${group}.txt" }
  b: { task: join, in: { parts: "one[n in gruop.low]" }, out: "b/\${group}.txt" }
  c: { task: join, in: { parts: "one[n in group]" }, out: c.txt }
  d: { task: join, in: { parts: ["one[n in group]"] }, out: "d/\${group}_\${n}.txt" }
  e: { task: join, in: { parts: "one[n in group.]" }, out: "e/\${group}.txt" }
`),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:7:38: there is no axis 'm'. Did you mean 'n'?
        7 |   a: { task: join, in: { parts: "one[m in group]" }, out: "a/\${group}.txt" }
          |                                      ^

      pipelines/p.yaml:8:43: there is no axis 'gruop'. Did you mean 'group'?
        8 |   b: { task: join, in: { parts: "one[n in gruop.low]" }, out: "b/\${group}.txt" }
          |                                           ^

      pipelines/p.yaml:9:43: 'group' is no axis of 'c': its output does not name \${group}.
        9 |   c: { task: join, in: { parts: "one[n in group]" }, out: c.txt }
          |                                           ^

      pipelines/p.yaml:10:39: there is one n here and nothing to choose: 'one' is that of the same n.
        10 |   d: { task: join, in: { parts: ["one[n in group]"] }, out: "d/\${group}_\${n}.txt" }
           |                                       ^

      pipelines/p.yaml:11:38: '[n in group.]' chooses no entries: that is written like [scene in part.scenes], with an axis, 'in', and a dotted path.
        11 |   e: { task: join, in: { parts: "one[n in group.]" }, out: "e/\${group}.txt" }
           |                                      ^"
    `);
  });

  test("what fixed entries hold is told before anything is built", () => {
    expect(
      complaints(`
axes:
  story: { files: "scripts/\${story}.txt" }
  n: { values: [1, 2], pad: 2 }
  group: { values: [{ name: low, of: [1, 3], by: 5, in: [[1]] }] }
targets:
  one: { task: say, with: { text: x }, out: "one/\${n}.txt" }
  sole: { task: say, with: { text: x }, out: sole.txt }
  a: { task: join, in: { parts: "one[n in group.of]" }, out: "a/\${group}.txt" }
  b: { task: join, in: { parts: "one[n in group.by]" }, out: "b/\${group}.txt" }
  c: { task: join, in: { parts: "one[n in group.off]" }, out: "c/\${group}.txt" }
  d: { task: join, in: { parts: "one[n in group.in]" }, out: "d/\${group}.txt" }
  e: { task: join, in: { parts: "one[n in group]" }, out: "e/\${group}.txt" }
  f: { task: join, in: { parts: "one[n in story]" }, out: "f/\${story}.txt" }
  g: { task: join, in: { parts: "sole[n in group.of]" }, out: "g/\${group}.txt" }
  h: { task: upper, in: { text: "one[n in group.of]" }, out: "h/\${group}.txt" }
`),
    ).toMatchInlineSnapshot(`
      "pipelines/p.yaml:9:43: there is no n '03', which group.of names. There are '01', '02'.
        9 |   a: { task: join, in: { parts: "one[n in group.of]" }, out: "a/\${group}.txt" }
          |                                           ^

      pipelines/p.yaml:10:43: group.by is 5, where a list of keys of 'n' is expected.
        10 |   b: { task: join, in: { parts: "one[n in group.by]" }, out: "b/\${group}.txt" }
           |                                           ^

      pipelines/p.yaml:11:43: group has no 'off'. Did you mean 'of'?
        11 |   c: { task: join, in: { parts: "one[n in group.off]" }, out: "c/\${group}.txt" }
           |                                           ^

      pipelines/p.yaml:12:43: group.in.0 is a list, and names no n: it takes a key, or a map that has it as 'n'.
        12 |   d: { task: join, in: { parts: "one[n in group.in]" }, out: "d/\${group}.txt" }
           |                                           ^

      pipelines/p.yaml:13:43: group is a map, where a list of keys of 'n' is expected.
        13 |   e: { task: join, in: { parts: "one[n in group]" }, out: "e/\${group}.txt" }
           |                                           ^

      pipelines/p.yaml:14:43: 'story' is one for each file, so its entries hold no list.
        14 |   f: { task: join, in: { parts: "one[n in story]" }, out: "f/\${story}.txt" }
           |                                           ^

      pipelines/p.yaml:15:33: 'sole' is there once for all entries of 'n': its output does not name \${n}.
        15 |   g: { task: join, in: { parts: "sole[n in group.of]" }, out: "g/\${group}.txt" }
           |                                 ^

      pipelines/p.yaml:16:33: the task 'upper' takes one file as 'text', and this is one for every n.
        16 |   h: { task: upper, in: { text: "one[n in group.of]" }, out: "h/\${group}.txt" }
           |                                 ^

      pipelines/p.yaml:16:43: there is no n '03', which group.of names. There are '01', '02'.
        16 |   h: { task: upper, in: { text: "one[n in group.of]" }, out: "h/\${group}.txt" }
           |                                           ^"
    `);
  });

  test.each([
    [
      "an entry that is not there",
      cuts([1, 5], [2]),
      "work/a.json lists no scene '05', which part.scenes names. There are '01', '02', '03'.",
    ],
    ["no list", cuts({}), "part.scenes is a map, where a list of keys of 'scene' is expected."],
    [
      "no such member",
      '{ "parts": [{ "part": 1, "scene": [] }] }',
      "part has no 'scenes'. Did you mean 'scene'?",
    ],
    [
      "a list of something else",
      cuts([{ number: 1 }]),
      "part.scenes.0 is a map, and names no scene: it takes a key, or a map that has it as 'scene'.",
    ],
  ])("in a built list, with its place: %s", async (_, cut, message) => {
    const shop = await film(cut);
    const line = PARTS.split("\n").find((text) => text.includes("reel:"))!;
    const column = line.indexOf("part.scenes") + 1;
    const told = `pipelines/p.yaml:11:${column}: ${message}\n  11 | ${line}\n     | ${" ".repeat(column - 1)}^`;
    const built = await shop.build({ keepGoing: true });
    expect(built.problems).toEqual([told]);
    expect(only(built.ran, "failed")).toEqual(["reel/a_tall_1.txt"]);
    expect((await shop.build({ dryRun: true })).problems).toEqual([told]);
    shop.write("cuts/a_tall.json", cuts([1]));
    expect((await shop.build()).ok).toBe(true);
    expect(shop.read("reel/a_tall_1.txt")).toBe("one tall");
  });

  test("are told before what the entries need is made", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": PARTS,
      "scripts/a.txt": "one\ntwo",
      "cuts/a_wide.json": cuts(),
      "cuts/a_tall.json": cuts([1, 3]),
    });
    const { ran } = await shop.build({ goals: ["reel/a_tall_1.txt"] });
    expect(ran).toEqual({ "work/a.json": "ran", "work/a_tall.json": "ran", "reel/a_tall_1.txt": "failed" });
  });
});

test("a neighbour that is absent at the end is a mistake where one file is needed, and fine where it may be absent", async () => {
  const pipeline = (slot: string) => `
axes: { n: { values: [1, 2] } }
targets:
  one: { task: say, with: { text: "\${n}" }, out: "one/\${n}.txt" }
  two: { task: ${slot === "text" ? "upper" : "join"}, in: { ${slot}: "one[n+1]" }, out: "two/\${n}.txt" }
`;
  const shop = workshop({ "/pipelines/p.yaml": pipeline("text") });
  const { problems, ran } = await shop.build({ keepGoing: true });
  expect(only(ran, "ran")).toEqual(["one/1.txt", "one/2.txt", "two/1.txt"]);
  expect(problems).toEqual([
    `pipelines/p.yaml:5:35: 'text' of two/2.txt is absent, and 'two' needs it. There is no n that far after this one.
  5 |   two: { task: upper, in: { text: "one[n+1]" }, out: "two/\${n}.txt" }
    |                                   ^`,
  ]);
  shop.write("/pipelines/p.yaml", `${pipeline("extra")}`.replace("extra:", "parts: one, extra:"));
  expect((await shop.build()).ok).toBe(true);
  expect([shop.read("two/1.txt"), shop.read("two/2.txt")]).toEqual(["1|2", "2"]);
});

describe("axes of lists", () => {
  test("a list in a file per story and platform, of plain keys, which may be empty", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
axes:
  story: { files: "scripts/\${story}.txt" }
  platform: { values: [wide, tall] }
  part: { items: "\${timeline.parts}" }
targets:
  timeline: { run: "cp \${in.cuts} \${out}", in: { cuts: "cuts/\${story}_\${platform}.json" }, out: "work/\${story}_\${platform}.json" }
  reel: { task: say, with: { text: "\${part}" }, out: "reel/\${story}_\${platform}_\${part}.txt" }
`,
      "scripts/a.txt": "",
      "cuts/a_wide.json": '{ "parts": [] }',
      "cuts/a_tall.json": '{ "parts": [1, "last"] }',
    });
    expect(only((await shop.build()).ran, "ran")).toEqual([
      "reel/a_tall_1.txt",
      "reel/a_tall_last.txt",
      "work/a_tall.json",
      "work/a_wide.json",
    ]);
    shop.write("cuts/a_wide.json", '{ "parts": [7] }');
    shop.write("cuts/a_tall.json", '{ "parts": [] }');
    const next = await shop.build();
    expect([next.ok, only(next.ran, "ran", "restored")]).toEqual([
      true,
      ["reel/a_wide_7.txt", "work/a_tall.json", "work/a_wide.json"],
    ]);
    expect([shop.has("reel/a_tall_1.txt"), shop.has("reel/a_tall_last.txt")]).toEqual([false, false]);
  });

  test("values that are numbers", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
axes: { variant: { values: [1, 2, 3], pad: 2 } }
targets:
  one: { task: say, with: { text: "\${variant}" }, out: "one/\${variant}.txt" }
`,
    });
    expect(only((await shop.build()).ran, "ran")).toEqual(["one/01.txt", "one/02.txt", "one/03.txt"]);
    expect(shop.read("one/03.txt")).toBe("03");
  });
});
