/** Builds as the rounds of a watch: superseded, taken over, cancelled; and that what one leaves lets the next be right. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Round } from "../lib/engine/request.ts";
import type { Workbench } from "../lib/engine/workbench.ts";
import type { Task, TaskRun, Tool } from "../lib/model/task.ts";
import { defineTask, Failure, z } from "../lib/task.ts";
import { type Built, TASKS, type Workshop, workshop } from "./workshop.ts";

const LINES = `axes:
  line: { items: "\${list.items}", key: number }
targets:
  list: { task: split, in: { text: ./lines.txt }, out: list.json }
  spoken: { task: slow, with: { text: "\${line.text}" }, out: "spoken/\${line}.txt" }
  all: { task: join, in: { parts: spoken }, out: all.txt }
`;

/** Something that happens once. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** A task that runs until it is told to go on, one gate for each text; and what became of each run. */
class SlowTask {
  readonly runs: string[] = [];
  readonly #gates = new Map<string, ReturnType<typeof gate>>();
  readonly paid: boolean;
  isDown = true;

  constructor({ paid = false } = {}) {
    this.paid = paid;
  }

  gate(name: string): ReturnType<typeof gate> {
    const known = this.#gates.get(name) ?? gate();
    this.#gates.set(name, known);
    return known;
  }

  get tasks(): ReadonlyMap<string, Task> {
    const slow = defineTask({
      type: "slow",
      version: 1,
      params: z.strictObject({ text: z.string().optional() }),
      inputs: { text: "optional" },
      outputs: { text: "txt" },
      run: (run) => this.#run(run, run.params.text ?? readFileSync(run.inputs.text!.path, "utf8")),
    });
    const task = this.paid ? { ...slow, tools: ["image"] } : slow;
    return new Map([...TASKS, task].map((one) => [one.type, one]));
  }

  get tools(): ReadonlyMap<string, Tool> {
    return new Map([["image", { identity: "painter 1", paid: true, value: {} }]]);
  }

  async #run({ outputs, signal }: TaskRun, text: string): Promise<void> {
    this.runs.push(text);
    this.gate(`${text} begun`).open();
    const cancelled = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    await Promise.race([this.gate(text).opened, cancelled]);
    this.runs.push(signal.aborted ? `${text} cancelled` : `${text} done`);
    this.gate(`${text} ended`).open();
    signal.throwIfAborted();
    if (text === "down" && this.isDown) throw new Failure("the service is down.", { passing: true });
    if (text.startsWith("bad")) throw new Error(`${text} is bad`);
    await outputs.text!.write(text);
  }
}

/** Rounds of one watch, with what outlives them. */
class Rounds {
  readonly #shop: Workshop;
  readonly #slow: SlowTask;
  #workbench: Workbench | undefined;

  constructor(shop: Workshop, slow: SlowTask) {
    this.#shop = shop;
    this.#slow = slow;
    onTestFinished(() => this.#workbench?.close());
  }

  get workbench(): Workbench {
    return this.#workbench!;
  }

  start(): { readonly built: Promise<Built>; supersede(): Promise<Built> } {
    const superseded = new AbortController();
    const round: Round = {
      superseded: superseded.signal,
      workbench: this.#workbench,
      begun: (_, workbench) => {
        this.#workbench = workbench;
      },
    };
    const { tasks, tools } = this.#slow;
    const built = this.#shop.build({ round, tasks, tools, keepGoing: true, tellFresh: false });
    return {
      built,
      supersede() {
        superseded.abort();
        return built;
      },
    };
  }
}

const supersededIn = ({ events }: Built) =>
  events.some((event) => event.type === "build-finished" && event.superseded === true);

const startedIn = ({ events }: Built) =>
  events.flatMap((event) => (event.type === "started" ? [event.action] : []));

test("what a stopped build no longer has in its graph is not forgotten: it is removed", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": LINES.replace("task: slow", "task: say"),
    "lines.txt": "a\nb",
  });
  await shop.build();
  shop.write("lines.txt", "c");
  const stop = new AbortController();
  const built = await shop.build({
    stop: stop.signal,
    onEvent: (event) => event.type === "finished" && event.target === "list" && stop.abort(),
  });
  expect(built).toMatchObject({ interrupted: true });
  expect((await shop.build()).ran).toEqual({
    "list.json": "fresh",
    "spoken/1.txt": "ran",
    "all.txt": "ran",
  });
  expect(existsSync(shop.path("spoken/2.txt"))).toBe(false);
});

test("a file that is edited after the description was read from it, and before the build goes on, counts", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LINES.replace("task: slow", "task: say"), "lines.txt": "a" });
  const pipeline = shop.path("/pipelines/p.yaml");
  const build = (edit: () => void) => {
    let described = 0;
    const describing = { restsOn: [pipeline], onDescribe: edit, onRead: () => described++ };
    return shop.build(describing).then((built) => ({ ...built, described }));
  };
  await build(() => shop.write("/pipelines/p.yaml", `# edited\n${shop.read("/pipelines/p.yaml")}`));
  expect((await build(() => {})).described).toBe(1);
  expect((await build(() => {})).described).toBe(0);
});

test("superseded, what runs goes on: the same key is taken over, and runs once", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LINES, "lines.txt": "one" });
  const slow = new SlowTask();
  const rounds = new Rounds(shop, slow);
  const first = rounds.start();
  await slow.gate("one begun").opened;
  shop.write("lines.txt", "one\ntwo");
  expect(supersededIn(await first.supersede())).toBe(true);
  const second = rounds.start();
  await slow.gate("two begun").opened;
  for (const name of ["one", "two"]) slow.gate(name).open();
  const built = await second.built;
  expect(built.ran).toEqual({
    "list.json": "ran",
    "spoken/1.txt": "restored",
    "spoken/2.txt": "ran",
    "all.txt": "ran",
  });
  expect(startedIn(built).sort()).toEqual(["all.txt", "list.json", "spoken/1.txt", "spoken/2.txt"]);
  expect(slow.runs.sort()).toEqual(["one", "one done", "two", "two done"]);
  expect(shop.read("all.txt")).toBe("one|two");
});

test("superseded, what has another key is cancelled, and so is what has no action any more", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LINES, "lines.txt": "one\ntwo" });
  const slow = new SlowTask();
  const rounds = new Rounds(shop, slow);
  const first = rounds.start();
  await Promise.all([slow.gate("one begun").opened, slow.gate("two begun").opened]);
  shop.write("lines.txt", "uno");
  await first.supersede();
  slow.gate("uno").open();
  expect((await rounds.start().built).ran).toEqual({
    "list.json": "ran",
    "spoken/1.txt": "ran",
    "all.txt": "ran",
  });
  await slow.gate("two ended").opened;
  expect(slow.runs.sort()).toEqual(["one", "one cancelled", "two", "two cancelled", "uno", "uno done"]);
});

test("superseded, what has moved to another action has the same key, and goes on", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LINES, "lines.txt": "one\ntwo" });
  const slow = new SlowTask();
  const rounds = new Rounds(shop, slow);
  const first = rounds.start();
  await Promise.all([slow.gate("one begun").opened, slow.gate("two begun").opened]);
  shop.write("lines.txt", "zero\none\ntwo");
  await first.supersede();
  for (const name of ["zero", "one", "two"]) slow.gate(name).open();
  expect((await rounds.start().built).ran).toEqual({
    "list.json": "ran",
    "spoken/1.txt": "ran",
    "spoken/2.txt": "restored",
    "spoken/3.txt": "restored",
    "all.txt": "ran",
  });
  expect(slow.runs.filter((run) => !run.endsWith("done")).sort()).toEqual(["one", "two", "zero"]);
});

test("what costs money is never cancelled: its result is stored, and found when it is asked for again", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LINES, "lines.txt": "one" });
  const slow = new SlowTask({ paid: true });
  const rounds = new Rounds(shop, slow);
  const first = rounds.start();
  await slow.gate("one begun").opened;
  shop.write("lines.txt", "uno");
  await first.supersede();
  slow.gate("uno").open();
  await rounds.start().built;
  expect(slow.runs).toEqual(["one", "uno", "uno done"]);
  // While it goes on nobody else may build: they would pay for the same.
  expect(existsSync(shop.path(".faceless/lock"))).toBe(true);
  slow.gate("one").open();
  await rounds.workbench.close();
  expect(existsSync(shop.path(".faceless/lock"))).toBe(false);
  shop.write("lines.txt", "one");
  expect((await rounds.start().built).ran).toEqual({
    "list.json": "restored",
    "spoken/1.txt": "restored",
    "all.txt": "ran",
  });
  expect(slow.runs).toEqual(["one", "uno", "uno done", "one done"]);
});

test("what costs money and reads a file goes on too, and is stored under the content that it was given", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": "targets:\n  spoken: { task: slow, in: { text: ./notes.txt }, out: spoken.txt }\n",
    "notes.txt": "one",
  });
  const slow = new SlowTask({ paid: true });
  const rounds = new Rounds(shop, slow);
  const first = rounds.start();
  await slow.gate("one begun").opened;
  shop.write("notes.txt", "uno");
  await first.supersede();
  for (const name of ["one", "uno"]) slow.gate(name).open();
  expect((await rounds.start().built).ran).toEqual({ "spoken.txt": "ran" });
  await rounds.workbench.close();
  shop.write("notes.txt", "one");
  expect((await rounds.start().built).ran).toEqual({ "spoken.txt": "restored" });
  expect(slow.runs.filter((run) => !run.endsWith("done"))).toEqual(["one", "uno"]);
});

test("what was paid for in a round that is over, and cannot be stored, is kept, and that is told", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LINES, "lines.txt": "one" });
  const slow = new SlowTask({ paid: true });
  const rounds = new Rounds(shop, slow);
  const first = rounds.start();
  await slow.gate("one begun").opened;
  rmSync(shop.path("/.faceless/cache/cas"), { recursive: true });
  shop.write("/.faceless/cache/cas", "in the way");
  shop.write("lines.txt", "uno");
  const { events } = await first.supersede();
  for (const name of ["one", "uno"]) slow.gate(name).open();
  expect((await rounds.start().built).ran).toMatchObject({ "spoken/1.txt": "ran" });
  await rounds.workbench.close();
  expect(events.flatMap((event) => (event.type === "notice" ? [event.text] : [])).at(-1)).toMatch(
    / Nor could it be put in place: something else is wanted by now\. It is kept: output\/demo\/\.faceless\/kept-1-1\.txt\.$/,
  );
  expect(shop.read(".faceless/kept-1-1.txt")).toBe("one");
  shop.write("lines.txt", "one");
  expect((await rounds.start().built).ran).toMatchObject({ "spoken/1.txt": "failed" });
  expect(slow.runs.filter((run) => !run.endsWith("done"))).toEqual(["one", "uno"]);
});

test("what failed is told in each round and run in none, until its key is another", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LINES, "lines.txt": "bad" });
  const slow = new SlowTask();
  for (const name of ["bad", "good", "better"]) slow.gate(name).open();
  const rounds = new Rounds(shop, slow);
  expect(await rounds.start().built).toMatchObject({ ok: false, ran: { "spoken/1.txt": "failed" } });
  shop.write("lines.txt", "bad\ngood");
  const second = await rounds.start().built;
  expect(second.ran).toEqual({
    "list.json": "ran",
    "spoken/1.txt": "failed",
    "spoken/2.txt": "ran",
    "all.txt": "blocked",
  });
  expect(second.problems[0]).toContain("bad is bad");
  shop.write("lines.txt", "better\ngood");
  expect(await rounds.start().built).toMatchObject({ ok: true });
  expect(slow.runs.filter((run) => !run.endsWith("done"))).toEqual(["bad", "good", "better"]);
});

test("what can pass is tried once in each round", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LINES, "lines.txt": "down\ndown" });
  const slow = new SlowTask();
  for (const name of ["down", "good"]) slow.gate(name).open();
  const rounds = new Rounds(shop, slow);
  const runs = () => slow.runs.filter((run) => !run.endsWith("done"));
  expect(await rounds.start().built).toMatchObject({
    ran: { "spoken/1.txt": "failed", "spoken/2.txt": "failed" },
    problems: ["the service is down.", "the service is down."],
  });
  expect(runs()).toEqual(["down"]);
  slow.isDown = false;
  expect(await rounds.start().built).toMatchObject({ ok: true, problems: [] });
  expect(runs()).toEqual(["down", "down"]);
});

test("between rounds another build has the project, and what it clears away is not missed", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LINES, "lines.txt": "one" });
  const slow = new SlowTask();
  for (const name of ["one", "two", "three"]) slow.gate(name).open();
  const rounds = new Rounds(shop, slow);
  await rounds.start().built;
  shop.write("lines.txt", "two");
  expect(await shop.build({ tasks: slow.tasks, tools: slow.tools })).toMatchObject({ ok: true });
  expect(readdirSync(join(shop.places.state, "scratch"))).toEqual([]);
  shop.write("lines.txt", "three");
  expect(await rounds.start().built).toMatchObject({ ok: true, problems: [] });
});
