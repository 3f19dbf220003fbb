/** `faceless gc` and the trimming after builds, on real caches whose files were made to look old. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ActionKey } from "../lib/model/trace.ts";
import { ActionCache } from "../lib/store/action-cache.ts";
import { BlobStore } from "../lib/store/blobs.ts";
import { collectGarbage } from "../lib/store/gc.ts";
import { CONFIG, complained, type Repo, repo, said } from "./small-repo.ts";

const CACHE = ".faceless/cache";
const DAY = 86_400_000;

/** Files of the cache below `cas` or `ac`, relative to it. */
function inCache(shop: Repo, folder: "cas" | "ac"): string[] {
  const all = readdirSync(shop.path(join(CACHE, folder)), { recursive: true, encoding: "utf8" });
  return all.filter((path) => statSync(shop.path(join(CACHE, folder, path))).isFile()).sort();
}

/** Makes all that is in the cache now look as if it had last been used so many days ago. */
function age(shop: Repo, days: number): void {
  const at = (Date.now() - days * DAY) / 1000;
  for (const folder of ["cas", "ac"] as const)
    for (const path of inCache(shop, folder)) utimesSync(shop.path(join(CACHE, folder, path)), at, at);
}

/** Builds one text after the other, each a week after the one before; the last one is what stands now. */
async function written(...texts: readonly string[]): Promise<Repo> {
  const shop = repo();
  for (const [i, text] of texts.entries()) {
    shop.write("output/demo/scripts/a.txt", text);
    await shop.run(["build", "output/demo"]);
    const fresh = (Date.now() - DAY) / 1000;
    for (const folder of ["cas", "ac"] as const)
      for (const path of inCache(shop, folder)) {
        const file = shop.path(join(CACHE, folder, path));
        const days = (texts.length - i) * 7 * 86_400;
        if (statSync(file).mtimeMs / 1000 > fresh) utimesSync(file, fresh - days, fresh - days);
      }
  }
  return shop;
}

/** Both lengths have one digit more than the text: the counts of the first two are the same file. */
const TEXTS = ["one", "two", "three"] as const;

describe("what goes", () => {
  test("nothing within the bounds, and nothing that the project's files rest on", async () => {
    const shop = await written(...TEXTS);
    const before = shop.tree();
    const nothing = said(0, "nothing to remove: 18 B in .faceless/cache\n");
    expect(await shop.run(["gc"])).toEqual(nothing);
    expect(shop.tree()).toEqual(before);
    const dry =
      "dry run: 4 results and 3 files (10 B) to remove, which leaves 8 B in .faceless/cache; nothing was changed\n";
    expect(await shop.run(["gc", "-n", "--max-size", "8B"])).toEqual(said(0, dry));
    expect(shop.tree()).toEqual(before);
    expect(await shop.run(["gc", "--max-size", "8B"])).toEqual(
      said(0, "removed 4 results and 3 files (10 B), which leaves 8 B in .faceless/cache\n"),
    );
    expect(inCache(shop, "ac")).toHaveLength(2);
    expect(await shop.run(["gc", "--max-size", "0"])).toEqual(
      said(
        0,
        `nothing to remove: 8 B in .faceless/cache
The shared cache holds 8 B, more than 0 B: it keeps what the projects here rest on (\`faceless gc --all\`), what was paid for (\`faceless gc --paid\`), what was used in the last two hours.
`,
      ),
    );
    // What stands can still be restored; what went is made again.
    await shop.run(["clean"]);
    expect((await shop.run(["build"])).out).toContain("done in N s: 2 restored\n");
    shop.write("output/demo/scripts/a.txt", "one");
    expect((await shop.run(["build"])).out).toContain("done in N s: 2 ran\n");
  });

  test("the least recently used first; using it again makes it young", async () => {
    const shop = await written(...TEXTS);
    shop.write("output/demo/scripts/a.txt", "one");
    expect((await shop.run(["build"])).out).toContain("done in N s: 2 restored\n");
    shop.write("output/demo/scripts/a.txt", "three");
    expect((await shop.run(["build"])).out).toContain("done in N s: 2 restored\n");
    expect(await shop.run(["gc", "--max-age", "10d"])).toEqual(
      said(0, "removed 2 results and 1 file (4 B), which leaves 14 B in .faceless/cache\n"),
    );
    shop.write("output/demo/scripts/a.txt", "one");
    expect((await shop.run(["build"])).out).toContain("done in N s: 2 restored\n");
    shop.write("output/demo/scripts/a.txt", "two");
    expect((await shop.run(["build"])).out).toContain("done in N s: 2 ran\n");
  });

  test("the bounds of the configuration", async () => {
    const shop = await written(...TEXTS);
    shop.write("faceless.config.yaml", `${CONFIG}cache: { max_age: 10d, max_size: null }\n`);
    expect(await shop.run(["gc"])).toEqual(
      said(0, "removed 4 results and 3 files (10 B), which leaves 8 B in .faceless/cache\n"),
    );
    shop.write("faceless.config.yaml", `${CONFIG}cache: { max_age: 10 days }\n`);
    expect(await shop.run(["gc"])).toEqual(
      complained(`faceless.config.yaml:6:19: an age is a number with h, d or w (hours, days, weeks), such as 90d.
  6 | cache: { max_age: 10 days }
    |                   ^`),
    );
  });

  test("what another project of the repo rests on stays; with --all it goes, and costs no file and no run", async () => {
    const shop = repo({ "output/other/scripts/b.txt": "bye" });
    await shop.run(["build", "output"]);
    age(shop, 1_000);
    expect(await shop.run(["gc"])).toEqual(said(0, "nothing to remove: 14 B in .faceless/cache\n"));
    expect(await shop.run(["gc", "--all"])).toEqual(
      said(0, "removed 4 results and 4 files (14 B), which leaves 0 B in .faceless/cache\n"),
    );
    expect(await shop.run(["build", "output"])).toEqual(
      said(0, "nothing to do: 2 fresh\nnothing to do: 2 fresh\n"),
    );
    // Of a project that is gone nobody knows any more.
    await shop.run([
      "build",
      "output",
      "--force",
      "output/demo/loud/a.txt",
      "--force",
      "output/other/loud/b.txt",
    ]);
    age(shop, 1_000);
    rmSync(shop.path("output/other"), { recursive: true });
    expect(await shop.run(["gc"])).toEqual(
      said(0, "removed 1 result and 1 file (4 B), which leaves 6 B in .faceless/cache\n"),
    );
  });

  test("what was paid for stays until that is asked for", async () => {
    const shop = await written("one", "two");
    const cache = new ActionCache(shop.path(CACHE));
    const [key] = inCache(shop, "ac").map((path) => path.slice(3) as ActionKey);
    for (const one of inCache(shop, "ac").map((path) => path.slice(3) as ActionKey))
      cache.put(one, { ...cache.get(one)!, ...(one === key ? { paid: true } : {}) });
    age(shop, 1_000);
    await shop.run(["gc", "--all"]);
    expect(inCache(shop, "ac")).toEqual([join(key!.slice(0, 2), key!)]);
    await shop.run(["gc", "--all", "--paid"]);
    expect([inCache(shop, "ac"), inCache(shop, "cas")]).toEqual([[], []]);
  });

  test("what killed builds have left aside, a day later; nothing that is not ours", async () => {
    const shop = await written("one");
    const [blob] = inCache(shop, "cas");
    const uuid = "0b0e7d0c-3a55-4b57-a4f5-9c2f6c3b8f5e";
    const names = [`cas/${blob}.${uuid}`, `ac/ab/${"ab".repeat(32)}.${uuid}`, "cas/README", `cas/ab/${uuid}`];
    for (const name of names) shop.write(join(CACHE, name), "x");
    expect(await shop.run(["gc"])).toEqual(said(0, "nothing to remove: 6 B in .faceless/cache\n"));
    const old = (Date.now() - 2 * DAY) / 1000;
    for (const name of names) utimesSync(shop.path(join(CACHE, name)), old, old);
    expect(await shop.run(["gc"])).toEqual(
      said(0, "removed 0 results and 2 files (2 B), which leaves 6 B in .faceless/cache\n"),
    );
    expect(names.map((name) => existsSync(shop.path(join(CACHE, name))))).toEqual([false, false, true, true]);
  });
});

test("what a command read is forgotten when nobody has run it for long", async () => {
  const shop = await written("one");
  const [old, young] = [`deps/ab/${"ab".repeat(32)}`, `deps/cd/${"cd".repeat(32)}`];
  for (const name of [old, young, "deps/ab/README"]) shop.write(join(CACHE, name), "[]");
  const at = (Date.now() - 40 * DAY) / 1000;
  for (const name of [old, "deps/ab/README"]) utimesSync(shop.path(join(CACHE, name)), at, at);
  expect((await shop.run(["gc", "--max-age", "30d"])).code).toBe(0);
  const left = [old, young, "deps/ab/README"].map((name) => existsSync(shop.path(join(CACHE, name))));
  expect(left).toEqual([false, true, true]);
});

describe("what gc will not do", () => {
  test("remove what a build has used or made again since gc has looked", async () => {
    const shop = await written(...TEXTS);
    const cache = shop.path(CACHE);
    const all = { cas: inCache(shop, "cas"), ac: inCache(shop, "ac") };
    const [used, other] = all.ac.map((path) => path.slice(3) as ActionKey);
    const own = Object.values(new ActionCache(cache).get(used!)!.outputs)[0]!;
    const [blob] = Object.values(new ActionCache(cache).get(other!)!.outputs);
    const collected = collectGarbage({
      ...{ cache, maxBytes: 0, maxAgeMs: 0, all: true, paid: false, dryRun: false, now: Date.now },
      journals: [
        {
          name: "journal",
          /** Asked for once all of the cache is listed: just then a build restores one thing and makes another. */
          get path() {
            new ActionCache(cache).touch(used!, Date.now());
            new BlobStore(cache).put(shop.path("output/demo/loud/a.txt"), blob!, "copy");
            return shop.path("output/demo/.faceless/journal");
          },
        },
      ],
    });
    expect(inCache(shop, "ac")).toEqual([join(used!.slice(0, 2), used!)]);
    expect(inCache(shop, "cas")).toEqual(
      [own, blob!].sort().map((digest) => join(digest.slice(0, 2), digest)),
    );
    expect(collected).toMatchObject({ results: all.ac.length - 1, files: all.cas.length - 2 });
  });

  test("with a journal that cannot be read whole", async () => {
    const shop = await written(...TEXTS);
    const journal = shop.path("output/demo/.faceless/journal");
    const lines = readFileSync(journal, "utf8").split("\n");
    writeFileSync(journal, [lines[0], `x${lines[1]}`, ...lines.slice(2)].join("\n"));
    expect(await shop.run(["gc", "--max-size", "0"])).toEqual(
      complained(
        "output/demo/.faceless/journal is damaged, so nobody knows what its project rests on: nothing is removed.\n" +
          "  Build that project, which mends it; or remove the file.",
        "",
        1,
      ),
    );
    await shop.run(["build", "--verbose"]);
    expect(await shop.run(["gc", "--max-size", "8B"])).toMatchObject({ code: 0, err: "" });
  });

  test("without a cache there is nothing to do; a path or a size that is none is told", async () => {
    const shop = repo();
    expect(await shop.run(["gc"])).toEqual(said(0, "nothing to remove: 0 B in .faceless/cache\n"));
    expect(existsSync(shop.path(".faceless"))).toBe(false);
    expect(await shop.run(["gc", "output/demo"])).toEqual(
      complained(
        "gc is about the cache of all projects and takes no path, and 'output/demo' is one.\n" +
          "  `faceless clean` removes the outputs of a project.",
      ),
    );
    expect(await shop.run(["gc", "--max-size", "20"])).toEqual(
      complained(
        "'20': a size is a number with B, kB, MB, GB or TB, such as 20GB.\n  'none' is for no bound.",
      ),
    );
  });

  test("touch an output: uses are noted at the record, and blobs that outputs share are left alone", async () => {
    const shop = await written(...TEXTS);
    const blobs = () =>
      inCache(shop, "cas").map((path) => statSync(shop.path(join(CACHE, "cas", path))).mtimeMs);
    await shop.run(["clean"]);
    const before = blobs();
    await shop.run(["build"]);
    expect(blobs()).toEqual(before);
    const used = inCache(shop, "ac").filter(
      (path) => statSync(shop.path(join(CACHE, "ac", path))).mtimeMs > Date.now() - DAY,
    );
    expect(used).toHaveLength(2);
    // Within the hour no second note is made.
    const at = (Date.now() - 60_000) / 1000;
    for (const path of used) utimesSync(shop.path(join(CACHE, "ac", path)), at, at);
    await shop.run(["clean"]);
    await shop.run(["build"]);
    const noted = used.map((path) => statSync(shop.path(join(CACHE, "ac", path))).mtimeMs);
    expect(noted.every((ms) => Math.abs(ms - at * 1000) < 1)).toBe(true);
  });
});

describe("after builds", () => {
  const trimmed = (shop: Repo) => shop.path(join(CACHE, "trimmed"));

  test("once a day it is looked through, and what went is told in one line", async () => {
    const shop = await written(...TEXTS);
    shop.write("faceless.config.yaml", `${CONFIG}cache: { max_size: 8B }\n`);
    const edit = async (text: string) => {
      shop.write("output/demo/scripts/a.txt", text);
      return (await shop.run(["build"])).out;
    };
    writeFileSync(trimmed(shop), `${Date.now()} 0\n`);
    expect(await edit("two")).not.toContain("note");
    writeFileSync(trimmed(shop), `${Date.now() - 2 * DAY} 0\n`);
    expect(await edit("one")).toMatch(
      /done in N s: 2 restored\nnote {6}the shared cache was trimmed: 2 results and 2 files \(8 B\) removed, which leaves 10 B\. The shared cache holds 10 B, more than 8 B: it keeps .*\n$/,
    );
    expect(readFileSync(trimmed(shop), "utf8")).toMatch(/^\d+ 10\n$/);
    expect(await edit("two")).not.toContain("note");
    expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 2 fresh\n"));
  });

  test("sooner where the bound is exceeded by far, and not again for nothing", async () => {
    const shop = await written("one");
    const look = Date.now() - 1_000;
    const told = async (record: string, text: string) => {
      writeFileSync(trimmed(shop), record);
      shop.write("output/demo/scripts/a.txt", text);
      return (await shop.run(["build"])).out.includes("he shared cache ");
    };
    shop.write("faceless.config.yaml", `${CONFIG}cache: { max_size: 100B }\n`);
    expect(await told(`${look} 90\n+10\n`, "two")).toBe(false);
    // It looks, and finds that all is within the bound.
    expect(await told(`${look} 90\n+40\n`, "three")).toBe(false);
    expect(readFileSync(trimmed(shop), "utf8")).not.toContain("+");
    shop.write("faceless.config.yaml", `${CONFIG}cache: { max_size: 5B }\n`);
    expect(await told(`${look} 90\n`, "three")).toBe(false);
    expect(await told(`${look} 90\n`, "four")).toBe(true);
    expect(await told("garbage\n", "five!")).toBe(true);
  });

  test("a build whose cache cannot be looked through is no failure for that", async () => {
    const shop = repo({ "output/other/scripts/b.txt": "bye" });
    await shop.run(["build", "output"]);
    shop.write("output/other/.faceless/journal", "garbage\n");
    writeFileSync(trimmed(shop), "0 0\n");
    shop.write("output/demo/scripts/a.txt", "jello");
    const { code, out } = await shop.run(["build", "output/demo"]);
    expect(code).toBe(0);
    expect(out).toContain(
      "note      the shared cache could not be trimmed: output/other/.faceless/journal is damaged, so nobody knows what its project rests on: nothing is removed.\n",
    );
  });
});
