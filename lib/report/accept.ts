/** What `faceless accept` recorded as up to date, and what it could not, from the events of that walk. */
import { plural } from "../base/plural.ts";
import type { BuildEvent } from "../model/event.ts";
import { sayBecauses, sayItem, sayProblem } from "./sentences.ts";

/** Ends in a line break. */
export function sayAccepted(
  project: string,
  events: readonly BuildEvent[],
  { dryRun, verbose }: { readonly dryRun: boolean; readonly verbose: boolean },
): string {
  const lines: string[] = [];
  let [accepted, stale] = [0, 0];
  for (const event of events) {
    const told = tell(event, project, verbose);
    if (told === undefined) continue;
    lines.push(told.line);
    if (told.what === "accepted") accepted += told.outputs;
    else stale += told.outputs;
  }
  const left = stale === 0 ? "" : `${plural(stale, "output")} not`;
  return [...lines, sayEnd(accepted, left, dryRun), ""].join("\n");
}

interface Told {
  readonly line: string;
  readonly what: "accepted" | "stale";
  readonly outputs: number;
}

function tell(event: BuildEvent, project: string, verbose: boolean): Told | undefined {
  if (event.type !== "accepted" && event.type !== "would" && event.type !== "finished") return undefined;
  const say = (what: Told["what"], word: string, remark: string): Told => {
    const line = sayItem(word, `${project}/${event.action}`, remark === "" ? "" : `(${remark})`);
    return { line, what, outputs: Math.max(1, event.outputs.length) };
  };
  if (event.type === "accepted") return say("accepted", "accepted", sayBecauses(event.because, verbose));
  if (event.type === "would") {
    if (event.verb === "accept") return say("accepted", "accept", sayBecauses(event.because, verbose));
    const why =
      event.verb === "maybe-run" ? "it needs something that is stale" : sayBecauses(event.because, verbose);
    return say("stale", "stale", why);
  }
  switch (event.outcome) {
    case "edited":
      return say("stale", "edited", "with a pin, or beside an output that is missing");
    case "failed":
    case "blocked":
      return say("stale", event.outcome, event.problem === undefined ? "" : sayProblem(event.problem));
    default:
      return undefined;
  }
}

function sayEnd(accepted: number, left: string, dryRun: boolean): string {
  const also = left === "" ? "" : `, ${left}`;
  if (accepted === 0) return `nothing to accept${also}`;
  const outputs = plural(accepted, "output");
  if (dryRun) return `dry run: ${outputs} to accept${also}; nothing was changed`;
  return `accepted ${outputs}${also}; the next build takes ${accepted === 1 ? "it" : "them"} for up to date`;
}
