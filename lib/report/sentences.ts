/** The words of every report, so that each thing is said one way. */

import type { Because, BuildEvent, Outcome, Problem } from "../model/event.ts";
import type { Spending } from "../model/purchase.ts";
import { saySpending } from "./money.ts";
import { differencesOf, inWords, isDigest, sameDigest, sideBySide } from "./values.ts";
import { printable } from "./width.ts";

/** Milliseconds as "0.4 s", "12 s", "1 min 05 s" or "2 h 07 min". */
export function sayDuration(ms: number): string {
  const tenths = Math.round(Math.max(0, ms) / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (count: number) => String(count).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

const UNITS = ["kB", "MB", "GB", "TB"] as const;

/** Bytes as "12 B", "1.2 kB" or "340 MB"; a kB has a thousand. */
export function sayBytes(bytes: number): string {
  let [value, unit] = [bytes, "B"];
  for (const next of UNITS) {
    // What would be rounded to four digits is told in the next unit.
    if (value < 999.5) break;
    [value, unit] = [value / 1000, next];
  }
  return unit === "B" || value >= 9.95 ? `${Math.round(value)} ${unit}` : `${value.toFixed(1)} ${unit}`;
}

/** "removed   output/demo/a.txt  remark": set as the report of a build sets it. */
export function sayItem(word: string, subject: string, remark = ""): string {
  const parts = [word.padEnd("restored".length), printable(subject).replaceAll("\n", " "), remark];
  return parts.filter((part) => part !== "").join("  ");
}

/** A manifest label in words: `with.text` is "text", `in.image` is "input image", `tool.ffmpeg` is "tool ffmpeg". */
function sayLabel(label: string): string {
  if (label === "task.code") return "the task's code";
  if (label.startsWith("with.")) return label.slice("with.".length);
  if (label.startsWith("in.")) return `input ${label.slice("in.".length)}`;
  if (label.startsWith("value.")) return label.slice("value.".length).replace(/^options\./, "");
  if (label.startsWith("tool.")) return `tool ${label.slice("tool.".length)}`;
  return label;
}

/** One reason as one phrase, without a full stop. */
export function sayBecause(because: Because): string {
  switch (because.reason) {
    case "never-built":
      return "never built";
    case "missing":
      return `${because.path} is missing`;
    case "forced":
      return "forced";
    case "edit-discarded":
      return `the edit of ${because.path} is discarded`;
    case "edited":
      return `${because.path} was changed by hand`;
    case "pin-removed":
      return `${because.path} is no longer pinned`;
    case "pin-placed":
      return `pinned/${because.path} takes its place`;
    case "key-form":
      return "the form of the key changed";
    case "changed":
      return sayChanged(because.label, because.before, because.after);
  }
}

function sayChanged(label: string, before: string | undefined, after: string | undefined): string {
  const name = sayLabel(label);
  if (label.startsWith("with.")) return sayParam(name, before, after);
  return label.startsWith("tool.") ? sayTool(name, before, after) : sayChange(name, before, after);
}

/** A tool with settings, such as `azure-openai gpt-image-2 {"quality":"low"}`, by what of these differs. */
function sayTool(name: string, before: string | undefined, after: string | undefined): string {
  const [was, is] = [settingsOf(before), settingsOf(after)];
  if (was === undefined || is === undefined) return sayChange(name, before, after);
  if (was.tool === is.tool) return sayParam(name, was.settings, is.settings);
  return `${sayChange(name, was.tool, is.tool)}${sayMore(differencesOf(was.settings, is.settings), name)}`;
}

function settingsOf(identity = ""): { readonly tool: string; readonly settings: string } | undefined {
  const [, tool, settings] = /^([^{]+) (\{.*\})$/s.exec(identity) ?? [];
  return tool === undefined ? undefined : { tool, settings: settings! };
}

function sayMore({ length }: readonly unknown[], name: string): string {
  return length === 0 ? "" : ` (and ${length} more in ${name})`;
}

/** A map that is another is told by the first value in it that is. */
function sayParam(name: string, before: string | undefined, after: string | undefined): string {
  const [first, ...more] = differencesOf(before, after);
  if (first === undefined) return sayChange(name, before, after);
  return `${sayChange(`${name}.${first.name}`, first.before, first.after)}${sayMore(more, name)}`;
}

function sayChange(name: string, before: string | undefined, after: string | undefined): string {
  if (before === undefined)
    return after === undefined || isDigest(after) ? `${name} is new` : `${name} is new: ${inWords(after)}`;
  if (after === undefined)
    return isDigest(before) ? `${name} is gone` : `${name} is gone, it was ${inWords(before)}`;
  // Nobody reads a digest: that it is another one is all there is to say.
  if (isDigest(before) && isDigest(after) && !sameDigest(before, after)) return `${name} has other content`;
  const [was, is] = sideBySide(before, after);
  return `${name} changed: ${was} -> ${is}`;
}

/** All the reasons, or the first and how many more there are. */
export function sayBecauses(because: readonly Because[], all: boolean): string {
  const [first, ...rest] = because;
  if (first === undefined) return "";
  if (all) return because.map(sayBecause).join("; ");
  return rest.length === 0 ? sayBecause(first) : `${sayBecause(first)}, and ${rest.length} more`;
}

/** The message, and below it what to do. */
export function sayProblem(problem: Problem): string {
  return problem.help === undefined ? problem.message : `${problem.message}\n${problem.help}`;
}

/** What goes to standard error, and ends in a line break. */
export function sayComplaint({ message, help }: Problem): string {
  return `faceless: ${message}${help === undefined ? "" : `\n  ${help.replaceAll("\n", "\n  ")}`}\n`;
}

/** What an outcome means, for a table or a tooltip. */
export function sayOutcome(outcome: Outcome): string {
  const meanings: Record<Outcome, string> = {
    fresh: "up to date",
    restored: "restored from the store",
    ran: "made by its task",
    edited: "changed by hand, and kept",
    pinned: "taken from pinned/",
    failed: "its task failed",
    blocked: "something it needs failed, or it was interrupted",
    "not-started": "not tried, since the build was stopped before",
  };
  return meanings[outcome];
}

/** The order in which the numbers of a build are told: what went wrong comes first. */
const WRONG: readonly Outcome[] = ["failed", "blocked", "not-started"];
const RIGHT: readonly Outcome[] = ["ran", "restored", "edited", "pinned", "fresh"];

type Counts = Readonly<Record<Outcome, number>>;

/** "41 ran, 3 restored, 12 fresh": only what there is. `ran`: target to how many of its actions did. */
export function sayCounts(counts: Counts, removed = 0, ran: Readonly<Record<string, number>> = {}): string {
  const targets = Object.entries(ran).map(([target, count]) => (count === 1 ? target : `${count} ${target}`));
  const parts = [...countsOf(WRONG, counts), ...countsOf(RIGHT, counts, targets)];
  if (removed > 0) parts.push(`${removed} removed`);
  return parts.join(", ");
}

function countsOf(outcomes: readonly Outcome[], counts: Counts, ran: readonly string[] = []): string[] {
  return outcomes
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => {
      const which = outcome === "ran" && ran.length > 0 ? ` (${ran.join(", ")})` : "";
      return `${counts[outcome]} ${outcome.replace("-", " ")}${which}`;
    });
}

function sayDryRun(tally: Tally, counts: Counts): string {
  const { wouldRun, wouldRestore, wouldPlace, wouldRemove, mayRun, atLeast } = tally;
  const parts = [
    ...countsOf(WRONG, counts),
    ...(wouldRun > 0 ? [`${atLeast ? "at least " : ""}${wouldRun} to run`] : []),
    ...(mayRun > 0 ? [`${mayRun} that may run after ${wouldRun === 1 ? "it" : "them"}`] : []),
    ...(wouldRestore > 0 ? [`${wouldRestore} to restore`] : []),
    ...(wouldPlace > 0 ? [`${wouldPlace} to take from pinned/`] : []),
    ...(wouldRemove > 0 ? [`${wouldRemove} to remove`] : []),
    ...countsOf(RIGHT, counts),
  ];
  return `dry run: ${parts.join(", ")}; nothing was changed`;
}

/** What the last line tells besides the outcomes. */
export interface Tally {
  removed: number;
  /** Actions that files from `pinned/` were put in place for. */
  placed: number;
  /** Of a dry run. */
  wouldRun: number;
  wouldRestore: number;
  wouldPlace: number;
  wouldRemove: number;
  mayRun: number;
  /** Whether there is more that is not known yet. */
  atLeast: boolean;
}

export function noTally(): Tally {
  const would = { wouldRun: 0, wouldRestore: 0, wouldPlace: 0, wouldRemove: 0, mayRun: 0 };
  return { removed: 0, placed: 0, ...would, atLeast: false };
}

/** The last line of a build. */
export function sayEnd(event: Extract<BuildEvent, { type: "build-finished" }>, tally: Tally): string {
  return `${sayCounted(event, tally)}${sayMoney(event.spending)}`;
}

const sayMoney = (spending: Spending | undefined) =>
  spending === undefined ? "" : `; ${saySpending(spending)}`;

function sayCounted(event: Extract<BuildEvent, { type: "build-finished" }>, tally: Tally): string {
  const { removed, placed, wouldRun, wouldRestore, wouldPlace, wouldRemove } = tally;
  const would = wouldRun + wouldRestore + wouldPlace + wouldRemove;
  if (would > 0 && !event.interrupted) return sayDryRun(tally, event.counts);
  const counts = sayCounts(event.counts, removed);
  const after = (word: string) => (counts === "" ? word : `${word}: ${counts}`);
  if (event.interrupted)
    return `${after("interrupted")}${counts === "" ? ": " : ", "}what was finished is kept`;
  if (!event.ok) return after("failed");
  const idle = event.counts.ran + event.counts.restored + removed + placed === 0;
  return after(idle ? "nothing to do" : `done in ${sayDuration(event.ms)}`);
}

/** Names beyond these are only counted. */
const NAMED = 3;

/** "a", "a and b", "a, b and c", "a, b and 3 more". */
export function sayNames(names: readonly string[]): string {
  if (names.length > NAMED)
    return `${names.slice(0, NAMED - 1).join(", ")} and ${names.length - NAMED + 1} more`;
  const [last, ...before] = [...names].reverse();
  return before.length === 0 ? (last ?? "") : `${before.reverse().join(", ")} and ${last}`;
}

/** "12:03:41", as the clock on the wall has it. */
export function sayTime(at: number): string {
  const date = new Date(at);
  const two = (count: number) => String(count).padStart(2, "0");
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
}

/** The last line of a round of a watch. */
export function sayRound(event: Extract<BuildEvent, { type: "watch-round" }>): string {
  return `${sayWhatCame(event)}${sayMoney(event.spending)}`;
}

function sayWhatCame(event: Extract<BuildEvent, { type: "watch-round" }>): string {
  const { at, files, ok, counts, removed, ran, results, ms } = event;
  const changed = `${sayTime(at)}  ${sayNames(files)} changed`;
  const told = sayCounts(counts, removed, ran);
  if (!ok) return `${changed}: failed: ${told}, ${sayDuration(ms)} after the save`;
  if (counts.ran + counts.restored + removed === 0)
    return `${changed}: nothing to do${told === "" ? "" : `: ${told}`}`;
  const [first, ...more] = results;
  if (first === undefined) return `${changed}: ${told}, ${sayDuration(ms)} after the save`;
  // Films of one story have long names that hardly differ.
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  return `${changed}: ${told}, in ${sayDuration(ms)} from save to ${first}${others}`;
}
