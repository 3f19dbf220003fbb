/** The oracle can fail: engines that decide wrongly in one way each, and it finds every one of them. */
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import type { Decision, Situation } from "../lib/engine/decide.ts";
import type { Because } from "../lib/model/event.ts";
import { live, STORY } from "./oracle-kit.ts";

type Decide = (situation: Situation) => Decision;

/**
 * Which engine is under test: what it makes of the right decision, whether its action cache is always empty, and whether
 * it gathers all entries where some are named.
 */
const engine = vi.hoisted(() => ({
  wrong: undefined as ((right: Decide, situation: Situation) => Decision) | undefined,
  forgets: false,
  gathersAll: false,
}));

vi.mock("../lib/engine/decide.ts", async (load) => {
  const { decide } = await load<typeof import("../lib/engine/decide.ts")>();
  const decideOr: Decide = (situation) => engine.wrong?.(decide, situation) ?? decide(situation);
  return { decide: decideOr };
});

vi.mock("../lib/store/action-cache.ts", async (load) => {
  const { ActionCache } = await load<typeof import("../lib/store/action-cache.ts")>();
  class Forgetful extends ActionCache {
    override get(...key: Parameters<InstanceType<typeof ActionCache>["get"]>) {
      return engine.forgets ? undefined : super.get(...key);
    }
  }
  return { ActionCache: Forgetful };
});

vi.mock("../lib/pipeline/select.ts", async (load) => {
  const right = await load<typeof import("../lib/pipeline/select.ts")>();
  const choose: typeof right.choose = (choice, entries, from) =>
    engine.gathersAll ? entries : right.choose(choice, entries, from);
  return { ...right, choose };
});

afterEach(() => {
  engine.wrong = undefined;
  engine.forgets = false;
  engine.gathersAll = false;
});

const FORCED: readonly [Because] = [{ reason: "forced" }];

/** What is said of it, if the reasons to make something again are all of that kind. */
function onlyFor(decision: Decision, isIt: (reason: Because) => boolean): boolean {
  return "because" in decision && decision.because.every(isIt);
}

const ENGINES: Readonly<Record<string, (right: Decide, situation: Situation) => Decision>> = {
  "ignores the second file of a list": (right, situation) => {
    const decision = right(situation);
    const second = (reason: Because) => reason.reason === "changed" && reason.label === "in.parts[1]";
    return onlyFor(decision, second) ? { kind: "fresh" } : decision;
  },
  "ignores a parameter": (right, situation) => {
    const decision = right(situation);
    const text = (reason: Because) => reason.reason === "changed" && reason.label === "with.text";
    return onlyFor(decision, text) ? { kind: "fresh" } : decision;
  },
  "ignores the version of a task": (right, situation) => {
    const decision = right(situation);
    const task = (reason: Because) => reason.reason === "changed" && reason.label === "task";
    return onlyFor(decision, task) ? { kind: "fresh" } : decision;
  },
  "never says stale": (right, situation) =>
    situation.trace === undefined ? right(situation) : { kind: "fresh" },
  "takes for fresh what is there": (right, situation) =>
    situation.outputs.every(({ digest }) => digest !== undefined) ? { kind: "fresh" } : right(situation),
  "runs what is fresh": (right, situation) => {
    engine.forgets = true; // else it would see in the end that the store has it
    const decision = right(situation);
    return decision.kind === "fresh" ? { kind: "run", because: FORCED } : decision;
  },
  "never restores": (right, situation) => {
    engine.forgets = true;
    return right(situation);
  },
  "restores what is fresh": (right, situation) => {
    const decision = right(situation);
    return decision.kind === "fresh" && situation.cached() !== undefined
      ? { kind: "restore", because: FORCED }
      : decision;
  },
  "trusts an edited output": (right, situation) => {
    const decision = right(situation);
    return decision.kind === "kept" && decision.pinned.length === 0 ? { kind: "fresh" } : decision;
  },
  "overwrites an edited output": (right, situation) => right({ ...situation, discardEdits: true }),
  "keeps no pin": (right, situation) =>
    right({ ...situation, outputs: situation.outputs.map((output) => ({ ...output, pinned: undefined })) }),
  "ignores --force": (right, situation) => right({ ...situation, forced: new Set() }),
  "restores where something else is forced": (right, situation) => {
    const decision = right(situation);
    const cached = situation.cached() !== undefined;
    return decision.kind === "run" && cached ? { ...decision, kind: "restore" } : decision;
  },
};

/** Each is found within 25 of these. */
const FIND = { numRuns: 100, seed: 5, endOnFailure: true };

const isFound = async () => (await fc.check(fc.asyncProperty(STORY, live), FIND)).failed;

test.each(Object.keys(ENGINES))("an engine that %s is found out", { timeout: 0 }, async (name) => {
  engine.wrong = ENGINES[name]!;
  expect(await isFound()).toBe(true);
});

test("an engine that gathers all where some are named is found out", { timeout: 0 }, async () => {
  engine.gathersAll = true;
  expect(await isFound()).toBe(true);
});
