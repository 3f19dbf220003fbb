/** The settings that every provider behind a network has, and the client that they make. */
import { z } from "zod";
import { proxyPasswords } from "../../base/secrets.ts";
import { type Environment, whereKeyIs } from "../environment.ts";
import type { Surroundings } from "../provider.ts";
import { ApiClient } from "./client.ts";

export const callSettings = {
  paid: z
    .boolean()
    .default(true)
    .describe("false for a server of your own: then nothing is booked, nor held against a budget."),
  concurrency: z.int().min(1).max(64).default(4).describe("How many requests at once."),
  requests_per_minute: z
    .int()
    .min(1)
    .optional()
    .describe("How many requests may begin in a minute; no bound if not given."),
  timeout: z
    .number()
    .min(1)
    .max(3600)
    .default(300)
    .describe(
      "How long a request may take, its answer included; seconds. A slow server of your own may need more.",
    ),
};

/** The name of the variable that holds a key. */
export const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error:
    "the name of an environment variable has letters, digits and '_'. The key itself does not belong here.",
});

/** Without a user and a password before the name: addresses are shown, and stand in git. */
export const address = z.string().regex(/^https?:\/\/[^\s?#@/]+(\/[^\s?#]*)?$/, {
  error:
    "an address begins with http:// or https://, such as http://localhost:8880/v1, and has no password in it.",
});

export type CallSettings = z.output<z.ZodObject<typeof callSettings>>;

/** A key that is read when it is needed. */
export interface Key {
  /** The variable that holds it; undefined where the service asks for none. */
  readonly variable: string | undefined;
  /** "none" where there is none. @throws Failure where it, or anything else that the provider needs, is missing */
  value(): string;
}

/** `environment`: knows that it needs the variable. */
export function keyFrom(environment: Environment, variable: string | undefined): Key {
  return { variable, value: () => (variable === undefined ? "none" : environment.value(variable)) };
}

/** Where the address of most providers is set. */
const BASE_URL = "'base_url' of the provider in faceless.config.yaml";

/** `address`: what to look at where nothing is at the address. */
export function openClient(
  settings: CallSettings,
  { name, env, world }: Surroundings,
  { variable }: Key,
  address = BASE_URL,
): ApiClient {
  const { paid, concurrency, requests_per_minute: requestsPerMinute, timeout } = settings;
  const credentials =
    variable === undefined
      ? "which key it asks for: none is sent to it, unless 'api_key_env' of the provider names its variable"
      : whereKeyIs(variable);
  const key = variable === undefined ? [] : [env[variable]?.trim() ?? ""];
  const secrets = [...key, ...proxyPasswords(env).values()];
  return new ApiClient(
    { name, credentials, address, secrets, paid, concurrency, requestsPerMinute, timeout: timeout * 1_000 },
    world,
  );
}
