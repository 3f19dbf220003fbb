/** Where a build's time went, as a file for Perfetto and Chrome's viewer: a track for each slot, and one for the engine. */
import type { BuildEvent } from "../model/event.ts";
import { sayBecause, sayProblem } from "./sentences.ts";

/**
 * An event of the Trace Event Format, of which we use complete events (X), instants (i) and metadata (M). Times are
 * whole microseconds.
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
interface TraceEvent {
  readonly name: string;
  readonly ph: "X" | "i" | "M";
  readonly pid: number;
  readonly tid: number;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  /** An instant of its track alone. */
  readonly s?: "t";
  readonly args: Readonly<Record<string, unknown>>;
}

/** What is shown of an event. */
interface Shown {
  readonly name: string;
  readonly cat: string;
  readonly args: Readonly<Record<string, unknown>>;
}

type Would = Extract<BuildEvent, { type: "would" }>;
type Finished = Extract<BuildEvent, { type: "finished" }>;
type Started = Extract<BuildEvent, { type: "started" }>;

/** Tracks by number, which is their order too; slot n has 10 + n. */
const ENGINE = 1;
const RESTORED = 2;
const SETTLED = 3;
const SLOT = 10;
const TRACKS = new Map([
  [ENGINE, "engine"],
  [RESTORED, "restored from the store"],
  [SETTLED, "settled without work"],
]);

/** The profile of one command, which can build several projects, one after the other. */
export class Profile {
  readonly #now: () => number;
  readonly #projects: ProjectProfile[] = [];

  /** `now` gives milliseconds since the program was started, finer than whole ones. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** What the events of the next project are to be told to. Ends the one before. */
  follow(project: string): (event: BuildEvent) => void {
    this.#projects.at(-1)?.end();
    const pid = this.#projects.length + 1;
    const next = new ProjectProfile(project, pid, this.#now, pid === 1 ? "start-program" : undefined);
    this.#projects.push(next);
    return (event) => next.onEvent(event);
  }

  /** The whole file, once nothing more is to come. What has not ended by then ends now. */
  text(): string {
    this.#projects.at(-1)?.end();
    const lines = this.#projects.flatMap(({ events }) => events).map((event) => JSON.stringify(event));
    return `{"displayTimeUnit":"ms","traceEvents":[\n${lines.join(",\n")}\n]}\n`;
  }
}

/** A project is a process of the trace. */
class ProjectProfile {
  readonly #project: string;
  readonly #pid: number;
  readonly #now: () => number;
  readonly #began: number;
  readonly #events: TraceEvent[] = [];
  /** What runs in each slot. */
  readonly #slots: ({ readonly since: number; readonly started: Started } | undefined)[] = [];
  #phase: { readonly name: string; readonly since: number; readonly args: Shown["args"] } | undefined;
  /** The engine restores one thing after the other, but tells how long it took in whole milliseconds alone. */
  #restoredUntil = 0;
  #result: Shown["args"] = { ok: false };
  #ended = false;

  /** With a first phase, all time since the program's start is the project's. */
  constructor(project: string, pid: number, now: () => number, firstPhase: string | undefined) {
    this.#project = project;
    this.#pid = pid;
    this.#now = () => Math.round(now() * 1_000);
    this.#began = firstPhase === undefined ? this.#now() : 0;
    if (firstPhase !== undefined) this.#phase = { name: firstPhase, since: 0, args: {} };
  }

  onEvent(event: BuildEvent): void {
    const at = this.#now();
    switch (event.type) {
      case "phase":
        this.#enter(event.phase, at);
        break;
      case "waiting-for-lock":
        this.#enter("wait-for-lock", at, { holder: event.holder });
        break;
      case "started":
        this.#start(event, at);
        break;
      case "finished":
        this.#finish(event, at);
        break;
      case "would":
        this.#instant(SETTLED, at, showWould(event));
        break;
      case "notice": {
        const slot = this.#slotOf(event.action);
        const args = { action: event.action, text: event.text };
        this.#instant(slot < 0 ? ENGINE : SLOT + slot, at, { name: "notice", cat: "notice", args });
        break;
      }
      case "removed":
      case "kept":
        this.#instant(ENGINE, at, { name: `${event.type} ${event.output}`, cat: event.type, args: {} });
        break;
      case "build-finished": {
        const { ok, interrupted, counts, results } = event;
        this.#result = { ok, interrupted, counts, results };
        // What follows is nobody's to tell of any more: worker threads end.
        this.#enter("end-build", at);
      }
    }
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const at = this.#now();
    for (const slot of this.#slots.keys()) this.#leave(slot, at, { outcome: "unfinished" });
    this.#endPhase(at);
    const whole = { name: `build ${this.#project}`, cat: "build", args: this.#result };
    this.#complete(ENGINE, this.#began, at, whole);
    // Of two spans with the same times, a viewer has the first enclose the second.
    this.#events.unshift(this.#events.pop()!);
  }

  /** Names first, then by time, what encloses before what it encloses. */
  get events(): readonly TraceEvent[] {
    const names = [...TRACKS, ...this.#slots.map((_, i) => [SLOT + i, `slot ${i + 1}`] as const)];
    const meta = (name: string, tid: number, args: Shown["args"]): TraceEvent => {
      return { name, ph: "M", pid: this.#pid, tid, args };
    };
    return [
      meta("process_name", 0, { name: this.#project }),
      meta("process_sort_index", 0, { sort_index: this.#pid }),
      ...names.flatMap(([tid, name]) => [
        meta("thread_name", tid, { name }),
        meta("thread_sort_index", tid, { sort_index: tid }),
      ]),
      ...this.#events.toSorted((a, b) => a.ts! - b.ts! || (b.dur ?? 0) - (a.dur ?? 0)),
    ];
  }

  #enter(name: string, at: number, args: Shown["args"] = {}): void {
    this.#endPhase(at);
    this.#phase = { name, since: at, args };
  }

  #endPhase(at: number): void {
    if (this.#phase === undefined) return;
    const { name, since, args } = this.#phase;
    this.#complete(ENGINE, since, at, { name: name.replaceAll("-", " "), cat: "engine", args });
    this.#phase = undefined;
  }

  #start(started: Started, at: number): void {
    // Its files changed under it, so that it is begun once more.
    this.#leave(this.#slotOf(started.action), at, { outcome: "begun again" });
    const free = this.#slots.indexOf(undefined);
    this.#slots[free < 0 ? this.#slots.length : free] = { since: at, started };
  }

  #finish(event: Finished, at: number): void {
    const shown = showFinished(event);
    const slot = this.#slotOf(event.action);
    if (slot >= 0) this.#leave(slot, at, shown.args);
    else if (event.outcome === "restored") {
      const since = Math.max(this.#restoredUntil, this.#began, at - event.ms * 1_000);
      this.#complete(RESTORED, since, at, shown);
      this.#restoredUntil = at;
    } else this.#instant(SETTLED, at, shown);
  }

  /** -1 where it is not running. */
  #slotOf(action: string | undefined): number {
    return this.#slots.findIndex((running) => running !== undefined && running.started.action === action);
  }

  #leave(slot: number, at: number, args: Shown["args"]): void {
    const running = this.#slots[slot];
    if (running === undefined) return;
    const { action, target, because, lastMs } = running.started;
    const known = { action, because: because.map(sayBecause), ...(lastMs === undefined ? {} : { lastMs }) };
    const shown = { name: action, cat: target, args: { ...known, ...args } };
    this.#complete(SLOT + slot, running.since, at, shown);
    this.#slots[slot] = undefined;
  }

  #complete(tid: number, since: number, until: number, shown: Shown): void {
    this.#events.push({ ...shown, ph: "X", pid: this.#pid, tid, ts: since, dur: until - since });
  }

  #instant(tid: number, at: number, shown: Shown): void {
    this.#events.push({ ...shown, ph: "i", s: "t", pid: this.#pid, tid, ts: at });
  }
}

function showFinished({ action, target, outcome, outputs, because, problem }: Finished): Shown {
  const told = problem === undefined ? {} : { code: problem.code, problem: sayProblem(problem) };
  return {
    name: action,
    cat: target,
    args: { action, outcome, because: because.map(sayBecause), outputs, ...told },
  };
}

function showWould({ action, target, verb, outputs, because }: Would): Shown {
  return { name: action, cat: target, args: { action, verb, because: because.map(sayBecause), outputs } };
}
