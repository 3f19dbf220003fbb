/** The part of a graph that moved files can have changed, and what the last build's roster says of the rest. */
import { sep } from "node:path";
import type { Json } from "../base/json.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { Graph, Known } from "../pipeline/graph.ts";
import type { RowId, Standing } from "../store/action-table.ts";
import type { FileTable } from "../store/file-table.ts";
import type { Roster } from "../store/snapshot.ts";
import { Uses } from "./affected.ts";
import type { Places } from "./place.ts";
import type { Survey } from "./up-to-date.ts";
import type { WalkPart } from "./walk.ts";

/** An action that is not looked at. */
export interface Untouched {
  readonly target: string;
  readonly standing: Standing;
  readonly outputs: readonly TargetPath[];
}

export class Part {
  readonly roster: Roster;
  /** The actions to look at; all others are as they were. */
  readonly rows: ReadonlySet<RowId>;
  readonly #places: Places;
  readonly #files: FileTable;
  readonly #uses: Uses;

  private constructor(
    places: Places,
    files: FileTable,
    roster: Roster,
    rows: ReadonlySet<RowId>,
    uses: Uses,
  ) {
    this.#places = places;
    this.#files = files;
    this.#uses = uses;
    this.roster = roster;
    this.rows = rows;
  }

  /** Undefined where all of the graph has to be looked at. */
  static of({ snapshot, moved }: Survey, places: Places): Part | undefined {
    const { files, roster } = snapshot;
    if (roster === undefined) return undefined;
    const uses = new Uses(roster.actions, files.size);
    const rows = uses.affected(moved);
    return rows && new Part(places, files, roster, rows, uses);
  }

  #rowOf(path: string): RowId | undefined {
    const file = this.#files.find(this.#places.output(path as TargetPath));
    return file === undefined ? undefined : this.#uses.maker(file);
  }

  traceAt(id: TargetPath): number | undefined {
    const row = this.#rowOf(id);
    return row === undefined ? undefined : this.roster.actions.traceAt(row);
  }

  isUpToDate({ id }: Action): boolean {
    const row = this.#rowOf(id);
    return row !== undefined && !this.rows.has(row);
  }

  /** `readJson`: of the file at a path that is up to date. */
  known(readJson: (path: TargetPath) => Json): Known {
    const { actions } = this.roster;
    return {
      list: ({ axis, source }) => {
        if (!this.isUpToDate(source)) return undefined;
        return readJson(source.outputs.find(({ name }) => name === axis.source.output)!.path);
      },
      maker: (path) => {
        const row = this.#rowOf(path);
        return row === undefined ? undefined : { target: actions.target(row), keys: actions.keys(row) };
      },
    };
  }

  walk(graph: Graph): WalkPart {
    const { actions } = this.roster;
    // What a list has yet to tell of is found when the list is made.
    const found = [...this.rows].flatMap((row) => graph.at(actions.target(row), actions.keys(row)) ?? []);
    return { actions: found, isUpToDate: (action) => this.isUpToDate(action) };
  }

  /** How many actions there are, of those that are not looked at. */
  counts(): Record<Standing, number> {
    const { actions } = this.roster;
    const counts = actions.counts();
    for (const row of this.rows) counts[actions.standing(row)] -= 1;
    return counts;
  }

  /** Those among them that stand so. */
  *untouched(standings: readonly Standing[]): Generator<Untouched> {
    const { actions } = this.roster;
    const rows = standings.flatMap((standing) => actions.standingSo(standing)).sort((a, b) => a - b);
    for (const row of rows) {
      if (this.rows.has(row)) continue;
      yield { target: actions.target(row), standing: actions.standing(row), outputs: this.#outputs(row) };
    }
  }

  #outputs(row: RowId): TargetPath[] {
    const start = this.#places.outputs.length + 1;
    return [...this.roster.actions.outputs(row)].map(
      (file) => this.#files.path(file).slice(start).replaceAll(sep, "/") as TargetPath,
    );
  }

  /** The ids of what was looked at, as they were. */
  ids(): readonly TargetPath[] {
    return [...this.rows].map((row) => this.#outputs(row)[0]!);
  }
}
