/** The report for those who keep logs: each event as one record with a level, bound to its build and its target. */
import { randomUUID } from "node:crypto";
import type { BuildEvent, CodedProblem, Outcome } from "../model/event.ts";
import type { RequestReport } from "../model/request-report.ts";
import { sayMissing } from "./missing.ts";
import { sayBecause, sayCounts, sayProblem } from "./sentences.ts";

/** From the one that says most to the one that says nothing. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogRecord {
  readonly level: Exclude<LogLevel, "silent">;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const LEVEL_OF: Readonly<Record<Outcome, LogRecord["level"]>> = {
  fresh: "debug",
  restored: "info",
  ran: "info",
  edited: "info",
  pinned: "info",
  failed: "error",
  blocked: "warn",
  "not-started": "warn",
};

/** Of any number of builds, one after the other: each has an id of its own. */
export function logReport(write: (record: LogRecord) => void): (event: BuildEvent) => void {
  let bound: Readonly<Record<string, unknown>> = {};
  return (event) => {
    if (event.type === "build-started") bound = { build: randomUUID(), project: event.project };
    const { level, message, fields } = recordOf(event);
    write({ level, message, fields: { ...bound, ...fields } });
  };
}

/** Of what ended a command before or beside its builds. */
export function failureRecord({ code, message, help }: CodedProblem): LogRecord {
  return { level: "fatal", message, fields: { code, ...(help === undefined ? {} : { help }) } };
}

function recordOf(event: BuildEvent): LogRecord {
  const { type, ...rest } = event;
  const record = (level: LogRecord["level"], message: string, fields: object = rest): LogRecord => ({
    ...{ level, message },
    fields: { event: type, ...fields },
  });
  switch (event.type) {
    case "phase":
      return record("debug", event.phase);
    case "planned":
      return record("debug", `${event.atLeast ? "at least " : ""}${event.actions} actions`);
    case "build-started":
      return record("info", `building ${event.project}`, { goals: event.goals });
    case "waiting-for-lock":
      return record("warn", `waiting for another build of this project: ${event.holder}`);
    case "started":
      return record("debug", `started ${event.action}`, inWords(event));
    case "progress":
      return record("trace", `${Math.round(100 * event.fraction)} % of ${event.action}`);
    case "request":
      return record("debug", sayRequest(event));
    case "notice":
      return record(
        event.minor ? "debug" : "warn",
        event.text,
        event.action === undefined ? {} : { action: event.action, target: event.target },
      );
    case "finished": {
      const { problem, ...told } = event;
      const why = problem === undefined ? "" : `: ${sayProblem(problem)}`;
      const code = problem?.code === undefined ? {} : { code: problem.code };
      return record(LEVEL_OF[event.outcome], `${event.outcome} ${event.action}${why}`, {
        ...inWords(told),
        ...code,
      });
    }
    case "would":
      return record("info", `would ${event.verb} ${event.action}`, inWords(event));
    case "accepted":
      return record("info", `accepted ${event.action}`, inWords(event));
    case "removed":
    case "would-remove":
      return record("info", `${event.type} ${event.output}`);
    case "kept":
      return record("warn", `kept ${event.output}, which is not ours to delete`);
    case "build-finished": {
      const level = event.interrupted ? "warn" : event.ok ? "info" : "error";
      const ended = event.interrupted ? "interrupted" : event.ok ? "done" : "failed";
      return record(level, `${ended}: ${sayCounts(event.counts)}`);
    }
    case "scripts-missing":
      return record("error", sayMissing(event));
    case "watch-changed":
      return record("info", `changed: ${event.files.join(", ")}`);
    case "watch-round":
      return record(
        event.ok ? "info" : "error",
        `round ${event.ok ? "done" : "failed"}: ${sayCounts(event.counts)}`,
      );
    case "watch-failed":
      return record("error", sayProblem(event.problem), { project: event.project, code: event.problem.code });
    case "watch-waiting":
      return record("info", "waiting for changes");
  }
}

/** "azure gpt-image-2: image in 12300 ms, 200"; "azure gpt-image-2: image in 90 ms, 429 rate-limit, attempt 2" */
function sayRequest({ provider, model, use, ms, status, fault, attempt }: RequestReport): string {
  const ended = [status, fault].filter((part) => part !== undefined).join(" ");
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  return `${provider} ${model}: ${use} in ${ms} ms, ${ended}${again}`;
}

function inWords<Event extends { readonly because: readonly Parameters<typeof sayBecause>[0][] }>(
  event: Event,
) {
  const { type: _, because, ...rest } = event as Event & { readonly type: string };
  return { ...rest, because: because.map(sayBecause) };
}
