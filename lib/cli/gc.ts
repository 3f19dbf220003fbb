/** `faceless gc`: what it is asked for, and what it tells. */
import { Failure } from "../base/failure.ts";
import { cacheFolder, loadEnvironment } from "../config/root.ts";
import { sayCollected } from "../report/gc.ts";
import { collectGarbage } from "../store/gc.ts";
import { noteLook } from "../store/trim-record.ts";
import type { Options } from "./args.ts";
import { loadConfiguration } from "./configuration.ts";
import { nameFrom, rootOf } from "./projects.ts";
import type { World } from "./terminal.ts";
import { boundsOf, journalsOf } from "./trim.ts";

export async function gcCommand(options: Options, { terminal, cwd, env }: World): Promise<number> {
  const [path] = options.paths;
  if (path !== undefined) {
    throw new Failure(`gc is about the cache of all projects and takes no path, and '${path}' is one.`, {
      code: "usage.invalid",
      help: "`faceless clean` removes the outputs of a project.",
    });
  }
  const root = rootOf([], cwd);
  const cache = cacheFolder(root, loadEnvironment(root, env));
  const bounds = boundsOf((await loadConfiguration(root)).cache);
  const { dryRun, all, paid } = options;
  const wish = {
    maxBytes: options.maxBytes ?? bounds.maxBytes,
    maxAgeMs: options.maxAgeMs ?? bounds.maxAgeMs,
    all,
    paid,
  };
  const collected = collectGarbage({ ...wish, cache, journals: journalsOf(root), dryRun, now: Date.now });
  if (!dryRun && collected.results + collected.files > 0) noteLook(cache, Date.now(), collected.leftBytes);
  terminal.out(sayCollected(nameFrom(root, cache), collected, { ...wish, dryRun }));
  return 0;
}
