/** Has the narration of one scene worked over, for itself: those beside it are given so that it flows. */
import type { Json } from "../lib/base/json.ts";
import { shorten } from "../lib/base/shorten.ts";
import type { EnhancedText } from "../lib/media/enhanced-script.ts";
import { ASK_AGAIN, refuseEmpty, refuseLong } from "../lib/media/enhanced-text.ts";
import { readAnswer } from "../lib/media/read-answer.ts";
import {
  enhancedNarrationShape,
  type NarrationBrief,
  narrationBriefShape,
} from "../lib/providers/writing.ts";
import { defineTask, type Tools } from "../lib/task.ts";

export default defineTask({
  type: "enhance-narration",
  version: 1,
  /** Which scene it is, is none of them: one that moves is not asked for again. */
  params: narrationBriefShape,
  outputs: { narration: "json" },
  tools: ["text", "narrationPrompt"],
  pool: "text",
  estimate: (asked) => asked.tools.text.estimate(requestOf(asked)),
  async run({ params, outputs, tools, signal, stop, till, notice }) {
    const request = { ...requestOf({ params, tools }), shape: enhancedNarrationShape };
    const answer = await tools.text.write(request, { signal, stop, till, notice });
    const { narration } = readAnswer(enhancedNarrationShape, answer, ASK_AGAIN);
    const which = `the narration '${shorten(params.narration, 60)}'`;
    refuseEmpty(narration, which);
    refuseLong(narration, params.narration, which);
    const made: EnhancedText = { original: params.narration, enhanced: narration };
    await outputs.narration.write(`${JSON.stringify(made, null, 2)}\n`);
  },
});

interface Asked {
  readonly params: NarrationBrief;
  readonly tools: Pick<Tools, "narrationPrompt">;
}

function requestOf({ params, tools }: Asked) {
  return {
    purpose: "enhance-narration" as const,
    about: { source: "narration" as const, text: params.narration },
    instructions: tools.narrationPrompt.text,
    input: params as Json,
  };
}
