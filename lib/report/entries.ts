/** What is worth telling of a build, event by event; the plain and the live report only differ in how they set it. */
import { sayDollars } from "../base/money.ts";
import { plural } from "../base/plural.ts";
import { shellWord } from "../base/shell.ts";
import type { Because, BuildEvent, Outcome } from "../model/event.ts";
import { sayMissing, sayWhyMissing } from "./missing.ts";
import { ForetoldCost, sayAcceptable, sayForetoldCost, sayMissingPrices } from "./money.ts";
import {
  noTally,
  sayBecauses,
  sayDuration,
  sayEnd,
  sayNames,
  sayProblem,
  sayRound,
  sayTime,
  type Tally,
} from "./sentences.ts";
import { sayWork } from "./work.ts";

/** How much a thing asks to be looked at. */
export type Tone = "good" | "bad" | "odd" | "quiet";

export type Entry =
  /** "ran  audio/scene_03.mp3  1.2 s", and below it `body`, which is told whole. */
  | {
      readonly kind: "item";
      readonly tone: Tone;
      readonly word: string;
      /** A path, or nothing. */
      readonly subject: string;
      readonly remark: string;
      readonly body: string;
    }
  /** A line of its own. */
  | { readonly kind: "line"; readonly tone: Tone; readonly text: string };

/** What a dry run says of an action. */
const WOULD = {
  run: "run",
  restore: "restore",
  "maybe-run": "may run",
  place: "place",
  accept: "accept",
} as const;

type Finished = Extract<BuildEvent, { type: "finished" }>;
type Item = Extract<Entry, { kind: "item" }>;

/** The width of the longest word that an item has. */
export const WORD_WIDTH = "restored".length;

function item(tone: Tone, word: string, subject: string, remark = "", body = ""): Item {
  return { kind: "item", tone, word, subject, remark, body };
}

const BLANK: Entry = { kind: "line", tone: "quiet", text: "" };
/** More results than this are no longer read one by one. */
const RESULTS = 20;

/** What the build was for, one path a line, so that it can be clicked or copied. */
function namedResults(results: readonly string[]): Entry[] {
  if (results.length === 0) return [];
  const shown = results.length <= RESULTS ? results : results.slice(0, RESULTS - 1);
  const lines =
    shown.length < results.length ? [...shown, `and ${results.length - shown.length} more`] : shown;
  return [BLANK, ...lines.map((text): Entry => ({ kind: "line", tone: "good", text }))];
}

/** Follows one build and says what is to be told of each event. */
export function teller(options: { readonly verbose: boolean }): (event: BuildEvent) => Entry[] {
  const failures: Item[] = [];
  const tally = noTally();
  const work = foretold();
  const cost = new ForetoldCost();
  let project = "";
  /** Whether it was told what can be done about a hand edit. */
  let editHelped = false;
  /** Whether other lines have pushed the failures up and away. */
  let scrolledAway = false;
  /** Whether this build is a later round of a watch: then the watch has the last word on it. */
  let isRound = false;

  const failuresAgain = (): Entry[] => {
    const title: Entry = { kind: "line", tone: "bad", text: `${plural(failures.length, "failure")}:` };
    return [BLANK, title, ...failures, BLANK];
  };

  const end = (event: Extract<BuildEvent, { type: "build-finished" }>): Entry[] => {
    if (event.superseded) return [];
    if (isRound && !event.interrupted) return scrolledAway ? failuresAgain() : [];
    const tone: Tone = event.interrupted ? "odd" : event.ok ? "good" : "bad";
    const last: Entry = { kind: "line", tone, text: sayEnd(event, tally) };
    const results = namedResults(event.results);
    const forewords = [
      sayWork(work),
      sayForetoldCost(cost),
      ...sayMissingPrices([cost]).map((line) => `  ${line}`),
      sayAcceptable(project, cost),
    ];
    const foreword = forewords.flatMap((text): Entry[] =>
      text === undefined || event.interrupted ? [] : [{ kind: "line", tone: "quiet", text }],
    );
    return [...results, ...(scrolledAway ? failuresAgain() : []), ...foreword, last];
  };

  return (event) => {
    if (event.type === "build-finished") return end(event);
    if (event.type === "scripts-missing") return tellMissing(event);
    if (isOfWatch(event)) {
      isRound ||= event.type === "watch-changed";
      return tellWatch(event);
    }
    count(event, tally);
    work.onEvent(event);
    if (event.type === "planned" || event.type === "would") cost.onEvent(event);
    if (event.type === "build-started") project = event.project;
    const told = tell(event, options.verbose);
    if (told === undefined) return [];
    if (event.type === "finished" && event.outcome === "failed") failures.push(inOneLine(told));
    else if (failures.length > 0) scrolledAway = true;
    if (event.type !== "finished" || event.outcome !== "edited" || editHelped) return [told];
    editHelped = true;
    return [{ ...told, body: sayEditHelp(`${project}/${event.action}`) }];
  };
}

/** Adds up the work that a dry run tells of. */
function foretold() {
  const work = { run: new Map<string, number>(), mayRun: new Map<string, number>(), atLeast: false };
  let targets: Extract<BuildEvent, { type: "planned" }>["targets"] = {};
  return Object.assign(work, {
    lastMs: (target: string) => targets[target]?.lastMs,
    onEvent(event: BuildEvent) {
      if (event.type === "planned") [targets, work.atLeast] = [event.targets, event.atLeast];
      if (event.type !== "would" || (event.verb !== "run" && event.verb !== "maybe-run")) return;
      const counts = event.verb === "run" ? work.run : work.mayRun;
      counts.set(event.target, (counts.get(event.target) ?? 0) + 1);
    },
  });
}

/** Adds up what the last line tells besides the outcomes. */
function count(event: BuildEvent, tally: Tally): void {
  if (event.type === "removed") tally.removed++;
  if (event.type === "would-remove") tally.wouldRemove++;
  if (event.type === "planned") tally.atLeast = event.atLeast;
  if (event.type === "finished" && event.outcome === "pinned" && event.because.length > 0) tally.placed++;
  if (event.type !== "would") return;
  if (event.verb === "run") tally.wouldRun++;
  else if (event.verb === "restore") tally.wouldRestore++;
  else if (event.verb === "place") tally.wouldPlace++;
  else if (event.verb === "maybe-run") tally.mayRun++;
}

type OfWatch = Extract<BuildEvent, { type: `watch-${string}` }>;
type ScriptsMissing = Extract<BuildEvent, { type: "scripts-missing" }>;
type Told = Exclude<BuildEvent, { type: "build-finished" } | ScriptsMissing | OfWatch>;

function isOfWatch(event: BuildEvent): event is OfWatch {
  return event.type.startsWith("watch-");
}

function tellWatch(event: OfWatch): Entry[] {
  switch (event.type) {
    case "watch-changed":
      return [];
    case "watch-round": {
      const idle = event.counts.ran + event.counts.restored + event.removed === 0;
      const tone: Tone = !event.ok ? "bad" : idle ? "quiet" : "good";
      return [{ kind: "line", tone, text: sayRound(event) }];
    }
    case "watch-failed": {
      const failed = item("bad", "failed", "", "", sayProblem(event.problem));
      if (event.files.length === 0) return [failed];
      const text = `${sayTime(event.at)}  ${sayNames(event.files)} changed: nothing can be built`;
      return [failed, { kind: "line", tone: "bad", text }];
    }
    case "watch-waiting":
      return [{ kind: "line", tone: "quiet", text: "waiting for changes" }];
  }
}

function tellMissing(event: ScriptsMissing): Entry[] {
  const items = event.missing.map((one) => {
    const [tone, word] =
      one.problem === undefined ? (["quiet", "left"] as const) : (["bad", "failed"] as const);
    return item(tone, word, one.topic, sayWhyMissing(one));
  });
  return [BLANK, { kind: "line", tone: "bad", text: `${sayMissing(event)}:` }, ...items];
}

function tell(event: Told, verbose: boolean): Item | undefined {
  switch (event.type) {
    case "build-started":
      return verbose ? item("quiet", "building", event.project, event.goals.join(" ")) : undefined;
    case "waiting-for-lock":
      return item("odd", "waiting", "", `for another build of this project: ${event.holder}`);
    case "notice":
      return event.minor && !verbose ? undefined : item("odd", "note", event.action ?? "", "", event.text);
    case "finished":
      return tellFinished(event, verbose);
    case "would":
      return item("good", WOULD[event.verb], event.action, sayWould(event, verbose));
    case "accepted":
      return item("good", "accepted", event.action, sayWhy(event.because, verbose));
    case "removed":
      return item("quiet", "removed", event.output, "(no target makes it any more)");
    case "would-remove":
      return item("good", "remove", event.output, "(no target makes it any more)");
    case "kept":
      return item(
        "odd",
        "kept",
        event.output,
        "(no target makes it any more, but its content is not ours to delete)",
      );
    case "phase":
    case "planned":
    case "started":
    case "progress":
      return undefined;
  }
}

const SILENT: ReadonlySet<Outcome> = new Set(["fresh", "blocked", "not-started", "pinned"]);

/** A pin is told of when it takes the place of something else. */
function isSilent({ outcome, because }: Finished): boolean {
  return SILENT.has(outcome) && because.length === 0;
}

/** In a first build every line would say "never built": that is no news. */
function sayWhy(because: readonly Because[], verbose: boolean): string {
  const news = verbose ? because : because.filter(({ reason }) => reason !== "never-built");
  return news.length === 0 ? "" : `(${sayBecauses(news, verbose)})`;
}

function sayWould(event: Extract<BuildEvent, { type: "would" }>, verbose: boolean): string {
  const { cost, maybeCharged = [] } = event;
  const price = cost === undefined ? "" : cost === null ? "no price known" : `up to ${sayDollars(cost)}`;
  const asked = maybeCharged.length === 0 ? "" : "may have been charged before";
  return joined(price, asked, sayWhy(event.because, verbose));
}

const joined = (...parts: readonly string[]) => parts.filter((part) => part !== "").join("  ");

function tellFinished(event: Finished, verbose: boolean): Item | undefined {
  const { outcome, action } = event;
  if (isSilent(event) && !verbose) return undefined;
  const subject = verbose && event.outputs.length > 1 ? event.outputs.join(" ") : action;
  const problem = event.problem === undefined ? "" : sayProblem(event.problem);
  if (outcome === "failed")
    return item("bad", outcome, action, sayFailed(event), problem || "It gave no reason.");
  if (outcome === "blocked") return item("quiet", outcome, action, "", problem);
  if (outcome === "not-started") return item("quiet", "left", action, "", problem);
  if (outcome === "edited") return item("odd", outcome, subject, "changed by hand, kept and used");
  const why = sayWhy(event.because, verbose);
  const took = outcome === "ran" ? sayDuration(event.ms) : "";
  const cost = event.cost ? sayDollars(event.cost) : "";
  const tone: Tone = isSilent(event) ? "quiet" : "good";
  return item(tone, outcome, subject, joined(took, cost, why));
}

/** How long it took, and what kind of failure it is where that says more than that the target failed. */
function sayFailed({ ms, problem }: Finished): string {
  const code = problem?.code;
  const told = code === undefined || code === "pipeline.target" ? "" : `  ${code}`;
  return `${sayDuration(ms)}${told}`;
}

/** To be told a second time: the whole message stands where it was told first. */
function inOneLine(failure: Item): Item {
  return { ...failure, remark: failure.body.split("\n", 1)[0]!, body: "" };
}

/** Of the first edit alone: it is the same for all of them. */
function sayEditHelp(output: string): string {
  const path = shellWord(output);
  return `\`--discard-edits\` or \`--force ${path}\` rebuilds it; \`faceless pin ${path}\` keeps it for good`;
}
