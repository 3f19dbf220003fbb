/** How a project stands: for each target, how many of its actions are in which state, from the events of a dry run. */
import type { BuildEvent } from "../model/event.ts";
import { table } from "./table.ts";

/** Columns of the table, in this order, where any target has one. */
const STATES = [
  "fresh",
  "to run",
  "may run",
  "to restore",
  "to place",
  "edited",
  "pinned",
  "failed",
  "blocked",
] as const;
type State = (typeof STATES)[number];

const WOULD = {
  run: "to run",
  restore: "to restore",
  "maybe-run": "may run",
  place: "to place",
  accept: undefined,
} as const;

/** Nothing is to be done for these. */
const DONE: readonly State[] = ["fresh", "edited", "pinned"];

export function sayStatus(project: string, events: readonly BuildEvent[]): string {
  const counts = new Map<string, Map<State, number>>();
  const edited: string[] = [];
  let atLeast = false;
  for (const event of events) {
    if (event.type === "planned") atLeast = event.atLeast;
    const state = stateOf(event);
    if (state === undefined || (event.type !== "finished" && event.type !== "would")) continue;
    const own = counts.get(event.target) ?? new Map<State, number>();
    counts.set(event.target, own.set(state, (own.get(state) ?? 0) + 1));
    if (state === "edited") edited.push(event.action);
  }
  const states = STATES.filter((state) => [...counts.values()].some((own) => own.has(state)));
  const rows = [...counts].map(([target, own]) => [
    target,
    ...states.map((state) => String(own.get(state) ?? "")),
  ]);
  const lines = [project, ...(rows.length === 0 ? [] : table([["", ...states], ...rows]))];
  for (const event of events)
    if (event.type === "notice" && event.action === undefined) lines.push(event.text);
  const removals = events.flatMap((event) => (event.type === "would-remove" ? [event.output] : []));
  if (removals.length === 0 && states.every((state) => DONE.includes(state))) lines.push("nothing to do");
  if (atLeast) lines.push("There may be more: what says how many there are would be built first.");
  const named = (what: string, paths: readonly string[]) => paths.map((path) => `${what}: ${path}`);
  return [...lines, ...named("edited by hand", edited), ...named("to remove", removals), ""].join("\n");
}

function stateOf(event: BuildEvent): State | undefined {
  if (event.type === "would") return WOULD[event.verb];
  if (event.type !== "finished") return undefined;
  return STATES.find((state) => state === event.outcome);
}
