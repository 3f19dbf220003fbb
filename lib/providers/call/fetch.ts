/** `fetch` by Node's own HTTP: without the five minutes after which the global one gives up waiting for an answer to begin. */
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

/**
 * As the global one, but for redirects, which are not followed. Each request has a connection of its own: on one that was kept
 * and has been closed meanwhile nobody could tell whether the request was taken, and paid for.
 */
export async function patientFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
  const url = new URL(request.url);
  const headers = {
    ...Object.fromEntries(request.headers),
    "accept-encoding": "identity",
    ...(body === undefined ? {} : { "content-length": body.length }),
  };
  const { signal, method } = request;
  signal.throwIfAborted();
  // Loaded late: a configuration is read without it.
  const protocol = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  return await new Promise((resolve, reject) => {
    const outgoing = protocol.request(url, { method, headers, signal, agent: false }, (incoming) =>
      resolve(responseOf(incoming)),
    );
    outgoing.on("error", (error) => reject(signal.aborted ? signal.reason : error));
    outgoing.end(body);
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
