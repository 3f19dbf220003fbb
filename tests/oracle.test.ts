/** The oracle: whatever is done to a project, a build leads to what a build from scratch makes, and does no more than it must. */
import fc from "fast-check";
import { test } from "vitest";
import { live, STORY } from "./oracle-kit.ts";

/** FACELESS_ORACLE_RUNS asks for a long run; FACELESS_ORACLE_SEED and FACELESS_ORACLE_PATH repeat one that failed. */
const { FACELESS_ORACLE_RUNS: runs, FACELESS_ORACLE_SEED: seed, FACELESS_ORACLE_PATH: path } = process.env;

test("after any edits of any pipeline a build leaves what one from scratch makes, and runs nothing that it need not", {
  timeout: 0,
}, async () => {
  await fc.assert(fc.asyncProperty(STORY, live), {
    numRuns: Number(runs ?? 90),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
  });
});
