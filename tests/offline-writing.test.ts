/** What the offline text provider writes and smooths. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { packageRoot } from "../lib/base/assets.ts";
import type { JsonObject } from "../lib/base/json.ts";
import { UNBOOKED } from "../lib/engine/till.ts";
import { type Script, scriptSchema } from "../lib/media/script.ts";
import { chooseLook } from "../lib/providers/offline/art/look.ts";
import { chooseMotif, motifs } from "../lib/providers/offline/art/motifs/choose.ts";
import { offlineText } from "../lib/providers/offline/text.ts";
import { enhance } from "../lib/providers/offline/writing/enhance.ts";
import { general } from "../lib/providers/offline/writing/general.ts";
import { luxury } from "../lib/providers/offline/writing/luxury.ts";
import { money } from "../lib/providers/offline/writing/money.ts";
import { night } from "../lib/providers/offline/writing/night.ts";
import { writeScript } from "../lib/providers/offline/writing/script.ts";
import { smooth } from "../lib/providers/offline/writing/smooth.ts";
import { enhancedNarrationShape, enhancedPromptShape, writtenScriptShape } from "../lib/providers/writing.ts";

const asked = { topic: "the rule of 72", niche: "finance", scenes: 6, words: 20, take: 1 };

describe("a script about a topic", () => {
  test("is this, always the same", () => {
    expect(writeScript(asked).scenes.map(({ narration }) => narration)).toEqual([
      "There are loud ways to talk about the rule of 72. This is the quiet one, and it takes a minute.",
      "Look for the fee. If nobody can show it to you in one sentence, it is probably large.",
      "Keep a part where you cannot lose it. Courage is easier with a floor under your feet.",
      "Do it by habit, not by mood. A small step on a fixed day beats a big one that never comes.",
      "When the line goes down, remember why you began. When it goes up, remember it too.",
      "So that is the rule of 72, for a start. Know the cost, know the risk, and begin small.",
    ]);
    expect(writeScript(asked)).toEqual(writeScript(asked));
    expect(writeScript({ ...asked, take: 2 })).not.toEqual(writeScript(asked));
    expect(writeScript({ ...asked, topic: "the rule of 70" })).not.toEqual(writeScript(asked));
  });

  test.each([
    ["How to save money?", "How to save money"],
    ["5 habits of calm people", "5 habits of calm people"],
    ["The Great Fire", "The Great Fire"],
  ])("about %s has it in its title and its sentences", (topic, plain) => {
    const { title, scenes } = writeScript({ ...asked, topic, niche: "mind", scenes: 10 });
    expect(title.toLowerCase()).toContain(plain.toLowerCase());
    const told = scenes.map(({ narration }) => narration).join(" ");
    expect(told.toLowerCase()).toContain(plain.toLowerCase());
    expect(told).not.toMatch(/[{}?]{2}|\{|the question the/);
  });

  test("has the number of scenes that was asked for, up to what the templates have", () => {
    const count = (scenes: number) => writeScript({ ...asked, scenes }).scenes.length;
    expect([3, 5, 10, 40].map(count)).toEqual([3, 5, 10, 10]);
  });

  test("is a script that faceless takes", () => {
    const { visual_style, ...written } = writeScript(asked);
    const elements = visual_style.recurring_elements.map(({ name, looks }) => [name, looks]);
    const script = {
      ...written,
      visual_style: { ...visual_style, recurring_elements: Object.fromEntries(elements) },
    };
    expect(scriptSchema.safeParse(script).success).toBe(true);
  });

  const beats = [general, money, night, luxury].flatMap(({ hooks, points, closes, style }) =>
    [...hooks, ...points, ...closes].map((beat) => ({ ...beat, style })),
  );

  test("is drawn in the look that knows every motif", () => {
    const looks = [general, money, night, luxury].map(({ style }) =>
      chooseLook("auto", style as unknown as JsonObject),
    );
    expect(looks).toEqual(["landscape", "landscape", "landscape", "landscape"]);
  });

  test("shows only what our pictures can draw, and names that first", () => {
    const lost = beats.filter(({ shows, style }) => {
      const motif = chooseMotif({ prompt: shows, style: style as unknown as JsonObject }, () => 0);
      return !motifs.includes(motif) || shows.search(motif.words) < 0 || shows.search(motif.words) > 40;
    });
    expect(lost).toEqual([]);
  });

  test("is said in breaths that a voice can take", () => {
    const long = beats.flatMap(({ says }) => says).filter((text) => text.split(" ").length > 24);
    expect(long).toEqual([]);
  });
});

describe("an enhanced script", () => {
  const shipped = readdirSync(join(packageRoot, "output"), { recursive: true, encoding: "utf8" })
    .filter((file) => /^[\w-]+\/scripts\/\w+_script\.json$/.test(file))
    .map((file) => JSON.parse(readFileSync(join(packageRoot, "output", file), "utf8")) as Script);
  const brief = ({ title, scenes }: Script) => ({
    ...{ title, niche: "n", visual_style: {} },
    scenes: scenes.map(({ narration, image_prompt }, i) => ({
      scene_number: i + 1,
      narration,
      image_prompt,
    })),
  });

  test("of those that are shipped has the same scenes, numbers and subjects", () => {
    expect(shipped.length).toBeGreaterThanOrEqual(3);
    for (const script of shipped) {
      const given = brief(script);
      const { scenes } = enhance(given);
      expect(scenes.map(({ scene_number }) => scene_number)).toEqual(
        given.scenes.map((one) => one.scene_number),
      );
      const style = (script.visual_style ?? {}) as unknown as JsonObject;
      for (const [i, { narration, image_prompt }] of scenes.entries()) {
        const before = given.scenes[i]!;
        expect(image_prompt.startsWith(before.image_prompt.replace(/[.!]$/, ""))).toBe(true);
        const drawn = (prompt: string) => chooseMotif({ prompt, style }, () => 0).name;
        expect(drawn(image_prompt)).toBe(drawn(before.image_prompt));
        const numbers = (text: string) => text.match(/\d+|\b[a-z]+ty(-[a-z]+)?\b/gi);
        expect(numbers(narration)).toEqual(numbers(before.narration));
      }
    }
  });

  test("leaves a prompt alone that says all of it", () => {
    const prompt = "A wide view of a bank in dim light.";
    const scenes = [{ scene_number: 1, narration: "a", image_prompt: prompt }];
    expect(enhance({ ...asked, title: "t", visual_style: {}, scenes } as never).scenes[0]!.image_prompt).toBe(
      prompt,
    );
  });

  test.each([
    ["gold  rose approx. 5% vs. silver", "Gold rose about 5 percent versus silver."],
    [
      "Fees, taxes, etc. matter, e.g. at the the end",
      "Fees, taxes, and so on matter, for example, at the end.",
    ],
    ['He had had enough. "Stop!" he said,', 'He had had enough. "Stop!" he said.'],
    [
      "The keeper wound the light every evening for thirty-one years without a single night away, but nobody on the mainland ever learned his name",
      "The keeper wound the light every evening for thirty-one years without a single night away. But nobody on the mainland ever learned his name.",
    ],
    ["Salt, pepper & oil w/o sugar.", "Salt, pepper and oil without sugar."],
  ])("smooths '%s'", (given, smoothed) => {
    expect(smooth(given)).toBe(smoothed);
    expect(smooth(smoothed)).toBe(smoothed);
  });
});

describe("the provider", () => {
  const about = { source: "topic", text: "the rule of 72" } as const;
  const context = (notices: string[]) => ({
    signal: new AbortController().signal,
    stop: new AbortController().signal,
    till: UNBOOKED,
    notice: (text: string) => void notices.push(text),
  });

  test("answers in the shape that is asked for, for nothing, and says what it is", async () => {
    const notices: string[] = [];
    const request = { purpose: "generate" as const, about, instructions: "", input: asked };
    const text = offlineText();
    expect(text.estimate(request)).toBe(0);
    expect(text.identity).toBe("offline-text 2");
    const answer = await text.write({ ...request, shape: writtenScriptShape }, context(notices));
    expect(answer).toEqual(writeScript(asked));
    expect(notices).toEqual([expect.stringMatching(/^written from templates on this machine/)]);
  });

  test("of texts of one scene it says so once; each is the same as in the whole script", async () => {
    const notices: string[] = [];
    const text = offlineText();
    const style = { environment: "hills" };
    const scenes = [
      { scene_number: 1, narration: "gold rose approx. 5%", image_prompt: "A bar of gold" },
      { scene_number: 2, narration: "it fell again", image_prompt: "A road downhill" },
    ];
    const whole = enhance({ title: "t", niche: "n", visual_style: style, scenes });
    for (const [i, { narration, image_prompt }] of scenes.entries()) {
      const told = await text.write(
        {
          purpose: "enhance-narration",
          about: { source: "narration", text: narration },
          instructions: "",
          input: { title: "t", niche: "n", before: null, narration, after: null },
          shape: enhancedNarrationShape,
        },
        context(notices),
      );
      const shown = await text.write(
        {
          purpose: "enhance-prompt",
          about: { source: "image prompt", text: image_prompt },
          instructions: "",
          input: { niche: "n", visual_style: style, narration, image_prompt },
          shape: enhancedPromptShape,
        },
        context(notices),
      );
      expect({ scene_number: i + 1, ...told, ...shown }).toEqual(whole.scenes[i]);
    }
    expect(whole.scenes[0]!.narration).toBe("Gold rose about 5 percent.");
    expect(notices).toEqual([expect.stringMatching(/^smoothed by rules on this machine/)]);
  });

  test("says so where it has no rules for what is asked", async () => {
    const request = {
      purpose: "generate" as const,
      about,
      instructions: "",
      input: asked,
      shape: z.strictObject({ poem: z.string() }),
    };
    await expect(offlineText().write(request, context([]))).rejects.toMatchObject({
      code: "api.text",
      message: "The offline text provider has no rules for such an answer to 'generate'.",
    });
  });
});
