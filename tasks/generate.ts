/** Has a script about a topic written. */
import type { Json } from "../lib/base/json.ts";
import { plural } from "../lib/base/plural.ts";
import { readAnswer } from "../lib/media/read-answer.ts";
import { scriptSchema } from "../lib/media/script.ts";
import { LONGEST_TOPIC } from "../lib/model/known-values.ts";
import { topicShape, type WrittenScript, writtenScriptShape } from "../lib/providers/writing.ts";
import { defineTask, Failure, type Tools, z } from "../lib/task.ts";

const params = topicShape.extend({
  topic: z.string().trim().min(1).max(LONGEST_TOPIC),
  niche: z.string().min(1),
  scenes: z.int().min(3).max(60).default(8),
  words: z.int().min(5).max(100).default(20),
  take: z.int().min(1).default(1),
});

/** Out comes a script as an author would write it, for scripts/: from then on it is a source. */
export default defineTask({
  type: "generate",
  version: 3,
  params,
  outputs: { script: "json" },
  tools: ["text", "generatePrompt"],
  pool: "text",
  estimate: (asked) => asked.tools.text.estimate(requestOf(asked)),
  async run({ params, outputs, tools, signal, stop, till, notice }) {
    const request = { ...requestOf({ params, tools }), shape: writtenScriptShape };
    const answer = await tools.text.write(request, { signal, stop, till, notice });
    const written = readAnswer(writtenScriptShape, answer, SAY_ANEW);
    refuseOddities(written, params);
    const script = scriptOf(written, params);
    readAnswer(scriptSchema, script, SAY_ANEW);
    await outputs.script.write(`${JSON.stringify(script, null, 2)}\n`);
  },
});

interface Asked {
  readonly params: z.output<typeof params>;
  readonly tools: Pick<Tools, "generatePrompt">;
}

function requestOf({ params, tools }: Asked) {
  return {
    purpose: "generate" as const,
    about: { source: "topic" as const, text: params.topic },
    instructions: tools.generatePrompt.text,
    input: params as Json,
  };
}

/** A topic in other words is another request; the same one gets the same answer, which is paid for. */
const SAY_ANEW = "Say the topic in other words, and it is asked for anew.";

/** Times what was asked for. */
const MOST = 3;

/** @throws Failure */
function refuseOddities({ scenes }: WrittenScript, asked: z.output<typeof params>): void {
  const odd = (what: string) =>
    new Failure(`What the text provider wrote ${what}`, {
      code: "api.text",
      help: SAY_ANEW,
    });
  if (scenes.length < 3 || scenes.length > MOST * asked.scenes)
    throw odd(`has ${plural(scenes.length, "scene")}; about ${asked.scenes} were asked for.`);
  const words = scenes.map(({ narration }) => narration.trim().split(/\s+/).length);
  const long = words.findIndex((count) => count > MOST * asked.words + 10);
  if (long >= 0)
    throw odd(`says ${words[long]} words in scene ${long + 1}; about ${asked.words} were asked for.`);
}

function scriptOf(
  { title, visual_style, scenes }: WrittenScript,
  { niche, topic, take }: z.output<typeof params>,
) {
  const elements = visual_style.recurring_elements.map(({ name, looks }) => [nameOf(name), looks]);
  return {
    ...{ title, niche, topic, take },
    visual_style: {
      ...visual_style,
      recurring_elements: Object.fromEntries(elements) as Record<string, string>,
    },
    scenes: scenes.map((scene, i) => ({ scene_number: i + 1, ...scene })),
  };
}

const nameOf = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_|_$/g, "") || "element";
