/** Azure OpenAI: the same models under names of one's own, at an address of one's own. */
import { z } from "zod";
import { AZURE_DEPLOYMENTS } from "../model/known-values.ts";
import { patientFetch } from "./call/fetch.ts";
import { address, callSettings, keyFrom, openClient, variableName } from "./call/settings.ts";
import { Environment, type Variable } from "./environment.ts";
import type { Backend, Model } from "./openai/backend.ts";
import { connectDatedAzure, connectOpenai } from "./openai/connect.ts";
import { openaiImages } from "./openai/image.ts";
import { testModels } from "./openai/models.ts";
import { imageSettings, speechSettings, textSettings } from "./openai/settings.ts";
import { openaiSpeech } from "./openai/speech.ts";
import { openaiText } from "./openai/text.ts";
import { defineProvider, type Surroundings, type Use } from "./provider.ts";

const deployment = (use: Use) => ({
  deployment: z
    .string()
    .min(1)
    .optional()
    .describe(`The deployment's name in Azure; ${AZURE_DEPLOYMENTS[use]} of the environment if not given.`),
  model: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The model behind the deployment, by which its price is known; the deployment's name if not given.",
    ),
});

const settings = z
  .strictObject({
    type: z.literal("azure-openai").describe("Azure OpenAI."),
    endpoint: address
      .optional()
      .describe(
        "The resource's address, such as https://NAME.openai.azure.com; AZURE_OPENAI_ENDPOINT if not given.",
      ),
    api_key_env: variableName
      .default("AZURE_OPENAI_API_KEY")
      .describe("The environment variable with the key."),
    api_version: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/, {
        error: 'an API version is a date, such as "2025-04-01-preview", in quotes.',
      })
      .optional()
      .describe("For the older routes with a date, such as 2025-04-01-preview; /openai/v1/ if not given."),
    text: z
      .strictObject({ ...deployment("text"), ...textSettings })
      .prefault({})
      .describe("How it writes."),
    image: z
      .strictObject({ ...deployment("image"), ...imageSettings })
      .prefault({})
      .describe("How it draws."),
    speech: z
      .strictObject({ ...deployment("speech"), ...speechSettings })
      .prefault({})
      .describe("How it speaks."),
    ...callSettings,
  })
  .describe("Azure OpenAI.");

type Settings = z.output<typeof settings>;

export const azureOpenai = defineProvider({
  settings,
  cannot: () => undefined,
  voices: () => undefined,
  takesReferences: ({ image }) => image.references,
  open(settings, surroundings) {
    const { text, image, speech } = settings;
    const environment = new Environment(surroundings, variablesOf(settings, surroundings));
    const backend = backendOf(settings, environment, surroundings);
    const model = (
      use: Use,
      { deployment, model }: { deployment?: string | undefined; model?: string | undefined },
    ): Model => {
      // Read when it is needed: whoever only looks at what there is needs none, if the model is named.
      const id = () => deployment ?? environment.value(AZURE_DEPLOYMENTS[use]);
      return {
        get id() {
          return id();
        },
        name: model ?? id(),
      };
    };
    return {
      paid: settings.paid,
      checkEnvironment: () => environment.check(),
      test: testModels(
        backend,
        () => surroundings.uses.map((use) => ({ use, model: model(use, settings[use]) })),
        { isDeployed: true },
      ),
      modelHint(use) {
        const { id, name } = model(use, settings[use]);
        return id === name ? hintAtModel(use, id, surroundings) : undefined;
      },
      make: {
        text: () => openaiText(backend, model("text", text), text),
        image: () => openaiImages(backend, model("image", image), image),
        speech: () => openaiSpeech(backend, model("speech", speech), speech),
      },
    };
  },
});

/** Undefined where the price table has a model of the deployment's name. */
function hintAtModel(use: Use, deployment: string, { name, prices }: Surroundings): string | undefined {
  if (prices.models[deployment]?.[use] !== undefined) return undefined;
  return `'${deployment}' is a deployment, and prices are those of models: which one it is, \`${use}: { model: … }\` of the provider '${name}' in faceless.config.yaml says.`;
}

const ENDPOINT = "AZURE_OPENAI_ENDPOINT";

/** What to look at where nothing is at the address. */
const whereEndpointIs = (given: string | undefined) =>
  given === undefined
    ? `${ENDPOINT} in the environment or in .env`
    : "'endpoint' of the provider in faceless.config.yaml";

/** All that the settings leave to the environment. */
function variablesOf(settings: Settings, { uses }: Surroundings): Variable[] {
  const named = uses.filter((use) => settings[use].deployment === undefined);
  return [
    ...(settings.endpoint === undefined ? [{ name: ENDPOINT, holds: "address" } as const] : []),
    { name: settings.api_key_env, holds: "word" },
    ...named.map((use) => ({ name: AZURE_DEPLOYMENTS[use], holds: "word" }) as const),
  ];
}

function backendOf(
  { api_key_env, api_version, endpoint, ...settings }: Settings,
  environment: Environment,
  surroundings: Surroundings,
): Backend {
  const key = keyFrom(environment, api_key_env);
  const fetch = patientFetch(surroundings.env);
  return {
    type: settings.type,
    fetch,
    client: openClient(settings, surroundings, key, whereEndpointIs(endpoint)),
    prices: surroundings.prices,
    olderNames: false,
    connect({ id }) {
      const given = endpoint ?? environment.value(ENDPOINT);
      const root = given.replace(/\/+$/, "").replace(/\/openai(\/v1)?$/, "");
      return api_version === undefined
        ? connectOpenai(fetch, `${root}/openai/v1`, key.value())
        : connectDatedAzure(fetch, root, key.value(), api_version, id);
    },
  };
}
