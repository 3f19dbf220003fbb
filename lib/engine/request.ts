/** What a build is asked for, and what it answers. */

import type { BuildEvent, Outcome, Would } from "../model/event.ts";
import type { Pipeline, TargetPath } from "../model/pipeline.ts";
import type { MaybeCharged } from "../model/purchase.ts";
import type { Task, Tool } from "../model/task.ts";
import type { FileTable } from "../store/file-table.ts";
import type { Budget } from "./budget.ts";
import type { Only } from "./only.ts";
import type { Seen } from "./outline.ts";
import type { Places } from "./place.ts";
import type { Survey } from "./up-to-date.ts";
import type { Workbench } from "./workbench.ts";

/** What configuration and pipeline come to. */
export interface Described {
  readonly pipeline: Pipeline;
  readonly tasks: ReadonlyMap<string, Task>;
  readonly tools: ReadonlyMap<string, Tool>;
  /** Pool name to how many run at once; `cpu` and what is not named have `jobs`. */
  readonly pools: Readonly<Record<string, number>>;
  /** Files besides inputs and outputs that the verdict rests on: configuration, pipeline, programs. Absolute. */
  readonly restsOn: readonly string[];
  /** As much of it as spares the next build the reading, while all that it rests on is unmoved. */
  readonly text: string;
}

export interface BuildRequest {
  readonly places: Places;
  /**
   * `remembered`: the text of an earlier one that still holds. Else `look` is called with each file before it is read:
   * one that is edited in between then counts as changed since. @throws Failure, Diagnostics
   */
  describe(remembered: string | undefined, look: (path: string) => void): Described | Promise<Described>;
  /** What the short way has found, if it was tried. */
  readonly survey?: Survey | undefined;
  /** The folder of blobs and action cache, absolute. */
  readonly cache: string;
  /** Of all that decides besides files; see Verdict. */
  readonly signature: string;
  /** Outputs that are asked for, and folders of them, project-relative; none for everything. */
  readonly goals: readonly TargetPath[];
  /** Entries of axes that everything is narrowed to; undefined for none. */
  readonly only?: Only | undefined;
  readonly force: readonly TargetPath[];
  readonly discardEdits: boolean;
  /** Record what is on disk as up to date; make and restore nothing. */
  readonly accept: boolean;
  readonly keepGoing: boolean;
  readonly dryRun: boolean;
  /** Whether an event is wanted for each action that is up to date, even if it need not be looked at. */
  readonly tellFresh: boolean;
  readonly jobs: number;
  /** What a waiting build is told of this one. */
  readonly command: string;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  /** What the command that this build is part of may spend; undefined for no bound. */
  readonly budget?: Budget | undefined;
  /** Whether what may have been charged before is bought again, if it is wanted. */
  readonly payAgain?: boolean | undefined;
  /** Asks the user that, before anything is begun; undefined where there is nobody to ask. */
  readonly askToPayAgain?: ((maybeCharged: readonly MaybeCharged[]) => Promise<boolean>) | undefined;
  /** Asks whether finished outputs are to be bought again, since another tool or version would make them by now. */
  readonly askToRebuy?: ((rebought: readonly Would[]) => Promise<boolean>) | undefined;
  /** What a watch adds to a build, which then is one of its rounds. */
  readonly round?: Round | undefined;
  emit(event: BuildEvent): void;
  now(): number;
}

export interface Round {
  /** Something else is wanted by now: the build ends at once, and what runs goes on. */
  readonly superseded: AbortSignal;
  /** The one of the round before; undefined in the first. */
  readonly workbench: Workbench | undefined;
  /** Told before anything is looked at: where the build keeps what it knows of files, and what may outlive it. */
  begun(files: FileTable, workbench: Workbench): void;
}

export interface BuildResult {
  readonly ok: boolean;
  readonly interrupted: boolean;
  readonly superseded: boolean;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Of all the graph in a dry run; undefined where the build was stopped before it looked at anything. */
  readonly seen: Seen | undefined;
}
