/** What each error of a request means: a table. */

import { describe, expect, test } from "vitest";
import { shorten } from "../lib/base/shorten.ts";
import { classify } from "../lib/providers/call/classify.ts";
import { BadAnswer, FAULTS } from "../lib/providers/call/fault.ts";
import { backoff, retryAfter } from "../lib/providers/call/retry-after.ts";
import { scrub } from "../lib/providers/call/scrub.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

/** An error as our own requests throw it: `error` is the answer's JSON, or what stands under "error" there. */
function status(number: number, error: unknown, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(`${number} status`), {
    status: number,
    error,
    headers: new Headers(headers),
  });
}

function fetchFailed(code: string, message = code): Error {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code }) });
}

const wrapped = (cause: Error) => new Error("Connection error.", { cause });

const VNET = "Access denied due to Virtual Network/Firewall rules.";
const CORRECT_ENDPOINT =
  "A Virtual Network is configured for this resource. Please use the correct endpoint for making requests.";

const BLOCKED =
  "Your resource has been temporarily blocked because we detected behavior that may violate our content policy. For more details on Azure OpenAI service content policy, please visit https://aka.ms/aoaicodeofconduct";

test.each([
  ["429", status(429, { message: "slow" }), "rate-limit", "no"],
  ["429 quota", status(429, { code: "insufficient_quota" }), "quota", "no"],
  ["429 quota by its type", status(429, { code: null, type: "insufficient_quota" }), "quota", "no"],
  ["401 quota of ElevenLabs", status(401, { detail: { status: "quota_exceeded" } }), "quota", "no"],
  ["402", status(402, undefined), "quota", "no"],
  ["401", status(401, { code: "invalid_api_key" }), "authentication", "no"],
  ["403 of Azure's firewall", status(403, { code: "403", message: VNET }), "network-rule", "no"],
  ["403 of Azure's network", status(403, { code: "403", message: CORRECT_ENDPOINT }), "network-rule", "no"],
  ["403 of a blocked resource", status(403, { code: "Forbidden", message: BLOCKED }), "blocked", "no"],
  ["301", status(301, undefined, { location: "https://new.example/v1" }), "moved", "no"],
  ["308", status(308, undefined, { location: "/login" }), "moved", "no"],
  ["304 is no redirect", status(304, undefined, { location: "/login" }), "rejected", "no"],
  [
    "403 by the content policy",
    status(403, { code: "ResponsibleAIPolicyViolation", message: "Access has been blocked." }),
    "blocked",
    "no",
  ],
  ["403", status(403, { message: "Your organization must be verified." }), "forbidden", "no"],
  ["404", status(404, { code: "DeploymentNotFound" }), "not-found", "no"],
  ["400 moderation", status(400, { code: "moderation_blocked" }), "policy", "no"],
  ["400 policy", status(400, { code: "content_policy_violation" }), "policy", "no"],
  ["400 filter", status(400, { code: "content_filter" }), "policy", "no"],
  [
    "400 filter, within",
    status(400, { code: "400", innererror: { code: "ResponsibleAIPolicyViolation" } }),
    "policy",
    "no",
  ],
  ["400 of Azure's images", status(400, { code: "contentFilter" }), "policy", "no"],
  ["400", status(400, { code: "invalid_value" }), "rejected", "no"],
  ["413", status(413, undefined), "rejected", "no"],
  ["422", status(422, undefined), "rejected", "no"],
  ["409", status(409, undefined), "server", "no"],
  ["500", status(500, undefined), "server", "no"],
  ["503", status(503, undefined), "server", "no"],
  ["408", status(408, undefined), "server", "maybe"],
  ["502", status(502, undefined), "server", "maybe"],
  ["504", status(504, undefined), "server", "maybe"],
  ["524 of Cloudflare", status(524, undefined), "server", "maybe"],
  ["refused", fetchFailed("ECONNREFUSED"), "connection", "no"],
  ["no such host", wrapped(fetchFailed("ENOTFOUND")), "connection", "no"],
  ["no connection in time", fetchFailed("UND_ERR_CONNECT_TIMEOUT"), "connection", "no"],
  ["wrong certificate", fetchFailed("DEPTH_ZERO_SELF_SIGNED_CERT"), "connection", "no"],
  ["reset", wrapped(fetchFailed("ECONNRESET")), "connection", "maybe"],
  ["closed", fetchFailed("UND_ERR_SOCKET", "other side closed"), "connection", "maybe"],
  ["cut off", new TypeError("terminated", { cause: new Error("other side closed") }), "connection", "maybe"],
  ["no headers in time", fetchFailed("UND_ERR_HEADERS_TIMEOUT"), "timeout", "maybe"],
  ["deadline", new DOMException("late", "TimeoutError"), "timeout", "maybe"],
  ["no answer", new BadAnswer("no JSON"), "bad-answer", "maybe"],
  ["another shape", new BadAnswer("at 'title'", "off-shape"), "off-shape", "maybe"],
  [
    "another shape, with its usage",
    new BadAnswer("at 'title'", "off-shape", { cost: 0.01, usage: { tokens: 3 } }),
    "off-shape",
    { cost: 0.01, usage: { tokens: 3 } },
  ],
])("%s", (_, error, kind, charged) => expect(classify(error, NOW)).toMatchObject({ kind, charged }));

describe("an unknown voice, as services tell it", () => {
  const enumerated =
    "[{'type': 'enum', 'loc': ('body', 'voice'), 'msg': \"Input should be 'nova' or 'alloy'\", 'input': 'v-9'}]";
  const told = (code: string, message = "no.") => ({ detail: { status: code, message } });
  test.each([
    ["ElevenLabs, 404", status(404, told("voice_not_found"))],
    ["ElevenLabs, 400", status(400, told("voice_does_not_exist"))],
    [
      "ElevenLabs, of what is no id",
      status(400, told("invalid_uid", "An invalid ID has been received: 'v-9'.")),
    ],
    [
      "OpenAI, by its param",
      status(400, { code: "invalid_value", param: "voice", message: "Invalid value." }),
    ],
    [
      "Kokoro-FastAPI",
      status(400, {
        detail: { error: "validation_error", message: "Voice 'v-9' not found. Available voices: af_nova" },
      }),
    ],
    ["OpenAI, by a list", status(400, { code: null, param: null, message: enumerated })],
  ])("%s", (_, error) => {
    expect(classify(error, NOW, "v-9")).toMatchObject({ kind: "no-voice", charged: "no" });
    expect(classify(error, NOW).kind, "where none was asked for").not.toBe("no-voice");
  });

  test.each([
    [
      "another id",
      status(400, told("invalid_uid", "An invalid ID has been received: 'my_model'.")),
      "rejected",
    ],
    ["a model", status(404, told("model_not_found")), "not-found"],
    ["another parameter", status(400, { code: "invalid_value", param: "speed", message: "no." }), "rejected"],
  ])("%s is none", (_, error, kind) => expect(classify(error, NOW, "v-9").kind).toBe(kind));
});

test.each([
  ["https://new.example/v1/images?key=sk-1#top", "https://new.example/v1/images"],
  ["https://user:pass@new.example/v1", "https://new.example/v1"],
  ["/login?next=%2Fv1", "/login"],
  [undefined, "no other address is given"],
])("where it has moved to, %s, is told without what may be secret", (location, message) => {
  const error = status(302, undefined, location === undefined ? {} : { location });
  expect(classify(error, NOW)).toEqual({ kind: "moved", charged: "no", status: 302, message });
});

test("a mistake of ours is thrown on", () => {
  const mistake = new TypeError("x is not a function");
  expect(() => classify(mistake, NOW)).toThrow(mistake);
  expect(() => classify("what?", NOW)).toThrow("what?");
  const argument = Object.assign(new TypeError("Invalid character in header"), { code: "ERR_INVALID_CHAR" });
  expect(() => classify(argument, NOW)).toThrow(argument);
});

test("of a name with several addresses, the first one's words", () => {
  const each = ["::1", "127.0.0.1"].map((ip) => new Error(`connect ECONNREFUSED ${ip}:1`));
  const all = Object.assign(new AggregateError(each, ""), { code: "ECONNREFUSED" });
  expect(classify(all, NOW)).toEqual({
    kind: "connection",
    charged: "no",
    code: "ECONNREFUSED",
    message: "connect ECONNREFUSED ::1:1",
  });
});

test("the service's own words and name for it", () => {
  const openai = status(400, { code: "invalid_value", message: "Invalid size." });
  expect(classify(openai, NOW)).toMatchObject({
    status: 400,
    code: "invalid_value",
    message: "Invalid size.",
  });
  const plain = status(401, { detail: "Not authenticated" });
  expect(classify(plain, NOW)).toMatchObject({ status: 401, code: undefined, message: "Not authenticated" });
  const whole = status(500, { error: { code: "oops", message: "Oops." } });
  expect(classify(whole, NOW)).toMatchObject({ code: "oops", message: "Oops." });
});

test("what may do better in a while is tried again, and only that", () => {
  const retried = Object.entries(FAULTS).filter(([, { retried }]) => retried);
  expect(retried.map(([kind]) => kind)).toEqual([
    "rate-limit",
    "server",
    "connection",
    "proxy-down",
    "timeout",
    "bad-answer",
    "off-shape",
  ]);
});

describe("how long to wait", () => {
  test.each([
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after-ms": "250", "retry-after": "7" }, 250],
    [{ "retry-after": new Date(NOW + 9_000).toUTCString() }, 9_000],
    [{ "retry-after": new Date(NOW - 9_000).toUTCString() }, 0],
    [{ "retry-after": "soon" }, undefined],
    [{}, undefined],
  ])("%o", (headers, wait) => {
    expect(retryAfter(new Headers(headers), NOW)).toBe(wait);
    expect(classify(status(429, undefined, headers), NOW).wait).toBe(wait);
  });

  test("backoff: up to twice as much each time, up to half a minute, by chance", () => {
    const most = [1, 2, 3, 4, 5, 6, 7].map((failed) => backoff(failed, () => 1));
    expect(most).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(backoff(3, () => 0)).toBe(0);
    expect(backoff(3, () => 0.25)).toBe(1_000);
  });
});

describe("secrets", () => {
  test.each([
    ["key secret-1 is wrong", "key *** is wrong"],
    ["twice secret-1, secret-1", "twice ***, ***"],
    ["a+b/c== as a%2Bb%2Fc%3D%3D", "*** as ***"],
    ["Incorrect API key provided: sk-proj-********wxyz.", "Incorrect API key provided: ***"],
    ["secret-1-of-two", "***"],
  ])("%s", (text, clean) => expect(scrub(text, ["secret-1", "a+b/c==", "", "secret-1-of-two"])).toBe(clean));

  test("a quote is one line, and not too long", () => {
    expect(shorten("two\n lines\tof  text ", 300)).toBe("two lines of text");
    expect(shorten("😀".repeat(400), 300)).toBe(`${"😀".repeat(299)}…`);
  });
});
