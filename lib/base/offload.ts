/** Runs our own CPU work in worker threads, so that the scheduler's thread never stalls. */
import { availableParallelism } from "node:os";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Piscina } from "piscina";
import { builtFile } from "./assets.ts";

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

let pool: Piscina | undefined;

/**
 * Calls the function of that name in `lib/worker.ts`. Arguments and result are structured clones. An abort is a
 * message, not a kill: the function stops its own children and then rejects.
 */
export async function offload<Result>(
  name: string,
  args: unknown,
  options: OffloadOptions = {},
): Promise<Result> {
  pool ??= new Piscina({
    filename: builtFile("worker.js"),
    minThreads: 0,
    maxThreads: Math.max(2, availableParallelism()),
    idleTimeout: 5_000,
  });
  options.signal?.throwIfAborted();
  const { port1, port2 } = new MessageChannel();
  const abort = () => port1.postMessage("abort");
  options.signal?.addEventListener("abort", abort, { once: true });
  port1.on("message", (fraction: number) => options.onProgress?.(fraction));
  port1.unref();
  try {
    return (await pool.run({ args, port: port2 }, { name, transferList: [port2] })) as Result;
  } finally {
    options.signal?.removeEventListener("abort", abort);
    port1.close();
  }
}

/** Ends the worker threads; the next `offload` starts new ones. */
export async function endWorkers(): Promise<void> {
  const ended = pool;
  pool = undefined;
  await ended?.destroy();
}

/** Wraps a function for `lib/worker.ts`: the other end of `offload`. */
export function inWorker<Args, Result>(
  run: (args: Args, context: WorkerContext) => Promise<Result>,
): (message: { args: Args; port: MessagePort }) => Promise<Result> {
  return async ({ args, port }) => {
    const controller = new AbortController();
    port.on("message", () => controller.abort());
    try {
      return await run(args, {
        signal: controller.signal,
        progress: (fraction) => port.postMessage(fraction),
      });
    } finally {
      port.close();
    }
  };
}
