/** What OpenAI's protocol asks and answers: text by shape, pictures by size, speech in pieces, and what each costs. */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../lib/base/json.ts";
import { encodePng } from "../lib/providers/offline/art/png.ts";
import { speechEstimate, tokensAtMost } from "../lib/providers/prices.ts";
import type { Use } from "../lib/providers/provider.ts";
import type { SpeechProvider } from "../lib/providers/speech.ts";
import type { Purpose } from "../lib/providers/text.ts";
import { readWav } from "../lib/providers/wav.ts";
import { samplesOf, TOKENS_SHOWN } from "./api-routes.ts";
import { type ApiServer, KEY, startApiServer } from "./api-server.ts";
import { failureOf, rig, SETUPS, type Setup } from "./provider-kit.ts";

let server: ApiServer;
beforeEach(async () => {
  server = await startApiServer();
});
afterEach(() => server.close());

const { openai, "azure-openai": azure } = SETUPS as Record<string, Setup>;
const body = (at = 0) => server.log[at]!.body as JsonObject;
const { signal } = new AbortController();
const context = { signal, stop: signal, till: { buy: unbooked }, notice: () => {} };

async function unbooked(_: unknown, send: () => Promise<{ body: Uint8Array }>): Promise<Uint8Array> {
  return (await send()).body;
}

describe("text", () => {
  const about = { source: "topic", text: "lakes" } as const;
  const answered = (finish_reason: string, message: JsonObject) => {
    server.answerText = () => ({ finish_reason, message: { role: "assistant", content: null, ...message } });
  };
  const failing = async (changes: JsonObject = {}) => {
    const { use, bought } = await rig(openai!, server, { changes });
    const { message, help, code } = await failureOf(use("text"));
    return { told: [message, help, code], paid: bought.filter(({ answer }) => answer !== undefined).length };
  };

  test("instructions, the input as data, and the shape as a strict schema", async () => {
    await (await rig(openai!, server)).use("text");
    expect(body()).toEqual({
      model: "writer",
      messages: [
        { role: "system", content: "Write." },
        { role: "user", content: '{"topic":"lakes"}' },
      ],
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "generate",
          strict: true,
          schema: {
            $schema: "http://json-schema.org/draft-07/schema#",
            type: "object",
            properties: {
              title: { type: "string" },
              scenes: { type: "array", items: { type: "string" } },
              note: { type: ["string", "null"] },
            },
            required: ["title", "scenes", "note"],
            additionalProperties: false,
          },
        },
      },
      max_tokens: 8192,
    });
  });

  test("Azure is given the newer name of the bound, and what the settings say", async () => {
    const text = { deployment: "writer", temperature: 0.2, reasoning_effort: "low", max_output_tokens: 500 };
    await (await rig(azure!, server, { changes: { text } })).use("text");
    expect(body()).toMatchObject({ temperature: 0.2, reasoning_effort: "low", max_completion_tokens: 500 });
    expect(body()).not.toHaveProperty("max_tokens");
  });

  test("a refusal is paid for, explained, and not asked for again", async () => {
    answered("stop", { refusal: "I cannot help with that." });
    expect(await failing()).toEqual({
      told: [
        "mine refuses the topic 'lakes' by its content policy: refusal, I cannot help with that.",
        "Say it in other words (the topic): without real people, violence, or what could be read so. The answer was paid for, and is kept: `--force` with this path asks for another.",
        "api.text",
      ],
      paid: 1,
    });
    expect(server.log).toHaveLength(1);
  });

  test("an answer that was filtered", async () => {
    answered("content_filter", { content: "" });
    const { told, paid } = await failing();
    expect(told[0]).toBe(
      "mine refuses the topic 'lakes' by its content policy: content_filter, the answer was filtered.",
    );
    expect([paid, server.log.length]).toEqual([1, 1]);
  });

  test("a text of one scene may take a quarter of the longest answer, and costs that at most", async () => {
    const text = { deployment: "writer", model: "gpt-4o", max_output_tokens: 4_000 };
    const { provider } = await rig(azure!, server, { changes: { text } });
    const written = provider.make.text!();
    const cost = (purpose: Purpose) =>
      written.estimate({ purpose, about, instructions: "Write.", input: {} })!;
    const [tokens, price] = [3_000, 10 / 1_000_000];
    expect(cost("generate") - cost("enhance-prompt")).toBeCloseTo(tokens * price, 10);
    expect(cost("enhance") - cost("enhance-narration")).toBeCloseTo(tokens * price, 10);
    const shape = z.strictObject({ narration: z.string() });
    const asked = { purpose: "enhance-narration", about, instructions: "Write.", input: {}, shape } as const;
    expect(await written.write(asked, context)).toEqual({ narration: "text" });
    expect(body()).toMatchObject({ max_completion_tokens: 1_000 });
  });

  test("an answer that is too long", async () => {
    answered("length", { content: '{"title":"T' });
    expect(await failing({ text: { model: "writer", max_output_tokens: 300 } })).toEqual({
      told: [
        "the answer of 'writer' was longer than 300 tokens, and is cut off.",
        "Raise 'max_output_tokens' of the provider's 'text' in faceless.config.yaml (one scene's text alone may take a quarter of it), or ask for less. What is finished stays.",
        "api.text",
      ],
      paid: 1,
    });
    expect(server.log).toHaveLength(1);
  });

  test.each([
    [
      "another shape",
      '{"title":7,"scenes":[],"note":null}',
      "at 'title', Invalid input: expected string, received number",
    ],
    ["a member too many", '{"title":"T","scenes":[],"note":null,"x":1}', "at '', Unrecognized key: \"x\""],
    ["no JSON at all", "Here you are:", "the answer is no JSON but 'Here you are:'"],
  ])("%s is asked for again, three times at most, and charged by its usage", async (_, content, what) => {
    answered("stop", { content });
    const { use, bought, notices } = await rig(openai!, server);
    const { message, help, code, passing } = await failureOf(use("text"));
    expect([message, help, code, passing]).toEqual([
      `'writer' of mine does not keep to the shape that is asked for: ${what}. It was asked 3 times. Request id: req_test.`,
      "Name another model in the provider's 'text' in faceless.config.yaml: one with structured outputs, by JSON schemas.",
      "api.provider",
      false,
    ]);
    expect([server.log.length, bought.length]).toEqual([3, 3]);
    expect(notices).toEqual(
      [1, 2].map((wait) => `mine: a request failed, and was charged (${what}); asking again in ${wait} s.`),
    );
  });

  test("a shape that no strict schema can have is a mistake, told before anything is sent", async () => {
    const { provider } = await rig(openai!, server);
    const shape = z.strictObject({ title: z.string().optional() });
    const asked = { purpose: "generate", about, instructions: "Write.", input: {}, shape } as const;
    await expect(provider.make.text!().write(asked, context)).rejects.toThrow(/\.optional\(\)/);
    expect(server.log).toEqual([]);
  });
});

describe("pictures", () => {
  const asking = async (width: number, height: number, image: JsonObject = {}, setup = openai!) => {
    const { provider } = await rig(setup, server, { changes: { image: { model: "any-size", ...image } } });
    return await provider.make.image!().generate(
      { prompt: "A lake", style: {}, width, height, take: 1 },
      context,
    );
  };

  test.each([
    [2048, 1152, "1536x1024"],
    [1152, 2048, "1024x1536"],
    [1024, 1024, "1024x1024"],
    [512, 512, "1024x1024"],
    [300, 200, "1536x1024"],
    [1600, 1200, "1536x1024"],
  ])("%i × %i is asked for as %s", async (width, height, size) => {
    await asking(width, height);
    expect(body()).toEqual({ model: "any-size", prompt: "A lake", size });
  });

  test.each([
    [2048, 1152, "2048x1152"],
    [1920, 1080, "1920x1088"],
    [8192, 4608, "3840x2160"],
  ])("where any size can be had, %i × %i is asked for as %s", async (width, height, size) => {
    await asking(width, height, { sizes: "any" });
    expect(body().size).toBe(size);
  });

  test("a link is followed at once, without the key, and what is kept has the picture itself", async () => {
    const image = { model: "painter", response_format: "url" };
    const { use, bought } = await rig(openai!, server, { changes: { image } });
    const made = (await use("image")) as Uint8Array;
    expect(server.log.map(({ route }) => route!.name)).toEqual(["image", "picture"]);
    expect(server.log[1]!.headers.authorization).toBeUndefined();
    const kept = JSON.parse(Buffer.from(bought[0]!.answer!.body).toString());
    expect(Buffer.from(kept.data[0].b64_json, "base64").equals(made)).toBe(true);
  });

  test("a link that fails for a moment is followed again, and no other picture is bought", async () => {
    const { use, notices, bought } = await rig(openai!, server, {
      changes: { image: { model: "painter", response_format: "url" } },
    });
    server.script(undefined, { status: 503 }, "reset");
    await use("image");
    expect(server.log.map(({ route }) => route!.name)).toEqual(["image", "picture", "picture", "picture"]);
    expect([notices, bought.length]).toEqual([[], 1]);
  });

  test("a link that leads nowhere is no answer", async () => {
    const { use, notices } = await rig(openai!, server, {
      changes: { image: { model: "painter", response_format: "url" } },
    });
    server.script(undefined, { status: 404 });
    await use("image");
    expect(notices).toEqual([
      "mine: a request failed, and was charged (the picture cannot be fetched from the address that was given: Not Found); asking again in 1 s.",
    ]);
  });

  describe.each(["openai", "azure-openai", "azure-openai with a date, from the environment"])(
    "references go with the request, by images/edits, and into the purchase by their digests: %s",
    (name) => {
      const squares = [64, 32].map((side) => encodePng(new Uint8Array(side * side * 4), side, side));
      const digests = squares.map((one) => createHash("sha256").update(one).digest("hex"));
      const asking = async (references: readonly Uint8Array[]) => {
        const id = name === "openai" ? { model: "painter" } : { deployment: "painter" };
        const changes = { image: { ...id, references: true } };
        const { provider, bought, context: booked } = await rig(SETUPS[name]!, server, { changes });
        const asked = { prompt: "A lake", style: {}, width: 300, height: 200, take: 1, references };
        await provider.make.image!().generate(asked, booked);
        return bought[0]!.purchase.request;
      };
      const request = { model: "painter", prompt: "A lake", size: "1536x1024" };

      test("one", async () => {
        expect(await asking(squares.slice(0, 1))).toEqual({ ...request, take: 1, references: [digests[0]] });
        expect(server.log[0]!.path).toMatch(/(\/v1|\/deployments\/painter)\/images\/edits$/);
        expect(body()).toEqual({ ...request, image: digests[0] });
      });

      test("several, in their order", async () => {
        expect(await asking(squares)).toEqual({ ...request, take: 1, references: digests });
        expect(server.log[0]!.path).toMatch(/(\/v1|\/deployments\/painter)\/images\/edits$/);
        expect(body()).toEqual({ ...request, "image[]": digests });
      });

      test("none, by images/generations as ever", async () => {
        expect(await asking([])).toEqual({ ...request, take: 1 });
        expect(server.log[0]!.path).toMatch(/(\/v1|\/deployments\/painter)\/images\/generations$/);
        expect(body()).toEqual(request);
      });
    },
  );

  test("another take is another purchase of the same request, and another picture", async () => {
    const { use, bought } = await rig(openai!, server);
    const [one, two] = [await use("image"), await use("image", { take: 2 })] as Uint8Array[];
    expect(bought.map(({ purchase }) => (purchase.request as JsonObject).take)).toEqual([1, 2]);
    expect(body(0)).toEqual(body(1));
    expect(Buffer.from(one!).equals(two!)).toBe(false);
  });
});

describe("speech", () => {
  const speaking = async (text: string, speech: JsonObject = {}, speed = 1) => {
    const { provider } = await rig(openai!, server, { changes: { speech: { model: "speaker", ...speech } } });
    const made: SpeechProvider = provider.make.speech!();
    return await made.synthesize({ text, voice: "narrator", speed }, context);
  };

  test("voices by a name of one's own, instructions, and a speed only where it says something", async () => {
    await speaking("Hello.", { voices: { narrator: "onyx" }, instructions: "Slowly." });
    await speaking("Hello.", {}, 1.25);
    expect([body(0), body(1)]).toEqual([
      { model: "speaker", input: "Hello.", voice: "onyx", instructions: "Slowly.", response_format: "wav" },
      { model: "speaker", input: "Hello.", voice: "narrator", speed: 1.25, response_format: "wav" },
    ]);
  });

  test("a long text is cut between sentences and joined to the sample", async () => {
    const sentences = Array.from({ length: 12 }, (_, i) => `Sentence number ${i} is about a lake.`);
    const { audio } = await speaking(sentences.join(" "), { max_characters: 120 });
    const asked = server.log.map((_, i) => String(body(i).input));
    expect(asked).toHaveLength(4);
    expect(asked.join(" ")).toBe(sentences.join(" "));
    const expected = asked.flatMap((text) => [...samplesOf(text)]);
    expect(readWav(audio).rate).toBe(24_000);
    expect(
      Buffer.from(readWav(audio).samples.buffer).equals(Buffer.from(Int16Array.from(expected).buffer)),
    ).toBe(true);
  });
});

describe("what it costs", () => {
  const priced: Readonly<Record<string, JsonObject>> = {
    text: { deployment: "d", model: "gpt-4o", max_output_tokens: 1_000 },
    image: { deployment: "d", model: "gpt-image-1", quality: "medium" },
    speech: { deployment: "d", model: "tts-1" },
  };
  const buying = async (use: "text" | "image" | "speech", changes: JsonObject) => {
    const { use: ask, bought } = await rig(azure!, server, { changes });
    await ask(use);
    const [{ purchase, answer }] = bought as [(typeof bought)[0]];
    return { model: purchase.model, estimate: purchase.estimate, cost: answer!.cost, usage: answer!.usage };
  };

  test("text: at most all tokens that the answer may have, then those that were told", async () => {
    const { model, estimate, cost, usage } = await buying("text", priced);
    // 6 and 17 bytes and 2000 tokens asked at $2.50 a million, 1000 answered at $10.
    expect([model, estimate]).toEqual(["d", (2_023 * 2.5 + 1_000 * 10) / 1e6]);
    expect(usage).toEqual({
      prompt_tokens: 6,
      completion_tokens: 12,
      prompt_tokens_details: { cached_tokens: 0 },
    });
    expect(cost).toBe((6 * 2.5 + 12 * 10) / 1e6);
  });

  // Counted by gpt-tokenizer 4 with the encodings cl100k_base and o200k_base; the larger of both.
  test.each([
    ["A lake at dawn", 4],
    ["🧑‍🚀🦄🪐", 14],
    ["𓂀𓃭𓆣", 12],
    ["ᚠᛇᚻ᛫ᛒᛦᚦ", 21],
    ["ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ", 28],
    ["البحيرة هادئة، ولا أحد يأتي إلى هنا بعد الآن.", 33],
    ["这个湖很安静，再也没有人来这里了。", 19],
    ["湖は静かだ。もう誰もここには来ない。", 21],
  ])("tokens at most: %s", (text, tokens) => {
    expect(tokensAtMost(text)).toBeGreaterThanOrEqual(tokens);
    expect(tokensAtMost(text)).toBe(Buffer.byteLength(text));
  });

  test("pictures: by quality and size, then by tokens", async () => {
    const { estimate, cost, usage } = await buying("image", priced);
    // "A lake at dawn" is 14 tokens at most, $5 a million.
    expect(estimate).toBeCloseTo(0.063 + 70e-6, 10);
    expect(cost).toBeCloseTo((50 * 5 + 1_568 * 40) / 1e6, 10);
    expect(usage).toMatchObject({ output_tokens: 1_568 });
  });

  test("pictures of no certain quality: the dearest; without a price for tokens: as estimated", async () => {
    const { estimate, cost } = await buying("image", {
      ...priced,
      image: { deployment: "d", model: "gpt-image-1-mini" },
    });
    expect([estimate, cost]).toEqual([0.052, 0.052]);
  });

  test("pictures of the model that is sold today have a price in every size that is asked for unless told otherwise", async () => {
    for (const sizes of [["1024x1024"], ["1536x1024"], ["1024x1536"]]) {
      const image = { deployment: "gpt-image-2", sizes };
      const { estimate, cost } = await buying("image", { ...priced, image });
      // "A lake at dawn" is 14 tokens at most, $5 a million.
      expect(estimate).toBeCloseTo((sizes[0] === "1024x1024" ? 0.211 : 0.165) + 70e-6, 10);
      expect(cost).toBeCloseTo((50 * 5 + 1_568 * 30) / 1e6, 10);
    }
  });

  test("pictures with references: the tokens of each are reckoned with, and without their price there is none", async () => {
    const reference = encodePng(new Uint8Array(4), 1, 1);
    const withReferences = async (count: number, image: JsonObject = {}) => {
      const changes = { ...priced, image: { ...priced.image!, ...image, references: true } };
      const { provider, bought, context: booked } = await rig(azure!, server, { changes });
      const asked = { prompt: "A lake at dawn", style: {}, width: 300, height: 200, take: 1 };
      const made = provider.make.image!();
      const foretold = made.estimate({ ...asked, references: count });
      await made.generate({ ...asked, references: Array.from({ length: count }, () => reference) }, booked);
      const [{ purchase, answer }] = bought as [(typeof bought)[0]];
      expect(purchase.estimate).toBe(foretold);
      return { foretold, cost: answer!.cost };
    };
    for (const count of [0, 1, 3]) {
      const { foretold, cost } = await withReferences(count);
      expect(foretold).toBeCloseTo(0.063 + (14 * 5 + count * 7_000 * 10) / 1e6, 10);
      expect(cost).toBeCloseTo((50 * 5 + count * TOKENS_SHOWN * 10 + 1_568 * 40) / 1e6, 10);
    }
    const mini = { model: "gpt-image-1-mini" };
    expect((await withReferences(1, mini)).foretold).toBeUndefined();
    expect((await withReferences(0, mini)).foretold).toBe(0.015);
  });

  test("a size or a quality without a price has none", async () => {
    for (const image of [
      { quality: "extreme" },
      { sizes: ["1792x1024"], deployment: "any-size", model: "gpt-image-2" },
    ]) {
      const { estimate } = await buying("image", { ...priced, image: { ...priced.image!, ...image } });
      expect(estimate).toBeUndefined();
    }
  });

  test("speech: by characters, or by the minute that is heard", async () => {
    const text = "The lake is still. Nobody comes here any more.";
    const byCharacter = await buying("speech", priced);
    expect([byCharacter.estimate, byCharacter.cost]).toEqual([
      (text.length * 15) / 1e6,
      (text.length * 15) / 1e6,
    ]);
    const speech = { deployment: "d", model: "gpt-4o-mini-tts" };
    const { estimate, cost, usage } = await buying("speech", { ...priced, speech });
    const seconds = (text.length * 240) / 24_000;
    expect(usage).toEqual({ characters: text.length, seconds });
    expect(cost).toBeCloseTo((seconds / 60) * 0.015, 12);
    expect(estimate).toBeCloseTo(((1 + text.length / 12) / 60) * 0.015, 12);
  });
});

test("a voice that a server of one's own does not have, in the words of Kokoro-FastAPI", async () => {
  const { use } = await rig(SETUPS["openai's protocol on a server of one's own"]!, server);
  const message = "Voice 'onyx' not found. Available voices: af_nova, am_onyx";
  server.script({
    status: 400,
    body: { detail: { error: "validation_error", message, type: "invalid_request_error" } },
  });
  const failure = await failureOf(use("speech"));
  expect([failure.message, failure.help, failure.code]).toEqual([
    `mine has no voice 'onyx', which 'voices' of the provider gives for 'nova': 400 invalid_request_error, "${message}".`,
    "Name one that it has, in faceless.config.yaml below the provider: `voices: { nova: <id> }`.",
    "api.speech",
  ]);
});

describe("speech by the minute is not reckoned shorter than it is", () => {
  const seconds = (text: string, speed = 1) =>
    speechEstimate({ speech: { minute: 60 }, source: "" }, text, speed);
  // Seconds: of Japanese and Mandarin at five syllables each; of numbers as they are said, at 16 characters each.
  test.each([
    ["Hi.", 0.8],
    ["湖は静かだ。もう誰もここには来ない。", 4.4],
    ["这个湖很安静，再也没有人来这里了。", 3.4],
    ["In 1984, 1,250,000 people paid $17.95 each.", 6.9],
  ])("%s", (text, spoken) => {
    expect(seconds(text)).toBeGreaterThanOrEqual(spoken);
    expect(seconds(text, 0.5)).toBeGreaterThanOrEqual(2 * spoken);
  });
});

describe("keys and addresses", () => {
  test("the key of OpenAI goes to no other server, unless the configuration says so", async () => {
    const setup: Setup = { ...openai!, env: () => ({ OPENAI_API_KEY: KEY }), paid: true };
    await (await rig(setup, server, { changes: { api_key_env: "OTHER" }, key: null }))
      .use("text")
      .catch(() => {});
    const { api_key_env: _, ...config } = openai!.config(server.url);
    await failureOf((await rig({ ...setup, config: () => config }, server)).use("text"));
    expect(server.log.map(({ headers }) => headers.authorization)).toEqual(["Bearer none"]);
  });

  test("an address and a deployment that are nowhere are told by name", async () => {
    const bare = { ...azure!, config: () => ({ type: "azure-openai", image: { deployment: "painter" } }) };
    const drawing = await rig(bare, server, { uses: ["image"] });
    expect((await failureOf(drawing.use("image"))).message).toBe(
      "the provider 'mine' needs AZURE_OPENAI_ENDPOINT, and the environment does not have it.",
    );
    const env = () => ({ AZURE_OPENAI_ENDPOINT: server.url });
    const speaking = await rig({ ...bare, env }, server, { uses: ["image", "speech"] });
    expect((await failureOf(speaking.use("speech"))).message).toBe(
      "the provider 'mine' needs AZURE_OPENAI_TTS_DEPLOYMENT, and the environment does not have it.",
    );
  });

  describe("all that an instance lacks is told at once", () => {
    const bare: Setup = { ...azure!, config: () => ({ type: "azure-openai" }) };
    const told = async (env: NodeJS.ProcessEnv, uses: readonly Use[], use: Use) => {
      const made = await rig({ ...bare, env: () => env }, server, { key: null, uses });
      const { message, help, code } = await failureOf(made.use(use));
      return [message, help, code];
    };

    test("of an empty environment, for all uses", async () => {
      expect(await told({}, ["text", "image", "speech"], "image")).toEqual([
        "the provider 'mine' needs AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY, AZURE_OPENAI_CHAT_DEPLOYMENT, AZURE_OPENAI_IMAGE_DEPLOYMENT and AZURE_OPENAI_TTS_DEPLOYMENT, and the environment has none of them.",
        "Write AZURE_OPENAI_ENDPOINT=…, AZURE_OPENAI_API_KEY=…, AZURE_OPENAI_CHAT_DEPLOYMENT=…, AZURE_OPENAI_IMAGE_DEPLOYMENT=… and AZURE_OPENAI_TTS_DEPLOYMENT=… into a file .env beside faceless.config.yaml, a line for each, and keep that file out of git; or set them in the environment.",
        "config.environment",
      ]);
    });

    test("only what the uses need that it is opened for", async () => {
      const [message] = await told({ AZURE_OPENAI_API_KEY: KEY }, ["speech"], "speech");
      expect(message).toBe(
        "the provider 'mine' needs AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_TTS_DEPLOYMENT, and the environment has none of them.",
      );
    });

    test("what is missing and what cannot be right, together", async () => {
      const env = { AZURE_OPENAI_ENDPOINT: "azure.example", AZURE_OPENAI_API_KEY: "clé" };
      expect(await told(env, ["text"], "text")).toEqual([
        "the provider 'mine' needs AZURE_OPENAI_CHAT_DEPLOYMENT, and the environment does not have it. AZURE_OPENAI_ENDPOINT is no address: one begins with https:// or http://. AZURE_OPENAI_API_KEY has characters that it cannot have: spaces, line breaks, or letters with accents.",
        "Write AZURE_OPENAI_CHAT_DEPLOYMENT=… into a file .env beside faceless.config.yaml, and keep that file out of git; or set it in the environment. Correct them in .env beside faceless.config.yaml, or in the environment.",
        "config.environment",
      ]);
    });

    test("who asks for nothing that is missing is not disturbed", async () => {
      const made = await rig({ ...bare, env: () => ({ AZURE_OPENAI_IMAGE_DEPLOYMENT: "painter" }) }, server, {
        key: null,
      });
      expect(made.provider.make.image!().identity).toMatch(/^azure-openai painter /);
    });
  });

  test("what is no address and no key is told without showing it", async () => {
    const bare = { ...azure!, config: () => ({ type: "azure-openai", image: { deployment: "painter" } }) };
    const lost = { ...bare, env: () => ({ AZURE_OPENAI_ENDPOINT: KEY }) };
    const { message, help } = await failureOf((await rig(lost, server, { uses: ["image"] })).use("image"));
    expect([message, help]).toEqual([
      "AZURE_OPENAI_ENDPOINT is no address: one begins with https:// or http://.",
      "Correct it in .env beside faceless.config.yaml, or in the environment.",
    ]);
    const told = { ...bare, env: () => ({ AZURE_OPENAI_ENDPOINT: "https://me:secret@azure.example" }) };
    expect((await failureOf((await rig(told, server, { uses: ["image"] })).use("image"))).message).toBe(
      "AZURE_OPENAI_ENDPOINT has a user or a password in it, and addresses are shown.",
    );
    const torn = await rig(azure!, server, { key: "one\ntwo" });
    expect((await failureOf(torn.use("image"))).message).toBe(
      "AZURE_OPENAI_API_KEY has characters that it cannot have: spaces, line breaks, or letters with accents.",
    );
    expect(server.log).toEqual([]);
  });

  test.each(["", "/", "/openai", "/openai/v1", "/openai/v1/"])(
    "Azure's address may end in '%s'",
    async (end) => {
      await (await rig(azure!, server, { changes: { endpoint: `${server.url}${end}` } })).use("image");
      expect(server.log[0]!.path).toBe("/openai/v1/images/generations");
    },
  );

  test("what the process's own environment says to the client library is none of ours", async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      OPENAI_BASE_URL: "http://127.0.0.1:1/",
      OPENAI_ORG_ID: "org",
      OPENAI_LOG: "debug",
    });
    try {
      for (const setup of [openai!, SETUPS["azure-openai with a date, from the environment"]!])
        await (await rig(setup, server)).use("text");
    } finally {
      process.env = before;
    }
    expect(server.log.map(({ headers }) => headers["openai-organization"])).toEqual([undefined, undefined]);
  });

  test("a model of Azure is what its price and identity go by, whatever its deployment is called", async () => {
    const identity = async (image: JsonObject) =>
      (await rig(azure!, server, { changes: { image } })).provider.make.image!().identity;
    const known = { model: "gpt-image-2" };
    expect(await identity({ deployment: "a", ...known })).toBe(await identity({ deployment: "b", ...known }));
    expect(await identity({ deployment: "a" })).not.toBe(await identity({ deployment: "b" }));
    expect(await identity({ deployment: "a", quality: "low" })).toBe(
      'azure-openai a {"quality":"low","sizes":["1024x1024","1536x1024","1024x1536"]}',
    );
  });
});
