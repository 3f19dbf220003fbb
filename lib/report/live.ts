/** Sets the live region of the terminal report: a line for each running action, then the summary. */
import type { Progress, Running } from "./progress.ts";
import { sayDuration } from "./sentences.ts";
import { displayWidth, fitEnd, fitMiddle, printable } from "./width.ts";

/** "[=====>    ]": `cells` columns between the brackets. */
export function bar(fraction: number, cells: number): string {
  const full = Math.floor(Math.max(0, Math.min(1, fraction)) * cells);
  if (full === cells) return `[${"=".repeat(cells)}]`;
  return `[${`${"=".repeat(full)}>`.padEnd(cells)}]`;
}

/** At most `rows` lines, none wider than `columns`. */
export function liveRegion(progress: Progress, now: number, columns: number, rows: number): string[] {
  const all = [...progress.running.values()];
  const room = Math.max(0, rows - 1);
  // The line "and 3 more" needs a row of its own.
  const shown = all.length <= room ? all : all.slice(0, Math.max(0, room - 1));
  const widest = Math.min(
    12,
    shown.reduce((most, { target }) => Math.max(most, displayWidth(target)), 0),
  );
  const lines = shown.map((running) => runningLine(running, now, columns, widest));
  if (shown.length < all.length && room > 0)
    lines.push(fitEnd(`and ${all.length - shown.length} more`, columns));
  lines.push(summaryLine(progress, now, columns));
  return lines;
}

function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** What there is room for: the elapsed time always, then the path, the target from 40 columns, the bar from 60. */
function runningLine(running: Running, now: number, columns: number, targetWidth: number): string {
  const elapsed = sayDuration(now - running.since);
  const target =
    columns < 40 ? "" : `${padEnd(fitEnd(printable(running.target), targetWidth), targetWidth)}  `;
  const done =
    columns < 60 ? "" : `${running.fraction === undefined ? " ".repeat(12) : bar(running.fraction, 10)}  `;
  const right = `${done}${elapsed.padStart(6)}`;
  const room = columns - displayWidth(target) - displayWidth(right) - 2;
  if (room < 4) return fitEnd(`${target}${elapsed}`, columns);
  return `${target}${padEnd(fitMiddle(printable(running.action), room), room)}  ${right}`;
}

/** From left to right. */
const ORDER = ["bar", "count", "failed", "blocked", "fresh", "restored", "ran", "running", "eta"] as const;
/** Where not all of it fits, the first of these do. */
const MATTERS = ["count", "failed", "eta", "bar", "running", "blocked", "ran", "restored", "fresh"] as const;
type Part = (typeof ORDER)[number];

function summaryLine(progress: Progress, now: number, columns: number): string {
  const { counts, finished, total, atLeast, running } = progress;
  const parts: Partial<Record<Part, string>> = {
    bar: bar(total === 0 ? 0 : finished / total, columns < 60 ? 6 : 12),
    count: `${finished}/${total}${atLeast ? "+" : ""}`,
  };
  for (const outcome of ["failed", "blocked", "fresh", "restored", "ran"] as const) {
    if (counts[outcome] > 0) parts[outcome] = `${counts[outcome]} ${outcome}`;
  }
  if (running.size > 0) parts.running = `${running.size} running`;
  const eta = progress.eta(now);
  if (eta !== undefined) parts.eta = sayEta(eta, atLeast);
  const chosen = new Set<Part>();
  const line = () =>
    ORDER.filter((part) => chosen.has(part))
      .map((part) => parts[part])
      .join("  ");
  for (const part of MATTERS) {
    if (parts[part] === undefined) continue;
    chosen.add(part);
    if (displayWidth(line()) > columns && part !== "count") chosen.delete(part);
  }
  return fitEnd(line(), columns);
}

/** In whole seconds: tenths would be a claim, and they flicker. */
function sayEta(ms: number, atLeast: boolean): string {
  const words = sayDuration(Math.ceil(ms / 1000) * 1000).replace(".0 ", " ");
  return `ETA ${atLeast ? "at least " : ""}${words}`;
}
