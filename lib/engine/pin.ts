/** Makes an output a source: copies it to `pinned/`, where the next build finds it. */
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure } from "../base/failure.ts";
import type { TargetPath } from "../model/pipeline.ts";
import type { Trace } from "../model/trace.ts";
import { copyFile, hashFile, placeFile, syncFile } from "../store/files.ts";
import type { Traces } from "../store/journal.ts";
import type { Seen } from "./outline.ts";

export interface Pinned {
  readonly path: TargetPath;
  /** False where the same bytes were pinned already. */
  readonly changed: boolean;
  /** Outputs of the same action, which stay as they are: with one of them pinned its task is not run. */
  readonly others: readonly TargetPath[];
}

/** Each is checked before any is copied. @throws Failure */
export async function pin(paths: readonly TargetPath[], seen: Seen): Promise<readonly Pinned[]> {
  const pins = paths.map((path) => ({ path, changed: mustCopy(path, seen), others: othersOf(path, seen) }));
  for (const { path, changed } of pins) if (changed) await copyToPinned(path, seen);
  return pins;
}

/** Whether the bytes are not pinned yet. */
function mustCopy(path: TargetPath, { files, places, traces }: Seen): boolean {
  const [output, pinned] = [files.look(places.output(path)), files.look(places.pinned(path))];
  const [name, pinnedName] = [places.name(path), places.sourceName(`pinned/${path}`)];
  if (output === undefined) {
    throw new Failure(`${name} is not there, so there is nothing to pin.`, {
      code: "usage.invalid",
      help: `Build it first; or put a file of your own at ${pinnedName}.`,
    });
  }
  if (output.kind !== "file") throw new Failure(`${name} is no regular file.`, { code: "usage.invalid" });
  if (pinned === undefined) return true;
  if (pinned.digest === output.digest) return false;
  if (isEdited(path, output.digest, traceOf(path, traces))) return true;
  throw new Failure(`${pinnedName} is pinned already, and was changed since ${name} was built.`, {
    code: "usage.invalid",
    help: "The next build takes it over. To pin what is built now instead, remove that file first.",
  });
}

/** Before anything was recorded nobody knows whose it is. */
function isEdited(path: TargetPath, digest: string, trace: Trace | undefined): boolean {
  const recorded = trace?.outputs.find((output) => output.path === path);
  return recorded !== undefined && recorded.digest !== digest;
}

export function traceOf(path: TargetPath, traces: Traces): Trace | undefined {
  return [...traces.values()].find(({ outputs }) => outputs.some((output) => output.path === path));
}

function othersOf(path: TargetPath, { graph, traces }: Seen): readonly TargetPath[] {
  const owner = graph.maker(path) ?? traceOf(path, traces);
  return (owner?.outputs ?? []).map((output) => output.path).filter((other) => other !== path);
}

/** Written aside and renamed: a build that runs meanwhile sees no pin, or all of it. */
async function copyToPinned(path: TargetPath, { places, files }: Seen): Promise<void> {
  const [from, to] = [places.output(path), places.pinned(path)];
  const aside = join(dirname(to), `.${basename(to)}.${randomUUID()}`);
  mkdirSync(dirname(to), { recursive: true });
  try {
    copyFile(from, aside);
    if (hashFile(aside).digest !== files.look(from)?.digest) {
      throw new Failure(`${places.name(path)} was changed while it was pinned.`, {
        code: "pipeline.state",
        help: "Pin it again.",
      });
    }
    await syncFile(aside);
    placeFile(aside, to);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}
