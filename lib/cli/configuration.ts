/** Reads the configuration, for every command that needs no more of a project. */
import { loadConfig } from "../config/load.ts";
import type { Config } from "../model/config.ts";
import { knownProviders } from "../providers/registry.ts";

/** `root` is absolute. @throws Diagnostics */
export async function loadConfiguration(root: string): Promise<Config> {
  return loadConfig(root, await knownProviders());
}
