/** Has a script's narrations and picture prompts worked over: what an author wrote in, what is said and shown instead out. */
import type { Json } from "../lib/base/json.ts";
import { readAnswer } from "../lib/media/read-answer.ts";
import { briefShape, type Enhanced, enhancedShape } from "../lib/providers/writing.ts";
import { defineTask, Failure, type Tools, z } from "../lib/task.ts";

const params = z.strictObject({
  ...briefShape.shape,
  /** Whether scenes may be added, left out, parted and joined. */
  scene_changes: z.boolean().default(false),
});

export default defineTask({
  type: "enhance",
  version: 1,
  params,
  outputs: { enhanced: "json" },
  tools: ["text", "enhancePrompt"],
  pool: "text",
  estimate: (asked) => asked.tools.text.estimate(requestOf(asked)),
  async run({ params, outputs, tools, signal, stop, till, notice }) {
    const request = { ...requestOf({ params, tools }), shape: enhancedShape };
    const answer = readAnswer(
      enhancedShape,
      await tools.text.write(request, { signal, stop, till, notice }),
      ASK_AGAIN,
    );
    refuseOddities(answer, params);
    await outputs.enhanced.write(`${JSON.stringify(answer, null, 2)}\n`);
  },
});

interface Asked {
  readonly params: z.output<typeof params>;
  readonly tools: Pick<Tools, "enhancePrompt">;
}

function requestOf({ params, tools }: Asked) {
  const { scene_changes, ...brief } = params;
  const count = brief.scenes.length;
  const rule = scene_changes
    ? "You may add, leave out, part or join scenes where that helps the film."
    : `The number of scenes stays ${count}: give each of them back once, in order, with its own scene_number.`;
  return {
    purpose: "enhance" as const,
    about: { source: "script" as const, text: brief.title },
    instructions: `${tools.enhancePrompt.text}\n\n${rule}`,
    input: brief as Json,
  };
}

/** Times what an author wrote; and for short texts, so many words more. */
const LONGER = 2;
const WORDS_MORE = 30;

/** @throws Failure that names the scene */
function refuseOddities(
  { scenes }: Enhanced,
  { scenes: given, scene_changes }: z.output<typeof params>,
): void {
  const numbers = scenes.map(({ scene_number }) => scene_number);
  const wanted = given.map(({ scene_number }) => scene_number);
  const isKept = scene_changes
    ? numbers.length > 0 && numbers.every((number) => number === null || wanted.includes(number))
    : numbers.length === wanted.length && numbers.every((number, i) => number === wanted[i]);
  if (!isKept) {
    const shown = numbers.map((number) => number ?? "new").join(", ");
    throw odd(`has the scenes ${shown || "none"}, and the script has ${wanted.length}.`);
  }
  for (const { scene_number, narration, image_prompt } of scenes) {
    const before = given.find((one) => one.scene_number === scene_number);
    const which = scene_number === null ? "a new scene" : `scene ${scene_number}`;
    if (narration.trim() === "" || image_prompt.trim() === "") throw odd(`has nothing for ${which}.`);
    const most = before === undefined ? 200 : LONGER * wordsIn(before.narration) + WORDS_MORE;
    if (wordsIn(narration) > most)
      throw odd(`says ${wordsIn(narration)} words in ${which}, where at most ${most} make sense.`);
  }
}

const wordsIn = (text: string) => text.trim().split(/\s+/).length;

const ASK_AGAIN =
  "`--force` with this path asks for another answer; `--set enhance=false` takes the script as it is.";

function odd(what: string): Failure {
  return new Failure(`What the text provider gave back ${what}`, {
    code: "api.text",
    help: ASK_AGAIN,
  });
}
