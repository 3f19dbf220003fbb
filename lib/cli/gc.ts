/** `faceless gc`, and the trimming of the shared cache after builds. */
import { Failure } from "../base/failure.ts";
import { loadConfig } from "../config/load.ts";
import { cacheFolder, loadEnvironment } from "../config/root.ts";
import { Places } from "../engine/place.ts";
import { problemOf } from "../engine/problem.ts";
import { journalPath } from "../engine/start.ts";
import type { Config } from "../model/config.ts";
import type { BuildEvent } from "../model/event.ts";
import { sayCollected, sayTrimmed } from "../report/gc.ts";
import { collectGarbage } from "../store/gc.ts";
import type { Bounds } from "../store/gc-policy.ts";
import { isLookDue, noteLook } from "../store/trim-record.ts";
import type { Options } from "./args.ts";
import { allProjects, nameFrom, rootOf } from "./projects.ts";
import type { World } from "./terminal.ts";

export async function gcCommand(options: Options, { terminal, cwd, env }: World): Promise<number> {
  const [path] = options.paths;
  if (path !== undefined) {
    throw new Failure(`gc is about the cache of all projects and takes no path, and '${path}' is one.`, {
      help: "`faceless clean` removes the outputs of a project.",
    });
  }
  const root = rootOf([], cwd);
  const cache = cacheFolder(root, loadEnvironment(root, env));
  const bounds = boundsOf(loadConfig(root).cache);
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

/** After a build: seldom, in bounds, and never what was paid for. That it fails is no failure of the build. */
export function trimCache(
  root: string,
  configured: Config["cache"],
  cache: string,
  emit: (event: BuildEvent) => void,
): void {
  const bounds = boundsOf(configured);
  const note = (text: string) => emit({ type: "notice", action: undefined, text });
  try {
    if (!isLookDue(cache, bounds.maxBytes, Date.now())) return;
    const wish = { ...bounds, all: false, paid: false };
    const journals = journalsOf(root);
    const collected = collectGarbage({ ...wish, cache, journals, dryRun: false, now: Date.now });
    noteLook(cache, Date.now(), collected.leftBytes);
    const text = sayTrimmed(collected, wish);
    if (text !== undefined) note(text);
  } catch (error) {
    note(`the shared cache could not be trimmed: ${problemOf(error).message}`);
  }
}

function boundsOf({ maxBytes, maxAgeMs }: Config["cache"]): Bounds {
  return {
    maxBytes: maxBytes ?? Number.POSITIVE_INFINITY,
    maxAgeMs: maxAgeMs ?? Number.POSITIVE_INFINITY,
  };
}

function journalsOf(root: string) {
  const places = allProjects(root).flatMap((project) =>
    [false, true].map((isDraft) => new Places(root, project, isDraft)),
  );
  return places.map((one) => ({ path: journalPath(one), name: one.name(".faceless/journal") }));
}
