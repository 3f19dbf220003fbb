/** `pool`, `timeout` and `retries` of a target: when things run, how long, and how often; never what they make. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Diagnostics } from "../lib/base/diagnostic.ts";
import type { BuildEvent } from "../lib/model/event.ts";
import type { Tool } from "../lib/model/task.ts";
import { defineTask, z } from "../lib/task.ts";
import { gone } from "./processes.ts";
import { notices, type Workshop, workshop } from "./workshop.ts";

/** How many of the actions were running at the same time at most. */
function widest(events: readonly BuildEvent[]): number {
  let [now, most] = [0, 0];
  for (const { type } of events) {
    if (type === "started") most = Math.max(most, ++now);
    if (type === "finished") now--;
  }
  return most;
}

/** Appends a line to `file` and fails until it has so many. */
const failsUntil = (count: number, file: string) =>
  `echo x >> ${file}; [ $(wc -l < ${file}) -ge ${count} ] || { echo no luck; exit 3; }; echo done > \${out}`;

const made = (shop: Workshop, path: string) => readFileSync(shop.path(path), "utf8").split("\n").length - 1;

describe("pool", () => {
  const PIPELINE = `
axes: { n: { values: [1, 2, 3, 4] } }
targets:
  one: { task: say, with: { text: "\${n}" }, pool: POOL, out: "\${n}.txt" }
`;

  test("a target's own takes the place of its task's", async () => {
    const shop = workshop({ "/pipelines/p.yaml": PIPELINE.replace("POOL", "mouth") });
    const pools = { mouth: 1, voice: 3 };
    expect(widest((await shop.build({ jobs: 4, pools })).events)).toBe(1);
  });

  test("one that the configuration does not name is bounded by -j alone, and no pool is in the key", async () => {
    const shop = workshop({ "/pipelines/p.yaml": PIPELINE.replace("POOL", "cpu") });
    expect(widest((await shop.build({ jobs: 3, pools: { voice: 1 } })).events)).toBe(3);
    shop.write("/pipelines/p.yaml", PIPELINE.replace("POOL", "voice"));
    expect((await shop.build()).ran).toEqual({
      "1.txt": "fresh",
      "2.txt": "fresh",
      "3.txt": "fresh",
      "4.txt": "fresh",
    });
  });
});

describe("timeout", () => {
  test("a command that takes longer is ended with all that it started, and told with the place", async () => {
    const shop = workshop({});
    const pid = shop.path("pid");
    shop.write(
      "/pipelines/p.yaml",
      `
targets:
  slow:
    run: "sh -c 'echo $$ > ${pid}; exec sleep 1000' & wait; echo late > \${out}"
    timeout: 1s
    out: slow.txt
`,
    );
    const built = await shop.build();
    expect(built.problems).toEqual([
      "it took longer than the timeout of 1 s (timeout: at pipelines/p.yaml:5:5).",
    ]);
    await gone(Number(readFileSync(pid, "utf8")));
    expect(existsSync(shop.path("slow.txt"))).toBe(false);
  });

  test("a command that does not heed SIGTERM is killed", async () => {
    const shop = workshop({});
    const pid = shop.path("pid");
    shop.write(
      "/pipelines/p.yaml",
      `
targets:
  deaf:
    run: "trap '' TERM; echo $$ > ${pid}; while :; do sleep 0.1; done; echo late > \${out}"
    timeout: 1
    out: deaf.txt
`,
    );
    expect((await shop.build()).problems).toEqual([
      "it took longer than the timeout of 1 s (timeout: at pipelines/p.yaml:5:5).",
    ]);
    await gone(Number(readFileSync(pid, "utf8")));
  });

  test("a task is told by its signal, and one that does not listen is given up", async () => {
    const heard: string[] = [];
    const task = (type: string, wait: (signal: AbortSignal) => Promise<void>) =>
      defineTask({
        type,
        version: 1,
        params: z.strictObject({}),
        outputs: { text: "txt" },
        run: async ({ signal }) => await wait(signal),
      });
    const listens = task("listens", (signal) => {
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          heard.push("told to stop");
          reject(signal.reason);
        });
      });
    });
    const deaf = task("deaf", () => new Promise(() => {}));
    const shop = workshop({
      "/pipelines/p.yaml": `
targets:
  listens: { task: listens, timeout: 1s, out: listens.txt }
  deaf: { task: deaf, timeout: 1s, out: deaf.txt }
`,
    });
    const tasks = new Map([listens, deaf].map((one) => [one.type, one]));
    const built = await shop.build({ tasks, keepGoing: true });
    expect(built.problems).toEqual([
      "it took longer than the timeout of 1 s (timeout: at pipelines/p.yaml:3:29).",
      "it took longer than the timeout of 1 s (timeout: at pipelines/p.yaml:4:23). It did not stop when it was told to, and may still be at work.",
    ]);
    expect(heard).toEqual(["told to stop"]);
  });

  test("what is done in time is done, and the timeout is not in the key", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": 'targets: { a: { run: "echo hi > ${out}", timeout: 500h, out: a.txt } }',
    });
    expect((await shop.build()).ran).toEqual({ "a.txt": "ran" });
    shop.write("/pipelines/p.yaml", 'targets: { a: { run: "echo hi > ${out}", timeout: 5m, out: a.txt } }');
    expect((await shop.build()).ran).toEqual({ "a.txt": "fresh" });
  });
});

describe("retries", () => {
  test("an attempt that failed is made again in an empty folder, and said so", async () => {
    const shop = workshop({});
    const tally = shop.path("tally");
    shop.write(
      "/pipelines/p.yaml",
      `targets: { a: { run: "[ ! -e left ] || exit 9; touch left; ${failsUntil(3, tally)}", retries: 2, out: a.txt } }`,
    );
    const built = await shop.build();
    expect(built.ran).toEqual({ "a.txt": "ran" });
    expect(made(shop, "tally")).toBe(3);
    const failure =
      `pipelines/p.yaml:1:23: the command ended with exit code 3: [ ! -e left ] || exit 9; touch left; ${failsUntil(3, tally)}
  no luck`.replace("${out}", "out/a.txt");
    expect(notices(built)).toEqual([
      `attempt 1 of 3 failed, so it is made again: ${failure}`,
      `attempt 2 of 3 failed, so it is made again: ${failure}`,
    ]);
    shop.write("/pipelines/p.yaml", shop.read("/pipelines/p.yaml").replace("retries: 2", "retries: 0"));
    expect((await shop.build()).ran).toEqual({ "a.txt": "fresh" });
  });

  test("when none is left, the failure tells how often it was tried", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": "targets: { a: { task: say, with: { text: BOOM }, retries: 1, out: a.txt } }",
    });
    const built = await shop.build();
    expect(built.problems[0]?.split("\n")[0]).toBe(
      "all 2 attempts failed, the last one so: Error: the voice broke",
    );
  });

  test("one that took too long is made again too", async () => {
    const shop = workshop({});
    const tally = shop.path("tally");
    shop.write(
      "/pipelines/p.yaml",
      `targets: { a: { run: "${failsUntil(2, tally).replace("exit 3", "sleep 1000")}", timeout: 1s, retries: 5, out: a.txt } }`,
    );
    const built = await shop.build();
    expect(built.ran).toEqual({ "a.txt": "ran" });
    expect(made(shop, "tally")).toBe(2);
  });

  test("not after an interrupt, and not for an input that is not there", async () => {
    const shop = workshop({});
    const tally = shop.path("tally");
    shop.write(
      "/pipelines/p.yaml",
      `
targets:
  slow: { run: "echo x >> ${tally}; sleep 1000", retries: 5, out: slow.txt }
  gone: { task: upper, in: { text: ./away.txt }, retries: 5, out: gone.txt }
`,
    );
    const stop = new AbortController();
    const built = await shop.build({
      stop: stop.signal,
      keepGoing: true,
      onEvent: (event) => {
        if (event.type === "started") stop.abort();
      },
    });
    expect(built.interrupted).toBe(true);
    expect(notices(built)).toEqual([]);
    expect(built.ran["slow.txt"]).toBe("blocked");
    expect((await shop.build({ goals: ["gone.txt"], keepGoing: true })).problems).toEqual([
      `pipelines/p.yaml:4:36: 'text': there is no file output/demo/away.txt.
  4 |   gone: { task: upper, in: { text: ./away.txt }, retries: 5, out: gone.txt }
    |                                    ^`,
    ]);
  });

  test("never what costs money: an error may come after the charge", async () => {
    const buy = defineTask({
      type: "buy",
      version: 1,
      params: z.strictObject({}),
      outputs: { text: "txt" },
      tools: ["image"],
      run: async ({ outputs }) => await outputs.text.write("bought"),
    });
    const tasks = new Map([[buy.type, buy]]);
    const tools = new Map<string, Tool>([["image", { identity: "artist", paid: true, value: undefined }]]);
    const pipeline = (retries: number) => `targets: { a: { task: buy, retries: ${retries}, out: a.txt } }`;
    const shop = workshop({ "/pipelines/p.yaml": pipeline(1) });
    const error = await shop.build({ tasks, tools }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Diagnostics);
    expect((error as Diagnostics).message).toBe(
      `pipelines/p.yaml:1:28: 'a' uses 'image', which costs money, and an attempt can fail after it was charged. Take 'retries' away; to try again, build again.
  1 | ${pipeline(1)}
    |                            ^`,
    );
    shop.write("/pipelines/p.yaml", pipeline(0));
    expect((await shop.build({ tasks, tools })).ran).toEqual({ "a.txt": "ran" });
  });
});

describe("mistakes", () => {
  test.each([
    ["timeout: 90x", "a timeout is a whole number and its unit, s, m or h, such as 90s; 500h at most."],
    ["timeout: 501h", "a timeout is a whole number and its unit, s, m or h, such as 90s; 500h at most."],
    ["timeout: 0", "'timeout' must be at least 1, found 0."],
    ["timeout: [1]", "expected a number or a string, found a list."],
    ["retries: -1", "'retries' must be at least 0, found -1."],
    ["retries: often", "expected a number, found the string 'often'."],
  ])("%s", async (given, message) => {
    const line = `targets: { a: { run: "echo > \${out}", ${given}, out: a.txt } }`;
    const shop = workshop({ "/pipelines/p.yaml": line });
    const column = line.indexOf(given) + given.indexOf(" ") + 2;
    await expect(shop.build()).rejects.toThrow(
      `pipelines/p.yaml:1:${column}: ${message}\n  1 | ${line}\n    | ${" ".repeat(column - 1)}^`,
    );
  });
});
