/** What the engine knows of a task: its identity, its shape, and one function to run. */
import type { Json } from "../base/json.ts";
import type { Till } from "./purchase.ts";
import type { RequestReport } from "./request-report.ts";
import type { Digest } from "./trace.ts";

/** `file`: exactly one. `optional`: one or none. `list`: any number, in order. */
export type InputKind = "file" | "optional" | "list";

/** A file that an action reads. */
export interface InputFile {
  /** Where to read it: an absolute path. Never part of a key, never in an output. */
  readonly path: string;
  /** What to call it in a message: the path relative to the content repo. */
  readonly name: string;
  /** With the dot, lower case: ".json". Part of the key, since it tells the format. */
  readonly extension: string;
}

/** A file that an action makes, in a scratch folder unique to the attempt. */
export interface OutputFile {
  /** Absolute. The task writes here, or has a child write here. */
  readonly path: string;
  write(content: Uint8Array | string): Promise<void>;
}

/**
 * `copy`: the blob store keeps bytes of its own, so that nothing done to the output can harm them (what was paid
 * for, and what is small). `link`: it may share them with the output (what is big and cheap to make again).
 */
export type Keeping = "copy" | "link";

export interface TaskRun {
  readonly params: unknown;
  readonly inputs: Readonly<Record<string, InputFile | InputFile[] | undefined>>;
  readonly outputs: Readonly<Record<string, OutputFile>>;
  readonly tools: Readonly<Record<string, unknown>>;
  /** An empty folder of this attempt's own, removed afterwards. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** The build is ending: work that costs money, whose `signal` lets it finish, begins nothing more that does. */
  readonly stop: AbortSignal;
  /** Where whatever costs money is bought. */
  readonly till: Till;
  /** Tells how far along the work is, 0 to 1. */
  progress(fraction: number): void;
  readonly notice: Notice;
}

/** Tells the user something that is no failure. */
export interface Notice {
  /** `minor`: it says nothing new, and is for a log and for who wants to see all. */
  (text: string, options?: { readonly minor?: boolean }): void;
  /** Tells a log of a request that has ended; none where nobody keeps one. */
  readonly request?: (report: RequestReport) => void;
}

/** What is wrong with a parameter; the message names it. */
export interface ParamProblem {
  readonly param: string;
  readonly message: string;
  readonly help?: string | undefined;
}

export interface Task {
  readonly type: string;
  /** Part of the key: bump it when the same inputs would give other bytes. */
  readonly version: number;
  /** Of a content repo's own task: the digest of its code, part of the key. A shipped one bumps its version instead. */
  readonly code?: Digest;
  readonly inputs: Readonly<Record<string, InputKind>>;
  /** Name of each output to its extension without the dot. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Names of the tools it uses; their identities are part of the key. */
  readonly tools: readonly string[];
  /** An optional input to the tools that it uses instead, where that input is given. */
  readonly toolsFor: Readonly<Record<string, readonly string[]>>;
  readonly pool: string;
  readonly keep: Keeping;
  /** Quick and free of effects: a dry run runs it aside, to know what follows from it. */
  readonly cheap: boolean;
  /** Checks the resolved params and fills in defaults: the result is what the key holds. */
  checkParams(params: Json): { ok: true; value: Json } | { ok: false; problems: readonly ParamProblem[] };
  /** The names that `with:` may have; for "did you mean" at plan time. */
  readonly paramNames: readonly string[];
  /** US dollars that a run is going to cost at most; undefined where no price is known. Reads no file. */
  estimate(asked: Pick<TaskRun, "params" | "inputs" | "tools">): number | undefined;
  run(run: TaskRun): Promise<void>;
}

/** Something that a task uses and that can change its bytes: ffmpeg, an image provider. */
export interface Tool {
  readonly identity: string;
  /** Whether its use costs money: then a first Ctrl-C lets it finish, and its result is stored. */
  readonly paid: boolean;
  /** Undefined for what works on this machine. */
  readonly service?: Service | undefined;
  /** Looks whether the environment has what its use needs, such as a key. @throws Failure with all that it lacks */
  readonly checkEnvironment?: (() => void) | undefined;
  /** What the user can write into the configuration where nobody knows what its use costs: a row of `prices:`. */
  readonly priceRow?: string | undefined;
  /** The same where nobody has said which model is behind a deployment: how to say it. */
  readonly modelHint?: string | undefined;
  readonly value: unknown;
}

/** What works elsewhere: to wait for it takes none of this machine's cores. */
export interface Service {
  readonly name: string;
  /** How many actions it may be asked for at once. */
  readonly atOnce: number;
}
