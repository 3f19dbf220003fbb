/** What has been measured so far, in a file of the work folder, so that a run can be stopped and gone on with. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import type { Bare } from "./bare.ts";
import type { EngineName } from "./graph.ts";
import type { Cost } from "./measure.ts";

export const SCENARIOS = ["cold build", "nothing to do", "one leaf changed", "all sources touched"] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** A thing to be measured once: a build, or (with `bare`) Node that does less. */
export interface Step {
  readonly outputs: number;
  readonly round: number;
  readonly scenario: Scenario | "bare";
  readonly engine: EngineName | Bare;
}

export interface Measured extends Step, Cost {
  readonly at: string;
  /** Load average of the last minute. */
  readonly load: number;
}

export class Ledger {
  readonly #path: string;
  readonly #measured: Measured[] = [];

  /** `code` names the program that is measured. @throws Error where the file is another program's */
  constructor(path: string, code: string) {
    this.#path = path;
    if (!existsSync(path)) writeFileSync(path, `${JSON.stringify({ code })}\n`);
    const [head, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
    if ((JSON.parse(head!) as { code: string }).code !== code)
      throw new Error(
        "the engine is not the one that this run was begun with; begin another in another --work",
      );
    for (const line of lines) this.#measured.push(JSON.parse(line) as Measured);
  }

  add(step: Step, cost: Cost): void {
    const measured = { ...step, ...cost, at: new Date().toISOString(), load: loadavg()[0]! };
    appendFileSync(this.#path, `${JSON.stringify(measured)}\n`);
    this.#measured.push(measured);
  }

  has({ outputs, round, scenario, engine }: Step): boolean {
    return this.of(outputs, scenario, engine).some((measured) => measured.round === round);
  }

  /** What the rounds so far have cost. */
  of(outputs: number, scenario: Step["scenario"], engine: Step["engine"]): readonly Measured[] {
    return this.#measured.filter(
      (measured) =>
        measured.outputs === outputs && measured.scenario === scenario && measured.engine === engine,
    );
  }

  /** From when to when a size was measured, and under which load. */
  sayWhen(outputs: number): string {
    const all = this.#measured.filter((measured) => measured.outputs === outputs);
    const loads = all.map(({ load }) => load);
    const [from, to] = [all[0]!.at, all.at(-1)!.at].map((at) => at.slice(0, 16).replace("T", " "));
    return `${from} to ${to} UTC, load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`;
  }
}
