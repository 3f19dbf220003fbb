/** Which queued work starts next: the most urgent that its pool and the whole have room for. */
import { expect, test } from "vitest";
import { Scheduler } from "../lib/engine/scheduler.ts";

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** A scheduler whose work ends when it is told to; `started` in order. */
function rig(jobs: number, pools: Readonly<Record<string, number>> = {}) {
  const scheduler = new Scheduler({ jobs, pool: (name) => pools[name] });
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const add = (name: string, urgency: number, pool = "cpu") =>
    scheduler.add({
      pool,
      urgency,
      start: () => {
        started.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      },
    });
  const end = async (name: string) => {
    ends.get(name)!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { scheduler, started, add, end };
}

test("the most urgent goes first; among equals, first come first served", async () => {
  const { started, add, end } = rig(1);
  add("running", 0);
  for (const [name, urgency] of [
    ["a", 1],
    ["b", 3],
    ["c", 2],
    ["d", 3],
    ["e", 1],
  ] as const)
    add(name, urgency);
  for (const name of ["running", "b", "d", "c", "a"]) await end(name);
  expect(started).toEqual(["running", "b", "d", "c", "a", "e"]);
});

test("a full pool does not hold up the others, and neither goes beyond its limit", async () => {
  const { started, add, end } = rig(3, { image: 1 });
  for (const name of ["i1", "i2", "i3"]) add(name, 9, "image");
  for (const name of ["c1", "c2", "c3"]) add(name, 1);
  expect(started).toEqual(["i1", "c1", "c2"]);
  await end("i1");
  await end("c1");
  expect(started).toEqual(["i1", "c1", "c2", "i2", "c3"]);
});

test("cleared, it starts nothing of what was queued, and goes on with what comes", async () => {
  const { scheduler, started, add, end } = rig(1);
  add("a", 1);
  add("b", 1);
  scheduler.clear();
  await end("a");
  expect(started).toEqual(["a"]);
  add("c", 1);
  expect(started).toEqual(["a", "c"]);
});

test("detached, what runs keeps its pool's slot alone; adopted, it counts as one of the jobs again", async () => {
  const { scheduler, started, add, end } = rig(2, { image: 1 });
  add("i1", 1, "image");
  add("c1", 1);
  add("dropped", 1);
  scheduler.detach();
  const c1 = gate();
  scheduler.adopt(c1.opened);
  for (const name of ["i2", "i3"]) add(name, 2, "image");
  for (const name of ["c2", "c3"]) add(name, 1);
  expect(started).toEqual(["i1", "c1", "c2"]);
  c1.open();
  await end("c1");
  expect(started).toEqual(["i1", "c1", "c2", "c3"]);
  await end("i1");
  expect(started).toEqual(["i1", "c1", "c2", "c3"]);
  await end("c2");
  expect(started).toEqual(["i1", "c1", "c2", "c3", "i2"]);
});
