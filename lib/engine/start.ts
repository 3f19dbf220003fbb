/** What a build begins with: the state that the last one left, and how much of the graph has to be looked at. */
import { join } from "node:path";
import { collectSooner } from "../base/heap.ts";
import type { TargetPath } from "../model/pipeline.ts";
import { FileStates } from "../store/file-states.ts";
import { FileTable } from "../store/file-table.ts";
import { sameStamp, stampOf, statFile } from "../store/files.ts";
import { Journal, type Loaded, loadJournal, type OnDamage, type Traces } from "../store/journal.ts";
import { loadSnapshot, type Snapshot, snapshotPath } from "../store/snapshot.ts";
import { Part } from "./part.ts";
import type { Places } from "./place.ts";
import type { BuildRequest } from "./request.ts";
import { type Survey, surveyFiles } from "./up-to-date.ts";
import { pastDurations } from "./urgency.ts";

export function journalPath(places: Places): string {
  return join(places.state, "journal");
}

/** What a build begins with. */
export interface Start {
  readonly files: FileStates;
  readonly traces: Traces;
  /** Undefined in a dry run, which records nothing. */
  readonly journal: Journal | undefined;
  /** Undefined where all of the graph is looked at. */
  readonly part: Part | undefined;
  /** Target to what one of its actions took before. */
  readonly pastMs: Readonly<Record<string, number>>;
}

/** For a build that records: of a part where that will do, else of the whole. Close its journal. */
export function begin(request: BuildRequest): Start & { readonly journal: Journal } {
  const survey = surveyNow(request);
  return beginPart(request, survey) ?? beginWhole(request, survey);
}

/** As the short way found it, unless another build has been at work since. */
function surveyNow({ places, signature, survey, now }: BuildRequest): Survey | undefined {
  const path = snapshotPath(places.state);
  const stats = statFile(path);
  if (survey !== undefined && stats !== undefined && sameStamp(survey.stamp, stampOf(stats))) return survey;
  return surveyFiles(path, signature, now);
}

/** Looks at nothing but what moved files can have changed; undefined where that cannot be told. */
function beginPart(
  request: BuildRequest,
  survey: Survey | undefined,
): (Start & { readonly journal: Journal }) | undefined {
  const { places, goals, only, force, discardEdits, accept, now } = request;
  const isNarrowed = goals.length > 0 || only !== undefined;
  if (survey === undefined || isNarrowed || force.length > 0 || discardEdits || accept) return undefined;
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

function beginWhole(
  request: BuildRequest,
  survey: Survey | undefined,
): Start & { readonly journal: Journal } {
  const loaded = readJournal(request);
  const journal = Journal.open(journalPath(request.places), loaded, tellDamage(request));
  return { ...lookWhole(request, survey, journal.traces), journal };
}

export function beginDry(request: BuildRequest): Start {
  return { ...lookWhole(request, undefined, readJournal(request).traces), journal: undefined };
}

function lookWhole(
  { places, emit, now }: BuildRequest,
  survey: Survey | undefined,
  traces: Traces,
): Omit<Start, "journal"> {
  collectSooner();
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
