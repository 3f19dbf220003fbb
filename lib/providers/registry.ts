/** The registry: one line per type of provider. */
import type { JsonObject } from "../base/json.ts";
import { azureOpenai } from "./azure-openai.ts";
import { elevenlabs } from "./elevenlabs.ts";
import { offline } from "./offline.ts";
import { openai } from "./openai.ts";
import { pexels } from "./pexels.ts";
import type { Provider, ProviderType, Surroundings, Use } from "./provider.ts";

const TYPES = {
  offline,
  "azure-openai": azureOpenai,
  openai,
  elevenlabs,
  pexels,
} as const satisfies Readonly<Record<string, ProviderType>>;

/** An instance in the configuration: checked against its type's settings, with defaults filled in. */
type Instance = JsonObject & { readonly type: string };

function typeOf({ type }: Instance): ProviderType {
  if (Object.hasOwn(TYPES, type)) return TYPES[type as keyof typeof TYPES];
  throw new Error(`BUG: there is no type of provider '${type}'`);
}

/** What the configuration is checked by. */
export const KNOWN_PROVIDERS = {
  settings: Object.values(TYPES).map(({ settings }) => settings),
  cannot: (instance: Instance, use: Use) => typeOf(instance).cannot(use, instance),
  voices: (instance: Instance) => typeOf(instance).voices(instance),
};

/** @throws Failure for what its identity needs and neither settings nor environment have */
export function openProvider(instance: Instance, surroundings: Surroundings): Provider {
  const provider = typeOf(instance).open(instance, surroundings);
  if (provider.paid) return provider;
  // What is free costs nothing, whatever the price table says of a model of that name.
  const { image, speech, text } = provider.make;
  return {
    paid: false,
    make: {
      ...(image && { image: () => ({ ...image(), estimate: () => 0 }) }),
      ...(speech && { speech: () => ({ ...speech(), estimate: () => 0 }) }),
      ...(text && { text: () => ({ ...text(), estimate: () => 0 }) }),
    },
  };
}
