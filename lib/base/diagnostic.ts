/** A complaint about a text file that a person wrote: where, what was found, what is accepted. */
import type { FailureCode } from "./failure.ts";

/** Lines and columns count from 1; a column counts UTF-16 code units. */
export interface Location {
  /** As a person would type it: relative to the content repo. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The whole source line, without its line break. */
  readonly text: string;
}

export interface Diagnostic {
  readonly where: Location | { readonly file: string };
  readonly message: string;
  readonly help?: string;
}

/** Thrown with all the mistakes of a file at once, never just the first. */
export class Diagnostics extends Error {
  readonly list: readonly Diagnostic[];
  /** What kind of file it is that is wrong; one that configures, if nobody says more. */
  readonly code: FailureCode;

  constructor(list: readonly Diagnostic[], code: FailureCode = "config.invalid") {
    super(list.map(formatDiagnostic).join("\n\n"));
    this.name = "Diagnostics";
    this.list = list;
    this.code = code;
  }
}

/** What `read` gives; the Diagnostics that it throws are of this kind. */
export function diagnosedAs<Result>(code: FailureCode, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof Diagnostics ? new Diagnostics(error.list, code) : error;
  }
}

/** Diagnostics of one file, in the file's order, each said once. */
export function inOrder(list: readonly Diagnostic[]): Diagnostics {
  const line = ({ where }: Diagnostic) => ("line" in where ? where.line : 0);
  const column = ({ where }: Diagnostic) => ("line" in where ? where.column : 0);
  const sorted = [...list].sort((a, b) => line(a) - line(b) || column(a) - column(b));
  const id = (one: Diagnostic) => `${line(one)}:${column(one)}:${one.message}`;
  return new Diagnostics(sorted.filter((one, i) => i === 0 || id(one) !== id(sorted[i - 1] as Diagnostic)));
}

/**
 * ```text
 * pipelines/p.yaml:7:5: unknown key 'taks'. Did you mean 'task'?
 *   7 |     taks: image
 *     |     ^
 * ```
 */
export function formatDiagnostic({ where, message, help }: Diagnostic): string {
  const tail = help === undefined ? "" : ` ${help}`;
  if (!("line" in where)) return `${where.file}: ${message}${tail}`;
  const number = String(where.line);
  const margin = " ".repeat(number.length);
  // Tabs are kept so that the caret stands under its column in any terminal.
  const indent = where.text.slice(0, where.column - 1).replace(/[^\t]/g, " ");
  return [
    `${where.file}:${where.line}:${where.column}: ${message}${tail}`,
    `  ${number} | ${where.text}`,
    `  ${margin} | ${indent}^`,
  ].join("\n");
}
