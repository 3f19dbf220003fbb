/** kill -9 and failing services: shown by the server's own log that no successful paid call is made twice unasked. */
import { readdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { isJsonObject } from "../lib/base/json.ts";
import type { LedgerRecord } from "../lib/model/ledger.ts";
import { LedgerReader } from "../lib/store/ledger.ts";
import type { LoggedRequest, ServerFault } from "./api-server.ts";
import { type CliShop, dice, type Ended, killEngine } from "./cli-shop.ts";
import { type PaidRepo, paidRepo } from "./paid-repo.ts";

const SCENES = 12;
const KILLS = 5;
/** With it each of the faults is met. */
const DEFAULT_SEED = "2";
/** FACELESS_CHAOS_SEED asks for another run. */
const SEED = process.env.FACELESS_CHAOS_SEED ?? DEFAULT_SEED;

const soon = { "retry-after-ms": "1" };

/** Seconds for a request, so that a stall is over soon. */
const TIMEOUT = 3;

/** What cuts a request off after it was charged; who was cut off may have lost a good answer. */
const CUTS: readonly ServerFault[] = ["reset", "truncate", "stall", "stall-body"];

/** The first three cost nothing, the others were charged before they failed. */
const FAULTS: readonly ServerFault[] = [
  { status: 429, body: { error: { code: "rate_limit_exceeded", message: "Slow down" } }, headers: soon },
  { status: 500, headers: soon },
  { status: 503, headers: soon },
  ...CUTS,
  "short",
  "html",
  "shape",
];

/** A WAV that ends early is a shorter WAV. */
const faultsOf = (route: string | undefined) => FAULTS.filter((one) => route !== "speech" || one !== "short");

/** What was asked for: "scene 07 wide", "scene 07 spoken". */
function workOf({ body }: LoggedRequest): string {
  if (!isJsonObject(body)) throw new Error(`no request of ours: ${JSON.stringify(body)}`);
  const number = /\d\d/.exec(String(body.prompt ?? body.input))![0];
  return `scene ${number} ${{ "96x64": "wide", "64x96": "tall" }[String(body.size)] ?? "spoken"}`;
}

/** The same of an action's id. */
function workFor(action: string): string {
  const [, number, platform] = /a_(\d\d)(?:_(wide|tall))?\./.exec(action)!;
  return `scene ${number} ${platform ?? "spoken"}`;
}

/** How often each was sold: a good answer was sent, whether or not anybody was left to read it. */
function sold(log: readonly LoggedRequest[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const request of log) {
    if (request.fault !== undefined || !request.charged) continue;
    counts.set(workOf(request), (counts.get(workOf(request)) ?? 0) + 1);
  }
  return counts;
}

function ledgerOf(shop: CliShop): readonly LedgerRecord[] {
  return new LedgerReader(shop.path(".faceless/ledger"), "ledger").readOn().records;
}

/** Work to how often the user has let it be bought again. */
function consents(records: readonly LedgerRecord[]): ReadonlyMap<string, number> {
  const works = new Map(
    records.flatMap((record) =>
      record.kind === "intent" ? [[record.id, workFor(record.action)] as const] : [],
    ),
  );
  const counts = new Map<string, number>();
  for (const record of records) {
    if (record.kind !== "consented") continue;
    const work = works.get(record.ids[0]!)!;
    counts.set(work, (counts.get(work) ?? 0) + 1);
  }
  return counts;
}

const countBy = <Item>(items: readonly Item[], name: (item: Item) => string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(name(item), (counts.get(name(item)) ?? 0) + 1);
  return counts;
};

/** Works to how often each was paid for, and how often it may have been besides, as the ledger has it. */
function booked(records: readonly LedgerRecord[]): Record<"paid" | "maybe", ReadonlyMap<string, number>> {
  const idsOf = (...kinds: readonly LedgerRecord["kind"][]) =>
    new Set(records.flatMap((record) => ("id" in record && kinds.includes(record.kind) ? [record.id] : [])));
  const [paid, ended] = [idsOf("paid"), idsOf("paid", "unusable", "refused")];
  const intents = records.flatMap((record) => (record.kind === "intent" ? [record] : []));
  const work = ({ action }: (typeof intents)[number]) => workFor(action);
  return {
    paid: countBy(
      intents.filter(({ id }) => paid.has(id)),
      work,
    ),
    maybe: countBy(
      intents.filter(({ id }) => !ended.has(id)),
      work,
    ),
  };
}

const soldTwice = (log: readonly LoggedRequest[]) =>
  [...sold(log)].flatMap(([work, count]) => (count > 1 ? [work] : []));

/** Actions that were not tried, since nobody knows whether they were paid for. */
const maybeCharged = ({ events }: Ended) =>
  events.flatMap((event) =>
    event.type === "finished" &&
    / may have been charged, .* It was not sent again\.$/.test(event.problem?.message ?? "")
      ? [event.action]
      : [],
  );

/** Failures by a request that may have been charged, which no note tells of any more. */
const ENDED_LOST = /^studio (cannot be reached, or was cut off|took too long|gave an answer that is none)/;

/** Builds to the end. All that may have been charged meanwhile is told: each request by a note or a failure, and in sum. */
async function buildAndCount({ shop, server, env }: PaidRepo, ...words: string[]): Promise<Ended> {
  const [before, asked] = [ledgerOf(shop).length, server.log.length];
  const ended = await shop.build({ args: ["-k", "-j", "4", ...words], env });
  const written = ledgerOf(shop).slice(before);
  const lost = new Set(written.flatMap((record) => (record.kind === "lost" ? [record.id] : [])));
  const notes = ended.notices.filter((text) =>
    text.includes(" a request failed, and may have been charged "),
  );
  const failures = ended.problems.filter((text) => ENDED_LOST.test(text));
  expect(notes.length + failures.length, "each of them is told").toBe(lost.size);
  const estimates = written.flatMap((record) =>
    record.kind === "intent" && lost.has(record.id) ? [record.estimate!] : [],
  );
  const last = ended.events.at(-1)!;
  const spending = last.type === "build-finished" ? last.spending : undefined;
  expect(spending?.maybe ?? 0, "and in sum").toBeCloseTo(
    estimates.reduce((sum, dollars) => sum + dollars, 0),
    9,
  );
  expectFewRepeats(server.log.slice(asked));
  return ended;
}

/** Of one build. */
function expectFewRepeats(log: readonly LoggedRequest[]): void {
  const charged = log.filter((request) => request.charged);
  const cut = charged.filter(({ fault }) => fault !== undefined && CUTS.includes(fault));
  const above = (counts: ReadonlyMap<string, number>, most: number) =>
    [...counts].filter(([, count]) => count > most);
  expect(above(countBy(charged, workOf), 3), "none is charged more than three times").toEqual([]);
  expect(above(countBy(cut, workOf), 2), "what was cut off is asked once more at most").toEqual([]);
}

/** Builds, and kills the engine while requests are under way. */
async function buildAndKill({ shop, server, env }: PaidRepo, requests: number): Promise<void> {
  const asked = server.log.length;
  const running = shop.start({ args: ["-k", "-j", "4"], env });
  await Promise.race([server.arrived(server.log.length + requests), running.ended]);
  killEngine(running);
  const { code } = await running.ended;
  expect(code, "it was killed while it was buying").toBe(null);
  expectFewRepeats(server.log.slice(asked));
}

test(`${SCENES} scenes through 30 % faults and ${KILLS} kills: no call that succeeded is made twice, but by consent`, {
  timeout: 0,
}, async () => {
  const repo = await paidRepo(SCENES, { timeout: TIMEOUT });
  const { shop, server, env } = repo;
  server.chaos(SEED, 0.3, faultsOf);
  server.latency = 50;
  const roll = dice(Number(SEED));
  for (let kill = 0; kill < KILLS; kill += 1) await buildAndKill(repo, 2 + roll(3));

  // Without consent, all is made but what the killed ones were asking for, and what was lost for good.
  const open = maybeCharged(await buildAndCount(repo));
  expect(open.length, "at least one request was under way at each kill").toBeGreaterThanOrEqual(KILLS);
  const before = server.log.length;
  const again = maybeCharged(await buildAndCount(repo));
  expect(again, "asked again, they are not sent either").toEqual(expect.arrayContaining(open));
  const asked = server.log.slice(before).map(workOf);
  expect(open.filter((action) => asked.includes(workFor(action)))).toEqual([]);
  expect(soldTwice(server.log), "nothing is sold twice before the user consents").toEqual([]);

  // With consent all is made; a build that the faults defeat is begun again.
  for (let builds = 0; ; builds += 1) {
    expect(builds, "it is through after a few builds").toBeLessThan(5);
    if ((await buildAndCount(repo, "--pay-again")).code === 0) break;
  }
  const given = consents(ledgerOf(shop));
  const counts = sold(server.log);
  expect(counts.size).toBe(SCENES * 3);
  const unconsented = [...counts].filter(([work, count]) => count > 1 + (given.get(work) ?? 0));
  expect(unconsented, "whatever was sold again, the user had let it").toEqual([]);

  // By the server's log: whatever was charged beyond one answer, good or lost, the ledger tells as what may have been.
  const { paid, maybe } = booked(ledgerOf(shop));
  expect([...paid.values()], "each is paid for once").toEqual(Array(SCENES * 3).fill(1));
  const charged = countBy(
    server.log.filter((request) => request.charged),
    workOf,
  );
  const untold = [...charged].filter(([work, count]) => count > 1 + (maybe.get(work) ?? 0));
  expect(untold, "nothing is charged that is not told").toEqual([]);
  const met = new Set(server.log.map(({ fault }) => JSON.stringify(fault)));
  const unmet = FAULTS.filter((fault) => !met.has(JSON.stringify(fault)));
  if (SEED === DEFAULT_SEED) expect(unmet, "each fault was met").toEqual([]);

  // What is finished costs nothing any more, even where all that was made is removed.
  const bought = server.log.length;
  expect((await shop.build({ env })).ran).toEqual({});
  for (const folder of ["images", "audio", "final"]) rmSync(shop.path(folder), { recursive: true });
  const restored = await shop.build({ args: ["-k"], env });
  expect([restored.code, server.log.length]).toEqual([0, bought]);
  expect(readdirSync(shop.path("images"))).toHaveLength(SCENES * 2);
  expect(readdirSync(shop.path("/.faceless/cache/answers"))).toEqual([]);
});
