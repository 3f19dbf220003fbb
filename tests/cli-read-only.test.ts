/** Commands that only tell: they change no name, byte or time of any file, and wait for nobody. */
import { readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { acquireLock } from "../lib/store/lock.ts";
import { PIPELINE, type Repo, repo } from "./small-repo.ts";

const LOUD = "output/demo/loud/a.txt";

const COMMANDS: readonly (readonly string[])[] = [
  ["plan"],
  ["build", "-n", "--json", "-k"],
  ["why", LOUD, "output/demo/count/b.txt"],
  ["status"],
  ["graph"],
  ["graph", "--outputs", "--format", "json", LOUD],
  ["clean", "-n"],
  ["clean", "-n", "--discard-edits", LOUD],
  ["accept", "-n"],
  ["accept", "-n", "--json", LOUD],
  ["gc", "-n"],
  ["gc", "-n", "--max-size", "0", "--all", "--paid"],
];

/** Everything that a command could be tempted to mend: something stale, missing, edited, pinned, restorable, old. */
async function tempting(): Promise<Repo> {
  const shop = repo({ "output/demo/scripts/b.txt": "bye", "output/demo/scripts/c.txt": "see you" });
  await shop.run(["build"]);
  shop.write("output/demo/scripts/a.txt", "jello");
  await shop.run(["build"]);
  shop.write("output/demo/scripts/a.txt", "hello");
  rmSync(shop.path("output/demo/count/b.txt"));
  shop.write("output/demo/loud/c.txt", "mine");
  shop.write("output/demo/pinned/count/c.txt", "pinned");
  shop.write("output/demo/scripts/d.txt", "new");
  const old = (Date.now() - 400 * 86_400_000) / 1000;
  const cache = shop.path(".faceless/cache");
  for (const path of readdirSync(cache, { recursive: true, encoding: "utf8" }))
    if (statSync(join(cache, path)).isFile()) utimesSync(join(cache, path), old, old);
  return shop;
}

async function expectNoChange(shop: Repo, besides: (path: string) => boolean = () => false): Promise<void> {
  const tree = () => Object.fromEntries(Object.entries(shop.tree()).filter(([path]) => !besides(path)));
  for (const words of COMMANDS) {
    const before = tree();
    const { code, out, err } = await shop.run(words);
    expect({ words, code, err }).toEqual({ words, code: 0, err: "" });
    expect(out).not.toBe("");
    expect(out).not.toContain("waiting");
    expect({ words, tree: tree() }).toEqual({ words, tree: before });
  }
}

test("with state, while somebody else holds the lock, and without any state", async () => {
  const shop = await tempting();
  await expectNoChange(shop);
  // Another version of what makes them: now accept has something to do as well.
  shop.write("pipelines/p.yaml", PIPELINE.replace("tr a-z A-Z", "tr a-z A-Z "));
  const path = shop.path("output/demo/.faceless/lock");
  const lock = await acquireLock(path, "another build", () => {}, new AbortController().signal);
  onTestFinished(() => lock?.release());
  // Its owner keeps it warm.
  await expectNoChange(shop, (path) => path.endsWith("/lock"));
  lock?.release();
  rmSync(shop.path("output/demo/.faceless"), { recursive: true });
  await expectNoChange(shop);
  rmSync(shop.path(".faceless"), { recursive: true });
  await expectNoChange(shop);
});

test("a project that was never built, and one whose state has gone or is of no use", async () => {
  const never = repo({ "output/demo/scripts/b.txt": "bye" });
  await expectNoChange(never);
  const shop = await tempting();
  const [journal, snapshot] = ["output/demo/.faceless/journal", "output/demo/.faceless/snapshot"];
  shop.write(journal, `${shop.read(journal)}half a rec`);
  shop.write(snapshot, "no snapshot");
  await expectNoChange(shop);
  rmSync(shop.path(snapshot));
  rmSync(shop.path(journal));
  await expectNoChange(shop);
});

test("what cannot be planned, or is not there", async () => {
  const shop = await tempting();
  shop.write("output/demo/scripts/a.txt", "");
  rmSync(shop.path("output/demo/scripts/c.txt"));
  for (const words of [
    ["plan"],
    ["status"],
    ["why", "output/demo/nope", LOUD],
    ["plan", "output/demo/nope"],
    ["unpin", "output/demo/nope"],
  ]) {
    const before = shop.tree();
    await shop.run(words);
    expect({ words, tree: shop.tree() }).toEqual({ words, tree: before });
  }
});
