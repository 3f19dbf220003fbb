/** Trims the shared cache after a build. */
import { Places } from "../engine/place.ts";
import { problemOf } from "../engine/problem.ts";
import { journalPath } from "../engine/start.ts";
import type { Config } from "../model/config.ts";
import type { BuildEvent } from "../model/event.ts";
import { sayTrimmed } from "../report/gc.ts";
import { collectGarbage } from "../store/gc.ts";
import type { Bounds } from "../store/gc-policy.ts";
import { isLookDue, noteLook } from "../store/trim-record.ts";
import { allProjects } from "./projects.ts";

/** Seldom, in bounds, and never what was paid for. That it fails is no failure of the build. */
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

/** What the configuration leaves open is without bound. */
export function boundsOf({ maxBytes, maxAgeMs }: Config["cache"]): Bounds {
  return {
    maxBytes: maxBytes ?? Number.POSITIVE_INFINITY,
    maxAgeMs: maxAgeMs ?? Number.POSITIVE_INFINITY,
  };
}

/** Of all projects of the content repo, drafts too. */
export function journalsOf(root: string) {
  const places = allProjects(root).flatMap((project) =>
    [false, true].map((isDraft) => new Places(root, project, isDraft)),
  );
  return places.map((one) => ({ path: journalPath(one), name: one.name(".faceless/journal") }));
}
