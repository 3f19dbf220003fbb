/** Pictures by OpenAI's protocol: `images/generations`, or `images/edits` where there are references. */
import { createHash } from "node:crypto";
import type { OpenAI } from "openai";
import { z } from "zod";
import type { JsonObject } from "../../base/json.ts";
import type { Bill } from "../../model/purchase.ts";
import { BadAnswer } from "../call/fault.ts";
import type { Fetch } from "../call/fetch.ts";
import { request, StatusError } from "../call/http.ts";
import { readJson, usageIn } from "../call/read-json.ts";
import type { ImageProvider, ImageRequest } from "../image.ts";
import { pictureFormat } from "../picture-file.ts";
import { pictureCost, pictureEstimate, pictureRow, priceOf } from "../prices.ts";
import { nearestSize, sizeText } from "../sizes.ts";
import { type Backend, given, identityOf, type Model } from "./backend.ts";
import type { ImageSettings } from "./settings.ts";

export function openaiImages(backend: Backend, model: Model, settings: ImageSettings): ImageProvider {
  const { quality, sizes, references, response_format } = settings;
  const sizeFor = (asked: Pick<ImageRequest, "width" | "height">) => sizeText(nearestSize(asked, sizes));
  const estimate: ImageProvider["estimate"] = (asked) =>
    pictureEstimate(priceOf(backend.prices, model.name, model.id), {
      prompt: asked.prompt,
      quality,
      size: sizeFor(asked),
      references: asked.references,
    });
  return {
    identity: identityOf(backend, model, given({ quality, sizes })),
    takesReferences: references,
    estimate,
    priceRow: pictureRow(model.name, settings),
    async generate(asked, context) {
      const { prompt, take, references = [] } = asked;
      const most = estimate({ ...asked, references: references.length });
      const openai = await backend.connect(model);
      const byUsage = (answer: Uint8Array) => billByUsage(answer, backend, model, most);
      const body = given({ model: model.id, prompt, size: sizeFor(asked), quality, response_format });
      return await backend.client.call(
        {
          use: "image",
          model: model.id,
          text: prompt,
          // The same prompt gives another picture each time it is asked: the take says which one of them is meant.
          request: { ...body, take, ...(references.length > 0 && { references: references.map(digestOf) }) },
          estimate: most,
          send: (signal) => send(openai, body, references, signal),
          keep: (answer, signal) => fetchLinked(backend, answer, signal),
          read: readPicture,
          bill: (answer) => byUsage(answer) ?? { cost: most, usage: { pictures: 1 } },
          billByUsage: byUsage,
        },
        context,
      );
    },
  };
}

const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The library's types name the sizes and qualities of some models; ours are the configuration's. */
type Generated = Parameters<OpenAI["images"]["generate"]>[0];
type Edited = Parameters<OpenAI["images"]["edit"]>[0];

function send(
  openai: OpenAI,
  body: JsonObject,
  references: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<Response> {
  if (references.length === 0)
    return openai.images.generate(body as unknown as Generated, { signal }).asResponse();
  const files = references.map(fileOf);
  // One alone goes by the name that a server also takes which knows of no more.
  const image = files.length === 1 ? files[0] : files;
  return openai.images.edit({ ...body, image } as unknown as Edited, { signal }).asResponse();
}

/** Its name and type tell the format: the services go by them. */
function fileOf(reference: Uint8Array, index: number): File {
  const format = pictureFormat(reference);
  if (format === undefined) throw new Error("BUG: a reference is no PNG, JPEG or WebP");
  const type = `image/${format}`;
  return new File([Uint8Array.from(reference)], `reference-${index + 1}.${format}`, { type });
}

const answerShape = z.object({
  data: z.tuple([z.object({ b64_json: z.string().nullish(), url: z.string().nullish() })]).rest(z.unknown()),
});

function pictureOf(answer: Uint8Array): {
  b64_json?: string | null | undefined;
  url?: string | null | undefined;
} {
  const read = answerShape.safeParse(readJson(answer));
  if (!read.success) throw new BadAnswer("the answer has no picture");
  return read.data.data[0];
}

/** @throws BadAnswer */
function readPicture(answer: Uint8Array): Uint8Array {
  const bytes = Buffer.from(pictureOf(answer).b64_json ?? "", "base64");
  if (pictureFormat(bytes) === undefined) throw new BadAnswer("the picture is no PNG, JPEG or WebP");
  return bytes;
}

/** Servers of one's own answer with a link, which does not last: what is kept has the picture itself in its place. */
async function fetchLinked({ fetch }: Backend, answer: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const { b64_json, url } = pictureOf(answer);
  if (b64_json || !url) return answer;
  const bytes = await fetchPicture(fetch, url, signal);
  const whole = readJson(answer) as JsonObject;
  return Buffer.from(JSON.stringify({ ...whole, data: [{ b64_json: bytes.toString("base64") }] }));
}

/** The picture is paid for by now: a link that fails for a moment is no reason to buy another. */
const MOST_FETCHES = 3;

/** @throws BadAnswer */
async function fetchPicture(fetch: Fetch, url: string, signal: AbortSignal): Promise<Buffer> {
  for (let fetched = 1; ; fetched += 1) {
    try {
      return Buffer.from(await (await request(fetch, url, { signal })).arrayBuffer());
    } catch (error) {
      if (signal.aborted) throw error;
      const isFinal = error instanceof StatusError && error.status < 500;
      if (!isFinal && fetched < MOST_FETCHES) continue;
      const { message } = error as Error;
      throw new BadAnswer(`the picture cannot be fetched from the address that was given: ${message}`);
    }
  }
}

const usageShape = z.object({
  input_tokens: z.number(),
  output_tokens: z.number(),
  input_tokens_details: z.object({ text_tokens: z.number(), image_tokens: z.number() }).optional(),
});

function billByUsage(
  answer: Uint8Array,
  backend: Backend,
  model: Model,
  estimate: number | undefined,
): Bill | undefined {
  const usage = usageIn(answer);
  const told = usageShape.safeParse(usage);
  if (usage === undefined || !told.success) return undefined;
  const { input_tokens, output_tokens, input_tokens_details: details } = told.data;
  const cost = pictureCost(priceOf(backend.prices, model.name, model.id), {
    textInput: details?.text_tokens ?? input_tokens,
    imageInput: details?.image_tokens ?? 0,
    output: output_tokens,
  });
  return { cost: cost ?? estimate, usage };
}
