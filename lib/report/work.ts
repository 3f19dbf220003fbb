/** How long what a dry run has told of will take, by what the same targets took before. */
import { sayDuration } from "./sentences.ts";

export interface Work {
  /** Target to how many of its actions would run, in the order in which they were told. */
  readonly run: ReadonlyMap<string, number>;
  /** And may run after those. */
  readonly mayRun: ReadonlyMap<string, number>;
  /** What one action of a target took on average, in milliseconds; undefined for one that never ran. */
  lastMs(target: string): number | undefined;
  /** Whether there is more that is not known yet. */
  readonly atLeast: boolean;
}

/** One line; undefined where nothing is known. The sum of all work: how much of it runs at once is not foretold. */
export function sayWork({ run, mayRun, lastMs, atLeast }: Work): string | undefined {
  const sure = sum(run, lastMs);
  const maybe = sum(mayRun, lastMs);
  if (sure.parts.length === 0) return undefined;
  const unknown = [...new Set([...sure.unknown, ...maybe.unknown])];
  const about = atLeast || sure.unknown.length > 0 ? "at least" : "about";
  const after =
    maybe.parts.length === 0 ? "" : `, and up to ${sayDuration(maybe.ms)} after it${list(maybe.parts)}`;
  const first = unknown.length === 0 ? "" : `; ${unknown.join(", ")} never ran before`;
  return `${about} ${sayDuration(sure.ms)} of work by the last durations${list(sure.parts)}${after}${first}`;
}

const list = (parts: readonly string[]) => ` (${parts.join(", ")})`;

function sum(counts: ReadonlyMap<string, number>, lastMs: Work["lastMs"]) {
  const parts: string[] = [];
  const unknown: string[] = [];
  let ms = 0;
  for (const [target, count] of counts) {
    const each = lastMs(target);
    if (each === undefined) unknown.push(target);
    else parts.push(`${target} ${sayDuration(count * each)}`);
    ms += count * (each ?? 0);
  }
  return { ms, parts, unknown };
}
