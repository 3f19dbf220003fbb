/** One build of one project: takes the lock, brings its goals up to date, and leaves a verdict for the next. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../base/failure.ts";
import type { BuildEvent, Outcome } from "../model/event.ts";
import type { Action, Pipeline, TargetPath } from "../model/pipeline.ts";
import type { Task, Tool } from "../model/task.ts";
import { Graph } from "../pipeline/graph.ts";
import { ActionCache } from "../store/action-cache.ts";
import { BlobStore } from "../store/blobs.ts";
import { FileStates } from "../store/file-states.ts";
import { FileTable } from "../store/file-table.ts";
import { sameStamp, stampOf, statFile } from "../store/files.ts";
import { Journal, type Loaded, loadJournal, type OnDamage, type Traces } from "../store/journal.ts";
import { acquireLock, type Lock } from "../store/lock.ts";
import { Readings } from "../store/readings.ts";
import { loadSnapshot, type Snapshot, snapshotPath } from "../store/snapshot.ts";
import { noteAdded } from "../store/trim-record.ts";
import type { Ended } from "./attempts.ts";
import { Inspector } from "./inspector.ts";
import { JsonFiles } from "./json-files.ts";
import { type Leaving, leaveSnapshot } from "./leave.ts";
import { matchFiles } from "./match.ts";
import { endOrphans } from "./orphans.ts";
import type { Seen } from "./outline.ts";
import { Part } from "./part.ts";
import { listPins } from "./pins.ts";
import type { Places } from "./place.ts";
import { problemOf } from "./problem.ts";
import { refusePaidRetries } from "./retry.ts";
import type { Limits } from "./scheduler.ts";
import { removeScratch, Scratch } from "./scratch.ts";
import { noCounts, Tally } from "./tally.ts";
import { type Survey, surveyFiles } from "./up-to-date.ts";
import { Updater } from "./updater.ts";
import { consumes, pastDurations, urgencies } from "./urgency.ts";
import { removeVanished } from "./vanished.ts";
import { Walk } from "./walk.ts";
import { Way } from "./way.ts";
import { Workbench } from "./workbench.ts";

const NEVER = new AbortController().signal;

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
  /** Outputs that are asked for, project-relative; none for everything. */
  readonly goals: readonly TargetPath[];
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

export function journalPath(places: Places): string {
  return join(places.state, "journal");
}

/** @throws Failure and Diagnostics for what makes the whole build impossible; what fails in an action is told as an event */
export async function build(request: BuildRequest): Promise<BuildResult> {
  const { places, emit, now, dryRun } = request;
  const began = now();
  emit({ type: "build-started", project: places.project, goals: request.goals, at: began });
  const workbench = request.round?.workbench ?? new Workbench(limitsOf(request), new Scratch(places.state));
  emit({ type: "phase", phase: dryRun ? "read-state" : "take-lock" });
  if (dryRun) return await walkOnce(request, beginDry(request), workbench, began);
  const kept = workbench.takeLock();
  const lock = kept ?? (await lockProject(request));
  if (lock === undefined) return interruptedBefore(request, began);
  try {
    // Whoever held the lock before is through or dead, so what is in scratch is nobody's.
    if (kept === undefined) {
      workbench.scratch.remove();
      clearScratch(request);
    }
    mkdirSync(request.cache, { recursive: true });
    emit({ type: "phase", phase: "read-state" });
    const survey = surveyNow(request);
    const start = beginPart(request, survey) ?? beginWhole(request, survey);
    try {
      return await walkOnce(request, start, workbench, began);
    } finally {
      start.journal!.close();
    }
  } finally {
    workbench.leaveLock(lock);
  }
}

function lockProject({ places, command, stop, emit }: BuildRequest): Promise<Lock | undefined> {
  const path = join(places.state, "lock");
  return acquireLock(path, command, (holder) => emit({ type: "waiting-for-lock", holder }), stop);
}

function limitsOf({ jobs }: BuildRequest, pools: Described["pools"] = {}): Limits {
  return { jobs, pool: (name) => pools[name] };
}

function clearScratch({ places, emit }: BuildRequest): void {
  const scratch = join(places.state, "scratch");
  for (const pid of endOrphans(scratch)) {
    const text = `a command that a killed build had left running was ended (process ${pid}).`;
    emit({ type: "notice", action: undefined, text });
  }
  removeScratch(scratch);
}

/** Stopped while another build held the project: nothing was looked at, and nothing changed. */
function interruptedBefore({ emit, now }: BuildRequest, began: number): BuildResult {
  const counts = noCounts();
  emit({ type: "build-finished", ok: false, interrupted: true, counts, results: [], ms: now() - began });
  return { ok: false, interrupted: true, superseded: false, counts, seen: undefined };
}

/** What a build begins with. */
interface Start {
  readonly files: FileStates;
  readonly traces: Traces;
  /** Undefined in a dry run, which records nothing. */
  readonly journal: Journal | undefined;
  /** Undefined where all of the graph is looked at. */
  readonly part: Part | undefined;
  /** Target to what one of its actions took before. */
  readonly pastMs: Readonly<Record<string, number>>;
}

/** As the short way found it, unless another build has been at work since. */
function surveyNow({ places, signature, survey, now }: BuildRequest): Survey | undefined {
  const path = snapshotPath(places.state);
  const stats = statFile(path);
  if (survey !== undefined && stats !== undefined && sameStamp(survey.stamp, stampOf(stats))) return survey;
  return surveyFiles(path, signature, now);
}

/** Looks at nothing but what moved files can have changed; undefined where that cannot be told. */
function beginPart(request: BuildRequest, survey: Survey | undefined): Start | undefined {
  const { places, goals, force, discardEdits, accept, now } = request;
  if (survey === undefined || goals.length > 0 || force.length > 0 || discardEdits || accept)
    return undefined;
  const part = Part.of(survey, places);
  if (part === undefined) return undefined;
  const { roster } = part;
  const traceAt = (id: TargetPath) => part.traceAt(id);
  const journal = Journal.openIndexed(journalPath(places), roster.journal, traceAt, tellDamage(request));
  if (journal === undefined) return undefined;
  const files = new FileStates(survey.snapshot.files, now);
  return { files, journal, traces: journal.traces, part, pastMs: roster.pastMs };
}

function tellDamage({ places, emit }: BuildRequest): OnDamage {
  return (id) => {
    const text = `the record of ${id} in ${places.name(".faceless/journal")} is damaged and is dropped; its output is looked at anew.`;
    emit({ type: "notice", action: undefined, text });
  };
}

function beginWhole(request: BuildRequest, survey: Survey | undefined): Start {
  const loaded = readJournal(request);
  const journal = Journal.open(journalPath(request.places), loaded, tellDamage(request));
  return { ...lookWhole(request, survey, journal.traces), journal };
}

function beginDry(request: BuildRequest): Start {
  return { ...lookWhole(request, undefined, readJournal(request).traces), journal: undefined };
}

function lookWhole(
  { places, emit, now }: BuildRequest,
  survey: Survey | undefined,
  traces: Traces,
): Omit<Start, "journal"> {
  const known = survey?.snapshot ?? loadKnown(places, emit);
  const files = new FileStates(known?.files ?? new FileTable(), now);
  const pastMs = known?.roster?.pastMs ?? pastDurations(traces.values());
  return { files, traces, part: undefined, pastMs };
}

function loadKnown(places: Places, emit: BuildRequest["emit"]): Snapshot | undefined {
  const { snapshot, warning } = loadSnapshot(snapshotPath(places.state), places.name(".faceless/snapshot"));
  if (warning !== undefined) emit({ type: "notice", action: undefined, text: warning });
  return snapshot;
}

function readJournal({ places, emit }: BuildRequest): Loaded {
  const loaded = loadJournal(journalPath(places), places.name(".faceless/journal"));
  for (const text of loaded.warnings) emit({ type: "notice", action: undefined, text });
  return loaded;
}

async function walkOnce(
  request: BuildRequest,
  start: Start,
  workbench: Workbench,
  began: number,
): Promise<BuildResult> {
  const { places, emit, now, stop, cache } = request;
  const { files, part, journal, traces } = start;
  const described = await request.describe(part?.roster.description, (path) => files.look(path));
  const { pipeline, pools } = described;
  refusePaidRetries(pipeline, described.tasks, described.tools);
  emit({ type: "phase", phase: "bind-targets" });
  for (const path of described.restsOn) files.look(path);
  const match = matchFiles(places, files);
  const json = new JsonFiles(files);
  const known = part?.known((path) => json.read(places.output(path), places.name(path)));
  const graph = new Graph(pipeline, match, known);
  checkPaths(request, graph);
  if (part === undefined && graph.actions.size === 0)
    emit({ type: "notice", action: undefined, text: whyEmpty(places, pipeline) });
  const tally = new Tally(emit);
  workbench.scheduler.limits = limitsOf(request, pools);
  workbench.beginRound();
  request.round?.begun(files.table, workbench);
  const hasPin = listPins(places, files);
  const blobs = new BlobStore(cache);
  const way = new Way({ graph, places, traces, emit });
  const inspector = new Inspector({
    ...request,
    ...described,
    ...start,
    ...{ graph, match, hasPin, json, blobs, way },
    accept: request.accept ? { named: new Set(request.goals) } : undefined,
    cache: new ActionCache(cache),
    readings: new Readings(cache),
  });
  const updater = new Updater({
    ...request,
    ...start,
    ...{ inspector, json, blobs, way, scratch: workbench.scratch },
    cache: new ActionCache(cache),
    readings: new Readings(cache),
  });
  const pastMs = (target: string) => start.pastMs[target];
  const walk = new Walk({
    ...request,
    force: new Set(request.force),
    graph,
    inspector,
    updater,
    part: part?.walk(graph),
    workbench,
    superseded: request.round?.superseded ?? NEVER,
    lastMs: (action) => traces.get(action.id)?.ms,
    pastMs,
    urgency: urgencies(pipeline, pastMs),
    emit: tally.told,
  });
  emit({ type: "phase", phase: "walk" });
  try {
    await walk.run();
  } finally {
    if (request.round === undefined) await workbench.close();
  }
  if (journal !== undefined) emit({ type: "phase", phase: "write-state" });
  const outcomes = walk.outcomes;
  const superseded = request.round?.superseded.aborted ?? false;
  const whole = !request.accept && request.goals.length === 0 && graph.isWhole && walk.allExpanded;
  // Stopped or not: what the roster leaves out, no later build of a part would ever look for.
  if (journal !== undefined && whole) {
    const before = part?.ids() ?? [...traces.keys()];
    removeVanished(before, updater.leftBehind, { graph, journal, files, places, emit });
  }
  if (part !== undefined) tally.untouched(part, request.tellFresh);
  const ok = !walk.failed && !stop.aborted && !superseded && tally.counts.blocked === 0;
  // What an earlier round began and none of these actions wanted is for one that there is no more.
  if (ok && whole) workbench.cancelFree();
  if (journal !== undefined) {
    noteAdded(cache, blobs.added, now());
    leave(request, {
      ...{ places, signature: request.signature, files, journal, inspector, part, outcomes, whole },
      ok: ok && !request.accept,
      description: described.text,
      pastMs: { ...start.pastMs, ...tally.averages() },
    });
  }
  const results = finalOutputs(pipeline, outcomes).map((path) => places.name(path));
  const { counts } = tally;
  const interrupted = stop.aborted;
  const told = superseded ? { superseded } : {};
  emit({ type: "build-finished", ok, interrupted, ...told, counts, results, ms: now() - began });
  const readJson = (path: string, name: string) => inspector.readJson(path, name);
  const seen = { graph, wanted: [...outcomes.keys()], places, files, traces, match, json: readJson };
  return { ok, interrupted, superseded, counts, seen };
}

/** A misnamed script looks like a project that has none. */
function whyEmpty(places: Places, pipeline: Pipeline): string {
  const globs = pipeline.axes.flatMap((axis) =>
    axis.kind === "files"
      ? [places.name(axis.pattern.map((part) => (typeof part === "string" ? part : "*")).join(""))]
      : [],
  );
  return globs.length === 0 || pipeline.targets.length === 0
    ? `${pipeline.file} has no targets, or none whose 'when' is true.`
    : `there is no file ${globs.join(" or ")}, so there is nothing to build.`;
}

/** What was made anew and feeds nothing else: what the build was for. */
function finalOutputs(pipeline: Pipeline, outcomes: ReadonlyMap<Action, Ended>): readonly TargetPath[] {
  const { targets } = pipeline;
  const fed = targets.filter(({ name }) => targets.some((other) => consumes(pipeline, other, name)));
  const made = [...outcomes].filter(([, outcome]) => outcome === "ran" || outcome === "restored");
  return made
    .filter(([{ target }]) => !fed.includes(target))
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

function leave({ emit }: BuildRequest, leaving: Leaving): void {
  try {
    leaveSnapshot(leaving);
  } catch (error) {
    // All that was made is recorded by now, and without a snapshot the next build only looks longer.
    const text = `the next build reads every file again, since this one could leave no snapshot: ${problemOf(error).message}`;
    emit({ type: "notice", action: undefined, text });
  }
}
