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

interface Told {
  readonly code: FailureCode;
  readonly message: string;
  readonly help: string | undefined;
}

/** What comes back from a worker. A clone of an error keeps neither its class nor its `help`, so a Failure is told. */
type Answer<Result> = { readonly result: Result } | { readonly failure: Told };

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
 * @throws Failure where the function throws one
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
    throw new Failure(answer.failure.message, answer.failure);
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
      if (!(error instanceof Failure)) throw error;
      const { code, message, help } = error;
      return { failure: { code, message, help } };
    } finally {
      port.close();
    }
  };
}
