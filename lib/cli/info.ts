/** `faceless info`: settings, providers, versions, and where things live. Secrets are masked. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../base/assets.ts";
import { hideSecrets, isSecretName, maskSecret } from "../base/secrets.ts";
import { CONFIG_FILE, cacheFolder, loadEnvironment } from "../config/root.ts";
import { problemOf } from "../engine/problem.ts";
import { findFfmpeg } from "../media/ffmpeg.ts";
import { findFonts } from "../media/fonts/shelf.ts";
import type { Config } from "../model/config.ts";
import { noProxyIn, proxyOf } from "../providers/call/proxies.ts";
import { type Facts, sayFacts } from "../report/facts.ts";
import type { Options } from "./args.ts";
import { USES } from "./check-connections.ts";
import { loadConfiguration } from "./configuration.ts";
import { LOG_FILE } from "./log-wish.ts";
import { allProjects, rootOf } from "./projects.ts";
import type { World } from "./terminal.ts";
import { version } from "./version.ts";

/** Variables that are ours, or that a provider takes. */
const OURS =
  /^(FACELESS_\w+|(AZURE_)?OPENAI_\w+|ELEVENLABS_\w+|PEXELS_\w+|LOG_LEVEL|LOG_FORMAT|DEBUG|NO_COLOR)$/;

export async function infoCommand(options: Options, { terminal, cwd, env: given }: World): Promise<number> {
  const root = rootOf(options.paths, cwd);
  const env = loadEnvironment(root, given);
  const config = await loadConfiguration(root);
  const facts: Facts = {
    versions: {
      faceless: version(),
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      ffmpeg: await toldOrWrong(async () => (await findFfmpeg(env)).identity),
    },
    places: await placesOf(root, env),
    providers: providersOf(config),
    niches: nichesOf(config),
    environment: environmentOf(env),
  };
  const hide = hideSecrets(env);
  terminal.out(hide(options.json ? `${JSON.stringify(facts, null, 2)}\n` : sayFacts(facts)));
  return 0;
}

async function placesOf(root: string, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const own = join(root, ".env");
  return {
    "content repo": root,
    configuration: join(root, CONFIG_FILE),
    ".env": existsSync(own) ? own : "none",
    cache: cacheFolder(root, env),
    log: `standard error, or ${join(root, LOG_FILE)} beside a live display`,
    projects: allProjects(root).join(", ") || "none",
    ffmpeg: await toldOrWrong(async () => (await findFfmpeg(env)).path),
    fonts: await toldOrWrong(async () => countFonts(root, env)),
    proxy: await toldOrWrong(async () => sayProxies(env)),
    faceless: packageRoot,
  };
}

/** "https: http://proxy.example:3128; not for intranet.example, nor for this machine" */
function sayProxies(env: NodeJS.ProcessEnv): string {
  const named = (["https", "http"] as const).flatMap((scheme) => {
    const proxy = proxyOf(scheme, env);
    return proxy === undefined ? [] : [`${scheme}: ${proxy.address.origin}`];
  });
  const exempt = noProxyIn(env);
  if (named.length === 0) return "none";
  return `${named.join(", ")}; not for ${exempt === "" ? "" : `${exempt}, nor for `}this machine`;
}

function countFonts(root: string, env: NodeJS.ProcessEnv): string {
  const { own, shipped, system } = findFonts(root, env).shelf;
  return `${own.length} in shared/fonts, ${shipped.length} shipped, ${system.length} of the system`;
}

/** Whether one thing is missing is `validate`'s to judge: here it is said in its place. */
async function toldOrWrong(tell: () => Promise<string>): Promise<string> {
  try {
    return await tell();
  } catch (error) {
    return problemOf(error).message;
  }
}

function providersOf(config: Config): Record<string, string> {
  const uses = USES.map((use) => [use, config.use[use]] as const);
  const settings = Object.entries(config.providers).map(([name, { type, ...rest }]) => {
    const told = Object.entries(rest).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    return [`'${name}'`, [type, ...told].join(", ")] as const;
  });
  return Object.fromEntries([...uses, ...settings]);
}

function nichesOf({ niches }: Config): Record<string, string> {
  return Object.fromEntries(
    Object.entries(niches).map(([name, { platforms, voice, speed, music }]) => {
      const parts = [
        platforms.join(", ") || "no platform",
        ...(voice ? [`voice ${voice}`] : []),
        `speed ${speed}`,
      ];
      return [name, [...parts, ...(music === null ? [] : [`music ${music}`])].join("; ")];
    }),
  );
}

function environmentOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const ours = Object.entries(env).filter(
    ([name, value]) => OURS.test(name) && value !== undefined && value !== "",
  );
  return Object.fromEntries(
    ours
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, isSecretName(name) ? maskSecret(value!) : value!]),
  );
}
