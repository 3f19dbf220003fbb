/** The traces of a project: an append-only file of records, each one checksum, one line, one write. */
import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import type { TargetPath } from "../model/pipeline.ts";
import type { Trace } from "../model/trace.ts";
import { naming, writeAtomically } from "./files.ts";

/** The format's own first line; a file that starts otherwise was not written by this version. */
const HEADER = "faceless journal 1\n";

type Entry = { readonly trace: Trace } | { readonly forget: TargetPath };

/** Compacted when it holds this many times what is live, and is worth the write. */
const GROWN = 3;
const SMALL = 1_000;

export interface Loaded {
  readonly traces: ReadonlyMap<TargetPath, Trace>;
  readonly records: number;
  /** What was dropped, as sentences. */
  readonly warnings: readonly string[];
  /** Whether more may be missing than a record that was being written: not all that there was is known any more. */
  readonly damaged: boolean;
}

/** Reads without changing anything. Records that fail their checksum are dropped: their outputs are looked at anew. */
export function loadJournal(path: string, name: string): Loaded {
  const text = readText(path);
  if (text === undefined) return { traces: new Map(), records: 0, warnings: [], damaged: false };
  if (!text.startsWith(HEADER)) {
    const warning = `${name} is no journal of this version and is not used. Outputs are taken over where the cache knows them.`;
    return { traces: new Map(), records: Number.POSITIVE_INFINITY, warnings: [warning], damaged: true };
  }
  const traces = new Map<TargetPath, Trace>();
  const lines = text.slice(HEADER.length).split("\n");
  const torn = lines.pop() !== "";
  let damaged = 0;
  for (const line of lines) {
    const entry = parseLine(line);
    if (entry === undefined) damaged += 1;
    else if ("trace" in entry) traces.set(entry.trace.id, entry.trace);
    else traces.delete(entry.forget);
  }
  const warnings: string[] = [];
  if (torn)
    warnings.push(`the last record of ${name} was cut off and is dropped; its output is looked at anew.`);
  if (damaged > 0) {
    warnings.push(
      `${damaged} damaged record${damaged === 1 ? " is" : "s are"} dropped from ${name}; the outputs are looked at anew.`,
    );
  }
  const records = torn || damaged > 0 ? Number.POSITIVE_INFINITY : lines.length;
  return { traces, records, warnings, damaged: damaged > 0 };
}

function readText(path: string): string | undefined {
  try {
    return naming(path, () => readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parseLine(line: string): Entry | undefined {
  const json = line.slice(9);
  // Of nothing the checksum is 0, and it is no record.
  if (json === "" || line.slice(0, 9) !== `${checksum(json)} `) return undefined;
  return JSON.parse(json) as Entry;
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, "0");
}

function formatLine(entry: Entry): string {
  const json = JSON.stringify(entry);
  return `${checksum(json)} ${json}\n`;
}

/** The journal open for writing; the caller holds the project's lock. */
export class Journal {
  readonly #path: string;
  readonly #traces: Map<TargetPath, Trace>;
  #fd: number;

  constructor(path: string, loaded: Loaded) {
    this.#path = path;
    this.#traces = new Map(loaded.traces);
    mkdirSync(dirname(path), { recursive: true });
    const live = this.#traces.size;
    const start = loaded.records === 0 && live === 0;
    if (start || loaded.records > Math.max(SMALL, GROWN * live)) this.#rewrite();
    this.#fd = openSync(path, "a");
  }

  /** Drops what is not live any more, and any damage. */
  #rewrite(): void {
    const records = [...this.#traces.values()].map((trace) => formatLine({ trace }));
    writeAtomically(this.#path, HEADER + records.join(""), randomUUID());
  }

  get traces(): ReadonlyMap<TargetPath, Trace> {
    return this.#traces;
  }

  record(trace: Trace): void {
    this.#append({ trace });
    this.#traces.set(trace.id, trace);
  }

  /** To be called before an output that a trace vouches for is replaced or removed. */
  forget(id: TargetPath): void {
    if (!this.#traces.has(id)) return;
    this.#append({ forget: id });
    this.#traces.delete(id);
  }

  #append(entry: Entry): void {
    const line = Buffer.from(formatLine(entry));
    const written = naming(this.#path, () => writeSync(this.#fd, line));
    if (written === line.length) return;
    // A short write (a disk just full) is taken back: what is appended later must not stand on the same line.
    ftruncateSync(this.#fd, fstatSync(this.#fd).size - written);
    throw Object.assign(new Error("no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
      path: this.#path,
    });
  }

  close(): void {
    closeSync(this.#fd);
  }
}
