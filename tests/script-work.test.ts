/** Scripts that a text provider writes, or works over: the tasks, alone and in a pipeline. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Json } from "../lib/base/json.ts";
import { offlineText } from "../lib/providers/offline/text.ts";
import { findPrompt } from "../lib/providers/prompts.ts";
import type { TextProvider } from "../lib/providers/text.ts";
import brief from "../tasks/brief.ts";
import enhance from "../tasks/enhance.ts";
import generate from "../tasks/generate.ts";
import script from "../tasks/script.ts";
import { ContentRepo } from "./content-repo.ts";
import { repo } from "./small-repo.ts";
import { inputFile, runTask } from "./task-kit.ts";

const prompts = () => ({
  enhancePrompt: findPrompt("/nowhere", "enhance").prompt,
  generatePrompt: findPrompt("/nowhere", "generate").prompt,
});

/** Says what it is told to say, whatever it is asked. */
function saying(answer: unknown, asked: unknown[] = []): TextProvider {
  return {
    identity: "parrot",
    estimate: ({ input }) => JSON.stringify(input).length / 1000,
    async write(request) {
      asked.push(request);
      return answer as never;
    },
  };
}

const DRAFT = {
  title: "The price of waiting",
  visual_style: { environment: "hills" },
  scenes: [
    {
      narration: "two friends save approx. 5% a month",
      image_prompt: "Two stacks of coins",
      take: 3,
      motion: "hold",
    },
    { narration: "One starts ten years later.", image_prompt: "A road to a summit", duration_estimate: 4 },
  ],
};
const GIVEN = {
  title: "The price of waiting",
  niche: "finance",
  visual_style: {},
  scenes: DRAFT.scenes.map(({ narration, image_prompt }, i) => ({
    scene_number: i + 1,
    narration,
    image_prompt,
  })),
};

function folder() {
  const made = new ContentRepo();
  return { in: (name: string) => join(made.root, name), close: () => made.close() };
}

async function run(task: Parameters<typeof runTask>[0], params: Json, text: TextProvider) {
  const place = folder();
  try {
    const { outputs, notices } = await runTask(task, params, {
      folder: place,
      tools: { text, ...prompts() },
    });
    return {
      made: JSON.parse(readFileSync(Object.values(outputs)[0]!, "utf8")) as Record<string, Json>,
      notices,
    };
  } finally {
    place.close();
  }
}

test("whoever writes is told when nothing that costs money may begin any more", async () => {
  const { signal: stop } = new AbortController();
  const told: unknown[] = [];
  const text: TextProvider = {
    ...saying(undefined),
    async write(_, context) {
      told.push(context.stop);
      throw new Error("enough");
    },
  };
  const place = folder();
  const given = { folder: place, tools: { text, ...prompts() }, stop };
  await expect(runTask(enhance, GIVEN, given)).rejects.toThrow("enough");
  await expect(runTask(generate, { topic: "the sea", niche: "demo" }, given)).rejects.toThrow("enough");
  place.close();
  expect(told.map((one) => one === stop)).toEqual([true, true]);
});

describe("enhance", () => {
  test("gives every scene back, and tells who did it", async () => {
    const { made, notices } = await run(enhance, GIVEN, offlineText());
    expect(made).toMatchObject({
      scenes: [
        { scene_number: 1, narration: "Two friends save about 5 percent a month." },
        { scene_number: 2, narration: "One starts ten years later." },
      ],
    });
    expect(notices).toEqual([expect.stringMatching(/^smoothed by rules on this machine/)]);
  });

  test("asks with the prompt, the script as data, and the rule about its scenes", async () => {
    const asked: Record<string, unknown>[] = [];
    const answer = { scenes: GIVEN.scenes };
    await run(enhance, GIVEN, saying(answer, asked));
    await run(enhance, { ...GIVEN, scene_changes: true }, saying(answer, asked));
    expect(asked.map(({ purpose, input }) => ({ purpose, input }))).toEqual([
      { purpose: "enhance", input: GIVEN },
      { purpose: "enhance", input: GIVEN },
    ]);
    const [first, second] = asked.map(({ instructions }) => String(instructions).split("\n").at(-1));
    expect(first).toMatch(/^The number of scenes stays 2: /);
    expect(second).toMatch(/^You may add, leave out, part or join scenes/);
  });

  const scene = (scene_number: number | null, narration = "a", image_prompt = "b") => ({
    ...{ scene_number, narration, image_prompt },
  });
  test.each([
    [{}, [scene(1)], "has the scenes 1, and the script has 2."],
    [{}, [], "has the scenes none, and the script has 2."],
    [{}, [scene(2), scene(1)], "has the scenes 2, 1, and the script has 2."],
    [{}, [scene(1), scene(2), scene(null)], "has the scenes 1, 2, new, and the script has 2."],
    [{ scene_changes: true }, [scene(1), scene(7)], "has the scenes 1, 7, and the script has 2."],
    [{}, [scene(1), scene(2, " ")], "has nothing for scene 2."],
    [{}, [scene(1), scene(2, "word ".repeat(99))], "says 99 words in scene 2, where at most 40 make sense."],
  ])("with %j refuses %j", async (more, scenes, message) => {
    await expect(run(enhance, { ...GIVEN, ...more }, saying({ scenes }))).rejects.toMatchObject({
      code: "api.text",
      message: `What the text provider gave back ${message}`,
      help: "`--force` with this path asks for another answer; `--set enhance=false` takes the script as it is.",
    });
  });

  test("may change scenes where that is allowed, and refuses another shape", async () => {
    const scenes = [scene(2), scene(null), scene(1)];
    const { made } = await run(enhance, { ...GIVEN, scene_changes: true }, saying({ scenes }));
    expect(made).toEqual({ scenes });
    await expect(run(enhance, GIVEN, saying({ scenes: [{ ...scene(1), mood: "x" }] }))).rejects.toMatchObject(
      {
        code: "api.text",
        message: expect.stringMatching(/^The text provider's answer is not what it was asked for: .*mood/s),
      },
    );
  });

  test("says beforehand what it costs", () => {
    const cost = enhance.estimate({
      params: { ...GIVEN, scene_changes: false },
      inputs: {},
      tools: { text: saying({}), ...prompts() },
    });
    expect(cost).toBe(JSON.stringify(GIVEN).length / 1000);
  });
});

describe("brief and script", () => {
  test("what is worked over is the texts alone; what comes back takes their place", async () => {
    const place = folder();
    try {
      const draft = inputFile(place.in("a_script.json"));
      writeFileSync(draft.path, JSON.stringify(DRAFT));
      const told = await runTask(brief, { niche: "finance" }, { folder: place, inputs: { draft } });
      const read = (path: string) => JSON.parse(readFileSync(path, "utf8")) as never;
      const style = { environment: "hills", color_mood: "", texture: "", recurring_elements: {} };
      expect(read(told.outputs.brief!)).toEqual({ ...GIVEN, visual_style: style });
      const enhanced = inputFile(place.in("enhanced.json"));
      const scenes = [
        { scene_number: null, narration: "New.", image_prompt: "A door" },
        { scene_number: 1, narration: "Two friends.", image_prompt: "Coins" },
      ];
      writeFileSync(enhanced.path, JSON.stringify({ scenes }));
      const given = { folder: place, inputs: { draft, enhanced } };
      const { outputs } = await runTask(script, { niche: "finance" }, given);
      expect(read(outputs.script!)).toMatchObject({
        title: DRAFT.title,
        scenes: [
          { scene_number: 1, narration: "New.", prompt: "A door", take: 1, motion: null },
          { scene_number: 2, narration: "Two friends.", prompt: "Coins", take: 3, motion: "hold" },
        ],
      });
      writeFileSync(enhanced.path, JSON.stringify({ scenes: [{ ...scenes[0], scene_number: 3 }] }));
      await expect(runTask(script, { niche: "finance" }, given)).rejects.toMatchObject({
        code: "script.scene",
        message: "the script has no scene 3, and what was enhanced has one.",
      });
    } finally {
      place.close();
    }
  });
});

describe("generate", () => {
  const topic = { topic: "the rule of 72", niche: "finance" };

  test("writes a script that needs no more to be built", async () => {
    const { made, notices } = await run(generate, topic, offlineText());
    expect(made).toMatchObject({ niche: "finance", topic: "the rule of 72", take: 1 });
    // That is no source: nobody is to read it as one below the film.
    expect(made).not.toHaveProperty("source");
    expect((made.scenes as Json[]).length).toBe(8);
    expect(notices).toEqual([expect.stringMatching(/^written from templates on this machine/)]);
  });

  const written = (scenes: number, words: number) => ({
    title: "t",
    visual_style: {
      ...{ environment: "e", color_mood: "c", texture: "t" },
      recurring_elements: [{ name: "Gold coin!", looks: "worn" }],
    },
    scenes: Array.from({ length: scenes }, () => ({
      narration: "word ".repeat(words).trim(),
      image_prompt: "p",
    })),
  });

  test("takes what a model gives, if that is a script of such a size", async () => {
    const { made } = await run(generate, { ...topic, scenes: 4 }, saying(written(5, 12)));
    expect(made.visual_style).toMatchObject({ recurring_elements: { gold_coin: "worn" } });
    const refused = (answer: unknown) => run(generate, { ...topic, scenes: 4, words: 10 }, saying(answer));
    await expect(refused(written(2, 9))).rejects.toThrow(
      "What the text provider wrote has 2 scenes; about 4 were asked for.",
    );
    await expect(refused(written(4, 90))).rejects.toThrow(
      "What the text provider wrote says 90 words in scene 1; about 10 were asked for.",
    );
    await expect(refused({ ...written(4, 9), title: "x".repeat(201) })).rejects.toThrow(
      /^The text provider's answer is not what it was asked for: /,
    );
  });
});

describe("in a pipeline", () => {
  const PIPELINE = `options: { enhance: false }
axes:
  story: { files: "scripts/\${story}_script.json" }
targets:
  brief:
    task: brief
    when: "\${options.enhance}"
    in: { draft: "scripts/\${story}_script.json" }
    with: { niche: demo }
    out: work/\${story}/brief.json
  enhanced:
    task: enhance
    when: "\${options.enhance}"
    with: { title: "\${brief.title}", niche: demo, visual_style: "\${brief.visual_style}", scenes: "\${brief.scenes}" }
    out: work/\${story}/enhanced.json
  script:
    task: script
    in: { draft: "scripts/\${story}_script.json", enhanced: enhanced }
    with: { niche: demo }
    out: work/\${story}/script.json
`;
  const file = "output/demo/scripts/a_script.json";

  test("an edit of anything but the texts asks nobody again; a prompt of one's own does", async () => {
    const shop = repo({ "pipelines/p.yaml": PIPELINE, [file]: JSON.stringify(DRAFT) });
    const build = async (...words: string[]) => {
      const { out } = await shop.run(["build", "--json", ...words]);
      const events = out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, string>);
      const ended = events.filter(({ type }) => type === "finished");
      return Object.fromEntries(ended.map(({ target, outcome }) => [target, outcome]));
    };
    const on = ["--set", "enhance=true"];
    expect(await build()).toEqual({ script: "ran" });
    expect(await build(...on)).toEqual({ brief: "ran", enhanced: "ran", script: "ran" });
    expect(JSON.parse(shop.read("output/demo/work/a/script.json"))).toMatchObject({
      scenes: [{ narration: "Two friends save about 5 percent a month.", take: 3 }, {}],
    });
    expect(shop.read(file)).toBe(JSON.stringify(DRAFT));
    shop.write(file, JSON.stringify({ ...DRAFT, transition: "cut" }));
    expect(await build(...on)).toEqual({ brief: "ran", enhanced: "fresh", script: "ran" });
    shop.write("shared/prompts/enhance.md", "Make it rhyme.\n");
    expect(await build(...on)).toEqual({ brief: "fresh", enhanced: "ran", script: "fresh" });
    expect(await build()).toEqual({ script: "ran" });
    shop.write("shared/prompts/enhance.md", "\n");
    expect(await shop.run(["build", ...on])).toMatchObject({
      code: 2,
      err: "faceless: shared/prompts/enhance.md is empty.\n  Write down what the model is to do, or remove the file: then the shipped one is taken.\n",
    });
  });
});
