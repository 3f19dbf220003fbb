/** The fetch that waits as long as it is told to: what goes out, what comes in, and how it ends. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { classify } from "../lib/providers/call/classify.ts";
import { patientFetch } from "../lib/providers/call/fetch.ts";
import { type ApiServer, KEY, type ServerFault, startApiServer } from "./api-server.ts";
import { collectGarbage } from "./collect-garbage.ts";

let server: ApiServer;
beforeEach(async () => {
  server = await startApiServer();
});
afterEach(() => server.close());

const fetch = patientFetch({});
const ask = (init: RequestInit = {}) =>
  fetch(`${server.url}/v1/chat/completions?a=b`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ messages: [{ content: "naïve" }] }),
    ...init,
  });

test("method, query, headers and body arrive, and the answer comes back whole", async () => {
  const response = await ask();
  expect([response.status, response.ok, response.headers.get("x-request-id")]).toEqual([
    200,
    true,
    "req_test",
  ]);
  expect(await response.json()).toMatchObject({ object: "chat.completion" });
  expect(server.log[0]).toMatchObject({
    method: "POST",
    path: "/v1/chat/completions",
    query: { a: "b" },
    body: { messages: [{ content: "naïve" }] },
  });
  // No connection is kept: one that is closed meanwhile would make a request uncertain.
  expect(server.log[0]!.headers.connection).toBe("close");
});

test("a form with a file", async () => {
  const body = new FormData();
  body.append("prompt", "a lake");
  body.append("size", "1024x1024");
  body.append("image", new Blob(["bytes"]), "a.png");
  const headers = { authorization: `Bearer ${KEY}` };
  const response = await fetch(`${server.url}/v1/images/edits`, { method: "POST", headers, body });
  expect(response.status).toBe(200);
  expect(server.log[0]!.body).toEqual({
    prompt: "a lake",
    size: "1024x1024",
    image: "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9",
  });
});

test("an error status is an answer", async () => {
  server.script({ status: 429, headers: { "retry-after": "7" } });
  const response = await ask();
  expect([response.ok, response.status, response.headers.get("retry-after")]).toEqual([false, 429, "7"]);
  expect(await response.json()).toEqual({ error: { message: "status 429" } });
});

describe("what goes wrong is told apart", () => {
  const faultOf = async (doing: Promise<unknown>) => {
    const error = await doing.then(
      () => new Error("it succeeded"),
      (error: unknown) => error,
    );
    const { kind, charged } = classify(error, 0);
    return [kind, charged];
  };

  test.each<ServerFault>(["reset", "truncate"])("%s: maybe charged", async (fault) => {
    server.script(fault);
    expect(await faultOf(ask().then((response) => response.arrayBuffer()))).toEqual(["connection", "maybe"]);
  });

  test("nobody there: not charged", async () => {
    const gone = await startApiServer();
    await gone.close();
    expect(await faultOf(fetch(gone.url, { method: "POST", body: "{}" }))).toEqual(["connection", "no"]);
    expect(await faultOf(fetch("http://no-such-host.invalid/"))).toEqual(["connection", "no"]);
  });
});

describe("an abort ends it", () => {
  const stopped = new DOMException("late", "TimeoutError");

  test("before it begins", async () => {
    await expect(ask({ signal: AbortSignal.abort(stopped) })).rejects.toBe(stopped);
    expect(server.log).toEqual([]);
  });

  test.each<ServerFault>(["stall", "stall-body"])("while it waits: %s", async (fault) => {
    server.script(fault);
    const controller = new AbortController();
    const answer = ask({ signal: controller.signal }).then((response) => response.arrayBuffer());
    await server.arrived(1);
    controller.abort(stopped);
    await expect(answer).rejects.toThrow();
  });

  test.each<ServerFault>(["stall", "stall-body"])("also after memory was reclaimed: %s", async (fault) => {
    server.script(fault);
    const controller = new AbortController();
    const answer = ask({ signal: controller.signal }).then((response) => response.arrayBuffer());
    await server.arrived(1);
    await collectGarbage();
    controller.abort(stopped);
    await expect(answer).rejects.toThrow();
  });
});
