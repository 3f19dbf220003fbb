/** `validate --test-connections` through real clients, against a server on loopback. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../lib/base/json.ts";
import type { Connection } from "../lib/providers/connection.ts";
import type { Use } from "../lib/providers/provider.ts";
import { type ApiServer, KEY, startApiServer } from "./api-server.ts";
import { failureOf, rig, SETUPS } from "./provider-kit.ts";

let server: ApiServer;
beforeEach(async () => {
  server = await startApiServer();
});
afterEach(() => server.close());

interface Asked {
  readonly uses?: readonly Use[];
  readonly voices?: readonly string[];
  readonly key?: string;
}

/** `changes`: of the setup's configuration. */
async function ask(
  setup: string,
  changes: JsonObject,
  { uses = [], voices = [], key = KEY }: Asked = {},
): Promise<Connection> {
  const { provider } = await rig(SETUPS[setup]!, server, { changes, uses, key });
  return await provider.test!({ voices, signal: new AbortController().signal });
}

/** The message, the help and the code of the failure that it ends with. */
async function refusal(asking: Promise<unknown>): Promise<readonly unknown[]> {
  const { message, help, code } = await failureOf(asking);
  return [message, help, code];
}

const asked = () =>
  server.log.map(({ method, path, query }) => [method, path, ...Object.values(query)].join(" "));

describe("openai", () => {
  const model = (model: string) => ({ image: { model }, text: { model: "gpt-image-2" } });

  test("has its models, asked for once for all uses, with the day on which one is switched off", async () => {
    const uses = ["image", "text"] as const;
    expect(await ask("openai", model("gpt-image-1"), { uses })).toEqual({
      found: ["2 models"],
      shutdowns: [{ model: "gpt-image-1", date: "2026-10-23" }],
    });
    expect(await ask("openai", model("gpt-image-2"), { uses })).toEqual({
      found: ["2 models"],
      shutdowns: [],
    });
    expect(asked()).toEqual(["GET /v1/models", "GET /v1/models"]);
  });

  test("has no model of that name; where nothing uses it, none is missed", async () => {
    expect(await refusal(ask("openai", model("gpt-imagge-2"), { uses: ["image"] }))).toEqual([
      "the service answers, and has no model 'gpt-imagge-2'.",
      "Did you mean 'gpt-image-2'?",
      "api.image",
    ]);
    expect(await ask("openai", model("gpt-imagge-2"))).toEqual({ found: ["2 models"], shutdowns: [] });
  });

  test("answers with something else than a list", async () => {
    server.script("html", "shape");
    const told = (what: string) => [
      `mine gave an answer that is none: ${what}.`,
      "Check that the provider's address is that of the service, and no proxy's page. Build again in a while: what is finished stays.",
      "api.provider",
    ];
    expect(await refusal(ask("openai", {}))).toEqual(
      told("the answer is no JSON but '<html><title>Proxy</title></html>'"),
    );
    expect(await refusal(ask("openai", {}))).toEqual(told("the answer is no list of models"));
  });

  test("says no: nothing that a film is made of is in the words", async () => {
    server.script(
      { status: 400, body: { error: { code: "invalid_value", message: "No." } } },
      { status: 403, body: { error: { message: "Not for you." } } },
      { status: 404, body: { error: { message: "Not here." } } },
    );
    expect(await refusal(ask("openai", {}))).toEqual([
      'mine does not accept the request: 400 invalid_value, "No".',
      "Check the provider's settings in faceless.config.yaml: the model may not take one of them.",
      "api.provider",
    ]);
    expect(await refusal(ask("openai", {}))).toEqual([
      'mine does not allow this key to ask what there is: 403, "Not for you".',
      "Check what the account may use, and OPENAI_API_KEY in the environment or in .env.",
      "api.authentication",
    ]);
    expect(await refusal(ask("openai", {}))).toEqual([
      'mine has nothing at this address: 404, "Not here".',
      "Check the address of the provider, and its api_version if it has one, in faceless.config.yaml and the environment.",
      "api.provider",
    ]);
  });
});

describe("azure-openai", () => {
  const DATED = "azure-openai with a date, from the environment";
  const uses = ["image"] as const;
  const image = (model?: string) => ({
    image: { deployment: "pictures", ...(model === undefined ? {} : { model }) },
  });
  const unseen = "whether there is a deployment 'pictures', only a request can tell";

  test("has the model behind a deployment, with its version and the day on which that is switched off", async () => {
    expect(await ask(DATED, image("gpt-image-2"), { uses })).toEqual({
      found: ["5 models", unseen],
      shutdowns: [{ model: "gpt-image-2-2026-04-21", date: "2027-04-21" }],
    });
    expect(await ask(DATED, image("dall-e-3"), { uses })).toMatchObject({
      shutdowns: [{ model: "dall-e-3-3.0", date: "2026-12-01" }],
    });
    expect(asked()).toEqual(Array(2).fill("GET /openai/models 2025-04-01-preview"));
  });

  test("has several versions: which one a deployment has is not told, and after the last there is none", async () => {
    expect(await ask(DATED, image("gpt-4o"), { uses })).toEqual({
      found: [
        "5 models",
        unseen,
        "'gpt-4o' has the versions gpt-4o-2024-05-13 (until 2026-10-23), gpt-4o-2024-08-06 (until 2027-01-14)",
      ],
      shutdowns: [{ model: "gpt-4o-2024-08-06", date: "2027-01-14" }],
    });
    expect(await ask(DATED, image("gpt-4o-2024-05-13"), { uses })).toEqual({
      found: ["5 models", unseen],
      shutdowns: [{ model: "gpt-4o-2024-05-13", date: "2026-10-23" }],
    });
  });

  test("cannot know what is behind a deployment that the configuration does not tell of", async () => {
    expect(await ask(DATED, image(), { uses })).toEqual({
      found: ["5 models", unseen, "which model it has, `image: { model: … }` of the provider can say"],
      shutdowns: [],
    });
    expect(await ask("azure-openai", image("gpt-image-9"), { uses })).toEqual({
      found: ["2 models", unseen, "no model is called 'gpt-image-9'"],
      shutdowns: [],
    });
  });

  test("without such a version there is nothing: that is no model's fault", async () => {
    expect(await refusal(ask(DATED, { ...image(), api_version: "2019-01-01" }, { uses }))).toEqual([
      'mine has nothing at this address: 404, "Resource not found".',
      "Check the address of the provider, and its api_version if it has one, in faceless.config.yaml and the environment.",
      "api.provider",
    ]);
  });

  test("does not take the key, which is not told", async () => {
    expect(await refusal(ask(DATED, image(), { uses, key: "sk-wrong-0123456789" }))).toEqual([
      'mine does not accept the key: 401 invalid_api_key, "Incorrect API key provided: ***. You can find your key at the website".',
      "Check AZURE_OPENAI_API_KEY in the environment or in .env.",
      "api.authentication",
    ]);
  });
});

describe("elevenlabs", () => {
  const model = { model: "eleven_multilingual_v2", voices: { nova: "v1", onyx: "missing-1" } };
  const uses = ["speech"] as const;
  const restricted = { status: 401, body: { detail: { status: "missing_permissions", message: "No." } } };

  test("has the model and the voices", async () => {
    expect(await ask("elevenlabs", model, { uses, voices: ["nova", "v 2"] })).toEqual({
      found: ["1 model", "the voice 'nova'", "the voice 'v 2'"],
      shutdowns: [],
    });
    expect(asked()).toEqual(["GET /v1/models", "GET /v1/voices/v1", "GET /v1/voices/v%202"]);
  });

  test("has no such model, or none that speaks; no such voice", async () => {
    expect(await refusal(ask("elevenlabs", { model: "eleven_english_sts_v2" }, { uses }))).toEqual([
      "the service answers, and has no model 'eleven_english_sts_v2' that speaks.",
      expect.stringMatching(/'eleven_multilingual_v2'/),
      "api.speech",
    ]);
    expect(await refusal(ask("elevenlabs", model, { uses, voices: ["onyx"] }))).toEqual([
      "mine has no voice 'missing-1', which 'voices' of the provider gives for 'onyx': 404 voice_not_found, \"A voice with the voice_id missing-1 was not found\".",
      "Name one that it has, in faceless.config.yaml below the provider: `voices: { onyx: <id> }`.",
      "api.speech",
    ]);
  });

  test("lets a restricted key read nothing, which may speak all the same", async () => {
    server.script(restricted, restricted);
    expect(await ask("elevenlabs", model, { uses, voices: ["nova"] })).toEqual({
      found: [
        "and does not let this key read which models there are",
        "of the voice 'nova' only a request can tell",
      ],
      shutdowns: [],
    });
  });

  test("does not take the key", async () => {
    expect(await refusal(ask("elevenlabs", model, { key: "wrong-0123456789" }))).toEqual([
      'mine does not accept the key: 401 invalid_api_key, "Invalid API key ***".',
      "Check ELEVENLABS_API_KEY in the environment or in .env.",
      "api.authentication",
    ]);
  });
});

test("pexels finds a picture, or does not take the key", async () => {
  expect(await ask("pexels", {})).toEqual({ found: ["it finds photographs"], shutdowns: [] });
  expect(asked()).toEqual(["GET /v1/search lake 1"]);
  expect(await refusal(ask("pexels", {}, { key: "wrong-0123456789" }))).toEqual([
    'mine does not accept the key: 401 invalid_api_key, "Incorrect API key provided: ***. You can find your key at the website".',
    "Check PEXELS_API_KEY in the environment or in .env.",
    "api.authentication",
  ]);
});
