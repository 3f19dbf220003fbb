/** Who runs, and above all who does not, on the second build. */
import { existsSync, readdirSync, statSync, utimesSync } from "node:fs";
import { expect, test } from "vitest";
import { loadSnapshot, snapshotPath } from "../lib/store/snapshot.ts";
import { LIST, OWN, WORDS_THEN_VOICE } from "./pipelines.ts";
import { withTask, workshop } from "./workshop.ts";

test("a second build runs nothing", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "hello" });
  expect((await shop.build()).ran).toEqual({ "words.txt": "ran", "voice.txt": "ran" });
  expect(shop.read("voice.txt")).toBe("HELLO");
  expect((await shop.build()).ran).toEqual({ "words.txt": "fresh", "voice.txt": "fresh" });
});

test("an edit that leaves the words unchanged stops before the voice", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "hello" });
  await shop.build();
  shop.write("notes.txt", "HELLO");
  expect((await shop.build()).ran).toEqual({ "words.txt": "ran", "voice.txt": "fresh" });
});

test("touching a source runs nothing", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "hello" });
  await shop.build();
  utimesSync(shop.path("notes.txt"), new Date(), new Date());
  expect((await shop.build()).ran).toEqual({ "words.txt": "fresh", "voice.txt": "fresh" });
});

test("an edit that keeps size and mtime is seen", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "hello" });
  const old = new Date(Date.now() - 60_000);
  utimesSync(shop.path("notes.txt"), old, old);
  await shop.build();
  shop.write("notes.txt", "jello");
  utimesSync(shop.path("notes.txt"), old, old);
  expect((await shop.build()).ran).toEqual({ "words.txt": "ran", "voice.txt": "ran" });
});

test("going back to an earlier text restores and runs nothing", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "hello" });
  await shop.build();
  shop.write("notes.txt", "bye");
  await shop.build();
  shop.write("notes.txt", "hello");
  expect((await shop.build()).ran).toEqual({ "words.txt": "restored", "voice.txt": "restored" });
  expect(shop.read("voice.txt")).toBe("HELLO");
});

test("one entry per item of a built list; editing one item runs it and what gathers it", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\ntwo\nthree" });
  expect((await shop.build()).ran).toEqual({
    "work/a.json": "ran",
    "said/a_01.txt": "ran",
    "said/a_02.txt": "ran",
    "said/a_03.txt": "ran",
    "final/a.txt": "ran",
  });
  expect(shop.read("final/a.txt")).toBe("one|two|three");
  shop.write("scripts/a.txt", "one\n2\nthree");
  expect((await shop.build()).ran).toEqual({
    "work/a.json": "ran",
    "said/a_01.txt": "fresh",
    "said/a_02.txt": "ran",
    "said/a_03.txt": "fresh",
    "final/a.txt": "ran",
  });
  expect(shop.read("final/a.txt")).toBe("one|2|three");
});

test("an item inserted at the front: the others are restored under their new names", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\ntwo" });
  await shop.build();
  shop.write("scripts/a.txt", "zero\none\ntwo");
  expect((await shop.build()).ran).toEqual({
    "work/a.json": "ran",
    "said/a_01.txt": "ran",
    "said/a_02.txt": "restored",
    "said/a_03.txt": "restored",
    "final/a.txt": "ran",
  });
  expect(shop.read("final/a.txt")).toBe("zero|one|two");
});

test("a removed item takes its output along; an edited one is kept and named", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\ntwo\nthree" });
  await shop.build();
  shop.write("said/a_02.txt", "by hand");
  shop.write("scripts/a.txt", "one");
  const built = await shop.build();
  expect(built.ran).toEqual({ "work/a.json": "ran", "said/a_01.txt": "fresh", "final/a.txt": "ran" });
  expect(built.events.filter((event) => event.type === "removed" || event.type === "kept")).toEqual([
    { type: "kept", output: "said/a_02.txt" },
    { type: "removed", output: "said/a_03.txt" },
  ]);
  expect(readdirSync(shop.path("said")).sort()).toEqual(["a_01.txt", "a_02.txt"]);
});

test("a removed story takes all of its outputs along, told in the order of their paths, and their empty folders", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one", "scripts/b.txt": "two" });
  await shop.build();
  shop.remove("scripts/b.txt");
  const built = await shop.build();
  expect(built.events.flatMap((event) => (event.type === "removed" ? [event.output] : []))).toEqual([
    "final/b.txt",
    "said/b_01.txt",
    "work/b.json",
  ]);
  shop.remove("scripts/a.txt");
  await shop.build();
  expect(existsSync(shop.path("final"))).toBe(false);
});

test("a new story is found; nothing of the others runs", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one" });
  await shop.build();
  shop.write("scripts/b.txt", "two");
  expect((await shop.build()).ran).toEqual({
    "work/a.json": "fresh",
    "said/a_01.txt": "fresh",
    "final/a.txt": "fresh",
    "work/b.json": "ran",
    "said/b_01.txt": "ran",
    "final/b.txt": "ran",
  });
});

test("an option in a parameter runs what has the parameter", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\ntwo" });
  await shop.build();
  const built = await shop.build({ options: { glue: "+" } });
  expect(built.ran).toEqual({
    "work/a.json": "fresh",
    "said/a_01.txt": "fresh",
    "said/a_02.txt": "fresh",
    "final/a.txt": "ran",
  });
  expect(built.events.find((event) => event.type === "finished" && event.outcome === "ran")).toMatchObject({
    because: [{ reason: "changed", label: "with.glue", before: '"|"', after: '"+"' }],
  });
});

test("a hand edit is kept, used below, and given up only when asked", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "hello" });
  await shop.build();
  shop.write("words.txt", "by hand");
  expect((await shop.build()).ran).toEqual({ "words.txt": "edited", "voice.txt": "ran" });
  expect(shop.read("voice.txt")).toBe("by hand");
  shop.write("notes.txt", "other");
  expect((await shop.build()).ran).toEqual({ "words.txt": "edited", "voice.txt": "fresh" });
  expect(shop.read("words.txt")).toBe("by hand");
  expect((await shop.build({ discardEdits: true })).ran).toEqual({ "words.txt": "ran", "voice.txt": "ran" });
  expect(shop.read("voice.txt")).toBe("OTHER");
});

test("a pinned file is the output; without the pin the made one comes back from the store", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "hello" });
  await shop.build();
  shop.write("pinned/words.txt", "pinned");
  expect((await shop.build()).ran).toEqual({ "words.txt": "pinned", "voice.txt": "ran" });
  expect(shop.read("voice.txt")).toBe("pinned");
  expect((await shop.build()).ran).toEqual({ "words.txt": "pinned", "voice.txt": "fresh" });
  shop.remove("pinned");
  const built = await shop.build();
  expect(built.ran).toEqual({ "words.txt": "restored", "voice.txt": "restored" });
  expect(built.events).toContainEqual(
    expect.objectContaining({ action: "words.txt", because: [{ reason: "pin-removed", path: "words.txt" }] }),
  );
});

test("a pin that was changed together with its output counts as it is now", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "hello" });
  shop.write("pinned/words.txt", "pinned");
  await shop.build();
  shop.write("words.txt", "again");
  shop.write("pinned/words.txt", "again");
  expect((await shop.build()).ran).toEqual({ "words.txt": "pinned", "voice.txt": "ran" });
  shop.remove("pinned");
  expect((await shop.build()).ran).toEqual({ "words.txt": "ran", "voice.txt": "ran" });
  expect(shop.read("words.txt")).toBe("HELLO");
});

test("a deleted output comes back without running, and nothing below it moves", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "hello" });
  await shop.build();
  shop.remove("words.txt");
  expect((await shop.build()).ran).toEqual({ "words.txt": "restored", "voice.txt": "fresh" });
});

test("--force runs what is named once more, and nothing else", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "hello" });
  await shop.build();
  expect((await shop.build({ force: ["words.txt"] })).ran).toEqual({
    "words.txt": "ran",
    "voice.txt": "fresh",
  });
  await expect(shop.build({ force: ["wrods.txt"] })).rejects.toThrow(
    "no target makes output/demo/wrods.txt.",
  );
});

test("of a task that answers otherwise each time, the answer that was asked for by force is the one that is restored", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  let answers = 0;
  const tasks = withTask(async ({ outputs }) => {
    answers += 1;
    await outputs.text!.write(`answer ${answers}`);
  });
  await shop.build({ tasks });
  expect((await shop.build({ tasks, force: ["own.txt"] })).ran).toEqual({ "own.txt": "ran" });
  shop.remove("own.txt");
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "restored" });
  expect([shop.read("own.txt"), answers]).toEqual(["answer 2", 2]);
});

test("state and cache are safe to delete", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\ntwo" });
  await shop.build();
  shop.remove(".faceless");
  const again = await shop.build();
  expect(new Set(Object.values(again.ran))).toEqual(new Set(["fresh"]));
  shop.remove("/.faceless");
  expect(new Set(Object.values((await shop.build()).ran))).toEqual(new Set(["fresh"]));
  shop.remove(".faceless");
  shop.remove("/.faceless");
  // Nothing says any more that these files are ours, so none of them is overwritten.
  const unknown = await shop.build();
  expect(unknown.ran["said/a_01.txt"]).toBe("edited");
  expect((await shop.build({ discardEdits: true })).ran["said/a_01.txt"]).toBe("ran");
});

test("a damaged blob is not restored: the task runs", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "hello" });
  await shop.build();
  for (const folder of readdirSync(shop.path("/.faceless/cache/cas"))) {
    for (const blob of readdirSync(shop.path(`/.faceless/cache/cas/${folder}`)))
      shop.write(`/.faceless/cache/cas/${folder}/${blob}`, "damaged");
  }
  shop.remove("words.txt");
  expect((await shop.build()).ran).toEqual({ "words.txt": "ran", "voice.txt": "fresh" });
  expect(shop.read("words.txt")).toBe("HELLO");
});

test("two projects share what they have in common", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one", "scripts/b.txt": "one" });
  const { ran } = await shop.build({ jobs: 1 });
  expect(ran["said/a_01.txt"]).toBe("ran");
  expect(ran["said/b_01.txt"]).toBe("restored");
});

test("the same work at the same time is done once", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\none\none\none" });
  const { events } = await shop.build({ jobs: 4 });
  expect(events.filter((event) => event.type === "started" && event.target === "said")).toHaveLength(1);
});

test("without -k the first failure stops the build; what was finished is kept", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\nBOOM\nthree" });
  const first = await shop.build({ jobs: 1 });
  expect(first.ok).toBe(false);
  expect(first.ran).toEqual({
    "work/a.json": "ran",
    "said/a_01.txt": "ran",
    "said/a_02.txt": "failed",
    "said/a_03.txt": "not-started",
    "final/a.txt": "blocked",
  });
  shop.write("scripts/a.txt", "one\ntwo\nthree");
  expect((await shop.build()).ran).toEqual({
    "work/a.json": "ran",
    "said/a_01.txt": "fresh",
    "said/a_02.txt": "ran",
    "said/a_03.txt": "ran",
    "final/a.txt": "ran",
  });
});

test("with -k independent work goes on", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": LIST,
    "scripts/a.txt": "BOOM\ntwo",
    "scripts/b.txt": "three",
  });
  expect((await shop.build({ keepGoing: true, jobs: 1 })).ran).toEqual({
    "work/a.json": "ran",
    "work/b.json": "ran",
    "said/a_01.txt": "failed",
    "said/a_02.txt": "ran",
    "said/b_01.txt": "ran",
    "final/a.txt": "blocked",
    "final/b.txt": "ran",
  });
});

test("one file as goal builds what it needs and nothing else", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\ntwo", "scripts/b.txt": "three" });
  expect((await shop.build({ goals: ["said/a_02.txt"] })).ran).toEqual({
    "work/a.json": "ran",
    "said/a_02.txt": "ran",
  });
  expect((await shop.build({ goals: ["final/b.txt"] })).ran).toEqual({
    "work/b.json": "ran",
    "said/b_01.txt": "ran",
    "final/b.txt": "ran",
  });
  expect((await shop.build({ goals: ["said/a_09.txt"] })).problems).toEqual([
    "no target makes output/demo/said/a_09.txt.",
  ]);
  await expect(shop.build({ goals: ["said/c_01.txt"] })).rejects.toThrow(
    "no target makes output/demo/said/c_01.txt.",
  );
});

test("a goal is found whatever its keys have in them", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
axes:
  item: { items: "\${list.items}", key: number }
  size: { values: [small_one, b] }
targets:
  list: { task: split, in: { text: ./notes.txt }, out: work/list.json }
  said: { task: say, with: { text: "\${item.text} \${size}" }, out: "said/scene_\${item}_\${size}.txt" }
`,
    "notes.txt": "one\ntwo",
  });
  const goals = ["said/scene_2_small_one.txt"];
  expect((await shop.build({ goals })).ran).toEqual({
    "work/list.json": "ran",
    "said/scene_2_small_one.txt": "ran",
  });
  const wrong = await shop.build({ goals: ["said/scene_2_small.txt"] });
  expect(wrong.problems).toEqual(["no target makes output/demo/said/scene_2_small.txt."]);
});

test("a dry run says what would be done and changes nothing", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\ntwo" });
  const first = await shop.build({ dryRun: true });
  expect(first.ran).toEqual({
    "work/a.json": "would-run",
    "said/a_01.txt": "would-run",
    "said/a_02.txt": "would-run",
    "final/a.txt": "would-maybe-run",
  });
  expect(existsSync(shop.path(".faceless"))).toBe(false);
  await shop.build();
  shop.write("scripts/a.txt", "one\n2");
  // The list is cheap, so it is made aside and what follows from it is known.
  expect((await shop.build({ dryRun: true })).ran).toEqual({
    "work/a.json": "would-run",
    "said/a_01.txt": "fresh",
    "said/a_02.txt": "would-run",
    "final/a.txt": "would-maybe-run",
  });
  shop.remove("final");
  shop.write("scripts/a.txt", "one\ntwo");
  const before = statSync(shop.path(".faceless/journal")).mtimeMs;
  expect((await shop.build({ dryRun: true })).ran).toEqual({
    "work/a.json": "fresh",
    "said/a_01.txt": "fresh",
    "said/a_02.txt": "fresh",
    "final/a.txt": "would-restore",
  });
  expect(statSync(shop.path(".faceless/journal")).mtimeMs).toBe(before);
});

test("a source edited while the build runs leaves no verdict: what was made from the old content is made again", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
targets:
  a: { task: upper, in: { text: ./notes.txt }, out: a.txt }
  b: { task: join, in: { parts: [./notes.txt, a] }, out: b.txt }
`,
    "notes.txt": "one",
  });
  await shop.build({
    onEvent(event) {
      if (event.type === "started" && event.action === "b.txt" && shop.read("notes.txt") === "one")
        shop.write("notes.txt", "two");
    },
  });
  expect(loadSnapshot(snapshotPath(shop.places.state), "snapshot").snapshot?.verdict).toBeUndefined();
  expect((await shop.build()).ran).toEqual({ "a.txt": "ran", "b.txt": "ran" });
  expect(shop.read("b.txt")).toBe("two|TWO");
  expect(loadSnapshot(snapshotPath(shop.places.state), "snapshot").snapshot?.verdict).toMatchObject({
    actions: 2,
  });
});

const TWO_LISTS = `
axes:
  p: { items: "\${list.a}" }
  q: { items: "\${list.b}" }
targets:
  list: { run: "cat \${in.x} > \${out}", in: { x: ./list.json }, out: work/list.json }
  tq: { task: say, with: { text: "\${q}" }, out: "q/\${q}.txt" }
  tp: { task: join, in: { parts: tq }, out: "p/\${p}.txt" }
`;

test("one file can list two axes, and what the one lists can need what the other lists", async () => {
  const shop = workshop({ "/pipelines/p.yaml": TWO_LISTS, "list.json": '{ "a": ["x"], "b": ["y", "z"] }' });
  const built = await shop.build();
  expect([built.ok, built.ran]).toEqual([
    true,
    { "work/list.json": "ran", "q/y.txt": "ran", "q/z.txt": "ran", "p/x.txt": "ran" },
  ]);
  expect(shop.read("p/x.txt")).toBe("y|z");
});

test("a list that cannot be used removes nothing of what was made from the last one", async () => {
  const shop = workshop({ "/pipelines/p.yaml": TWO_LISTS, "list.json": '{ "a": ["x"], "b": ["y", "z"] }' });
  await shop.build();
  shop.write("list.json", '{ "a": ["x"], "b": ["y", "Y", "z"] }');
  const built = await shop.build();
  expect(built.problems).toEqual([
    `pipelines/p.yaml:7:49: 'q/Y.txt' and 'q/y.txt' are one file where a file system folds case or accents.
  7 |   tq: { task: say, with: { text: "\${q}" }, out: "q/\${q}.txt" }
    |                                                 ^`,
  ]);
  expect([shop.read("q/y.txt"), shop.read("q/z.txt"), shop.read("p/x.txt")]).toEqual(["y", "z", "y|z"]);
});

test("a file that a target makes is no source, by its name as by a glob", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
targets:
  a: { task: upper, in: { text: ./notes.txt }, out: work/a.txt }
  b: { task: join, in: { parts: "./work/*.txt" }, out: b.txt }
  c: { task: join, in: { parts: /output/demo/work/a.txt }, out: c.txt }
`,
    "notes.txt": "one",
    "work/a.txt": "unknown",
  });
  const { problems } = await shop.build({ keepGoing: true });
  expect(problems.map((problem) => problem.split("\n")[0])).toEqual([
    "pipelines/p.yaml:4:33: output/demo/work/a.txt is made by 'a': name the target instead of its file.",
    "pipelines/p.yaml:5:33: output/demo/work/a.txt is made by 'a': name the target instead of its file.",
  ]);
});

const TWO_OUTPUTS = `
targets:
  both: { run: "cat \${in.x} > \${out.a}; cat \${in.x} > \${out.b}", in: { x: ./notes.txt }, out: { a: a.txt, b: b.txt } }
`;

test("forcing one output does not give up the hand edit of another", async () => {
  const shop = workshop({ "/pipelines/p.yaml": TWO_OUTPUTS, "notes.txt": "one" });
  await shop.build();
  shop.write("b.txt", "by hand");
  expect((await shop.build({ force: ["a.txt"] })).ran).toEqual({ "a.txt": "edited" });
  expect(shop.read("b.txt")).toBe("by hand");
  expect((await shop.build({ force: ["a.txt", "b.txt"] })).ran).toEqual({ "a.txt": "ran" });
});

test("two targets merged into one: the files they made are ours still, and the new one runs", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
targets:
  a: { run: "echo a > \${out}", out: a.txt }
  b: { run: "echo b > \${out}", out: b.txt }
`,
    "notes.txt": "one",
  });
  await shop.build();
  shop.write("/pipelines/p.yaml", TWO_OUTPUTS);
  expect((await shop.build()).ran).toEqual({ "a.txt": "ran" });
  expect(shop.read("b.txt")).toBe("one");
});

test("a command's input that is written as a list may be one file, or none past the end of an axis", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
axes:
  page: { files: "\${page}.txt" }
targets:
  loud: { task: upper, in: { text: "\${page}.txt" }, out: "loud/\${page}.txt" }
  linked: { run: "cat \${in.here} \${in.next} > \${out}", in: { here: loud, next: ["loud[page+1]"] }, out: "linked/\${page}.txt" }
`,
    "a.txt": "a",
    "b.txt": "b",
  });
  expect((await shop.build()).problems).toEqual([]);
  expect([shop.read("linked/a.txt"), shop.read("linked/b.txt")]).toEqual(["AB", "B"]);
});

test("two sources that a command would find under one name are refused", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `targets: { all: { run: "cat \${in.parts} > \${out}", in: { parts: ["a/*.txt", "b/*.txt"] }, out: all.txt } }`,
    "a/x.txt": "a",
    "b/x.txt": "b",
  });
  expect((await shop.build()).problems).toEqual([
    `pipelines/p.yaml:1:66: 'parts': the command would find output/demo/a/x.txt and output/demo/b/x.txt both as in/parts/x.txt; make one of them an input of its own.
  1 | ${shop.read("/pipelines/p.yaml")}
    | ${" ".repeat(65)}^`,
  ]);
});

test("the neighbour of another story is waited for, and absent where that story has no such item", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
axes:
  story: { files: "scripts/\${story}.txt" }
  item: { items: "\${list.items}", key: number }
targets:
  list: { task: split, in: { text: "scripts/\${story}.txt" }, out: "work/\${story}.json" }
  said: { task: say, with: { text: "\${item.text}" }, out: "said/\${story}_\${item}.txt" }
  next: { task: join, in: { parts: said, extra: "said[story+1]" }, out: "next/\${story}_\${item}.txt" }
  lists: { task: join, in: { parts: ["scripts/\${story}.txt", "said[story+1]"] }, out: "lists/\${story}.txt" }
`,
    "scripts/a.txt": "one\ntwo\nthree",
    "scripts/b.txt": "four\nfive",
  });
  // One at a time: then nothing of the second story is known when the first one's items are.
  const built = await shop.build({ jobs: 1 });
  expect(built.problems).toEqual([]);
  expect([1, 2, 3].map((item) => shop.read(`next/a_${item}.txt`))).toEqual(["one|four", "two|five", "three"]);
  expect([1, 2].map((item) => shop.read(`next/b_${item}.txt`))).toEqual(["four", "five"]);
  expect(shop.read("lists/a.txt")).toBe("one\ntwo\nthree|four|five");
});

test("a list that the pipeline does not give is an empty one", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": "targets:\n  one: { task: join, in: { extra: ./notes.txt }, out: one.txt }\n",
    "notes.txt": "hello",
  });
  expect((await shop.build()).ran).toEqual({ "one.txt": "ran" });
  expect(shop.read("one.txt")).toBe("hello");
});

test("a journal that lost its last records: what they told of is no hand edit", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "one" });
  await shop.build();
  const journal = shop.read(".faceless/journal");
  shop.write("notes.txt", "two");
  await shop.build();
  shop.write(".faceless/journal", journal);
  expect((await shop.build()).ran).toEqual({ "words.txt": "restored", "voice.txt": "restored" });
  expect((await shop.build()).ran).toEqual({ "words.txt": "fresh", "voice.txt": "fresh" });
  expect(shop.read("voice.txt")).toBe("TWO");
});

test("a list that all stories share, and one of them failed: the next build of a few binds the others too", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
axes:
  story: { files: "scripts/\${story}.txt" }
  item: { items: "\${list.items}", key: number }
targets:
  list: { task: split, in: { text: ./list.txt }, out: list.json }
  said: { task: say, with: { text: "\${story} \${item.text}" }, out: "said/\${story}_\${item}.txt" }
`,
    "scripts/a.txt": "a",
    "scripts/BOOM.txt": "b",
    "list.txt": "one",
  });
  shop.clock = 10_000;
  await shop.build({ keepGoing: true });
  shop.write("list.txt", "two");
  expect((await shop.build({ keepGoing: true })).ran).toEqual({
    "list.json": "ran",
    "said/a_1.txt": "ran",
    "said/BOOM_1.txt": "failed",
  });
});

test("an output that a power cut has left empty is no hand edit: it is restored", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "one" });
  await shop.build();
  shop.write("words.txt", "");
  expect((await shop.build()).ran).toEqual({ "words.txt": "restored", "voice.txt": "fresh" });
  expect(shop.read("words.txt")).toBe("ONE");
});

test("a build names what it was for: what feeds no other target, or what the pipeline says", async () => {
  const pipeline = (...results: string[]) => {
    const target = (name: string, source: string) =>
      `  ${name}: { task: upper, in: { text: ${source} }, out: ${name}.txt, result: ${results.includes(name)} }\n`;
    return `targets:\n${target("words", "./notes.txt")}${target("film", "words")}${target("check", "film")}`;
  };
  const shop = workshop({ "/pipelines/p.yaml": pipeline(), "notes.txt": "one" });
  const named = async (...results: string[]) => {
    shop.write("/pipelines/p.yaml", pipeline(...results));
    shop.write("notes.txt", `for ${results.join(" and ")}`);
    const finished = (await shop.build()).events.find(({ type }) => type === "build-finished");
    return finished?.type === "build-finished" ? finished.results : [];
  };
  expect(await named()).toEqual(["output/demo/check.txt"]);
  expect(await named("film")).toEqual(["output/demo/film.txt"]);
  expect(await named("film", "words")).toEqual(["output/demo/film.txt", "output/demo/words.txt"]);
  // It says nothing of the bytes: no key has it.
  shop.write("/pipelines/p.yaml", pipeline());
  expect(Object.values((await shop.build()).ran)).toEqual(["fresh", "fresh", "fresh"]);
});
