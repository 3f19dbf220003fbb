/** Which queued work starts next: the most urgent that its pool and the whole have room for. */
import { expect, test } from "vitest";
import { Scheduler } from "../lib/engine/scheduler.ts";
import type { Service } from "../lib/model/task.ts";

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
  const add = (name: string, urgency: number, pool = "cpu", service?: Service) =>
    scheduler.add({
      pool,
      service,
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

test("what waits for a service takes none of the jobs, and is bounded by the service alone", async () => {
  const { started, add, end } = rig(1);
  const azure: Service = { name: "azure", atOnce: 3 };
  for (const name of ["i1", "i2"]) add(name, 9, "image", azure);
  for (const name of ["s1", "s2"]) add(name, 8, "speech", azure);
  for (const name of ["c1", "c2"]) add(name, 1);
  add("elsewhere", 1, "speech", { name: "kokoro", atOnce: 1 });
  expect(started).toEqual(["i1", "i2", "s1", "c1", "elsewhere"]);
  await end("i1");
  await end("c1");
  expect(started).toEqual(["i1", "i2", "s1", "c1", "elsewhere", "s2", "c2"]);
});

test("a pool bounds what waits for a service, too; a full service does not hold up others of its pool", async () => {
  const { started, add, end } = rig(1, { image: 2 });
  const azure: Service = { name: "azure", atOnce: 1 };
  for (const name of ["i1", "i2"]) add(name, 9, "image", azure);
  for (const name of ["own1", "own2"]) add(name, 1, "image");
  expect(started).toEqual(["i1", "own1"]);
  await end("i1");
  expect(started).toEqual(["i1", "own1", "i2"]);
  await end("own1");
  expect(started).toEqual(["i1", "own1", "i2", "own2"]);
});

test("what a round has left with a service keeps its place there, and takes no job", async () => {
  const { scheduler, started, add, end } = rig(1);
  const azure: Service = { name: "azure", atOnce: 1 };
  add("i1", 9, "image", azure);
  scheduler.detach();
  add("i2", 9, "image", { ...azure, atOnce: 2 });
  add("i3", 9, "image", azure);
  add("c1", 1);
  expect(started).toEqual(["i1", "i2", "c1"]);
  await end("i1");
  await end("i2");
  expect(started).toEqual(["i1", "i2", "c1", "i3"]);
});
