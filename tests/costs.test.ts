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
    winter                 3  $0.04          $0.04                   $0.04
  by target
    image                  5  $0.12          $0.04                   $0.08
    logo                   1                                      1
    voice                  1  $0.04
  by month
    2026-10                3  $0.12
    2026-11                4  $0.04          $0.04                1
    2026-12                                                          $0.08
  by model
    studio brush-1         6  $0.16          $0.04
    studio free            1                                      1
  total                    7  $0.16          $0.04                1  $0.08
`);
});

test("as data are exact", async () => {
  const { shop } = await spent();
  const { total, axes, months } = sumCosts(ledgerOf(shop));
  expect(total).toEqual({ name: "total", requests: 7, paid: 0.16, unpriced: 1, maybe: 0.04, saved: 0.08 });
  expect(axes.story!.map(({ name, paid }) => [name, paid])).toEqual([
    ["autumn", 0.12],
    ["winter", 0.04],
  ]);
  expect(months.map(({ name }) => name)).toEqual(["2026-10", "2026-11", "2026-12"]);
});

test("of a project that never paid are one line", () => {
  expect(sayCosts("output/demo", sumCosts([]))).toBe("output/demo\n  nothing was paid for, or saved\n");
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
