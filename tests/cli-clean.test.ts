/** `faceless clean`: what it removes, what it leaves, and that the next build runs nothing for it. */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { complained, type Repo, repo, said } from "./small-repo.ts";

async function built(files: Readonly<Record<string, string>> = {}): Promise<Repo> {
  const shop = repo({ "output/demo/scripts/b.txt": "bye", ...files });
  await shop.run(["build"]);
  return shop;
}

/** All files and folders of the project but its state. */
function left(shop: Repo): string[] {
  const all = readdirSync(shop.path("output/demo"), { recursive: true, encoding: "utf8" });
  return all.filter((path) => !path.startsWith(".faceless")).sort();
}

const RESTORED = `restored  loud/a.txt  (loud/a.txt is missing)
restored  loud/b.txt  (loud/b.txt is missing)
restored  count/a.txt  (count/a.txt is missing)
restored  count/b.txt  (count/b.txt is missing)

output/demo/count/a.txt
output/demo/count/b.txt
done in N s: 4 restored
`;

test("a whole project: all that was built goes, nothing else does, and the next build restores it", async () => {
  const shop = await built({ "output/demo/notes.txt": "mine", "output/demo/pinned/x/y.txt": "mine" });
  mkdirSync(shop.path("output/demo/empty"));
  expect(await shop.run(["clean", "-n"])).toEqual(
    said(
      0,
      `remove    output/demo/count/a.txt
remove    output/demo/count/b.txt
remove    output/demo/loud/a.txt
remove    output/demo/loud/b.txt
dry run: 4 outputs (14 B) to remove; nothing was changed
`,
    ),
  );
  expect(await shop.run(["clean"])).toEqual(
    said(0, "removed 4 outputs (14 B); the next build restores them from the store\n"),
  );
  expect(left(shop)).toEqual([
    "empty",
    "notes.txt",
    "pinned",
    "pinned/x",
    "pinned/x/y.txt",
    "scripts",
    "scripts/a.txt",
    "scripts/b.txt",
  ]);
  expect(existsSync(shop.path("output/demo/.faceless/lock"))).toBe(false);
  expect(await shop.run(["clean"])).toEqual(said(0, "nothing to remove\n"));
  expect(await shop.run(["build"])).toEqual(said(0, RESTORED));
  expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 4 fresh\n"));
});

test("what was edited by hand is kept and named; with --discard-edits it goes too", async () => {
  const shop = await built();
  shop.write("output/demo/loud/a.txt", "mine");
  const kept = "kept      output/demo/loud/a.txt  (not as we made it; `--discard-edits` removes it)\n";
  expect(await shop.run(["clean", "--verbose"])).toEqual(
    said(
      0,
      `removed   output/demo/count/a.txt
removed   output/demo/count/b.txt
removed   output/demo/loud/b.txt
${kept}removed 3 outputs (8 B); the next build restores them from the store
`,
    ),
  );
  expect(await shop.run(["clean"])).toEqual(said(0, `${kept}nothing to remove\n`));
  expect(await shop.run(["clean", "--discard-edits"])).toEqual(
    said(0, "removed 1 output (4 B), changed by hand and gone for good\n"),
  );
  expect(left(shop)).toEqual(["scripts", "scripts/a.txt", "scripts/b.txt"]);
  expect(await shop.run(["build"])).toEqual(said(0, RESTORED));
});

test("single outputs and folders of them; from a folder within", async () => {
  const shop = await built();
  expect(await shop.run(["clean", "loud/a.txt", "count"], { cwd: "output/demo" })).toEqual(
    said(0, "removed 3 outputs (10 B); the next build restores them from the store\n"),
  );
  expect(left(shop)).toEqual(["loud", "loud/b.txt", "scripts", "scripts/a.txt", "scripts/b.txt"]);
  for (const path of ["scripts", "scripts/a.txt", ".faceless/journal", "lou"]) {
    expect(await shop.run(["clean", `output/demo/${path}`])).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringMatching(`^faceless: no target makes output/demo/${path}\\.\n`),
    });
  }
  expect(await shop.run(["clean", "output/demo/loud/b.tx"])).toEqual(
    complained(
      "no target makes output/demo/loud/b.tx.\n  Did you mean 'output/demo/loud/b.txt'? `faceless graph --outputs` lists what there is to build.",
    ),
  );
});

test("without the cache the bytes are put into the store before they go", async () => {
  const shop = await built();
  rmSync(shop.path(".faceless"), { recursive: true });
  expect(await shop.run(["clean"])).toMatchObject({ code: 0, err: "" });
  expect(await shop.run(["build"])).toEqual(said(0, RESTORED));
});

test("without the project's state, what the store knows is ours, and nothing else", async () => {
  const shop = await built();
  shop.write("output/demo/loud/b.txt", "mine");
  rmSync(shop.path("output/demo/.faceless"), { recursive: true });
  expect(await shop.run(["clean"])).toEqual(
    said(
      0,
      "kept      output/demo/loud/b.txt  (not as we made it; `--discard-edits` removes it)\n" +
        "removed 3 outputs (10 B); the next build restores them from the store\n",
    ),
  );
});

test("outputs that no target makes any more, and a pinned one", async () => {
  const shop = await built({ "output/demo/pinned/loud/a.txt": "PINNED!" });
  rmSync(shop.path("output/demo/scripts/b.txt"));
  expect(await shop.run(["clean"])).toEqual(
    said(0, "removed 4 outputs (15 B); the next build restores them from the store\n"),
  );
  expect(left(shop)).toEqual(["pinned", "pinned/loud", "pinned/loud/a.txt", "scripts", "scripts/a.txt"]);
  expect(await shop.run(["build"])).toMatchObject({ code: 0 });
  expect(shop.read("output/demo/loud/a.txt")).toBe("PINNED!");
});

test("a folder where an output has to be stays, with all that is in it", async () => {
  const shop = await built();
  rmSync(shop.path("output/demo/loud/a.txt"));
  shop.write("output/demo/loud/a.txt/mine.txt", "mine");
  expect(await shop.run(["clean", "--discard-edits"])).toMatchObject({ code: 0, err: "" });
  expect(left(shop)).toContain(join("loud", "a.txt", "mine.txt"));
});
