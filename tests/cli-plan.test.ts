/** What `plan` and `status` say of how much there is to do. */
import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sayWork } from "../lib/report/work.ts";
import { complained, PIPELINE, repo, said } from "./small-repo.ts";

describe("how long it takes", () => {
  const known: Record<string, number> = { image: 6_000, segment: 30_000, final: 90_000 };
  const say = (run: Record<string, number>, mayRun: Record<string, number> = {}, atLeast = false) =>
    sayWork({
      run: new Map(Object.entries(run)),
      mayRun: new Map(Object.entries(mayRun)),
      lastMs: (target) => known[target],
      atLeast,
    });

  test.each([
    [say({}), undefined],
    [say({ words: 3 }), undefined],
    [say({ image: 1 }), "about 6.0 s of work by the last durations (image 6.0 s)"],
    [
      say({ image: 2, segment: 4 }),
      "about 2 min 12 s of work by the last durations (image 12 s, segment 2 min 00 s)",
    ],
    [
      say({ image: 1 }, { segment: 1, final: 2 }),
      "about 6.0 s of work by the last durations (image 6.0 s), and up to 3 min 30 s after it (segment 30 s, final 3 min 00 s)",
    ],
    [say({ image: 1 }, {}, true), "at least 6.0 s of work by the last durations (image 6.0 s)"],
    [
      say({ image: 1, words: 1 }, { subtitles: 1, words: 1 }),
      "at least 6.0 s of work by the last durations (image 6.0 s); words, subtitles never ran before",
    ],
  ])("%#", (said, expected) => {
    expect(said).toBe(expected);
  });

  test("a first plan knows nothing, the next one does", async () => {
    const shop = repo();
    expect(await shop.run(["plan"])).toEqual(
      said(
        0,
        "run       loud/a.txt\nmay run   count/a.txt\ndry run: 1 to run, 1 that may run after it; nothing was changed\n",
      ),
    );
    await shop.run(["build"]);
    shop.write("output/demo/scripts/b.txt", "bye");
    expect(await shop.run(["plan"])).toEqual(
      said(
        0,
        `run       loud/b.txt
may run   count/b.txt
about N s of work by the last durations (loud N s), and up to N s after it (count N s)
dry run: 1 to run, 1 that may run after it, 2 fresh; nothing was changed
`,
      ),
    );
  });

  test("at least, while a list that says how many there are is not built", async () => {
    const shop = repo({
      "pipelines/p.yaml": `axes:
  line: { items: "\${list.lines}", key: id }
targets:
  list: { run: "cp \${in.draft} \${out}", in: { draft: ./draft.json }, out: list.json }
  each: { run: "echo \${line.id} > \${out}", out: "each/\${line}.txt" }
`,
      "output/demo/draft.json": '{ "lines": [{ "id": 1 }] }',
    });
    await shop.run(["build"]);
    shop.write("output/demo/draft.json", '{ "lines": [{ "id": 1 }, { "id": 2 }] }');
    expect(await shop.run(["plan"])).toEqual(
      said(
        0,
        `run       list.json  (input draft has other content)
at least N s of work by the last durations (list N s)
dry run: at least 1 to run; nothing was changed
`,
      ),
    );
  });
});

test("a folder whose files a list tells of is planned for when they are known", async () => {
  const shop = repo({
    "pipelines/p.yaml": `axes:
  line: { items: "\${list.lines}", key: id }
targets:
  list: { run: "cp \${in.draft} \${out}", in: { draft: ./draft.json }, out: list.json }
  each: { run: "echo \${line.id} > \${out}", out: "each/\${line}.txt" }
`,
    "output/demo/draft.json": '{ "lines": [{ "id": 1 }] }',
  });
  await shop.run(["build"]);
  expect(await shop.run(["plan", "output/demo/each", "--force", "output/demo/each/1.txt"])).toEqual(
    said(
      0,
      `run       each/1.txt  (forced)
about N s of work by the last durations (each N s)
dry run: 1 to run, 1 fresh; nothing was changed
`,
    ),
  );
});

describe("nothing to do", () => {
  test("is said by plan and by status", async () => {
    const shop = repo();
    await shop.run(["build"]);
    expect(await shop.run(["plan"])).toEqual(said(0, "nothing to do: 2 fresh\n"));
    const table = "output/demo\n         fresh\n  loud       1\n  count      1\n";
    expect(await shop.run(["status"])).toEqual(said(0, `${table}nothing to do\n`));
    shop.write("output/demo/count/a.txt", "mine");
    expect(await shop.run(["status"])).toEqual(
      said(
        0,
        `output/demo
         fresh  edited
  loud       1
  count              1
nothing to do
edited by hand: count/a.txt
`,
      ),
    );
  });

  test("of a project without a story status says why", async () => {
    const shop = repo();
    rmSync(shop.path("output/demo/scripts/a.txt"));
    expect(await shop.run(["status"])).toEqual(
      said(
        0,
        "output/demo\nthere is no file output/demo/scripts/*.txt, so there is nothing to build.\nnothing to do\n",
      ),
    );
  });
});

describe("a file in pinned/ that is not in its place yet", () => {
  test("is told of by all that look ahead as by the build, and what needs it follows", async () => {
    const shop = repo();
    await shop.run(["build"]);
    shop.write("output/demo/pinned/loud/a.txt", "PINNED TEXT");
    const because = "(pinned/loud/a.txt takes its place)";
    const follows = "count/a.txt  (input text has other content)";
    expect(await shop.run(["plan"])).toEqual(
      said(
        0,
        `place     loud/a.txt  ${because}
run       ${follows}
about N s of work by the last durations (count N s)
dry run: 1 to run, 1 to take from pinned/; nothing was changed
`,
      ),
    );
    expect(await shop.run(["status"])).toEqual(
      said(0, "output/demo\n         to run  to place\n  loud                  1\n  count       1\n"),
    );
    expect(await shop.run(["why", "output/demo/loud/a.txt", "output/demo/count/a.txt"])).toEqual(
      said(
        0,
        `output/demo/loud/a.txt would be taken from pinned/, whose file is not in its place yet.
output/demo/count/a.txt would be made:
  input text has other content
`,
      ),
    );
    expect(await shop.run(["accept"])).toEqual(
      said(
        0,
        `stale     output/demo/loud/a.txt  ${because}
stale     output/demo/count/a.txt  (input text has other content)
nothing to accept, 2 outputs not
`,
      ),
    );
    expect(await shop.run(["build"])).toEqual(
      said(
        0,
        `pinned    loud/a.txt  ${because}
ran       count/a.txt  N s  (input text has other content)

output/demo/count/a.txt
done in N s: 1 ran, 1 pinned
`,
      ),
    );
    expect(await shop.run(["plan"])).toEqual(said(0, "nothing to do: 1 pinned, 1 fresh\n"));
  });

  test("a build that does nothing but put it there has done something", async () => {
    const shop = repo();
    await shop.run(["build"]);
    shop.write("output/demo/pinned/count/a.txt", "7");
    const line = "count/a.txt  (pinned/count/a.txt takes its place)\n";
    expect(await shop.run(["plan"])).toEqual(
      said(0, `place     ${line}dry run: 1 to take from pinned/, 1 fresh; nothing was changed\n`),
    );
    expect(await shop.run(["build"])).toEqual(said(0, `pinned    ${line}done in N s: 1 pinned, 1 fresh\n`));
  });

  test("what it lists is planned for", async () => {
    const shop = repo({
      "pipelines/p.yaml": `axes:
  line: { items: "\${list.lines}", key: id }
targets:
  list: { run: "cp \${in.draft} \${out}", in: { draft: ./draft.json }, out: list.json }
  each: { run: "echo \${line.id} > \${out}", out: "each/\${line}.txt" }
`,
      "output/demo/draft.json": '{ "lines": [{ "id": 1 }] }',
    });
    await shop.run(["build"]);
    shop.write("output/demo/pinned/list.json", '{ "lines": [{ "id": 1 }, { "id": 2 }] }');
    expect(await shop.run(["plan"])).toEqual(
      said(
        0,
        `place     list.json  (pinned/list.json takes its place)
run       each/2.txt
about N s of work by the last durations (each N s)
dry run: 1 to run, 1 to take from pinned/, 1 fresh; nothing was changed
`,
      ),
    );
  });
});

describe("outputs that no target makes any more", () => {
  const GONE = "(no target makes it any more)";

  test("a removed story: the plan lists what goes, and removes nothing", async () => {
    const shop = repo({ "output/demo/scripts/b.txt": "bye" });
    await shop.run(["build"]);
    rmSync(shop.path("output/demo/scripts/b.txt"));
    const before = shop.tree();
    expect(await shop.run(["plan"])).toEqual(
      said(
        0,
        `remove    count/b.txt  ${GONE}
remove    loud/b.txt  ${GONE}
dry run: 2 to remove, 2 fresh; nothing was changed
`,
      ),
    );
    expect(await shop.run(["status"])).toEqual(
      said(
        0,
        `output/demo
         fresh
  loud       1
  count      1
to remove: count/b.txt
to remove: loud/b.txt
`,
      ),
    );
    // What is asked for alone says nothing of the rest.
    expect(await shop.run(["plan", "output/demo/count/a.txt"])).toEqual(said(0, "nothing to do: 2 fresh\n"));
    expect(shop.tree()).toEqual(before);
    expect((await shop.run(["build"])).out).toContain("done in N s: 2 fresh, 2 removed\n");
  });

  test("a renamed folder; what was edited there is told to stay", async () => {
    const shop = repo({ "output/demo/scripts/b.txt": "bye" });
    await shop.run(["build"]);
    shop.write("pipelines/p.yaml", PIPELINE.replace('"count/', '"size/'));
    shop.write("output/demo/count/b.txt", "mine");
    expect(await shop.run(["plan"])).toEqual(
      said(
        0,
        `restore   size/a.txt
restore   size/b.txt
remove    count/a.txt  ${GONE}
kept      count/b.txt  (no target makes it any more, but its content is not ours to delete)
dry run: 2 to restore, 1 to remove, 2 fresh; nothing was changed
`,
      ),
    );
  });

  test("--set that takes a target away, and one output less of several", async () => {
    const shop = repo({
      "pipelines/p.yaml": `options: { extra: true }
targets:
  two: { run: "echo a > \${out.a}; echo b > \${out.b}", out: { a: a.txt, b: b.txt } }
  more: { run: "echo c > \${out}", out: c.txt, when: "\${options.extra}" }
`,
    });
    await shop.run(["build"]);
    expect(await shop.run(["plan", "--set", "extra=false"])).toEqual(
      said(0, `remove    c.txt  ${GONE}\ndry run: 1 to remove, 1 fresh; nothing was changed\n`),
    );
    shop.write(
      "pipelines/p.yaml",
      shop.read("pipelines/p.yaml").replace("; echo b > ${out.b}", "").replace(", b: b.txt", ""),
    );
    const plan = (await shop.run(["plan"])).out;
    expect(plan).toMatch(/^run {7}a\.txt .*\nremove {4}b\.txt {2}\(no target makes it any more\)\n/);
    expect(plan).toMatch(/\ndry run: 1 to run, 1 to remove, 1 fresh; nothing was changed\n$/);
  });
});

describe("where something cannot be made", () => {
  const STORIES = `axes:
  story: { files: "scripts/\${story}.json" }
targets:
  script: { task: script, in: { draft: "scripts/\${story}.json" }, with: { niche: demo }, out: "\${story}.json" }
  film: { run: "cp \${in.text} \${out}", in: { text: script }, out: "\${story}.txt" }
  all: { run: "cat \${in.films} > \${out}", in: { films: film }, out: all.txt }
`;
  const GOOD = '{ "title": "t", "scenes": [{ "narration": "n", "image_prompt": "p" }] }';

  test("a plan goes on with all else, and tells the same each time", async () => {
    const shop = repo({
      "pipelines/p.yaml": STORIES,
      "output/demo/scripts/a.json": "{",
      "output/demo/scripts/b.json": GOOD,
      "output/demo/scripts/c.json": GOOD,
    });
    const first = await shop.run(["plan"]);
    expect(first).toMatchObject({ code: 1, err: "" });
    expect(first.out).toMatch(/^failed {4}a\.json .*\n/m);
    expect(first.out).toMatch(/\ndry run: 1 failed, 2 blocked, 4 to run; nothing was changed\n$/);
    const numbers = (out: string) => out.split("\n").at(-2);
    for (const words of [["plan"], ["build", "-n", "-j1"], ["plan", "-k"]])
      expect(numbers((await shop.run(words)).out)).toBe(numbers(first.out));
  });

  test("a source that leads nowhere: a plan refuses it as the build does, and what only looks goes on", async () => {
    const shop = repo({
      "pipelines/p.yaml": `${PIPELINE}  notes: { run: "cp \${in.text} \${out}", in: { text: ./notes.txt }, out: copy.txt }\n`,
      "output/demo/notes.txt": "n",
    });
    await shop.run(["build"]);
    rmSync(shop.path("output/demo/notes.txt"));
    const missing = `pipelines/p.yaml:7:53: 'text': there is no file output/demo/notes.txt.
  7 |   notes: { run: "cp \${in.text} \${out}", in: { text: ./notes.txt }, out: copy.txt }
    |                                                     ^`;
    for (const words of [["plan"], ["build"], ["plan", "output/demo/copy.txt"]])
      expect(await shop.run(words)).toEqual(complained(missing));
    const indented = missing.replaceAll("\n", "\n          ");
    expect(await shop.run(["plan", "-k"])).toEqual(
      said(1, `failed    copy.txt  N s\n          ${indented}\nfailed: 1 failed, 2 fresh\n`),
    );
    expect(await shop.run(["plan", "output/demo/count"])).toEqual(said(0, "nothing to do: 2 fresh\n"));
    expect(await shop.run(["status"])).toEqual(
      said(
        0,
        `output/demo
         fresh  failed
  loud       1
  notes              1
  count      1
`,
      ),
    );
    expect((await shop.run(["why", "output/demo/copy.txt", "output/demo/count/a.txt"])).out).toBe(
      `output/demo/copy.txt cannot be made: ${missing}
output/demo/count/a.txt is fresh: nothing that it is made from has changed.
It was made the last time because
  never built
`,
    );
    expect(await shop.run(["graph", "--outputs"])).toMatchObject({
      code: 1,
      out: expect.stringContaining('["count/a.txt"]'),
      err: `faceless: output/demo/copy.txt cannot be made: ${missing}\n`,
    });
    expect((await shop.run(["pin", "output/demo/count/a.txt"])).code).toBe(0);
    expect((await shop.run(["clean"])).out).toMatch(/^removed 3 outputs /);
  });

  test("a build tells what needs a failure from what it merely did not come to", async () => {
    const shop = repo({
      "pipelines/p.yaml": `axes:
  story: { files: "scripts/\${story}.txt" }
targets:
  loud: { run: "test \${story} != a; cp \${in.text} \${out}", in: { text: "scripts/\${story}.txt" }, out: "loud/\${story}.txt" }
  count: { run: "wc -c < \${in.text} > \${out}", in: { text: loud }, out: "count/\${story}.txt" }
`,
      "output/demo/scripts/b.txt": "bye",
    });
    const { code, out } = await shop.run(["build", "-j1"]);
    expect(code).toBe(1);
    expect(out).toMatch(/\nfailed: 1 failed, 1 blocked, 2 not started\n$/);
    const { out: verbose } = await shop.run(["build", "-j1", "--verbose"]);
    expect(verbose).toContain("blocked   count/a.txt\n          it needs loud/a.txt.\n");
    expect(verbose).toContain("left      count/b.txt\n          the build was stopped before its turn.\n");
    expect((await shop.run(["build", "-j1", "-k"])).out).toMatch(/\nfailed: 1 failed, 1 blocked, 2 ran\n$/);
  });
});

describe("paths", () => {
  const LISTED = `axes:
  story: { files: "scripts/\${story}.json" }
  line: { items: "\${list.lines}", key: id }
targets:
  list: { run: "cp \${in.draft} \${out}", in: { draft: "scripts/\${story}.json" }, out: "work/\${story}.json" }
  each: { run: "echo \${line.id} > \${out}", out: "each/\${story}/\${line}.txt" }
`;

  test("a folder stands for all outputs below it, also for those that a list has yet to tell of", async () => {
    const shop = repo({
      "pipelines/p.yaml": LISTED,
      "output/demo/scripts/a.json": '{ "lines": [{ "id": 1 }, { "id": 2 }] }',
      "output/demo/scripts/b.json": '{ "lines": [{ "id": 3 }] }',
    });
    const { code, out } = await shop.run(["build", "output/demo/each/a", "-j1"]);
    expect(code).toBe(0);
    expect(out).toBe(`ran       work/a.json  N s
ran       each/a/1.txt  N s
ran       each/a/2.txt  N s

output/demo/each/a/1.txt
output/demo/each/a/2.txt
done in N s: 3 ran
`);
    expect(await shop.run(["build", "each/a/"], { cwd: "output/demo" })).toEqual(
      said(0, "nothing to do: 3 fresh\n"),
    );
    expect((await shop.run(["build", "output/demo/each", "output/demo/work"])).out).toContain(
      "done in N s: 2 ran, 3 fresh\n",
    );
    shop.write("output/demo/scripts/a.json", '{ "lines": [{ "id": 1 }, { "id": 2 }, { "id": 4 }] }');
    expect((await shop.run(["build", "output/demo/each"])).out).toContain("done in N s: 2 ran, 4 fresh\n");
    expect(await shop.run(["build", "output/demo/each/c"])).toEqual(
      complained(
        "no target makes output/demo/each/c.\n  `faceless graph --outputs` lists what there is to build.",
      ),
    );
  });

  test("a folder of what lists have told of, and --force and pin, which take outputs", async () => {
    const shop = repo({ "output/demo/scripts/b.txt": "bye" });
    await shop.run(["build"]);
    shop.write("output/demo/scripts/a.txt", "jello");
    expect(await shop.run(["why", "output/demo/loud"])).toEqual(
      said(
        0,
        `output/demo/loud/a.txt would be made:
  input text has other content
output/demo/loud/b.txt is fresh: nothing that it is made from has changed.
It was made the last time because
  never built
`,
      ),
    );
    expect(
      (await shop.run(["why", "output/demo/count"])).out,
    ).toContain(`output/demo/count/a.txt may be made again, after
  loud/a.txt
    input text has other content
output/demo/count/b.txt is fresh`);
    expect((await shop.run(["accept", "output/demo/loud"])).out).toContain("accepted 1 output");
    expect(await shop.run(["build", "--force", "output/demo/loud"])).toEqual(
      complained("output/demo/loud is a folder; --force takes the path of an output."),
    );
    expect(await shop.run(["pin", "output/demo/loud"])).toEqual(
      complained("output/demo/loud is a folder; pin takes the paths of outputs."),
    );
  });

  test("why answers all that it can, and then says what it cannot", async () => {
    const shop = repo();
    const listed = "`faceless graph --outputs` lists what there is to build.";
    const never = (path: string) => `${path} would be made:\n  never built\n`;
    expect(
      await shop.run(["why", "output/demo/x", "output/demo/loud/a.txt", "output/demo", "output/demo/y"]),
    ).toEqual({
      code: 2,
      out: never("output/demo/loud/a.txt"),
      err: `faceless: no target makes output/demo/x.
  ${listed}
faceless: output/demo is a project; why takes the path of an output in it.
  \`faceless status\` tells how a project stands.
faceless: no target makes output/demo/y.
  ${listed}
`,
    });
  });
});

test("what is cheap and made of what is cheap is foretold from what that will be", async () => {
  const shop = repo({
    "tasks/note.ts": `import { readFile } from "node:fs/promises";
import { defineTask, z } from "faceless/task";
export default defineTask({
  type: "note",
  params: z.strictObject({}),
  inputs: { text: "file" },
  outputs: { note: "json" },
  cheap: true,
  async run({ inputs, outputs }) {
    const text = (await readFile(inputs.text.path, "utf8")).replace(/\\W/g, "");
    await outputs.note.write(JSON.stringify({ text }));
  },
});
`,
    "pipelines/p.yaml": `targets:
  one: { task: note, in: { text: ./scripts/a.txt }, out: one.json }
  two: { task: note, in: { text: one }, out: two.json }
  told: { run: "echo \${two.text} > \${out}", out: told.txt }
`,
  });
  expect((await shop.run(["plan"])).out).toContain("dry run: 3 to run; nothing was changed\n");
  await shop.run(["build"]);
  shop.write("output/demo/scripts/a.txt", "jello");
  const { out } = await shop.run(["plan"]);
  expect(out).toMatch(/^run {7}told.txt {2}\(two.text changed: texthello -> textjello\)$/m);
});
