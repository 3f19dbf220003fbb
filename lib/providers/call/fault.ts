/** What can go wrong with one request to a service, and what that means for the next one. */
import { Failure } from "../../base/failure.ts";
import type { Charged } from "../../model/purchase.ts";

interface Consequence {
  /** Whether the same request may do better in a while. */
  readonly retried: boolean;
  /** What else fails in the same way, and so is not even asked for: all that is of the voice, the model, or the service. */
  readonly ends: "request" | "voice" | "model" | "service";
}

const passing: Consequence = { retried: true, ends: "request" };

export const FAULTS = {
  /** Asked too often: the service says to wait. */
  "rate-limit": passing,
  /** The service failed by itself. */
  server: passing,
  /** Not reached, or cut off. */
  connection: passing,
  /** The proxy in between is not reached, or fails by itself. */
  "proxy-down": passing,
  timeout: passing,
  /** A proxy that stands in between does not let it pass. */
  proxy: { retried: false, ends: "service" },
  /** A whole answer with status 200 that is none: cut short, a proxy's page, another shape. */
  "bad-answer": passing,
  /** The model has answered, and not in the shape that was asked for. */
  "off-shape": { retried: true, ends: "model" },
  /** No money or quota left. */
  quota: { retried: false, ends: "service" },
  authentication: { retried: false, ends: "service" },
  /** The service lets no one in from here, whatever the key. */
  "network-rule": { retried: false, ends: "service" },
  /** The service refuses every request to the resource for a while, whatever its prompt. */
  blocked: { retried: false, ends: "service" },
  /** The service is at another address: no redirect is followed, since a key would go with it. */
  moved: { retried: false, ends: "service" },
  /** The key is good, and not for this. */
  forbidden: { retried: false, ends: "model" },
  /** No such model, deployment or route. */
  "not-found": { retried: false, ends: "model" },
  /** No such voice, for this key. */
  "no-voice": { retried: false, ends: "voice" },
  /** The service's content policy does not let the request or its answer pass. */
  policy: { retried: false, ends: "request" },
  /** Any other no. */
  rejected: { retried: false, ends: "request" },
  /** Nobody waits for it any more. */
  aborted: { retried: false, ends: "request" },
} as const satisfies Record<string, Consequence>;

export type FaultKind = keyof typeof FAULTS;

/** Whether other work is gone on with: of another voice, or of none. */
export function isIsolated(kind: FaultKind): boolean {
  const { ends } = FAULTS[kind];
  return ends === "request" || ends === "voice";
}

export interface Fault {
  readonly kind: FaultKind;
  readonly charged: Charged;
  readonly status?: number | undefined;
  /** The service's own name for it: "moderation_blocked", or Node's: "ECONNRESET". */
  readonly code?: string | undefined;
  /** The service's own words. */
  readonly message: string;
  /** It is in an answer that was paid for: the same request is given that answer again, and nothing is asked. */
  readonly kept?: boolean | undefined;
  /** What the service calls the request. */
  readonly requestId?: string | undefined;
  /** Milliseconds that the service says to wait. */
  readonly wait?: number | undefined;
}

/** Thrown by one request; the till reads `charged`. */
export class CallError extends Error {
  readonly fault: Fault;
  readonly charged: Charged;

  constructor(fault: Fault) {
    super(fault.message);
    this.name = "CallError";
    this.fault = fault;
    this.charged = fault.charged;
  }
}

/** Thrown by one request that did not get past an HTTP proxy, `passing` or not: nothing has reached the service. */
export class ProxyError extends Failure {
  constructor(message: string, options: { readonly passing: boolean; readonly cause?: Error }) {
    super(message, { code: "api.provider", ...options });
    this.name = "ProxyError";
  }
}

/** Thrown by whoever reads an answer that is none of the kind that was asked for. */
export class BadAnswer extends Error {
  readonly kind: "bad-answer" | "off-shape";
  readonly charged: Charged;

  /** `charged`: by its bill, where it tells of its usage. */
  constructor(message: string, kind: BadAnswer["kind"] = "bad-answer", charged: Charged = "maybe") {
    super(message);
    this.name = "BadAnswer";
    this.kind = kind;
    this.charged = charged;
  }
}
