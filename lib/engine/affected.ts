/** Which actions a few moved files can have changed. Pure. */
import type { ActionTable, RowId } from "../store/action-table.ts";
import type { FileId } from "../store/file-table.ts";

const NOBODY = 0xffff_ffff;

/** Who makes each file and who reads it. */
export class Uses {
  readonly #table: ActionTable;
  readonly #makers: Uint32Array;
  /** Rows of the readers of all files, one file after the other, and where each file's end. */
  readonly #readers: Uint32Array;
  readonly #ends: Uint32Array;

  constructor(table: ActionTable, files: number) {
    // Plain loops over the columns: with a view for each row this took four times as long.
    const { outputs, outputEnds, reads, readEnds } = table.columns;
    this.#table = table;
    this.#makers = new Uint32Array(files).fill(NOBODY);
    for (let row = 0, at = 0; row < table.size; row++)
      for (; at < outputEnds[row]!; at++) this.#makers[outputs[at]!] = row;
    const counts = new Uint32Array(files);
    for (let at = 0; at < reads.length; at++) counts[reads[at]!]! += 1;
    this.#ends = new Uint32Array(files);
    for (let id = 0, end = 0; id < files; id++) {
      this.#ends[id] = end;
      end += counts[id]!;
    }
    this.#readers = new Uint32Array(reads.length);
    for (let row = 0, at = 0; row < table.size; row++)
      for (; at < readEnds[row]!; at++) this.#readers[this.#ends[reads[at]!]!++] = row;
  }

  maker(file: FileId): RowId | undefined {
    const row = this.#makers[file];
    return row === NOBODY ? undefined : row;
  }

  readers(file: FileId): Uint32Array {
    return this.#readers.subarray(file === 0 ? 0 : this.#ends[file - 1]!, this.#ends[file]!);
  }

  /**
   * The rows that have to be looked at: what is not up to date, what reads or made a moved file, and all that comes
   * after. Undefined where a moved file is none that an action reads or makes (configuration, a folder that a glob
   * looks into): then the graph itself can be another.
   */
  affected(moved: readonly FileId[]): ReadonlySet<RowId> | undefined {
    const found = new Set<RowId>(this.#table.standingSo("stale"));
    for (const file of moved) {
      const [maker, readers] = [this.maker(file), this.readers(file)];
      if (maker === undefined && readers.length === 0) return undefined;
      if (maker !== undefined) found.add(maker);
      for (const row of readers) found.add(row);
    }
    // A set that grows while it is gone through is gone through to its end.
    for (const row of found) {
      for (const file of this.#table.outputs(row)) for (const after of this.readers(file)) found.add(after);
    }
    return found;
  }
}
