/** What a project was charged: sums of its ledgers, by what it was for, when, and whom. */
import type { BoughtFor, Intent, LedgerRecord } from "../model/ledger.ts";
import { table } from "./table.ts";

/** US dollars. */
export interface CostRow {
  readonly name: string;
  /** How many were charged, or may have been: one that was refused cost nothing. */
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
  /** By each axis that comes first in a target's own, such as `story`; the last row is of what has no place on it. */
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

  /** `last`: the name of a row that comes after all others. */
  sorted(last?: string): readonly CostRow[] {
    const names = [...this.#rows.keys()].filter((name) => name !== last).sort();
    const all = last !== undefined && this.#rows.has(last) ? [...names, last] : names;
    return all.map((name) => rounded(this.#rows.get(name)!));
  }
}

/** Sums of floating point numbers, without what is smaller than any price. */
function rounded(row: CostRow): CostRow {
  const round = (dollars: number) => Math.round(dollars * 1e9) / 1e9;
  return { ...row, paid: round(row.paid), maybe: round(row.maybe), saved: round(row.saved) };
}

/** Of what is on no axis of that name. */
const nowhere = (axis: string) => `(no ${axis})`;

export function sumCosts(records: readonly LedgerRecord[]): Costs {
  const [total, targets, months, models] = [new Rows(), new Rows(), new Rows(), new Rows()];
  const charges = chargesOf(records);
  const savings = records.flatMap((record) => (record.kind === "saved" ? [record] : []));
  const axes = new Map(firstAxes([...charges.map(({ intent }) => intent), ...savings]));
  const rowsFor = ({ target, binding }: BoughtFor, at: number): CostRow[] => {
    const month = new Date(at).toISOString().slice(0, 7);
    const onAxes = [...axes].map(([axis, rows]) => rows.row(binding[axis] ?? nowhere(axis)));
    return [total.row("total"), targets.row(target), months.row(month), ...onAxes];
  };
  for (const { intent, paid } of charges) {
    const model = models.row(`${intent.provider} ${intent.model}`);
    for (const row of [...rowsFor(intent, intent.at), model]) count(row, intent, paid);
  }
  for (const saved of savings) for (const row of rowsFor(saved, saved.at)) row.saved += saved.cost;
  return {
    total: rounded(total.row("total")),
    axes: Object.fromEntries([...axes].map(([axis, rows]) => [axis, rows.sorted(nowhere(axis))])),
    targets: targets.sorted(),
    months: months.sorted(),
    models: models.sorted(),
  };
}

/** The first axis of each, in the order in which they turn up, with no rows yet. */
function firstAxes(all: readonly BoughtFor[]): readonly (readonly [axis: string, rows: Rows])[] {
  const names = all.flatMap(({ binding }) => Object.keys(binding).slice(0, 1));
  return [...new Set(names)].map((axis) => [axis, new Rows()]);
}

type Paid = Extract<LedgerRecord, { kind: "paid" | "unusable" }>;

interface Charge {
  readonly intent: Intent;
  /** Undefined where its answer never came. */
  readonly paid: Paid | undefined;
}

/** Each request that was charged, or may have been. */
function chargesOf(records: readonly LedgerRecord[]): readonly Charge[] {
  const paid = new Map<string, Paid>();
  const refused = new Set<string>();
  for (const record of records) {
    if (record.kind === "paid" || record.kind === "unusable") paid.set(record.id, record);
    if (record.kind === "refused") refused.add(record.id);
  }
  return records.flatMap((record) =>
    record.kind === "intent" && !refused.has(record.id)
      ? [{ intent: record, paid: paid.get(record.id) }]
      : [],
  );
}

function count(row: CostRow, { estimate }: Intent, paid: Paid | undefined): void {
  row.requests += 1;
  const dollars = paid === undefined ? estimate : paid.cost;
  if (dollars === null) row.unpriced += 1;
  else if (paid === undefined) row.maybe += dollars;
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
