/** Where a log is asked for, by LOG_LEVEL, LOG_FORMAT or DEBUG: what is wanted, and pino that writes it. */
import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { Failure } from "../base/failure.ts";
import { suggest } from "../base/nearest.ts";
import { hideSecrets } from "../base/secrets.ts";
import { problemOf } from "../engine/problem.ts";
import type { BuildEvent } from "../model/event.ts";
import { failureRecord, LOG_LEVELS, type LogRecord, logReport } from "../report/log.ts";
import { sayTime } from "../report/sentences.ts";
import { isDebug, LOG_FILE } from "./log-wish.ts";
import type { Terminal } from "./terminal.ts";

const FORMATS = ["text", "json"] as const;

export interface Log {
  onEvent(event: BuildEvent): void;
  /** What ends the command. */
  fail(error: unknown): void;
}

/** A log that has grown to so many bytes is begun anew. */
const LONGEST = 10_000_000;

/**
 * Lines go to standard error; where that is the terminal on which a build is shown live, to LOG_FILE. @throws Failure for
 * a level or a format that there is not
 */
export function openLog(root: string, env: NodeJS.ProcessEnv, terminal: Terminal): Log {
  const level = chosen("LOG_LEVEL", LOG_LEVELS, env) ?? (isDebug(env) ? "debug" : "info");
  const format = chosen("LOG_FORMAT", FORMATS, env) ?? "text";
  const to = terminal.interactive && terminal.stderrIsTerminal ? logFile(root) : 2;
  const destination = pino.destination(
    typeof to === "number" ? { dest: to, sync: true } : { dest: to.path, append: to.append, sync: true },
  );
  const hide = hideSecrets(env);
  const stream = {
    write: (line: string) => destination.write(hide(format === "json" ? line : readable(line))),
  };
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  const write = ({ level, message, fields }: LogRecord) => logger[level](fields, message);
  return { onEvent: logReport(write), fail: (error) => write(failureRecord(problemOf(error))) };
}

function logFile(root: string): { readonly path: string; readonly append: boolean } {
  const path = join(root, LOG_FILE);
  mkdirSync(dirname(path), { recursive: true });
  return { path, append: (statSync(path, { throwIfNoEntry: false })?.size ?? 0) < LONGEST };
}

/** "12:03:41 error image  failed images/a.png: …"; what goes on in further lines is indented. */
function readable(line: string): string {
  const { time, level, target, msg } = JSON.parse(line) as Record<
    "time" | "level" | "target" | "msg",
    string
  >;
  const head = [sayTime(Date.parse(time)), level.padEnd(5), ...(target ? [target] : [])].join(" ");
  return `${head}  ${msg.replaceAll("\n", "\n    ")}\n`;
}

function chosen<const Known extends readonly string[]>(
  variable: string,
  known: Known,
  env: NodeJS.ProcessEnv,
): Known[number] | undefined {
  const given = env[variable]?.trim().toLowerCase();
  if (given === undefined || given === "" || known.includes(given)) return given || undefined;
  throw new Failure(`${variable} is '${env[variable]}', and there is no such one.`, {
    code: "config.environment",
    help: suggest(given, known),
  });
}
