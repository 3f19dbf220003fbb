/** Others at work at the same time or on the same disk: editors, a second build, a shared cache, odd files and clocks. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Built, helps, notices, scratchOf, withTask, workshop } from "./workshop.ts";

const OWN = `
targets:
  own: { task: own, in: { text: ./notes.txt }, out: own.txt }
`;

const LIST = `
options: { glue: "|" }
axes:
  story: { files: "scripts/\${story}.txt" }
  item: { items: "\${list.items}", key: number, pad: 2 }
targets:
  list: { task: split, in: { text: "scripts/\${story}.txt" }, out: "work/\${story}.json" }
  said: { task: say, with: { text: "\${item.text}" }, out: "said/\${story}_\${item}.txt" }
  all: { task: join, in: { parts: said }, with: { glue: "\${options.glue}" }, out: "final/\${story}.txt" }
`;

test("a source edited while its action runs: the result is not taken for that of the new content", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  let runs = 0;
  const tasks = withTask(async ({ inputs, outputs }) => {
    runs += 1;
    const text = readFileSync((inputs.text as { path: string }).path, "utf8");
    if (runs === 1) shop.write("notes.txt", "two");
    await outputs.text!.write(`said ${text}`);
  });
  const built = await shop.build({ tasks });
  expect(built.ran).toEqual({ "own.txt": "ran" });
  expect(notices(built)).toEqual([
    "output/demo/notes.txt changed while this was made, so it is looked at again.",
  ]);
  expect(shop.read("own.txt")).toBe("said two");
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "fresh" });
  shop.write("notes.txt", "one");
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "ran" });
  expect(shop.read("own.txt")).toBe("said one");
  expect(runs).toBe(3);
  expect(scratchOf(shop)).toEqual([]);
});

test("a source that changes each time while its action runs is a failure, and nothing is recorded", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "0" });
  let runs = 0;
  const tasks = withTask(async ({ outputs }) => {
    runs += 1;
    shop.write("notes.txt", String(runs));
    await outputs.text!.write("made");
  });
  const built = await shop.build({ tasks });
  expect(built.problems).toEqual(["output/demo/notes.txt changed each time while this was made."]);
  expect(helps(built)).toEqual(["Build again when nothing writes to it any more."]);
  expect(runs).toBe(4);
  expect(existsSync(shop.path("own.txt"))).toBe(false);
  const calm = withTask(async ({ outputs }) => await outputs.text!.write("calm"));
  expect((await shop.build({ tasks: calm })).ran).toEqual({ "own.txt": "ran" });
  expect(scratchOf(shop)).toEqual([]);
});

test("a source removed while its action runs: said as missing, where it is asked for", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  const tasks = withTask(async ({ outputs }) => {
    shop.remove("notes.txt");
    await outputs.text!.write("made");
  });
  expect((await shop.build({ tasks })).problems).toEqual([
    `pipelines/p.yaml:3:33: 'text': output/demo/notes.txt is gone.
  3 |   own: { task: own, in: { text: ./notes.txt }, out: own.txt }
    |                                 ^`,
  ]);
});

test("an output edited by hand while its task runs is not overwritten", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  let edit = false;
  const tasks = withTask(async ({ outputs }) => {
    if (edit) shop.write("own.txt", "by hand");
    await outputs.text!.write("made");
  });
  await shop.build({ tasks });
  shop.write("notes.txt", "two");
  edit = true;
  const built = await shop.build({ tasks });
  expect(built.ran).toEqual({ "own.txt": "edited" });
  expect(notices(built)).toEqual([
    "output/demo/own.txt changed while this was made, so it is looked at again.",
  ]);
  expect(shop.read("own.txt")).toBe("by hand");
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "edited" });
  // The run was not for nothing: its result is in the store.
  expect((await shop.build({ tasks, discardEdits: true })).ran).toEqual({ "own.txt": "restored" });
  expect(shop.read("own.txt")).toBe("made");
});

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

test("two builds of one project at once: one waits and finds everything done", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\ntwo", "scripts/b.txt": "three" });
  const [first, second] = await Promise.all([shop.build(), shop.build()]);
  expect([first.ok, second.ok]).toEqual([true, true]);
  expect(new Set(Object.values(first.ran))).toEqual(new Set(["ran"]));
  expect(new Set(Object.values(second.ran))).toEqual(new Set(["fresh"]));
  expect(second.events.filter((event) => event.type === "waiting-for-lock")).toHaveLength(1);
  expect(existsSync(shop.path(".faceless/lock"))).toBe(false);
});

test("stopped while it waits for another build, a build ends as interrupted and changes nothing", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  const stop = new AbortController();
  let waiting: Promise<Built> | undefined;
  const tasks = withTask(async ({ outputs }) => {
    waiting = shop.build({
      tasks,
      stop: stop.signal,
      onEvent: (event) => event.type === "waiting-for-lock" && stop.abort(),
    });
    expect(await waiting).toMatchObject({ ok: false, interrupted: true, ran: {} });
    await outputs.text!.write("made");
  });
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "ran" });
});
