/** The routes of the services that the test server stands for, and their good answers. */
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Json, JsonObject } from "../lib/base/json.ts";
import { encodePng } from "../lib/providers/offline/art/png.ts";

export interface Asked {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
  /** The server's own address. */
  readonly url: string;
  /** How many requests have come, this one included. */
  readonly nth: number;
  /** The key that is taken. */
  readonly key: string;
  readonly answerText: ((body: JsonObject) => JsonObject | undefined) | undefined;
  readonly answerUsage: JsonObject | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Route {
  readonly name:
    | "text"
    | "image"
    | "image-edit"
    | "speech"
    | "models"
    | "voice"
    | "timed-speech"
    | "photos"
    | "picture";
  answer(asked: Asked): Reply;
}

const json = (status: number, body: Json): Reply => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(body)),
});

const error = (status: number, code: string, message: string) => json(status, { error: { code, message } });

/** Samples per second of the speech that OpenAI makes. */
export const SPEECH_RATE = 24_000;
/** Samples for each character: short, and still a length that tells texts apart. */
export const SAMPLES_PER_CHARACTER = 240;

const OPENAI: Readonly<Record<string, Route>> = {
  "chat/completions": { name: "text", answer: text },
  "images/generations": { name: "image", answer: image },
  "images/edits": { name: "image-edit", answer: image },
  "audio/speech": { name: "speech", answer: speech },
  models: { name: "models", answer: models },
};

/** Undefined where there is no such route. */
export function routeOf(method: string, path: string): Route | undefined {
  const timed = /^\/v1\/text-to-speech\/([^/]+)\/with-timestamps$/.exec(path);
  if (timed !== null)
    return { name: "timed-speech", answer: withKey("xi-api-key", timedSpeech, elevenRefusal) };
  if (path === "/v1/search" && method === "GET")
    return { name: "photos", answer: withKey("authorization", photos) };
  if (path === "/v1/models") return { name: "models", answer: modelsOfEither };
  if (path.startsWith("/v1/voices/"))
    return { name: "voice", answer: withKey("xi-api-key", voice, elevenRefusal) };
  if (path === "/openai/models")
    return { name: "models", answer: withKey("api-key", withVersion(azureModels)) };
  if (path.startsWith("/photos/")) return { name: "picture", answer: picture };
  const azure = /^\/openai\/deployments\/([^/]+)\/(.+)$/.exec(path);
  if (azure !== null) return dated(OPENAI[azure[2]!], decodeURIComponent(azure[1]!));
  const plain = /^(?:\/openai)?\/v1\/(.+)$/.exec(path);
  const route = OPENAI[plain?.[1] ?? ""];
  if (route === undefined) return undefined;
  return { name: route.name, answer: withBearer(route.answer) };
}

type Answering = Route["answer"];

const refusal = (given: string) =>
  error(
    401,
    "invalid_api_key",
    `Incorrect API key provided: ${given}. You can find your key at the website.`,
  );
const elevenRefusal = (given: string) =>
  json(401, { detail: { status: "invalid_api_key", message: `Invalid API key ${given}` } });

function withKey(header: string, answer: Answering, refused: (given: string) => Reply = refusal): Answering {
  return (asked) => {
    const given = String(asked.headers[header] ?? "");
    return given === asked.key ? answer(asked) : refused(given);
  };
}

/** Azure's newer routes take either header. */
function withBearer(answer: Answering): Answering {
  return (asked) => {
    const { authorization = "", "api-key": own } = asked.headers;
    const given = typeof own === "string" ? own : authorization.replace(/^Bearer /, "");
    return given === asked.key ? answer(asked) : refusal(given);
  };
}

/** Of Azure's routes with a date: that has to be one that there is. */
function withVersion(answer: Answering): Answering {
  return (asked) =>
    /^202[3-6]-\d{2}-\d{2}(-preview)?$/.test(asked.query["api-version"] ?? "")
      ? answer(asked)
      : error(404, "404", "Resource not found");
}

/** Azure's routes with a date: the key has a header of its own. */
function dated(route: Route | undefined, deployment: string): Route | undefined {
  if (route === undefined) return undefined;
  const answer = withVersion((asked) => {
    if (deployment.startsWith("missing"))
      return error(404, "DeploymentNotFound", "The API deployment for this resource does not exist.");
    return route.answer(asked);
  });
  return { name: route.name, answer: withKey("api-key", answer) };
}

function text({ body, answerText, answerUsage }: Asked): Reply {
  const asked = body as unknown as {
    messages: { content: string }[];
    response_format?: { json_schema: { schema: Schema } };
  };
  const told = answerText?.(body as JsonObject);
  const schema = asked.response_format?.json_schema.schema;
  const content = schema === undefined ? "hello" : JSON.stringify(example(schema));
  const choice = told ?? { finish_reason: "stop", message: { role: "assistant", content, refusal: null } };
  const characters = asked.messages.reduce((sum, message) => sum + message.content.length, 0);
  return json(200, {
    id: "chatcmpl-1",
    object: "chat.completion",
    choices: [{ index: 0, ...choice }],
    usage: answerUsage ?? {
      prompt_tokens: Math.ceil(characters / 4),
      completion_tokens: Math.ceil(content.length / 4),
      prompt_tokens_details: { cached_tokens: 0 },
    },
  });
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly Json[];
  readonly anyOf?: readonly Schema[];
}

/** The smallest value of that shape. */
function example({ type, properties = {}, items, enum: values, anyOf }: Schema): Json {
  if (values !== undefined) return values[0]!;
  if (anyOf !== undefined) return example(anyOf[0]!);
  const kind = typeof type === "string" ? type : type?.[0];
  if (kind === "object")
    return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, example(inner)]));
  if (kind === "array") return [example(items!)];
  if (kind === "string") return "text";
  if (kind === "boolean") return true;
  return kind === "null" ? null : 1;
}

/** One colour by the prompt and by how many came before: no two are the same, as with a real model. */
function paint(seed: string, width: number, height: number): Buffer {
  const [red, green, blue] = createHash("sha256").update(seed).digest();
  const pixels = new Uint8Array(width * height * 4);
  for (let at = 0; at < pixels.length; at += 4) pixels.set([red!, green!, blue!, 255], at);
  return Buffer.from(encodePng(pixels, width, height));
}

/** Sizes of the first image models; newer ones take more. */
const SIZES = ["1024x1024", "1536x1024", "1024x1536"];

/** Of one picture that is shown beside the prompt. */
export const TOKENS_SHOWN = 3_000;

function image({ body, nth, url }: Asked): Reply {
  const { prompt, size, response_format, model } = body as Record<string, string>;
  const { image: one = [], "image[]": several = [] } = body as Readonly<Record<string, string | string[]>>;
  const shown = [one, several].flat().length;
  const free = model?.startsWith("any-size") ?? false;
  if (!free && !SIZES.includes(size ?? ""))
    return error(
      400,
      "invalid_value",
      `Invalid value: '${size}'. Supported values are: ${SIZES.join(", ")}.`,
    );
  const [width, height] = size!.split("x").map(Number);
  const link = `${url}/photos/${encodeURIComponent(prompt!.slice(0, 40))}-${nth}.png?w=${width}&h=${height}`;
  const drawn = paint(`${prompt} ${nth}`, width!, height!).toString("base64");
  return json(200, {
    created: 1,
    data: [response_format === "url" ? { url: link } : { b64_json: drawn }],
    usage: {
      input_tokens: 50 + shown * TOKENS_SHOWN,
      output_tokens: 1568,
      total_tokens: 1618 + shown * TOKENS_SHOWN,
      input_tokens_details: { text_tokens: 50, image_tokens: shown * TOKENS_SHOWN },
    },
  });
}

/** The samples that a text becomes: a ramp that tells where each character lies. */
export function samplesOf(text: string): Int16Array {
  return Int16Array.from(
    { length: text.length * SAMPLES_PER_CHARACTER },
    (_, i) => text.charCodeAt(Math.floor(i / SAMPLES_PER_CHARACTER)) * 16,
  );
}

/** As OpenAI streams it: a header that claims more than there is, since the length is not known yet. */
function speech({ body }: Asked): Reply {
  const { input, response_format } = body as Record<string, string>;
  if (input!.length > 4096)
    return error(400, "string_above_max_length", "Invalid 'input': string too long. Expected 4096.");
  if (response_format !== "wav" && response_format !== "pcm")
    return error(400, "invalid_value", "the test server speaks wav and pcm alone");
  const samples = Buffer.from(samplesOf(input!).buffer);
  if (response_format === "pcm")
    return { status: 200, headers: { "content-type": "audio/pcm" }, body: samples };
  const header = Buffer.alloc(44);
  header.write("RIFF\xff\xff\xff\xffWAVEfmt ", 0, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SPEECH_RATE, 24);
  header.writeUInt32LE(SPEECH_RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data\xff\xff\xff\xff", 36, "latin1");
  return { status: 200, headers: { "content-type": "audio/wav" }, body: Buffer.concat([header, samples]) };
}

/** Of ElevenLabs: PCM in base64, and the times of each character. */
function timedSpeech({ body, query }: Asked): Reply {
  const { text: spoken } = body as Record<string, string>;
  const rate = Number(/^pcm_(\d+)$/.exec(query.output_format ?? "")?.[1]);
  if (Number.isNaN(rate))
    return json(422, { detail: { status: "invalid_output_format", message: "no such format" } });
  const characters = [...spoken!];
  const seconds = (at: number) => (at * SAMPLES_PER_CHARACTER) / rate;
  return json(200, {
    audio_base64: Buffer.from(samplesOf(spoken!).buffer).toString("base64"),
    alignment: spoken!.includes("7")
      ? null
      : {
          characters,
          character_start_times_seconds: characters.map((_, i) => seconds(i)),
          character_end_times_seconds: characters.map((_, i) => seconds(i + 1)),
        },
  });
}

function photos({ query, url }: Asked): Reply {
  const words = query.query ?? "";
  const found = words.includes("nothing") ? [] : [1, 2, 3];
  return json(200, {
    total_results: found.length,
    photos: found.map((id) => ({
      id,
      width: 3000,
      height: 2000,
      url: `https://www.pexels.com/photo/${id}/`,
      photographer: `Photographer ${id}`,
      photographer_url: "https://www.pexels.com/@someone",
      src: {
        original: `${url}/photos/${id}.png?w=300&h=200`,
        large2x: `${url}/photos/${id}.png?w=300&h=200`,
      },
    })),
  });
}

function picture({ path, query }: Asked): Reply {
  const body = paint(path, Number(query.w), Number(query.h));
  return { status: 200, headers: { "content-type": "image/png" }, body };
}

/** OpenAI tells when a model is shut down, where it knows. */
function models(): Reply {
  return json(200, {
    object: "list",
    data: [
      { id: "gpt-image-1", object: "model", shutdown_date: "2026-10-23" },
      { id: "gpt-image-2", object: "model", shutdown_date: null },
    ],
  });
}

/** Azure's list: ids have the version in them, and the date is in seconds since 1970. */
function azureModels(): Reply {
  const one = (id: string, date: string) => ({
    id,
    object: "model",
    lifecycle_status: "generally-available",
    deprecation: { fine_tune: Date.parse(date) / 1_000, inference: Date.parse(date) / 1_000 },
  });
  return json(200, {
    object: "list",
    data: [
      one("gpt-4o-2024-05-13", "2026-10-23"),
      one("gpt-4o-2024-08-06", "2027-01-14"),
      one("gpt-4o-mini-2024-07-18", "2026-12-31"),
      one("gpt-image-2-2026-04-21", "2027-04-21"),
      one("dall-e-3-3.0", "2026-12-01"),
    ],
  });
}

/** ElevenLabs and OpenAI have it at the same path; their keys come in different headers. */
function modelsOfEither(asked: Asked): Reply {
  const isEleven = asked.headers["xi-api-key"] !== undefined;
  return isEleven ? withKey("xi-api-key", elevenModels, elevenRefusal)(asked) : withBearer(models)(asked);
}

function elevenModels(): Reply {
  return json(200, [
    { model_id: "eleven_multilingual_v2", name: "Multilingual v2", can_do_text_to_speech: true },
    { model_id: "eleven_english_sts_v2", name: "Speech to speech", can_do_text_to_speech: false },
  ]);
}

/** Any voice is there but those that are called missing. */
function voice({ path }: Asked): Reply {
  const id = decodeURIComponent(path.slice("/v1/voices/".length));
  return id.startsWith("missing")
    ? json(404, {
        detail: { status: "voice_not_found", message: `A voice with the voice_id ${id} was not found.` },
      })
    : json(200, { voice_id: id, name: id, category: "premade" });
}
