/** What every provider does alike, offline or behind a network: one suite that all of them go through. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import type { JsonObject } from "../lib/base/json.ts";
import { endWorkers } from "../lib/base/offload.ts";
import { modelPrice } from "../lib/config/prices.ts";
import { pictureFormat } from "../lib/providers/picture-file.ts";
import type { Speech } from "../lib/providers/speech.ts";
import { readWav } from "../lib/providers/wav.ts";
import { type ApiServer, KEY, startApiServer } from "./api-server.ts";
import { EVERY_USE, failureOf, rig, SETUPS, SHAPE } from "./provider-kit.ts";

let server: ApiServer;
beforeEach(async () => {
  server = await startApiServer();
});
afterEach(() => server.close());
afterAll(endWorkers);

const NETWORKED = EVERY_USE.filter(({ setup }) => setup.key !== undefined);
const PAID = NETWORKED.filter(({ setup }) => setup.paid);

describe.each(EVERY_USE)("$name: $use", ({ use, setup }) => {
  test("gives what was asked for", async () => {
    const made = await (await rig(setup, server)).use(use);
    if (use === "image") expect(pictureFormat(made as Uint8Array)).toBe("png");
    else if (use === "text") expect((setup.writes?.shape ?? SHAPE).parse(made)).toEqual(made);
    else {
      const { audio, format } = made as Speech;
      expect(format).toBe("wav");
      expect(readWav(audio).samples.length).toBeGreaterThan(1_000);
    }
  });

  test("its identity is the same each time, and holds neither key nor address", async () => {
    const identity = async (key: string) =>
      (await rig(setup, server, { key })).provider.make[use]!().identity;
    const [one, two] = [await identity(KEY), await identity("another-key")];
    expect(one).toBe(two);
    expect(one).not.toContain(KEY);
    expect(one).not.toContain("127.0.0.1");
  });

  test("it tells whether it costs money, and what is free is estimated at nothing", async () => {
    const { provider } = await rig(setup, server);
    expect(provider.paid).toBe(setup.paid);
    if (setup.paid) return;
    const { estimate } = provider.make[use]!() as { estimate(request: unknown): unknown };
    expect(
      estimate({ prompt: "p", text: "t", speed: 1, width: 64, height: 64, instructions: "", input: {} }),
    ).toBe(0);
  });

  test("an abort is seen at once", async () => {
    const { use: ask, controller } = await rig(setup, server);
    const stopped = new Error("stopped");
    controller.abort(stopped);
    await expect(ask(use)).rejects.toBe(stopped);
  });
});

describe.each(NETWORKED)("$name: $use, behind a network", ({ use, setup }) => {
  test("its route, and how the key is sent", async () => {
    await (await rig(setup, server)).use(use);
    const [first] = server.log;
    expect(first!.path).toBe(setup.paths[use]);
    expect(first!.headers).toMatchObject(setup.sends!);
    expect(first!.query["api-version"]).toBe(
      first!.path.startsWith("/openai/deployments") ? "2025-04-01-preview" : undefined,
    );
  });

  test("what fails for a moment is asked again, and told", async () => {
    const { use: ask, notices } = await rig(setup, server);
    server.script({ status: 503 }, "reset");
    await ask(use);
    const told = setup.paid ? "a request failed, and may have been charged" : "a request failed";
    expect(notices.slice(0, 2)).toEqual([
      'mine: a request failed (503, "status 503"); asking again in 1 s.',
      expect.stringMatching(`^mine: ${told} \\(.*\\); asking again in 2 s\\.$`),
    ]);
  });

  test.each(["html", "shape"] as const)("an answer that is none is asked for again: %s", async (fault) => {
    const { use: ask, notices } = await rig(setup, server);
    server.script(fault);
    await ask(use);
    expect(notices[0]).toMatch(/^mine: a request failed/);
  });

  test("without a key it is told which variable is missing, once it is used", async () => {
    const { use: ask } = await rig(setup, server, { key: null });
    const { message, help, code } = await failureOf(ask(use));
    expect([message, help, code]).toEqual([
      `the provider 'mine' needs ${setup.key}, and the environment does not have it.`,
      `Write ${setup.key}=… into a file .env beside faceless.config.yaml, and keep that file out of git; or set it in the environment.`,
      "config.environment",
    ]);
    expect(server.log).toEqual([]);
  });

  test("a key that is not taken fails once", async () => {
    const { use: ask } = await rig(setup, server, { key: "sk-wrong-key-000000" });
    const failure = await failureOf(ask(use));
    expect(failure.code).toBe("api.authentication");
    expect(failure.message).toMatch(/^mine does not accept the key: 401 invalid_api_key, ".*"\.$/);
    expect(failure.message).not.toContain("wrong");
    expect(failure.help).toBe(`Check ${setup.key} in the environment or in .env.`);
    expect((await failureOf(ask(use))).message).toBe(
      "mine was not asked, since it failed before: mine does not accept the key.",
    );
    expect(server.log).toHaveLength(1);
  });

  test("what costs nothing is bought nowhere", async () => {
    const { use: ask, bought } = await rig(setup, server);
    await ask(use);
    expect(bought.length > 0).toBe(setup.paid);
  });
});

describe.each(PAID)("$name: $use, for money", ({ use, setup }) => {
  test("each request is bought: provider, model, all that is asked, and no secret", async () => {
    const { use: ask, bought } = await rig(setup, server);
    server.script({ status: 500 });
    await ask(use);
    expect(bought).toHaveLength(2);
    for (const { purchase } of bought) {
      expect(purchase.provider).toBe("mine");
      expect(["writer", "painter", "speaker"]).toContain(purchase.model);
      expect(JSON.stringify(purchase)).not.toContain(KEY);
      expect(JSON.stringify(purchase.request)).toMatch(/lake/);
    }
    expect(bought[0]!.purchase).toEqual(bought[1]!.purchase);
    expect(bought.map(({ answer }) => answer !== undefined)).toEqual([false, true]);
  });

  test("an answer that was paid for before makes the same, without a request", async () => {
    const { use: ask, bought } = await rig(setup, server);
    const first = await ask(use);
    const asked = server.log.length;
    const stored = bought.map(({ answer }) => answer!.body);
    const again = await (await rig(setup, server)).use(use, { till: { buy: async () => stored.shift()! } });
    expect(again).toEqual(first);
    expect(server.log).toHaveLength(asked);
  });

  test("a model that the price table does not know has no price", async () => {
    const { use: ask, bought } = await rig(setup, server);
    await ask(use);
    expect(bought.map(({ purchase, answer }) => [purchase.estimate, answer!.cost])).toEqual([
      [undefined, undefined],
    ]);
  });
});

describe.each(PAID)("$name: $use, without a price", ({ use, setup }) => {
  const image = { ...(setup.config("").image as object), references: true, sizes: "any" };
  test.each<JsonObject>([{}, ...(use === "image" ? [{ image }] : [])])(
    "its row is one that tells it: %o",
    async (changes) => {
      const { priceRow } = (await rig(setup, server, { changes })).provider.make[use]!();
      const row = z
        .record(z.string(), modelPrice)
        .parse(parse(priceRow!.replaceAll("…", "1").replace("WIDTHxHEIGHT", "1024x1024")));
      const { provider } = await rig(setup, server, { changes, prices: row });
      const estimates = {
        image() {
          const { takesReferences, estimate } = provider.make.image!();
          const references = takesReferences ? 1 : 0;
          return estimate({ prompt: "A lake", style: {}, width: 1024, height: 1024, take: 1, references });
        },
        speech: () => provider.make.speech!().estimate({ text: "A lake", voice: "nova", speed: 1 }),
        text: () =>
          provider.make.text!().estimate({
            purpose: "enhance",
            about: { source: "script", text: "lakes" },
            instructions: "Write.",
            input: {},
          }),
      };
      expect(estimates[use]()).toBeGreaterThan(0);
    },
  );
});

test("every type of the registry is in this suite", () => {
  const types = Object.values(SETUPS).map((setup) => setup.config("http://127.0.0.1").type);
  expect([...new Set(types)]).toEqual(["offline", "azure-openai", "openai", "elevenlabs", "pexels"]);
});
