/** What a build leaves for the next one: every file that it saw, every action, and its verdict. */
import type { TargetPath } from "../model/pipeline.ts";
import { ActionPacker, type Standing } from "../store/action-table.ts";
import type { FileStates } from "../store/file-states.ts";
import type { Journal } from "../store/journal.ts";
import { saveSnapshot, snapshotPath, type Verdict } from "../store/snapshot.ts";
import type { Ended } from "./endings.ts";
import type { Inspector } from "./inspector.ts";
import type { Part } from "./part.ts";
import type { Places } from "./place.ts";
import type { Outcomes } from "./walk-state.ts";

export interface Leaving {
  readonly places: Places;
  readonly signature: string;
  readonly files: FileStates;
  readonly journal: Journal;
  readonly inspector: Inspector;
  readonly part: Part | undefined;
  readonly outcomes: Outcomes;
  readonly ok: boolean;
  /** Whether these are all actions that there are. */
  readonly whole: boolean;
  readonly description: string;
  readonly pastMs: Readonly<Record<string, number>>;
}

/** @throws errors of the file system; then the next build looks at everything */
export function leaveSnapshot(leaving: Leaving): void {
  const { places, files, journal, inspector, part, outcomes, ok, whole, description, pastMs } = leaving;
  const { table } = files;
  const packer = new ActionPacker(part?.roster.actions.without(part.rows));
  if (whole) {
    for (const [action, how] of outcomes) {
      const standing = standingOf(how);
      packer.add({
        target: action.target.name,
        keys: action.target.axes.map((axis) => action.binding[axis]!.key),
        standing,
        outputs: action.outputs.map(({ path }) => files.ask(places.output(path))),
        reads: standing === "stale" ? [] : inspector.reads(action),
        traceAt: journal.traces.at(action.id),
      });
    }
  }
  files.settle();
  table.restOnAsked(part !== undefined);
  // A build of everything that is through has asked for all that there is; what else is known is of another time.
  const through = part === undefined && ok && whole;
  const { columns, placeOf } = table.columns(through ? (id) => table.rests(id) : undefined);
  const verdict = files.changed || !(ok || whole) ? undefined : verdictOf(leaving);
  const roster = whole
    ? { description, pastMs, journal: journal.stamp, actions: packer.columns(placeOf) }
    : undefined;
  saveSnapshot(snapshotPath(places.state), { verdict, files: columns, roster });
}

function standingOf(how: Ended): Standing {
  if (how === "edited" || how === "pinned") return how;
  return how === "fresh" || how === "ran" || how === "restored" ? "fresh" : "stale";
}

function verdictOf({ signature, ok, part, outcomes }: Leaving): Verdict | undefined {
  const before = part?.counts() ?? { fresh: 0, edited: 0, pinned: 0 };
  const edited: { action: TargetPath; target: string }[] = [];
  let { pinned } = before;
  for (const [{ id, target }, how] of outcomes) {
    if (how === "edited") edited.push({ action: id, target: target.name });
    if (how === "pinned") pinned += 1;
  }
  for (const { outputs, target } of part?.untouched(["edited"]) ?? [])
    edited.push({ action: outputs[0]!, target });
  const actions = outcomes.size + before.fresh + before.edited + before.pinned;
  return actions === 0 ? undefined : { signature, ok, actions, edited, pinned };
}
