/** Decides what bringing one action up to date takes. Pure: the caller did the looking and the hashing. */
import { type Because, isAboutMaker } from "../model/event.ts";
import type { TargetPath } from "../model/pipeline.ts";
import type { ActionKey, Digest, Manifest, Trace } from "../model/trace.ts";
import { isOurs } from "./by-hand.ts";
import { keyChanges } from "./manifest.ts";

export interface OutputOnDisk {
  readonly path: TargetPath;
  /** What is there; undefined where nothing is. */
  readonly digest: Digest | undefined;
  /** Of the file in `pinned/`; undefined where there is none. */
  readonly pinned: Digest | undefined;
  /** Whether the blob store has these bytes: then we wrote them once, even if no trace says so. */
  readonly known: boolean;
}

export interface Situation {
  readonly key: ActionKey;
  readonly manifest: Manifest;
  readonly trace: Trace | undefined;
  readonly outputs: readonly OutputOnDisk[];
  /** What the action cache has for the key: the digests by path. Asked only where it matters: most are fresh. */
  cached(): ReadonlyMap<TargetPath, Digest> | undefined;
  /** Outputs that the user wants another result for. */
  readonly forced: ReadonlySet<TargetPath>;
  /** The user gives up hand edits. */
  readonly discardEdits: boolean;
  /** The user says that what is on disk is up to date; of these outputs, whatever they are stale for. */
  readonly accept: { isNamed(path: TargetPath): boolean } | undefined;
}

type NonEmpty<T> = readonly [T, ...T[]];

export type Decision =
  | { readonly kind: "fresh" }
  /** Hand edits and pins stand for the action, and its task is not run. */
  | {
      readonly kind: "kept";
      readonly edited: readonly TargetPath[];
      readonly pinned: readonly TargetPath[];
      /** Those of the pinned whose file is not in its place yet. */
      readonly placing: readonly TargetPath[];
    }
  /** What is on disk stands for the key from now on. */
  | { readonly kind: "accept"; readonly because: NonEmpty<Because> }
  /** No rebuild without a reason. */
  | { readonly kind: "restore"; readonly because: NonEmpty<Because> }
  | { readonly kind: "run"; readonly because: NonEmpty<Because> };

export function decide(situation: Situation): Decision {
  const { outputs } = situation;
  const edited = outputs.filter((output) => isEdited(output, situation)).map((output) => output.path);
  const pinned = outputs.filter((output) => output.pinned !== undefined && !edited.includes(output.path));
  const because = acceptedFor(edited, situation);
  if (because !== undefined) return { kind: "accept", because };
  if (edited.length > 0 || pinned.length > 0) {
    const placing = pinned.filter((output) => output.digest !== output.pinned);
    const paths = (found: readonly OutputOnDisk[]) => found.map(({ path }) => path);
    return { kind: "kept", edited, pinned: paths(pinned), placing: paths(placing) };
  }
  const [first, ...rest] = staleReasons(situation);
  if (first === undefined) return { kind: "fresh" };
  return {
    kind: !isForced(situation) && situation.cached() !== undefined ? "restore" : "run",
    because: [first, ...rest],
  };
}

/**
 * What the user accepts the outputs in spite of; undefined where there is nothing, or where that was not asked for. All
 * of them have to be there. A hand edit is accepted, and what is stale only because it would be made by another version
 * or model. What is stale for what it is made from shows something else than it should: that has to be named.
 */
function acceptedFor(edited: readonly TargetPath[], situation: Situation): NonEmpty<Because> | undefined {
  const { accept, outputs } = situation;
  // A pin stands above what is accepted, and would take its place.
  const isOpen = ({ digest, pinned }: OutputOnDisk) => digest === undefined || pinned !== undefined;
  if (accept === undefined || outputs.some(isOpen)) return undefined;
  const stale = staleReasons(situation).filter(({ reason }) => reason !== "edit-discarded");
  const asked =
    edited.length > 0 || outputs.some(({ path }) => accept.isNamed(path)) || stale.every(isAcceptable);
  const [first, ...rest] = [...edited.map((path): Because => ({ reason: "edited", path })), ...stale];
  return asked && first !== undefined ? [first, ...rest] : undefined;
}

/** Of outputs that are there and were never built, nobody knows what they are made from. */
function isAcceptable(because: Because): boolean {
  return because.reason === "never-built" || isAboutMaker(because);
}

function isEdited(output: OutputOnDisk, { trace, discardEdits, forced, cached }: Situation): boolean {
  if (output.digest === undefined || output.digest === output.pinned || discardEdits) return false;
  // Of what an action makes, only what is named gives up its edit.
  if (forced.has(output.path)) return false;
  const written = trace?.outputs.find((one) => one.path === output.path);
  // Without a trace (the state was deleted) the bytes are ours if we ever made them.
  if (written === undefined) return !output.known;
  // Where a journal lost its end, an older trace counts again: then the bytes are what is to be made now.
  return !isOurs(written, output.digest) && cached()?.get(output.path) !== output.digest;
}

function isForced({ outputs, forced }: Situation): boolean {
  return outputs.some(({ path }) => forced.has(path));
}

function staleReasons(situation: Situation): readonly Because[] {
  const { key, manifest, trace, outputs } = situation;
  if (isForced(situation)) return [{ reason: "forced" }];
  if (trace === undefined) {
    // What the cache says this key makes is there already: nothing but the record is missing.
    const cached = situation.cached();
    const there =
      cached !== undefined &&
      outputs.every(({ path, digest }) => digest !== undefined && cached.get(path) === digest);
    return there ? [] : [{ reason: "never-built" }];
  }
  const reasons: Because[] = [];
  if (trace.key !== key) reasons.push(...keyChanges(trace.manifest, manifest));
  for (const { path, digest } of outputs) {
    const written = trace.outputs.find((one) => one.path === path);
    if (written === undefined || digest === undefined) reasons.push({ reason: "missing", path });
    else if (trace.how === "pinned") reasons.push({ reason: "pin-removed", path });
    else if (written.digest !== digest) reasons.push({ reason: "edit-discarded", path });
  }
  return reasons;
}
