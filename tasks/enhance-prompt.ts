/** Has the image prompt of one scene deepened, for itself: pictures are dear, so it depends on no other scene. */
import type { Json } from "../lib/base/json.ts";
import { shorten } from "../lib/base/shorten.ts";
import type { EnhancedText } from "../lib/media/enhanced-script.ts";
import { ASK_AGAIN, refuseEmpty } from "../lib/media/enhanced-text.ts";
import { readAnswer } from "../lib/media/read-answer.ts";
import { enhancedPromptShape, type PromptBrief, promptBriefShape } from "../lib/providers/writing.ts";
import { defineTask, type Tools } from "../lib/task.ts";

export default defineTask({
  type: "enhance-prompt",
  version: 1,
  /** Which scene it is, is none of them: one that moves is not asked for again. */
  params: promptBriefShape,
  outputs: { prompt: "json" },
  tools: ["text", "picturePrompt"],
  pool: "text",
  estimate: (asked) => asked.tools.text.estimate(requestOf(asked)),
  async run({ params, outputs, tools, signal, stop, till, notice }) {
    const request = { ...requestOf({ params, tools }), shape: enhancedPromptShape };
    const answer = await tools.text.write(request, { signal, stop, till, notice });
    const { image_prompt } = readAnswer(enhancedPromptShape, answer, ASK_AGAIN);
    refuseEmpty(image_prompt, `the image prompt '${shorten(params.image_prompt, 60)}'`);
    const made: EnhancedText = { original: params.image_prompt, enhanced: image_prompt };
    await outputs.prompt.write(`${JSON.stringify(made, null, 2)}\n`);
  },
});

interface Asked {
  readonly params: PromptBrief;
  readonly tools: Pick<Tools, "picturePrompt">;
}

function requestOf({ params, tools }: Asked) {
  return {
    purpose: "enhance-prompt" as const,
    about: { source: "image prompt" as const, text: params.image_prompt },
    instructions: tools.picturePrompt.text,
    input: params as Json,
  };
}
