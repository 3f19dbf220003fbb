/** Looks at the providers in use: whether they can be opened, and with a test, whether they answer. */
import type { Config } from "../model/config.ts";
import type { TestConnection } from "../providers/call.ts";
import { looking, type Tell } from "./check.ts";
import { loadTools } from "./tools.ts";

/** What a provider can be used for. */
export const USES = ["image", "speech", "text"] as const;
export type Use = (typeof USES)[number];

/** Milliseconds that a service has to answer. */
const PATIENCE = 20_000;
const DAY = 86_400_000;

interface Asking {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  /** Whether services are asked, which needs the network. */
  readonly test: boolean;
  readonly stop: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export async function checkProvider(use: Use, asking: Asking, tell: Tell): Promise<void> {
  const { config, env } = asking;
  const subject = `provider of ${use}`;
  const name = config.use[use];
  await looking(subject, tell, async () => {
    const { tools } = await loadTools(new Set([use]), config, env, undefined);
    const tool = tools.get(use)!;
    const { test } = tool.value as { readonly test?: TestConnection };
    if (test === undefined)
      tell({ level: "ok", subject, message: `${name}: ${tool.paid ? "opened" : "needs no account"}` });
    else if (!asking.test)
      tell({ level: "ok", subject, message: `${name}: opened; --test-connections asks whether it answers` });
    else await testConnection(test, { ...asking, subject, name }, tell);
  });
}

export async function testConnection(
  test: TestConnection,
  {
    subject,
    name,
    stop,
    now,
  }: Pick<Asking, "stop" | "now"> & { readonly subject: string; readonly name: string },
  tell: Tell,
): Promise<void> {
  const { found, shutdown, model } = await test(AbortSignal.any([stop, AbortSignal.timeout(PATIENCE)]));
  if (shutdown === undefined) return tell({ level: "ok", subject, message: `${name}: answers, ${found}` });
  const isOver = Date.parse(shutdown) <= now;
  const its = model === undefined ? "its model" : `its model '${model}'`;
  const days = Math.ceil((Date.parse(shutdown) - now) / DAY);
  tell({
    level: isOver ? "error" : "warning",
    subject,
    message: isOver
      ? `${name}: ${its} was switched off on ${shutdown}.`
      : `${name}: answers, ${found}; ${its} is switched off on ${shutdown}, in ${days} days`,
    help: "Name another model or deployment, in faceless.config.yaml or the environment. `faceless accept` takes what is made for up to date, so that none of it is bought again.",
    code: isOver ? "api.provider" : undefined,
  });
}
