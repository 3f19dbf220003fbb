/** kill -9 at random moments, of everything or of the engine alone: nothing half-made is kept, nothing finished is lost. */
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  type CliShop,
  cliShop,
  dice,
  type Ended,
  killAll,
  killEngine,
  type Running,
  until,
} from "./cli-shop.ts";

/** FACELESS_CRASH_KILLS asks for a long run, FACELESS_CRASH_SEED for another one. */
const KILLS = Number(process.env.FACELESS_CRASH_KILLS ?? 200);
const SEED = Number(process.env.FACELESS_CRASH_SEED ?? 1);

/** 41 actions for 5 stories. Half of them write in two halves, with time to be killed between. */
const PIPELINE = `
axes:
  story: { files: "scripts/\${story}.txt" }
  size: { values: [s, m, l] }
targets:
  loud: { run: "tr a-z A-Z < \${in.text} > \${out}", in: { text: "scripts/\${story}.txt" }, out: "loud/\${story}.txt" }
  slow: { run: "head -c 3 \${in.text} > \${out}; sleep 0.05; tail -c +4 \${in.text} >> \${out}", in: { text: loud }, out: "slow/\${story}.txt" }
  sized: { run: "printf %s: \${size} > \${out}; sleep 0.02; cat \${in.text} >> \${out}", in: { text: loud }, out: "sized/\${story}_\${size}.txt" }
  pair: { run: "head -c 4 \${in.text} > \${out.head}; sleep 0.02; tail -c +5 \${in.text} > \${out.tail}; echo >> \${out.tail}", in: { text: slow }, out: { head: "pair/\${story}.head", tail: "pair/\${story}.tail" } }
  note: { run: "wc -c < \${in.text} > \${out}", in: { text: loud }, out: "note/\${story}.txt" }
  sum: { run: "cat \${in.parts} > \${out}", in: { parts: [sized, pair.head, pair.tail, note] }, out: "sum/\${story}.txt" }
  all: { run: "cat \${in.parts} > \${out}", in: { parts: sum }, out: all.txt }
`;

const STORIES = ["a", "b", "c", "d", "e"];
const WORDS = ["river", "mountain", "lamp", "winter"];

type Texts = Readonly<Record<string, string>>;

/** What an undisturbed build makes of the stories. */
function expected(texts: Texts): Record<string, string> {
  const made: Record<string, string> = {};
  for (const [story, text] of Object.entries(texts)) {
    const loud = text.toUpperCase();
    made[`loud/${story}.txt`] = made[`slow/${story}.txt`] = loud;
    for (const size of ["s", "m", "l"]) made[`sized/${story}_${size}.txt`] = `${size}:${loud}`;
    made[`pair/${story}.head`] = loud.slice(0, 4);
    made[`pair/${story}.tail`] = `${loud.slice(4)}\n`;
    made[`note/${story}.txt`] = `${loud.length}\n`;
    const parts = [
      ...["s", "m", "l"].map((size) => `sized/${story}_${size}.txt`),
      ...[`pair/${story}.head`, `pair/${story}.tail`, `note/${story}.txt`],
    ];
    made[`sum/${story}.txt`] = parts.map((path) => made[path]).join("");
  }
  made["all.txt"] = Object.keys(texts)
    .map((story) => made[`sum/${story}.txt`])
    .join("");
  return made;
}

/** A project that is killed again and again, and all that was ever right in it. */
class Victim {
  readonly shop: CliShop;
  texts: Record<string, string> = {};
  /** Path and content, of what was ever to be made. */
  readonly #right = new Set<string>();
  /** What a build said to have finished, each with what it was made from. */
  readonly #told = new Set<string>();

  constructor(shop: CliShop) {
    this.shop = shop;
  }

  edit(story: string, text: string): void {
    this.shop.write(`scripts/${story}.txt`, text);
    this.texts[story] = text;
    if (Object.keys(this.texts).length < STORIES.length) return;
    for (const entry of Object.entries(expected(this.texts))) this.#right.add(entry.join("\0"));
  }

  /** Holds whether a build was killed or came to its end. */
  check({ events, stderr, problems, notices }: Ended): void {
    const { texts } = this;
    const story = (action: string) => STORIES.find((one) => new RegExp(`/${one}[._]`).test(action));
    const name = (action: string) => JSON.stringify([action, texts[story(action) ?? ""] ?? texts]);
    const again = events.flatMap((event) =>
      event.type === "started" && this.#told.has(name(event.action)) ? [event.action] : [],
    );
    expect(again, "finished work is not done again").toEqual([]);
    expect([stderr, problems, notices], "nothing needs a repair").toEqual(["", [], []]);
    for (const event of events)
      if (event.type === "finished" && event.outcome === "ran") this.#told.add(name(event.action));
    const wrong = Object.entries(this.shop.outputs()).filter((entry) => !this.#right.has(entry.join("\0")));
    expect(wrong, "what is there is whole").toEqual([]);
  }

  /** An undisturbed build. */
  async finish(): Promise<void> {
    const ended = await this.shop.build();
    this.check(ended);
    expect(ended.code).toBe(0);
    expect(this.shop.outputs()).toEqual(expected(this.texts));
    expect(this.shop.leftovers()).toEqual([]);
  }
}

function victim(): Victim {
  const one = new Victim(cliShop(PIPELINE));
  for (const story of STORIES) one.edit(story, `the story of ${story}`);
  return one;
}

/** Waits for a moment that the dice choose: so many milliseconds from the first event on, or so many events. */
async function moment(running: Running, roll: (count: number) => number): Promise<void> {
  if (roll(2) === 0) {
    let left = 1 + roll(25);
    await running.event(() => --left <= 0);
    return;
  }
  await running.event(() => true);
  await Promise.race([delay(roll(150)), running.ended]);
}

test(`${KILLS} kills at any moment, with edits between: every build goes on where the last one was`, {
  timeout: 0,
}, async () => {
  const roll = dice(SEED);
  const one = victim();
  for (let kills = 0; kills < KILLS; ) {
    const running = one.shop.start();
    await moment(running, roll);
    const all = roll(3) > 0;
    (all ? killAll : killEngine)(running);
    const ended = await running.ended;
    one.check(ended);
    if (ended.code === null) kills += 1;
    else expect(one.shop.outputs()).toEqual(expected(one.texts));
    if (ended.code !== null || roll(3) === 0)
      one.edit(STORIES[roll(5)]!, `${WORDS[roll(4)]} and ${WORDS[roll(4)]} ${kills}`);
    if (kills % 20 === 19) await one.finish();
  }
  await one.finish();
  const undisturbed = cliShop(
    PIPELINE,
    Object.fromEntries(STORIES.map((story) => [`scripts/${story}.txt`, one.texts[story]!])),
  );
  expect((await undisturbed.build()).code).toBe(0);
  expect(one.shop.outputs()).toEqual(undisturbed.outputs());
});

test("the engine alone is killed, and started again at once, while its child still writes", async () => {
  const shop = cliShop("");
  const go = shop.path("/go");
  const ready = shop.path("/ready");
  // Both halves by the same path; whoever is left of the first attempt writes when the second one does.
  const run = `printf 'first ' > \${out}; echo >> ${ready}; until [ -e ${go} ]; do sleep 0.01; done; printf second >> \${out}`;
  shop.write("/pipelines/p.yaml", JSON.stringify({ targets: { slow: { run, out: "slow.txt" } } }));
  const readies = () => (shop.has("/ready") ? shop.read("/ready").length : 0);
  for (let round = 1; round <= 3; round += 1) {
    const running = shop.start();
    await until(() => readies() === round);
    if (round < 3) killEngine(running);
    else shop.write("/go", "");
    const { code, ran } = await running.ended;
    if (round === 3) expect([code, ran]).toEqual([0, { "slow.txt": "ran" }]);
    else expect(shop.has("slow.txt")).toBe(false);
  }
  expect(shop.read("slow.txt")).toBe("first second");
  expect(await shop.build()).toMatchObject({ code: 0, ran: {} });
  expect(shop.read("slow.txt")).toBe("first second");
});
