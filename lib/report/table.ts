/** Columns of text. */
import { displayWidth } from "./width.ts";

/** Names to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column]!))));
  const pad = (cell: string, column: number) => {
    const space = " ".repeat(widths[column]! - displayWidth(cell));
    return column === 0 ? cell + space : space + cell;
  };
  return rows.map((row) => `  ${row.map(pad).join("  ")}`.trimEnd());
}
