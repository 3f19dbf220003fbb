/** The watch as a state machine: what it does at each event, and what it never does whatever comes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Effect,
  IDLE,
  type Input,
  LONGEST_MS,
  type News,
  QUIET_MS,
  type State,
  transition,
} from "../lib/watch/states.ts";

const news = (file: string, at = 0, onlyListed = false): News => ({ files: [file], onlyListed, at });
const changed = (path: string, at: number): Input => ({ type: "changed", path, at });
const looked = (found?: News): Input => ({ type: "looked", news: found });

/** The kind of state after each input, and the effects. */
function story(inputs: readonly Input[]): (readonly [State["kind"], readonly Effect[]])[] {
  let state: State = IDLE;
  return inputs.map((input) => {
    const step = transition(state, input);
    state = step.state;
    return [state.kind, step.effects];
  });
}

describe("watch", () => {
  test("a save is two events, one look and one round; what is no news begins none", () => {
    expect(
      story([
        changed("a", 100),
        changed("a", 110),
        looked(news("a")),
        { type: "ended" },
        changed("b", 500),
        looked(),
      ]),
    ).toEqual([
      ["gathering", [{ do: "look", at: 100 + QUIET_MS }]],
      ["gathering", [{ do: "look", at: 110 + QUIET_MS }]],
      ["building", [{ do: "build", news: news("a") }]],
      ["idle", []],
      ["gathering", [{ do: "look", at: 500 + QUIET_MS }]],
      ["idle", []],
    ]);
  });

  test("events that do not cease are looked at all the same", () => {
    const steady = Array.from({ length: 40 }, (_, i) => changed("a", i * 50));
    const looks = story(steady).map(([, [effect]]) => (effect as Extract<Effect, { do: "look" }>).at);
    expect(Math.max(...looks)).toBe(LONGEST_MS);
  });

  test("news during a round supersede it, and the next is for all that it was for", () => {
    const both: News = { files: ["a", "b"], onlyListed: false, at: 9 };
    expect(
      story([
        { type: "found", news: news("a", 1, true) },
        changed("x", 2),
        looked(),
        changed("b", 5),
        looked(news("b", 9)),
        { type: "found", news: news("a", 3) },
        { type: "ended" },
        { type: "ended" },
      ]),
    ).toEqual([
      ["building", [{ do: "build", news: news("a", 1, true) }]],
      ["building", [{ do: "look", at: 2 + QUIET_MS }]],
      ["building", []],
      ["building", [{ do: "look", at: 5 + QUIET_MS }]],
      ["superseding", [{ do: "supersede" }]],
      ["superseding", []],
      ["building", [{ do: "build", news: both }]],
      ["idle", []],
    ]);
  });

  test("what is gathered when a round ends is looked at after it", () => {
    expect(
      story([{ type: "start" }, changed("a", 1), { type: "ended" }, looked(news("a"))]).map(([kind]) => kind),
    ).toEqual(["building", "building", "gathering", "building"]);
  });

  test("stopped: at once while nothing runs, else when the round is over; then nothing begins", () => {
    expect(story([{ type: "stop" }, changed("a", 1), { type: "found", news: news("a") }])).toEqual([
      ["stopped", [{ do: "finish" }]],
      ["stopped", []],
      ["stopped", []],
    ]);
    expect(
      story([{ type: "start" }, { type: "stop" }, { type: "found", news: news("a") }, { type: "ended" }]),
    ).toEqual([
      ["building", [{ do: "build", news: undefined }]],
      ["stopping", []],
      ["stopping", []],
      ["stopped", [{ do: "finish" }]],
    ]);
  });

  test("whatever comes: one round at a time, none after a stop, and no news is lost", () => {
    const input: fc.Arbitrary<Input> = fc.oneof(
      fc.nat(3).map((name) => changed(String(name), 0)),
      fc
        .option(fc.nat(3), { nil: undefined })
        .map((name) => looked(name === undefined ? name : news(`${name}`))),
      fc.nat(3).map((name): Input => ({ type: "found", news: news(`${name}`) })),
      fc.constant<Input>({ type: "ended" }),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 30 }), fc.boolean(), (inputs, stops) => {
        let state: State = IDLE;
        let [running, stopped, finished] = [false, false, 0];
        const unbuilt = new Set<string>();
        const take = (given: Input) => {
          // The shell tells of the end of a round only while one runs.
          if (given.type === "ended" && !running) return;
          if (given.type === "ended") running = false;
          if (given.type === "stop") stopped = true;
          const heard = given.type === "looked" || given.type === "found" ? given.news : undefined;
          for (const file of heard?.files ?? []) unbuilt.add(file);
          const step = transition(state, given);
          state = step.state;
          for (const effect of step.effects) {
            if (effect.do === "finish") finished += 1;
            if (effect.do !== "build") continue;
            expect({ running, stopped }).toEqual({ running: false, stopped: false });
            running = true;
            for (const file of effect.news?.files ?? []) unbuilt.delete(file);
          }
        };
        for (const one of inputs) take(one);
        if (stops) take({ type: "stop" });
        while (running) take({ type: "ended" });
        expect(finished).toBe(stops ? 1 : 0);
        if (!stops) expect([...unbuilt]).toEqual([]);
      }),
    );
  });
});
