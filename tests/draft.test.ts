/** Drafts: what is made goes to a folder of its own, and what it is made from stays where it is. */
import { describe, expect, test } from "vitest";
import { Places } from "../lib/engine/place.ts";
import { helps, type Workshop, workshop } from "./workshop.ts";

/** A voice that does not depend on the form, and a film that does. */
const FILM = `
axes:
  story: { files: "scripts/\${story}.txt" }
targets:
  voice: { run: "cat \${in.text} > \${out}; printf spoken > /dev/null", in: { text: "scripts/\${story}.txt" }, out: "voice/\${story}.txt" }
  film: { run: "echo \${project.width} | cat - \${in.voice} > \${out}", in: { voice: voice }, out: "film/\${story}.txt" }
  reel: { run: "cat \${in.films} > \${out}", in: { films: film }, out: reel.txt }
`;

function filmShop(files: Readonly<Record<string, string>> = {}): Workshop {
  return workshop({ "/pipelines/p.yaml": FILM, "scripts/a.txt": "a\n", "scripts/b.txt": "b\n", ...files });
}

const settings = (width: number) => ({ settings: { width } });
const build = (shop: Workshop) => shop.build(settings(1920));
const buildDraft = (shop: Workshop) =>
  shop.build({ ...settings(960), places: new Places(shop.root, "output/demo", true) });

const all = (how: string, ...ids: string[]) => Object.fromEntries(ids.map((id) => [id, how]));
const VOICES = ["voice/a.txt", "voice/b.txt"];
const FILMS = ["film/a.txt", "film/b.txt", "reel.txt"];

describe("a draft and the final", () => {
  test("have files and state of their own, and each is up to date by itself", async () => {
    const shop = filmShop();
    expect((await buildDraft(shop)).ran).toEqual(all("ran", ...VOICES, ...FILMS));
    expect([shop.has("reel.txt"), shop.has(".faceless")]).toEqual([false, false]);
    expect(shop.read("draft/reel.txt")).toBe("960\na\n960\nb\n");
    expect((await build(shop)).ok).toBe(true);
    expect(shop.read("reel.txt")).toBe("1920\na\n1920\nb\n");
    expect(shop.read("draft/reel.txt")).toBe("960\na\n960\nb\n");
    expect((await buildDraft(shop)).ran).toEqual(all("fresh", ...VOICES, ...FILMS));
    expect((await build(shop)).ran).toEqual(all("fresh", ...VOICES, ...FILMS));
  });

  test("share what does not depend on the form: it is made once", async () => {
    const shop = filmShop();
    await buildDraft(shop);
    expect((await build(shop)).ran).toEqual({ ...all("restored", ...VOICES), ...all("ran", ...FILMS) });
    shop.write("scripts/a.txt", "A\n");
    const remade = ["voice/a.txt", "film/a.txt", "reel.txt"];
    expect((await build(shop)).ran).toMatchObject(all("ran", ...remade));
    expect((await buildDraft(shop)).ran).toEqual({
      ...all("fresh", "voice/b.txt", "film/b.txt"),
      ...all("restored", "voice/a.txt"),
      ...all("ran", "film/a.txt", "reel.txt"),
    });
    expect(shop.read("draft/reel.txt")).toBe("960\nA\n960\nb\n");
  });

  test("lose what nothing makes any more each for itself", async () => {
    const shop = filmShop();
    await build(shop);
    await buildDraft(shop);
    shop.remove("scripts/b.txt");
    await buildDraft(shop);
    expect([shop.has("draft/voice/b.txt"), shop.has("voice/b.txt")]).toEqual([false, true]);
    await build(shop);
    expect([shop.has("voice/b.txt"), shop.has("draft/voice/a.txt")]).toEqual([false, true]);
  });

  test("keep hand edits apart, and share pins", async () => {
    const shop = filmShop({ "pinned/voice/b.txt": "pinned\n" });
    await build(shop);
    await buildDraft(shop);
    shop.write("draft/film/a.txt", "by hand\n");
    expect((await buildDraft(shop)).ran).toMatchObject({ "film/a.txt": "edited", "voice/b.txt": "pinned" });
    expect(shop.read("draft/reel.txt")).toBe("by hand\n960\npinned\n");
    expect((await build(shop)).ran).toMatchObject({ "film/a.txt": "fresh", "voice/b.txt": "pinned" });
  });

  test("may be built at the same time", async () => {
    const shop = filmShop();
    const both = await Promise.all([build(shop), buildDraft(shop)]);
    expect(both.map(({ ok }) => ok)).toEqual([true, true]);
    for (const { events } of both)
      expect(events.filter(({ type }) => type === "waiting-for-lock")).toEqual([]);
  });
});

describe("no source is among drafts", () => {
  const glob = (pattern: string) => `
targets:
  loud: { run: "cat \${in.texts} > \${out}", in: { texts: "${pattern}" }, out: loud.out }
`;

  test.each(["./**/*.txt", "*/*.txt", "/output/**/*.txt", "/output/*/*/*.txt", "/output/demo/*/*.txt"])(
    "a glob does not look there: %s",
    async (pattern) => {
      const shop = workshop({
        "/pipelines/p.yaml": glob(pattern),
        "draft/work/a.txt": "draft",
        "notes/a.txt": "notes",
        "notes/draft/a.txt": "",
        "/output/other/notes/draft.txt": "",
        "/output/other/draft/a.txt": "draft",
      });
      await shop.build();
      // Its output is new in a folder that may be listed.
      expect((await shop.build()).ok).toBe(true);
      expect(shop.upToDate()).toBe(true);
      expect(shop.read("loud.out")).toContain("notes");
      expect(shop.read("loud.out")).not.toContain("draft");
      shop.write("draft/work/b.txt", "draft");
      expect(shop.upToDate()).toBe(true);
    },
  );

  test.each([
    ["./draft/a.txt", "'./draft/a.txt' is in 'draft/', which is kept for drafts: no source is found there."],
    ["draft/*.txt", "'draft/*.txt' is in 'draft/', which is kept for drafts: no source is found there."],
  ])("a path there is a mistake: %s", async (pattern, message) => {
    const shop = workshop({ "/pipelines/p.yaml": glob(pattern), "draft/a.txt": "" });
    await expect(shop.build()).rejects.toThrow(message);
  });

  test("what a target makes, as a draft or else, is refused", async () => {
    const reads = (path: string) =>
      `${FILM}  bad: { run: "cat \${in.x} > \${out}", in: { x: "${path}" }, out: bad.txt }\n`;
    const shop = filmShop();
    await build(shop);
    await buildDraft(shop);
    for (const path of ["./voice/a.txt", "/output/demo/voice/a.txt", "/output/demo/draft/voice/a.txt"]) {
      shop.write("/pipelines/p.yaml", reads(path));
      for (const one of [build, buildDraft]) {
        const name = path.startsWith("/") ? path.slice(1) : "output/demo/voice/a.txt";
        await expect(one(shop)).rejects.toThrow(
          `pipelines/p.yaml:8:48: ${name} is made by 'voice': name the target instead of its file.\n`,
        );
      }
    }
  });
});

test("no output of a pipeline is in draft/", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": 'targets:\n  a: { run: "echo > ${out}", out: Draft/a.txt }\n',
  });
  await expect(shop.build()).rejects.toThrow(
    "the output 'Draft/a.txt' of 'a' is in 'Draft/', which is kept for drafts.",
  );
});

test("messages name sources where they are, and outputs where they go", async () => {
  const shop = filmShop();
  await buildDraft(shop);
  shop.remove("draft/film/a.txt");
  shop.write("draft/film/a.txt/mine.txt", "");
  const edited = await buildDraft(shop);
  expect(edited.problems[0]).toContain("output/demo/draft/film/a.txt is a folder, where an output has to be");
  expect(helps(edited)).toEqual(["Move it away and build again."]);
  shop.write(
    "/pipelines/p.yaml",
    FILM.replace('in: { text: "scripts/${story}.txt"', 'in: { text: "texts/${story}.txt"'),
  );
  await expect(buildDraft(shop)).rejects.toThrow("'text': there is no file output/demo/texts/a.txt.\n");
});
