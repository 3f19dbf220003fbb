/** kill -9 of a whole build at any moment: nothing finished is lost, nothing half-made is seen. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { dice } from "./cli-shop.ts";
import {
  actionsOf,
  all,
  type Built,
  FilmShop,
  gist,
  type KillAfter,
  nothingToDo,
  type Story,
} from "./film-shop.ts";

const STORY: Story = {
  title: "Clock",
  scenes: [
    { narration: "One clock.", image_prompt: "a clock on a wall" },
    { narration: "Two doors.", image_prompt: "two doors in a house" },
    { narration: "Three stars.", image_prompt: "three stars at night" },
  ],
};
const CLOCK = actionsOf("clock", 3);
const COUNT = Object.values(CLOCK).flat().length;

/** The repo before its first build, and one that was built without a disturbance. */
let unbuilt: FilmShop;
let whole: FilmShop;

beforeAll(async () => {
  unbuilt = await FilmShop.open();
  unbuilt.writeStory("clock", STORY);
  whole = await FilmShop.open();
  whole.writeStory("clock", STORY);
  expect((await whole.build()).code).toBe(0);
});

afterAll(() => {
  unbuilt.close();
  whole.close();
});

/** After that many events of work: begun, on its way, or done. */
function afterWork(count: number): KillAfter {
  let left = count;
  return (event) => {
    const works = ["started", "progress"].includes(event.type);
    const done = event.type === "finished" && event.outcome !== "fresh";
    if (works || done) left -= 1;
    return left === 0;
  };
}

const began = ({ events }: Built) =>
  events.flatMap((event) => (event.type === "started" ? [event.action] : []));
const done = ({ ran }: Built) => Object.keys(ran).filter((action) => ran[action] === "ran");

/** Kills build after build, and compares what is there each time with what an undisturbed build made. */
async function killAgainAndAgain(shop: FilmShop, moments: readonly number[], like: Record<string, string>) {
  const recorded = new Set<string>();
  for (const moment of moments) {
    const built = await shop.buildAndKill(afterWork(moment));
    expect([built.killed, built.code, built.stderr]).toEqual([true, null, ""]);
    expect(began(built).filter((action) => recorded.has(action))).toEqual([]);
    for (const action of done(built)) recorded.add(action);
    const outputs = shop.outputs();
    expect(outputs).toEqual(Object.fromEntries(Object.keys(outputs).map((path) => [path, like[path]])));
    for (const action of recorded) expect(outputs).toHaveProperty([action]);
  }
  return recorded;
}

/** One build after the kills: it does what is left and no more, and tidies up. */
async function finish(shop: FilmShop, recorded: ReadonlySet<string>, like: Record<string, string>) {
  const built = await shop.build();
  expect([built.code, built.stderr, built.problems]).toEqual([0, "", {}]);
  expect(began(built).filter((action) => recorded.has(action))).toEqual([]);
  expect(shop.outputs()).toEqual(like);
  expect(shop.leftovers()).toEqual([]);
  expect(gist(await shop.build())).toEqual(nothingToDo(COUNT));
}

test("ten kills of a first build, then one build: the films are those of an undisturbed build", async () => {
  const shop = unbuilt.copy();
  const roll = dice(8);
  const moments = Array.from({ length: 10 }, () => 1 + roll(14));
  // Fewer events of work than one undisturbed build tells of, so that no kill can come too late.
  expect(moments.reduce((sum, one) => sum + one)).toBeLessThan(2 * COUNT);
  const like = whole.outputs();
  await finish(shop, await killAgainAndAgain(shop, moments, like), like);
});

test("kills while pieces and films are made again leave the old ones or the new ones", async () => {
  const changed = whole.copy();
  const shop = whole.copy();
  const before = shop.outputs();
  for (const one of [changed, shop]) {
    one.configure(({ defaults }) => {
      defaults.pause.before = 0.2;
    });
  }
  const { script, image, narration, words, bed, thumbnail, ...again } = CLOCK;
  expect((await changed.build()).ran).toEqual({ ...all("fresh", CLOCK), ...all("ran", again) });
  const after = changed.outputs();
  const recorded = new Set<string>();
  const roll = dice(11);
  for (let kill = 0; kill < 5; kill += 1) {
    const built = await shop.buildAndKill(afterWork(1 + roll(8)));
    expect(began(built).filter((action) => recorded.has(action))).toEqual([]);
    for (const action of done(built)) recorded.add(action);
    for (const [path, digest] of Object.entries(shop.outputs()))
      expect([before[path], after[path]]).toContain(digest);
    for (const action of recorded) expect(shop.outputs()[action]).toBe(after[action]);
  }
  await finish(shop, recorded, after);
});
