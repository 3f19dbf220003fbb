/** Whether what a build is going to use can be used: what the environment lacks is told before anything is begun. */
import { Failure } from "../base/failure.ts";
import type { Tool } from "../model/task.ts";
import type { BuildRequest } from "./request.ts";
import type { Resolved } from "./resolve.ts";

export class Readiness {
  /** Tools that the environment lacks something for, and what. */
  readonly #lacking = new Map<Tool, Failure>();
  readonly #missed = new Set<Tool>();

  /** @throws what is no Failure */
  constructor(tools: Iterable<Tool>) {
    for (const tool of tools) {
      const failure = lackOf(tool);
      if (failure !== undefined) this.#lacking.set(tool, failure);
    }
  }

  /** Whether every tool can be used. */
  get isWhole(): boolean {
    return this.#lacking.size === 0;
  }

  /** Told of each action that would run. */
  wants({ recipe }: Resolved): void {
    if (recipe.kind !== "task" || this.isWhole) return;
    for (const tool of recipe.tools.values()) if (this.#lacking.has(tool)) this.#missed.add(tool);
  }

  /** @throws Failure with all that is lacking for what would run */
  check(): void {
    // Uses of one provider lack the same.
    const failures = [...this.#missed].map((tool) => this.#lacking.get(tool)!);
    const distinct = [...new Map(failures.map((one) => [one.message, one])).values()];
    if (distinct.length === 0) return;
    const [{ code }] = distinct as [Failure];
    const help = distinct.flatMap(({ help }) => help ?? []).join("\n");
    throw new Failure(distinct.map(({ message }) => message).join("\n"), { code, help });
  }
}

/**
 * Foretells, where a tool cannot be used, whether anything would use it. Not under `keepGoing`: then each action that needs
 * it fails by itself, and the others are made. @throws Failure
 */
export async function checkReadiness(
  { dryRun, accept, keepGoing }: BuildRequest,
  readiness: Readiness,
  foretell: () => Promise<unknown>,
): Promise<void> {
  if (!readiness.isWhole && !dryRun && !accept && !keepGoing) await foretell();
}

function lackOf({ checkEnvironment }: Tool): Failure | undefined {
  try {
    checkEnvironment?.();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
