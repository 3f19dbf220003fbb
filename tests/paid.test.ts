/** What costs money is never lost, and never bought twice: sources that move, a store that takes nothing, a late result. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { Failure } from "../lib/base/failure.ts";
import type { BuildEvent } from "../lib/model/event.ts";
import type { Task, Tool } from "../lib/model/task.ts";
import { ActionCache } from "../lib/store/action-cache.ts";
import { BlobStore } from "../lib/store/blobs.ts";
import { Journal } from "../lib/store/journal.ts";
import { defineTask, z } from "../lib/task.ts";
import { OWN } from "./pipelines.ts";
import { helps, notices, scratchOf, type Workshop, withTask, workshop } from "./workshop.ts";

const tools = new Map<string, Tool>([["image", { identity: "painter 1", paid: true, value: {} }]]);

const paidTask = (run: Task["run"]) => withTask(run, { tools: ["image"] });

afterEach(() => void vi.restoreAllMocks());

describe("of a source that is edited while it is made", () => {
  function paidShop(edit: (shop: Workshop, read: string) => void) {
    const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
    const paidFor: string[] = [];
    const run: Task["run"] = async ({ inputs, outputs }) => {
      const { path } = inputs.text as { path: string };
      if (paidFor.length === 0) edit(shop, path);
      const text = readFileSync(path, "utf8");
      paidFor.push(text);
      await outputs.text!.write(`said ${text}`);
    };
    const build = () => shop.build({ tasks: paidTask(run), tools });
    return { shop, paidFor, build };
  }

  test("is of the old content, and stored under it: never bought again", async () => {
    const { shop, paidFor, build } = paidShop((shop) => shop.write("notes.txt", "two"));
    const built = await build();
    expect(built.ran).toEqual({ "own.txt": "ran" });
    expect(notices(built)).toEqual([
      "output/demo/notes.txt changed while this was made, so it is looked at again.",
    ]);
    expect(shop.read("own.txt")).toBe("said two");
    shop.write("notes.txt", "one");
    expect((await build()).ran).toEqual({ "own.txt": "restored" });
    expect(shop.read("own.txt")).toBe("said one");
    expect(paidFor).toEqual(["one", "two"]);
    expect(scratchOf(shop)).toEqual([]);
  });

  test("is bought once where the content goes back meanwhile", async () => {
    const { shop, paidFor, build } = paidShop((shop) => {
      shop.write("notes.txt", "two");
      shop.tick();
      shop.write("notes.txt", "one");
    });
    expect((await build()).ran).toEqual({ "own.txt": "ran" });
    expect([shop.read("own.txt"), paidFor]).toEqual(["said one", ["one"]]);
  });

  test("keeps the name's ending, which tells what the file is", async () => {
    let read = "";
    const { shop, build } = paidShop((_, path) => {
      read = path;
    });
    await build();
    expect(read).toMatch(/\.txt$/);
    expect(read).not.toBe(shop.path("notes.txt"));
  });

  test.each([
    ["edited", (shop: Workshop) => shop.write("notes.txt", "two"), ["two"], "ran"],
    ["removed", (shop: Workshop) => shop.remove("notes.txt"), [], "failed"],
  ] as const)("is not begun where it was %s just before", async (_, edit, paid, outcome) => {
    const { shop, paidFor } = paidShop(() => {});
    const tasks = paidTask(async ({ inputs, outputs }) => {
      paidFor.push(readFileSync((inputs.text as { path: string }).path, "utf8"));
      await outputs.text!.write("made");
    });
    const onEvent = ({ type }: BuildEvent) => type === "started" && paidFor.length === 0 && edit(shop);
    expect((await shop.build({ tasks, tools, onEvent })).ran).toEqual({ "own.txt": outcome });
    expect(paidFor).toEqual(paid);
  });
});

const full = Object.assign(new Error("no space left on device"), {
  code: "ENOSPC",
  syscall: "copyfile",
  path: "/cache/cas/ab",
});

const fails = () => {
  throw full;
};

/** A file where the cache's folder has to be. */
function bar(shop: Workshop, folder: string): void {
  rmSync(shop.path(`/.faceless/cache/${folder}`), { recursive: true, force: true });
  shop.write(`/.faceless/cache/${folder}`, "in the way");
}

/** Counts what was paid for. */
function counting(act: (shop: Workshop) => void = () => {}) {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  const paid = { runs: 0 };
  const tasks = paidTask(async ({ outputs }) => {
    paid.runs += 1;
    act(shop);
    await outputs.text!.write("paid");
  });
  return {
    shop,
    paid,
    build: (changes: Parameters<Workshop["build"]>[0] = {}) => shop.build({ tasks, tools, ...changes }),
  };
}

describe("where the store cannot be written", () => {
  test.each([
    [
      "blobs do not fit",
      () => vi.spyOn(BlobStore.prototype, "put").mockImplementation(fails),
      "the disk is full",
    ],
    [
      "they cannot be synced",
      () => vi.spyOn(BlobStore.prototype, "sync").mockImplementation(fails),
      "the disk is full",
    ],
    [
      "the record does not fit",
      () => vi.spyOn(ActionCache.prototype, "put").mockImplementation(fails),
      "the disk is full",
    ],
    ["a file is in its place", (shop: Workshop) => bar(shop, "cas"), "a file is where a folder has to be"],
    [
      "a file is in its records' place",
      (shop: Workshop) => bar(shop, "ac"),
      "a file is where a folder has to be",
    ],
  ] as const)("%s: it is put in place and recorded, and that is said", async (_, breakStore, problem) => {
    const { shop, paid, build } = counting();
    breakStore(shop);
    const built = await build();
    expect([built.ok, built.ran]).toEqual([true, { "own.txt": "ran" }]);
    expect(notices(built)).toEqual([
      expect.stringMatching(
        `^the store cannot take what was paid for: ${problem}: .*\\. Once lost, it is paid for again\\.$`,
      ),
    ]);
    expect(shop.read("own.txt")).toBe("paid");
    vi.restoreAllMocks();
    const next = await build();
    expect([next.ran, notices(next), paid.runs]).toEqual([{ "own.txt": "fresh" }, [], 1]);
  });

  test("and its source has moved: it is kept and named, and not bought a second time", async () => {
    const { shop, paid, build } = counting((shop) => shop.write("notes.txt", "two"));
    bar(shop, "cas");
    const built = await build();
    expect(built.problems).toEqual([
      expect.stringMatching(
        /^what was paid for could not be stored: a file is where .* Nor could it be put in place: output\/demo\/notes\.txt changed meanwhile\. It is kept: output\/demo\/\.faceless\/kept-1-own\.txt\.$/,
      ),
    ]);
    expect(helps(built)).toEqual([
      "Copy it to where its output has to be, and `faceless accept` takes it for what is to be made; else it is paid for again.",
    ]);
    expect([shop.read(".faceless/kept-1-own.txt"), paid.runs]).toEqual(["paid", 1]);
    shop.write("notes.txt", "three");
    await build();
    expect(shop.read(".faceless/kept-2-own.txt")).toBe("paid");
    expect(shop.read(".faceless/kept-1-own.txt")).toBe("paid");
  });

  test("and its output was edited meanwhile: the edit stays, and it is kept", async () => {
    const { shop, build } = counting((shop) => shop.write("own.txt", "by hand"));
    bar(shop, "cas");
    expect((await build()).problems[0]).toContain("output/demo/own.txt changed meanwhile. It is kept: ");
    expect([shop.read("own.txt"), shop.read(".faceless/kept-1-own.txt")]).toEqual(["by hand", "paid"]);
  });

  test("nor the journal: it is kept, or in place and taken for a hand edit", async () => {
    const { shop, paid, build } = counting();
    await build();
    bar(shop, "cas");
    shop.write("notes.txt", "two");
    vi.spyOn(Journal.prototype, "forget").mockImplementation(fails);
    expect((await build()).problems[0]).toContain("It is kept: output/demo/.faceless/kept-1-own.txt.");
    expect(shop.read(".faceless/kept-1-own.txt")).toBe("paid");
    vi.restoreAllMocks();
    vi.spyOn(Journal.prototype, "record").mockImplementation(fails);
    expect((await build()).problems[0]).toContain("It is kept: output/demo/own.txt.");
    expect((await build()).ran).toEqual({ "own.txt": "edited" });
    expect([shop.read("own.txt"), paid.runs]).toEqual(["paid", 3]);
  });

  test("nor the project's state: it is kept among the temporary files", async () => {
    const { shop, build } = counting((shop) => {
      shop.write("notes.txt", "two");
      Object.assign(shop.places, { state: shop.path("notes.txt") });
    });
    bar(shop, "cas");
    const [, kept = ""] = /It is kept: (.*)\.$/.exec((await build()).problems[0]!) ?? [];
    onTestFinished(() => rmSync(kept));
    expect(dirname(kept)).toBe(tmpdir());
    expect(readFileSync(kept, "utf8")).toBe("paid");
  });
});

describe("a power cut takes nothing of it", () => {
  /** What was asked of the store, and of the journal, in order; and whether the output was there by then. */
  function watching(shop: Workshop): string[] {
    const calls: string[] = [];
    const spy = <Store extends object>(
      name: string,
      store: Store,
      methods: readonly (keyof Store & string)[],
    ) => {
      for (const method of methods) {
        const real = store[method] as (...given: unknown[]) => unknown;
        vi.spyOn(store as Record<string, (...given: unknown[]) => unknown>, method).mockImplementation(
          async function (this: Store, ...given) {
            calls.push(`${name}.${method}${shop.has("own.txt") ? ", in place" : ""}`);
            const result = await real.apply(this, given);
            if (method.startsWith("sync")) calls.push(`${name}.${method} done`);
            return result;
          },
        );
      }
    };
    spy("blobs", BlobStore.prototype, ["put", "sync", "syncName"]);
    spy("cache", ActionCache.prototype, ["put", "sync", "syncName"]);
    spy("journal", Journal.prototype, ["record"]);
    return calls;
  }

  const DEAR = [
    ...["blobs.put", "blobs.sync", "blobs.sync done"],
    ...["cache.put", "cache.sync", "cache.sync done"],
    "journal.record, in place",
  ];

  test("its blob is on disk, then its record, then it is put in place; with their names", async () => {
    const { shop, build } = counting();
    const calls = watching(shop);
    expect((await build()).ran).toEqual({ "own.txt": "ran" });
    expect(calls.filter((call) => !call.includes("syncName"))).toEqual(DEAR);
    expect(calls).toEqual([
      ...["blobs.put", "blobs.sync", "blobs.sync done", "blobs.syncName", "blobs.syncName done"],
      ...["cache.put", "cache.sync", "cache.sync done", "cache.syncName", "cache.syncName done"],
      "journal.record, in place",
    ]);
  });

  test("so it is with what was dear to make, but for the names; what is cheap is not synced", async () => {
    for (const [ms, expected] of [
      [50, DEAR],
      [49, ["blobs.put", "cache.put", "journal.record, in place"]],
    ] as const) {
      const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
      let clock = Date.now();
      const tasks = withTask(async ({ outputs }) => {
        await outputs.text!.write("made");
        clock += ms;
      });
      const calls = watching(shop);
      await shop.build({ tasks, now: () => clock });
      expect(calls).toEqual(expected);
      vi.restoreAllMocks();
    }
  });
});

describe("a paid task that fails", () => {
  const TWO = `targets:\n  own: { task: own, with: { text: hi }, out: { a: out/a.txt, b: out/b.txt } }\n`;

  test.each([
    ["for an error", "throws"],
    ["for an output that it has not made", "forgets"],
  ] as const)("%s: what it has made by then is kept and named", async (_, how) => {
    const shop = workshop({ "/pipelines/p.yaml": TWO });
    const run: Task["run"] = async ({ outputs }) => {
      await outputs.a!.write("paid");
      if (how === "throws") throw new Failure("the connection broke.", { help: "Try again." });
    };
    const own = defineTask({
      type: "own",
      version: 1,
      params: z.strictObject({ text: z.string() }),
      outputs: { a: "txt", b: "txt" },
      run: (given) => run(given as Parameters<Task["run"]>[0]),
    });
    const built = await shop.build({ tasks: new Map([["own", { ...own, tools: ["image"] }]]), tools });
    const problem =
      how === "throws"
        ? "the connection broke."
        : "the output out/b.txt was not made, though nothing reported a failure.";
    expect(built.problems).toEqual([
      `${problem}\nWhat it has left was paid for, and is kept: output/demo/.faceless/kept-1-a.txt.`,
    ]);
    expect(shop.read(".faceless/kept-1-a.txt")).toBe("paid");
  });

  test("since its result does not fit on the disk: it is kept among the temporary files", async () => {
    const { shop, build } = counting();
    const built = await build({
      tasks: paidTask(async ({ outputs }) => {
        mkdirSync(outputs.text!.path);
        await outputs.text!.write("paid");
      }),
    });
    const said = /^what was paid for could not be written: a folder is where .* It is kept: (.*)\.$/;
    const [, kept = ""] = said.exec(built.problems[0]!) ?? [];
    onTestFinished(() => rmSync(kept));
    expect([dirname(kept), readFileSync(kept, "utf8")]).toEqual([tmpdir(), "paid"]);
    expect(scratchOf(shop)).toEqual([]);
  });
});

test("what nobody waits for any more is stored, if it is there: a second Ctrl-C comes too late", async () => {
  const kill = new AbortController();
  const { shop, paid, build } = counting(() => kill.abort());
  await build({ stop: kill.signal, kill: kill.signal });
  shop.remove("own.txt");
  expect((await build()).ran).toEqual({ "own.txt": "restored" });
  expect(paid.runs).toBe(1);
});
