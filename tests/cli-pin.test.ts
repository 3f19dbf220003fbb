/** `faceless pin` and `unpin`: a hand edit becomes a source, and who runs afterwards. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { acquireLock } from "../lib/store/lock.ts";
import { complained, ended, type Repo, repo, said } from "./small-repo.ts";

const LOUD = "output/demo/loud/a.txt";
const PINNED = "output/demo/pinned/loud/a.txt";

async function edited(): Promise<Repo> {
  const shop = repo();
  await shop.run(["build"]);
  shop.write(LOUD, "PAINTED");
  return shop;
}

const PIN = said(0, `pinned    ${LOUD}  (copied to ${PINNED}, a source that belongs into git)\n`);

test("a hand edit: pinned it is no longer edited, and stays when its inputs change", async () => {
  const shop = await edited();
  expect(await shop.run(["pin", LOUD])).toEqual(PIN);
  expect(shop.read(PINNED)).toBe("PAINTED");
  expect(readdirSync(shop.path("output/demo/pinned/loud"))).toEqual(["a.txt"]);
  const followed = `ran       count/a.txt  N s  (input text has other content)

output/demo/count/a.txt
done in N s: 1 ran, 1 pinned
`;
  expect(await shop.run(["build"])).toEqual(said(0, followed));
  shop.write("output/demo/scripts/a.txt", "jello");
  expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 1 pinned, 1 fresh\n"));
  expect(await shop.run(["pin", LOUD])).toEqual(
    said(0, `pinned    ${LOUD}  (${PINNED} has these bytes already)\n`),
  );
});

const KEPT = `the file in its place stays as a hand edit, until \`--discard-edits\` or \`--force ${LOUD}\``;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Where the store has a text. */
const storedAs = (text: string) => `.faceless/cache/cas/${sha256(text).slice(0, 2)}/${sha256(text)}`;

test("unpin: what was pinned stays in place as a hand edit, until that is discarded", async () => {
  const shop = await edited();
  await shop.run(["pin", LOUD]);
  await shop.run(["build"]);
  expect(await shop.run(["unpin", PINNED])).toEqual(said(0, `unpinned  ${LOUD}  (${KEPT})\n`));
  expect(existsSync(shop.path("output/demo/pinned"))).toBe(false);
  const still = `edited    loud/a.txt  changed by hand, kept and used
          \`--discard-edits\` or \`--force ${LOUD}\` rebuilds it; \`faceless pin ${LOUD}\` keeps it for good
nothing to do: 1 edited, 1 fresh
`;
  expect(await shop.run(["build"])).toEqual(said(0, still));
  expect(await shop.run(["build"])).toEqual(said(0, still));
  expect((await shop.run(["clean", LOUD])).out).toContain("not as we made it");
  expect(shop.read(LOUD)).toBe("PAINTED");
  expect(await shop.run(["build", "--discard-edits"])).toEqual(
    said(
      0,
      `restored  loud/a.txt  (loud/a.txt is no longer pinned)
restored  count/a.txt  (input text has other content)

output/demo/count/a.txt
done in N s: 2 restored
`,
    ),
  );
  expect(shop.read(LOUD)).toBe("HELLO!");
});

test("unpin of what only pinned/ was given: the same, and an output that nothing makes any more stays too", async () => {
  const shop = repo();
  await shop.run(["build"]);
  shop.write(PINNED, "MINE");
  await shop.run(["build"]);
  await shop.run(["unpin", LOUD]);
  expect((await shop.run(["build"])).out).toContain("edited    loud/a.txt  changed by hand, kept and used\n");
  rmSync(shop.path("output/demo/scripts/a.txt"));
  expect((await shop.run(["build"])).out).toContain("kept      loud/a.txt  (no target makes it any more, ");
  expect(shop.read(LOUD)).toBe("MINE");
});

test("unpin of what was pinned as it was made: it is up to date again", async () => {
  const shop = repo();
  await shop.run(["build"]);
  await shop.run(["pin", LOUD]);
  await shop.run(["build"]);
  await shop.run(["unpin", LOUD]);
  expect(await shop.run(["build"])).toMatchObject({ code: 0, err: "" });
  expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 2 fresh\n"));
});

test("unpin, and pinned again: a source that is removed by hand takes its output with it", async () => {
  const shop = await edited();
  for (const words of [["pin", LOUD], ["build"], ["unpin", LOUD], ["build"], ["pin", LOUD], ["build"]])
    await shop.run(words);
  rmSync(shop.path(PINNED));
  expect((await shop.run(["build"])).out).toContain(
    "restored  loud/a.txt  (loud/a.txt is no longer pinned)\n",
  );
  expect(shop.read(storedAs("PAINTED"))).toBe("PAINTED");
});

test("nothing that was pinned is lost: where the output has other bytes, the store has them, and gc leaves them there", async () => {
  const shop = await edited();
  shop.write(PINNED, "NEWER");
  expect(await shop.run(["unpin", LOUD])).toEqual(
    said(0, `unpinned  ${LOUD}  (${KEPT}; what was pinned is kept as ${storedAs("NEWER")})\n`),
  );
  await shop.run(["build", "--discard-edits"]);
  shop.write(PINNED, "NEWEST");
  await shop.run(["build"]);
  rmSync(shop.path(LOUD));
  expect(await shop.run(["unpin", LOUD])).toEqual(
    said(
      0,
      `unpinned  ${LOUD}  (the next build restores it or makes it again; what was pinned is kept as ${storedAs("NEWEST")})\n`,
    ),
  );
  const old = (Date.now() - 400 * 86_400_000) / 1000;
  const cache = shop.path(".faceless/cache");
  for (const path of readdirSync(cache, { recursive: true, encoding: "utf8" }))
    if (statSync(join(cache, path)).isFile()) utimesSync(join(cache, path), old, old);
  await shop.run(["gc", "--max-size", "0", "--all"]);
  expect([shop.read(storedAs("NEWER")), shop.read(storedAs("NEWEST"))]).toEqual(["NEWER", "NEWEST"]);
});

test("unpin waits for a build, since it notes what is a hand edit from now on", async () => {
  const shop = await edited();
  await shop.run(["pin", LOUD]);
  await shop.run(["build"]);
  const path = shop.path("output/demo/.faceless/lock");
  const lock = await acquireLock(path, "another build", () => {}, new AbortController().signal);
  const child = shop.start(["unpin", LOUD]);
  const [first] = await once(child.stdout!, "data");
  expect(String(first)).toMatch(/^waiting {3}for another build of this project: another build \(.*\)\n$/);
  expect(existsSync(shop.path(PINNED))).toBe(true);
  lock?.release();
  expect((await ended(child)).out).toBe(`unpinned  ${LOUD}  (${KEPT})\n`);
});

test("unpin before a build has used it: a hand edit is a hand edit again", async () => {
  const shop = await edited();
  await shop.run(["pin", LOUD]);
  expect(await shop.run(["unpin", "loud/a.txt"], { cwd: "output/demo" })).toEqual(
    said(0, `unpinned  ${LOUD}  (${KEPT})\n`),
  );
  expect((await shop.run(["build"])).out).toContain("edited    loud/a.txt  changed by hand, kept and used\n");
  await shop.run(["build", "--discard-edits"]);
  await shop.run(["pin", LOUD]);
  expect(await shop.run(["unpin", LOUD])).toEqual(
    said(0, `unpinned  ${LOUD}  (no build had used it yet, so nothing else changes)\n`),
  );
  expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 2 fresh\n"));
});

test("an edit of what is pinned is pinned again; what was changed in pinned/ is not overwritten", async () => {
  const shop = await edited();
  await shop.run(["pin", LOUD]);
  await shop.run(["build"]);
  shop.write(LOUD, "PAINTED OVER");
  expect(await shop.run(["pin", LOUD])).toEqual(PIN);
  expect(shop.read(PINNED)).toBe("PAINTED OVER");
  await shop.run(["build"]);
  shop.write(PINNED, "NEWER");
  expect(await shop.run(["pin", LOUD])).toEqual(
    complained(
      `${PINNED} is pinned already, and was changed since ${LOUD} was built.\n  The next build takes it over. To pin what is built now instead, remove that file first.`,
    ),
  );
  expect(shop.read(PINNED)).toBe("NEWER");
});

test("one of several outputs: the others stay, and that is said", async () => {
  const shop = repo({
    "pipelines/p.yaml": `targets:
  two: { run: "date +%N > \${out.a}; date +%N > \${out.b}", out: { a: a.txt, b: b.txt } }
`,
  });
  await shop.run(["build"]);
  const other = shop.read("output/demo/b.txt");
  expect(await shop.run(["pin", "output/demo/a.txt"])).toEqual(
    said(
      0,
      "pinned    output/demo/a.txt  (copied to output/demo/pinned/a.txt, a source that belongs into git; with it b.txt stays as it is)\n",
    ),
  );
  shop.write("pipelines/p.yaml", shop.read("pipelines/p.yaml").replace("date", "echo; date"));
  expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 1 pinned\n"));
  expect(shop.read("output/demo/b.txt")).toBe(other);
});

test("what cannot be pinned or unpinned, and then nothing is", async () => {
  const shop = await edited();
  const before = shop.tree();
  const help = "\n  `faceless graph --outputs` tells what is made from it.";
  expect(await shop.run(["pin", LOUD, "output/demo/scripts/a.txt"])).toEqual(
    complained(`output/demo/scripts/a.txt is a source: no target makes it.${help}`),
  );
  expect(await shop.run(["pin"])).toEqual(complained("pin takes the path of an output."));
  expect(await shop.run(["pin", "output/demo"])).toEqual(
    complained("output/demo is a project; pin takes the paths of outputs in it."),
  );
  expect(await shop.run(["unpin", LOUD])).toEqual(
    complained(`${LOUD} is not pinned: there is no file ${PINNED}.\n  Nothing of output/demo is pinned.`),
  );
  expect(shop.tree()).toEqual(before);
  rmSync(shop.path("output/demo/count/a.txt"));
  expect(await shop.run(["pin", LOUD, "output/demo/count/a.txt"])).toEqual(
    complained(
      `output/demo/count/a.txt is not there, so there is nothing to pin.\n  Build it first; or put a file of your own at output/demo/pinned/count/a.txt.`,
    ),
  );
  expect(existsSync(shop.path(PINNED))).toBe(false);
  await shop.run(["pin", LOUD]);
  expect(await shop.run(["unpin", "output/demo/laud/a.txt"])).toEqual(
    complained(
      "output/demo/laud/a.txt is not pinned: there is no file output/demo/pinned/laud/a.txt.\n  Did you mean 'loud/a.txt'?",
    ),
  );
});

test("a pin of an output that no target makes any more can be taken back", async () => {
  const shop = await edited();
  await shop.run(["pin", LOUD]);
  rmSync(shop.path("output/demo/scripts/a.txt"));
  await shop.run(["build"]);
  expect(await shop.run(["unpin", LOUD])).toMatchObject({ code: 0, err: "" });
  expect(existsSync(shop.path(PINNED))).toBe(false);
});
