/** Stock photographs from Pexels: free, found by the words of the prompt, with the photographer named. */
import { z } from "zod";
import { Failure } from "../base/failure.ts";
import type { JsonObject } from "../base/json.ts";
import { classify } from "./call/classify.ts";
import type { ApiClient } from "./call/client.ts";
import { BadAnswer } from "./call/fault.ts";
import { type Fetch, patientFetch } from "./call/fetch.ts";
import { request } from "./call/http.ts";
import { readJson } from "./call/read-json.ts";
import { address, callSettings, type Key, keyFrom, openClient, variableName } from "./call/settings.ts";
import type { TestConnection } from "./connection.ts";
import { Environment } from "./environment.ts";
import type { ImageProvider, ImageRequest } from "./image.ts";
import { pictureFormat } from "./picture-file.ts";
import { defineProvider } from "./provider.ts";

/** Photographs on a page of results; takes beyond are on the next ones. */
const PER_PAGE = 15;

const { paid: _, ...limits } = callSettings;

const settings = z
  .strictObject({
    type: z.literal("pexels").describe("Stock photographs from Pexels: free, with the photographer named."),
    api_key_env: variableName.default("PEXELS_API_KEY").describe("The environment variable with the key."),
    base_url: address.default("https://api.pexels.com").describe("The service's address."),
    query_words: z
      .int()
      .min(1)
      .max(30)
      .default(6)
      .describe("With how many of the prompt's first words is searched: a search knows no sentences."),
    ...limits,
  })
  .describe("Stock photographs from Pexels: free, with the photographer named.");

type Settings = z.output<typeof settings>;

export const pexels = defineProvider({
  settings,
  cannot: (use) => (use === "image" ? undefined : "finds pictures, and does nothing else."),
  voices: () => undefined,
  open(settings, surroundings) {
    const { api_key_env: variable } = settings;
    const environment = new Environment(surroundings, [{ name: variable, holds: "word" }]);
    const key = keyFrom(environment, variable);
    const client = openClient({ ...settings, paid: false }, surroundings, key);
    const service = { client, key, fetch: patientFetch(surroundings.env) };
    return {
      paid: false,
      checkEnvironment: () => environment.check(),
      test: testSearch(settings, service),
      make: { image: () => photographs(settings, service) },
    };
  },
});

interface Service {
  readonly client: ApiClient;
  readonly key: Key;
  readonly fetch: Fetch;
}

function photographs(settings: Settings, { client, key, fetch }: Service): ImageProvider {
  return {
    identity: `pexels query_words ${settings.query_words}`,
    estimate: () => 0,
    async generate(asked, context) {
      const secret = key.value();
      const query = queryOf(asked, settings);
      const photo = await client.call(
        {
          ...exchangeOf(asked, "search", query),
          send: (signal) => search(settings, fetch, query, secret, signal),
          read: (answer) => photoOf(answer, asked, query),
        },
        context,
      );
      context.notice(`Photo by ${photo.photographer} on Pexels: ${photo.url}`);
      const link = linkOf(photo, asked);
      return await client.call(
        {
          ...exchangeOf(asked, link, {}),
          send: (signal) => request(fetch, link, { signal }),
          read: readPhoto,
        },
        context,
      );
    },
  };
}

function search(
  { base_url }: Pick<Settings, "base_url">,
  fetch: Fetch,
  query: Readonly<Record<string, string>>,
  authorization: string,
  signal: AbortSignal,
): Promise<Response> {
  const address = `${base_url}/v1/search?${new URLSearchParams(query)}`;
  return request(fetch, address, { headers: { authorization }, signal });
}

/** One search, which is one of the requests that an hour has (200, www.pexels.com/api/documentation). */
function testSearch(settings: Settings, { client, key, fetch }: Service): TestConnection {
  return async ({ signal }) => {
    const secret = key.value();
    try {
      const answer = await search(settings, fetch, { query: "lake", per_page: "1" }, secret, signal);
      readPhotos(new Uint8Array(await answer.arrayBuffer()));
      return { found: ["it finds photographs"], shutdowns: [] };
    } catch (error) {
      signal.throwIfAborted();
      throw client.failureOf(classify(error, Date.now()), undefined);
    }
  };
}

/** `model`: what is asked for. A photograph that is gone is no other one's trouble. */
function exchangeOf({ prompt }: ImageRequest, model: string, request: JsonObject) {
  const bill = () => ({ cost: 0, usage: {} });
  return { use: "image", model, text: prompt, request, estimate: 0, bill } as const;
}

type Query = Readonly<Record<"query" | "orientation" | "per_page" | "page", string>>;

function queryOf({ prompt, width, height, take }: ImageRequest, { query_words }: Settings): Query {
  const words = prompt.match(/[\p{L}\p{N}'’-]+/gu) ?? [prompt];
  const orientation = width === height ? "square" : width > height ? "landscape" : "portrait";
  const page = Math.ceil(take / PER_PAGE);
  return {
    query: words.slice(0, query_words).join(" "),
    orientation,
    per_page: String(PER_PAGE),
    page: String(page),
  };
}

const answerShape = z.object({
  photos: z.array(
    z.object({ url: z.string(), photographer: z.string(), src: z.object({ original: z.url() }) }),
  ),
});

type Photo = z.output<typeof answerShape>["photos"][number];

/** @throws BadAnswer */
function readPhotos(answer: Uint8Array): readonly Photo[] {
  const read = answerShape.safeParse(readJson(answer));
  if (!read.success) throw new BadAnswer("the answer is no list of photographs");
  return read.data.photos;
}

/** @throws BadAnswer, Failure where nothing was found */
function photoOf(answer: Uint8Array, { take }: ImageRequest, { query }: Query): Photo {
  const photo = readPhotos(answer)[(take - 1) % PER_PAGE];
  if (photo !== undefined) return photo;
  throw new Failure(`Pexels has no ${take === 1 ? "" : "further "}photograph for '${query}'.`, {
    code: "api.image",
    help: "Begin the image prompt with the words that a photograph would be found by.",
  });
}

/** The photograph as large as is wanted, cut to its shape by the service. */
function linkOf({ src }: Photo, { width, height }: ImageRequest): string {
  const link = new URL(src.original);
  for (const [name, value] of Object.entries({
    auto: "compress",
    cs: "tinysrgb",
    fit: "crop",
    w: width,
    h: height,
  }))
    link.searchParams.set(name, String(value));
  return link.href;
}

/** @throws BadAnswer */
function readPhoto(answer: Uint8Array): Uint8Array {
  if (pictureFormat(answer) === undefined) throw new BadAnswer("the photograph is no PNG, JPEG or WebP");
  return answer;
}
