/** Requests through an HTTP proxy: a tunnel for https (RFC 9110, 9.3.6), the whole address for http. Loaded where one is set. */
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { HttpsProxyAgent } from "https-proxy-agent";
import { ProxyError } from "./fault.ts";
import type { Outgoing, Sent } from "./outgoing.ts";
import type { HttpProxy } from "./proxies.ts";

export function sendThrough(proxy: HttpProxy, sent: Sent): Outgoing {
  return sent.url.protocol === "https:" ? tunnelled(proxy, sent) : forwarded(proxy, sent);
}

/** What the proxy does not let pass has not reached the service. */
function tunnelled({ address, authorization }: HttpProxy, { url, method, headers, signal }: Sent): Outgoing {
  // The user is given as a header, since the package logs the address; the signal, since it else keeps waiting for the proxy.
  const own = authorization === undefined ? {} : { "Proxy-Authorization": authorization };
  const agent = new HttpsProxyAgent(address, { headers: own, signal });
  const request = requestHttps(url, { method, headers, signal, agent });
  let answer: { readonly statusCode: number; readonly statusText: string } | undefined;
  request.once("proxyConnect", (connect) => {
    answer = connect;
  });
  return {
    request,
    obstacle(outcome) {
      if (answer === undefined) return outcome instanceof Error ? unreachable(address, outcome) : undefined;
      // The package hands the proxy's own answer on as if it were the service's.
      return answer.statusCode === 200 ? undefined : refused(address, answer.statusCode, answer.statusText);
    },
  };
}

function forwarded({ address, authorization }: HttpProxy, { url, method, headers, signal }: Sent): Outgoing {
  const own = authorization === undefined ? {} : { "proxy-authorization": authorization };
  const options = { method, path: url.href, headers: { ...headers, host: url.host, ...own }, signal };
  const make = address.protocol === "https:" ? requestHttps : requestHttp;
  const request = make(address, { ...options, agent: false });
  const connected = whenConnected(request, address);
  return {
    request,
    obstacle(outcome) {
      if (outcome instanceof Error) return connected() ? undefined : unreachable(address, outcome);
      const { statusCode = 0, statusMessage = "" } = outcome;
      return statusCode === 407 ? refused(address, statusCode, statusMessage) : undefined;
    },
  };
}

function whenConnected(request: ClientRequest, { protocol }: URL): () => boolean {
  let isConnected = false;
  request.once("socket", (socket) =>
    socket.once(protocol === "https:" ? "secureConnect" : "connect", () => {
      isConnected = true;
    }),
  );
  return () => isConnected;
}

function unreachable({ origin }: URL, cause: Error): ProxyError {
  return new ProxyError(`the proxy ${origin} cannot be reached: ${cause.message}`, { passing: true, cause });
}

function refused({ origin }: URL, status: number, said: IncomingMessage["statusMessage"]): ProxyError {
  // What it says no to it will not let pass the next time; what it cannot do by itself it may.
  const passing = status < 400 || status >= 500 || status === 408 || status === 429;
  return new ProxyError(`the proxy ${origin} answers ${[status, said].join(" ").trim()}`, { passing });
}
