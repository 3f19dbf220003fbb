/** What is remembered of an action: its manifest, its key, and the digests it made. */
import type { Because } from "./event.ts";
import type { TargetPath } from "./pipeline.ts";

/** sha256 of a file's bytes, 64 hexadecimal digits. */
export type Digest = string & { readonly Digest: unique symbol };

/** sha256 of a manifest, 64 hexadecimal digits. */
export type ActionKey = string & { readonly ActionKey: unique symbol };

/** The labelled, ordered lines that describe an action; hashed they are its key, stored they tell what changed. */
export type Manifest = readonly (readonly [label: string, value: string])[];

export interface TracedOutput {
  readonly name: string;
  readonly path: TargetPath;
  readonly digest: Digest;
  /** It was unpinned: these bytes are a person's, and stand there as a hand edit. */
  readonly byHand?: true;
}

/** What was recorded when an action's outputs were last brought up to date. */
export interface Trace {
  readonly id: TargetPath;
  readonly target: string;
  readonly key: ActionKey;
  readonly manifest: Manifest;
  readonly outputs: readonly TracedOutput[];
  /** `accepted`: the user has said that these bytes are what the key makes. */
  readonly how: "ran" | "restored" | "pinned" | "accepted";
  /** Milliseconds that the task took when it last ran; undefined where that is not known. */
  readonly ms?: number;
  /** Of a command with a depfile: which of the inputs that it does not name it read, by their names in scratch. */
  readonly read?: readonly string[];
  /** Why it was made or restored then. */
  readonly because: readonly Because[];
}
