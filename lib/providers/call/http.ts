/** One request: an error status becomes an error that has the whole answer. */
import type { Json } from "../../base/json.ts";
import type { Fetch } from "./fetch.ts";

/** As `classify` knows it. */
export class StatusError extends Error {
  readonly status: number;
  readonly headers: Headers;
  /** The answer's JSON, where it is some. */
  readonly error: Json | undefined;

  constructor({ status, statusText, headers }: Response, text: string) {
    const error = parse(text);
    super(error === undefined ? text.slice(0, 300) || statusText : statusText);
    this.name = "StatusError";
    this.status = status;
    this.headers = headers;
    this.error = error;
  }
}

/** Resolves to an answer with a success status. @throws StatusError, and errors of Node's */
export async function request(
  fetch: Fetch,
  input: Parameters<Fetch>[0],
  init?: RequestInit,
): Promise<Response> {
  const response = await fetch(input, init);
  if (!response.ok) throw new StatusError(response, await wordsOf(response));
  return response;
}

/** It is refused, also where the words for it are cut off. */
async function wordsOf(response: Response): Promise<string> {
  return await response.text().catch((error: Error) => error.message);
}

/** A proxy answers with a page of its own. */
function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
