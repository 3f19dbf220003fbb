/** The story that the engine tells of a build. Terminal, plain log, JSON and tests all read this one stream. */
import type { FailureCode } from "../base/failure.ts";

import type { MaybeCharged, Spending } from "./purchase.ts";
import type { RequestReport } from "./request-report.ts";

/** How an output came to be up to date, or why it is not. */
export type Outcome =
  /** Nothing to do: the file on disk is what this key made. */
  | "fresh"
  /** Its bytes came from the store. */
  | "restored"
  /** Its task was run. */
  | "ran"
  /** The file was changed by hand since we wrote it: kept and used as it is. */
  | "edited"
  /** The file in `pinned/` is the output. */
  | "pinned"
  /** Its task failed. */
  | "failed"
  /** Not tried: something it needs failed. Or it was interrupted. */
  | "blocked"
  /** The build was stopped before its turn, by a failure elsewhere or by the user: nothing is known against it. */
  | "not-started";

/** Why an output is not fresh; each is one sentence in the report. */
export type Because =
  | { readonly reason: "never-built" }
  | { readonly reason: "missing"; readonly path: string }
  | { readonly reason: "forced" }
  | { readonly reason: "edit-discarded"; readonly path: string }
  /** Why it was accepted as it is. */
  | { readonly reason: "edited"; readonly path: string }
  | { readonly reason: "pin-removed"; readonly path: string }
  /** What was there had other bytes than the file in `pinned/`. */
  | { readonly reason: "pin-placed"; readonly path: string }
  /** Nothing that it is made from or by is another; how that is put into the key is. */
  | { readonly reason: "key-form" }
  /** A line of the manifest is not what it was; undefined where the line is new or gone. */
  | {
      readonly reason: "changed";
      readonly label: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
    };

export type Would = Extract<BuildEvent, { type: "would" }>;

/** Whether it is about who makes an output, and not about what it is made from. */
export function isAboutMaker(because: Because): boolean {
  if (because.reason !== "changed") return because.reason === "key-form";
  return ["task", "run"].includes(because.label) || because.label.startsWith("tool.");
}

/** A failure in words, made once where it happened. */
export interface Problem {
  /** What kind of failure; none where something was only not tried. */
  readonly code?: FailureCode;
  readonly message: string;
  readonly help?: string | undefined;
  /** The same can do better later, though nothing that it is made of has changed: a service, a key. */
  readonly passing?: true;
  /** It says nothing of other work, which is gone on with. */
  readonly isolated?: true;
}

/** Of what has failed. */
export interface CodedProblem extends Problem {
  readonly code: FailureCode;
}

/** A script that was wanted of `generate` and that there is not; without a problem it was not even asked for. */
export interface MissingScript {
  readonly topic: string;
  readonly problem?: Problem;
}

/** What the engine itself is busy with; each lasts until the next begins. */
export type Phase =
  | "check-verdict"
  | "load-engine"
  | "load-tasks"
  | "load-configuration"
  | "compile-pipeline"
  | "find-tools"
  | "take-lock"
  | "read-state"
  | "bind-targets"
  | "walk"
  | "write-state";

/** What is planned of one target. */
export interface PlannedTarget {
  readonly actions: number;
  /** What one of them took on average before. */
  readonly lastMs: number | undefined;
  /** It uses a tool that costs money. */
  readonly paid?: true;
}

/** `action` names the work: the project-relative path of its first output. Times are milliseconds. */
export type BuildEvent =
  | {
      readonly type: "build-started";
      readonly project: string;
      readonly goals: readonly string[];
      readonly at: number;
    }
  /** The first ones come before `build-started`. */
  | { readonly type: "phase"; readonly phase: Phase }
  /** Another build holds the project; this one waits for it. */
  | { readonly type: "waiting-for-lock"; readonly holder: string }
  /** How many actions are known; `atLeast` while a dynamic axis is not expanded yet. */
  | {
      readonly type: "planned";
      readonly actions: number;
      readonly atLeast: boolean;
      /** A list that is not known yet can say that there is more that costs money. */
      readonly mayCostMore?: true;
      readonly targets: Readonly<Record<string, PlannedTarget>>;
    }
  | {
      readonly type: "started";
      readonly action: string;
      readonly target: string;
      readonly because: readonly Because[];
      /** What it took the last time, where that is known. */
      readonly lastMs: number | undefined;
    }
  /** The done share of a running action, 0 to 1. */
  | {
      readonly type: "progress";
      readonly action: string;
      readonly target: string;
      readonly fraction: number;
    }
  | {
      readonly type: "notice";
      readonly action: string | undefined;
      /** The action's. */
      readonly target?: string;
      readonly text: string;
      /** It says nothing new: shown to who wants to see all, and logged as a detail. */
      readonly minor?: true;
    }
  /** A request to a service has ended: for a log. */
  | ({ readonly type: "request"; readonly action: string; readonly target: string } & RequestReport)
  | {
      readonly type: "finished";
      readonly action: string;
      readonly target: string;
      readonly outcome: Outcome;
      /** All its outputs, project-relative. */
      readonly outputs: readonly string[];
      readonly because: readonly Because[];
      readonly ms: number;
      /** US dollars that it was charged now, null where no price is known; where its tools cost money. */
      readonly cost?: number | null;
      /** With `restored`: US dollars that it cost when it was made. */
      readonly saved?: number;
      /** With `failed`; with `blocked`, what it waited for; with `not-started`, that the build was stopped. */
      readonly problem?: Problem;
    }
  /**
   * In a dry run: what would be done. `maybe-run` follows something that would run, and may turn out fresh; `place` puts
   * files from `pinned/` in place.
   */
  | {
      readonly type: "would";
      readonly action: string;
      readonly target: string;
      readonly verb: "restore" | "run" | "maybe-run" | "place" | "accept";
      readonly outputs: readonly string[];
      readonly because: readonly Because[];
      /** With `run`: US dollars at most, null where no price is known; where its tools cost money. */
      readonly cost?: number | null;
      /** With `run` and `maybe-run`: US dollars that it cost the last time, null where no price was known; where it was bought. */
      readonly lastCost?: number | null;
      /** With `lastCost`: it was bought of another tool or version than there is by now. */
      readonly otherTool?: true;
      /** With a cost of null: the rows of `prices:` in the configuration by which it would be known. */
      readonly priceRows?: readonly string[];
      /** The same where nobody has said which model is behind a deployment: how to say it. */
      readonly modelHints?: readonly string[];
      /** Requests that were sent for it before, if any may have been charged. */
      readonly maybeCharged?: readonly MaybeCharged[];
    }
  /** What was on disk is up to date from now on, since the user says so. */
  | {
      readonly type: "accepted";
      readonly action: string;
      readonly target: string;
      readonly outputs: readonly string[];
      readonly because: readonly Because[];
    }
  /** An output whose target no longer exists: deleted, in a dry run to be, or kept because its bytes are not ours. */
  | { readonly type: "removed" | "would-remove" | "kept"; readonly output: string }
  | {
      readonly type: "build-finished";
      readonly ok: boolean;
      readonly interrupted: boolean;
      /** Of a round of a watch: something changed meanwhile, and the next round begins. */
      readonly superseded?: boolean;
      readonly counts: Readonly<Record<Outcome, number>>;
      /** Outputs that were made anew and feed nothing else, relative to the content repo: what the build was for. */
      readonly results: readonly string[];
      /** Where anything was paid, or saved. */
      readonly spending?: Spending;
      readonly ms: number;
    }
  /** The last word of a `generate` that was to write several scripts, and did not write them all. */
  | {
      readonly type: "scripts-missing";
      readonly project: string;
      /** How many were wanted. */
      readonly wanted: number;
      readonly missing: readonly MissingScript[];
    }
  /** A watch has seen these change, and begins a round. */
  | {
      readonly type: "watch-changed";
      readonly project: string;
      /** In the order in which they were seen. */
      readonly files: readonly string[];
      readonly at: number;
    }
  /** A round is through; not told of one that was superseded, whose files are among those of the next. */
  | {
      readonly type: "watch-round";
      readonly project: string;
      readonly files: readonly string[];
      readonly ok: boolean;
      /** Of all that was done since the files changed, in superseded rounds too. */
      readonly counts: Readonly<Record<Outcome, number>>;
      /** Target to how many of its actions ran. */
      readonly ran: Readonly<Record<string, number>>;
      readonly removed: number;
      readonly results: readonly string[];
      /** Where anything was paid, or saved, since the last round that was told of. */
      readonly spending?: Spending;
      /** From when the last of the files was seen to change to when all was done. */
      readonly ms: number;
      readonly at: number;
    }
  /** Configuration or pipeline cannot be used, so a round could not begin; `files` is empty in the first. */
  | {
      readonly type: "watch-failed";
      readonly project: string;
      readonly files: readonly string[];
      readonly problem: Problem;
      readonly at: number;
    }
  /** Told once, after the first round of each project: from here on every change is seen. */
  | { readonly type: "watch-waiting"; readonly projects: readonly string[] };
