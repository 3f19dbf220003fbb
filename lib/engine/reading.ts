/** What a command with a depfile really read of its inputs: on that alone, and on all their names, its key rests. */
import { realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { Failure } from "../base/failure.ts";
import type { Action, Target } from "../model/pipeline.ts";
import type { ActionKey, Trace } from "../model/trace.ts";
import { referencesIn } from "../pipeline/scope.ts";
import { filesRead } from "./depfile.ts";
import { actionKey } from "./manifest.ts";
import { describeAction, type Resolved } from "./resolve.ts";

/** The slots that the depfile decides on: those that the command does not name. Undefined for a target without one. */
export function candidates({ recipe, inputs }: Target): ReadonlySet<string> | undefined {
  if (recipe.kind !== "run" || recipe.deps === undefined) return undefined;
  const named = new Set(
    [...referencesIn(recipe.command)].flatMap((one) => (one.kind === "in" ? [one.slot] : [])),
  );
  return new Set(inputs.map(({ slot }) => slot).filter((slot) => !named.has(slot)));
}

/** The key that holds of its candidates nothing but their names: under it the store keeps what was read. */
export function baseKey(action: Action, resolved: Resolved): ActionKey {
  return narrowed(action, resolved, []).key;
}

/** The action as one that read just these of its candidates, told by their names in scratch. */
export function narrowed(action: Action, resolved: Resolved, read: readonly string[]): Resolved {
  const open = candidates(action.target)!;
  const isRead = (slot: string, name: string) => !open.has(slot) || read.includes(name);
  const manifest = describeAction(action, resolved.slots, resolved.recipe, isRead);
  return { ...resolved, manifest, key: actionKey(manifest), read };
}

export interface Known {
  readonly trace: Trace | undefined;
  /** What was read under a base key, the latest first. */
  stored(base: ActionKey): readonly (readonly string[])[];
  /** Whether something was made under a key. */
  isMade(key: ActionKey): boolean;
}

/**
 * The key of an action with a depfile, before it runs: by what it read the last time, and the times before.
 *
 * A guess that is wrong costs a run and never a wrong output: a key tells by its lines which files were read, so there
 * is a result under it only if a run, given all these names, read just these files with just this content.
 */
export function chooseReading(
  action: Action,
  resolved: Resolved,
  { trace, stored, isMade }: Known,
): Resolved {
  if (candidates(action.target) === undefined) return resolved;
  const last = trace?.read === undefined ? [] : [trace.read];
  const guesses = function* () {
    for (const read of last) yield narrowed(action, resolved, read);
    for (const read of stored(baseKey(action, resolved))) yield narrowed(action, resolved, read);
  };
  let first: Resolved | undefined;
  for (const guess of guesses()) {
    if (guess.key === trace?.key || isMade(guess.key)) return guess;
    first ??= guess;
  }
  return first ?? resolved;
}

/** What an action that has just run read, and what of it nobody tracks. @throws Failure for a depfile that is none */
export function readingOf(
  action: Action,
  resolved: Resolved,
  scratch: string,
  root: string,
): { readonly read: readonly string[]; readonly untracked: readonly string[] } {
  const open = candidates(action.target)!;
  const { inside, outside } = filesRead(scratch);
  const roots = [root, realpathSync(root)];
  const stray = outside.flatMap((path) =>
    roots.filter((folder) => path.startsWith(folder + sep)).map((folder) => relative(folder, path)),
  )[0];
  if (stray !== undefined) {
    throw new Failure(
      `the command read ${stray}, which is no input of '${action.target.name}': its depfile names it.`,
      { help: "Name it under 'in', and find it in the command's own folder, as in/<slot>/…" },
    );
  }
  const names = resolved.slots
    .filter(({ slot }) => open.has(slot))
    .flatMap(({ files }) => files.map((f) => f.scratch));
  const told = new Set(inside);
  return { read: names.filter((name) => told.has(name)).sort(), untracked: outside };
}

/** A compiler's own headers are like the compiler: a command's programs are not in its key either. */
export function sayUntracked(paths: readonly string[]): string {
  const more = paths.length === 1 ? "" : ` and ${paths.length - 1} more`;
  return `the depfile names ${paths[0]}${more}, from outside the content repo: like the programs that a command runs, that is not tracked. With -MMD instead of -MD a compiler leaves out its own headers.`;
}
