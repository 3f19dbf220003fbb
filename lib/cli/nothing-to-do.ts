/** Tells the story of a build that has nothing to do. */
import type { Survey } from "../engine/up-to-date.ts";
import type { BuildEvent } from "../model/event.ts";
import type { Wanted } from "./projects.ts";

export function sayNothingToDo(
  { project, goals }: Pick<Wanted, "project" | "goals">,
  { snapshot, began }: Survey,
  emit: (event: BuildEvent) => void,
): void {
  const { actions, edited, pinned } = snapshot.verdict;
  emit({ type: "build-started", project, goals, at: began });
  emit({ type: "planned", actions, atLeast: false, targets: {} });
  for (const { action, target } of edited) {
    const finished = { action, target, outcome: "edited" as const, outputs: [action], because: [], ms: 0 };
    emit({ type: "finished", ...finished });
  }
  const none = { restored: 0, ran: 0, failed: 0, blocked: 0, "not-started": 0 };
  const counts = { ...none, fresh: actions - edited.length - pinned, edited: edited.length, pinned };
  emit({
    type: "build-finished",
    ok: true,
    interrupted: false,
    counts,
    results: [],
    ms: Date.now() - began,
  });
}
