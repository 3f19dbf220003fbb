/** `offload` without a worker thread, which needs a build: for `vi.mock("../lib/base/offload.ts")`. */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Failure } from "../lib/base/failure.ts";

type Answer = { result: unknown } | { failure: { message: string; help: string | undefined } };
type Entry = (message: { args: unknown; port: MessagePort }) => Promise<Answer>;

export async function offloadHere(name: string, args: unknown): Promise<unknown> {
  const worker = (await import("../lib/worker.ts")) as unknown as Record<string, Entry>;
  const { port1, port2 } = new MessageChannel();
  try {
    const answer = await worker[name]!({ args: structuredClone(args), port: port2 });
    if ("result" in answer) return structuredClone(answer.result);
    throw new Failure(answer.failure.message, answer.failure);
  } finally {
    port1.close();
  }
}
