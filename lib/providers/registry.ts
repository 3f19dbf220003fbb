/** The registry: one line per type of provider. Each is loaded where it is used; all, where a configuration is read. */
import type { JsonObject } from "../base/json.ts";
import type { Provider, ProviderType, Surroundings, Use } from "./provider.ts";

const TYPES = {
  offline: async () => (await import("./offline.ts")).offline,
  "azure-openai": async () => (await import("./azure-openai.ts")).azureOpenai,
  openai: async () => (await import("./openai.ts")).openai,
  elevenlabs: async () => (await import("./elevenlabs.ts")).elevenlabs,
  pexels: async () => (await import("./pexels.ts")).pexels,
} as const satisfies Readonly<Record<string, () => Promise<ProviderType>>>;

type TypeName = keyof typeof TYPES;

/** An instance in the configuration: checked against its type's settings, with defaults filled in. */
type Instance = JsonObject & { readonly type: string };

/** What a configuration is checked by: loads every type. */
export async function knownProviders() {
  const types = await Promise.all(Object.values(TYPES).map((load) => load()));
  const names = Object.keys(TYPES);
  const typeOf = ({ type }: Instance): ProviderType => types[names.indexOf(type)]!;
  return {
    settings: types.map(({ settings }) => settings),
    cannot: (instance: Instance, use: Use) => typeOf(instance).cannot(use, instance),
    voices: (instance: Instance) => typeOf(instance).voices(instance),
    takesReferences: (instance: Instance) => typeOf(instance).takesReferences?.(instance) ?? false,
  };
}

export interface OpenedProvider extends Provider {
  /** How many requests it takes at once; undefined for one that works on this machine. */
  readonly atOnce: number | undefined;
}

/** @throws Failure for what its identity needs and neither settings nor environment have */
export async function openProvider(instance: Instance, surroundings: Surroundings): Promise<OpenedProvider> {
  // The configuration was checked: there is such a type.
  const type = await TYPES[instance.type as TypeName]();
  const provider = type.open(instance, surroundings);
  const { paid, make } = provider;
  // A setting of every provider behind a network, and of none else.
  const atOnce = typeof instance.concurrency === "number" ? instance.concurrency : undefined;
  return { ...provider, make: paid ? make : free(make), atOnce };
}

/** What is free costs nothing, whatever the price table says of a model of that name. */
function free({ image, speech, text }: Provider["make"]): Provider["make"] {
  return {
    ...(image && { image: () => ({ ...image(), estimate: () => 0 }) }),
    ...(speech && { speech: () => ({ ...speech(), estimate: () => 0 }) }),
    ...(text && { text: () => ({ ...text(), estimate: () => 0 }) }),
  };
}
