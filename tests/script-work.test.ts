/** Scripts that a text provider writes, or works over: when nobody is to be asked any more, what is written, in a pipeline. */
import { describe, expect, test } from "vitest";
import type { Json } from "../lib/base/json.ts";
import { offlineText } from "../lib/providers/offline/text.ts";
import type { TextProvider } from "../lib/providers/text.ts";
import enhance from "../tasks/enhance.ts";
import enhanceNarration from "../tasks/enhance-narration.ts";
import enhancePrompt from "../tasks/enhance-prompt.ts";
import generate from "../tasks/generate.ts";
import { repo } from "./small-repo.ts";
import { runTask } from "./task-kit.ts";
import { DRAFT, folder, GIVEN, NARRATION, PROMPT, prompts, run, saying } from "./text-kit.ts";

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
  await expect(runTask(enhanceNarration, NARRATION, given)).rejects.toThrow("enough");
  await expect(runTask(enhancePrompt, PROMPT, given)).rejects.toThrow("enough");
  await expect(runTask(generate, { topic: "the sea", niche: "demo" }, given)).rejects.toThrow("enough");
  place.close();
  expect(told.map((one) => one === stop)).toEqual([true, true, true, true]);
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
