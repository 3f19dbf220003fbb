/** Chooses how a build is told: live, as plain lines, or as JSON. */
import type { BuildEvent } from "../model/event.ts";
import { jsonReport } from "../report/json.ts";
import { plainReport } from "../report/plain.ts";
import { terminalReport } from "../report/terminal.ts";
import type { BuildOptions } from "./args.ts";
import type { Terminal } from "./terminal.ts";

export interface Report {
  onEvent(event: BuildEvent): void;
  /** Gives the terminal back as it was. */
  dispose(): void;
}

/** Tells any number of builds, one after the other, and what a watch says between them. */
export function openReport(options: BuildOptions, terminal: Terminal): Report {
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
function openOne({ json, verbose }: BuildOptions, { out, stdout, interactive, color }: Terminal): Report {
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
