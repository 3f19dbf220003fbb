/** Every action of the last build, in packed columns: what it read and made, how it stands, and where its trace is. */
import type { FileId } from "./file-table.ts";

/** `stale` is all that is not up to date: it failed, or was not tried. */
export const STANDINGS = ["fresh", "edited", "pinned", "stale"] as const;
export type Standing = (typeof STANDINGS)[number];

export type RowId = number;

export interface ActionRow {
  readonly target: string;
  /** Of its entries, in the order of the target's axes. */
  readonly keys: readonly string[];
  readonly standing: Standing;
  readonly outputs: readonly FileId[];
  /** Every file whose content it depends on: inputs, files that values come from, pins. */
  readonly reads: readonly FileId[];
  /** Where its record begins in the journal, in bytes; undefined where there is none. */
  readonly traceAt: number | undefined;
}

/** The columns as they are kept on disk. A list's column of ends tells where each row's part of it ends. */
export interface ActionColumns {
  /** Names of targets; `target` holds places in this list. */
  readonly targets: readonly string[];
  readonly target: Uint32Array;
  readonly standing: Uint8Array;
  readonly traceAt: Float64Array;
  readonly outputEnds: Uint32Array;
  readonly outputs: Uint32Array;
  readonly readEnds: Uint32Array;
  readonly reads: Uint32Array;
  readonly keyEnds: Uint32Array;
  /** Each row's keys, NUL between them: no key has one. */
  readonly keys: string;
}

const NO_TRACE = -1;

export class ActionTable {
  readonly #columns: ActionColumns;

  constructor(columns: ActionColumns) {
    this.#columns = columns;
  }

  get size(): number {
    return this.#columns.target.length;
  }

  get columns(): ActionColumns {
    return this.#columns;
  }

  target(row: RowId): string {
    return this.#columns.targets[this.#columns.target[row]!]!;
  }

  keys(row: RowId): readonly string[] {
    const { keys, keyEnds } = this.#columns;
    const text = keys.slice(row === 0 ? 0 : keyEnds[row - 1]!, keyEnds[row]!);
    return text === "" ? [] : text.split("\0");
  }

  standing(row: RowId): Standing {
    return STANDINGS[this.#columns.standing[row]!]!;
  }

  outputs(row: RowId): Uint32Array {
    return part(this.#columns.outputs, this.#columns.outputEnds, row);
  }

  reads(row: RowId): Uint32Array {
    return part(this.#columns.reads, this.#columns.readEnds, row);
  }

  traceAt(row: RowId): number | undefined {
    const at = this.#columns.traceAt[row]!;
    return at === NO_TRACE ? undefined : at;
  }

  /** In ascending order. */
  standingSo(standing: Standing): RowId[] {
    const { standing: column } = this.#columns;
    const number = STANDINGS.indexOf(standing);
    const found: RowId[] = [];
    for (let row = column.indexOf(number); row >= 0; row = column.indexOf(number, row + 1)) found.push(row);
    return found;
  }

  /** How many actions stand how. */
  counts(): Record<Standing, number> {
    const counts = { fresh: this.size, edited: 0, pinned: 0, stale: 0 };
    // Most are fresh, and need not be gone through.
    for (const standing of ["edited", "pinned", "stale"] as const) {
      counts[standing] = this.standingSo(standing).length;
      counts.fresh -= counts[standing];
    }
    return counts;
  }

  /** All rows but these, in the same order. */
  without(dropped: ReadonlySet<RowId>): ActionColumns {
    const columns = this.#columns;
    const kept: Range[] = [];
    let start = 0;
    for (const row of [...dropped].sort((a, b) => a - b)) {
      if (row > start) kept.push([start, row]);
      start = row + 1;
    }
    kept.push([start, this.size]);
    const { keys, keyEnds, outputs, outputEnds, reads, readEnds } = columns;
    return {
      targets: columns.targets,
      target: ranges(columns.target, kept),
      standing: ranges(columns.standing, kept),
      traceAt: ranges(columns.traceAt, kept),
      outputEnds: endsOf(outputEnds, kept),
      outputs: ranges(outputs, within(outputEnds, kept)),
      readEnds: endsOf(readEnds, kept),
      reads: ranges(reads, within(readEnds, kept)),
      keyEnds: endsOf(keyEnds, kept),
      keys: within(keyEnds, kept)
        .map(([from, to]) => keys.slice(from, to))
        .join(""),
    };
  }
}

/** From, and up to but not with. */
type Range = readonly [from: number, to: number];

/** Where the lists of rows are, of which each ends where `ends` says. */
function within(ends: Uint32Array, rows: readonly Range[]): Range[] {
  const endOf = (row: number) => (row === 0 ? 0 : ends[row - 1]!);
  return rows.map(([from, to]) => [endOf(from), endOf(to)]);
}

function ranges<Kind extends NumberArray>(list: Kind, kept: readonly Range[]): Kind {
  const length = kept.reduce((sum, [from, to]) => sum + to - from, 0);
  const found = list.slice(0, length) as Kind;
  let at = 0;
  for (const [from, to] of kept) {
    found.set(list.subarray(from, to), at);
    at += to - from;
  }
  return found;
}

/** The ends of what is left, each less by what is gone before it. */
function endsOf(ends: Uint32Array, kept: readonly Range[]): Uint32Array {
  const found = ranges(ends, kept);
  let [row, gone, before] = [0, 0, 0];
  for (const [from, to] of kept) {
    gone += (from === 0 ? 0 : ends[from - 1]!) - before;
    for (let count = to - from; count > 0; count--) found[row++]! -= gone;
    before = to === 0 ? 0 : ends[to - 1]!;
  }
  return found;
}

function part(list: Uint32Array, ends: Uint32Array, row: RowId): Uint32Array {
  return list.subarray(row === 0 ? 0 : ends[row - 1]!, ends[row]!);
}

/** Adds rows to those that there are. */
export class ActionPacker {
  readonly #targets: string[];
  readonly #target: Numbers<Uint32Array>;
  readonly #standing: Numbers<Uint8Array>;
  readonly #traceAt: Numbers<Float64Array>;
  readonly #outputEnds: Numbers<Uint32Array>;
  readonly #outputs: Numbers<Uint32Array>;
  readonly #readEnds: Numbers<Uint32Array>;
  readonly #reads: Numbers<Uint32Array>;
  readonly #keyEnds: Numbers<Uint32Array>;
  readonly #keys: string[];
  #keyLength: number;

  constructor(begin: ActionColumns = NO_ACTIONS) {
    this.#targets = [...begin.targets];
    this.#target = new Numbers(begin.target);
    this.#standing = new Numbers(begin.standing);
    this.#traceAt = new Numbers(begin.traceAt);
    this.#outputEnds = new Numbers(begin.outputEnds);
    this.#outputs = new Numbers(begin.outputs);
    this.#readEnds = new Numbers(begin.readEnds);
    this.#reads = new Numbers(begin.reads);
    this.#keyEnds = new Numbers(begin.keyEnds);
    this.#keys = [begin.keys];
    this.#keyLength = begin.keys.length;
  }

  add({ target, keys, standing, outputs, reads, traceAt }: ActionRow): void {
    let number = this.#targets.indexOf(target);
    if (number < 0) number = this.#targets.push(target) - 1;
    this.#target.push(number);
    this.#standing.push(STANDINGS.indexOf(standing));
    this.#traceAt.push(traceAt ?? NO_TRACE);
    for (const file of outputs) this.#outputs.push(file);
    this.#outputEnds.push(this.#outputs.length);
    for (const file of reads) this.#reads.push(file);
    this.#readEnds.push(this.#reads.length);
    const text = keys.join("\0");
    this.#keys.push(text);
    this.#keyLength += text.length;
    this.#keyEnds.push(this.#keyLength);
  }

  /** `placeOf`: where the files of the rows have come to be in the order they are kept in. */
  columns(placeOf: (id: FileId) => FileId): ActionColumns {
    return {
      targets: this.#targets,
      target: this.#target.whole(),
      standing: this.#standing.whole(),
      traceAt: this.#traceAt.whole(),
      outputEnds: this.#outputEnds.whole(),
      outputs: this.#outputs.whole().map(placeOf),
      readEnds: this.#readEnds.whole(),
      reads: this.#reads.whole().map(placeOf),
      keyEnds: this.#keyEnds.whole(),
      keys: this.#keys.join(""),
    };
  }
}

const NO_ACTIONS: ActionColumns = {
  targets: [],
  target: new Uint32Array(),
  standing: new Uint8Array(),
  traceAt: new Float64Array(),
  outputEnds: new Uint32Array(),
  outputs: new Uint32Array(),
  readEnds: new Uint32Array(),
  reads: new Uint32Array(),
  keyEnds: new Uint32Array(),
  keys: "",
};

type NumberArray = Uint8Array | Uint32Array | Float64Array;

/** A column that grows. */
class Numbers<Kind extends NumberArray> {
  #values: Kind;
  length: number;

  constructor(begin: Kind) {
    this.#values = begin;
    this.length = begin.length;
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new (this.#values.constructor as new (length: number) => Kind)(2 * this.length + 64);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  whole(): Kind {
    return this.#values.subarray(0, this.length) as Kind;
  }
}
