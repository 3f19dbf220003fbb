/** What was measured at one size, as a table in markdown. */
import { BARE } from "./bare.ts";
import type { EngineName } from "./graph.ts";
import { type Ledger, SCENARIOS, type Step } from "./ledger.ts";

/** Cells that there is no measurement for are "-". */
export function tableOf(ledger: Ledger, outputs: number, engines: readonly EngineName[]): string {
  const row = (scenario: Step["scenario"], engine: Step["engine"], against: Step["scenario"]) => {
    const own = ledger.of(outputs, scenario, engine);
    const ninja = ledger.of(outputs, against, "ninja");
    const costs = (["wall", "cpu"] as const).flatMap((what) => {
      const [ours, theirs] = [own, ninja].map((all) => median(all.map((cost) => cost[what])));
      const ratio = ours === undefined || theirs === undefined ? undefined : ours / theirs;
      return [digits(ours, 3), digits(ratio, 2)];
    });
    // ninja and make are smaller than the wrapper that starts them, so theirs is not known.
    const small = engine === "ninja" || engine === "make";
    const peak = small ? undefined : median(own.map((cost) => cost.peak));
    return [scenario, engine, ...costs, peak?.toFixed(0) ?? "-", String(own.length)];
  };
  const rows = SCENARIOS.flatMap((scenario) => engines.map((engine) => row(scenario, engine, scenario)));
  const bare = BARE.map((one) => row("bare", one, "nothing to do"));
  const head = ["", "", "wall s", "× ninja", "CPU s", "× ninja", "peak MB", "runs"];
  const rule = head.map((_, i) => (i < 2 ? "---" : "---:"));
  return [head, rule, ...rows, ...bare].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** So many digits count, and no fewer than stand before the point. */
function digits(value: number | undefined, count: number): string {
  if (value === undefined) return "-";
  return value >= 10 ** count ? value.toFixed(0) : value.toPrecision(count);
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle];
  return sorted.length === 0 ? undefined : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
