/** What pictures, speech and text need of whoever speaks OpenAI's protocol. */
import type { OpenAI } from "openai";
import { canonicalJson, type JsonObject } from "../../base/json.ts";
import type { PriceTable } from "../../model/prices.ts";
import type { ApiClient } from "../call/client.ts";
import type { Fetch } from "../call/fetch.ts";

export interface Model {
  /** What requests call it: a model, or a deployment's name. */
  readonly id: string;
  /** What it is, for identity and price. */
  readonly name: string;
}

export interface Backend {
  /** The provider's type: "openai". */
  readonly type: string;
  readonly client: ApiClient;
  /** For what the client library does not ask. */
  readonly fetch: Fetch;
  readonly prices: PriceTable;
  /** Whether requests call the bound of an answer by its older name, `max_tokens`, as servers other than OpenAI's do. */
  readonly olderNames: boolean;
  /** Loads the client library with the first call. It tries nothing twice: we do. @throws Failure for a missing key */
  connect(model: Model): Promise<OpenAI>;
}

/** All that can change what it makes. */
export function identityOf({ type }: Backend, { name }: Model, settings: JsonObject): string {
  return `${type} ${name} ${canonicalJson(settings)}`;
}

/** Without what is not given: JSON has no undefined. */
export function given(members: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as JsonObject;
}
