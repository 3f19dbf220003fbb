/**
 * What a watch is doing, as a pure state machine: what happened goes in, what is to be done comes out.
 *
 *            changed                  looked: news
 *   idle ───────────────▶ gathering ───────────────▶ building ◀──────────┐
 *    ▲                     │  ▲  ↺ changed            │  │ ↺ changed,    │
 *    │                     │  │                       │  │   looked:     │
 *    ├◀── looked: nothing ─┘  └── ended, changed ─────┤  │   nothing     │
 *    │                                                │  │               │
 *    └◀─────────────── ended ─────────────────────────┘  │ looked: news  │ ended
 *                                                        ▼               │
 *                                                   superseding ─────────┘
 *                                                     ↺ changed, looked
 *
 *   stop: idle and gathering ──▶ stopped; building and superseding ──▶ stopping ──ended──▶ stopped
 *
 * Events are gathered until there is none for a while, and then it is looked whether they are news: whether any file
 * has other content than the last round, or the one under way, has seen.
 */

/** What is not as a round has seen it. */
export interface News {
  /** What a person would call them; in the order in which they were seen. */
  readonly files: readonly string[];
  /** Whether all that is new is what folders list: it may be that no glob finds anything else. */
  readonly onlyListed: boolean;
  /** When the last of them was seen to change, in milliseconds since the epoch. */
  readonly at: number;
}

/** Paths of which events came. */
export interface Gathered {
  readonly paths: ReadonlySet<string>;
  readonly first: number;
  readonly last: number;
}

export type State =
  | { readonly kind: "idle" }
  | { readonly kind: "gathering"; readonly gathered: Gathered }
  | {
      readonly kind: "building";
      readonly news: News | undefined;
      readonly gathered: Gathered | undefined;
    }
  /** The round under way was told to end; what it was for is in the news of the next. */
  | { readonly kind: "superseding"; readonly news: News; readonly gathered: Gathered | undefined }
  | { readonly kind: "stopping" }
  | { readonly kind: "stopped" };

export type Input =
  /** The first round is due. */
  | { readonly type: "start" }
  | { readonly type: "changed"; readonly path: string; readonly at: number }
  /** What was gathered has been looked at. */
  | { readonly type: "looked"; readonly news: News | undefined }
  /** Everything was looked at. */
  | { readonly type: "found"; readonly news: News }
  /** The round is over, in whatever way. */
  | { readonly type: "ended" }
  | { readonly type: "stop" };

export type Effect =
  /** At this time, in place of any time before, look at what is gathered by then. */
  | { readonly do: "look"; readonly at: number }
  /** Begin a round; without news it is the first. */
  | { readonly do: "build"; readonly news: News | undefined }
  | { readonly do: "supersede" }
  | { readonly do: "finish" };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** An editor's save is several events within a few milliseconds; a checkout of a branch is many more. */
export const QUIET_MS = 75;
/** Where events do not cease, it is looked all the same. */
export const LONGEST_MS = 1_000;

export const IDLE: State = { kind: "idle" };

export function transition(state: State, input: Input): Step {
  switch (input.type) {
    case "start":
      return begin(undefined, undefined);
    case "changed":
      return gather(state, input.path, input.at);
    case "looked":
      return hear(without(state), input.news);
    case "found":
      return hear(state, input.news);
    case "ended":
      return afterRound(state);
    case "stop":
      return stop(state);
  }
}

function stay(state: State): Step {
  return { state, effects: [] };
}

function begin(news: News | undefined, gathered: Gathered | undefined): Step {
  return { state: { kind: "building", news, gathered }, effects: [{ do: "build", news }] };
}

function gather(state: State, path: string, at: number): Step {
  if (state.kind === "stopping" || state.kind === "stopped") return stay(state);
  const before = state.kind === "idle" ? undefined : state.gathered;
  const gathered: Gathered = {
    paths: new Set([...(before?.paths ?? []), path]),
    first: before?.first ?? at,
    last: at,
  };
  const look = { do: "look", at: Math.min(at + QUIET_MS, gathered.first + LONGEST_MS) } as const;
  const next: State = state.kind === "idle" ? { kind: "gathering", gathered } : { ...state, gathered };
  return { state: next, effects: [look] };
}

/** The state with nothing gathered. */
function without(state: State): State {
  switch (state.kind) {
    case "gathering":
      return IDLE;
    case "building":
    case "superseding":
      return { ...state, gathered: undefined };
    default:
      return state;
  }
}

function hear(state: State, news: News | undefined): Step {
  if (news === undefined) return stay(state);
  switch (state.kind) {
    case "idle":
      return begin(news, undefined);
    case "gathering":
      return begin(news, state.gathered);
    case "building": {
      const both = joined(state.news, news);
      const { gathered } = state;
      return { state: { kind: "superseding", news: both, gathered }, effects: [{ do: "supersede" }] };
    }
    case "superseding":
      return stay({ ...state, news: joined(state.news, news) });
    case "stopping":
    case "stopped":
      return stay(state);
  }
}

function joined(before: News | undefined, after: News): News {
  if (before === undefined) return after;
  return {
    files: [...new Set([...before.files, ...after.files])],
    onlyListed: before.onlyListed && after.onlyListed,
    at: Math.max(before.at, after.at),
  };
}

function afterRound(state: State): Step {
  switch (state.kind) {
    case "building":
      return stay(state.gathered === undefined ? IDLE : { kind: "gathering", gathered: state.gathered });
    case "superseding":
      return begin(state.news, state.gathered);
    case "stopping":
      return { state: { kind: "stopped" }, effects: [{ do: "finish" }] };
    default:
      return stay(state);
  }
}

function stop(state: State): Step {
  switch (state.kind) {
    case "idle":
    case "gathering":
      return { state: { kind: "stopped" }, effects: [{ do: "finish" }] };
    case "building":
    case "superseding":
      return stay({ kind: "stopping" });
    default:
      return stay(state);
  }
}
