/** One build of one project: takes the lock, brings its goals up to date, and leaves a verdict for the next. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Pipeline, Target, TargetPath } from "../model/pipeline.ts";
import type { TracedOutput } from "../model/trace.ts";
import { Graph } from "../pipeline/graph.ts";
import { isWithin } from "../pipeline/paths.ts";
import type { MatchFiles } from "../pipeline/patterns.ts";
import { ActionCache } from "../store/action-cache.ts";
import { BlobStore } from "../store/blobs.ts";
import { sweepAside } from "../store/files.ts";
import type { Traces } from "../store/journal.ts";
import { acquireLock, type Lock } from "../store/lock.ts";
import { Readings } from "../store/readings.ts";
import { snapshotPath } from "../store/snapshot.ts";
import { noteAdded } from "../store/trim-record.ts";
import type { Ended } from "./endings.ts";
import { lookFirst } from "./first-looks.ts";
import { Foresight } from "./foresight.ts";
import { Inspector } from "./inspector.ts";
import { JsonFiles } from "./json-files.ts";
import { type Leaving, leaveSnapshot } from "./leave.ts";
import { matchFiles } from "./match.ts";
import { endOrphans } from "./orphans.ts";
import { paidTargets } from "./paid-targets.ts";
import { askBeforePaying } from "./pay-again.ts";
import { listPins } from "./pins.ts";
import { problemOf } from "./problem.ts";
import { Purchasing } from "./purchasing.ts";
import { checkReadiness, Readiness } from "./readiness.ts";
import type { BuildRequest, BuildResult, Described } from "./request.ts";
import { isByAnotherTool } from "./resolve.ts";
import { refusePaidRetries } from "./retry.ts";
import type { Limits } from "./scheduler.ts";
import { removeScratch, Scratch } from "./scratch.ts";
import { begin, beginDry, journalPath, type Start } from "./start.ts";
import { tellStrays } from "./strays.ts";
import { noCounts, Tally } from "./tally.ts";
import { Updater } from "./updater.ts";
import { consumes, urgencies } from "./urgency.ts";
import { dropped, removeVanished } from "./vanished.ts";
import { Walk } from "./walk.ts";
import type { Outcomes } from "./walk-state.ts";
import { Way } from "./way.ts";
import { Workbench } from "./workbench.ts";

const NEVER = new AbortController().signal;

/** @throws Failure and Diagnostics for what makes the whole build impossible; what fails in an action is told as an event */
export async function build(request: BuildRequest): Promise<BuildResult> {
  const { places, emit, now, dryRun } = request;
  const began = now();
  emit({ type: "build-started", project: places.built, goals: request.goals, at: began });
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
    const start = begin(request);
    try {
      return await walkOnce(request, start, workbench, began);
    } finally {
      start.journal.close();
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
  for (const path of [journalPath(places), snapshotPath(places.state)]) sweepAside(path);
}

/** Stopped while another build held the project: nothing was looked at, and nothing changed. */
function interruptedBefore({ emit, now }: BuildRequest, began: number): BuildResult {
  const counts = noCounts();
  emit({ type: "build-finished", ok: false, interrupted: true, counts, results: [], ms: now() - began });
  return { ok: false, interrupted: true, superseded: false, counts, seen: undefined };
}

async function walkOnce(
  request: BuildRequest,
  start: Start,
  workbench: Workbench,
  began: number,
): Promise<BuildResult> {
  const assembled = await assemble(request, start, workbench);
  const { purchasing, walk, paid, readiness } = assembled;
  const foretold = (emit: BuildRequest["emit"], keepGoing = true) =>
    build({ ...request, dryRun: true, keepGoing, round: undefined, survey: undefined, emit });
  try {
    await checkReadiness(request, readiness, () => foretold(() => {}, false));
    if (paid.size > 0) await askBeforePaying(request, purchasing, foretold);
    request.emit({ type: "phase", phase: "walk" });
    await walk.run();
  } finally {
    assembled.foresight.close();
    if (request.round === undefined) await workbench.close();
    await purchasing.noteSavings();
  }
  const result = conclude(request, start, workbench, assembled, began);
  if (request.dryRun && !request.accept && !request.keepGoing) readiness.check();
  return result;
}

/** The parts of one build, which know of each other. */
interface Assembled {
  readonly described: Described;
  readonly graph: Graph;
  readonly match: MatchFiles;
  readonly blobs: BlobStore;
  readonly inspector: Inspector;
  readonly updater: Updater;
  readonly foresight: Foresight;
  readonly walk: Walk;
  readonly tally: Tally;
  readonly purchasing: Purchasing;
  /** Targets that can cost money. */
  readonly paid: ReadonlySet<string>;
  readonly readiness: Readiness;
}

async function assemble(request: BuildRequest, start: Start, workbench: Workbench): Promise<Assembled> {
  const { places, emit, cache, round } = request;
  const { files, part, traces } = start;
  const described = await request.describe(part?.roster.description, (path) => files.look(path));
  const { pipeline, pools, tasks, tools, restsOn } = described;
  refusePaidRetries(pipeline, tasks, tools);
  emit({ type: "phase", phase: "bind-targets" });
  for (const path of restsOn) files.look(path);
  const match = matchFiles(places, files);
  const json = new JsonFiles(files);
  const known = part?.known((path) => json.read(places.output(path), places.name(path)));
  const graph = new Graph(pipeline, match, known);
  const walkPart = part?.walk(graph);
  const readJson = (path: string, name: string) => json.read(path, name);
  lookFirst(request, { graph, places, files, traces, match, json: readJson }, walkPart?.actions);
  workbench.scheduler.limits = limitsOf(request, pools);
  workbench.beginRound();
  round?.begun(files.table, workbench);
  const blobs = new BlobStore(cache);
  const way = new Way({ graph, places, traces, emit });
  const store = { blobs, cache: new ActionCache(cache), readings: new Readings(cache) };
  const isNamed = (path: TargetPath) => request.goals.some((goal) => isWithin(path, goal));
  const accept = request.accept ? { isNamed } : undefined;
  const looking = { graph, match, hasPin: listPins(places, files), accept };
  const inspector = new Inspector({ ...request, ...described, ...start, ...store, ...looking, json, way });
  const { scratch } = workbench;
  const paid = paidTargets(described);
  const purchasing = new Purchasing(request, { books: workbench.books(request), spent: workbench.spent });
  const updater = new Updater({ ...request, ...start, ...store, inspector, json, way, scratch, purchasing });
  const foresight = new Foresight({ ...request, ...start, blobs, inspector, json });
  const readiness = new Readiness(described.tools.values());
  const pastMs = (target: string) => start.pastMs[target];
  const tally = new Tally(emit);
  const walk = new Walk({
    ...request,
    ...{ graph, inspector, updater, foresight, workbench, pastMs, purchasing, paid, readiness },
    force: new Set(request.force),
    part: walkPart,
    // A dry run breaks nothing, and is to tell the same each time, whichever failure it meets first.
    keepGoing: request.keepGoing || request.dryRun,
    isRound: round !== undefined,
    superseded: round?.superseded ?? NEVER,
    lastMs: (action) => traces.get(action.id)?.ms,
    lastBuying: ({ id, target }) => {
      const trace = paid.has(target.name) ? traces.get(id) : undefined;
      const result = trace && store.cache.get(trace.key);
      if (!result?.paid) return {};
      const isOfAnother = isByAnotherTool(trace!.manifest, described.tools);
      return { lastCost: result.cost ?? null, ...(isOfAnother ? { otherTool: true } : {}) };
    },
    urgency: urgencies(pipeline, pastMs),
    emit: tally.told,
  });
  const walked = { inspector, updater, foresight, walk, tally, purchasing, paid, readiness };
  return { described, graph, match, blobs, ...walked };
}

/** Removes what nothing makes any more, leaves a snapshot, and tells how it ended. */
function conclude(
  request: BuildRequest,
  { files, part, journal, traces, pastMs }: Start,
  workbench: Workbench,
  { described, graph, match, blobs, inspector, updater, walk, tally, purchasing }: Assembled,
  began: number,
): BuildResult {
  const { places, emit, now, stop, signature } = request;
  if (journal !== undefined) emit({ type: "phase", phase: "write-state" });
  const outcomes = walk.outcomes;
  const superseded = request.round?.superseded.aborted ?? false;
  const isNarrowed = request.accept || request.goals.length > 0 || request.only !== undefined;
  const whole = !isNarrowed && graph.isWhole && walk.allExpanded;
  // Stopped or not: what the roster leaves out, no later build of a part would ever look for.
  if (whole) {
    const before = part?.ids() ?? traces.keys();
    const leftBehind = journal === undefined ? wouldLeave(outcomes, traces) : updater.leftBehind;
    removeVanished(before, leftBehind, { graph, traces, journal, files, places, emit });
  }
  if (part !== undefined) tally.untouched(part, request.tellFresh);
  const ok = !walk.failed && !stop.aborted && !superseded && tally.counts.blocked === 0;
  if (journal !== undefined && ok && whole && part === undefined)
    tellStrays({ graph, places, match, files, emit });
  // What an earlier round began and none of these actions wanted is for one that there is no more.
  if (ok && whole) workbench.cancelFree();
  if (journal !== undefined) {
    noteAdded(request.cache, blobs.added, now());
    leave(request, {
      ...{ places, signature, files, journal, inspector, part, outcomes, whole },
      ok: ok && !request.accept,
      description: described.text,
      pastMs: { ...pastMs, ...tally.averages() },
    });
  }
  const made = request.dryRun ? [] : finalOutputs(described.pipeline, outcomes);
  const results = made.map((path) => places.name(path));
  const { counts } = tally;
  const interrupted = stop.aborted;
  const spending = purchasing.takeSpending();
  const told = { ...(superseded ? { superseded } : {}), ...(spending === undefined ? {} : { spending }) };
  emit({ type: "build-finished", ok, interrupted, ...told, counts, results, ms: now() - began });
  const json = (path: string, name: string) => inspector.readJson(path, name);
  const seen = { graph, wanted: [...outcomes.keys()], places, files, traces, match, json };
  return { ok, interrupted, superseded, counts, seen };
}

/** In a dry run: outputs of actions that would be recorded anew, and that make them no more. */
function wouldLeave(outcomes: Outcomes, traces: Traces): readonly TracedOutput[] {
  const anew: readonly Ended[] = ["restored", "foreseen", "would-run"];
  return [...outcomes].flatMap(([action, how]) =>
    anew.includes(how) ? dropped(action, traces.get(action.id)) : [],
  );
}

/** Of what was made anew: what the pipeline says that a build is for, else what feeds nothing else. */
function finalOutputs(pipeline: Pipeline, outcomes: Outcomes): readonly TargetPath[] {
  const { targets } = pipeline;
  const named = targets.filter(({ isResult }) => isResult);
  const feeds = ({ name }: Target) => targets.some((other) => consumes(pipeline, other, name));
  const results = named.length > 0 ? named : targets.filter((target) => !feeds(target));
  const made: TargetPath[] = [];
  for (const [{ target, outputs }, how] of outcomes) {
    if ((how !== "ran" && how !== "restored") || !results.includes(target)) continue;
    for (const { path } of outputs) made.push(path);
  }
  return made.sort();
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
