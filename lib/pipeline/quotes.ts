/** Finds the values of a command that stand between quotes of its own. */
import type { Expression, Reference } from "../model/pipeline.ts";
import { partsOf } from "./scope.ts";

/** What opens a stretch of a command that has rules of its own, to what ends it. */
const ENDS = { "'": "'", "$'": "'", '"': '"', "(": ")", "$(": ")", "`": "`", "#": "\n" } as const;

type Opening = keyof typeof ENDS;

/** References between quotes of the command's own, where quoting them would do nothing or even undo it. */
export function quotedReferences(command: Expression): readonly Reference[] {
  const open: Opening[] = [];
  const found: Reference[] = [];
  for (const part of partsOf(command)) {
    if (typeof part !== "string") {
      if (/['"]/.test(open.at(-1) ?? "")) found.push(part);
      continue;
    }
    for (let at = 0; at < part.length; ) at += step(part, at, open);
  }
  return found;
}

/** Takes in what stands at one place, and tells how many characters that is. */
function step(text: string, at: number, open: Opening[]): number {
  const here = open.at(-1);
  if (text[at] === "\\" && here !== "'" && here !== "#") return 2;
  if (here !== undefined && text[at] === ENDS[here]) open.pop();
  else {
    const next = opening(text, at, here);
    if (next === undefined) return 1;
    open.push(next);
    return next.length;
  }
  return 1;
}

/** In a `$(…)` and in backquotes quotes start afresh, also where those stand between quotes themselves. */
function opening(text: string, at: number, here: Opening | undefined): Opening | undefined {
  if (here === "'" || here === "$'" || here === "#") return undefined;
  if (text.startsWith("$(", at)) return "$(";
  if (text[at] === "`") return "`";
  if (here === '"') return undefined;
  if (text.startsWith("$'", at)) return "$'";
  if (text[at] === "#") return /^$|[\s;&|()]/.test(text[at - 1] ?? "") ? "#" : undefined;
  return text[at] === "'" || text[at] === '"' || text[at] === "(" ? (text[at] as Opening) : undefined;
}
