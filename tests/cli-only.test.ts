/** Builds that are narrowed to some entries of an axis, and settings of a niche for one build. */
import { describe, expect, test } from "vitest";
import { complained, repo, said } from "./small-repo.ts";

const PIPELINE = `axes:
  story: { files: "scripts/\${story}.txt" }
  size: { values: [small, large] }
  part: { items: "\${list.parts}" }
targets:
  list: { run: "echo '{ \\"parts\\": [1, 2] }' > \${out}", in: { text: "scripts/\${story}.txt" }, out: "work/\${story}.json" }
  loud: { run: "tr a-z A-Z < \${in.text} > \${out}", in: { text: "scripts/\${story}.txt" }, out: "loud/\${story}.txt" }
  sized: { run: "cat \${in.loud} > \${out}; echo \${part} >> \${out}", in: { loud: loud }, out: "sized/\${story}_\${size}_\${part}.txt" }
  index: { run: "cat \${in.all} > \${out}", in: { all: loud }, out: index.txt }
`;
const FILES = { "pipelines/p.yaml": PIPELINE, "output/demo/scripts/b.txt": "bye" };

/** What a build made, in order. */
function made(out: string): string[] {
  return [...out.matchAll(/^(?:ran|restored) +(\S+)/gm)].map(([, path]) => path!).sort();
}

describe("--only", () => {
  test("makes what has those entries, with what that needs, through lists that are built", async () => {
    const shop = repo(FILES);
    const { code, out } = await shop.run(["build", "--only", "story=b", "--only", "size=small"]);
    expect(code).toBe(0);
    expect(made(out)).toEqual(["loud/b.txt", "sized/b_small_1.txt", "sized/b_small_2.txt", "work/b.json"]);
    expect(await shop.run(["build", "--only", "story=b", "--only", "size=small"])).toEqual(
      said(0, "nothing to do: 4 fresh\n"),
    );
  });

  test("removes nothing of the others, and the next whole build knows of all", async () => {
    const shop = repo(FILES);
    expect(made((await shop.run(["build"])).out).length).toBe(13);
    shop.write("output/demo/scripts/a.txt", "hi");
    shop.write("output/demo/scripts/b.txt", "by");
    const { out } = await shop.run(["build", "--only", "story=a", "--only", "size=large"]);
    expect(made(out)).toEqual(["loud/a.txt", "sized/a_large_1.txt", "sized/a_large_2.txt", "work/a.json"]);
    expect(shop.read("output/demo/sized/b_small_1.txt")).toBe("BYE1\n");
    const rest = made((await shop.run(["build"])).out);
    expect(rest).toContain("sized/a_small_1.txt");
    expect(rest).toContain("index.txt");
    expect(rest).not.toContain("sized/a_large_1.txt");
    expect(shop.read("output/demo/index.txt")).toBe("HIBY");
    expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 13 fresh\n"));
  });

  test("can name several entries, and is told in a dry run", async () => {
    const shop = repo(FILES);
    const only = ["--only", "story=a", "--only", "story=b", "--only", "size=small"];
    const { out } = await shop.run(["plan", ...only]);
    expect(out).toMatch(/dry run: at least \d+ to run/);
    expect(made((await shop.run(["build", ...only])).out).length).toBe(8);
  });

  test.each([
    [["--only", "stroy=a"], "this pipeline has no axis 'stroy'.\n  Did you mean 'story'?"],
    [
      ["--only", "story=c"],
      "there is no story 'c'.\n  Did you mean 'a'? Each is a file scripts/${story}.txt.",
    ],
    [["--only", "size=smal"], "there is no size 'smal'.\n  Did you mean 'small'?"],
    [["--only", "story"], "--only takes axis=key, and 'story' is no such pair."],
    [
      ["output/demo/index.txt", "--only", "story=a"],
      "--only narrows whole projects, and a path of an output was named, too.\n  Give the one or the other.",
    ],
  ])("%j is refused", async (words, message) => {
    expect(await repo(FILES).run(["build", ...words])).toEqual(complained(message));
  });
});

describe("--set project.…", () => {
  const TELLS = {
    "pipelines/p.yaml":
      'targets:\n  a: { run: "echo ${project.speed} ${project.has_music} > ${out}", out: a.txt }\n',
  };

  test("sets what the configuration says of the niche", async () => {
    const shop = repo(TELLS);
    await shop.run(["build"]);
    expect(shop.read("output/demo/a.txt")).toBe("1 false\n");
    await shop.run(["build", "--set", "project.speed=1.5", "--set", "project.music=/m.mp3"]);
    expect(shop.read("output/demo/a.txt")).toBe("1.5 true\n");
    await shop.run(["build"]);
    expect(shop.read("output/demo/a.txt")).toBe("1 false\n");
  });

  test.each([
    [
      "project.niche=x",
      "--set sets 'project.niche', which cannot be set so.\n  There are 'voice', 'speed', 'music', 'intro', 'outro'.",
    ],
    ["project.speed=9", "--set project.speed: Too big: expected number to be <=4"],
  ])("%s is refused", async (setting, message) => {
    expect(await repo(TELLS).run(["build", "--set", setting])).toEqual(complained(message));
  });
});

test("of a list of conditions all have to hold", async () => {
  const shop = repo({
    "pipelines/p.yaml": `options: { one: true, two: true }
targets:
  a: { when: ["\${options.one}", "\${options.two}"], run: "echo a > \${out}", out: a.txt }
  b: { run: "echo b > \${out}", out: b.txt }
`,
  });
  expect(made((await shop.run(["build"])).out)).toEqual(["a.txt", "b.txt"]);
  expect((await shop.run(["build", "--set", "two=false"])).out).toContain("removed   a.txt");
  shop.write("pipelines/p.yaml", shop.read("pipelines/p.yaml").replace('"${options.two}"', "x"));
  expect((await shop.run(["build"])).err).toMatch(
    /^faceless: pipelines\/p.yaml:3:33: 'when' takes true, false or null, and this is "x"\./,
  );
});
