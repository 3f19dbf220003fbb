/** `faceless pin` and `unpin`: a hand edit becomes a source, and who runs afterwards. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { complained, type Repo, repo, said } from "./small-repo.ts";

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

test("unpin: the next build makes the output again, or restores it", async () => {
  const shop = await edited();
  await shop.run(["pin", LOUD]);
  await shop.run(["build"]);
  const unpinned = said(0, `unpinned  ${LOUD}  (the next build restores it or makes it again)\n`);
  expect(await shop.run(["unpin", PINNED])).toEqual(unpinned);
  expect(existsSync(shop.path("output/demo/pinned"))).toBe(false);
  expect(await shop.run(["build"])).toEqual(
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

test("unpin before a build has used it: a hand edit is a hand edit again", async () => {
  const shop = await edited();
  await shop.run(["pin", LOUD]);
  expect(await shop.run(["unpin", "loud/a.txt"], { cwd: "output/demo" })).toEqual(
    said(0, `unpinned  ${LOUD}  (the file in its place was changed by hand, and is kept)\n`),
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
  const help = "\n  `faceless build -n` lists what there is to build.";
  expect(await shop.run(["pin", LOUD, "output/demo/scripts/a.txt"])).toEqual(
    complained(`no target makes output/demo/scripts/a.txt.${help}`),
  );
  expect(await shop.run(["pin"])).toEqual(complained("pin takes the path of an output."));
  expect(await shop.run(["pin", "output/demo"])).toEqual(
    complained("output/demo is a project; pin takes the paths of outputs in it."),
  );
  expect(await shop.run(["unpin", LOUD])).toEqual(
    complained(`${LOUD} is not pinned: there is no file ${PINNED}.\n  There are none.`),
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
