/** Chooses how a build is told: live, as plain lines, or as JSON. */
import type { BuildEvent } from "../model/event.ts";
import { jsonReport } from "../report/json.ts";
import { plainReport } from "../report/plain.ts";
import { terminalReport } from "../report/terminal.ts";
import type { BuildOptions } from "./args.ts";
import { isLogged } from "./log-wish.ts";
import type { Terminal, World } from "./terminal.ts";

type ReportOptions = Pick<BuildOptions, "json" | "verbose">;

export interface Listener {
  onEvent(event: BuildEvent): void;
}

interface Report extends Listener {
  /** Gives the terminal back as it was. */
  dispose(): void;
}

/** Hands `act` what tells of its builds, and keeps a log beside it where the environment asks for one. */
export async function withReport(
  given: { readonly root: string; readonly env: NodeJS.ProcessEnv; readonly options: ReportOptions },
  { terminal }: World,
  act: (report: Listener) => Promise<number>,
): Promise<number> {
  const { root, env, options } = given;
  const log = isLogged(env) ? await (await import("./log.ts")).openLog(root, env, terminal) : undefined;
  const report = openReport(options, terminal);
  const onEvent = (event: BuildEvent) => {
    log?.onEvent(event);
    report.onEvent(event);
  };
  try {
    return await act({ onEvent });
  } catch (error) {
    log?.fail(error);
    throw error;
  } finally {
    report.dispose();
  }
}

/** Tells any number of builds, one after the other, and what a watch says between them. */
export function openReport(options: ReportOptions, terminal: Terminal): Report {
  let report = openOne(options, terminal);
  let isFresh = true;
  return {
    onEvent(event) {
      // A round of a watch begins with what has changed.
      const begins = event.type === "watch-changed" || event.type === "build-started";
      if (begins && !isFresh) {
        report.dispose();
        report = openOne(options, terminal);
      }
      isFresh = event.type === "watch-changed";
      report.onEvent(event);
    },
    dispose: () => report.dispose(),
  };
}

/** The report of one build. */
function openOne({ json, verbose }: ReportOptions, { out, stdout, interactive, color }: Terminal): Report {
  if (json) return { onEvent: jsonReport(out), dispose() {} };
  if (!interactive) return { onEvent: plainReport(out, { verbose }), dispose() {} };
  const clock = {
    now: Date.now,
    every(ms: number, turn: () => void) {
      const timer = setInterval(turn, ms).unref();
      return () => clearInterval(timer);
    },
  };
  return terminalReport(stdout, clock, { verbose, color });
}
