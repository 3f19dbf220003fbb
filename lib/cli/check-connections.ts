/** Looks at the providers: whether the environment has what each needs, and with a test, whether they answer. */
import { Failure } from "../base/failure.ts";
import { plural } from "../base/plural.ts";
import type { Config } from "../model/config.ts";
import type { Connection, Shutdown, TestConnection } from "../providers/connection.ts";
import { openProvider } from "../providers/registry.ts";
import type { Finding } from "../report/findings.ts";
import { errorOf, type Tell } from "./check.ts";

/** What a provider can be used for. */
export const USES = ["image", "speech", "text"] as const;
export type Use = (typeof USES)[number];

/** Milliseconds that a service has to answer. */
const PATIENCE = 20_000;
const DAY = 86_400_000;
/** A model that is switched off in so many days is a reason to warn. */
const SOON = 90;

const UNUSED = "used for nothing";

export interface Asking {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  /** Whether services are asked, which needs the network. */
  readonly test: boolean;
  readonly stop: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Each that is used, once for all its uses; with a test the others too, whose faults are warnings: nothing rests on them. */
export async function checkProviders(used: ReadonlySet<Use>, asking: Asking, tell: Tell): Promise<void> {
  const { config, test, stop } = asking;
  for (const name of Object.keys(config.providers)) {
    const uses = USES.filter((use) => used.has(use) && config.use[use] === name);
    if (stop.aborted) return;
    if (uses.length > 0) await checkProvider(name, uses, asking, tell);
    else if (test) await checkProvider(name, uses, asking, (finding) => tell(asWarning(finding)));
  }
}

function asWarning(finding: Finding): Finding {
  if (finding.level !== "error") return finding;
  const { subject, message, help } = finding;
  const told = message.startsWith(UNUSED) ? message : `${UNUSED}: ${message}`;
  return { level: "warning", subject, message: told, help };
}

async function checkProvider(name: string, uses: readonly Use[], asking: Asking, tell: Tell): Promise<void> {
  const { config, env, stop } = asking;
  const subject = `provider ${name}`;
  const about = uses.length > 0 ? uses.join(", ") : UNUSED;
  const say = (message: string) => tell({ level: "ok", subject, message: `${about}: ${message}` });
  try {
    const { prices, providers } = config;
    const { test, checkEnvironment } = await openProvider(providers[name]!, { name, uses, env, prices });
    checkEnvironment?.();
    if (test === undefined) {
      if (uses.length > 0) say("needs no account");
    } else if (!asking.test) say("has what it needs; --test-connections asks whether it answers");
    else
      tell({
        subject,
        ...judge(about, await ask(test, { voices: voicesOf(config, uses), stop }), asking.now),
      });
  } catch (error) {
    if (!stop.aborted) tell(errorOf(subject, error));
  }
}

/** Those of all niches, where it speaks. */
function voicesOf({ niches }: Config, uses: readonly Use[]): readonly string[] {
  const voices = Object.values(niches).map(({ voice }) => voice);
  return uses.includes("speech") ? [...new Set(voices)].filter((voice) => voice !== "") : [];
}

/** `patience`: aborted when the service has had its time. @throws Failure */
export async function ask(
  test: TestConnection,
  { voices, stop }: { readonly voices: readonly string[]; readonly stop: AbortSignal },
  patience: AbortSignal = AbortSignal.timeout(PATIENCE),
): Promise<Connection> {
  try {
    return await test({ voices, signal: AbortSignal.any([stop, patience]) });
  } catch (error) {
    if (!patience.aborted || error !== patience.reason) throw error;
    throw new Failure(`the service did not answer within ${plural(PATIENCE / 1_000, "second")}.`, {
      code: "api.provider",
      help: "Check the network and the provider's address.",
    });
  }
}

/** What a service's answer is worth. `about`: what it is used for. */
export function judge(
  about: string,
  { found, shutdowns }: Connection,
  now: number,
): Omit<Finding, "subject"> {
  const days = shutdowns.map(({ date }) => Math.ceil((Date.parse(date) - now) / DAY));
  const message = [
    `${about}: answers, ${found.join("; ")}`,
    ...shutdowns.map((one, i) => sayShutdown(one, days[i]!)),
  ];
  const least = Math.min(...days);
  if (least > SOON) return { level: "ok", message: message.join("; ") };
  return {
    level: least > 0 ? "warning" : "error",
    message: message.join("; "),
    help: "Name another model or deployment, in faceless.config.yaml or the environment. `faceless accept` takes what is made for up to date, so that none of it is bought again.",
    code: least > 0 ? undefined : "api.provider",
  };
}

function sayShutdown({ model, date }: Shutdown, days: number): string {
  return days > 0
    ? `its model '${model}' is switched off on ${date}, in ${plural(days, "day")}`
    : `its model '${model}' was switched off on ${date}`;
}
