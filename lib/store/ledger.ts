/** The ledger of a project: what was asked of paid services and how each request ended, appended and never changed. */
import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { Failure } from "../base/failure.ts";
import { plural } from "../base/plural.ts";
import type { LedgerRecord } from "../model/ledger.ts";
import { naming, statFile, syncNames, writeAtomically } from "./files.ts";
import { appendLine, CHECKSUM, isWhole, lineOf } from "./record-lines.ts";

/** The format's own first line. */
const HEADER = "faceless ledger 1\n";

/** Reads what was appended since it read last; whoever writes may go on meanwhile. */
export class LedgerReader {
  readonly #path: string;
  /** What messages call it. */
  readonly #name: string;
  /** Up to here all lines were read, in bytes. */
  #end = 0;

  constructor(path: string, name: string) {
    this.#path = path;
    this.#name = name;
  }

  /** Where the last whole line ends, in bytes. */
  get end(): number {
    return this.#end;
  }

  /**
   * None where there is no file. What stands after the last line break is not read: it is still being written, or was
   * cut off. @throws Failure for a file that is no ledger
   */
  readOn(): { readonly records: readonly LedgerRecord[]; readonly warnings: readonly string[] } {
    const bytes = this.#bytesFrom(this.#end);
    if (bytes === undefined) return { records: [], warnings: [] };
    let start = 0;
    if (this.#end === 0) {
      if (bytes.toString("latin1", 0, HEADER.length) !== HEADER) throw noLedger(this.#name);
      start = HEADER.length;
    }
    const records: LedgerRecord[] = [];
    let damaged = 0;
    for (let end = bytes.indexOf(10, start); end >= 0; end = bytes.indexOf(10, start)) {
      const line = bytes.subarray(start, end);
      if (isWhole(line)) records.push(JSON.parse(line.toString("utf8", CHECKSUM)) as LedgerRecord);
      else damaged += 1;
      start = end + 1;
    }
    this.#end += start;
    const text = `${this.#name} is damaged: ${plural(damaged, "record")} of what was paid cannot be read.`;
    return { records, warnings: damaged === 0 ? [] : [text] };
  }

  #bytesFrom(start: number): Buffer | undefined {
    if (statFile(this.#path) === undefined) return undefined;
    const fd = openSync(this.#path, "r");
    try {
      const bytes = Buffer.alloc(Math.max(0, fstatSync(fd).size - start));
      return bytes.subarray(
        0,
        naming(this.#path, () => readSync(fd, bytes, 0, bytes.length, start)),
      );
    } finally {
      closeSync(fd);
    }
  }
}

function noLedger(name: string): Failure {
  return new Failure(`${name} is no ledger of this version, so nobody knows what was paid for.`, {
    code: "pipeline.state",
    help: "Move it away, and a new one is begun.",
  });
}

/** A ledger open for writing. One process at a time: whoever holds the lock of the project, or of its drafts. */
export class Ledger {
  readonly #path: string;
  readonly #fd: number;
  #size: number;
  #isClosed = false;

  private constructor(path: string, size: number) {
    this.#path = path;
    this.#fd = openSync(path, "a");
    this.#size = size;
  }

  /** `reader` has read all of it. A last record that was cut off is dropped, and `warn` told. */
  static async open(
    path: string,
    name: string,
    reader: LedgerReader,
    warn: (text: string) => void,
  ): Promise<Ledger> {
    if (statFile(path) === undefined) {
      writeAtomically(path, HEADER);
      // With the state's folder, which can be as new.
      await syncNames(path, dirname(dirname(path)));
      return new Ledger(path, HEADER.length);
    }
    const ledger = new Ledger(path, reader.end);
    if (fstatSync(ledger.#fd).size > reader.end) {
      ftruncateSync(ledger.#fd, reader.end);
      warn(`the last record of ${name} was cut off and is dropped.`);
    }
    return ledger;
  }

  /** @throws errors of the file system, and the same after `close`: by then the descriptor can be another file's */
  append(record: LedgerRecord): void {
    if (this.#isClosed) throw closed(this.#path);
    const line = lineOf(JSON.stringify(record));
    appendLine(this.#fd, this.#path, this.#size, line);
    this.#size += line.length;
  }

  /** A power cut does not take what was appended any more. */
  async sync(): Promise<void> {
    try {
      await promisify(fdatasync)(this.#fd);
    } catch (error) {
      naming(this.#path, () => {
        throw error;
      });
    }
  }

  close(): void {
    this.#isClosed = true;
    closeSync(this.#fd);
  }
}

function closed(path: string): Error {
  const error = new Error("the build that it was open for is over, write");
  return Object.assign(error, { code: "EBADF", syscall: "write", path });
}
