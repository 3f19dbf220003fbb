/** The traces of a project: an append-only file of records, each one checksum, one line, one write. */
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync } from "node:fs";
import { dirname } from "node:path";
import type { TargetPath } from "../model/pipeline.ts";
import type { Trace } from "../model/trace.ts";
import { naming, type Stamp, sameStamp, stampOf, statFile, writeAtomically } from "./files.ts";
import { appendLine, CHECKSUM, isWhole, lineOf } from "./record-lines.ts";

/** The format's own first line; a file that starts otherwise was not written by this version. */
const HEADER = "faceless journal 2\n";

/** A record is `+` and a trace or `-` and the id that is forgotten, as JSON. A trace begins with its id. */
const ID_AT = CHECKSUM + 1 + '{"id":'.length;

/** Compacted when it holds this many times what is live, and is worth the write. */
const GROWN = 3;
const SMALL = 1_000;

/** Most records are shorter: read at once when one is looked up. Bytes. */
const RECORD = 1 << 12;

/** Where the records are, as an earlier build found them. */
interface JournalIndex {
  /** In bytes; undefined for an id that has no trace. */
  at(id: TargetPath): number | undefined;
}

/** Told of a record that is not what it was when it was found: it is as good as none from now on. */
export type OnDamage = (id: TargetPath) => void;

/** Gives the line that begins at a place in the journal, without its line break. */
type ReadLine = (at: number) => Buffer;

/** The traces there are. Each is read when it is asked for: together they can be larger than memory should be. */
export class Traces {
  readonly #readLine: ReadLine;
  readonly #index: JournalIndex | undefined;
  readonly #onDamage: OnDamage;
  /** What the index does not say: where the record is, or that it was forgotten. */
  readonly #at = new Map<TargetPath, number | "forgotten">();

  constructor(readLine: ReadLine, onDamage: OnDamage, index?: JournalIndex) {
    this.#readLine = readLine;
    this.#onDamage = onDamage;
    this.#onDamage = onDamage;
    this.#index = index;
  }

  /** In bytes from the journal's beginning. */
  at(id: TargetPath): number | undefined {
    const at = this.#at.get(id) ?? this.#index?.at(id);
    return at === "forgotten" ? undefined : at;
  }

  has(id: TargetPath): boolean {
    return this.at(id) !== undefined;
  }

  get(id: TargetPath): Trace | undefined {
    const at = this.at(id);
    if (at === undefined) return undefined;
    const trace = parseTrace(this.#readLine(at));
    if (trace?.id === id) return trace;
    this.#at.set(id, "forgotten");
    this.#onDamage(id);
    return undefined;
  }

  /** Whether only what is asked for is known, and not what there is. */
  get isIndexed(): boolean {
    return this.#index !== undefined;
  }

  /** All that there are; not known of an indexed journal. */
  *keys(): Generator<TargetPath> {
    if (this.#index !== undefined) throw new Error("BUG: an indexed journal is not listed");
    for (const [id, at] of this.#at) if (at !== "forgotten") yield id;
  }

  *values(): Generator<Trace> {
    for (const id of this.keys()) yield this.get(id)!;
  }

  note(id: TargetPath, at: number | "forgotten"): void {
    if (at === "forgotten" && this.#index === undefined) this.#at.delete(id);
    else this.#at.set(id, at);
  }
}

export interface Loaded {
  readonly traces: Traces;
  readonly records: number;
  /** What was dropped, as sentences. */
  readonly warnings: readonly string[];
  /** Whether more may be missing than a record that was being written: not all that there was is known any more. */
  readonly damaged: boolean;
}

/** Reads without changing anything. Records that fail their checksum are dropped: their outputs are looked at anew. */
export function loadJournal(path: string, name: string): Loaded {
  const bytes = readBytes(path);
  const readLine = (at: number) => bytes!.subarray(at, bytes!.indexOf(10, at));
  const traces = new Traces(readLine, (id) => {
    throw new Error(`BUG: the record of ${id} was whole when it was found`);
  });
  if (bytes === undefined) return { traces, records: 0, warnings: [], damaged: false };
  if (bytes.toString("latin1", 0, HEADER.length) !== HEADER) {
    const warning = `${name} is no journal of this version and is not used. Outputs are taken over where the cache knows them.`;
    return { traces, records: Number.POSITIVE_INFINITY, warnings: [warning], damaged: true };
  }
  const { damaged, torn, ...found } = noteLines(bytes, traces);
  const warnings: string[] = [];
  if (torn)
    warnings.push(`the last record of ${name} was cut off and is dropped; its output is looked at anew.`);
  if (damaged > 0) {
    const what = damaged === 1 ? "1 damaged record is" : `${damaged} damaged records are`;
    warnings.push(`${what} dropped from ${name}; the outputs are looked at anew.`);
  }
  const records = torn || damaged > 0 ? Number.POSITIVE_INFINITY : found.records;
  return { traces, records, warnings, damaged: damaged > 0 };
}

function readBytes(path: string): Buffer | undefined {
  try {
    return naming(path, () => readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Notes what the lines after the header say. */
function noteLines(bytes: Buffer, traces: Traces): { records: number; damaged: number; torn: boolean } {
  let [records, damaged, start] = [0, 0, HEADER.length];
  for (let end = bytes.indexOf(10, start); end >= 0; end = bytes.indexOf(10, start)) {
    const entry = parseHead(bytes.subarray(start, end));
    if (entry === undefined) damaged += 1;
    else {
      records += 1;
      traces.note(entry.id, entry.forget ? "forgotten" : start);
    }
    start = end + 1;
  }
  return { records, damaged, torn: start < bytes.length };
}

function readLineAt(fd: number, at: number): Buffer {
  for (let room = RECORD; ; room *= 8) {
    const bytes = Buffer.alloc(room);
    const read = readSync(fd, bytes, 0, room, at);
    const end = bytes.subarray(0, read).indexOf(10);
    if (end >= 0) return bytes.subarray(0, end);
    if (read < room) return bytes.subarray(0, read);
  }
}

/** What a line is about, without reading all of it. */
function parseHead(line: Buffer): { id: TargetPath; forget: boolean } | undefined {
  if (!isWhole(line)) return undefined;
  const forget = line[CHECKSUM] === 0x2d;
  const start = forget ? CHECKSUM + 1 : ID_AT;
  let end = line.indexOf(0x22, start + 1);
  while (line[end - 1] === 0x5c && isEscaped(line, end)) end = line.indexOf(0x22, end + 1);
  return { id: JSON.parse(line.toString("utf8", start, end + 1)) as TargetPath, forget };
}

/** Whether an odd number of backslashes stands before it. */
function isEscaped(line: Buffer, at: number): boolean {
  let before = at;
  while (line[before - 1] === 0x5c) before -= 1;
  return (at - before) % 2 === 1;
}

function parseTrace(line: Buffer): Trace | undefined {
  return isWhole(line) ? (JSON.parse(line.toString("utf8", CHECKSUM + 1)) as Trace) : undefined;
}

function traceLine({ id, ...rest }: Trace): Buffer {
  // Its id is first: parseHead finds it there.
  return lineOf(`+${JSON.stringify({ id, ...rest })}`);
}

/** The journal open for writing; the caller holds the project's lock. */
export class Journal {
  readonly traces: Traces;
  readonly #path: string;
  readonly #fd: number;
  #size: number;

  private constructor(path: string, onDamage: OnDamage, index?: JournalIndex) {
    this.#path = path;
    this.#fd = openSync(path, "a+");
    this.#size = fstatSync(this.#fd).size;
    this.traces = new Traces((at) => readLineAt(this.#fd, at), onDamage, index);
  }

  /** Compacts it where it holds much that is not live, or damage. */
  static open(path: string, loaded: Loaded, onDamage: OnDamage): Journal {
    mkdirSync(dirname(path), { recursive: true });
    const places =
      compact(path, loaded) ?? [...loaded.traces.keys()].map((id) => [id, loaded.traces.at(id)!] as const);
    const journal = new Journal(path, onDamage);
    for (const [id, at] of places) journal.traces.note(id, at);
    return journal;
  }

  /** By what an earlier build knew of it; undefined where anybody has touched it since. */
  static openIndexed(
    path: string,
    stamp: Stamp,
    at: JournalIndex["at"],
    onDamage: OnDamage,
  ): Journal | undefined {
    const stats = statFile(path);
    // What is made where a file was removed can have the number that the file had.
    if (!stats?.isFile() || !sameStamp(stampOf(stats), stamp)) return undefined;
    return new Journal(path, onDamage, { at });
  }

  record(trace: Trace): void {
    this.traces.note(trace.id, this.#append(traceLine(trace)));
  }

  /** To be called before an output that a trace vouches for is replaced or removed. */
  forget(id: TargetPath): void {
    if (!this.traces.has(id)) return;
    this.#append(lineOf(`-${JSON.stringify(id)}`));
    this.traces.note(id, "forgotten");
  }

  /** Where the line begins. */
  #append(line: Buffer): number {
    const at = this.#size;
    appendLine(this.#fd, this.#path, at, line);
    this.#size += line.length;
    return at;
  }

  /** As long as it is the same, so are the places of the records. */
  get stamp(): Stamp {
    return stampOf(fstatSync(this.#fd));
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Where the records are then; undefined where it is good as it is. */
function compact(path: string, { traces, records }: Loaded): (readonly [TargetPath, number])[] | undefined {
  const live = [...traces.keys()];
  const begins = records === 0 && live.length === 0;
  if (!begins && records <= Math.max(SMALL, GROWN * live.length)) return undefined;
  const lines = live.map((id) => traceLine(traces.get(id)!));
  writeAtomically(path, [Buffer.from(HEADER), ...lines]);
  let end = HEADER.length;
  return live.map((id, i) => {
    const at = end;
    end += lines[i]!.length;
    return [id, at];
  });
}
