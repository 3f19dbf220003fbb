/** The program on a project that is paid for: plan, budget, the question before it pays again, and what all did cost. */
import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { askYesOrNo } from "../lib/cli/ask.ts";
import { killEngine } from "./cli-shop.ts";
import { CLI } from "./content-repo.ts";
import { paidRepo } from "./paid-repo.ts";
import { said } from "./small-repo.ts";
import { Watching } from "./watch-rig.ts";

/** Four pictures of 4 cents, two narrations of 9 characters at a tenth of a cent. */
const TWO_SCENES = 2;

const PLAN = `run       work/a.json
run       images/a_01_wide.png  up to $0.04
may run   final/a.bin
run       images/a_02_wide.png  up to $0.04
run       images/a_01_tall.png  up to $0.04
run       images/a_02_tall.png  up to $0.04
run       audio/a_01.mp3  up to $0.009
run       audio/a_02.mp3  up to $0.009
up to $0.178 to pay (image $0.16, narration $0.018)
dry run: 7 to run, 1 that may run after them; nothing was changed
`;

const BUDGET = `faceless: what would run is over the budget of $0.10, so nothing was started:
  output/demo: up to $0.178 to pay (image $0.16, narration $0.018)
  Raise --budget, or build a part of it: \`faceless plan\` tells what each output costs.
`;

const QUESTION =
  /^This may have been paid for, and no answer came:\n {2}output\/demo\/images\/a_01_wide\.png {2}studio \(any-size-1\) {2}\d{4}-\d\d-\d\d \d\d:\d\d UTC {2}up to \$0\.04\nBuy it again, for up to \$0\.04\? \[y\/N\] /;

const BUILD = `ran       work/a.json  N s
ran       images/a_01_wide.png  N s  $0.04
ran       images/a_02_wide.png  N s  $0.04
ran       images/a_01_tall.png  N s  $0.04
ran       images/a_02_tall.png  N s  $0.04
ran       audio/a_01.mp3  N s  $0.009
ran       audio/a_02.mp3  N s  $0.009
ran       final/a.bin  N s

output/demo/final/a.bin
done in N s: 8 ran; paid $0.178
`;

const COSTS = `output/demo
                       requests     paid
  by story
    a                         6  $0.1780
  by target
    image                     4  $0.1600
    narration                 2  $0.0180
  by month
    <month>                   6  $0.1780
  by model
    studio any-size-1         4  $0.1600
    studio speaker            2  $0.0180
  total                       6  $0.1780
`;

test("a plan tells the costs, a build what it paid, and costs what all of them did", async () => {
  const { run, server } = await paidRepo(TWO_SCENES, { concurrency: 1 });
  expect(await run(["plan"])).toEqual(said(0, PLAN));
  expect(server.log).toEqual([]);
  expect(await run(["build", "-j", "1"])).toEqual(said(0, BUILD));
  const { out, ...ended } = await run(["costs"]);
  expect(ended).toEqual({ code: 0, err: "" });
  expect(out.replace(/\d{4}-\d\d\b/, "<month>")).toBe(COSTS);
});

test("without a key a plan tells all the same, and then what is missing; a build begins nothing", async () => {
  const { run, server, env, shop } = await paidRepo(TWO_SCENES, { concurrency: 1 });
  delete env.STUDIO_KEY;
  const err =
    "faceless: the provider 'studio' needs STUDIO_KEY, and the environment does not have it.\n  Write STUDIO_KEY=… into a file .env beside faceless.config.yaml, and keep that file out of git; or set it in the environment.\n";
  expect(await run(["plan"])).toEqual({ code: 2, out: PLAN, err });
  expect(await run(["build"])).toEqual({ code: 2, out: "", err });
  expect([server.log, shop.has("work")]).toEqual([[], false]);
  // What costs nothing is made, where the rest is not to hold it up.
  const { code, out } = await run(["build", "-k"]);
  expect([code, out.includes("ran       work/a.json")]).toEqual([1, true]);
});

test("without a key what is made already is up to date", async () => {
  const { run, env } = await paidRepo(1);
  expect((await run(["build"])).code).toBe(0);
  delete env.STUDIO_KEY;
  expect((await run(["plan"])).code).toBe(0);
  expect((await run(["build", "--verbose"])).code).toBe(0);
  expect((await run(["clean", "output/demo"])).code).toBe(0);
  expect((await run(["build"])).code).toBe(0);
});

test("costs of a folder alone, as data", async () => {
  const { run } = await paidRepo(1);
  expect((await run(["build"])).code).toBe(0);
  const { out } = await run(["costs", "output/demo/audio", "--json"]);
  const { format, projects } = JSON.parse(out) as { format: number; projects: object[] };
  const row = { requests: 1, paid: 0.009, unpriced: 0, maybe: 0, saved: 0 };
  expect([format, projects]).toEqual([
    1,
    [
      {
        project: "output/demo",
        total: { name: "total", ...row },
        axes: { story: [{ name: "a", ...row }] },
        targets: [{ name: "narration", ...row }],
        months: [{ name: expect.stringMatching(/^\d{4}-\d\d$/), ...row }],
        models: [{ name: "studio speaker", ...row }],
      },
    ],
  ]);
});

test("another model is paid for by nobody who accepts what there is", async () => {
  const { run, server, model } = await paidRepo(TWO_SCENES);
  expect((await run(["build"])).code).toBe(0);
  const sold = server.log.length;
  model("any-size-2");
  expect((await run(["plan"])).out.split("\n").slice(-4)).toEqual([
    "up to $0.40 to pay (image $0.40)",
    "`faceless accept output/demo` keeps 4 finished outputs that only another tool or version would make anew, which saves $0.40",
    "dry run: 4 to run, 1 that may run after them, 3 fresh; nothing was changed",
    "",
  ]);
  expect((await run(["accept", "output/demo"])).out.split("\n").at(-2)).toBe(
    "accepted 4 outputs; the next build takes them for up to date",
  );
  expect(await run(["build"])).toEqual(said(0, "nothing to do: 8 fresh\n"));
  expect(server.log).toHaveLength(sold);
});

describe("at a terminal, what is finished is bought again for another model", () => {
  const QUESTION = `Bought and finished, and what makes them is another by now:
  image  4 outputs  up to $0.40  (tool image changed: openai any-size-1 -> openai any-size-2)
Buy them again: up to $0.40? With no, nothing is begun, and \`faceless accept output/demo\` keeps what is there. [y/N] `;

  test("with a yes alone", async () => {
    const { run, server, model } = await paidRepo(TWO_SCENES);
    expect((await run(["build"])).code).toBe(0);
    const sold = server.log.length;
    model("any-size-2");
    const { code, out } = await run(["build"], "n\n");
    expect(code).toBe(1);
    expect(out.replaceAll("\r\n", "\n")).toContain(QUESTION);
    expect(out).toContain("faceless: what is finished is not bought again, so nothing was begun.");
    expect(server.log).toHaveLength(sold);
    expect((await run(["build"], "y\n")).code).toBe(0);
    expect(server.log).toHaveLength(sold + 4);
  });

  test("unasked where a prompt is another, too, and nobody is asked who is not there", async () => {
    const { run, server, model, shop } = await paidRepo(TWO_SCENES);
    expect((await run(["build"])).code).toBe(0);
    const sold = server.log.length;
    model("any-size-2");
    shop.write("scripts/a.json", shop.read("scripts/a.json").replaceAll("scene ", "place "));
    const { code, out } = await run(["build"], "");
    expect([code, out.includes("Buy them")]).toEqual([0, false]);
    expect(server.log).toHaveLength(sold + 4);
    model("any-size-1");
    expect((await run(["build"])).code).toBe(0);
    expect(server.log).toHaveLength(sold + 8);
  });
});

test("a watch buys nothing finished again for another model, and goes on once that was accepted", async () => {
  const { run, server, model, shop, env } = await paidRepo(TWO_SCENES);
  const base = { PATH: process.env.PATH, HOME: process.env.HOME };
  const child = spawn(process.execPath, [CLI, "watch", "--json", "output/demo"], {
    cwd: shop.root,
    env: { ...base, ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const watching = new Watching(child);
  await watching.next("watch-waiting");
  const sold = server.log.length;
  model("any-size-2");
  const { problem } = await watching.next("watch-failed");
  expect(problem).toMatchObject({
    code: "money.declined",
    message: "what is finished is not bought again, so nothing was begun.",
  });
  expect((await run(["accept", "output/demo"])).code).toBe(0);
  shop.write("scripts/a.json", shop.read("scripts/a.json").replace("scene 01", "place 01"));
  expect(await watching.round()).toMatchObject({
    ok: true,
    ran: { image: 2 },
  });
  expect(server.log).toHaveLength(sold + 2);
});

describe("--budget", () => {
  test("starts nothing where what would run costs more", async () => {
    const { run, server, shop } = await paidRepo(TWO_SCENES);
    expect(await run(["build", "--budget", "0.10"])).toEqual({ code: 1, out: "", err: BUDGET });
    expect([server.log, shop.has("work")]).toEqual([[], false]);
  });

  test("lets a build through that costs no more, and finds nothing to do after it", async () => {
    const { run } = await paidRepo(TWO_SCENES);
    expect((await run(["build", "--budget", "$0.18"])).code).toBe(0);
    expect(await run(["build", "--budget", "0"])).toEqual(said(0, "nothing to do: 8 fresh\n"));
  });

  test("starts nothing where nobody knows what it costs, and says what to write", async () => {
    const { run, server, shop, model } = await paidRepo(1);
    model("brush");
    const advice = `What has no price needs one in faceless.config.yaml, in US dollars for a picture, or for a million tokens or characters:
    prices:
      "brush": { image: { pictures: { medium: { WIDTHxHEIGHT: … } } } }`;
    expect(await run(["build", "--budget", "2"])).toEqual({
      code: 1,
      out: "",
      err: `faceless: what some of it costs is not known, and there is a budget of $2.00, so nothing was started:
  output/demo: at least $0.009 to pay (narration $0.009); no price known for image
  ${advice}
  Or build without --budget.
`,
    });
    expect([server.log, shop.has("work")]).toEqual([[], false]);
    expect(
      (await run(["build", "--budget", "0.001"])).err,
    ).toBe(`faceless: what would run is over the budget of $0.001, so nothing was started:
  output/demo: at least $0.009 to pay (narration $0.009); no price known for image
  Raise --budget, or build a part of it: \`faceless plan\` tells what each output costs.
  ${advice}
`);
    expect((await run(["plan"])).out).toContain(`no price known for image\n  ${advice}\ndry run: `);
  });

  test("takes dollars, and nothing else", async () => {
    const { run } = await paidRepo(TWO_SCENES);
    const err = "faceless: --budget takes US dollars, such as 2.00, and 'two' is no such amount.\n";
    expect(await run(["build", "--budget", "two"])).toEqual({ code: 2, out: "", err });
  });
});

describe("at a terminal", () => {
  const lost = async () => {
    const made = await paidRepo(1, { concurrency: 1 });
    const { server, shop, env } = made;
    server.latency = 1_000;
    const running = shop.start({ env });
    await server.arrived(1);
    killEngine(running);
    await running.ended;
    server.latency = 0;
    return { ...made, goal: "output/demo/images/a_01_wide.png" };
  };

  test.each([
    ["y\r", 0, 1],
    ["n\r", 1, 0],
    ["\r", 1, 0],
  ] as const)(
    "it is asked whether to buy again what may have been charged: %j",
    async (typed, code, more) => {
      const { run, server, goal } = await lost();
      const { out, ...ended } = await run(["build", goal], typed);
      expect([ended.code, server.log.length]).toEqual([code, 1 + more]);
      expect(out.replaceAll("\r", "").replace(/^[^T]*/, "")).toMatch(QUESTION);
    },
  );

  test("nobody is asked where the output is for a program", async () => {
    const { run, goal } = await lost();
    const { code, out } = await run(["build", "--json", goal], "");
    expect([code, out.includes("[y/N]")]).toEqual([1, false]);
  });
});

describe("a question", () => {
  const asking = (typed: string | undefined, signal = new AbortController().signal) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    if (typed !== undefined) input.end(typed);
    return askYesOrNo("Really? ", input, output, signal);
  };

  test.each([
    ["y\n", true],
    ["  YES \n", true],
    ["n\n", false],
    ["yesterday\n", false],
    ["\n", false],
    ["", false],
  ])("is answered by %j with %s", async (typed, answer) => {
    expect(await asking(typed)).toBe(answer);
  });

  test("is answered with no by an interrupt", async () => {
    const stop = new AbortController();
    const answer = asking(undefined, stop.signal);
    stop.abort();
    expect([await answer, await asking(undefined, stop.signal)]).toEqual([false, false]);
  });
});
