/** Why an output would be made again, or why it was made the last time: from the events of a dry run and its trace. */
import type { Because, BuildEvent } from "../model/event.ts";
import type { Trace } from "../model/trace.ts";
import { sayBecause, sayProblem } from "./sentences.ts";

const LAST = {
  ran: "It was made the last time",
  restored: "It was restored the last time",
  accepted: "It was accepted as it is",
  pinned: "It was pinned the last time",
} as const;

type Would = Extract<BuildEvent, { type: "would" }>;
type Finished = Extract<BuildEvent, { type: "finished" }>;

/**
 * `path` is the output within the project, `name` what to call it. `events` are those of a dry run that had it as its
 * goal, so every other action in them is one that it needs.
 */
export function sayWhy(
  path: string,
  name: string,
  events: readonly BuildEvent[],
  trace: Trace | undefined,
): string {
  const told = events.filter((event) => event.type === "would" || event.type === "finished");
  const own = told.find((event) => event.action === path || event.outputs.includes(path));
  if (own === undefined)
    return `${name} is not known yet: what says how many there are would be built first.\n${sayCauses(told)}`;
  if (own.type === "finished") return sayFinished(own, name, trace);
  switch (own.verb) {
    case "run":
      return `${name} would be made:\n${sayReasons(own.because)}`;
    case "restore":
      return `${name} would be restored from the store, without running anything:\n${sayReasons(own.because)}`;
    case "place":
      return `${name} would be taken from pinned/, whose file is not in its place yet.\n`;
    case "accept":
      throw new Error("BUG: a dry run of accept has no reasons to be told");
    case "maybe-run":
      return `${name} may be made again, after\n${sayCauses(told.filter((event) => event !== own))}`;
  }
}

function sayFinished({ outcome, problem }: Finished, name: string, trace: Trace | undefined): string {
  switch (outcome) {
    case "edited":
      return `${name} was changed by hand, so it is kept and used as it is.\n`;
    case "pinned":
      return `${name} is the file in pinned/.\n`;
    case "failed":
    case "blocked":
    case "not-started":
      return `${name} cannot be made: ${problem === undefined ? "it gave no reason." : sayProblem(problem)}\n`;
    default: {
      const fresh = `${name} is fresh: nothing that it is made from has changed.\n`;
      if (trace === undefined || trace.because.length === 0) return fresh;
      return `${fresh}${LAST[trace.how]} because\n${sayReasons(trace.because)}`;
    }
  }
}

function sayReasons(because: readonly Because[]): string {
  return because.map((one) => `  ${sayBecause(one)}\n`).join("");
}

/** What else would be made, and why; what only follows from it is left out. */
function sayCauses(events: readonly (Would | Finished)[]): string {
  const causes = events.filter((event) => event.type === "would" && event.verb !== "maybe-run");
  return causes
    .map(({ action, because }) => `  ${action}\n${because.map((one) => `    ${sayBecause(one)}\n`).join("")}`)
    .join("");
}
