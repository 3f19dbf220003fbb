/** What goes wrong while a build runs: interrupts, tasks that make nothing, files where none should be. */
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Tool } from "../lib/model/task.ts";
import { OWN, WORDS_THEN_VOICE } from "./pipelines.ts";
import { helps, scratchOf, type Workshop, withTask, workshop } from "./workshop.ts";

const STORIES = `
axes:
  story: { files: "scripts/\${story}.txt" }
targets:
  copy: { task: upper, in: { text: "scripts/\${story}.txt" }, out: "copy/\${story}.txt" }
`;

test("a task that makes nothing, something empty, a folder or a link is a failure, and nothing takes its place", async () => {
  const makes: [string, (path: string) => void][] = [
    ["was not made", () => {}],
    ["is empty", (path) => writeFileSync(path, "")],
    ["is no regular file", (path) => void mkdirSync(path)],
    ["is no regular file", (path) => symlinkSync("/etc/hostname", path)],
  ];
  for (const [problem, make] of makes) {
    const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
    const built = await shop.build({ tasks: withTask(async ({ outputs }) => make(outputs.text!.path)) });
    expect(built.problems).toEqual([`the output own.txt ${problem}, though nothing reported a failure.`]);
    expect(existsSync(shop.path("own.txt"))).toBe(false);
    expect(scratchOf(shop)).toEqual([]);
    const good = withTask(async ({ outputs }) => await outputs.text!.write("made"));
    expect((await shop.build({ tasks: good })).ran).toEqual({ "own.txt": "ran" });
  }
});

test("a failed task leaves the output of the last time as it was", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  await shop.build({ tasks: withTask(async ({ outputs }) => await outputs.text!.write("made")) });
  shop.write("notes.txt", "two");
  const broken = withTask(async ({ outputs }) => {
    await outputs.text!.write("half");
    throw new Error("the voice broke");
  });
  const built = await shop.build({ tasks: broken });
  expect(built.problems[0]).toMatch(/^Error: the voice broke\n {4}at /);
  expect(shop.read("own.txt")).toBe("made");
  shop.write("notes.txt", "one");
  expect((await shop.build({ tasks: broken })).ran).toEqual({ "own.txt": "fresh" });
  expect(scratchOf(shop)).toEqual([]);
});

test("a scratch folder that cannot be emptied is in nobody's way", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  const tasks = withTask(async ({ outputs, scratch }) => {
    mkdirSync(`${scratch}/locked`);
    writeFileSync(`${scratch}/locked/file`, "");
    chmodSync(`${scratch}/locked`, 0o555);
    await outputs.text!.write("made");
  });
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "ran" });
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "fresh" });
  // Where permissions are heeded it is still there, and in the way of who removes the test's own folder.
  for (const left of readdirSync(shop.path(".faceless"), { recursive: true, encoding: "utf8" }))
    if (left.endsWith("locked")) chmodSync(shop.path(`.faceless/${left}`), 0o755);
});

test("stopped while a task runs: it is blocked, nothing is half written, and the next build completes", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `${OWN}  next: { task: join, in: { parts: [own] }, out: next.txt }\n`,
    "notes.txt": "one",
  });
  const stop = new AbortController();
  const tasks = withTask(async ({ outputs, signal }) => {
    writeFileSync(outputs.text!.path, "half");
    stop.abort();
    signal.throwIfAborted();
  });
  const built = await shop.build({ tasks, stop: stop.signal });
  expect(built).toMatchObject({ ok: false, interrupted: true, problems: [] });
  expect(built.ran).toEqual({ "own.txt": "blocked", "next.txt": "blocked" });
  expect(
    built.events.flatMap((event) => (event.type === "finished" ? [event.problem?.message] : [])),
  ).toEqual(["it was interrupted.", "it needs own.txt."]);
  expect(readdirSync(shop.places.folder).sort()).toEqual([".faceless", "notes.txt"]);
  expect(scratchOf(shop)).toEqual([]);
  const good = withTask(async ({ outputs }) => await outputs.text!.write("made"));
  expect((await shop.build({ tasks: good })).ran).toEqual({ "own.txt": "ran", "next.txt": "ran" });
});

test("a task that does not heed the stop and finishes is not taken over either", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  const stop = new AbortController();
  const tasks = withTask(async ({ outputs }) => {
    stop.abort();
    await outputs.text!.write("made");
  });
  expect((await shop.build({ tasks, stop: stop.signal })).ran).toEqual({ "own.txt": "blocked" });
  expect(existsSync(shop.path("own.txt"))).toBe(false);
});

test("what costs money is let finish at the first stop, and stored; nothing after it starts", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `${OWN}  next: { task: join, in: { parts: [own] }, out: next.txt }\n`,
    "notes.txt": "one",
  });
  const stop = new AbortController();
  let runs = 0;
  const tasks = withTask(
    async ({ outputs, signal }) => {
      runs += 1;
      stop.abort();
      signal.throwIfAborted();
      await outputs.text!.write("paid");
    },
    { tools: ["image"] },
  );
  const tools = new Map<string, Tool>([["image", { identity: "painter 1", paid: true, value: {} }]]);
  const built = await shop.build({ tasks, tools, stop: stop.signal });
  expect(built).toMatchObject({ ok: false, interrupted: true });
  expect(built.ran).toEqual({ "own.txt": "ran", "next.txt": "not-started" });
  expect((await shop.build({ tasks, tools })).ran).toEqual({ "own.txt": "fresh", "next.txt": "ran" });
  expect(runs).toBe(1);
});

test("the second stop ends what costs money too", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  const [stop, kill] = [new AbortController(), new AbortController()];
  const tasks = withTask(
    async ({ signal }) => {
      stop.abort();
      kill.abort();
      signal.throwIfAborted();
    },
    { tools: ["image"] },
  );
  const tools = new Map<string, Tool>([["image", { identity: "painter 1", paid: true, value: {} }]]);
  const built = await shop.build({ tasks, tools, stop: stop.signal, kill: kill.signal });
  expect(built.ran).toEqual({ "own.txt": "blocked" });
});

/** Before anything runs; where the rest is to go on, by the action that needs it. */
async function expectMistake(shop: Workshop, message: string): Promise<void> {
  await expect(shop.build()).rejects.toMatchObject({ name: "Diagnostics", message });
  expect((await shop.build({ keepGoing: true })).problems).toEqual([message]);
}

test("an input that is missing, a folder, or one of several is said where it is asked for", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE });
  await expectMistake(
    shop,
    `pipelines/p.yaml:3:37: 'text': there is no file output/demo/notes.txt.
  3 |   words: { task: upper, in: { text: ./notes.txt }, out: words.txt }
    |                                     ^`,
  );
  mkdirSync(shop.path("notes.txt"));
  await expectMistake(
    shop,
    `pipelines/p.yaml:3:37: output/demo/notes.txt is a folder, where a file is expected. All files in it: ./notes.txt/**
  3 |   words: { task: upper, in: { text: ./notes.txt }, out: words.txt }
    |                                     ^`,
  );
  shop.write("/pipelines/p.yaml", WORDS_THEN_VOICE.replace("./notes.txt", '"./*.md"'));
  shop.write("a.md", "a");
  expect((await shop.build()).ok).toBe(true);
  shop.write("b.md", "b");
  expect((await shop.build()).problems).toEqual([
    `pipelines/p.yaml:3:37: 'text' takes one file, and 2 match: output/demo/a.md, output/demo/b.md.
  3 |   words: { task: upper, in: { text: "./*.md" }, out: words.txt }
    |                                     ^`,
  ]);
});

test("a folder where an output has to be is named, and left alone", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": WORDS_THEN_VOICE,
    "notes.txt": "hello",
    "words.txt/mine": "kept",
  });
  const built = await shop.build();
  expect(built.problems).toEqual([
    "output/demo/words.txt is a folder, where an output has to be, and words.txt/mine in it is not made by us.",
  ]);
  expect(helps(built)).toEqual(["Move it away and build again."]);
  expect(shop.read("words.txt/mine")).toBe("kept");
});

test("a file where an output's folder has to be is named", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": WORDS_THEN_VOICE.replace("words.txt", "work/words.txt"),
    "notes.txt": "hello",
    work: "mine",
  });
  const built = await shop.build();
  expect(built.problems).toEqual([
    "output/demo/work is no folder, and the folder of output/demo/work/words.txt has to be there.",
  ]);
  expect(helps(built)).toEqual(["Move it away and build again."]);
  expect(shop.read("work")).toBe("mine");
});

test("a project without a single story is built at once", async () => {
  const shop = workshop({ "/pipelines/p.yaml": STORIES });
  const built = await shop.build();
  expect(built).toMatchObject({ ok: true, ran: {}, problems: [] });
  const stop = new AbortController();
  stop.abort();
  expect(await shop.build({ stop: stop.signal })).toMatchObject({ ok: false, interrupted: true, ran: {} });
});

test("an edit of an output that is pinned too stays, though another pin of its action is replaced", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `targets:\n  both: { run: "echo a > \${out.a}; echo b > \${out.b}", out: { a: a.txt, b: b.txt } }\n`,
    "pinned/a.txt": "pinned a",
    "pinned/b.txt": "pinned b",
  });
  expect((await shop.build()).ran).toEqual({ "a.txt": "pinned" });
  shop.write("b.txt", "by hand");
  shop.write("pinned/a.txt", "another a");
  for (let time = 0; time < 2; time += 1) {
    expect((await shop.build()).ran).toEqual({ "a.txt": "edited" });
    expect([shop.read("a.txt"), shop.read("b.txt")]).toEqual(["another a", "by hand"]);
  }
});

test("what a build that was killed as it wrote its state has left beside it is swept by the next one", async () => {
  const shop = workshop({ "/pipelines/p.yaml": WORDS_THEN_VOICE, "notes.txt": "one" });
  await shop.build();
  const aside = "3f1d0c5a-9a53-4c8e-9a70-2d0f6a0f4b11";
  for (const name of ["snapshot", "journal"]) shop.write(`.faceless/${name}.${aside}`, "half");
  shop.write(".faceless/snapshot.mine", "a file of somebody else");
  await shop.build();
  expect(readdirSync(shop.path(".faceless")).sort()).toEqual(["journal", "snapshot", "snapshot.mine"]);
});
