/** Makes clients of the `openai` package: loaded late, silent, and never trying again by themselves. */
import type { AzureOpenAI, OpenAI } from "openai";
import type { Fetch } from "../call/fetch.ts";
import { request } from "../call/http.ts";

/** All waiting is ours, by a deadline that covers the body too; the library's own covers the headers alone. */
const NEVER = 2 ** 31 - 1;

/** What the library would else read from the environment of the process, or write to the terminal. */
const QUIET = {
  maxRetries: 0,
  timeout: NEVER,
  organization: null,
  project: null,
  logLevel: "off",
} as const;

/** The library's errors keep what stands under "error", and nothing of an answer that has its words elsewhere. */
const strict =
  (fetch: Fetch): Fetch =>
  (input, init) =>
    request(fetch, input, init);

/** `baseURL` ends before "/chat/completions". */
export async function connectOpenai(fetch: Fetch, baseURL: string, apiKey: string): Promise<OpenAI> {
  const { OpenAI } = await import("openai");
  return new OpenAI({ ...QUIET, fetch: strict(fetch), baseURL, apiKey });
}

/** Azure's routes with a date, `/openai/deployments/<deployment>/…?api-version=<date>`. */
export async function connectDatedAzure(
  fetch: Fetch,
  endpoint: string,
  apiKey: string,
  apiVersion: string,
  deployment: string,
): Promise<AzureOpenAI> {
  const { AzureOpenAI } = await import("openai");
  const baseURL = `${endpoint}/openai`;
  // Given for each client: without it, images.edit names no deployment in its path.
  return new AzureOpenAI({ ...QUIET, fetch: strict(fetch), baseURL, apiKey, apiVersion, deployment });
}
