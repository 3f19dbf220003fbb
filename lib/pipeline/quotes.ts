/** Finds the values of a command that stand between quotes of its own. */
import type { Expression, Reference } from "../model/pipeline.ts";
import { partsOf } from "./scope.ts";

/** References between quotes of the command's own, where quoting them would do nothing or even undo it. */
export function quotedReferences(command: Expression): readonly Reference[] {
  let quote = "";
  const found: Reference[] = [];
  for (const part of partsOf(command)) {
    if (typeof part !== "string") {
      if (quote !== "") found.push(part);
      continue;
    }
    for (const [, character] of part.matchAll(/\\.|(['"])/gs)) {
      if (character === undefined) continue;
      if (quote === "") quote = character;
      else if (quote === character) quote = "";
    }
  }
  return found;
}
