/** Finds the content repo, its environment and its cache; needs nothing of the configuration itself. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";

export const CONFIG_FILE = "faceless.config.yaml";

/** The content repo that `from` is in: the nearest folder upwards, itself included, with a config file. Absolute. */
export function findRoot(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, CONFIG_FILE))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The environment with the `.env` beside the config under it: a variable that is set already wins. */
export function loadEnvironment(root: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const file = join(root, ".env");
  return existsSync(file) ? { ...parseEnv(readFileSync(file, "utf8")), ...env } : env;
}

/** Where blobs and action cache are, for all projects of a content repo. Absolute. */
export function cacheFolder(root: string, env: NodeJS.ProcessEnv): string {
  return resolve(root, env.FACELESS_CACHE_DIR || join(".faceless", "cache"));
}
