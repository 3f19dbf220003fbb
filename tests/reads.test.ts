/** What each action was found to read is what was told of it last. */
import { expect, test } from "vitest";
import { Reads } from "../lib/engine/reads.ts";
import type { Action } from "../lib/model/pipeline.ts";

test("each action has its own list, the one that was told last", () => {
  const [a, b, c, unknown] = ["a", "b", "c", "d"].map((id) => ({ id }) as Action) as [
    Action,
    Action,
    Action,
    Action,
  ];
  const reads = new Reads();
  reads.set(a, new Set([5, 3]));
  reads.set(b, new Set());
  reads.set(c, new Set([1]));
  reads.set(a, new Set([7, 8, 9]));
  expect([a, b, c, unknown].map((action) => reads.get(action))).toEqual([[7, 8, 9], [], [1], []]);
});
