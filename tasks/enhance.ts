/** Has a whole script worked over, where its scenes may become others: only who sees all of it can add or leave one out. */
import type { Json } from "../lib/base/json.ts";
import { ASK_AGAIN, odd, refuseEmpty, refuseLong } from "../lib/media/enhanced-text.ts";
import { readAnswer } from "../lib/media/read-answer.ts";
import { type Brief, briefShape, type Enhanced, enhancedShape } from "../lib/providers/writing.ts";
import { defineTask, type Tools } from "../lib/task.ts";

export default defineTask({
  type: "enhance",
  version: 2,
  params: briefShape,
  outputs: { enhanced: "json" },
  tools: ["text", "enhancePrompt"],
  pool: "text",
  estimate: (asked) => asked.tools.text.estimate(requestOf(asked)),
  async run({ params, outputs, tools, signal, stop, till, notice }) {
    const request = { ...requestOf({ params, tools }), shape: enhancedShape };
    const answer = await tools.text.write(request, { signal, stop, till, notice });
    const enhanced = readAnswer(enhancedShape, answer, ASK_AGAIN);
    refuseOddities(enhanced, params);
    await outputs.enhanced.write(`${JSON.stringify(enhanced, null, 2)}\n`);
  },
});

interface Asked {
  readonly params: Brief;
  readonly tools: Pick<Tools, "enhancePrompt">;
}

function requestOf({ params, tools }: Asked) {
  return {
    purpose: "enhance" as const,
    about: { source: "script" as const, text: params.title },
    instructions: tools.enhancePrompt.text,
    input: params as Json,
  };
}

/** @throws Failure that names the scene */
function refuseOddities({ scenes }: Enhanced, { scenes: given }: Brief): void {
  const before = new Map(given.map((scene) => [scene.scene_number, scene.narration]));
  const numbers = scenes.map(({ scene_number }) => scene_number);
  if (numbers.length === 0 || numbers.some((number) => number !== null && !before.has(number))) {
    const shown = numbers.map((number) => number ?? "new").join(", ");
    throw odd(`has the scenes ${shown || "none"}, and the script has ${given.length}.`);
  }
  for (const { scene_number, narration, image_prompt } of scenes) {
    const which = scene_number === null ? "a new scene" : `scene ${scene_number}`;
    refuseEmpty(narration, which);
    refuseEmpty(image_prompt, which);
    refuseLong(narration, scene_number === null ? undefined : before.get(scene_number), which);
  }
}
