/** `--profile`: the file that Perfetto and Chrome's viewer read, whole, of real builds however they end. */
import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import type { BuildEvent } from "../lib/model/event.ts";
import { Profile } from "../lib/report/profile.ts";
import { CONFIG, Repo } from "./small-repo.ts";
import { type Workshop, workshop } from "./workshop.ts";

interface Row {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

function parse(text: string): readonly Row[] {
  return (JSON.parse(text) as { traceEvents: Row[] }).traceEvents;
}

/** What a viewer needs: on each track, of two spans the one encloses the other or ends before it. */
function expectDrawable(rows: readonly Row[]): void {
  const open = new Map<string, number[]>();
  let last = 0;
  for (const { ph, pid, tid, ts, dur, name } of rows.filter((row) => row.ph !== "M")) {
    expect(Number.isInteger(ts) && ts >= last, `${name} comes in the order of time`).toBe(true);
    last = ts;
    if (ph !== "X") continue;
    expect(Number.isInteger(dur) && dur! >= 0, `${name} takes time`).toBe(true);
    const above = open.get(`${pid} ${tid}`) ?? [];
    while (above.length > 0 && above.at(-1)! <= ts) above.pop();
    expect(ts + dur!, `${name} on track ${tid}`).toBeLessThanOrEqual(
      above.at(-1) ?? Number.POSITIVE_INFINITY,
    );
    open.set(`${pid} ${tid}`, [...above, ts + dur!]);
  }
}

/** Track to what is on it, in the order of time: "loud/a.txt ran". */
function tracks(rows: readonly Row[], pid = 1): Record<string, string[]> {
  const own = rows.filter((row) => row.pid === pid);
  const names = own.filter(({ name }) => name === "thread_name");
  return Object.fromEntries(
    names.map(({ tid, args }) => [
      args.name,
      own
        .filter((row) => row.tid === tid && row.ph !== "M")
        .map(({ name, args }) => [name, args.outcome ?? args.verb ?? args.text ?? ""].join(" ").trimEnd()),
    ]),
  );
}

describe("the file", () => {
  const PIPELINE = `axes:
  story: { files: "scripts/\${story}.txt" }
targets:
  loud: { task: upper, in: { text: "scripts/\${story}.txt" }, out: "loud/\${story}.txt" }
  broken: { run: "exit 3", out: broken.txt }
  after: { task: upper, in: { text: broken }, out: after.txt }
`;

  /** Its own clock goes on by a millisecond whenever it is read; for the engine no time passes. */
  async function profileOf(shop: Workshop): Promise<string> {
    let ms = 0.5;
    const profile = new Profile(() => ms++);
    await shop.build({ jobs: 1, keepGoing: true, now: () => 0, onEvent: profile.follow("output/demo") });
    return profile.text();
  }

  test("is this, where some is fresh, restored, pinned, made, broken, blocked and no longer wanted", async () => {
    const shop = workshop({ "/pipelines/p.yaml": PIPELINE });
    for (const story of ["fresh", "gone", "pinned", "restored"]) shop.write(`scripts/${story}.txt`, story);
    await shop.build({ keepGoing: true, now: () => 0 });
    rmSync(shop.path("scripts/gone.txt"));
    rmSync(shop.path("loud/restored.txt"));
    shop.write("pinned/loud/pinned.txt", "mine");
    shop.write("scripts/wanted.txt", "wanted");
    const text = await profileOf(shop);
    expectDrawable(parse(text));
    expect(text).toBe(`{"displayTimeUnit":"ms","traceEvents":[
{"name":"process_name","ph":"M","pid":1,"tid":0,"args":{"name":"output/demo"}},
{"name":"process_sort_index","ph":"M","pid":1,"tid":0,"args":{"sort_index":1}},
{"name":"thread_name","ph":"M","pid":1,"tid":1,"args":{"name":"engine"}},
{"name":"thread_sort_index","ph":"M","pid":1,"tid":1,"args":{"sort_index":1}},
{"name":"thread_name","ph":"M","pid":1,"tid":2,"args":{"name":"restored from the store"}},
{"name":"thread_sort_index","ph":"M","pid":1,"tid":2,"args":{"sort_index":2}},
{"name":"thread_name","ph":"M","pid":1,"tid":3,"args":{"name":"settled without work"}},
{"name":"thread_sort_index","ph":"M","pid":1,"tid":3,"args":{"sort_index":3}},
{"name":"thread_name","ph":"M","pid":1,"tid":10,"args":{"name":"slot 1"}},
{"name":"thread_sort_index","ph":"M","pid":1,"tid":10,"args":{"sort_index":10}},
{"name":"build output/demo","cat":"build","args":{"ok":false,"interrupted":false,"counts":{"fresh":1,"restored":1,"ran":1,"edited":0,"pinned":1,"failed":1,"blocked":1,"not-started":0},"results":["output/demo/loud/restored.txt","output/demo/loud/wanted.txt"]},"ph":"X","pid":1,"tid":1,"ts":0,"dur":17500},
{"name":"start program","cat":"engine","args":{},"ph":"X","pid":1,"tid":1,"ts":0,"dur":1500},
{"name":"take lock","cat":"engine","args":{},"ph":"X","pid":1,"tid":1,"ts":1500,"dur":1000},
{"name":"read state","cat":"engine","args":{},"ph":"X","pid":1,"tid":1,"ts":2500,"dur":1000},
{"name":"bind targets","cat":"engine","args":{},"ph":"X","pid":1,"tid":1,"ts":3500,"dur":1000},
{"name":"walk","cat":"engine","args":{},"ph":"X","pid":1,"tid":1,"ts":4500,"dur":10000},
{"name":"loud/fresh.txt","cat":"loud","args":{"action":"loud/fresh.txt","outcome":"fresh","because":[],"outputs":["loud/fresh.txt"]},"ph":"i","s":"t","pid":1,"tid":3,"ts":6500},
{"name":"loud/pinned.txt","cat":"loud","args":{"action":"loud/pinned.txt","outcome":"pinned","because":["pinned/loud/pinned.txt takes its place"],"outputs":["loud/pinned.txt"]},"ph":"i","s":"t","pid":1,"tid":3,"ts":7500},
{"name":"loud/restored.txt","cat":"loud","args":{"action":"loud/restored.txt","outcome":"restored","because":["loud/restored.txt is missing"],"outputs":["loud/restored.txt"]},"ph":"X","pid":1,"tid":2,"ts":8500,"dur":0},
{"name":"loud/wanted.txt","cat":"loud","args":{"action":"loud/wanted.txt","because":["never built"],"outcome":"ran","outputs":["loud/wanted.txt"]},"ph":"X","pid":1,"tid":10,"ts":9500,"dur":1000},
{"name":"broken.txt","cat":"broken","args":{"action":"broken.txt","because":["never built"],"outcome":"failed","outputs":["broken.txt"],"code":"pipeline.target","problem":"pipelines/p.yaml:5:19: the command ended with exit code 3: exit 3"},"ph":"X","pid":1,"tid":10,"ts":11500,"dur":1000},
{"name":"after.txt","cat":"after","args":{"action":"after.txt","outcome":"blocked","because":[],"outputs":["after.txt"],"problem":"it needs broken.txt."},"ph":"i","s":"t","pid":1,"tid":3,"ts":13500},
{"name":"write state","cat":"engine","args":{},"ph":"X","pid":1,"tid":1,"ts":14500,"dur":2000},
{"name":"removed loud/gone.txt","cat":"removed","args":{},"ph":"i","s":"t","pid":1,"tid":1,"ts":15500},
{"name":"end build","cat":"engine","args":{},"ph":"X","pid":1,"tid":1,"ts":16500,"dur":1000}
]}
`);
  });

  test("keeps what never ended, and what was begun twice", () => {
    let ms = 1;
    const profile = new Profile(() => ms++);
    const onEvent = profile.follow("output/demo");
    const start = (action: string): BuildEvent => {
      return { type: "started", action, target: "t", because: [{ reason: "forced" }], lastMs: 7 };
    };
    onEvent(start("a"));
    onEvent({
      type: "notice",
      action: "a",
      text: "b.txt changed while this was made, so it is looked at again.",
    });
    onEvent(start("b"));
    onEvent(start("a"));
    const rows = parse(profile.text());
    expectDrawable(rows);
    expect(tracks(rows)).toEqual({
      engine: ["build output/demo", "start program"],
      "restored from the store": [],
      "settled without work": [],
      "slot 1": [
        "a begun again",
        "notice b.txt changed while this was made, so it is looked at again.",
        "a unfinished",
      ],
      "slot 2": ["b unfinished"],
    });
  });

  test("has as many slots as there was ever work at once, and none with two works at once", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ action: fc.nat(9), step: fc.nat(3) })), (steps) => {
        let [ms, most] = [0, 0];
        const running = new Set<string>();
        const profile = new Profile(() => ms);
        const onEvent = profile.follow("output/demo");
        for (const { action: number, step } of steps) {
          ms += step;
          const [action, target, because] = [`a${number}`, "t", []] as const;
          const ends = running.delete(action);
          if (ends)
            onEvent({ type: "finished", action, target, outcome: "ran", outputs: [], because, ms: 1 });
          else onEvent({ type: "started", action, target, because, lastMs: undefined });
          if (!ends) running.add(action);
          most = Math.max(most, running.size);
        }
        const rows = parse(profile.text());
        expectDrawable(rows);
        const works = rows.filter(({ ph, tid }) => ph === "X" && tid >= 10);
        expect(Object.keys(tracks(rows)).filter((name) => name.startsWith("slot"))).toHaveLength(most);
        expect(works).toHaveLength(steps.length - (steps.length - running.size) / 2);
        for (const one of works) {
          const overlaps = ({ tid, ts, dur }: Row) =>
            tid === one.tid && ts < one.ts + one.dur! && one.ts < ts + dur!;
          expect(works.filter((other) => other !== one && overlaps(other))).toEqual([]);
        }
      }),
    );
  });
});

/** Two stories, in capitals. */
const LOUD = `axes:
  story: { files: "scripts/\${story}.txt" }
targets:
  loud: { run: "tr a-z A-Z < \${in.text} > \${out}", in: { text: "scripts/\${story}.txt" }, out: "loud/\${story}.txt" }
`;

/** The small content repo with two stories, and the profile of the last build in it. */
class Shop extends Repo {
  constructor(pipeline: string) {
    super();
    onTestFinished(() => this.close());
    this.writeAll({ "faceless.config.yaml": CONFIG, "pipelines/p.yaml": pipeline });
    for (const story of ["a", "b"]) this.write(`output/demo/scripts/${story}.txt`, story);
  }

  /** A pipe that opens only when there is a reader and a writer: each waits for the other. */
  pipe(): string {
    execFileSync("mkfifo", [this.path("pipe")]);
    return this.path("pipe");
  }

  /** The exit code and what was written to standard error. */
  async exit(words: readonly string[]): Promise<readonly [number | null, string]> {
    const { code, err } = await this.run(words);
    return [code, err];
  }

  profile(): readonly Row[] {
    const rows = parse(this.read("out.json"));
    expectDrawable(rows);
    return rows;
  }
}

/** Resolves when the program has told such an event (--json). */
async function until(child: ChildProcess, type: BuildEvent["type"]): Promise<void> {
  const lines = createInterface({ input: child.stdout! });
  for await (const line of lines) if ((JSON.parse(line) as BuildEvent).type === type) break;
  child.stdout!.resume();
}

const LOADING = ["load tasks", "load configuration", "compile pipeline", "find tools"];

describe("--profile", () => {
  const PROFILE = ["--profile", "out.json"];

  test("tells where the time of a first build went, and then of one with nothing to do", async () => {
    const shop = new Shop(LOUD);
    expect(await shop.exit(["build", "output/demo", "-j1", ...PROFILE])).toEqual([0, ""]);
    const first = shop.profile();
    const before = ["start program", "check verdict", "load engine", "take lock", "read state"];
    const after = ["bind targets", "walk", "write state", "end build"];
    expect(tracks(first)).toEqual({
      engine: ["build output/demo", ...before, ...LOADING, ...after],
      "restored from the store": [],
      "settled without work": [],
      "slot 1": ["loud/a.txt ran", "loud/b.txt ran"],
    });
    const [whole, ...parts] = first.filter(({ ph, tid }) => ph === "X" && tid === 1);
    expect(whole!.ts).toBe(0);
    // Phases follow one another without a gap, so that their sum is the whole.
    expect(parts.reduce((sum, { dur }) => sum + dur!, 0)).toBe(whole!.dur);
    expect(await shop.exit(["build", "output/demo", ...PROFILE])).toEqual([0, ""]);
    const second = shop.profile();
    expect(tracks(second)).toEqual({
      engine: ["build output/demo", "start program", "check verdict", "end build"],
      "restored from the store": [],
      "settled without work": [],
    });
    const counts = {
      fresh: 2,
      restored: 0,
      ran: 0,
      edited: 0,
      pinned: 0,
      failed: 0,
      blocked: 0,
      "not-started": 0,
    };
    expect(second.find(({ name }) => name === "build output/demo")!.args).toEqual({
      ok: true,
      interrupted: false,
      counts,
      results: [],
    });
    expect(readdirSync(shop.root).filter((name) => name.startsWith("out."))).toEqual(["out.json"]);
  });

  test("shows what ran at once on tracks of their own", async () => {
    const shop = new Shop("");
    const pipe = shop.pipe();
    // Neither comes to its end without the other.
    shop.write(
      "pipelines/p.yaml",
      `targets:\n  a: { run: "echo x > ${pipe}; echo a > \${out}", out: a.txt }\n  b: { run: "cat ${pipe} > \${out}", out: b.txt }\n`,
    );
    expect(await shop.exit(["build", "output/demo", "-j2", ...PROFILE])).toEqual([0, ""]);
    const rows = shop.profile();
    expect(tracks(rows)).toMatchObject({ "slot 1": ["a.txt ran"], "slot 2": ["b.txt ran"] });
    const [a, b] = ["a.txt", "b.txt"].map((name) => rows.find((row) => row.name === name)!);
    expect(a!.ts < b!.ts + b!.dur! && b!.ts < a!.ts + a!.dur!).toBe(true);
  });

  test("has a process for each project", async () => {
    const shop = new Shop(LOUD);
    shop.write("output/other/scripts/c.txt", "c");
    expect(await shop.exit(["build", "output", "-j1", ...PROFILE])).toEqual([0, ""]);
    const rows = shop.profile();
    expect(rows.filter(({ name }) => name === "process_name").map(({ args }) => args.name)).toEqual([
      "output/demo",
      "output/other",
    ]);
    expect(tracks(rows, 1)["slot 1"]).toEqual(["loud/a.txt ran", "loud/b.txt ran"]);
    expect(tracks(rows, 2)["slot 1"]).toEqual(["loud/c.txt ran"]);
    expect(tracks(rows, 2).engine!.slice(0, 2)).toEqual(["build output/other", "check verdict"]);
    const [first, second] = rows.filter(({ cat }) => cat === "build");
    expect(second!.ts).toBeGreaterThanOrEqual(first!.dur!);
  });

  test("of a dry run tells what would be done, and that nothing is recorded", async () => {
    const shop = new Shop(LOUD);
    expect(await shop.exit(["plan", "output/demo", ...PROFILE])).toEqual([0, ""]);
    const before = ["start program", "load engine", "read state"];
    expect(tracks(shop.profile())).toEqual({
      engine: ["build output/demo", ...before, ...LOADING, "bind targets", "walk", "end build"],
      "restored from the store": [],
      "settled without work": ["loud/a.txt run", "loud/b.txt run"],
    });
    expect(shop.has("output/demo/.faceless")).toBe(false);
  });

  test("is written where an action fails, where the pipeline is broken, and where the config is", async () => {
    const shop = new Shop(LOUD.replace("tr a-z A-Z <", "false"));
    expect(await shop.exit(["build", "output/demo", "-j1", ...PROFILE])).toEqual([1, ""]);
    const failed = shop.profile();
    expect(tracks(failed)).toMatchObject({
      "slot 1": ["loud/a.txt failed"],
      "settled without work": ["loud/b.txt not-started"],
    });
    expect(failed.find(({ name }) => name === "loud/a.txt")!.args.problem).toMatch(
      /^pipelines\/\S+:\d+:\d+: the command ended with/,
    );
    const BRACKET = /^faceless: \S+:1:\d+: expected the closing ']' before this\./;
    shop.write("pipelines/p.yaml", "targets: [");
    expect(await shop.exit(["build", "output/demo", ...PROFILE])).toEqual([
      2,
      expect.stringMatching(BRACKET),
    ]);
    const before = ["start program", "check verdict", "load engine", "take lock", "read state"];
    const until = (phase: string) => [
      "build output/demo",
      ...before,
      ...LOADING.slice(0, LOADING.indexOf(phase) + 1),
    ];
    expect(tracks(shop.profile()).engine).toEqual([...until("compile pipeline")]);
    shop.write("faceless.config.yaml", "niches: [");
    expect(await shop.exit(["build", "output/demo", ...PROFILE])).toEqual([
      2,
      expect.stringMatching(BRACKET),
    ]);
    expect(tracks(shop.profile()).engine).toEqual([...until("load configuration")]);
  });

  test("is written where Ctrl-C ends the build", async () => {
    const shop = new Shop("");
    const pipe = shop.pipe();
    shop.write("pipelines/p.yaml", `targets:\n  a: { run: "cat ${pipe} > \${out}", out: a.txt }\n`);
    const child = shop.start(["build", "output/demo", ...PROFILE]);
    child.stdout!.resume();
    const closed = once(child, "close");
    // Opens when the command reads.
    const writer = await open(pipe, "w");
    child.kill("SIGINT");
    expect(await closed).toEqual([130, null]);
    await writer.close();
    const rows = shop.profile();
    expect(tracks(rows)).toMatchObject({ "slot 1": ["a.txt blocked"] });
    expect(rows.find(({ cat }) => cat === "build")!.args).toMatchObject({ ok: false, interrupted: true });
  });

  test("shows the wait for another build", async () => {
    const shop = new Shop("");
    const pipe = shop.pipe();
    shop.write("pipelines/p.yaml", `targets:\n  a: { run: "cat ${pipe} > \${out}", out: a.txt }\n`);
    const holder = shop.start(["build", "output/demo", "--json"]);
    const closed = [once(holder, "close")];
    await until(holder, "started");
    const waiting = shop.start(["build", "output/demo", "--json", ...PROFILE]);
    closed.push(once(waiting, "close"));
    await until(waiting, "waiting-for-lock");
    writeFileSync(pipe, "x");
    expect(await Promise.all(closed)).toEqual([
      [0, null],
      [0, null],
    ]);
    const rows = shop.profile();
    expect(tracks(rows)).toMatchObject({
      engine: expect.arrayContaining(["take lock", "wait for lock", "read state"]),
      "settled without work": ["a.txt fresh"],
    });
    expect(rows.find(({ name }) => name === "wait for lock")!.args.holder).toMatch(String(holder.pid));
  });

  test("is refused before anything is built where no file can be, and missed where it cannot be written", async () => {
    const shop = new Shop(LOUD);
    const refused = (path: string) => shop.exit(["build", "output/demo", "--profile", path]);
    expect(await refused("output")).toEqual([
      2,
      "faceless: --profile takes the file to write, and 'output' is a folder.\n",
    ]);
    expect(await refused("faceless.config.yaml/x/out.json")).toEqual([
      1,
      expect.stringMatching(/^faceless: a file is where a folder has to be: /),
    ]);
    expect(shop.has("output/demo/loud")).toBe(false);
    shop.write("pipelines/p.yaml", LOUD.replace("tr a-z", `mkdir -p ${shop.path("out.json")}; tr a-z`));
    expect(await shop.exit(["build", "output/demo", ...PROFILE])).toEqual([
      2,
      expect.stringMatching(
        /^faceless: the profile could not be written: a folder is where a file has to be: [^\n]+\n$/,
      ),
    ]);
    expect(shop.has("output/demo/loud/a.txt")).toBe(true);
    expect(readdirSync(shop.root).filter((name) => name.startsWith("out."))).toEqual(["out.json"]);
  });
});
