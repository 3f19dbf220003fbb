/** OpenAI, and servers of one's own that speak its protocol: Ollama, LocalAI, Kokoro-FastAPI, vLLM. */
import { z } from "zod";
import { patientFetch } from "./call/fetch.ts";
import { address, callSettings, type Key, keyFrom, openClient, variableName } from "./call/settings.ts";
import { Environment } from "./environment.ts";
import type { Backend, Model } from "./openai/backend.ts";
import { connectOpenai } from "./openai/connect.ts";
import { openaiImages } from "./openai/image.ts";
import { testModels } from "./openai/models.ts";
import { imageSettings, speechSettings, textSettings } from "./openai/settings.ts";
import { openaiSpeech } from "./openai/speech.ts";
import { openaiText } from "./openai/text.ts";
import { defineProvider, type Surroundings } from "./provider.ts";

const OPENAI = "https://api.openai.com/v1";

const model = z.string().min(1).describe("The model's name at the service.");

const settings = z
  .strictObject({
    type: z.literal("openai").describe("OpenAI, or a server that speaks its protocol."),
    base_url: address
      .optional()
      .describe("The address of another server, up to and with /v1, such as http://localhost:11434/v1."),
    api_key_env: variableName
      .optional()
      .describe("The environment variable with the key: OPENAI_API_KEY, or none where there is a base_url."),
    text: z
      .strictObject({ model, ...textSettings })
      .optional()
      .describe("How it writes."),
    image: z
      .strictObject({ model, ...imageSettings })
      .optional()
      .describe("How it draws."),
    speech: z
      .strictObject({ model, ...speechSettings })
      .optional()
      .describe("How it speaks."),
    ...callSettings,
  })
  .describe("OpenAI, or a server of your own that speaks its protocol.");

type Settings = z.output<typeof settings>;

export const openai = defineProvider({
  settings,
  cannot: (use, settings) =>
    settings[use] === undefined ? `has no '${use}:' with the model to use for it.` : undefined,
  voices: () => undefined,
  takesReferences: ({ image }) => image?.references ?? false,
  open(settings, surroundings) {
    const { text, image, speech } = settings;
    const variable = keyVariable(settings);
    const needed = variable === undefined ? [] : [{ name: variable, holds: "word" } as const];
    const environment = new Environment(surroundings, needed);
    const backend = backendOf(settings, keyFrom(environment, variable), surroundings);
    const models = surroundings.uses.flatMap((use) => {
      const section = settings[use];
      return section === undefined ? [] : [{ use, model: named(section) }];
    });
    return {
      paid: settings.paid,
      checkEnvironment: () => environment.check(),
      test: testModels(backend, () => models, { isDeployed: false }),
      make: {
        ...(text && { text: () => openaiText(backend, named(text), text) }),
        ...(image && { image: () => openaiImages(backend, named(image), image) }),
        ...(speech && { speech: () => openaiSpeech(backend, named(speech), speech) }),
      },
    };
  },
});

const named = ({ model }: { readonly model: string }): Model => ({ id: model, name: model });

/** The key of OpenAI is no other server's business, unless the configuration says so. */
function keyVariable({ api_key_env, base_url }: Settings): string | undefined {
  return api_key_env ?? (base_url === undefined ? "OPENAI_API_KEY" : undefined);
}

function backendOf({ base_url, ...settings }: Settings, key: Key, surroundings: Surroundings): Backend {
  const fetch = patientFetch(surroundings.env);
  return {
    type: settings.type,
    fetch,
    client: openClient(settings, surroundings, key),
    prices: surroundings.prices,
    olderNames: base_url !== undefined,
    connect: () => connectOpenai(fetch, base_url ?? OPENAI, key.value()),
  };
}
