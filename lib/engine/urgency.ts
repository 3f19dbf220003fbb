/** How much work waits behind an action: the critical path by past durations, told per target. */
import type { Action, Pipeline, Target } from "../model/pipeline.ts";
import type { Trace } from "../model/trace.ts";
import { targetReferences } from "../pipeline/check.ts";

/** Taken for a target that never ran, so that what has much behind it goes first in a first build too. Milliseconds. */
const UNKNOWN_MS = 1_000;

/** Target to what one of its actions took on average, in milliseconds; of those that ever ran. */
export function pastDurations(traces: Iterable<Trace>): Readonly<Record<string, number>> {
  const sums = new Map<string, { ms: number; count: number }>();
  for (const { target, ms } of traces) {
    if (ms === undefined) continue;
    const sum = sums.get(target) ?? { ms: 0, count: 0 };
    sums.set(target, { ms: sum.ms + ms, count: sum.count + 1 });
  }
  return Object.fromEntries([...sums].map(([target, { ms, count }]) => [target, ms / count]));
}

export function urgencies(
  pipeline: Pipeline,
  pastMs: (target: string) => number | undefined,
): (action: Action) => number {
  const behind = new Map<string, number>();
  const urgency = (target: Target): number => {
    const known = behind.get(target.name);
    if (known !== undefined) return known;
    const after = pipeline.targets.filter((other) => consumes(pipeline, other, target.name)).map(urgency);
    const total = (pastMs(target.name) ?? UNKNOWN_MS) + Math.max(0, ...after);
    behind.set(target.name, total);
    return total;
  };
  return (action) => urgency(action.target);
}

/** Whether a target needs something that the target of that name makes. */
export function consumes(pipeline: Pipeline, target: Target, name: string): boolean {
  const reads = target.inputs.some(({ from }) =>
    from.some((input) => input.kind === "target" && input.target === name),
  );
  const repeats = pipeline.axes.some(
    (axis) => axis.kind === "items" && axis.source.target === name && target.axes.includes(axis.name),
  );
  return reads || repeats || targetReferences(target).some((reference) => reference.target === name);
}
