/** Text tasks run alone, and a provider that says what it is told to say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../lib/base/json.ts";
import { findPrompt } from "../lib/providers/prompts.ts";
import type { TextProvider } from "../lib/providers/text.ts";
import { ContentRepo } from "./content-repo.ts";
import { runTask } from "./task-kit.ts";

export const prompts = () => ({
  enhancePrompt: findPrompt("/nowhere", "enhance").prompt,
  generatePrompt: findPrompt("/nowhere", "generate").prompt,
  narrationPrompt: findPrompt("/nowhere", "enhance-narration").prompt,
  picturePrompt: findPrompt("/nowhere", "enhance-prompt").prompt,
});

/** Says what it is told to say, whatever it is asked. */
export function saying(answer: unknown, asked: unknown[] = []): TextProvider {
  return {
    identity: "parrot",
    estimate: ({ input }) => JSON.stringify(input).length / 1000,
    async write(request) {
      asked.push(request);
      return answer as never;
    },
  };
}

export const DRAFT = {
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
export const GIVEN = {
  title: "The price of waiting",
  niche: "finance",
  visual_style: {},
  scenes: DRAFT.scenes.map(({ narration, image_prompt }, i) => ({
    scene_number: i + 1,
    narration,
    image_prompt,
  })),
};

export const NARRATION = {
  ...{ title: "The price of waiting", niche: "finance", before: null },
  ...{ narration: "two friends save approx. 5% a month", after: "One starts ten years later." },
};
export const PROMPT = {
  ...{ niche: "finance", visual_style: {} },
  ...{ narration: "One starts ten years later.", image_prompt: "A road to a summit" },
};

export function folder() {
  const made = new ContentRepo();
  return { in: (name: string) => join(made.root, name), close: () => made.close() };
}

export async function run(task: Parameters<typeof runTask>[0], params: Json, text: TextProvider) {
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
