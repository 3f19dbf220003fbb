/** The report for programs: each event as it is, one JSON object a line. */
import type { BuildEvent } from "../model/event.ts";

export function jsonReport(write: (text: string) => void): (event: BuildEvent) => void {
  return (event) => write(`${JSON.stringify(event)}\n`);
}
