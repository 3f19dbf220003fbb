/** What the tests of providers share: every type set up against the test server, and all that one of them says and buys. */
import { inspect } from "node:util";
import { z } from "zod";
import { Failure } from "../lib/base/failure.ts";
import type { JsonObject } from "../lib/base/json.ts";
import { priceTableWith } from "../lib/config/prices.ts";
import type { Answer, Purchase, Till } from "../lib/model/purchase.ts";
import type { RequestReport } from "../lib/model/request-report.ts";
import type { Notice } from "../lib/model/task.ts";
import type { CallContext } from "../lib/providers/call.ts";
import type { Provider, Use, Uses } from "../lib/providers/provider.ts";
import { knownProviders, openProvider } from "../lib/providers/registry.ts";
import type { TextRequest } from "../lib/providers/text.ts";
import { writtenScriptShape } from "../lib/providers/writing.ts";
import { type ApiServer, KEY } from "./api-server.ts";
import { type FakeClock, fakeClock } from "./fake-clock.ts";

export interface Setup {
  /** As faceless.config.yaml has it. */
  config(url: string): JsonObject;
  /** What the environment has to have, besides the key. */
  env?(url: string): NodeJS.ProcessEnv;
  /** The variable with the key; none for what runs on this machine. */
  readonly key?: string;
  readonly paid: boolean;
  /** The path that each of its uses asks first. */
  readonly paths: { readonly [Name in Use]?: string };
  /** What a text is asked for with, and its shape, where it is not any that is asked for. */
  readonly writes?: Pick<TextRequest<z.ZodType>, "input" | "shape">;
  /** How the key is sent. */
  readonly sends?: Readonly<Record<string, string>>;
}

const known = await knownProviders();

const sections = (model: string) => ({
  text: { [model]: "writer" },
  image: { [model]: "painter", quality: "medium" },
  speech: { [model]: "speaker", voices: { nova: "onyx" } },
});

export const SETUPS: Readonly<Record<string, Setup>> = {
  offline: {
    config: () => ({ type: "offline" }),
    paid: false,
    paths: { image: "", speech: "", text: "" },
    writes: {
      input: { topic: "lakes", niche: "demo", scenes: 3, words: 20, take: 1 },
      shape: writtenScriptShape,
    },
  },
  "azure-openai": {
    config: (url) => ({ type: "azure-openai", endpoint: `${url}/`, ...sections("deployment") }),
    key: "AZURE_OPENAI_API_KEY",
    paid: true,
    paths: {
      text: "/openai/v1/chat/completions",
      image: "/openai/v1/images/generations",
      speech: "/openai/v1/audio/speech",
    },
    sends: { authorization: `Bearer ${KEY}` },
  },
  "azure-openai with a date, from the environment": {
    config: () => ({ type: "azure-openai", api_version: "2025-04-01-preview" }),
    env: (url) => ({
      AZURE_OPENAI_ENDPOINT: url,
      AZURE_OPENAI_CHAT_DEPLOYMENT: "writer",
      AZURE_OPENAI_IMAGE_DEPLOYMENT: "painter",
      AZURE_OPENAI_TTS_DEPLOYMENT: "speaker",
    }),
    key: "AZURE_OPENAI_API_KEY",
    paid: true,
    paths: {
      text: "/openai/deployments/writer/chat/completions",
      image: "/openai/deployments/painter/images/generations",
      speech: "/openai/deployments/speaker/audio/speech",
    },
    sends: { "api-key": KEY },
  },
  openai: {
    config: (url) => ({
      type: "openai",
      base_url: `${url}/v1`,
      api_key_env: "OPENAI_API_KEY",
      ...sections("model"),
    }),
    key: "OPENAI_API_KEY",
    paid: true,
    paths: { text: "/v1/chat/completions", image: "/v1/images/generations", speech: "/v1/audio/speech" },
    sends: { authorization: `Bearer ${KEY}` },
  },
  "openai's protocol on a server of one's own": {
    config: (url) => ({
      type: "openai",
      base_url: `${url}/v1`,
      api_key_env: "LOCAL_KEY",
      paid: false,
      ...sections("model"),
    }),
    key: "LOCAL_KEY",
    paid: false,
    paths: { text: "/v1/chat/completions", image: "/v1/images/generations", speech: "/v1/audio/speech" },
    sends: { authorization: `Bearer ${KEY}` },
  },
  elevenlabs: {
    config: (url) => ({ type: "elevenlabs", base_url: url, model: "speaker", voices: { nova: "v1" } }),
    key: "ELEVENLABS_API_KEY",
    paid: true,
    paths: { speech: "/v1/text-to-speech/v1/with-timestamps" },
    sends: { "xi-api-key": KEY },
  },
  pexels: {
    config: (url) => ({ type: "pexels", base_url: url }),
    key: "PEXELS_API_KEY",
    paid: false,
    paths: { image: "/v1/search" },
    sends: { authorization: KEY },
  },
};

/** Every setup with each of its uses. */
export const EVERY_USE = Object.entries(SETUPS).flatMap(([name, setup]) =>
  (Object.keys(setup.paths) as Use[]).map((use) => ({ name, use, setup })),
);

export interface Bought {
  readonly purchase: Purchase;
  answer?: Answer;
}

/** A provider of the setup, opened, and all that it says and buys. */
export interface Rig {
  readonly provider: Provider;
  readonly clock: FakeClock;
  readonly notices: string[];
  readonly reports: RequestReport[];
  readonly bought: Bought[];
  readonly controller: AbortController;
  /** What its uses are given, with a till that books. */
  readonly context: CallContext;
  /** Does one thing of that kind, and gives what a test can compare. */
  use(use: Use, options?: { readonly take?: number; readonly till?: Till }): Promise<unknown>;
}

export const PROMPT = "A lake at dawn";
export const NARRATION = "The lake is still. Nobody comes here any more.";
/** Of the text that is asked for. */
export const SHAPE = z.strictObject({
  title: z.string(),
  scenes: z.array(z.string()),
  note: z.string().nullable(),
});

/** `key`: null for an environment without one. `changes`: of the configuration. `prices`: besides the shipped ones. `uses`: what it is opened for; all, if not given. */
export async function rig(
  setup: Setup,
  { url }: Pick<ApiServer, "url">,
  {
    key = KEY,
    changes = {},
    prices = {},
    uses = Object.keys(setup.paths) as Use[],
  }: {
    key?: string | undefined | null;
    changes?: JsonObject;
    prices?: Parameters<typeof priceTableWith>[0];
    uses?: readonly Use[];
  } = {},
): Promise<Rig> {
  const union = z.discriminatedUnion("type", known.settings as [z.ZodObject, ...z.ZodObject[]]);
  const settings = union.parse({ ...setup.config(url), ...changes }) as JsonObject & { type: string };
  const env: NodeJS.ProcessEnv = { ...setup.env?.(url) };
  if (setup.key !== undefined && key !== null) env[setup.key] = key;
  const clock = fakeClock();
  const provider = await openProvider(settings, {
    name: "mine",
    uses,
    env,
    prices: priceTableWith(prices),
    world: { clock, random: () => 1 },
  });
  const notices: string[] = [];
  const bought: Bought[] = [];
  const controller = new AbortController();
  const booked: Till = {
    async buy(purchase, send) {
      const entry: Bought = { purchase };
      bought.push(entry);
      entry.answer = await send();
      return entry.answer.body;
    },
  };
  const made = new Map<Use, Uses[Use]>();
  const make = <Name extends Use>(use: Name): Uses[Name] => {
    if (!made.has(use)) made.set(use, provider.make[use]!());
    return made.get(use) as Uses[Name];
  };
  const reports: RequestReport[] = [];
  const notice: Notice = Object.assign((text: string) => void notices.push(text), {
    request: (report: RequestReport) => void reports.push(report),
  });
  const { signal } = controller;
  return {
    provider,
    clock,
    notices,
    reports,
    bought,
    controller,
    context: { signal, stop: signal, till: booked, notice },
    async use(use, { take = 1, till = booked } = {}) {
      const context = { signal, stop: signal, till, notice };
      if (use === "image")
        return await make("image").generate(
          { prompt: PROMPT, style: {}, width: 300, height: 200, take },
          context,
        );
      if (use === "speech")
        return await make("speech").synthesize({ text: NARRATION, voice: "nova", speed: 1 }, context);
      const asked = {
        purpose: "generate",
        about: { source: "topic", text: "lakes" },
        instructions: "Write.",
        ...(setup.writes ?? { input: { topic: "lakes" }, shape: SHAPE }),
      } as const;
      return await make("text").write(asked, context);
    },
  };
}

/** The Failure that it ends with. */
export async function failureOf(doing: Promise<unknown>): Promise<Failure> {
  const error = await doing.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  if (error instanceof Failure) return error;
  throw error;
}

/** All of a value that could ever be written anywhere: members, causes, stacks, bytes as text. */
export function everything(value: unknown): string {
  const bytes = (one: unknown): unknown => {
    if (one instanceof Uint8Array) return Buffer.from(one).toString("latin1");
    if (Array.isArray(one)) return one.map(bytes);
    if (typeof one !== "object" || one === null || one instanceof Error) return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, bytes(inner)]));
  };
  return inspect(bytes(value), {
    depth: null,
    showHidden: true,
    maxStringLength: null,
    maxArrayLength: null,
    breakLength: Number.POSITIVE_INFINITY,
  });
}
