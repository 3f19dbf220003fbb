/** The tasks that work scripts over: what they ask for, what they refuse, and how a script takes what came back. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Json } from "../lib/base/json.ts";
import { offlineText } from "../lib/providers/offline/text.ts";
import { enhancedShape } from "../lib/providers/writing.ts";
import brief from "../tasks/brief.ts";
import enhance from "../tasks/enhance.ts";
import enhanceNarration from "../tasks/enhance-narration.ts";
import enhancePrompt from "../tasks/enhance-prompt.ts";
import script from "../tasks/script.ts";
import { inputFile, runTask } from "./task-kit.ts";
import { DRAFT, folder, GIVEN, NARRATION, PROMPT, prompts, run, saying } from "./text-kit.ts";

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

  test("asks with the prompt, and the script as data", async () => {
    const asked: unknown[] = [];
    await run(enhance, GIVEN, saying({ scenes: GIVEN.scenes }, asked));
    expect(asked).toEqual([
      {
        purpose: "enhance",
        about: { source: "script", text: "The price of waiting" },
        instructions: expect.stringContaining("You may add, leave out, part or join scenes"),
        input: GIVEN,
        shape: enhancedShape,
      },
    ]);
  });

  const scene = (scene_number: number | null, narration = "a", image_prompt = "b") => ({
    ...{ scene_number, narration, image_prompt },
  });
  const ASK_AGAIN =
    "`--force` with this path asks for another answer; `--set enhance=false` takes the script as it is.";

  test.each([
    [[], "has the scenes none, and the script has 2."],
    [[scene(1), scene(7)], "has the scenes 1, 7, and the script has 2."],
    [[scene(1), scene(2, " ")], "has nothing for scene 2."],
    [[scene(1), scene(null, "a", "")], "has nothing for a new scene."],
    [[scene(1), scene(2, "word ".repeat(99))], "says 99 words for scene 2, where at most 40 make sense."],
    [[scene(null, "word ".repeat(201))], "says 201 words for a new scene, where at most 200 make sense."],
  ])("refuses %j", async (scenes, message) => {
    await expect(run(enhance, GIVEN, saying({ scenes }))).rejects.toMatchObject({
      code: "api.text",
      message: `What the text provider gave back ${message}`,
      help: ASK_AGAIN,
    });
  });

  test("may change scenes, and refuses another shape", async () => {
    const scenes = [scene(2), scene(null), scene(1)];
    const { made } = await run(enhance, GIVEN, saying({ scenes }));
    expect(made).toEqual({ scenes });
    await expect(run(enhance, GIVEN, saying({ scenes: [{ ...scene(1), mood: "x" }] }))).rejects.toMatchObject(
      {
        code: "api.text",
        message: expect.stringMatching(/^The text provider's answer is not what it was asked for: .*mood/s),
      },
    );
  });

  test("a text of one scene says what of the author's it was made of", async () => {
    expect(await run(enhanceNarration, NARRATION, saying({ narration: "Two friends." }))).toEqual({
      made: { original: "two friends save approx. 5% a month", enhanced: "Two friends." },
      notices: [],
    });
    expect(await run(enhancePrompt, PROMPT, saying({ image_prompt: "A long road" }))).toEqual({
      made: { original: "A road to a summit", enhanced: "A long road" },
      notices: [],
    });
  });

  test.each([
    [
      enhanceNarration,
      NARRATION,
      { narration: " " },
      "has nothing for the narration 'two friends save approx. 5% a month'.",
    ],
    [
      enhanceNarration,
      NARRATION,
      { narration: "word ".repeat(99) },
      "says 99 words for the narration 'two friends save approx. 5% a month', where at most 44 make sense.",
    ],
    [enhancePrompt, PROMPT, { image_prompt: "" }, "has nothing for the image prompt 'A road to a summit'."],
  ])("of one scene it refuses what is odd: %#", async (task, params, answer, message) => {
    await expect(run(task, params, saying(answer))).rejects.toMatchObject({
      code: "api.text",
      message: `What the text provider gave back ${message}`,
      help: ASK_AGAIN,
    });
  });

  test.each([
    [enhance, GIVEN],
    [enhanceNarration, NARRATION],
    [enhancePrompt, PROMPT],
  ])("says beforehand what it costs: %#", (task, params) => {
    const cost = task.estimate({ params, inputs: {}, tools: { text: saying({}), ...prompts() } });
    expect(cost).toBe(JSON.stringify(params).length / 1000);
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
      const [first, second] = GIVEN.scenes;
      expect(read(told.outputs.brief!)).toEqual({
        ...GIVEN,
        visual_style: style,
        passages: [
          { ...first, before: null, after: second!.narration },
          { ...second, before: first!.narration, after: null },
        ],
      });
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

describe("a script and the texts of its scenes", () => {
  const file = (member: "narration" | "image_prompt", enhanced: string) => (scene: number) => ({
    ...{ original: DRAFT.scenes[scene]![member], enhanced: `${enhanced} ${scene + 1}` },
  });
  const narrations = [0, 1].map(file("narration", "Said"));
  const prompts = [0, 1].map(file("image_prompt", "Seen"));

  async function made(texts: Readonly<Record<"narrations" | "prompts", readonly Json[]>>) {
    const place = folder();
    try {
      const written = (name: string, content: Json) => {
        writeFileSync(place.in(name), JSON.stringify(content));
        return inputFile(place.in(name));
      };
      const inputs = {
        draft: written("a_script.json", DRAFT),
        narrations: texts.narrations.map((text, i) => written(`scene_${i + 1}.narration.json`, text)),
        prompts: texts.prompts.map((text, i) => written(`scene_${i + 1}.prompt.json`, text)),
      };
      const { outputs } = await runTask(script, { niche: "finance" }, { folder: place, inputs });
      return JSON.parse(readFileSync(outputs.script!, "utf8")) as { scenes: Json[] };
    } finally {
      place.close();
    }
  }

  test("they take the place of the author's, and all else of the scene stays", async () => {
    expect((await made({ narrations, prompts })).scenes).toMatchObject([
      { narration: "Said 1", prompt: "Seen 1", take: 3, motion: "hold" },
      { narration: "Said 2", prompt: "Seen 2", take: 1, duration_estimate: null },
    ]);
  });

  test.each([
    [
      { narrations: narrations.toReversed(), prompts },
      "scene_1.narration.json was made of 'One starts ten years later.', and scene 1 of the script has the narration 'two friends save approx. 5% a month'.",
    ],
    [
      { narrations, prompts: prompts.with(1, { ...prompts[1]!, original: "A road" }) },
      "scene_2.prompt.json was made of 'A road', and scene 2 of the script has the image_prompt 'A road to a summit'.",
    ],
    [{ narrations: narrations.slice(1), prompts }, "the script has 2 scenes, and what was enhanced has 1."],
  ])("one that is another's is told: %#", async (texts, message) => {
    await expect(made(texts)).rejects.toMatchObject({ code: "script.scene", message });
  });

  test("one that is empty is no text", async () => {
    const empty = narrations.with(0, { ...narrations[0]!, enhanced: " " });
    await expect(made({ narrations: empty, prompts })).rejects.toMatchObject({
      code: "pipeline.state",
      message: expect.stringMatching(/^scene_1\.narration\.json is not as expected: .*enhanced/s),
    });
  });
});
