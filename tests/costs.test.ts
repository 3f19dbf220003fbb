/** The sums of a ledger: by story, target, month and model; whole texts. */
import { expect, test } from "vitest";
import { sayDollars } from "../lib/base/money.ts";
import { Places } from "../lib/engine/place.ts";
import { sayCosts, sumCosts } from "../lib/report/costs.ts";
import { ledgerOf, paidTools, painter, payShop } from "./pay-kit.ts";

const STORIES = `
axes:
  story: { values: [autumn, winter] }
  scene: { values: [1, 2] }
targets:
  image: { task: paint, with: { texts: ["\${story} \${scene}"] }, out: "images/\${story}_\${scene}.txt" }
  voice: { task: paint, with: { texts: ["say \${story}"] }, out: "audio/\${story}.txt" }
  logo: { task: paint, with: { texts: [logo] }, out: logo.txt }
`;

const month = (number: number) => () => Date.UTC(2026, number - 1, 20);

/** Autumn in October, winter in November; one request lost, one refused, one of no known price, two results restored. */
async function spent() {
  const made = await payShop(STORIES);
  const { studio, shop, build } = made;
  const autumn = ["images/autumn_1.txt", "images/autumn_2.txt", "audio/autumn.txt"];
  await build({ goals: autumn, now: month(10) });
  studio.next = ["refusal", "cut"];
  await build({ goals: ["images/winter_1.txt"], now: month(11) });
  await build({ goals: ["images/winter_1.txt"], now: month(11) });
  await build({ goals: ["images/winter_1.txt"], now: month(11), payAgain: true });
  await build({
    goals: ["logo.txt"],
    now: month(11),
    tools: paidTools(painter(studio, null, "free"), "free"),
  });
  shop.remove("images");
  await build({ goals: ["images/autumn_1.txt", "images/winter_1.txt"], now: month(12) });
  return made;
}

test("are told in columns, of which each has something in it", async () => {
  const { shop } = await spent();
  expect(sayCosts("output/demo", sumCosts(ledgerOf(shop)))).toBe(`output/demo
                    requests   paid  maybe charged  without a price  saved
  by story
    autumn                 3  $0.12                                  $0.04
    winter                 2  $0.04          $0.04                   $0.04
    (no story)             1                                      1
  by target
    image                  4  $0.12          $0.04                   $0.08
    logo                   1                                      1
    voice                  1  $0.04
  by month
    2026-10                3  $0.12
    2026-11                3  $0.04          $0.04                1
    2026-12                                                          $0.08
  by model
    studio brush-1         5  $0.16          $0.04
    studio free            1                                      1
  total                    6  $0.16          $0.04                1  $0.08
`);
});

test("as data are exact", async () => {
  const { shop } = await spent();
  const { total, axes, months } = sumCosts(ledgerOf(shop));
  expect(total).toEqual({ name: "total", requests: 6, paid: 0.16, unpriced: 1, maybe: 0.04, saved: 0.08 });
  expect(axes.story!.map(({ name, paid }) => [name, paid])).toEqual([
    ["autumn", 0.12],
    ["winter", 0.04],
    ["(no story)", 0],
  ]);
  expect(months.map(({ name }) => name)).toEqual(["2026-10", "2026-11", "2026-12"]);
});

test("count an answer of no use by what it cost, and as nothing that may have been charged", async () => {
  const { studio, shop, build } = await payShop(STORIES);
  studio.next = ["useless"];
  await build({ goals: ["logo.txt"], now: month(11) });
  await build({ goals: ["logo.txt"], now: month(11) });
  expect(sumCosts(ledgerOf(shop)).total).toMatchObject({ requests: 2, paid: 0.08, maybe: 0, unpriced: 0 });
});

test("of a project that never paid are one line", () => {
  expect(sayCosts("output/demo", sumCosts([]))).toBe("output/demo\n  nothing was paid for, or saved\n");
});

test("of what was refused alone are none", async () => {
  const { shop, studio, build } = await payShop(STORIES);
  studio.next = ["refusal"];
  await build({ goals: ["logo.txt"] });
  expect(ledgerOf(shop).map(({ kind }) => kind)).toEqual(["intent", "refused"]);
  expect(sayCosts("output/demo", sumCosts(ledgerOf(shop)))).toBe(
    "output/demo\n  nothing was paid for, or saved\n",
  );
});

test("add up on every axis, whichever comes first", async () => {
  const { shop, build } = await payShop(`
axes:
  story: { values: [autumn] }
  platform: { values: [wide] }
targets:
  voice: { task: paint, with: { texts: ["\${story}"] }, out: "audio/\${story}.txt" }
  image: { task: paint, with: { texts: ["\${platform} \${story}"] }, out: "images/\${platform}_\${story}.txt" }
  badge: { task: paint, with: { texts: ["\${platform}"] }, out: "badges/\${platform}.txt" }
`);
  await build();
  const { axes, total } = sumCosts(ledgerOf(shop));
  const counts = Object.entries(axes).map(([axis, rows]) => [
    axis,
    rows.map(({ name, requests }) => [name, requests]),
  ]);
  expect([total.requests, Object.fromEntries(counts)]).toEqual([
    3,
    {
      story: [
        ["autumn", 2],
        ["(no story)", 1],
      ],
      platform: [
        ["wide", 2],
        ["(no platform)", 1],
      ],
    },
  ]);
});

test("of drafts are in a ledger of their own, which outlives the drafts", async () => {
  const { shop, build } = await payShop(STORIES);
  await build({ places: new Places(shop.root, "output/demo", true), goals: ["logo.txt"] });
  shop.remove("draft");
  expect(sumCosts(ledgerOf(shop, "ledger-drafts")).total).toMatchObject({ requests: 1, paid: 0.04 });
});

test.each([
  [0, "$0.00"],
  [0.000042, "$0.000042"],
  [0.0004, "$0.0004"],
  [0.0125, "$0.013"],
  [0.053, "$0.053"],
  [0.6, "$0.60"],
  [12.3, "$12.30"],
] as const)("%f dollars are told as %s", (amount, text) => {
  expect(sayDollars(amount)).toBe(text);
});
