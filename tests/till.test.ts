/** Each request is written down before it is sent and its answer stored before it is used: nothing is bought twice unasked. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Failure } from "../lib/base/failure.ts";
import { Budget } from "../lib/engine/budget.ts";
import { Places } from "../lib/engine/place.ts";
import type { Round } from "../lib/engine/request.ts";
import type { Workbench } from "../lib/engine/workbench.ts";
import { Answers } from "../lib/store/answers.ts";
import { collectGarbage } from "../lib/store/gc.ts";
import { Ledger, LedgerReader } from "../lib/store/ledger.ts";
import {
  type Build,
  kinds,
  ledgerOf,
  ONE,
  paidTools,
  paintAll,
  painter,
  paintTask,
  payShop,
  service,
} from "./pay-kit.ts";
import { helps, notices, type Workshop, workshop } from "./workshop.ts";

const WHEN = Date.UTC(2026, 10, 26, 11, 2);
const at = { now: () => WHEN };

const answers = (shop: Workshop) => {
  const folder = shop.path("/.faceless/cache/answers");
  return existsSync(folder) ? readdirSync(folder) : [];
};

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("/"));

afterEach(() => void vi.restoreAllMocks());

test("a purchase is an intent, then paid; its answer is dropped when its result is in the store", async () => {
  const { studio, shop, build } = await payShop();
  const built = await build(at);
  expect([built.ran, shop.read("one.txt"), studio.asked]).toEqual([{ "one.txt": "ran" }, "ONE", ["one"]]);
  const [intent, paid] = ledgerOf(shop);
  expect(intent).toEqual({
    ...{ kind: "intent", id: expect.any(String), at: WHEN, key: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ...{ action: "one.txt", target: "image", binding: {}, purchase: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ...{ provider: "studio", model: "brush-1", estimate: 0.04 },
  });
  const id = intent!.kind === "intent" && intent!.id;
  expect(paid).toEqual({ kind: "paid", id, at: WHEN, cost: 0.04, usage: { pictures: 1 } });
  expect([kinds(shop), answers(shop)]).toEqual([["intent", "paid"], []]);
  expect(built.events.find(({ type }) => type === "finished")).toMatchObject({ outcome: "ran", cost: 0.04 });
  expect(built.events.at(-1)).toMatchObject({ spending: { paid: 0.04, unpriced: 0, maybe: 0, saved: 0 } });
});

test("what comes out of the cache was saved, by what it cost", async () => {
  const { shop, build } = await payShop();
  await build();
  shop.remove("one.txt");
  const built = await build(at);
  expect(built.ran).toEqual({ "one.txt": "restored" });
  expect(ledgerOf(shop).at(-1)).toEqual({
    ...{ kind: "saved", at: WHEN, action: "one.txt", target: "image", binding: {}, cost: 0.04 },
  });
  expect(built.events.find(({ type }) => type === "finished")).toMatchObject({ saved: 0.04 });
  expect(built.events.at(-1)).toMatchObject({ spending: { paid: 0, unpriced: 0, maybe: 0, saved: 0.04 } });
  expect((await build()).events.at(-1)).not.toHaveProperty("spending");
});

test("a task that fails on its answer is given the same one again, and buys nothing", async () => {
  let broken = true;
  const { studio, shop, build } = await payShop(ONE, async (given) => {
    await paintAll(given);
    if (broken) throw new Failure("the answer made no sense.");
  });
  const failed = await build();
  expect([failed.ran, failed.events.find(({ type }) => type === "finished")]).toMatchObject([
    { "one.txt": "failed" },
    { cost: 0.04 },
  ]);
  broken = false;
  const built = await build();
  expect([built.ran, studio.asked, kinds(shop)]).toEqual([{ "one.txt": "ran" }, ["one"], ["intent", "paid"]]);
  expect(built.events.find(({ type }) => type === "finished")).toMatchObject({ outcome: "ran", cost: 0 });
  shop.remove("one.txt");
  expect((await build()).events.at(-1)).toMatchObject({ spending: { saved: 0.04 } });
});

test("of three requests that were answered before the fourth failed, none is sent again", async () => {
  const four = `targets:\n  image: { task: paint, with: { texts: [a, b, c, d] }, out: one.txt }\n`;
  const { studio, shop, build } = await payShop(four);
  studio.next = ["answer", "answer", "answer", "refusal"];
  expect((await build()).problems).toEqual(["the studio said 429."]);
  expect((await build()).ran).toEqual({ "one.txt": "ran" });
  expect([shop.read("one.txt"), studio.asked]).toEqual(["A B C D", ["a", "b", "c", "d", "d"]]);
  expect(kinds(shop).filter((kind) => kind === "paid")).toHaveLength(4);
  expect(kinds(shop).filter((kind) => kind === "refused")).toHaveLength(1);
});

describe("by force", () => {
  const TWO = "targets:\n  image: { task: paint, with: { texts: [a, b] }, out: one.txt }\n";
  const force = ["one.txt"];

  test("what an interrupted build has bought is used, and what a task has used is bought anew", async () => {
    const { studio, shop, build } = await payShop(TWO);
    studio.next = ["answer", "refusal"];
    expect((await build()).problems).toEqual(["the studio said 429."]);
    expect((await build({ force })).ran).toEqual({ "one.txt": "ran" });
    expect(studio.asked, "a is not bought again").toEqual(["a", "b", "b"]);
    studio.next = ["answer", "refusal"];
    expect((await build({ force })).problems).toEqual(["the studio said 429."]);
    shop.remove("one.txt");
    expect((await build()).ran, "of what was bought first").toEqual({ "one.txt": "restored" });
    expect((await build({ force })).ran).toEqual({ "one.txt": "ran" });
    expect(studio.asked).toEqual(["a", "b", "b", "a", "b", "b"]);
    expect((await build({ force })).ran).toEqual({ "one.txt": "ran" });
    expect(studio.asked.slice(6)).toEqual(["a", "b"]);
  });

  test("an answer that a task fails on is bought anew, and the failure says so", async () => {
    let isBroken = true;
    const { studio, build } = await payShop(ONE, async (given) => {
      await paintAll(given);
      if (isBroken) throw new Failure("the answer made no sense.");
    });
    const failed = await build();
    expect([failed.problems, helps(failed)]).toEqual([
      ["the answer made no sense."],
      [
        "What it fails on was paid for, is kept, and is given again: `faceless build output/demo/one.txt --force output/demo/one.txt` buys another one.",
      ],
    ]);
    isBroken = false;
    expect((await build({ force })).ran).toEqual({ "one.txt": "ran" });
    expect(studio.asked).toEqual(["one", "one"]);
  });
});

test("the same asked twice at once by one task is one purchase", async () => {
  const { studio, shop, build } = await payShop(ONE, async (given) => {
    const { tools, till, signal, outputs } = given;
    const image = tools.image as unknown as ReturnType<typeof painter>;
    const both = await Promise.all([1, 2].map(() => image.paint("one", { till, signal })));
    await outputs.text!.write(Buffer.concat(both));
  });
  await build();
  expect([shop.read("one.txt"), studio.asked]).toEqual(["ONEONE", ["one"]]);
});

test("two actions of one build with the same key buy once", async () => {
  const twice = `
axes:
  copy: { values: [a, b] }
targets:
  image: { task: paint, with: { texts: [one] }, out: "\${copy}.txt" }
`;
  const { studio, shop, build } = await payShop(twice);
  expect((await build()).ran).toEqual({ "a.txt": "ran", "b.txt": "restored" });
  expect([shop.read("a.txt"), shop.read("b.txt"), studio.asked]).toEqual(["ONE", "ONE", ["one"]]);
});

describe("a request that was cut off", () => {
  const lost = async () => {
    const made = await payShop();
    made.studio.next = ["cut"];
    expect((await made.build(at)).ran).toEqual({ "one.txt": "failed" });
    expect(kinds(made.shop)).toEqual(["intent", "lost"]);
    return made;
  };

  test("may have been charged, so the next build says so and sends nothing", async () => {
    const { studio, build } = await lost();
    const built = await build();
    expect(built.problems).toEqual([
      "a request to studio (brush-1) of 2026-11-26 11:02 UTC may have been charged, up to $0.04: no answer came that could be used. It was not sent again.",
    ]);
    expect(helps(built)).toEqual([
      "The provider's own records tell. `faceless build output/demo/one.txt --pay-again` buys it again, and `--pay-again` with all that you build whatever is so; or put a file there and `faceless accept output/demo/one.txt`.",
    ]);
    expect(studio.asked).toEqual(["one"]);
  });

  test.each([
    ["by --pay-again", { payAgain: true }],
    ["by --force on its file", { force: ["one.txt"] }],
    ["by a yes to the question", { askToPayAgain: async () => true }],
  ])("is bought again with consent: %s", async (_, consent) => {
    const { studio, shop, build } = await lost();
    expect((await build(consent)).ran).toEqual({ "one.txt": "ran" });
    expect([shop.read("one.txt"), studio.asked]).toEqual(["ONE", ["one", "one"]]);
    expect(kinds(shop)).toEqual(["intent", "lost", "consented", "intent", "paid"]);
  });

  test("since the build was stopped twice, may have been charged", async () => {
    const { studio, shop, build } = await payShop();
    studio.hold = new Promise(() => {});
    const stop = new AbortController();
    const building = build({ stop: stop.signal, kill: stop.signal });
    await studio.arrived(1);
    expect((await build({ dryRun: true })).events, "what is under way is no question").not.toContainEqual(
      expect.objectContaining({ maybeCharged: expect.anything() }),
    );
    stop.abort();
    expect((await building).ran).toEqual({ "one.txt": "blocked" });
    expect(kinds(shop)).toEqual(["intent", "lost"]);
    expect((await build({ dryRun: true })).events).toContainEqual(
      expect.objectContaining({ type: "would", maybeCharged: [expect.objectContaining({ requests: 1 })] }),
    );
  });

  test("is asked about once, before anything is begun, and not where another answer would do", async () => {
    const { studio, build } = await lost();
    const asked: unknown[] = [];
    const askToPayAgain = async (maybe: unknown) => {
      asked.push(maybe);
      return false;
    };
    expect((await build({ askToPayAgain, force: ["one.txt"], dryRun: true })).ok).toBe(true);
    expect(asked).toEqual([]);
    expect((await build({ askToPayAgain })).ran).toEqual({ "one.txt": "failed" });
    const purchase = { action: "one.txt", provider: "studio", model: "brush-1", requests: 1, at: WHEN };
    expect([asked, studio.asked]).toEqual([[[{ ...purchase, charged: 0.04, again: 0.04 }]], ["one"]]);
    expect((await build({ askToPayAgain, force: ["one.txt"] })).ran).toEqual({ "one.txt": "ran" });
    expect(asked).toHaveLength(1);
  });

  test.each([
    ["accepted", "one.txt", { accept: true, goals: ["one.txt"] }],
    ["pinned", "pinned/one.txt", {}],
  ])("is of no matter any more where a file of one's own is %s", async (how, path, asking) => {
    const { studio, shop, build } = await lost();
    shop.write(path, "my own");
    if ("accept" in asking) expect((await build(asking)).ran).toEqual({ "one.txt": how });
    const askToPayAgain = vi.fn(async () => false);
    expect((await build({ askToPayAgain })).ok).toBe(true);
    expect([askToPayAgain.mock.calls, studio.asked]).toEqual([[], ["one"]]);
  });

  test("can be tried again by the provider, and each request is an entry of its own", async () => {
    const { studio, shop, build } = await payShop(ONE, async (given) => {
      await paintAll(given).catch(() => paintAll(given));
    });
    studio.next = ["cut", "answer"];
    const built = await build();
    expect([built.ran, kinds(shop)]).toEqual([{ "one.txt": "ran" }, ["intent", "lost", "intent", "paid"]]);
    expect(built.events.at(-1)).toMatchObject({
      spending: { paid: 0.04, unpriced: 0, maybe: 0.04, saved: 0 },
    });
    shop.remove("/.faceless/cache");
    shop.remove("one.txt");
    expect((await build()).ran, "what was answered in the end is not asked about").toEqual({
      "one.txt": "ran",
    });
  });

  test("consent is remembered: what is refused after it is not asked about again", async () => {
    const { studio, build } = await lost();
    studio.next = ["refusal"];
    expect((await build({ payAgain: true })).problems).toEqual(["the studio said 429."]);
    expect((await build()).ran).toEqual({ "one.txt": "ran" });
  });
});

describe("what is finished and would be bought again for another model", () => {
  const painted = async () => {
    const made = await payShop();
    await made.build();
    const tools = paidTools(painter(made.studio, 0.1, "brush-2"), "studio brush-2");
    return { ...made, build: (changes: Build = {}) => made.build({ tools, ...changes }) };
  };

  test("is asked about before anything is begun, and with a no nothing is", async () => {
    const { studio, build } = await painted();
    const askToRebuy = vi.fn(async () => false);
    await expect(build({ askToRebuy })).rejects.toEqual(
      new Failure("what is finished is not bought again, so nothing was begun.", {
        code: "money.declined",
        help: "`faceless accept output/demo` takes it for what is to be made, and then builds nothing of it anew.",
      }),
    );
    const told = { action: "one.txt", target: "image", cost: 0.1 };
    expect(askToRebuy.mock.calls).toEqual([[[expect.objectContaining(told)]]]);
    expect((await build({ askToRebuy: async () => true })).ran).toEqual({ "one.txt": "ran" });
    expect(studio.asked).toEqual(["one", "one"]);
  });

  test.each([
    ["by force", { force: ["one.txt"] }],
    ["where it was accepted", {}],
    ["in a dry run", { dryRun: true }],
  ])("is not asked about %s", async (how, asking) => {
    const { build } = await painted();
    if (how === "where it was accepted") await build({ accept: true });
    const askToRebuy = vi.fn(async () => false);
    expect((await build({ askToRebuy, ...asking })).ok).toBe(true);
    expect(askToRebuy).not.toHaveBeenCalled();
  });

  test("is asked about too where it follows what is made anew, and its tool has changed", async () => {
    const { studio, shop, build } = await payShop(`
targets:
  words: { run: "cp \${in.notes} \${out}", in: { notes: ./notes.json }, out: words.json }
  image: { task: paint, with: { texts: ["\${words.text}"] }, out: one.txt }
`);
    shop.write("notes.json", JSON.stringify({ text: "one" }));
    await build();
    shop.write("notes.json", JSON.stringify({ text: "another" }));
    const askToRebuy = vi.fn(async () => false);
    await build({ askToRebuy, goals: ["words.json"] });
    shop.write("notes.json", JSON.stringify({ text: "a third" }));
    expect((await build({ askToRebuy, dryRun: true })).ran).toMatchObject({ "one.txt": "would-maybe-run" });
    expect(askToRebuy, "for other words alone").not.toHaveBeenCalled();
    const tools = paidTools(painter(studio, 0.1, "brush-2"), "studio brush-2");
    await expect(build({ askToRebuy, tools })).rejects.toThrow("so nothing was begun.");
    const told = { action: "one.txt", verb: "maybe-run", lastCost: 0.04, otherTool: true };
    expect(askToRebuy.mock.calls).toEqual([[[expect.objectContaining(told)]]]);
  });

  test("is not asked about where it was made at no cost", async () => {
    const { studio, shop } = await payShop();
    const free = new Map([["image", { identity: "offline", paid: false, value: painter(studio) }]]);
    await shop.build({ tasks: paintTask(), tools: free });
    const askToRebuy = vi.fn(async () => false);
    const build = { tasks: paintTask(), tools: paidTools(painter(studio)), askToRebuy };
    expect((await shop.build(build)).ran).toEqual({ "one.txt": "ran" });
    expect(askToRebuy).not.toHaveBeenCalled();
  });
});

describe("an answer that is of no use and tells what it cost", () => {
  test("is charged by that, opens no question, and keeps nothing", async () => {
    const { studio, shop, build } = await payShop();
    studio.next = ["useless"];
    const built = await build(at);
    expect([built.problems, kinds(shop)]).toEqual([["the studio gave no picture."], ["intent", "unusable"]]);
    const [intent, end] = ledgerOf(shop);
    expect(end).toEqual({
      ...{ kind: "unusable", id: intent!.kind === "intent" && intent!.id, at: WHEN },
      ...{ cost: 0.04, usage: { pictures: 1 } },
    });
    expect(built.events.at(-1)).toMatchObject({
      spending: { paid: 0.04, unpriced: 0, maybe: 0, saved: 0 },
    });
    expect(built.events.find(({ type }) => type === "finished")).toMatchObject({ cost: 0.04 });
    expect(answers(shop).flatMap((key) => readdirSync(shop.path(`/.faceless/cache/answers/${key}`)))).toEqual(
      [],
    );
    const askToPayAgain = vi.fn(async () => false);
    expect((await build({ askToPayAgain })).ran).toEqual({ "one.txt": "ran" });
    expect([askToPayAgain.mock.calls, studio.asked]).toEqual([[], ["one", "one"]]);
    expect(kinds(shop)).toEqual(["intent", "unusable", "intent", "paid"]);
    shop.remove("one.txt");
    expect((await build()).events.at(-1), "what it was made of cost that much").toMatchObject({
      spending: { saved: 0.04 },
    });
  });

  test("leaves open what was lost before it", async () => {
    const { studio, shop, build } = await payShop(ONE, async (given) => {
      await paintAll(given).catch(() => paintAll(given));
    });
    studio.next = ["cut", "useless"];
    await build(at);
    expect(kinds(shop)).toEqual(["intent", "lost", "intent", "unusable"]);
    shop.remove(".faceless/ledger");
    expect((await build()).problems).toEqual([
      "a request to studio (brush-1) of 2026-11-26 11:02 UTC may have been charged, up to $0.04: no answer came that could be used. It was not sent again.",
    ]);
    expect(studio.asked).toEqual(["one", "one"]);
  });

  test("counts against the budget", async () => {
    const { studio, build } = await payShop(ONE, async (given) => {
      await paintAll(given).catch(() => paintAll(given));
    });
    studio.next = ["useless"];
    expect((await build({ budget: new Budget(0.05) })).problems).toEqual([
      "a request to studio (brush-1) costs up to $0.04, which would pass the budget of $0.05: $0.04 is spent. It was not sent.",
    ]);
    expect(studio.asked).toEqual(["one"]);
  });
});

test("an error that says what it was charged in words of its own may have been charged", async () => {
  const { shop, build } = await payShop(ONE, async ({ till }) => {
    const purchase = { provider: "studio", model: "brush-1", request: {}, estimate: 0.04 };
    await till.buy(purchase, async () => {
      throw Object.assign(new Failure("no."), { charged: "yes" });
    });
  });
  await build();
  expect(kinds(shop)).toEqual(["intent", "lost"]);
});

test("a refusal costs nothing: it is sent again at the next build, unasked", async () => {
  const { studio, shop, build } = await payShop();
  studio.next = ["refusal"];
  const built = await build();
  expect([built.problems, built.events.at(-1)]).toEqual([
    ["the studio said 429."],
    expect.not.objectContaining({ spending: expect.anything() }),
  ]);
  expect((await build()).ran).toEqual({ "one.txt": "ran" });
  expect(kinds(shop)).toEqual(["intent", "refused", "intent", "paid"]);
});

test("the intent is on disk before anything is sent, and the answer before the record that it was paid", async () => {
  const { studio, build } = await payShop();
  const order: string[] = [];
  const watch = <Store extends object>(store: Store, method: keyof Store & string, name: string) => {
    const real = store[method] as (...given: unknown[]) => unknown;
    vi.spyOn(store as Record<string, (...given: unknown[]) => unknown>, method).mockImplementation(
      async function (this: Store, ...given) {
        const result = await real.apply(this, given);
        order.push(`${name}, ${studio.asked.length} sent`);
        return result;
      },
    );
  };
  watch(Ledger.prototype, "sync", "ledger on disk");
  watch(Answers.prototype, "put", "answer on disk");
  await build();
  expect(order).toEqual(["ledger on disk, 0 sent", "answer on disk, 1 sent", "ledger on disk, 1 sent"]);
});

test("killed between the answer and the record that it was paid: it is given away, and recorded as paid", async () => {
  let broken = true;
  const { studio, shop, build } = await payShop(ONE, async (given) => {
    await paintAll(given);
    if (broken) throw new Failure("as if it were killed.");
  });
  await build();
  broken = false;
  const ledger = shop.read(".faceless/ledger");
  shop.write(".faceless/ledger", ledger.slice(0, ledger.trimEnd().lastIndexOf("\n") + 1));
  expect(kinds(shop)).toEqual(["intent"]);
  const askToPayAgain = vi.fn(async () => false);
  expect((await build({ askToPayAgain })).ran).toEqual({ "one.txt": "ran" });
  expect([studio.asked, askToPayAgain.mock.calls]).toEqual([["one"], []]);
  expect(ledgerOf(shop).at(-1)).toMatchObject({ kind: "paid", cost: 0.04, usage: { pictures: 1 } });
});

test("an answer that is damaged is not bought again unasked", async () => {
  let broken = true;
  const { studio, shop, build } = await payShop(ONE, async (given) => {
    await paintAll(given);
    if (broken) throw new Failure("no.");
  });
  await build();
  broken = false;
  const folder = shop.path("/.faceless/cache/answers");
  const [path = ""] = filesIn(folder);
  writeFileSync(`${folder}/${path}`, `${readFileSync(`${folder}/${path}`, "utf8")}!`);
  const built = await build();
  expect([built.problems, helps(built)]).toEqual([
    [
      `an answer of studio (brush-1) was paid for and is damaged: ${folder}/${path}. It was not asked for again.`,
    ],
    [
      "`faceless build output/demo/one.txt --pay-again` buys it again, and `--pay-again` with all that you build whatever is so; or put a file there and `faceless accept output/demo/one.txt`.",
    ],
  ]);
  expect(studio.asked).toEqual(["one"]);
  expect((await build({ payAgain: true })).ran).toEqual({ "one.txt": "ran" });
  expect([shop.read("one.txt"), studio.asked]).toEqual(["ONE", ["one", "one"]]);
});

test("what a round of a watch is buying is written down when the round is over, and was not saved by the next", async () => {
  const { studio, shop, build } = await payShop();
  let answer = () => {};
  studio.hold = new Promise((resolve) => {
    answer = resolve;
  });
  let workbench: Workbench | undefined;
  const round = (superseded: AbortSignal): Round => ({
    superseded,
    workbench,
    begun: (_, own) => {
      workbench = own;
    },
  });
  const over = new AbortController();
  const first = build({ round: round(over.signal) });
  await studio.arrived(1);
  over.abort();
  await first;
  const second = build({ round: round(new AbortController().signal) });
  answer();
  const built = await second;
  await workbench!.close();
  expect([built.ran, kinds(shop), studio.asked]).toEqual([
    { "one.txt": "restored" },
    ["intent", "paid"],
    ["one"],
  ]);
  expect(built.events.at(-1), "the round that goes on with it tells what it cost").toMatchObject({
    spending: { paid: 0.04, unpriced: 0, maybe: 0, saved: 0 },
  });
  shop.remove("one.txt");
  expect((await build()).ran).toEqual({ "one.txt": "restored" });
  expect(kinds(shop), "the ledger was given back with the lock").toEqual(["intent", "paid", "saved"]);
});

describe("drafts and finals", () => {
  test("share what was paid for, and what may have been charged", async () => {
    const { studio, shop, build } = await payShop();
    const draft = { places: new Places(shop.root, "output/demo", true) };
    studio.next = ["cut"];
    await build(draft);
    expect(kinds(shop, "ledger-drafts")).toEqual(["intent", "lost"]);
    shop.remove("draft");
    expect((await build()).problems).toEqual([expect.stringMatching(/may have been charged/)]);
    expect((await build({ payAgain: true })).ran).toEqual({ "one.txt": "ran" });
    expect(kinds(shop)).toEqual(["consented", "intent", "paid"]);
    expect((await build(draft)).ran).toEqual({ "one.txt": "restored" });
    expect(studio.asked).toEqual(["one", "one"]);
  });
});

test("a clock that is set back opens no question", async () => {
  const { shop, studio, build } = await payShop();
  let clock = WHEN;
  const now = () => {
    clock -= 1_000;
    return clock;
  };
  await build({ now });
  shop.remove("/.faceless/cache");
  shop.remove("one.txt");
  expect((await build()).ran).toEqual({ "one.txt": "ran" });
  expect(studio.asked).toEqual(["one", "one"]);
});

describe("a disk that cannot be written", () => {
  const full = Object.assign(new Error("full"), { code: "ENOSPC", syscall: "write", path: "/somewhere" });

  test("nothing is sent that could not be written down", async () => {
    const { studio, build } = await payShop();
    vi.spyOn(Ledger.prototype, "append").mockImplementation(() => {
      throw full;
    });
    expect((await build()).problems).toEqual(["the disk is full: /somewhere (ENOSPC, write)."]);
    expect(studio.asked).toEqual([]);
  });

  test("what was written down and not told to others was not sent, and opens no question", async () => {
    const { studio, shop, build } = await payShop();
    vi.spyOn(Answers.prototype, "ask").mockRejectedValueOnce(full);
    expect((await build()).problems).toEqual(["the disk is full: /somewhere (ENOSPC, write)."]);
    expect([studio.asked, kinds(shop)]).toEqual([[], ["intent", "refused"]]);
    expect((await build()).ran).toEqual({ "one.txt": "ran" });
  });

  test("an answer that could not be kept is used all the same, and that is said", async () => {
    const { shop, build } = await payShop();
    vi.spyOn(Answers.prototype, "put").mockRejectedValue(full);
    const built = await build();
    expect([built.ran, notices(built), shop.read("one.txt")]).toEqual([
      { "one.txt": "ran" },
      ["an answer that was paid for could not be kept: the disk is full: /somewhere (ENOSPC, write)."],
      "ONE",
    ]);
  });

  test("nor is an answer lost where the note that it was asked for cannot be removed", async () => {
    const { shop, build } = await payShop();
    vi.spyOn(Answers.prototype, "unask").mockImplementation(() => {
      throw full;
    });
    const built = await build();
    expect([built.ran, notices(built), shop.read("one.txt"), kinds(shop)]).toEqual([
      { "one.txt": "ran" },
      ["what was asked is still noted beside the cache: the disk is full: /somewhere (ENOSPC, write)."],
      "ONE",
      ["intent", "paid"],
    ]);
  });

  test("a record that was cut off is dropped with a warning, and the ledger goes on", async () => {
    const { shop, build } = await payShop();
    await build();
    const before = shop.read(".faceless/ledger");
    writeFileSync(shop.path(".faceless/ledger"), `${before}0badf00d {"kind":"int`);
    shop.remove("one.txt");
    expect(notices(await build())).toEqual([
      "the last record of output/demo/.faceless/ledger was cut off and is dropped.",
    ]);
    expect(kinds(shop)).toEqual(["intent", "paid", "saved"]);
  });

  test("a record that is damaged is told of", async () => {
    const { shop, build } = await payShop();
    await build();
    shop.write(".faceless/ledger", shop.read(".faceless/ledger").replace("paid", "pa1d"));
    shop.remove("one.txt");
    expect(notices(await build())).toEqual([
      "output/demo/.faceless/ledger is damaged: 1 record of what was paid cannot be read.",
    ]);
  });

  test("what is no ledger stops what would pay, and nothing else", async () => {
    const { studio, shop, build } = await payShop(
      `${ONE}  free: { task: say, with: { text: hi }, out: free.txt }\n`,
    );
    mkdirSync(shop.path(".faceless"), { recursive: true });
    shop.write(".faceless/ledger", "my notes\n");
    const built = await build({ keepGoing: true, askToPayAgain: async () => true });
    expect([built.ran, built.problems, studio.asked]).toEqual([
      { "one.txt": "failed", "free.txt": "ran" },
      ["output/demo/.faceless/ledger is no ledger of this version, so nobody knows what was paid for."],
      [],
    ]);
  });
});

test("gc takes answers that nothing was made of where it may take what was paid for, and leases of the dead", async () => {
  const { shop, build } = await payShop(ONE, async (given) => {
    await paintAll(given);
    throw new Failure("no.");
  });
  await build();
  const cache = shop.path("/.faceless/cache");
  shop.write("/.faceless/cache/leases/abc", "{}");
  const day = 86_400_000;
  const collect = (changes: { paid?: boolean; days: number }) =>
    collectGarbage({
      ...{ cache, journals: [], maxBytes: 0, maxAgeMs: 0, all: true, paid: false, dryRun: false },
      ...changes,
      now: () => Date.now() + changes.days * day,
    });
  collect({ days: 0.5 });
  expect([answers(shop).length, readdirSync(`${cache}/leases`)]).toEqual([1, ["abc"]]);
  collect({ days: 1.5 });
  expect(filesIn(`${cache}/answers`), "an answer, and that it was used").toHaveLength(2);
  expect(readdirSync(`${cache}/leases`)).toEqual([]);
  collect({ days: 1.5, paid: true });
  expect(filesIn(`${cache}/answers`)).toEqual([]);
});

test("a build without paid tools has no ledger, no lease and no answers", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `targets:\n  free: { task: say, with: { text: hi }, out: free.txt }\n`,
  });
  await shop.build({ askToPayAgain: async () => true });
  expect(readdirSync(shop.path(".faceless")).sort()).toEqual(["journal", "scratch", "snapshot"]);
  expect(readdirSync(shop.path("/.faceless/cache")).sort()).toEqual(["ac", "cas", "trimmed"]);
});

test("of two projects that share a cache, the one knows of the other's request that may have been charged", async () => {
  const { studio, shop, build } = await payShop();
  const other = workshop({ "/pipelines/p.yaml": ONE });
  const cache = other.path("/.faceless/cache");
  studio.next = ["cut"];
  await build({ ...at, cache });
  shop.close();
  const given = { tasks: paintTask(), tools: paidTools(painter(studio)), cache };
  expect((await other.build(given)).problems).toEqual([
    "a request to studio (brush-1) of 2026-11-26 11:02 UTC may have been charged, up to $0.04: no answer came that could be used. It was not sent again.",
  ]);
  const asked: unknown[] = [];
  const askToPayAgain = async (maybeCharged: unknown) => asked.push(maybeCharged) > 0;
  expect((await other.build({ ...given, askToPayAgain })).ran).toEqual({ "one.txt": "ran" });
  expect(asked).toEqual([
    [
      {
        ...{ action: "one.txt", provider: "studio", model: "brush-1", requests: 1, at: WHEN },
        ...{ charged: 0.04, again: 0.04 },
      },
    ],
  ]);
  expect([studio.asked, kinds(other)]).toEqual([
    ["one", "one"],
    ["consented", "intent", "paid"],
  ]);
  expect(readdirSync(`${cache}/answers`)).toEqual([]);
});

test("what was lost before a refusal is still open to those who share the cache", async () => {
  const { studio, shop, build } = await payShop(ONE, async (given) => {
    await paintAll(given).catch(() => paintAll(given));
  });
  const other = workshop({ "/pipelines/p.yaml": ONE });
  const cache = other.path("/.faceless/cache");
  studio.next = ["cut", "refusal"];
  expect((await build({ ...at, cache })).problems).toEqual(["the studio said 429."]);
  expect(kinds(shop)).toEqual(["intent", "lost", "intent", "refused"]);
  const told =
    "a request to studio (brush-1) of 2026-11-26 11:02 UTC may have been charged, up to $0.04: no answer came that could be used. It was not sent again.";
  expect((await build({ cache })).problems).toEqual([told]);
  expect(
    (await other.build({ tasks: paintTask(), tools: paidTools(painter(studio)), cache })).problems,
  ).toEqual([told]);
});

test("what is bought anew by force is not dropped where another build restores what was bought before", async () => {
  const two = "targets:\n  image: { task: paint, with: { texts: [a, b] }, out: one.txt }\n";
  const { studio, build } = await payShop(two);
  const other = workshop({ "/pipelines/p.yaml": two });
  const cache = other.path("/.faceless/cache");
  await build({ cache });
  let open = () => {};
  const forced = build({ cache, force: ["one.txt"] });
  await studio.arrived(3);
  studio.hold = new Promise((resolve) => {
    open = resolve;
  });
  await studio.arrived(4);
  const given = { tasks: paintTask(), tools: paidTools(painter(studio)), cache };
  expect((await other.build(given)).ran).toEqual({ "one.txt": "restored" });
  expect(filesIn(`${cache}/answers`), "an answer, and what is asked").toHaveLength(2);
  open();
  expect((await forced).ran).toEqual({ "one.txt": "ran" });
  expect(studio.asked).toEqual(["a", "b", "a", "b"]);
  expect(readdirSync(`${cache}/answers`)).toEqual([]);
});

test("a ledger that is closed takes nothing: its descriptor can be another file's by then", async () => {
  const { shop, build } = await payShop();
  await build();
  const path = shop.path(".faceless/ledger");
  const reader = new LedgerReader(path, "ledger");
  reader.readOn();
  const ledger = await Ledger.open(path, "ledger", reader, () => {});
  ledger.close();
  const next = openSync(shop.path("next.txt"), "w");
  expect(() => ledger.append({ kind: "refused", id: "1", at: WHEN })).toThrow(
    "the build that it was open for is over, write",
  );
  closeSync(next);
  expect(shop.read("next.txt")).toBe("");
});

test("two projects that share a cache and begin the same at once: one buys, the other takes what it has stored", async () => {
  const studio = await service();
  let open = () => {};
  studio.hold = new Promise((resolve) => {
    open = resolve;
  });
  const [one, two] = [workshop({ "/pipelines/p.yaml": ONE }), workshop({ "/pipelines/p.yaml": ONE })];
  const cache = one.path("/.faceless/cache");
  const given = { tasks: paintTask(), tools: paidTools(painter(studio)), cache };
  const first = one.build(given);
  await studio.arrived(1);
  let waits = () => {};
  const waiting = new Promise<void>((resolve) => {
    waits = resolve;
  });
  const second = two.build({ ...given, onEvent: ({ type }) => type === "notice" && waits() });
  await waiting;
  open();
  expect((await first).ran).toEqual({ "one.txt": "ran" });
  const built = await second;
  expect([built.ran, two.read("one.txt"), studio.asked]).toEqual([{ "one.txt": "restored" }, "ONE", ["one"]]);
  expect(notices(built)).toEqual([
    expect.stringMatching(
      /^this waits for another build, which is buying the same: faceless build output\/demo \(process \d+ on .*\)$/,
    ),
  ]);
  expect(readdirSync(`${cache}/leases`)).toEqual([]);
});
