/** What a project was charged: sums of its ledgers, by what it was for, when, and whom. */
import type { BoughtFor, Intent, LedgerRecord } from "../model/ledger.ts";
import { table } from "./table.ts";

/** US dollars. */
export interface CostRow {
  readonly name: string;
  /** How many were sent. */
  requests: number;
  paid: number;
  /** Requests that were charged, or may have been, that no price is known of. */
  unpriced: number;
  /** At most, of requests whose answer never came. */
  maybe: number;
  /** What came out of the cache instead of being bought again. */
  saved: number;
}

export interface Costs {
  readonly total: CostRow;
  /** By each axis that comes first in a target's own, such as `story`. */
  readonly axes: Readonly<Record<string, readonly CostRow[]>>;
  readonly targets: readonly CostRow[];
  /** "2026-11", in UTC. */
  readonly months: readonly CostRow[];
  /** "azure gpt-image-2". What was saved is of no model's. */
  readonly models: readonly CostRow[];
}

/** Rows in the order of their names, by code unit. */
class Rows {
  readonly #rows = new Map<string, CostRow>();

  row(name: string): CostRow {
    const row = this.#rows.get(name) ?? { name, requests: 0, paid: 0, unpriced: 0, maybe: 0, saved: 0 };
    this.#rows.set(name, row);
    return row;
  }

  sorted(): readonly CostRow[] {
    const names = [...this.#rows.keys()].sort();
    return names.map((name) => rounded(this.#rows.get(name)!));
  }
}

/** Sums of floating point numbers, without what is smaller than any price. */
function rounded(row: CostRow): CostRow {
  const round = (dollars: number) => Math.round(dollars * 1e9) / 1e9;
  return { ...row, paid: round(row.paid), maybe: round(row.maybe), saved: round(row.saved) };
}

export function sumCosts(records: readonly LedgerRecord[]): Costs {
  const [total, targets, months, models] = [new Rows(), new Rows(), new Rows(), new Rows()];
  const axes = new Map<string, Rows>();
  const rowsFor = (what: BoughtFor, at: number): CostRow[] => {
    const month = new Date(at).toISOString().slice(0, 7);
    const rows = [total.row("total"), targets.row(what.target), months.row(month)];
    const [first] = Object.entries(what.binding);
    if (first === undefined) return rows;
    const [axis, key] = first;
    axes.set(axis, axes.get(axis) ?? new Rows());
    return [...rows, axes.get(axis)!.row(key)];
  };
  for (const { intent, end } of requestsOf(records)) {
    const model = models.row(`${intent.provider} ${intent.model}`);
    for (const row of [...rowsFor(intent, intent.at), model]) count(row, intent, end);
  }
  for (const record of records)
    if (record.kind === "saved") for (const row of rowsFor(record, record.at)) row.saved += record.cost;
  return {
    total: rounded(total.row("total")),
    axes: Object.fromEntries([...axes].map(([axis, rows]) => [axis, rows.sorted()])),
    targets: targets.sorted(),
    months: months.sorted(),
    models: models.sorted(),
  };
}

type End = Extract<LedgerRecord, { kind: "paid" | "refused" }>;

/** Each request with how it ended; without an end where its answer never came. */
function requestsOf(records: readonly LedgerRecord[]): readonly { intent: Intent; end: End | undefined }[] {
  const ends = new Map<string, End>();
  for (const record of records)
    if (record.kind === "paid" || record.kind === "refused") ends.set(record.id, record);
  return records.flatMap((record) =>
    record.kind === "intent" ? [{ intent: record, end: ends.get(record.id) }] : [],
  );
}

function count(row: CostRow, { estimate }: Intent, end: End | undefined): void {
  row.requests += 1;
  if (end?.kind === "refused") return;
  const dollars = end === undefined ? estimate : end.cost;
  if (dollars === null) row.unpriced += 1;
  else if (end === undefined) row.maybe += dollars;
  else row.paid += dollars;
}

/** Names of columns; each is told where any row has something in it. */
const COLUMNS = {
  requests: "requests",
  paid: "paid",
  maybe: "maybe charged",
  unpriced: "without a price",
  saved: "saved",
} as const;
type Column = keyof typeof COLUMNS;
const DOLLARS: ReadonlySet<Column> = new Set(["paid", "maybe", "saved"]);

/** Ends in a line break. */
export function sayCosts(project: string, { axes, targets, months, models, total }: Costs): string {
  const columns = (Object.keys(COLUMNS) as Column[]).filter((column) => total[column] > 0);
  if (columns.length === 0) return `${project}\n  nothing was paid for, or saved\n`;
  const groups = [
    ...Object.entries(axes),
    ["target", targets],
    ["month", months],
    ["model", models],
  ] as const;
  const digits = digitsOf(groups.flatMap(([, rows]) => rows));
  const cells = (row: CostRow) =>
    columns.map((column) => {
      if (row[column] === 0) return "";
      return DOLLARS.has(column) ? `$${row[column].toFixed(digits)}` : String(row[column]);
    });
  const rows = groups.flatMap(([name, rows]) => [
    [`by ${name}`, ...columns.map(() => "")],
    ...rows.map((row) => [`  ${row.name}`, ...cells(row)]),
  ]);
  const head = ["", ...columns.map((column) => COLUMNS[column])];
  const lines = table([head, ...rows, [total.name, ...cells(total)]]);
  return `${[project, ...lines].join("\n")}\n`;
}

/** Cents where that is exact: all amounts of a table have the same, so that they can be compared at a glance. */
function digitsOf(rows: readonly CostRow[]): 2 | 4 {
  const amounts = rows.flatMap(({ paid, maybe, saved }) => [paid, maybe, saved]);
  return amounts.every((amount) => Math.abs(amount * 100 - Math.round(amount * 100)) < 1e-6) ? 2 : 4;
}
