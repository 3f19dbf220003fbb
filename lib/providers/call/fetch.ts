/** `fetch` by Node's own HTTP: without the five minutes after which the global one gives up waiting for an answer to begin. */
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { type Outgoing, sendDirectly } from "./outgoing.ts";
import { proxyFor } from "./proxies.ts";

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * As the global one, but for redirects, which are not followed, and for proxies, which are those of the environment. Each
 * request has a connection of its own: on one that was kept and has been closed meanwhile nobody could tell whether the
 * request was taken, and paid for.
 */
export function patientFetch(env: NodeJS.ProcessEnv): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const url = new URL(request.url);
    const headers = {
      ...Object.fromEntries(request.headers),
      "accept-encoding": "identity",
      ...(body === undefined ? {} : { "content-length": body.length }),
    };
    const { method } = request;
    const signal = signalOf(input, init);
    signal.throwIfAborted();
    const sent = { url, method, headers, signal };
    const proxy = proxyFor(url, env);
    // Loaded late: hardly anybody has one.
    const outgoing =
      proxy === undefined
        ? await sendDirectly(sent)
        : (await import("./proxied.ts")).sendThrough(proxy, sent);
    return await answerTo(outgoing, body, signal);
  };
}

/**
 * The caller's own: that of a Request which is made of it follows it for as long only as the Request is in memory, so that a body
 * which never ends would be waited for without end.
 */
function signalOf(input: string | URL | Request, init: RequestInit | undefined): AbortSignal {
  return init?.signal ?? (input instanceof Request ? input.signal : new AbortController().signal);
}

function answerTo(
  { request, obstacle }: Outgoing,
  body: Buffer | undefined,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    request.on("response", (incoming) => {
      const error = obstacle(incoming);
      if (error === undefined) return resolve(responseOf(incoming));
      incoming.destroy();
      reject(error);
    });
    request.on("error", (error) => reject(signal.aborted ? signal.reason : (obstacle(error) ?? error)));
    request.end(body);
  });
}

type Body = ConstructorParameters<typeof Response>[0];

/** Statuses whose answers have no body (the Fetch standard, 2.2.3). */
const BODILESS = [204, 205, 304];

function responseOf(incoming: IncomingMessage): Response {
  const { statusCode: status = 0, statusMessage: statusText = "" } = incoming;
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  if (!BODILESS.includes(status))
    return new Response(Readable.toWeb(incoming) as Body, { status, statusText, headers });
  incoming.resume();
  return new Response(null, { status, statusText, headers });
}
