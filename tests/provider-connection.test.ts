/** `validate --test-connections` through real clients, against a server on loopback. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { priceTableWith } from "../lib/config/prices.ts";
import type { TestConnection } from "../lib/providers/call.ts";
import { openProvider } from "../lib/providers/registry.ts";

const MODELS = [{ id: "writer", shutdown_date: "2026-12-01" }, { id: "painter" }];

async function server(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const made = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const isKnown = [request.headers.authorization, request.headers["api-key"]].some((key) =>
      String(key).endsWith("right-key"),
    );
    const error = { message: "Incorrect API key provided: wrong-key.", code: "invalid_api_key" };
    response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(isKnown ? { object: "list", data: MODELS } : { error }));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void made.close());
  await new Promise((resolve) => made.once("listening", resolve));
  return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}`, asked };
}

async function tested(settings: object, env: NodeJS.ProcessEnv) {
  const surroundings = { name: "mine", uses: ["text"] as const, env, prices: priceTableWith({}) };
  const provider = await openProvider(settings as Parameters<typeof openProvider>[0], surroundings);
  const { test } = provider.make.text!() as { test?: TestConnection };
  return await test!(new AbortController().signal);
}

test("a model that is there, with the date on which it is switched off", async () => {
  const { url, asked } = await server();
  const openai = (model: string) => ({
    ...{ type: "openai", base_url: `${url}/v1`, api_key_env: "MINE", paid: false },
    text: { model },
  });
  expect(await tested(openai("writer"), { MINE: "right-key" })).toEqual({
    found: "2 models",
    shutdown: "2026-12-01",
    model: "writer",
  });
  expect(await tested(openai("painter"), { MINE: "right-key" })).toEqual({
    found: "2 models",
    shutdown: undefined,
    model: "painter",
  });
  expect(asked).toEqual(["GET /v1/models", "GET /v1/models"]);
  await expect(tested(openai("writter"), { MINE: "right-key" })).rejects.toMatchObject({
    message: "the service answers, and has no model 'writter'.",
    help: "Did you mean 'writer'?",
  });
});

test("a key that is not taken is told without the key", async () => {
  const { url } = await server();
  const azure = {
    type: "azure-openai",
    api_key_env: "AZURE_OPENAI_API_KEY",
    endpoint: url,
    text: { deployment: "mine" },
  };
  expect(await tested(azure, { AZURE_OPENAI_API_KEY: "right-key" })).toEqual({
    found: "2 models; of the deployment 'mine' only a request can tell",
    shutdown: undefined,
    model: undefined,
  });
  const refused = tested(azure, { AZURE_OPENAI_API_KEY: "wrong-key" });
  await expect(refused).rejects.toMatchObject({ code: "api.authentication" });
  await expect(refused).rejects.not.toThrow(/wrong-key/);
});
