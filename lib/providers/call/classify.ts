/** Tells what a failed request's error means. Pure; knows the errors of `fetch` and our own, also wrapped by the openai client. */
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import type { Charged } from "../../model/purchase.ts";
import { BadAnswer, CallError, type Fault, type FaultKind, ProxyError } from "./fault.ts";
import { requestIdOf } from "./request-id.ts";
import { retryAfter } from "./retry-after.ts";

/** An error status, as our own requests throw it. */
interface StatusError {
  readonly status: number;
  readonly headers?: Headers | undefined;
  /** The answer's JSON. */
  readonly error?: unknown;
  readonly message: string;
}

/**
 * `now`: milliseconds since 1970, for a wait that is told as a date. `voice`: the id of the one that was asked for, if any.
 * @throws what is no error of a request
 */
export function classify(error: unknown, now: number, voice?: string): Fault {
  if (error instanceof CallError) return error.fault;
  if (error instanceof BadAnswer) {
    const { kind, charged, message } = error;
    return { kind, charged, message };
  }
  const chain = causes(error);
  const proxied = chain.find((one) => one instanceof ProxyError);
  if (proxied !== undefined) return ofProxy(proxied);
  const refused = chain.find(isStatusError);
  if (refused !== undefined) return ofStatus(refused, now, voice);
  return ofConnection(error);
}

function isStatusError(error: Error): error is Error & StatusError {
  return typeof (error as Partial<StatusError>).status === "number";
}

const QUOTA = /^(insufficient_quota|billing_hard_limit_reached|billing_not_active|quota_exceeded)$/;
const POLICY =
  /^(moderation_blocked|content_policy_violation|content_?filter|ResponsibleAIPolicyViolation)$/i;
/** Azure's words for a resource that is blocked as a whole (pollinations/pollinations #8848 and #9707); its code is "Forbidden". */
const BLOCKED = /resource has been temporarily blocked/i;
/** Azure's words for a resource that takes calls from some networks alone; its code is a mere "403". */
const NETWORK_RULE =
  /virtual network|firewall|private endpoint|public (network )?access is disabled|traffic denied|ip address/i;

function ofStatus(error: StatusError, now: number, voice: string | undefined): Fault {
  const { status, headers } = error;
  const { code, message, param } = told(error);
  const fault = (kind: FaultKind, charged: Charged = "no"): Fault => ({
    kind,
    charged,
    status,
    code,
    message,
    requestId: requestIdOf(headers),
    wait: retryAfter(headers, now),
  });
  if (QUOTA.test(code ?? "") || status === 402) return fault("quota");
  if (status === 403) return fault(kindOfForbidden(code, message));
  if (POLICY.test(code ?? "")) return fault("policy");
  if (status === 401) return fault("authentication");
  if (voice !== undefined && isOfVoice({ code, message, param }, voice)) return fault("no-voice");
  if (status === 404) return fault("not-found");
  if (status === 429) return fault("rate-limit");
  // What a gateway gave up on may have been done behind it all the same.
  if (status === 408 || status === 502 || status === 504 || status >= 520) return fault("server", "maybe");
  if (status === 409 || status >= 500) return fault("server");
  if (REDIRECTS.has(status)) return { ...fault("moved"), message: sayMoved(headers) };
  return fault("rejected");
}

/** A prompt that is refused is answered with 400: where the policy is the reason for a 403, it is the resource. */
function kindOfForbidden(code: string | undefined, message: string): FaultKind {
  if (BLOCKED.test(message) || POLICY.test(code ?? "")) return "blocked";
  return NETWORK_RULE.test(message) ? "network-rule" : "forbidden";
}

/** RFC 9110, 15.4. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Without user, query and fragment: there may be a key in them. */
function sayMoved(headers: Headers | undefined): string {
  const location = headers?.get("location");
  if (!location) return "no other address is given";
  return location.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//");
}

/** ElevenLabs's own, with 400 or 404 (elevenlabs/elevenlabs-python #293, elevenlabs/elevenlabs-docs #1317). */
const NO_VOICE = /^voice_(not_found|does_not_exist)$/;

/**
 * Besides: OpenAI's `param`, and its list of what is wrong (openai/openai-node #1284); Kokoro-FastAPI's words (#242). ElevenLabs
 * calls any id that cannot be one `invalid_uid`, and quotes it.
 */
function isOfVoice({ code, message, param }: Told, voice: string): boolean {
  if (NO_VOICE.test(code ?? "") || param === "voice") return true;
  if (/'loc': \('body', 'voice'\)/.test(message) || message.startsWith(`Voice '${voice}' not found`))
    return true;
  return code === "invalid_uid" && message.includes(`'${voice}'`);
}

interface Told {
  readonly code: string | undefined;
  readonly message: string;
  /** What of the request it is about. */
  readonly param: unknown;
}

/** What services call their errors: OpenAI and Azure `{ error: { code, message } }`, ElevenLabs `{ detail: { status, message } }`. */
function told({ error, message }: StatusError): Told {
  const body = isJsonObject(error as Json) ? (error as JsonObject) : {};
  const found = [body.error, body.detail, body].find((part) => isJsonObject(part)) as JsonObject;
  const inner = isJsonObject(found.innererror) ? found.innererror : {};
  const codes = [found.code, found.type, found.status, inner.code].filter((code) => typeof code === "string");
  const known = codes.find((code) => QUOTA.test(code) || POLICY.test(code)) ?? codes[0];
  const words = [found.message, body.error, body.detail].find((text) => typeof text === "string");
  return { code: known, message: words ?? message, param: found.param };
}

/** Errors of Node and undici of a connection that was never made: nothing was sent, so nothing was charged. */
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/;
/** Node's errors of what it was given. */
const MISTAKE = /^ERR_(INVALID|MISSING|UNESCAPED)_/;
const TIMEOUT = /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/;

function ofConnection(error: unknown): Fault {
  const chain = causes(error);
  const code = chain.map((one) => (one as { code?: unknown }).code).find((code) => typeof code === "string");
  const message = chain.at(-1)?.message || String(error);
  if (chain.some(({ name }) => name === "TimeoutError") || TIMEOUT.test(code ?? ""))
    return { kind: "timeout", charged: "maybe", code, message };
  // Anything else is a mistake of ours, and none of the service's.
  if (code === undefined ? !chain.some(isFetchError) : MISTAKE.test(code)) throw error;
  return { kind: "connection", charged: UNSENT.test(code ?? "") ? "no" : "maybe", code, message };
}

function ofProxy({ passing, message }: ProxyError): Fault {
  return { kind: passing ? "proxy-down" : "proxy", charged: "no", message };
}

/** `fetch` wraps every cause in a TypeError: of a request, and of a body that is cut off. */
function isFetchError(error: Error): boolean {
  return error instanceof TypeError && /^(fetch failed|terminated)/.test(error.message);
}

function causes(error: unknown): Error[] {
  const found: Error[] = [];
  // Where a name has several addresses, each has an error of its own.
  const below = (one: Error) => one.cause ?? (one instanceof AggregateError ? one.errors[0] : undefined);
  for (let one = error; one instanceof Error && !found.includes(one); one = below(one)) found.push(one);
  return found;
}
