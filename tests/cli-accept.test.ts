/** `faceless accept`: what is on disk counts as up to date, and nothing of it is made again. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TargetPath } from "../lib/model/pipeline.ts";
import type { Tool } from "../lib/model/task.ts";
import { ActionCache } from "../lib/store/action-cache.ts";
import { loadJournal } from "../lib/store/journal.ts";
import { defineTask, z } from "../lib/task.ts";
import { PIPELINE, type Repo, repo, said } from "./small-repo.ts";
import { TASKS, type Workshop, workshop } from "./workshop.ts";

async function built(): Promise<Repo> {
  const shop = repo({ "output/demo/scripts/b.txt": "bye" });
  await shop.run(["build"]);
  return shop;
}

/** As a new version of a task or a new model does: other keys for everything of that target. */
function changeCommand(shop: Repo): void {
  shop.write("pipelines/p.yaml", PIPELINE.replace("tr a-z A-Z", "sleep 0; tr a-z A-Z"));
}

describe("after a change that would make everything again", () => {
  test("nothing is made; what is below has not even to be accepted", async () => {
    const shop = await built();
    changeCommand(shop);
    const told = (word: string) =>
      new RegExp(
        `^${word} +output/demo/loud/a.txt {2}\\(run changed: .*\\)\n${word} +output/demo/loud/b.txt {2}\\(run changed: .*\\)\n`,
      );
    const dry = await shop.run(["accept", "-n"]);
    expect(dry.out).toMatch(told("accept"));
    expect(dry.out).toMatch(/\ndry run: 2 outputs to accept; nothing was changed\n$/);
    const accepted = await shop.run(["accept"]);
    expect(accepted).toMatchObject({ code: 0, err: "" });
    expect(accepted.out).toMatch(told("accepted"));
    expect(accepted.out).toMatch(/\naccepted 2 outputs; the next build takes them for up to date\n$/);
    expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 4 fresh\n"));
    expect(await shop.run(["accept"])).toEqual(said(0, "nothing to accept\n"));
    expect((await shop.run(["why", "output/demo/loud/a.txt"])).out).toMatch(
      /^output\/demo\/loud\/a\.txt is fresh: nothing that it is made from has changed\.\nIt was accepted as it is because\n {2}run changed: .*\n$/,
    );
  });

  test("only what is named and what that needs", async () => {
    const shop = await built();
    changeCommand(shop);
    expect((await shop.run(["accept", "output/demo/count/b.txt"])).out).toMatch(
      /^accepted {2}output\/demo\/loud\/b\.txt {2}\(run changed: .*\)\naccepted 1 output; the next build takes it for up to date\n$/,
    );
    expect((await shop.run(["build"])).out).toMatch(
      /^ran {7}loud\/a\.txt .*\ndone in N s: 1 ran, 3 fresh\n$/s,
    );
  });

  test("it can be restored like anything that was made, also when state and cache went apart", async () => {
    const shop = await built();
    changeCommand(shop);
    await shop.run(["accept"]);
    await shop.run(["clean"]);
    expect((await shop.run(["build"])).out).toContain("done in N s: 4 restored\n");
    rmSync(shop.path("output/demo/.faceless"), { recursive: true });
    expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 4 fresh\n"));
  });

  test("what is missing stays stale, and with it what needs it", async () => {
    const shop = await built();
    changeCommand(shop);
    rmSync(shop.path("output/demo/loud/a.txt"));
    const { code, out } = await shop.run(["accept"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /stale {5}output\/demo\/loud\/a\.txt {2}\(run changed: .*, and 1 more\)\n.*stale {5}output\/demo\/count\/a\.txt {2}\(it needs something that is stale\)\n/s,
    );
    expect(out).toMatch(/\naccepted 1 output, 2 outputs not; the next build takes it for up to date\n$/);
    expect((await shop.run(["build"])).out).toMatch(
      /^ran {7}loud\/a\.txt .*\ndone in N s: 1 ran, 3 fresh\n$/s,
    );
  });
});

describe("hand edits", () => {
  test("an accepted edit is told of no more, is safe in the store, and what is below follows it", async () => {
    const shop = await built();
    shop.write("output/demo/loud/a.txt", "PAINTED");
    expect(await shop.run(["accept"])).toEqual(
      said(
        0,
        `accepted  output/demo/loud/a.txt  (loud/a.txt was changed by hand)
stale     output/demo/count/a.txt  (input text has other content)
accepted 1 output, 1 output not; the next build takes it for up to date
`,
      ),
    );
    expect((await shop.run(["build"])).out).toContain("done in N s: 1 ran, 3 fresh\n");
    expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 4 fresh\n"));
    rmSync(shop.path("output/demo/loud/a.txt"));
    expect((await shop.run(["build"])).out).toContain("restored  loud/a.txt  (loud/a.txt is missing)\n");
    expect(shop.read("output/demo/loud/a.txt")).toBe("PAINTED");
    // Another input gives another key: the edit was for the old one.
    shop.write("output/demo/scripts/a.txt", "jello");
    await shop.run(["build"]);
    expect(shop.read("output/demo/loud/a.txt")).toBe("JELLO!");
  });

  test("what is stale for what it is made from is accepted where it is named", async () => {
    const shop = await built();
    shop.write("output/demo/scripts/a.txt", "jello");
    expect(await shop.run(["accept"])).toEqual(
      said(
        0,
        `stale     output/demo/loud/a.txt  (input text has other content)
stale     output/demo/count/a.txt  (it needs something that is stale)
nothing to accept, 2 outputs not
`,
      ),
    );
    expect(await shop.run(["accept", "output/demo/loud/a.txt"])).toEqual(
      said(
        0,
        `accepted  output/demo/loud/a.txt  (input text has other content)
accepted 1 output; the next build takes it for up to date
`,
      ),
    );
    expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 4 fresh\n"));
    expect(shop.read("output/demo/loud/a.txt")).toBe("HELLO!");
  });

  test("gc keeps it, and what it took the place of", async () => {
    const shop = await built();
    const journal = shop.path("output/demo/.faceless/journal");
    const loadTrace = () => loadJournal(journal, "journal").traces.get("loud/a.txt" as TargetPath)!;
    const first = loadTrace();
    shop.write("output/demo/loud/a.txt", "PAINTED");
    await shop.run(["accept", "output/demo/loud/a.txt"]);
    const last = loadTrace();
    expect(last).toMatchObject({ how: "accepted", key: first.key });
    expect(new ActionCache(shop.path(".faceless/cache")).get(last.key)).toEqual({
      outputs: { loud: last.outputs[0]!.digest },
      ms: first.ms,
      paid: true,
      before: [first.outputs[0]!.digest],
    });
  });

  test("beside a pin it stays an edit", async () => {
    const shop = repo({
      "pipelines/p.yaml":
        'targets:\n  two: { run: "date > ${out.a}; date > ${out.b}", out: { a: a.txt, b: b.txt } }\n',
    });
    await shop.run(["build"]);
    await shop.run(["pin", "output/demo/a.txt"]);
    await shop.run(["build"]);
    shop.write("output/demo/b.txt", "mine");
    expect(await shop.run(["accept"])).toEqual(
      said(
        0,
        "edited    output/demo/a.txt  (with a pin, or beside an output that is missing)\nnothing to accept, 2 outputs not\n",
      ),
    );
    // So does an edit of the pinned output itself: the next build would put the pin in its place.
    shop.write("output/demo/a.txt", "mine too");
    expect((await shop.run(["accept"])).out).toContain("nothing to accept, 2 outputs not\n");
    await shop.run(["build"]);
    expect(shop.read("output/demo/a.txt")).toBe("mine too");
  });
});

test("a broken script is told, and nothing else is held up by it", async () => {
  const shop = repo({
    "pipelines/p.yaml": `targets:
  script: { task: script, in: { draft: ./draft.json }, with: { niche: demo }, out: s.json }
  other: { run: "echo hello > \${out}", out: other.txt }
`,
    "output/demo/draft.json": '{ "title": "t", "scenes": [{ "narration": "n", "image_prompt": "p" }] }',
  });
  await shop.run(["build"]);
  rmSync(shop.path("output/demo/s.json"));
  shop.write("output/demo/draft.json", "{");
  shop.write("output/demo/other.txt", "mine");
  const { code, out } = await shop.run(["accept"]);
  expect(code).toBe(1);
  expect(out).toMatch(/accepted {2}output\/demo\/other\.txt {2}\(other\.txt was changed by hand\)\n/);
  expect(out).toMatch(/failed {4}output\/demo\/s\.json {2}\(output\/demo\/draft\.json:1:1: /);
});

describe("with tools that cost money", () => {
  let bought = 0;
  const paint = defineTask({
    type: "paint",
    version: 1,
    params: z.strictObject({ prompt: z.string() }),
    outputs: { picture: "txt" },
    tools: ["image"],
    async run({ params, outputs }) {
      bought += 1;
      await outputs.picture.write(`${params.prompt} ${bought}`);
    },
  });
  const tasks = (version: number) =>
    new Map([...TASKS, { ...paint, version }].map((task) => [task.type, task]));
  const model = (identity: string) => new Map<string, Tool>([["image", { identity, paid: true, value: {} }]]);

  /** A picture for each line, and all of them joined. */
  function gallery(): Workshop {
    bought = 0;
    return workshop({
      "/pipelines/p.yaml": `axes:
  line: { items: "\${list.items}", key: number }
targets:
  list: { task: split, in: { text: ./lines.txt }, out: list.json }
  picture: { task: paint, with: { prompt: "\${line.text}" }, out: "\${line}.txt" }
  wall: { task: join, in: { parts: picture }, out: wall.txt }
`,
      "lines.txt": "sea\nsky",
    });
  }

  test.each([
    ["a new model", { tools: model("better 2"), tasks: tasks(1) }],
    ["a new version of the task", { tools: model("good 1"), tasks: tasks(2) }],
  ])("%s buys nothing that is finished, and everything new", async (_, next) => {
    const shop = gallery();
    await shop.build({ tools: model("good 1"), tasks: tasks(1) });
    expect(bought).toBe(2);
    expect((await shop.build({ ...next, accept: true })).ran).toEqual({
      "list.json": "fresh",
      "1.txt": "accepted",
      "2.txt": "accepted",
      "wall.txt": "fresh",
    });
    expect((await shop.build(next)).ran).toEqual({
      "list.json": "fresh",
      "1.txt": "fresh",
      "2.txt": "fresh",
      "wall.txt": "fresh",
    });
    shop.write("lines.txt", "sea\nsky\nsun");
    expect((await shop.build(next)).ran).toEqual({
      "list.json": "ran",
      "1.txt": "fresh",
      "2.txt": "fresh",
      "3.txt": "ran",
      "wall.txt": "ran",
    });
    expect(bought).toBe(3);
    // The old model's pictures are its own still.
    shop.write("lines.txt", "sea\nsky");
    await shop.build({ tools: model("good 1"), tasks: tasks(1) });
    expect(bought).toBe(3);
    const paid = [...shop.traces().values()].filter(({ target }) => target === "picture");
    const cache = new ActionCache(join(shop.root, ".faceless/cache"));
    expect(paid.map(({ key }) => cache.get(key)?.paid)).toEqual([true, true]);
  });

  test("pictures that another model made count for the key of now, even where its own are in the store", async () => {
    const shop = gallery();
    await shop.build({ tools: model("good 1"), tasks: tasks(1) });
    await shop.build({ tools: model("better 2"), tasks: tasks(1) });
    const better = shop.read("1.txt");
    const back = { tools: model("good 1"), tasks: tasks(1) };
    await shop.build({ ...back, accept: true });
    await shop.build(back);
    expect(shop.read("1.txt")).toBe(better);
    expect(bought).toBe(4);
  });
});
