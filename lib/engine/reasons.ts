/** Names the values of a command in the reasons for running it: their names are in no key, since they change nothing. */
import type { Because } from "../model/event.ts";
import type { Target } from "../model/pipeline.ts";
import { partsOf, referenceName } from "../pipeline/scope.ts";
import type { Decision } from "./decide.ts";

/** The reason "values", which is of all of them, becomes one for each that is another. */
export function namingValues(decision: Decision, { recipe }: Target): Decision {
  if (!("because" in decision) || recipe.kind !== "run") return decision;
  const names = partsOf(recipe.command).flatMap((part) =>
    typeof part === "string" ? [] : [referenceName(part)],
  );
  const [first, ...rest] = decision.because.flatMap((because) => byName(because, names));
  return first === undefined ? decision : { ...decision, because: [first, ...rest] };
}

function byName(because: Because, names: readonly string[]): readonly Because[] {
  if (because.reason !== "changed" || because.label !== "values") return [because];
  const [before, after] = [wordsOf(because.before), wordsOf(because.after)];
  // Another command can have other values: which one is which is not known then.
  if (before?.length !== names.length || after?.length !== names.length) return [because];
  return names.flatMap((name, i) =>
    before[i] === after[i]
      ? []
      : [{ ...because, label: `value.${name}`, before: before[i]!, after: after[i]! }],
  );
}

/** A word that stands for several files as one text. */
function wordsOf(line: string | undefined): readonly string[] | undefined {
  if (line === undefined) return undefined;
  const words = JSON.parse(line) as readonly (string | readonly string[])[];
  return words.map((word) => (typeof word === "string" ? word : word.join(" ")));
}
