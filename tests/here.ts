/** `offload` without a worker thread, which needs a build: for `vi.mock("../lib/base/offload.ts")`. */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { vi } from "vitest";
import type { ToldError } from "../lib/base/offload.ts";

type Answer = { result: unknown } | { error: ToldError };
type Entry = (message: { args: unknown; port: MessagePort }) => Promise<Answer>;

export async function offloadHere(name: string, args: unknown): Promise<unknown> {
  const worker = (await import("../lib/worker.ts")) as unknown as Record<string, Entry>;
  const { port1, port2 } = new MessageChannel();
  try {
    const answer = await worker[name]!({ args: structuredClone(args), port: port2 });
    if ("result" in answer) return structuredClone(answer.result);
    const real = await vi.importActual<typeof import("../lib/base/offload.ts")>("../lib/base/offload.ts");
    throw real.errorOf(structuredClone(answer.error));
  } finally {
    port1.close();
  }
}
