/** Others at work at the same time or on the same disk: editors, a second build, a shared cache, a disk that is full. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync, truncateSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, onTestFinished, test } from "vitest";
import { type CliShop, cliShop, type How, until } from "./cli-shop.ts";
import { COPY, LIST, OWN } from "./pipelines.ts";
import { type Built, helps, notices, scratchOf, withTask, workshop } from "./workshop.ts";

const BIG = `
targets:
  small: { run: "echo small > \${out}", out: small.txt }
  big: { run: "head -c 400000 /dev/zero > \${out}", out: big.txt }
  after: { run: "wc -c < \${in.big} > \${out}", in: { big: big }, out: after.txt }
`;

/** Its first command leaves a mark each time it is run, and waits until there is a file `go` in the content repo. */
function waitingShop(): CliShop {
  const shop = cliShop("");
  const slow = `printf x >> ${shop.root}/runs; until [ -e ${shop.root}/go ]; do sleep 0.01; done; echo slow > \${out}`;
  const targets = {
    slow: { run: slow, out: "slow.txt" },
    quick: { run: "echo quick > ${out}", out: "quick.txt" },
  };
  shop.write("/pipelines/p.yaml", JSON.stringify({ targets }));
  return shop;
}

const runsOf = (shop: CliShop) => (shop.has("/runs") ? shop.read("/runs").length : 0);

const shared = (shop: CliShop) => ({ FACELESS_CACHE_DIR: shop.path("/cache") });

/** As somebody who has to heed permissions: not so the root user with all of its capabilities. */
function heeding(): How {
  if (process.getuid?.() !== 0) return {};
  const sets = ["--bounding-set", "--inh-caps"].map((set) => `${set}=-dac_override,-dac_read_search`);
  return { under: ["setpriv", ...sets] };
}

/** With a disk of 200 kB at the folder, for this process alone; a limit on files where nobody may have such a disk. */
function smallDisk(folder: string): readonly string[] {
  const unshare = ["unshare", "--user", "--map-root-user", "--mount"];
  const mount = ["sh", "-c", `mount -t tmpfs -o size=200k tmpfs '${folder}' && exec "$@"`, "sh"];
  const may = spawnSync(unshare[0]!, [...unshare.slice(1), ...mount, "true"]).status === 0;
  return may ? [...unshare, ...mount] : ["bash", "-c", 'ulimit -f 200; exec "$@"', "bash"];
}

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
    `pipelines/p.yaml:3:33: 'text': there is no file output/demo/notes.txt.
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

test("a source that somebody writes to all the time is said to be that, and is built when they are done", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "" });
  const notes = shop.path("notes.txt");
  // Large, so that no reading of it can fall between two writes.
  truncateSync(notes, 1 << 28);
  const writer = spawn("sh", ["-c", 'while :; do printf x >> "$0"; done', notes]);
  onTestFinished(() => void writer.kill("SIGKILL"));
  await until(() => lstatSync(notes).size > 1 << 28);
  const tasks = withTask(async ({ outputs }) => await outputs.text!.write("made"));
  const built = await shop.build({ tasks });
  writer.kill("SIGKILL");
  expect(built.problems).toEqual([`${notes} changed each time it was read.`]);
  expect(helps(built)).toEqual(["Build again when nothing writes to it any more."]);
  await until(() => writer.signalCode !== null);
  shop.write("notes.txt", "done");
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "ran" });
});

describe("two builds at once", () => {
  test("two builds of one project at once: one waits and finds everything done", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": LIST,
      "scripts/a.txt": "one\ntwo",
      "scripts/b.txt": "three",
    });
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

  test("two processes on one project: the second says for whom it waits, and does nothing twice", async () => {
    const shop = waitingShop();
    const first = shop.start({ env: shared(shop) });
    await first.event(({ type }) => type === "started");
    const second = shop.start({ env: shared(shop) });
    const waits = await second.event(({ type }) => type === "waiting-for-lock");
    expect(waits).toEqual({
      type: "waiting-for-lock",
      holder: `faceless build output/demo (process ${first.child.pid} on ${hostname()})`,
    });
    shop.write("/go", "");
    expect(await first.ended).toMatchObject({ code: 0, ran: { "slow.txt": "ran", "quick.txt": "ran" } });
    expect(await second.ended).toMatchObject({ code: 0, ran: { "slow.txt": "fresh", "quick.txt": "fresh" } });
    expect(runsOf(shop)).toBe(1);
  });

  test("two projects with one cache: what the other has finished is taken over, even if it was already queued", async () => {
    const shop = waitingShop();
    const env = shared(shop);
    const first = shop.start({ env, args: ["-j", "1"] });
    await first.event(({ type }) => type === "started");
    mkdirSync(shop.path("/output/other"));
    const other = await shop.build({ project: "other/quick.txt", env });
    expect(other.ran).toEqual({ "quick.txt": "ran" });
    shop.write("/go", "");
    expect((await first.ended).ran).toEqual({ "slow.txt": "ran", "quick.txt": "restored" });
    expect((await shop.build({ project: "other", env })).ran).toEqual({
      "slow.txt": "restored",
      "quick.txt": "fresh",
    });
    expect(shop.outputs("other")).toEqual(shop.outputs("demo"));
  });

  test("two projects with one cache: what both have begun each makes for itself, once, and either result is whole", async () => {
    const shop = waitingShop();
    const env = shared(shop);
    mkdirSync(shop.path("/output/other"));
    const both = ["demo", "other"].map((project) => shop.start({ project, env }));
    await until(() => runsOf(shop) === 2);
    shop.write("/go", "");
    for (const { ended } of both) expect(await ended).toMatchObject({ code: 0, problems: [], stderr: "" });
    expect(runsOf(shop)).toBe(2);
    expect(shop.outputs("other")).toEqual(shop.outputs("demo"));
    shop.remove("slow.txt");
    expect((await shop.build({ env })).ran).toEqual({ "slow.txt": "restored", "quick.txt": "fresh" });
  });

  test.each([
    ["of a dead process", { pid: 2 ** 30 }],
    ["of a process whose pid is another's by now", { born: "1" }],
    ["on another host that was silent for long", { host: "elsewhere" }],
  ])("a lock %s holds nobody up", async (_, change) => {
    const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one" });
    let own = "";
    await shop.build({
      onEvent: ({ type }) => {
        if (type === "planned") own = shop.read(".faceless/lock");
      },
    });
    shop.write(".faceless/lock", JSON.stringify({ ...JSON.parse(own), ...change }));
    const old = new Date(Date.now() - 61_000);
    utimesSync(shop.path(".faceless/lock"), old, old);
    const built = await shop.build();
    expect([built.ok, built.events.filter(({ type }) => type === "waiting-for-lock")]).toEqual([true, []]);
    expect(existsSync(shop.path(".faceless/lock"))).toBe(false);
  });
});

describe("disk", () => {
  test("the cache's disk is full: what does not fit is said, and made all the same; lost, it is made again", async () => {
    const shop = cliShop(BIG);
    mkdirSync(shop.path("/cache"));
    const full = await shop.build({
      args: ["-k", "-j", "1"],
      env: shared(shop),
      under: smallDisk(shop.path("/cache")),
    });
    expect([full.code, full.stderr]).toEqual([0, ""]);
    expect(full.ran).toEqual({ "small.txt": "ran", "big.txt": "ran", "after.txt": "ran" });
    expect(full.notices).toEqual([
      expect.stringMatching(
        /^the store cannot take what is made: (the disk is full|a file would be larger than is allowed here): .* \((ENOSPC|EFBIG), \w+\)\. Once lost, it has to be made again\.$/,
      ),
    ]);
    expect(shop.read("after.txt").trim()).toBe("400000");
    expect((await shop.build({ env: shared(shop) })).ran).toEqual({});
    shop.remove("big.txt");
    shop.remove("small.txt");
    const next = await shop.build({ env: shared(shop) });
    // What was stored on a disk that was this process's alone went with it.
    expect([next.code, next.ran["big.txt"], next.ran["after.txt"]]).toEqual([0, "ran", "fresh"]);
  });

  test("too few open files: what was made is whole, and the next build completes it", async () => {
    const stories = Array.from({ length: 40 }, (_, i) => `story${i}`);
    const shop = cliShop(COPY, Object.fromEntries(stories.map((story) => [`scripts/${story}.txt`, story])));
    const under = ["bash", "-c", 'ulimit -n 64; exec "$@"', "bash"];
    const few = await shop.build({ under, args: ["-k", "-j", "40"] });
    expect([few.code, few.stderr]).toEqual([1, ""]);
    expect(few.problems.length).toBeGreaterThan(0);
    for (const problem of few.problems) expect(problem).toMatch(/^too many files are open/);
    for (const [path, content] of Object.entries(shop.outputs())) expect(path).toBe(`copy/${content}.txt`);
    const next = await shop.build();
    expect(next.code).toBe(0);
    const again = Object.keys(next.ran).filter(
      (action) => next.ran[action] === "ran" && few.ran[action] === "ran",
    );
    expect(again).toEqual([]);
    expect(Object.keys(shop.outputs())).toEqual(stories.map((story) => `copy/${story}.txt`).sort());
  });

  test("a cache that may only be read: what it has is restored, what it lacks is made, and that is said once", async () => {
    const shop = cliShop(COPY, { "scripts/a.txt": "one", "scripts/b.txt": "two", "scripts/c.txt": "three" });
    const cache = shop.path("/cache");
    await shop.build({ env: shared(shop) });
    const may = (how: string) => spawnSync("chmod", ["-R", how, cache]);
    onTestFinished(() => void may("u+w"));
    may("a-w");
    shop.remove("copy/a.txt");
    const restored = await shop.build({ env: shared(shop), ...heeding() });
    expect([restored.code, restored.ran]).toEqual([
      0,
      { "copy/a.txt": "restored", "copy/b.txt": "fresh", "copy/c.txt": "fresh" },
    ]);
    for (const story of ["b", "c"]) shop.write(`scripts/${story}.txt`, `new ${story}`);
    const made = await shop.build({ env: shared(shop), ...heeding() });
    expect([made.code, made.ran]).toEqual([
      0,
      { "copy/a.txt": "fresh", "copy/b.txt": "ran", "copy/c.txt": "ran" },
    ]);
    expect(made.notices).toEqual([
      expect.stringMatching(
        /^the store cannot take what is made: permission denied: .*\/cache\/cas\/.* \(EACCES, \w+\)\. Once lost, it has to be made again\.$/,
      ),
    ]);
    expect([shop.read("copy/b.txt"), shop.read("copy/c.txt")]).toEqual(["new b", "new c"]);
    may("u+w");
    shop.remove("copy/b.txt");
    expect((await shop.build({ env: shared(shop) })).ran).toEqual({
      "copy/a.txt": "fresh",
      "copy/b.txt": "ran",
      "copy/c.txt": "fresh",
    });
  });
});
