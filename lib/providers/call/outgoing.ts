/** A request on its way, and how it goes directly. */
import type { ClientRequest, IncomingMessage } from "node:http";

/** A request as Node sends it, but for its body. */
export interface Sent {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly signal: AbortSignal;
}

/** A request on its way. */
export interface Outgoing {
  readonly request: ClientRequest;
  /** What stood between us and the service, by how it ended; undefined where nothing did. */
  obstacle(outcome: Error | IncomingMessage): Error | undefined;
}

export async function sendDirectly({ url, ...options }: Sent): Promise<Outgoing> {
  // Loaded late: a configuration is read without it.
  const protocol = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  return { request: protocol.request(url, { ...options, agent: false }), obstacle: () => undefined };
}
