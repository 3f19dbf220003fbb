/** Writes scripts from templates and smooths them by rules, on this machine: no model, no facts of its own. */
import { Failure } from "../../base/failure.ts";
import type { TextProvider } from "../text.ts";
import { briefShape, topicShape } from "../writing.ts";
import { enhance } from "./writing/enhance.ts";
import { writeScript } from "./writing/script.ts";

/** Part of the provider's identity: raise it whenever the same request would give another answer. */
const VERSION = 1;

const NOTICES = {
  generate:
    "written from templates on this machine, which know nothing of the topic: take it for a frame, and put your facts in. A text provider that is a model writes more (`use: { text: … }`).",
  enhance:
    "smoothed by rules on this machine: abbreviations, long sentences, light and viewpoint of the pictures. A text provider that is a model does more (`use: { text: … }`).",
} as const;

export function offlineText(): TextProvider {
  return {
    identity: `offline-text ${VERSION}`,
    estimate: () => 0,
    async write({ purpose, input, shape }, { signal, notice }) {
      signal.throwIfAborted();
      const answer =
        purpose === "generate" ? writeScript(topicShape.parse(input)) : enhance(briefShape.parse(input));
      const checked = shape.safeParse(answer);
      if (!checked.success) {
        throw new Failure(`The offline text provider has no rules for such an answer to '${purpose}'.`, {
          code: "api.text",
          help: "Use a text provider that is a model for it: `use: { text: … }` in faceless.config.yaml.",
        });
      }
      notice(NOTICES[purpose]);
      return checked.data;
    },
  };
}
