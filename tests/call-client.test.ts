/** The way to a service, against a server on loopback: retries, limits, breaker, deadline, till. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Failure } from "../lib/base/failure.ts";
import type { Answer, Charged, Purchase, Till } from "../lib/model/purchase.ts";
import type { RequestReport } from "../lib/model/request-report.ts";
import type { Notice } from "../lib/model/task.ts";
import { ApiClient, type ClientSettings } from "../lib/providers/call/client.ts";
import type { Exchange } from "../lib/providers/call/exchange.ts";
import { BadAnswer } from "../lib/providers/call/fault.ts";
import { patientFetch } from "../lib/providers/call/fetch.ts";
import { request } from "../lib/providers/call/http.ts";
import { sayFault, sayWait } from "../lib/providers/call/say.ts";
import { type ApiServer, KEY, type ServerFault, startApiServer } from "./api-server.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { type FakeClock, fakeClock } from "./fake-clock.ts";

let server: ApiServer;
let clock: FakeClock;
beforeEach(async () => {
  server = await startApiServer();
  clock = fakeClock();
});
afterEach(() => server.close());

interface Bought {
  readonly purchase: Purchase;
  /** The answer's cost, or what the error had as `charged`. */
  outcome: number | undefined | Charged | "under way";
}

/** `buy`: in the place of a till that sends every time. */
function shop(settings: Partial<ClientSettings> = {}, buy?: Till["buy"]) {
  const client = new ApiClient(
    {
      name: "azure",
      credentials: "AZURE_OPENAI_API_KEY in the environment or in .env",
      address: "AZURE_OPENAI_ENDPOINT in the environment or in .env",
      secrets: [KEY],
      paid: true,
      concurrency: 4,
      requestsPerMinute: undefined,
      timeout: 300_000,
      ...settings,
    },
    { clock, random: () => 1 },
  );
  const notices: string[] = [];
  const minor: string[] = [];
  const bought: Bought[] = [];
  const till: Till = {
    async buy(purchase: Purchase, send: () => Promise<Answer>) {
      if (buy !== undefined) return await buy(purchase, send);
      const entry: Bought = { purchase, outcome: "under way" };
      bought.push(entry);
      try {
        const { body, cost } = await send();
        entry.outcome = cost;
        return body;
      } catch (error) {
        entry.outcome = (error as { charged: Charged }).charged;
        throw error;
      }
    },
  };
  const controller = new AbortController();
  const stopping = new AbortController();
  const reports: RequestReport[] = [];
  const tell: Notice = (text, options) => (options?.minor ? minor : notices).push(text);
  const notice: Notice = Object.assign(tell, { request: (one: RequestReport) => void reports.push(one) });
  // As in a build, each has a signal of its own.
  const ask = (text = "a lake", model = "painter", changes: Partial<Exchange<string>> = {}) =>
    client.call(
      { ...exchange(text, model), ...changes },
      {
        signal: AbortSignal.any([controller.signal]),
        stop: stopping.signal,
        till,
        notice,
      },
    );
  const outcomes = () => bought.map(({ outcome }) => outcome);
  return { ask, notices, minor, reports, bought, controller, stopping, outcomes };
}

function exchange(text: string, model: string): Exchange<string> {
  const body = { model, prompt: text, size: "1024x1024" };
  return {
    use: "image",
    model,
    text,
    request: body,
    estimate: 0.05,
    send: (signal) =>
      request(patientFetch({}), `${server.url}/v1/images/generations`, {
        method: "POST",
        headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
        body: JSON.stringify(body),
        signal,
      }),
    read(body) {
      try {
        return (JSON.parse(Buffer.from(body).toString()) as { data: { b64_json: string }[] }).data[0]!
          .b64_json;
      } catch {
        throw new BadAnswer("the answer is no picture");
      }
    },
    bill: () => ({ cost: 0.04, usage: {} }),
  };
}

/** The message and the help of the failure that it ends with. */
async function failing(call: Promise<unknown>): Promise<[string, string | undefined, string]> {
  const error = await call.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  if (!(error instanceof Failure)) throw error;
  return [error.message, error.help, error.code];
}

test("a good answer is bought once", async () => {
  const { ask, bought, notices } = shop();
  expect(await ask()).toMatch(/^iVBOR/);
  expect(bought).toEqual([
    {
      purchase: {
        provider: "azure",
        model: "painter",
        request: { model: "painter", prompt: "a lake", size: "1024x1024" },
        estimate: 0.05,
      },
      outcome: 0.04,
    },
  ]);
  expect(notices).toEqual([]);
  expect(server.log.map(({ delivered }) => delivered)).toEqual([true]);
});

describe("tried again", () => {
  const refused: [string, ServerFault, number][] = [
    ["429", { status: 429 }, 1_000],
    ["429 with seconds", { status: 429, headers: { "retry-after": "7" } }, 7_000],
    ["429 with milliseconds", { status: 429, headers: { "retry-after-ms": "90" } }, 90],
    ["500", { status: 500 }, 1_000],
  ];
  test.each(refused)("%s: refused, so not charged", async (_, fault, wait) => {
    const { ask, outcomes, notices } = shop();
    server.script(fault);
    await ask();
    expect(outcomes()).toEqual(["no", 0.04]);
    expect(clock.slept).toEqual([wait]);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/^azure: a request failed \(\d+, "status \d+"\); asking again in \d+ s\.$/);
  });

  test.each<ServerFault>(["reset", "truncate", "short", "html", "shape"])(
    "%s: it may have been charged, and that is told",
    async (fault) => {
      const { ask, outcomes, notices } = shop();
      server.script(fault);
      await ask();
      expect(outcomes()).toEqual(["maybe", 0.04]);
      expect(clock.slept).toEqual([1_000]);
      expect(notices).toHaveLength(1);
      expect(notices[0]).toMatch(
        /^azure: a request failed, and may have been charged \(.+\); asking again in 1 s\.$/,
      );
    },
  );

  test.each<ServerFault>(["stall", "stall-body"])(
    "%s: ended by the deadline, body included",
    async (fault) => {
      const { ask, outcomes, notices } = shop();
      server.script(fault);
      const call = ask();
      await server.arrived(1);
      await collectGarbage();
      clock.pass(300_000);
      await call;
      expect(outcomes()).toEqual(["maybe", 0.04]);
      expect(notices).toEqual([
        "azure: a request failed, and may have been charged (no whole answer in time); asking again in 1 s.",
      ]);
    },
  );

  test("longer each time, and given up after eight times", async () => {
    const { ask, outcomes } = shop();
    server.script(
      ...Array.from({ length: 9 }, () => ({ status: 503, body: { error: { message: "busy" } } })),
    );
    expect(await failing(ask())).toEqual([
      'azure failed by itself: 503, "busy". It was asked 8 times.',
      "Build again in a while: what is finished stays.",
      "api.image",
    ]);
    expect(clock.slept).toEqual([1, 2, 4, 8, 16, 30, 30].map((seconds) => seconds * 1_000));
    expect(outcomes()).toEqual(Array(8).fill("no"));
  });

  test("an answer that is none is asked for three times at most", async () => {
    const { ask, outcomes } = shop();
    server.script(...Array.from({ length: 9 }, () => "html" as const));
    expect(await failing(ask())).toEqual([
      "azure gave an answer that is none: the answer is no picture. It was asked 3 times. Request id: req_test.",
      "Check that the provider's address is that of the service, and no proxy's page. Build again in a while: what is finished stays.",
      "api.image",
    ]);
    expect(outcomes()).toEqual(Array(3).fill("maybe"));
  });

  test("one that tells its usage is charged by that, and is no proxy's page", async () => {
    const { ask, outcomes, notices } = shop();
    server.script("shape", "shape", "shape");
    const bill = { cost: 0.03, usage: { input_tokens: 9 } };
    const call = ask("a lake", "painter", { billByUsage: () => bill });
    expect(await call.catch((error: unknown) => error)).toMatchObject({
      message:
        "azure gave an answer that is none: the answer is no picture. It was asked 3 times. Request id: req_test.",
      help: "It is the service's own, since it tells what it used: check the model and the settings of the provider's 'image' in faceless.config.yaml.",
      code: "api.image",
      passing: false,
    });
    expect(outcomes()).toEqual([bill, bill, bill]);
    expect(notices).toEqual(
      [1, 2].map(
        (wait) =>
          `azure: a request failed, and was charged $0.03 (the answer is no picture); asking again in ${wait} s.`,
      ),
    );
  });

  test.each<[ServerFault, RegExp]>([
    ["reset", /^azure cannot be reached, or was cut off: .*ECONNRESET.*\. It was asked 2 times\.$/],
    ["truncate", /^azure cannot be reached, or was cut off: ECONNRESET, aborted\. It was asked 2 times\.$/],
    [
      { status: 504, body: { error: { message: "gone" } } },
      /^azure failed by itself: 504, "gone"\. It was asked 2 times\.$/,
    ],
  ])("what is cut off after it was sent is asked once more at most: %o", async (fault, message) => {
    const { ask, outcomes, notices } = shop();
    server.script(fault, fault, fault);
    expect((await failing(ask()))[0]).toMatch(message);
    expect(outcomes()).toEqual(["maybe", "maybe"]);
    expect(notices).toEqual([
      expect.stringMatching(
        /^azure: a request failed, and may have been charged \(.+\); asking again in 1 s\.$/,
      ),
    ]);
  });

  test("whatever may have been charged in a call counts, of whichever kind", async () => {
    const cutOff = shop();
    server.script("html", { status: 503 }, "reset");
    expect((await failing(cutOff.ask()))[0]).toMatch(/^azure cannot be reached, .* It was asked 3 times\.$/);
    expect(cutOff.outcomes()).toEqual(["maybe", "no", "maybe"]);
    const none = shop();
    server.script("reset", "html", "html");
    expect((await failing(none.ask()))[0]).toMatch(
      /^azure gave an answer .* It was asked 3 times\. Request id: req_test\.$/,
    );
    expect(none.outcomes()).toEqual(["maybe", "maybe", "maybe"]);
  });

  test("what costs nothing is asked four times, since nothing can be bought twice", async () => {
    const { ask } = shop({ paid: false });
    server.script("reset", "html", "reset", "html", "reset");
    expect((await failing(ask()))[0]).toBe(
      "azure gave an answer that is none: the answer is no picture. It was asked 4 times. Request id: req_test.",
    );
  });

  test("an address where nothing listens, four times in seven seconds", async () => {
    const gone = await startApiServer();
    await gone.close();
    const { ask, outcomes } = shop();
    const message = await failing(
      ask("a lake", "painter", { send: (signal) => request(patientFetch({}), gone.url, { signal }) }),
    );
    expect(message).toEqual([
      `azure cannot be reached, or was cut off: connect ECONNREFUSED ${new URL(gone.url).host}. It was asked 4 times.`,
      "Check the network and the provider's address. Build again in a while: what is finished stays.",
      "api.provider",
    ]);
    expect([outcomes(), clock.slept]).toEqual([Array(4).fill("no"), [1_000, 2_000, 4_000]]);
  });

  test("a wait that is too long is told instead of waited for", async () => {
    const { ask } = shop();
    server.script({ status: 429, headers: { "retry-after": "3600" }, body: { error: { message: "slow" } } });
    expect(await failing(ask())).toEqual([
      'azure is asked too often: 429, "slow".',
      "It says to wait 60 min. Build again in a while: what is finished stays. 'requests_per_minute' of the provider in faceless.config.yaml keeps below its limit.",
      "api.rate-limit",
    ]);
    expect(clock.slept).toEqual([]);
  });

  test("not beyond the deadline of the whole call", async () => {
    const { ask } = shop({ timeout: 800_000 });
    server.script("stall", "stall", "stall");
    const call = failing(ask());
    await server.arrived(1);
    clock.pass(800_000);
    await server.arrived(2);
    clock.pass(99_000);
    expect((await call)[0]).toBe(
      "azure took too long for a picture: no whole answer in time. It was asked 2 times.",
    );
    expect(server.log).toHaveLength(2);
  });

  test("a wait that the service tells does not go beyond it either", async () => {
    const { ask, outcomes } = shop({ timeout: 600_000 });
    const limit: ServerFault = { status: 429, headers: { "retry-after": "120" } };
    server.script("stall", limit, limit, limit, limit);
    const call = failing(ask());
    await server.arrived(1);
    clock.pass(600_000);
    expect((await call)[0]).toMatch(/^azure is asked too often: .* It was asked 4 times\.$/);
    expect(outcomes()).toEqual(["maybe", "no", "no", "no"]);
  });
});

describe("what is told of retries", () => {
  const busy: ServerFault = { status: 503, body: { error: { message: "busy" } } };
  const again = (fault: string, wait: number) =>
    `azure: a request failed (${fault}); asking again in ${wait} s.`;

  test("a kind of fault once, until a request succeeds; the rest is for the log", async () => {
    const { ask, notices, minor } = shop({ concurrency: 1 });
    server.script(busy, busy, { status: 429 }, busy, undefined, busy);
    await ask();
    expect(notices).toEqual([again('503, "busy"', 1), again('429, "status 429"', 4)]);
    expect(minor).toEqual([again('503, "busy"', 2), again('503, "busy"', 8)]);
    await ask();
    expect(notices.slice(2)).toEqual([again('503, "busy"', 1)]);
  });

  test("a long wait, where none that was told is still going on", async () => {
    const { ask, notices, minor } = shop();
    server.script(...Array.from({ length: 8 }, () => busy));
    await failing(ask());
    expect(notices).toEqual([1, 16, 30, 30].map((wait) => again('503, "busy"', wait)));
    expect(minor).toEqual([2, 4, 8].map((wait) => again('503, "busy"', wait)));
  });

  test("of many at once, one", async () => {
    const { ask, notices, minor } = shop();
    server.script(busy, busy, busy, busy);
    const first = server.hold();
    const calls = Array.from({ length: 4 }, () => ask());
    await server.arrived(4);
    const second = server.hold();
    first.open();
    await server.arrived(8);
    second.open();
    await Promise.all(calls);
    expect([notices, minor]).toEqual([[again('503, "busy"', 1)], Array(3).fill(again('503, "busy"', 1))]);
  });

  test("always what may have been charged", async () => {
    const { ask, notices, minor } = shop();
    server.script("html", "html");
    await ask();
    expect(notices).toEqual(
      [1, 2].map(
        (wait) =>
          `azure: a request failed, and may have been charged (the answer is no picture); asking again in ${wait} s.`,
      ),
    );
    expect(minor).toEqual([]);
  });

  test("what costs nothing has not been charged", async () => {
    const { ask, notices } = shop({ paid: false });
    server.script("html", "html");
    await ask();
    expect(notices).toEqual([again("the answer is no picture", 1)]);
  });

  test("of the waits for a limit, one at a time", async () => {
    const { ask, notices, minor, controller } = shop({ requestsPerMinute: 1 });
    await ask("a");
    const sleeping = clock.holdSleeps();
    const calls = ["b", "c", "d"].map((text) => ask(text));
    await sleeping;
    controller.abort(new Error("stopped"));
    await Promise.allSettled(calls);
    const waiting = (wait: string) => `azure: waiting ${wait}, for its limit of requests.`;
    expect([notices, minor]).toEqual([[waiting("60 s")], [waiting("120 s"), waiting("3 min")]]);
  });
});

describe("what is told of each request", () => {
  const own = { provider: "azure", model: "painter", use: "image" };

  test("how it ended, how long it took, and what the service calls it", async () => {
    const { ask, reports } = shop();
    const id = { "apim-request-id": "a-1", "x-request-id": "x-1" };
    server.script({ status: 429, headers: { "request-id": "e-1" } }, { status: 503, headers: id }, "html");
    await ask();
    expect(reports).toEqual([
      { ...own, attempt: 1, ms: 0, status: 429, fault: "rate-limit", requestId: "e-1" },
      { ...own, attempt: 2, ms: 0, status: 503, fault: "server", requestId: "a-1" },
      { ...own, attempt: 3, ms: 0, status: undefined, fault: "bad-answer", requestId: "req_test" },
      { ...own, attempt: 4, ms: 0, status: 200, requestId: "req_test" },
    ]);
  });

  test("the time until it was too late", async () => {
    const { ask, reports } = shop({ timeout: 2_000 });
    server.script("stall");
    const call = ask();
    await server.arrived(1);
    clock.pass(2_000);
    await call;
    expect(reports[0]).toEqual({ ...own, attempt: 1, ms: 2_000, fault: "timeout" });
  });

  test("a failure has the id, without what could be none", async () => {
    const failed = async (id: string) => {
      server.script({ status: 401, headers: { "x-request-id": id }, body: { error: { message: "no" } } });
      return (await failing(shop().ask()))[0];
    };
    expect(await failed("req_8f-1")).toBe('azure does not accept the key: 401, "no". Request id: req_8f-1.');
    expect(await failed("not one word")).toBe('azure does not accept the key: 401, "no".');
  });
});

describe("not tried again, and explained", () => {
  const vnet = { code: "403", message: "Access denied due to Virtual Network/Firewall rules." };
  const BLOCKED =
    "Your resource has been temporarily blocked because we detected behavior that may violate our content policy.";
  const refusals: [ServerFault, [string, string, string]][] = [
    [
      { status: 401, body: { error: { code: "401", message: `Access denied due to invalid key ${KEY}.` } } },
      [
        'azure does not accept the key: 401, "Access denied due to invalid key ***".',
        "Check AZURE_OPENAI_API_KEY in the environment or in .env.",
        "api.authentication",
      ],
    ],
    [
      { status: 403, body: { error: vnet } },
      [
        'azure lets nobody in from this network, whatever the key: 403, "Access denied due to Virtual Network/Firewall rules".',
        "The resource's own network rules say so, for every request alike: on its Networking page in the Azure portal allow this machine's address, or build inside the network that is allowed.",
        "api.provider",
      ],
    ],
    [
      { status: 403, body: { error: { message: "Your organization must be verified." } } },
      [
        "azure does not allow this key to use 'painter': 403, \"Your organization must be verified\".",
        "Check what the account may use, and AZURE_OPENAI_API_KEY in the environment or in .env.",
        "api.authentication",
      ],
    ],
    [
      { status: 403, body: { error: { code: "Forbidden", message: BLOCKED } } },
      [
        `azure has blocked the whole resource for a while, by its content policy: 403 Forbidden, "${BLOCKED.slice(0, -1)}".`,
        "Every request to it is refused until then, whatever its prompt: look at the resource in the Azure portal, or ask Azure's support. What is finished stays.",
        "api.provider",
      ],
    ],
    [
      { status: 308, headers: { location: `https://new.example/v1/images/generations?key=${KEY}` } },
      [
        'azure answers that it has moved: 308, "https://new.example/v1/images/generations".',
        "Correct AZURE_OPENAI_ENDPOINT in the environment or in .env; what follows it there is the request's own. Or a proxy stands in between, with a page to sign in at.",
        "api.provider",
      ],
    ],
    [
      { status: 404, body: { error: { code: "DeploymentNotFound", message: "No such deployment." } } },
      [
        "azure has no 'painter': 404 DeploymentNotFound, \"No such deployment\".",
        "Check the name of the model or deployment and the address of the provider in faceless.config.yaml and the environment.",
        "api.provider",
      ],
    ],
    [
      { status: 429, body: { error: { code: "insufficient_quota", message: "You exceeded your quota." } } },
      [
        'azure has no quota or money left for this account: 429 insufficient_quota, "You exceeded your quota".',
        "Look at the plan and the bill at the service. Waiting alone helps where the quota is by month.",
        "api.provider",
      ],
    ],
    [
      { status: 400, body: { error: { code: "moderation_blocked", message: "Blocked." } } },
      [
        "azure refuses the image prompt 'a lake' by its content policy: 400 moderation_blocked, \"Blocked\".",
        "Say it in other words (the scene's `image_prompt`, or the script's `visual_style`): without real people, violence, or what could be read so. Or bring your own: a file in pinned/ is used instead of what is made.",
        "api.image",
      ],
    ],
    [
      { status: 400, body: { error: { code: "invalid_value", message: "No such size." } } },
      [
        "azure does not accept the request for a picture of the image prompt 'a lake': 400 invalid_value, \"No such size\".",
        "Check the provider's settings in faceless.config.yaml: the model may not take one of them.",
        "api.image",
      ],
    ],
  ];
  test.each(refusals)("%o", async (fault, told) => {
    const { ask, outcomes, notices } = shop();
    server.script(fault);
    expect(await failing(ask())).toEqual(told);
    expect([outcomes(), notices, server.log.length]).toEqual([["no"], [], 1]);
  });

  test("the till's own no is told as it is", async () => {
    const { ask } = shop({}, async () => {
      throw new Failure("no budget", { code: "money.budget" });
    });
    expect(await failing(ask())).toEqual(["no budget", undefined, "money.budget"]);
    expect(server.log).toEqual([]);
  });

  test("an answer that was paid for before is not asked for again, and takes nobody's minute", async () => {
    const stored = new Uint8Array(
      await (await exchange("a lake", "painter").send(new AbortController().signal)).arrayBuffer(),
    );
    const { ask } = shop({ requestsPerMinute: 1 }, async () => stored);
    await ask();
    await ask();
    expect([server.log.length, clock.slept]).toEqual([1, []]);
  });

  test("an answer that was kept and cannot be read", async () => {
    const { ask } = shop({}, async () => Buffer.from("torn"));
    expect(await failing(ask())).toEqual([
      "the answer of azure that was paid for before cannot be read: the answer is no picture.",
      undefined,
      "api.image",
    ]);
  });

  test("what costs nothing is bought nowhere", async () => {
    const { ask, bought, notices } = shop({ paid: false });
    server.script("reset");
    await ask();
    expect(bought).toEqual([]);
    expect(notices[0]).toMatch(/^azure: a request failed \(/);
  });
});

test.each([
  [1, "1 s"],
  [120_000, "120 s"],
  [121_000, "3 min"],
  [7_200_000, "120 min"],
  [86_400_000, "24 h"],
])("a wait of %i ms in words", (milliseconds, said) => {
  expect(sayWait(milliseconds)).toBe(said);
});

test.each([
  ["ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:1", "connect ECONNREFUSED 127.0.0.1:1"],
  ["UND_ERR_SOCKET", "other side closed", "UND_ERR_SOCKET, other side closed"],
  [undefined, "fetch failed", "fetch failed"],
])("a connection that broke is told once: %s", (code, message, said) => {
  expect(sayFault({ kind: "connection", charged: "no", code, message })).toBe(said);
});

describe("the breaker", () => {
  const dead: ServerFault = { status: 401, body: { error: { message: "no" } } };
  const told = "azure was not asked, since it failed before: azure does not accept the key.";

  test("a dead key fails once, not sixty times", async () => {
    const { ask, bought } = shop({ concurrency: 1 });
    server.script(...Array.from({ length: 60 }, () => dead));
    const all = await Promise.all(Array.from({ length: 60 }, () => failing(ask())));
    expect(all.slice(1)).toEqual(Array(59).fill([told, undefined, "api.authentication"]));
    expect([server.log.length, bought.length]).toEqual([1, 1]);
  });

  test("of those that were under way at once, the first tells it in full", async () => {
    const { ask } = shop({ concurrency: 4 });
    server.script(...Array.from({ length: 4 }, () => dead));
    const gate = server.hold();
    const calls = Array.from({ length: 5 }, () => failing(ask()));
    await server.arrived(4);
    gate.open();
    const again = "azure does not accept the key, as was told before.";
    expect((await Promise.all(calls)).map(([message]) => message).sort()).toEqual([
      ...Array(3).fill(again),
      'azure does not accept the key: 401, "no".',
      told,
    ]);
    expect(server.log).toHaveLength(4);
  });

  test("another trouble with the same key is told in full", async () => {
    const { ask } = shop();
    server.script(dead, { status: 404, body: { error: { message: "no such model" } } });
    const gate = server.hold();
    const calls = [failing(ask()), failing(ask())];
    await server.arrived(2);
    gate.open();
    expect((await Promise.all(calls)).map(([message]) => message).sort()).toEqual([
      'azure does not accept the key: 401, "no".',
      "azure has no 'painter': 404, \"no such model\".",
    ]);
  });

  test("a model that is not there is no other one's trouble", async () => {
    const { ask } = shop();
    server.script({ status: 404, body: { error: { message: "no such model" } } });
    await failing(ask("a lake", "lost"));
    expect((await failing(ask("a hill", "lost")))[0]).toBe(
      "azure was not asked, since it failed before: azure has no 'lost'.",
    );
    expect(await ask("a hill", "painter")).toMatch(/^iVBOR/);
  });

  test.each<[string, ServerFault, string]>([
    [
      "a resource that is blocked",
      { status: 403, body: { error: { message: "Your resource has been temporarily blocked." } } },
      "azure has blocked the whole resource for a while, by its content policy",
    ],
    [
      "a service that has moved",
      { status: 301, headers: { location: "https://new.example" } },
      "azure answers that it has moved",
    ],
  ])("%s is asked for no other model either", async (_, fault, head) => {
    const { ask } = shop();
    server.script(fault);
    await failing(ask());
    expect((await failing(ask("a hill", "another")))[0]).toBe(
      `azure was not asked, since it failed before: ${head}.`,
    );
    expect(server.log).toHaveLength(1);
  });

  test("a model that does not keep to the shape is asked nothing more, and the others are", async () => {
    const { ask } = shop();
    const read = () => {
      throw new BadAnswer("at 'title', missing", "off-shape");
    };
    const error = await ask("a lake", "writer", { use: "text", read }).catch((error: unknown) => error);
    expect(error).toMatchObject({
      message:
        "'writer' of azure does not keep to the shape that is asked for: at 'title', missing. It was asked 3 times. Request id: req_test.",
      help: "Name another model in the provider's 'text' in faceless.config.yaml: one with structured outputs, by JSON schemas.",
      code: "api.provider",
      isolated: false,
    });
    expect((await failing(ask("a hill", "writer")))[0]).toBe(
      "azure was not asked, since it failed before: 'writer' of azure does not keep to the shape that is asked for.",
    );
    expect(server.log).toHaveLength(3);
    expect(await ask("a hill", "painter")).toMatch(/^iVBOR/);
  });

  test("a voice that is not there is no other one's trouble, and is asked for once", async () => {
    const { ask } = shop();
    const speak = (id: string, name = "nova") =>
      ask("Hello.", "speaker", { use: "speech", voice: { name, id } });
    server.script({ status: 404, body: { detail: { status: "voice_not_found", message: "Not found." } } });
    expect(await failing(speak("v1"))).toEqual([
      "azure has no voice 'v1', which 'voices' of the provider gives for 'nova': 404 voice_not_found, \"Not found\".",
      "Name one that it has, in faceless.config.yaml below the provider: `voices: { nova: <id> }`.",
      "api.speech",
    ]);
    expect(await speak("v1").catch((error: unknown) => error)).toMatchObject({
      message:
        "azure was not asked, since it failed before: azure has no voice 'v1', which 'voices' of the provider gives for 'nova'.",
      isolated: true,
    });
    expect(await speak("v2")).toMatch(/^iVBOR/);
    expect(server.log).toHaveLength(2);
  });

  test("a voice that is passed on by its own name", async () => {
    const { ask } = shop();
    server.script({ status: 400, body: { detail: { status: "voice_does_not_exist", message: "No." } } });
    const voice = { name: "nova", id: "nova" };
    expect((await failing(ask("Hello.", "speaker", { use: "speech", voice })))[0]).toBe(
      "azure has no voice 'nova': 400 voice_does_not_exist, \"No\".",
    );
  });

  test("a prompt that is refused is no other one's trouble", async () => {
    const { ask } = shop();
    server.script({ status: 400, body: { error: { code: "moderation_blocked", message: "no" } } });
    await failing(ask());
    expect(await ask("a hill")).toMatch(/^iVBOR/);
  });

  test("so is one that answers with what is none, such as a proxy's page", async () => {
    const { ask } = shop();
    server.script(...Array.from({ length: 9 }, () => "html" as const));
    for (let calls = 0; calls < 3; calls++) await failing(ask());
    expect((await failing(ask()))[0]).toBe(
      "azure was not asked, since it failed before: azure gave an answer that is none.",
    );
    expect(server.log).toHaveLength(9);
  });

  test("a service that is down is left alone for a minute", async () => {
    const { ask } = shop();
    server.script(...Array.from({ length: 24 }, () => ({ status: 503 })));
    for (let calls = 0; calls < 3; calls++) await failing(ask());
    expect((await failing(ask()))[0]).toBe(
      "azure was not asked, since it failed before: azure failed by itself.",
    );
    clock.pass(60_000);
    expect(await ask()).toMatch(/^iVBOR/);
    expect(server.log).toHaveLength(25);
  });
});

describe("limits", () => {
  test("so many at once, in order", async () => {
    const { ask } = shop({ concurrency: 2 });
    server.script("stall", "stall");
    const calls = ["a", "b", "c", "d"].map((text) => ask(text));
    await server.arrived(2);
    expect(server.log.map(({ body }) => (body as { prompt: string }).prompt)).toEqual(["a", "b"]);
    clock.pass(300_000);
    await Promise.all(calls);
    expect(server.log).toHaveLength(6);
  });

  test("so many a minute", async () => {
    const { ask, notices } = shop({ requestsPerMinute: 2 });
    await ask("a");
    clock.pass(10_000);
    await ask("b");
    await ask("c");
    await ask("d");
    await ask("e");
    expect(clock.slept).toEqual([50_000, 10_000, 50_000]);
    expect(notices).toEqual([
      "azure: waiting 50 s, for its limit of requests.",
      "azure: waiting 10 s, for its limit of requests.",
      "azure: waiting 50 s, for its limit of requests.",
    ]);
  });

  test("so many a minute of all builds of one process together, and not of another provider", async () => {
    const limits = { requestsPerMinute: 1 };
    await shop(limits).ask("a");
    await shop(limits).ask("b");
    expect(clock.slept).toEqual([60_000]);
    await shop({ ...limits, name: "another" }).ask("c");
    expect(clock.slept).toEqual([60_000]);
  });

  test("a wait that one request was told holds for the others", async () => {
    const { ask } = shop({ concurrency: 1 });
    server.script({ status: 429, headers: { "retry-after": "20" } });
    const times: number[] = [];
    await Promise.all([ask("a"), ask("b").then(() => times.push(clock.now()))]);
    expect(times[0]! - fakeClock().now()).toBe(20_000);
  });
});

describe("an abort is seen at once", () => {
  const stopped = new Error("stopped");

  test("while it sleeps", async () => {
    const { ask, controller } = shop();
    server.script({ status: 503 });
    const sleeping = clock.holdSleeps();
    const call = ask();
    await sleeping;
    controller.abort(stopped);
    await expect(call).rejects.toBe(stopped);
    expect(server.log).toHaveLength(1);
  });

  test("while it waits for its turn, and who is behind it gets the turn", async () => {
    const { ask, controller } = shop({ concurrency: 1 });
    server.script("stall");
    const calls = [ask("a"), ask("b")];
    await server.arrived(1);
    controller.abort(stopped);
    for (const call of await Promise.allSettled(calls))
      expect(call).toEqual({ status: "rejected", reason: stopped });
    expect(server.log).toHaveLength(1);
  });

  test("while it waits for its minute", async () => {
    const { ask, controller } = shop({ requestsPerMinute: 1 });
    await ask("a");
    const sleeping = clock.holdSleeps();
    const call = ask("b");
    await sleeping;
    controller.abort(stopped);
    await expect(call).rejects.toBe(stopped);
  });

  test("to stop ends it before the next request, and lets one that is under way finish", async () => {
    const { ask, stopping } = shop();
    server.script({ status: 503 });
    const sleeping = clock.holdSleeps();
    const call = ask();
    await sleeping;
    const gate = server.hold();
    const underWay = ask("a hill");
    await server.arrived(2);
    stopping.abort(stopped);
    gate.open();
    await expect(call).rejects.toBe(stopped);
    expect(await underWay).toMatch(/^iVBOR/);
    await expect(ask("a wood")).rejects.toBe(stopped);
    expect(server.log).toHaveLength(2);
  });

  test.each<ServerFault>(["stall", "stall-body"])("while it waits for the answer: %s", async (fault) => {
    const { ask, controller, outcomes } = shop();
    server.script(fault);
    const call = ask();
    await server.arrived(1);
    controller.abort(stopped);
    await expect(call).rejects.toBe(stopped);
    expect(outcomes()).toEqual(["maybe"]);
  });
});
