/** One request, for services that have no client of their own: an error status becomes an error. */
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
export async function request(fetch: Fetch, url: string | URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.ok) throw new StatusError(response, await response.text());
  return response;
}

/** A proxy answers with a page of its own. */
function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
