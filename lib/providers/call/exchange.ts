/** A request to a service, how its answer is read, and one sending of it. */
import type { Clock } from "../../base/clock.ts";
import type { JsonObject } from "../../base/json.ts";
import { hidingIn } from "../../base/secrets.ts";
import type { Answer, Bill } from "../../model/purchase.ts";
import type { Estimate } from "../call.ts";
import { classify } from "./classify.ts";
import { BadAnswer, CallError, type Fault } from "./fault.ts";
import { requestIdOf } from "./request-id.ts";
import { scrub } from "./scrub.ts";
import type { Subject } from "./subject.ts";

export interface Exchange<Result> extends Subject {
  /** All that is asked, without secrets. */
  readonly request: JsonObject;
  readonly estimate: Estimate;
  /** One request, and no more. Resolves to an answer with a success status; rejects with what `classify` knows. */
  send(signal: AbortSignal): Promise<Response>;
  /** Makes of a body what is kept of it; as it is, unless given. */
  keep?(body: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  /** @throws BadAnswer where it is none, Failure where it is one that says no */
  read(body: Uint8Array): Result;
  /** What it cost, of a body that could be read. */
  bill(body: Uint8Array): Bill;
  /** The same of any body, by the usage that it tells itself; undefined where it tells none. Not every service does. */
  billByUsage?(body: Uint8Array): Bill | undefined;
}

export interface Sending {
  readonly signal: AbortSignal;
  /** Milliseconds, the answer's body included. */
  readonly within: number;
  /** Taken out of all that the service says, a good answer's body included: it is kept. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
}

export interface Sent {
  readonly answer: Answer;
  readonly status: number;
  /** What the service calls the request. */
  readonly requestId: string | undefined;
}

/** One request, its body included, within its time. @throws CallError */
export async function sendOnce(exchange: Exchange<unknown>, sending: Sending): Promise<Sent> {
  const { signal, within, secrets, clock } = sending;
  const deadline = new AbortController();
  const late = () => deadline.abort(new DOMException("The request took too long.", "TimeoutError"));
  const callOff = clock.alarm(within, late);
  const both = AbortSignal.any([signal, deadline.signal]);
  let response: Response | undefined;
  try {
    response = await exchange.send(both);
    const received = hidingIn(secrets)(new Uint8Array(await response.arrayBuffer()));
    const answer = await accepted(exchange, received, both);
    const requestId = cleaned(requestIdOf(response.headers), secrets);
    return { answer, status: response.status, requestId };
  } catch (error) {
    if (signal.aborted)
      throw new CallError({ kind: "aborted", charged: "maybe", message: "the build was stopped" });
    const reason: unknown = deadline.signal.aborted ? deadline.signal.reason : error;
    const fault = classify(reason, clock.now(), exchange.voice?.id);
    throw new CallError(
      scrubbed({ ...fault, requestId: fault.requestId ?? requestIdOf(response?.headers) }, secrets),
    );
  } finally {
    callOff();
  }
}

/** @throws BadAnswer, with its bill where it tells one */
async function accepted(
  exchange: Exchange<unknown>,
  received: Uint8Array,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const body = (await exchange.keep?.(received, signal)) ?? received;
    refuseBad(exchange, body);
    return { body, ...exchange.bill(body) };
  } catch (error) {
    if (!(error instanceof BadAnswer)) throw error;
    throw new BadAnswer(error.message, error.kind, exchange.billByUsage?.(received) ?? error.charged);
  }
}

/** @throws BadAnswer. With anything else the answer is whole, was paid for and is kept: whoever reads it next is told. */
function refuseBad({ read }: Exchange<unknown>, body: Uint8Array): void {
  try {
    read(body);
  } catch (error) {
    if (error instanceof BadAnswer) throw error;
  }
}

export function scrubbed(fault: Fault, secrets: readonly string[]): Fault {
  const { message, code, requestId } = fault;
  const [clean, id] = [cleaned(code, secrets), cleaned(requestId, secrets)];
  return { ...fault, message: scrub(message, secrets), code: clean, requestId: id };
}

const cleaned = (text: string | undefined, secrets: readonly string[]) => text && scrub(text, secrets);
