/** The words for scripts that were wanted of `generate` and that there are not. */
import type { BuildEvent, MissingScript } from "../model/event.ts";

type Missing = Extract<BuildEvent, { type: "scripts-missing" }>;

/** "1 of 3 scripts was not written" */
export function sayMissing({ wanted, missing }: Pick<Missing, "wanted" | "missing">): string {
  return `${missing.length} of ${wanted} scripts ${missing.length === 1 ? "was" : "were"} not written`;
}

/** Why, in one line: the whole message stands where it was told first. */
export function sayWhyMissing({ problem }: MissingScript): string {
  return (
    problem?.message.split("\n", 1)[0] ??
    "not asked for: it would have met the same failure; --keep-going asks all the same"
  );
}
