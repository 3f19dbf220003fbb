/** A secret is planted and every provider driven through success and every failure: it is found nowhere but on the wire. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { endWorkers } from "../lib/base/offload.ts";
import type { Till } from "../lib/model/purchase.ts";
import { encodePng } from "../lib/providers/offline/art/png.ts";
import type { Use } from "../lib/providers/provider.ts";
import { type ApiServer, KEY, type ServerFault, startApiServer } from "./api-server.ts";
import { EVERY_USE, everything, rig, type Setup } from "./provider-kit.ts";

let server: ApiServer;
beforeEach(async () => {
  server = await startApiServer();
});
afterEach(() => server.close());
afterAll(endWorkers);

/** Every middle part of the key that is long enough to be of use: a half hidden key is a half told one. */
const TRACES = [
  KEY,
  Buffer.from(KEY).toString("base64"),
  encodeURIComponent(KEY),
  KEY.slice(0, 12),
  KEY.slice(-8),
];

function tracesIn(value: unknown): string[] {
  const text = everything(value);
  return TRACES.filter((trace) => text.includes(trace));
}

const ECHO = `The key ${KEY} (${KEY.slice(0, 8)}********${KEY.slice(-4)}) as "Bearer ${KEY}" is not good.`;
const refused = (status: number, code: string): ServerFault => ({
  status,
  headers: { "x-request-id": KEY },
  body: { error: { code, type: KEY, message: ECHO }, detail: { status: code, message: ECHO } },
});

const FAULTS: Readonly<Record<string, readonly (ServerFault | undefined)[]>> = {
  success: [undefined],
  "asked too often": [refused(429, "rate_limit_exceeded")],
  "no quota": [refused(429, "insufficient_quota")],
  "wrong key": [refused(401, "invalid_api_key")],
  firewall: [{ status: 403, body: { error: { code: "403", message: `Firewall rules. ${ECHO}` } } }],
  "not allowed": [refused(403, "forbidden")],
  "no such model": [refused(404, "DeploymentNotFound")],
  "content policy": [refused(400, "moderation_blocked")],
  "another no": [refused(400, KEY)],
  "a page that repeats it": [{ status: 502, body: ECHO }],
  "pages with status 200 that repeat it": Array.from({ length: 4 }, () => ({
    page: `<html>The key ${KEY} is known. ${ECHO}</html>`,
  })),
  "answers of another shape that repeat it": Array.from({ length: 4 }, () => ({
    status: 200,
    body: { key: KEY },
  })),
  "down for long": Array.from({ length: 8 }, () => refused(503, "unavailable")),
  "cut off for long": Array.from({ length: 4 }, () => "truncate" as const),
  "no answer for long": Array.from({ length: 4 }, () => "html" as const),
  "another shape for long": Array.from({ length: 4 }, () => "shape" as const),
  "reset for long": Array.from({ length: 4 }, () => "reset" as const),
};

/** Answers that a service takes money for, with the key in what is read, kept and booked of them. */
const TELLTALES = {
  text: {
    choices: [
      {
        finish_reason: "stop",
        message: { content: JSON.stringify({ title: KEY, scenes: [`Bearer ${KEY}`], note: null }) },
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 1, [KEY]: `for ${KEY}` },
  },
  image: {
    data: [{ b64_json: Buffer.from(encodePng(new Uint8Array(4), 1, 1)).toString("base64") }],
    usage: { input_tokens: 1, output_tokens: 1, billed_to: KEY },
  },
};

/** All that one use of a provider tells, throws, makes, buys and keeps while it meets the faults. */
async function driven(
  setup: Setup,
  use: Use,
  faults: readonly (ServerFault | undefined)[],
): Promise<unknown[]> {
  const seen: unknown[] = [];
  const till: Till = {
    async buy(purchase, send) {
      seen.push(purchase);
      try {
        const answer = await send();
        seen.push(answer);
        return answer.body;
      } catch (error) {
        seen.push(error);
        throw error;
      }
    },
  };
  const { use: ask, notices, reports, provider } = await rig(setup, server);
  server.script(...faults);
  await ask(use, { till }).then(
    (made) => seen.push(made),
    (error: unknown) => seen.push(error),
  );
  // What stays behind in an instance is not written anywhere; what it tells is.
  expect(reports).not.toEqual([]);
  seen.push(notices, reports, provider.make[use]!().identity);
  expect(server.log.length).toBeGreaterThan(0);
  expect(everything(server.log)).toContain(KEY);
  return seen;
}

describe.each(EVERY_USE.filter(({ setup }) => setup.key !== undefined))("$name: $use", ({ use, setup }) => {
  test.each(Object.entries(FAULTS))("%s", async (_, faults) => {
    expect(tracesIn(await driven(setup, use, faults))).toEqual([]);
  });
});

describe.each(EVERY_USE.filter(({ setup, use }) => setup.paid && use in TELLTALES))(
  "$name: $use, good answers that repeat it",
  ({ use, setup }) => {
    test("are kept, read and booked without it", async () => {
      const body = TELLTALES[use as keyof typeof TELLTALES];
      const seen = await driven(setup, use, [{ status: 200, body }]);
      expect(server.log).toHaveLength(1);
      expect(tracesIn(seen)).toEqual([]);
      expect(everything(seen)).toContain("*".repeat(KEY.length));
    });
  },
);

test("the test itself would find one", () => {
  expect(tracesIn([new Error(`x ${KEY}`)])).toContain(KEY);
  expect(tracesIn({ a: { cause: new Error("x", { cause: new Error(KEY) }) } })).toContain(KEY);
  expect(tracesIn({ body: Buffer.from(KEY) })).toContain(KEY);
  expect(tracesIn({ key: KEY.slice(-8) })).toEqual([KEY.slice(-8)]);
});
