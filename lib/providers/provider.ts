/** What a provider's file exports: the settings it takes, what it does, and how it is opened. */
import type { z } from "zod";
import type { PriceTable } from "../model/prices.ts";
import type { ClientWorld } from "./call/client.ts";
import type { TestConnection } from "./connection.ts";
import type { ImageProvider } from "./image.ts";
import type { SpeechProvider } from "./speech.ts";
import type { TextProvider } from "./text.ts";

/** By what a provider can be used for. */
export interface Uses {
  image: ImageProvider;
  speech: SpeechProvider;
  text: TextProvider;
}

export type Use = keyof Uses;

/** An instance of the configuration. All its uses share limits and breaker. */
export interface Provider {
  /** Whether what it does costs money. */
  readonly paid: boolean;
  /** Looks whether the environment has what it was opened for needs, and asks nobody. @throws Failure with all it lacks */
  readonly checkEnvironment?: () => void;
  /** Asks the service whether it is there; none where there is no service to ask. */
  readonly test?: TestConnection;
  /** Where nobody has said which model is behind a use, and its price is not known for that: how to say it. */
  readonly modelHint?: (use: Use) => string | undefined;
  /** Makes what it does; nothing is connected to or loaded before the first request. */
  readonly make: { readonly [Name in Use]?: () => Uses[Name] };
}

/** Where an instance lives. */
export interface Surroundings {
  /** Its name in the configuration. */
  readonly name: string;
  /** What it is opened for: what else it could do needs nothing of the environment. */
  readonly uses: readonly Use[];
  /** With what `.env` says. Secrets are read from here, when they are needed, and kept nowhere. */
  readonly env: NodeJS.ProcessEnv;
  readonly prices: PriceTable;
  /** Where time and chance come from; the real ones if not given. */
  readonly world?: ClientWorld | undefined;
}

export interface ProviderType<Settings extends z.ZodObject = z.ZodObject> {
  /** A strict object with a literal `type`; every key is described, for editors. */
  readonly settings: Settings;
  /** Why an instance with these settings cannot be used so, as the end of "the provider 'x' …"; undefined where it can. */
  cannot(use: Use, settings: z.output<Settings>): string | undefined;
  /** The names that `voice:` may have; undefined where only the service knows. */
  voices(settings: z.output<Settings>): readonly string[] | undefined;
  /** Whether pictures can be asked for with references; not so unless said. */
  takesReferences?(settings: z.output<Settings>): boolean;
  /** @throws Failure for what its identity needs and neither settings nor environment have */
  open(settings: z.output<Settings>, surroundings: Surroundings): Provider;
}

export function defineProvider<Settings extends z.ZodObject>(
  type: ProviderType<Settings>,
): ProviderType<z.ZodObject> {
  // The registry holds types of all settings; each is given only what its own schema has accepted.
  return type as unknown as ProviderType<z.ZodObject>;
}
