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
}

function part(list: Uint32Array, ends: Uint32Array, row: RowId): Uint32Array {
  return list.subarray(row === 0 ? 0 : ends[row - 1]!, ends[row]!);
}

/** Packs rows: those of a table as they were, and new ones. */
export class ActionPacker {
  readonly #targets: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #target = new Numbers(Uint32Array);
  readonly #standing = new Numbers(Uint8Array);
  readonly #traceAt = new Numbers(Float64Array);
  readonly #outputEnds = new Numbers(Uint32Array);
  readonly #outputs = new Numbers(Uint32Array);
  readonly #readEnds = new Numbers(Uint32Array);
  readonly #reads = new Numbers(Uint32Array);
  readonly #keyEnds = new Numbers(Uint32Array);
  readonly #keys: string[] = [];
  #keyLength = 0;

  add({ target, keys, standing, outputs, reads, traceAt }: ActionRow): void {
    const text = keys.join("\0");
    this.#row(target, text, STANDINGS.indexOf(standing), traceAt ?? NO_TRACE, outputs, reads);
  }

  /** The rows of a table that are not in `dropped`. */
  addAll(table: ActionTable, dropped: ReadonlySet<RowId>): void {
    const { keys, keyEnds, standing, traceAt } = table.columns;
    for (let row = 0, start = 0; row < table.size; row++) {
      const end = keyEnds[row]!;
      if (!dropped.has(row)) {
        const text = keys.slice(start, end);
        this.#row(
          table.target(row),
          text,
          standing[row]!,
          traceAt[row]!,
          table.outputs(row),
          table.reads(row),
        );
      }
      start = end;
    }
  }

  #row(
    target: string,
    keys: string,
    standing: number,
    traceAt: number,
    outputs: ArrayLike<FileId>,
    reads: ArrayLike<FileId>,
  ): void {
    let number = this.#numbers.get(target);
    if (number === undefined) {
      number = this.#targets.push(target) - 1;
      this.#numbers.set(target, number);
    }
    this.#target.push(number);
    this.#standing.push(standing);
    this.#traceAt.push(traceAt);
    for (let i = 0; i < outputs.length; i++) this.#outputs.push(outputs[i]!);
    this.#outputEnds.push(this.#outputs.length);
    for (let i = 0; i < reads.length; i++) this.#reads.push(reads[i]!);
    this.#readEnds.push(this.#reads.length);
    this.#keys.push(keys);
    this.#keyLength += keys.length;
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

type NumberArray = Uint8Array | Uint32Array | Float64Array;

/** A column that grows. */
class Numbers<Kind extends NumberArray> {
  readonly #make: new (
    length: number,
  ) => Kind;
  #values: Kind;
  length = 0;

  constructor(make: new (length: number) => Kind) {
    this.#make = make;
    this.#values = new make(64);
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new this.#make(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  whole(): Kind {
    return this.#values.subarray(0, this.length) as Kind;
  }
}
