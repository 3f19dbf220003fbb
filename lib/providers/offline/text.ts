/** Writes scripts from templates and smooths them by rules, on this machine: no model, no facts of its own. */
import { Failure } from "../../base/failure.ts";
import type { Json } from "../../base/json.ts";
import { OF_ONE_SCENE, type Purpose, type TextProvider } from "../text.ts";
import { briefShape, narrationBriefShape, promptBriefShape, topicShape } from "../writing.ts";
import { enhance, enhanceNarration, enhancePrompt } from "./writing/enhance.ts";
import { writeScript } from "./writing/script.ts";

/** Part of the provider's identity: raise it whenever the same request would give another answer. */
const VERSION = 2;

const WRITTEN =
  "written from templates on this machine, which know nothing of the topic: take it for a frame, and put your facts in. A text provider that is a model writes more (`use: { text: … }`).";
const SMOOTHED =
  "smoothed by rules on this machine: abbreviations, long sentences, light and viewpoint of the pictures. A text provider that is a model does more (`use: { text: … }`).";

interface Rule {
  answer(input: Json): unknown;
  readonly notice: string;
}

const RULES: Readonly<Record<Purpose, Rule>> = {
  generate: { answer: (input) => writeScript(topicShape.parse(input)), notice: WRITTEN },
  enhance: { answer: (input) => enhance(briefShape.parse(input)), notice: SMOOTHED },
  "enhance-narration": {
    answer: (input) => enhanceNarration(narrationBriefShape.parse(input)),
    notice: SMOOTHED,
  },
  "enhance-prompt": { answer: (input) => enhancePrompt(promptBriefShape.parse(input)), notice: SMOOTHED },
};

export function offlineText(): TextProvider {
  /** What was said of texts of one scene: a build has many of them, and it is the same of each. */
  const said = new Set<string>();
  return {
    identity: `offline-text ${VERSION}`,
    estimate: () => 0,
    async write({ purpose, input, shape }, { signal, notice }) {
      signal.throwIfAborted();
      const rule = RULES[purpose];
      const checked = shape.safeParse(rule.answer(input));
      if (!checked.success) {
        throw new Failure(`The offline text provider has no rules for such an answer to '${purpose}'.`, {
          code: "api.text",
          help: "Use a text provider that is a model for it: `use: { text: … }` in faceless.config.yaml.",
        });
      }
      if (!said.has(rule.notice)) notice(rule.notice);
      if (OF_ONE_SCENE.has(purpose)) said.add(rule.notice);
      return checked.data;
    },
  };
}
