/** One build of one project: takes the lock, brings its goals up to date, and leaves a verdict for the next. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../base/failure.ts";
import type { BuildEvent, Outcome } from "../model/event.ts";
import type { Action, Pipeline, TargetPath } from "../model/pipeline.ts";
import type { Task, Tool } from "../model/task.ts";
import type { Trace } from "../model/trace.ts";
import { Graph } from "../pipeline/graph.ts";
import { ActionCache } from "../store/action-cache.ts";
import { BlobStore } from "../store/blobs.ts";
import { FileStates } from "../store/file-states.ts";
import { Journal, type Loaded, loadJournal } from "../store/journal.ts";
import { acquireLock } from "../store/lock.ts";
import { loadSnapshot, saveSnapshot, snapshotPath } from "../store/snapshot.ts";
import { noteAdded } from "../store/trim-record.ts";
import { matchFiles } from "./match.ts";
import type { Seen } from "./outline.ts";
import type { Places } from "./place.ts";
import { problemOf } from "./problem.ts";
import { removeScratch } from "./runner.ts";
import { Scheduler } from "./scheduler.ts";
import { Updater } from "./updater.ts";
import { consumes, pastDurations, urgencies } from "./urgency.ts";
import { removeVanished } from "./vanished.ts";
import { Walk } from "./walk.ts";

export interface BuildRequest {
  readonly places: Places;
  readonly pipeline: Pipeline;
  readonly tasks: ReadonlyMap<string, Task>;
  readonly tools: ReadonlyMap<string, Tool>;
  /** The folder of blobs and action cache, absolute. */
  readonly cache: string;
  /** Of all that decides besides files; see Verdict. */
  readonly signature: string;
  /** Files besides inputs and outputs that the verdict rests on: configuration, pipeline, programs. Absolute. */
  readonly restsOn: readonly string[];
  /** Outputs that are asked for, project-relative; none for everything. */
  readonly goals: readonly TargetPath[];
  readonly force: readonly TargetPath[];
  readonly discardEdits: boolean;
  /** Record what is on disk as up to date; make and restore nothing. */
  readonly accept: boolean;
  readonly keepGoing: boolean;
  readonly dryRun: boolean;
  readonly jobs: number;
  /** Pool name to how many run at once; `cpu` and what is not named have `jobs`. */
  readonly pools: Readonly<Record<string, number>>;
  /** What a waiting build is told of this one. */
  readonly command: string;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  emit(event: BuildEvent): void;
  now(): number;
}

export interface BuildResult {
  readonly ok: boolean;
  readonly interrupted: boolean;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Undefined where the build was stopped before it looked at anything. */
  readonly seen: Seen | undefined;
}

export function journalPath(places: Places): string {
  return join(places.state, "journal");
}

/** @throws Failure and Diagnostics for what makes the whole build impossible; what fails in an action is told as an event */
export async function build(request: BuildRequest): Promise<BuildResult> {
  const { places, emit, now, dryRun } = request;
  const began = now();
  emit({ type: "build-started", project: places.project, goals: request.goals, at: began });
  if (dryRun) return await walkOnce(request, undefined, began);
  const lock = await acquireLock(
    join(places.state, "lock"),
    request.command,
    (holder) => emit({ type: "waiting-for-lock", holder }),
    request.stop,
  );
  if (lock === undefined) return interruptedBefore(request, began);
  try {
    return await withJournal(request, began);
  } finally {
    lock.release();
  }
}

/** Stopped while another build held the project: nothing was looked at, and nothing changed. */
function interruptedBefore({ emit, now }: BuildRequest, began: number): BuildResult {
  const counts = { fresh: 0, restored: 0, ran: 0, edited: 0, pinned: 0, failed: 0, blocked: 0 };
  emit({ type: "build-finished", ok: false, interrupted: true, counts, results: [], ms: now() - began });
  return { ok: false, interrupted: true, counts, seen: undefined };
}

async function withJournal(request: BuildRequest, began: number): Promise<BuildResult> {
  const { places } = request;
  // Whoever held the lock before is through or dead, so what is in scratch is nobody's.
  removeScratch(join(places.state, "scratch"));
  mkdirSync(request.cache, { recursive: true });
  const loaded = readJournal(request);
  const journal = new Journal(journalPath(places), loaded);
  try {
    return await walkOnce(request, { journal, before: loaded.traces }, began);
  } finally {
    journal.close();
  }
}

function readJournal({ places, emit }: BuildRequest): Loaded {
  const loaded = loadJournal(journalPath(places), places.name(".faceless/journal"));
  for (const text of loaded.warnings) emit({ type: "notice", action: undefined, text });
  return loaded;
}

interface Recording {
  readonly journal: Journal;
  readonly before: ReadonlyMap<TargetPath, Trace>;
}

async function walkOnce(
  request: BuildRequest,
  recording: Recording | undefined,
  began: number,
): Promise<BuildResult> {
  const { places, emit, now, jobs, pools, stop } = request;
  const traces = recording?.journal.traces ?? readJournal(request).traces;
  const { snapshot, warning } = loadSnapshot(snapshotPath(places.state), places.name(".faceless/snapshot"));
  if (warning !== undefined) emit({ type: "notice", action: undefined, text: warning });
  const files = new FileStates(snapshot?.files ?? new Map(), now);
  for (const path of request.restsOn) files.look(path);
  const match = matchFiles(places, files);
  const graph = new Graph(request.pipeline, match);
  checkPaths(request, graph);
  if (graph.actions.size === 0) emit({ type: "notice", action: undefined, text: whyEmpty(request) });
  const counts = { fresh: 0, restored: 0, ran: 0, edited: 0, pinned: 0, failed: 0, blocked: 0 };
  const told = (event: BuildEvent) => {
    if (event.type === "finished") counts[event.outcome] += 1;
    emit(event);
  };
  const blobs = new BlobStore(request.cache);
  const updater = new Updater({
    ...request,
    graph,
    match,
    files,
    blobs,
    accept: request.accept ? { named: new Set(request.goals) } : undefined,
    cache: new ActionCache(request.cache),
    journal: recording?.journal,
    traces,
  });
  const pastMs = pastDurations(traces);
  const walk = new Walk({
    ...request,
    force: new Set(request.force),
    graph,
    updater,
    scheduler: new Scheduler({ jobs, pool: (name) => pools[name] }),
    lastMs: (action) => traces.get(action.id)?.ms,
    pastMs,
    urgency: urgencies(request.pipeline, pastMs),
    emit: told,
  });
  await walk.run();
  const whole =
    !request.accept && request.goals.length === 0 && graph.pending.length === 0 && walk.allExpanded;
  if (recording !== undefined && whole && !stop.aborted) {
    removeVanished(recording.before.values(), { graph, journal: recording.journal, files, places, emit });
  }
  const ok = !walk.failed && !stop.aborted && counts.blocked === 0;
  if (recording !== undefined) {
    noteAdded(request.cache, blobs.added, now());
    leaveVerdict(request, walk, files, ok && !request.accept);
  }
  const results = finalOutputs(request.pipeline, walk).map((path) => places.name(path));
  emit({ type: "build-finished", ok, interrupted: stop.aborted, counts, results, ms: now() - began });
  const wanted = [...walk.outcomes.keys()];
  const json = (path: string, name: string) => updater.readJson(path, name);
  const seen = { graph, wanted, places, files, traces, match, json };
  return { ok, interrupted: stop.aborted, counts, seen };
}

/** A misnamed script looks like a project that has none. */
function whyEmpty({ places, pipeline }: BuildRequest): string {
  const globs = pipeline.axes.flatMap((axis) =>
    axis.kind === "files"
      ? [places.name(axis.pattern.map((part) => (typeof part === "string" ? part : "*")).join(""))]
      : [],
  );
  return globs.length === 0
    ? `${pipeline.file} has no targets.`
    : `there is no file ${globs.join(" or ")}, so there is nothing to build.`;
}

/** What was made anew and feeds nothing else: what the build was for. */
function finalOutputs(pipeline: Pipeline, walk: Walk): readonly TargetPath[] {
  const made = [...walk.outcomes].filter(([, outcome]) => outcome === "ran" || outcome === "restored");
  return made
    .filter(([{ target }]) => !pipeline.targets.some((other) => consumes(pipeline, other, target.name)))
    .flatMap(([{ outputs }]) => outputs.map(({ path }) => path))
    .sort();
}

/** Paths that the user named must be ones that a target makes, or could make. @throws Failure */
function checkPaths({ goals, force, places }: BuildRequest, graph: Graph): void {
  for (const path of [...goals, ...force]) {
    if (graph.maker(path) === undefined && graph.mayBind(path).length === 0) {
      throw new Failure(`no target makes ${places.name(path)}.`, {
        help: "`faceless build -n` lists what there is to build.",
      });
    }
  }
}

function leaveVerdict(request: BuildRequest, walk: Walk, files: FileStates, ok: boolean): void {
  const outcomes = [...walk.outcomes];
  files.settle();
  const is = (outcome: Outcome) =>
    outcomes.filter(([, found]) => found === outcome).map(([action]) => action);
  const named = ({ id, target }: Action) => ({ action: id, target: target.name });
  const verdict =
    ok && !files.changed && outcomes.length > 0
      ? {
          signature: request.signature,
          actions: outcomes.length,
          edited: is("edited").map(named),
          pinned: is("pinned").length,
        }
      : undefined;
  try {
    saveSnapshot(snapshotPath(request.places.state), { verdict, files: files.seen });
  } catch (error) {
    // All that was made is recorded by now, and without a snapshot the next build only looks longer.
    const text = `the next build reads every file again, since this one could leave no snapshot: ${problemOf(error).message}`;
    request.emit({ type: "notice", action: undefined, text });
  }
}
