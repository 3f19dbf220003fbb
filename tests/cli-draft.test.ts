/** `--draft` as a person uses it: whole output, and what is where on the disk. */
import { readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Outline } from "../lib/model/outline.ts";
import { complained, type Repo, repo, said } from "./small-repo.ts";
import { Repo as WatchedRepo } from "./watch-rig.ts";

/** Who speaks leaves a mark each time. */
function pipeline(root: string): string {
  return `options: { proof: false }
axes:
  story: { files: "scripts/\${story}.txt" }
  platform: { values: "\${project.platforms}" }
targets:
  voice: { run: "printf x >> ${root}/spoken; cat \${in.text} > \${out}", in: { text: "scripts/\${story}.txt" }, out: "voice/\${story}.txt" }
  film: { run: "echo \${platform.video.width}x\${platform.video.height} \${platform.video.preset} | cat - \${in.voice} > \${out}", in: { voice: voice }, out: "film/\${story}_\${platform}.txt" }
  sheet: { when: "\${project.draft}", run: "cat \${in.films} > \${out}", in: { films: film }, out: sheet.txt }
`;
}

function draftable(files: Readonly<Record<string, string>> = {}): Repo {
  const shop = repo(files);
  shop.write("pipelines/p.yaml", pipeline(shop.root));
  return shop;
}

const spoken = (shop: Repo) => shop.read("spoken").length;
const FILM = "output/demo/film/a_wide.txt";
const DRAFT = "output/demo/draft/film/a_wide.txt";
const inDemo = (shop: Repo) => readdirSync(shop.path("output/demo")).sort();

/** Outcome of each action of a build, told by its events. */
async function outcomes(shop: Repo, ...words: string[]): Promise<Record<string, string>> {
  const { out } = await shop.run(["build", "--json", ...words]);
  const events = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return Object.fromEntries(
    events.flatMap((event) => (event.type === "finished" ? [[event.action, event.outcome]] : [])),
  );
}

describe("build", () => {
  test("goes to a folder of its own, at half the size; what does not depend on that is made once", async () => {
    const shop = draftable();
    expect(await shop.run(["build", "--draft", "-j", "1", "output/demo"])).toEqual(
      said(
        0,
        `ran       voice/a.txt  N s
ran       film/a_wide.txt  N s
ran       sheet.txt  N s

output/demo/draft/sheet.txt
done in N s: 3 ran
`,
      ),
    );
    expect(inDemo(shop)).toEqual(["draft", "scripts"]);
    expect(shop.read(DRAFT)).toBe("320x180 ultrafast\nhello");
    expect(await shop.run(["build", "-j", "1", "output/demo"])).toEqual(
      said(
        0,
        `restored  voice/a.txt
ran       film/a_wide.txt  N s

output/demo/film/a_wide.txt
done in N s: 1 ran, 1 restored
`,
      ),
    );
    expect([shop.read(FILM), shop.read(DRAFT)]).toEqual([
      "640x360 veryfast\nhello",
      "320x180 ultrafast\nhello",
    ]);
    expect(inDemo(shop)).toEqual([".faceless", "draft", "film", "scripts", "voice"]);
    expect(spoken(shop)).toBe(1);
    for (const words of [["build", "--draft"], ["build"], ["build", "output/demo/draft"]])
      expect((await shop.run([...words])).out).toContain("nothing to do");
  });

  test("a path below draft/ says so by itself, as does the folder that one stands in", async () => {
    const shop = draftable({ "output/demo/scripts/b.txt": "bye", "output/other/scripts/c.txt": "see you" });
    expect(await outcomes(shop, DRAFT)).toEqual({ "voice/a.txt": "ran", "film/a_wide.txt": "ran" });
    expect(shop.has(FILM)).toBe(false);
    expect((await shop.run(["build", "--draft", FILM])).out).toContain("nothing to do: 2 fresh");
    const within = await shop.run(["status"], { cwd: "output/demo/draft/film" });
    expect(within.out.split("\n")[0]).toBe("output/demo/draft");
    const both = await shop.run(["status", "output/demo", "output/demo/draft"]);
    expect(both.out.match(/^output.*$/gm)).toEqual(["output/demo", "output/demo/draft"]);
    const all = await shop.run(["status", "--draft", "output"]);
    expect(all.out.match(/^output.*$/gm)).toEqual(["output/demo/draft", "output/other/draft"]);
  });

  test("--force takes both forms of a path where drafts are built, and only its own where they are not", async () => {
    const shop = draftable();
    await shop.run(["build", "--draft", "output/demo"]);
    for (const path of [FILM, DRAFT])
      expect(await outcomes(shop, "--draft", "output/demo", "--force", path)).toMatchObject({
        "film/a_wide.txt": "ran",
      });
    expect(await shop.run(["build", "output/demo", "--force", DRAFT])).toEqual(
      complained(
        `${DRAFT} is no file of a project that is being built.\n  Give its path as from here, such as output/demo/final/….`,
      ),
    );
  });

  test("a draft's hand edit is named with its place, and can be kept for both", async () => {
    const shop = draftable();
    await shop.run(["build", "--draft", "output/demo"]);
    shop.write("output/demo/draft/voice/a.txt", "mine");
    expect((await shop.run(["build", "--draft", "output/demo"])).out).toContain(
      "`faceless pin output/demo/draft/voice/a.txt` keeps it for good",
    );
    expect((await shop.run(["pin", "output/demo/draft/voice/a.txt"])).out).toBe(
      "pinned    output/demo/draft/voice/a.txt  (copied to output/demo/pinned/voice/a.txt, a source that belongs into git)\n",
    );
    expect(await outcomes(shop, "output/demo")).toEqual({
      "voice/a.txt": "pinned",
      "film/a_wide.txt": "ran",
    });
    expect(shop.read(FILM)).toBe("640x360 veryfast\nmine");
    expect((await shop.run(["unpin", "--draft", "output/demo/voice/a.txt"])).code).toBe(0);
    expect(shop.has("output/demo/pinned")).toBe(false);
  });
});

describe("what only tells", () => {
  const COMMANDS = [
    ["plan", "--draft", "output/demo"],
    ["why", "--draft", FILM],
    ["status", "--draft", "output/demo"],
    ["graph", "--draft", "output/demo"],
    ["graph", "--outputs", "--format", "json", DRAFT],
    ["clean", "-n", "--draft", "output/demo"],
    ["accept", "-n", "--draft", "output/demo"],
  ];

  test("changes nothing, neither before a draft was built nor after", async () => {
    const shop = draftable();
    const expectNoChange = async () => {
      for (const words of COMMANDS) {
        const before = shop.tree();
        const { code, err } = await shop.run(words);
        expect({ words, code, err }).toEqual({ words, code: 0, err: "" });
        expect({ words, tree: shop.tree() }).toEqual({ words, tree: before });
      }
    };
    await expectNoChange();
    expect(shop.has("output/demo/draft")).toBe(false);
    await shop.run(["build", "--draft", "output/demo"]);
    shop.write("output/demo/scripts/a.txt", "jello");
    await expectNoChange();
  });

  test("plan, why, status and graph speak of the draft", async () => {
    const shop = draftable();
    await shop.run(["build", "output/demo"]);
    expect(await shop.run(["plan", "--draft", "output/demo"])).toEqual(
      said(
        0,
        `restore   voice/a.txt
run       film/a_wide.txt
may run   sheet.txt
dry run: 1 to run, 1 that may run after it, 1 to restore; nothing was changed
`,
      ),
    );
    expect((await shop.run(["why", "--draft", FILM])).out).toContain(`${DRAFT} `);
    const status = await shop.run(["status", "--draft", "output/demo"]);
    expect(status.out).toMatch(/^output\/demo\/draft\n/);
    const { out } = await shop.run(["graph", "--draft", "--format", "json", "output/demo"]);
    const [outline] = (JSON.parse(out) as { projects: Outline[] }).projects;
    expect(outline?.project).toBe("output/demo/draft");
    expect(outline?.nodes.map(({ id }) => id)).toContain("target:sheet");
  });
});

describe("clean and gc", () => {
  test("clean removes the drafts or the finals, and the next build restores them", async () => {
    const shop = draftable();
    await shop.run(["build", "--draft", "output/demo"]);
    await shop.run(["build", "output/demo"]);
    expect((await shop.run(["clean", "--draft", "output/demo"])).out).toBe(
      "removed 3 outputs (51 B); the next build restores them from the store\n",
    );
    expect([shop.has(DRAFT), shop.has(FILM)]).toEqual([false, true]);
    expect(readdirSync(shop.path("output/demo/draft"))).toEqual([".faceless"]);
    await shop.run(["clean", "output/demo"]);
    expect(await outcomes(shop, "--draft", "output/demo")).toEqual({
      "voice/a.txt": "restored",
      "film/a_wide.txt": "restored",
      "sheet.txt": "restored",
    });
    expect([shop.has(DRAFT), shop.has(FILM)]).toEqual([true, false]);
    expect((await shop.run(["clean", DRAFT])).code).toBe(0);
    expect(shop.has(DRAFT)).toBe(false);
    // All of it may be deleted.
    rmSync(shop.path("output/demo/draft"), { recursive: true });
    expect(await outcomes(shop, "--draft", "output/demo")).toMatchObject({ "film/a_wide.txt": "restored" });
    expect(spoken(shop)).toBe(1);
  });

  test("gc keeps what drafts could be restored from", async () => {
    const shop = draftable();
    await shop.run(["build", "--draft", "output/demo"]);
    shop.write("output/demo/scripts/a.txt", "jello");
    await shop.run(["build", "--draft", "output/demo"]);
    const cache = shop.path(".faceless/cache");
    for (const path of readdirSync(cache, { recursive: true, encoding: "utf8" }))
      if (statSync(join(cache, path)).isFile()) utimesSync(join(cache, path), 1e9, 1e9);
    const collected = await shop.run(["gc", "--max-size", "0", "--max-age", "0"]);
    expect(collected.out).toContain("removed 3 results");
    await shop.run(["clean", "--draft", "output/demo"]);
    expect(new Set(Object.values(await outcomes(shop, "--draft", "output/demo")))).toEqual(
      new Set(["restored"]),
    );
    expect(await shop.run(["gc", "--draft"])).toEqual(
      complained("gc takes no option --draft.\n  It takes --max-size, --max-age, --dry-run, --all, --paid."),
    );
  });
});

test("a watch of drafts builds drafts, and leaves the finals to a watch of theirs", async () => {
  const shop = new WatchedRepo();
  const drafts = await shop.watch("--draft", "output/demo");
  const finals = await shop.watch("output/demo");
  shop.write("scripts/a.txt", "jello");
  const round = { files: ["scripts/a.txt"], ok: true, removed: 0 };
  const told = await drafts.next("watch-round");
  expect(told).toMatchObject({
    ...round,
    project: "output/demo/draft",
    results: ["output/demo/draft/film/a.txt"],
  });
  expect(await finals.next("watch-round")).toMatchObject({
    ...round,
    project: "output/demo",
    results: ["output/demo/film/a.txt"],
  });
  expect([shop.read("draft/film/a.txt"), shop.read("film/a.txt")]).toEqual(["JELLO! la", "JELLO! la"]);
  // What one writes begins no round of the other.
  shop.write("draft/loud/a.txt", "by hand");
  expect((await drafts.next("watch-round")).files).toEqual(["draft/loud/a.txt"]);
  expect([await drafts.stop(), await finals.stop()]).toEqual([0, 0]);
  expect([drafts.count("build-started"), finals.count("build-started")]).toEqual([3, 2]);
});
