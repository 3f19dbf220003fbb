/** `faceless init`: from an empty folder to a film in two commands, and nothing that is there is touched. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { loadConfiguration } from "../lib/cli/configuration.ts";
import { complained, Repo, repo } from "./small-repo.ts";

function emptyFolder(): Repo {
  const made = new Repo();
  onTestFinished(() => made.close());
  return made;
}

const NEXT = (niche: string) => `
Next:
  npx faceless build output/${niche}            makes the film of the example script, without any account
  npx faceless watch --draft output/${niche}    small and quick, again whenever you save
  npx faceless generate ${niche} --topic "…"    has a script written
`;

describe("in an empty folder", () => {
  test("a content repo that builds its example film, offline", async () => {
    const shop = emptyFolder();
    expect(await shop.run(["init", "finance"])).toEqual({
      code: 0,
      err: "",
      out: `wrote     faceless.config.yaml
wrote     .gitignore
wrote     .env.example
wrote     package.json
wrote     .github/workflows/films.yml
wrote     output/finance/scripts/example_script.json
${NEXT("finance")}`,
    });
    expect(Object.keys((await loadConfiguration(shop.root)).niches)).toEqual(["finance"]);
    expect(JSON.parse(shop.read("package.json"))).toMatchObject({
      name: expect.stringMatching(/^[a-z0-9][a-z0-9._-]*$/),
      devDependencies: { faceless: "^0.1.0" },
    });
    const { concurrency, jobs } = parse(shop.read(".github/workflows/films.yml"));
    const steps: readonly Readonly<Record<string, unknown>>[] = jobs.films.steps;
    const [build, restored, saved] = [
      "npx faceless build output",
      "actions/cache/restore@v4",
      "actions/cache/save@v4",
    ].map((what) => steps.findIndex(({ uses, run }) => what === uses || what === run));
    expect(concurrency, "two at once would buy the same").toBe("films");
    expect(restored).toBeGreaterThan(0);
    expect(build).toBeGreaterThan(restored!);
    expect(saved).toBeGreaterThan(build!);
    expect(steps[saved!], "also of a build that failed after it had paid").toMatchObject({
      if: "always()",
      with: { path: ".faceless/cache\noutput/*/.faceless/ledger*\n" },
    });
    // Actions finds by the very text of the paths what was saved.
    expect((steps[restored!]!.with as { path: string }).path).toBe(
      (steps[saved!]!.with as { path: string }).path,
    );
    expect(shop.read(".gitignore")).toContain("\n.env\n");
    // The same film, so small that a test can wait for it.
    const small = shop
      .read("faceless.config.yaml")
      .replace("[youtube, tiktok]", "[youtube]")
      .replace("2048x1152", "256x144")
      .replace("width: 1920, height: 1080, fps: 30", "width: 128, height: 72, fps: 24")
      .replace("1280x720", "128x72");
    shop.write("faceless.config.yaml", small);
    const { code, err } = await shop.run(["build", "output/finance"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(readdirSync(shop.path("output/finance/final")).sort()).toEqual([
      "finance_example_youtube.check.json",
      "finance_example_youtube.json",
      "finance_example_youtube.mp4",
      "finance_example_youtube.srt",
      "finance_example_youtube.vtt",
      ...[1, 2, 3].map((n) => `finance_example_youtube_thumbnail${n}.jpg`),
    ]);
  });

  test("what is there stays", async () => {
    const shop = emptyFolder();
    shop.write("package.json", "{}");
    shop.write(".gitignore", "mine");
    const { out } = await shop.run(["init"]);
    expect(out).toContain("left      .gitignore  (it is there already)\n");
    expect([shop.read("package.json"), shop.read(".gitignore")]).toEqual(["{}", "mine"]);
    expect(out).toContain("wrote     output/first-films/scripts/example_script.json\n");
  });
});

describe("in a content repo", () => {
  test("a niche more, named in the configuration, whose other lines stay as they are", async () => {
    const shop = repo({ "faceless.config.yaml": "# mine\npipeline: p\nniches:\n  demo: {} # the first\n" });
    expect(await shop.run(["init", "travel"])).toEqual({
      code: 0,
      err: "",
      out: `wrote     output/travel/scripts/example_script.json
added     travel  to faceless.config.yaml
${NEXT("travel")}`,
    });
    expect(shop.read("faceless.config.yaml")).toBe(
      "# mine\npipeline: p\nniches:\n  travel: {}\n  demo: {} # the first\n",
    );
    const before = shop.tree();
    expect((await shop.run(["init", "travel"], { cwd: "output" })).out).toContain(
      "left      faceless.config.yaml  (it has that niche)\n",
    );
    expect(shop.tree()).toEqual(before);
  });

  test("is told what to write where a line cannot be put in", async () => {
    const shop = repo({ "faceless.config.yaml": "pipeline: p\nniches: { demo: {} }\n" });
    expect((await shop.run(["init", "travel"])).out).toContain(
      "left      faceless.config.yaml  (write 'travel: {}' under 'niches:' there)\n",
    );
    expect(shop.read("faceless.config.yaml")).toBe("pipeline: p\nniches: { demo: {} }\n");
  });

  test.each([
    [
      ["init", "Bad"],
      "the name 'Bad' cannot stand in a path. A name is a small letter or a digit, then letters, digits, '.', '_' or '-'.",
    ],
    [["init", "a", "b"], "init takes one niche, and 'b' is another."],
  ])("refuses %j", async (words, message) => {
    expect(await repo().run(words)).toEqual(complained(message));
  });

  test("needs a niche", async () => {
    const shop = repo();
    expect(await shop.run(["init"])).toEqual(
      complained(
        `this is a content repo already: ${join(shop.root, "faceless.config.yaml")}.\n  \`faceless init <niche>\` adds a niche to it.`,
      ),
    );
  });
});
