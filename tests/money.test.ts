/** What is told of money: by a plan, by a build, by what a budget does not allow; and what a new model costs. */
import { describe, expect, test } from "vitest";
import { Budget } from "../lib/engine/budget.ts";
import { noCounts } from "../lib/engine/tally.ts";
import type { BuildEvent } from "../lib/model/event.ts";
import { plainReport } from "../lib/report/plain.ts";
import { sayRound } from "../lib/report/sentences.ts";
import { Story } from "../lib/watch/story.ts";
import { type Build, kinds, paidTools, painter, payShop } from "./pay-kit.ts";
import { helps } from "./workshop.ts";

/** Two stories with two pictures each, and a film of each. */
const FILMS = `
axes:
  story: { values: [a, b] }
  scene: { values: [1, 2] }
targets:
  image: { task: paint, with: { texts: ["\${story} \${scene}"] }, out: "images/\${story}_\${scene}.txt" }
  film: { task: join, in: { parts: image }, out: "films/\${story}.txt" }
`;

/** What was written on the screen, with every duration as 0.0 s. */
async function told(build: (changes: Build) => Promise<unknown>, changes: Build = {}): Promise<string> {
  let screen = "";
  const onEvent = plainReport(
    (text) => {
      screen += text;
    },
    { verbose: false },
  );
  await build({ now: () => 0, jobs: 1, ...changes, onEvent });
  return screen;
}

describe("a plan", () => {
  test("tells what each action costs, and all of them by target", async () => {
    const { build, studio } = await payShop(FILMS);
    expect(await told(build, { dryRun: true })).toBe(`run       images/a_1.txt  up to $0.04
may run   films/a.txt
run       images/a_2.txt  up to $0.04
run       images/b_1.txt  up to $0.04
may run   films/b.txt
run       images/b_2.txt  up to $0.04
up to $0.16 to pay (image $0.16)
dry run: 4 to run, 2 that may run after them; nothing was changed
`);
    expect(studio.asked).toEqual([]);
  });

  test("says where no price is known", async () => {
    const { build, studio } = await payShop(FILMS);
    const tools = paidTools(painter(studio, null));
    expect(
      await told(build, { dryRun: true, goals: ["films/a.txt"], tools }),
    ).toBe(`run       images/a_1.txt  no price known
may run   films/a.txt
run       images/a_2.txt  no price known
no price known for image
dry run: 2 to run, 1 that may run after them; nothing was changed
`);
  });

  test("says at least, where a list is still to be made that tells how many there are", async () => {
    const { build } = await payShop(`
axes:
  item: { items: "\${list.items}", key: number }
targets:
  title: { task: paint, with: { texts: [title] }, out: title.txt }
  list: { run: "echo '{}' > \${out}", out: list.json }
  image: { task: paint, with: { texts: ["\${item.text}"] }, out: "images/\${item}.txt" }
`);
    expect(await told(build, { dryRun: true })).toBe(`run       title.txt  up to $0.04
run       list.json
at least $0.04 to pay (title $0.04)
dry run: at least 2 to run; nothing was changed
`);
  });

  test("says what may run after it, by what that cost the last time", async () => {
    const { shop, build } = await payShop(`
targets:
  words: { run: "cp \${in.notes} \${out}", in: { notes: ./notes.json }, out: words.json }
  image: { task: paint, with: { texts: ["\${words.text}", two] }, out: image.txt }
  voice: { task: paint, with: { texts: [said, "\${words.said}"] }, out: voice.txt }
`);
    const write = (text: string) => shop.write("notes.json", JSON.stringify({ text, said: "said" }));
    write("one");
    await build();
    write("another");
    expect((await told(build, { dryRun: true })).split("\n").at(-3)).toBe(
      "what may run after it cost $0.12 the last time (image $0.08, voice $0.04)",
    );
  });

  test("says that nothing is known yet, where all that is paid for rests on something to be made", async () => {
    const { shop, build } = await payShop(`
axes:
  item: { items: "\${list.items}", key: number }
targets:
  words: { run: "echo hello > \${out}", out: words.json }
  image: { task: paint, with: { texts: ["\${words.text}"] }, out: image.txt }
  list: { task: split, in: { text: ./notes.txt }, out: list.json }
  said: { task: say, with: { text: "\${item.text}" }, out: "said/\${item}.txt" }
`);
    shop.write("notes.txt", "one");
    expect(await told(build, { dryRun: true })).toBe(`run       words.json
may run   image.txt
run       list.json
run       said/1.txt
what it costs is not known yet
dry run: 3 to run, 1 that may run after them; nothing was changed
`);
  });

  test("counts no list that can only tell of what is free, and a build foretells nothing", async () => {
    const { build, shop } = await payShop(`
axes:
  item: { items: "\${list.items}", key: number }
targets:
  image: { task: paint, with: { texts: [one] }, out: image.txt }
  list: { run: "cat \${in.notes} > \${out}", in: { notes: ./notes.txt }, out: list.json }
  said: { task: say, with: { text: "\${item.text}" }, out: "said/\${item}.txt" }
`);
    shop.write("notes.txt", "none yet");
    expect(await told(build, { goals: ["image.txt"] })).toBe(
      "ran       image.txt  0.0 s  $0.04\n\noutput/demo/image.txt\ndone in 0.0 s: 1 ran; paid $0.04\n",
    );
    expect(await told(build, { dryRun: true })).toBe(
      "run       list.json\ndry run: at least 1 to run, 1 fresh; nothing was changed\n",
    );
  });

  test("says nothing of lists that are not made, where nothing is to be done", async () => {
    const { build, shop } = await payShop(`
axes:
  item: { items: "\${list.items}", key: number }
targets:
  list: { run: "cat \${in.notes} > \${out}", in: { notes: ./notes.txt }, out: list.json }
  title: { task: paint, with: { texts: [title] }, out: title.txt }
  image: { task: paint, with: { texts: ["\${item.text}"] }, out: "images/\${item}.txt" }
`);
    shop.write("notes.txt", "none yet");
    const goals = ["title.txt"];
    expect(await told(build, { goals })).toBe(
      "ran       title.txt  0.0 s  $0.04\n\noutput/demo/title.txt\ndone in 0.0 s: 1 ran; paid $0.04\n",
    );
    expect(await told(build, { goals, dryRun: true })).toBe("nothing to do: 1 fresh\n");
  });

  test("tells nothing of money where nothing is paid for", async () => {
    const { build } = await payShop(`targets:\n  free: { task: say, with: { text: hi }, out: free.txt }\n`);
    expect(await told(build, { dryRun: true })).toBe(
      "run       free.txt\ndry run: 1 to run; nothing was changed\n",
    );
  });

  test("tells what may have been charged before", async () => {
    const { build, studio } = await payShop(FILMS);
    studio.next = ["cut"];
    await build({ goals: ["images/a_1.txt"] });
    expect(
      await told(build, { dryRun: true, goals: ["images/a_1.txt"] }),
    ).toBe(`run       images/a_1.txt  up to $0.04  may have been charged before
up to $0.04 to pay (image $0.04)
dry run: 1 to run; nothing was changed
`);
  });
});

test("a build tells what each action cost, what all did, and what the cache saved", async () => {
  const { shop, build } = await payShop(FILMS);
  expect(
    await told(build, { goals: ["images/a_1.txt", "images/a_2.txt"] }),
  ).toBe(`ran       images/a_1.txt  0.0 s  $0.04
ran       images/a_2.txt  0.0 s  $0.04
done in 0.0 s: 2 ran; paid $0.08
`);
  shop.remove("images");
  expect(
    await told(build, { goals: ["images/a_1.txt", "images/b_1.txt"] }),
  ).toBe(`restored  images/a_1.txt  (images/a_1.txt is missing)
ran       images/b_1.txt  0.0 s  $0.04
done in 0.0 s: 1 ran, 1 restored; paid $0.04; the cache saved $0.04
`);
});

test("a build tells what may have been charged, and of what no price is known", async () => {
  const { studio, build } = await payShop(FILMS);
  studio.next = ["cut"];
  const screen = await told(build, { goals: ["images/a_1.txt"] });
  expect(screen.split("\n").at(-2)).toBe("failed: 1 failed; up to $0.04 may have been charged");
  const tools = paidTools(painter(studio, null));
  expect((await told(build, { goals: ["images/b_1.txt"], tools })).split("\n").at(-2)).toBe(
    "done in 0.0 s: 1 ran; 1 request without a known price",
  );
});

describe("another model", () => {
  const other = (studio: Awaited<ReturnType<typeof payShop>>["studio"]) =>
    paidTools(painter(studio, 0.1, "brush-2"), "studio brush-2");

  test("is not paid for where the user accepts what there is, and the plan says how", async () => {
    const { studio, shop, build } = await payShop(FILMS);
    await build({ now: () => 0 });
    const tools = other(studio);
    const changed = "(tool image changed: studio brush-1 -> studio brush-2)";
    expect(await told(build, { dryRun: true, tools })).toBe(`run       images/a_1.txt  up to $0.10  ${changed}
may run   films/a.txt
run       images/a_2.txt  up to $0.10  ${changed}
run       images/b_1.txt  up to $0.10  ${changed}
may run   films/b.txt
run       images/b_2.txt  up to $0.10  ${changed}
about 0.0 s of work by the last durations (image 0.0 s), and up to 0.0 s after it (film 0.0 s)
up to $0.40 to pay (image $0.40)
\`faceless accept output/demo\` keeps 4 finished outputs that only another tool or version would make anew, which saves $0.40
dry run: 4 to run, 2 that may run after them; nothing was changed
`);
    const accepted = await build({ accept: true, keepGoing: true, tools });
    expect(Object.values(accepted.ran)).toEqual([
      "accepted",
      "accepted",
      "accepted",
      "accepted",
      "fresh",
      "fresh",
    ]);
    expect((await build({ tools })).ran).toEqual(
      Object.fromEntries(Object.keys(accepted.ran).map((path) => [path, "fresh"])),
    );
    expect([studio.asked.length, kinds(shop).length]).toEqual([4, 8]);
  });

  test("is paid for where the user does not", async () => {
    const { studio, build } = await payShop(FILMS);
    await build({ goals: ["images/a_1.txt"] });
    const built = await build({ goals: ["images/a_1.txt"], tools: other(studio) });
    expect([built.ran, studio.asked]).toEqual([{ "images/a_1.txt": "ran" }, ["a 1", "a 1"]]);
    expect(built.events.at(-1)).toMatchObject({ spending: { paid: 0.1 } });
  });
});

describe("a budget", () => {
  test("is not passed by what is in flight together with what is asked now", async () => {
    let answer = () => {};
    const { studio, shop, build } = await payShop(FILMS);
    studio.hold = new Promise((resolve) => {
      answer = resolve;
    });
    let refused = 0;
    const onEvent: Build["onEvent"] = (event) => {
      if (event.type !== "finished" || event.outcome !== "failed") return;
      refused += 1;
      if (refused === 2) answer();
    };
    const budget = new Budget(0.1);
    const built = await build({ budget, jobs: 4, keepGoing: true, goals: ["images"], onEvent });
    const message =
      "a request to studio (brush-1) costs up to $0.04, which would pass the budget of $0.10: $0.00 is spent and up to $0.08 in flight. It was not sent.";
    expect(built.problems).toEqual([message, message]);
    expect(helps(built)[0]).toBe(
      "What was finished is kept. Build again with a higher --budget, or with none.",
    );
    expect([studio.asked.length, kinds(shop)]).toEqual([2, ["intent", "intent", "paid", "paid"]]);
  });

  test("counts what was spent, and what may have been", async () => {
    const { studio, build } = await payShop(FILMS);
    const budget = new Budget(0.1);
    studio.next = ["cut", "answer"];
    const built = await build({ budget, jobs: 1, keepGoing: true, goals: ["images"] });
    expect(studio.asked).toHaveLength(2);
    expect(built.problems[1]).toBe(
      "a request to studio (brush-1) costs up to $0.04, which would pass the budget of $0.10: $0.08 is spent. It was not sent.",
    );
  });

  test("gives back what was refused, and what cost less than was thought", async () => {
    const { studio, build } = await payShop(FILMS);
    studio.next = ["refusal", "refusal", "answer", "answer"];
    const built = await build({ budget: new Budget(0.08), jobs: 1, keepGoing: true, goals: ["images"] });
    expect([studio.asked.length, built.events.at(-1)]).toMatchObject([4, { spending: { paid: 0.08 } }]);
  });

  test("lets nothing be sent that has no price", async () => {
    const { studio, build } = await payShop(FILMS);
    const tools = paidTools(painter(studio, null));
    const built = await build({ budget: new Budget(5), goals: ["images/a_1.txt"], tools });
    expect([built.problems, helps(built), studio.asked]).toEqual([
      [
        "nobody knows what a request to studio (brush-1) costs, and there is a budget of $5.00. It was not sent.",
      ],
      ["Tell what 'brush-1' costs below 'prices:' in faceless.config.yaml, or build without --budget."],
      [],
    ]);
  });
});

test("a round of a watch tells what it was charged, and those that it took over from", () => {
  const told: string[] = [];
  const story = new Story(
    "output/demo",
    (event) => event.type === "watch-round" && told.push(sayRound(event).slice("12:00:00  ".length)),
    () => 1_000,
  );
  const news = { files: ["a.txt"], onlyListed: false, at: 0 };
  const round = (more: Partial<Extract<BuildEvent, { type: "build-finished" }>>) => {
    const counts = { ...noCounts(), ran: 1 };
    story.begin(news);
    story.onEvent({
      type: "build-finished",
      ok: true,
      interrupted: false,
      counts,
      results: [],
      ms: 1,
      ...more,
    });
    story.end(news);
  };
  round({ superseded: true, ok: false, spending: { paid: 0.04, unpriced: 0, maybe: 0.04, saved: 0 } });
  round({ spending: { paid: 0.08, unpriced: 0, maybe: 0, saved: 0.04 } });
  round({});
  expect(told).toEqual([
    "a.txt changed: 1 ran, 1.0 s after the save; paid $0.12, and up to $0.04 more may have been charged; the cache saved $0.04",
    "a.txt changed: 1 ran, 1.0 s after the save",
  ]);
});
