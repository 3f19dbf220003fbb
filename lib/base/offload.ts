/** Runs our own CPU work in worker threads, so that the scheduler's thread never stalls. */
import { availableParallelism } from "node:os";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { Piscina } from "piscina";
import { builtFile } from "./assets.ts";
import { Failure, type FailureCode } from "./failure.ts";

export interface OffloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the done share, 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** What a function that runs in a worker gets besides its arguments. */
export interface WorkerContext {
  readonly signal: AbortSignal;
  progress(fraction: number): void;
}

/**
 * An error as data. A clone of one keeps neither its class nor what it has besides message and stack: not the code and
 * the help of a Failure, not the code and the path of what the operating system says.
 */
export type ToldError =
  | {
      readonly kind: "failure";
      readonly code: FailureCode;
      readonly message: string;
      readonly help: string | undefined;
    }
  | { readonly kind: "system"; readonly message: string; readonly facts: Partial<NodeJS.ErrnoException> };

/** What comes back from a worker. */
type Answer<Result> = { readonly result: Result } | { readonly error: ToldError };

let pool: Promise<Piscina> | undefined;

/** Loaded with the first call: most builds of little need no worker. */
async function startWorkers(): Promise<Piscina> {
  const { Piscina } = await import("piscina");
  return new Piscina({
    filename: builtFile("worker.js"),
    minThreads: 0,
    maxThreads: Math.max(2, availableParallelism()),
    // Between two edits of a watch they stay: to start one takes as long as to render a short transition.
    idleTimeout: 60_000,
    // A worker that sleeps in Atomics.wait runs no finalizers: what native code holds would pile up, 25 MB a picture.
    atomics: "disabled",
  });
}

/**
 * Calls the function of that name in `lib/worker.ts`. Arguments and result are structured clones. An abort is a
 * message, not a kill: the function stops its own children and then rejects.
 * @throws Failure, and errors of the operating system, where the function throws one
 */
export async function offload<Result>(
  name: string,
  args: unknown,
  options: OffloadOptions = {},
): Promise<Result> {
  pool ??= startWorkers();
  const workers = await pool;
  options.signal?.throwIfAborted();
  const { port1, port2 } = new MessageChannel();
  const abort = () => port1.postMessage("abort");
  options.signal?.addEventListener("abort", abort, { once: true });
  port1.on("message", (fraction: number) => options.onProgress?.(fraction));
  port1.unref();
  try {
    const answer: Answer<Result> = await workers.run({ args, port: port2 }, { name, transferList: [port2] });
    if ("result" in answer) return answer.result;
    throw errorOf(answer.error);
  } catch (error) {
    // What an abort throws does not survive the way back; the signal's own reason is the one to tell.
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", abort);
    port1.close();
  }
}

/** Ends the worker threads; the next `offload` starts new ones. */
export async function endWorkers(): Promise<void> {
  const ended = pool;
  pool = undefined;
  await (await ended)?.destroy();
}

/** Wraps a function for `lib/worker.ts`: the other end of `offload`. */
export function inWorker<Args, Result>(
  run: (args: Args, context: WorkerContext) => Promise<Result>,
): (message: { args: Args; port: MessagePort }) => Promise<Answer<Result>> {
  return async ({ args, port }) => {
    const controller = new AbortController();
    port.on("message", () => controller.abort());
    try {
      const progress = (fraction: number) => port.postMessage(fraction);
      return { result: await run(args, { signal: controller.signal, progress }) };
    } catch (error) {
      const told = toldError(error);
      if (told === undefined) throw error;
      return { error: told };
    } finally {
      port.close();
    }
  };
}

/** Undefined for what nobody has foreseen: of that the stack is wanted, and nothing else. */
export function toldError(error: unknown): ToldError | undefined {
  if (error instanceof Failure) {
    const { code, message, help } = error;
    return { kind: "failure", code, message, help };
  }
  const { message, code, errno, syscall, path, dest } = (error ?? {}) as NodeJS.ErrnoException & {
    dest?: string;
  };
  if (typeof syscall !== "string") return undefined;
  return { kind: "system", message, facts: { code, errno, syscall, path, dest } as object };
}

export function errorOf(told: ToldError): Error {
  if (told.kind === "failure") return new Failure(told.message, told);
  return Object.assign(new Error(told.message), told.facts);
}
