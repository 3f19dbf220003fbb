/** What looking at a content repo and its machine has found, thing by thing. */
import type { FailureCode } from "../base/failure.ts";
import { sayItem } from "./sentences.ts";
import { printable } from "./width.ts";

export interface Finding {
  readonly level: "ok" | "warning" | "error";
  /** What was looked at: a file, a program, a provider. */
  readonly subject: string;
  /** What was found; of an error, what is wrong. */
  readonly message: string;
  readonly help?: string | undefined;
  readonly code?: FailureCode | undefined;
}

/** A line; of what is not ok, what to do below it. Ends in a line break. */
export function sayFinding({ level, subject, message, help }: Finding): string {
  const margin = " ".repeat("restored  ".length);
  const [first, ...rest] = level === "error" ? ["", ...message.split("\n")] : message.split("\n");
  const below = [...rest, ...(help === undefined ? [] : help.split("\n"))].map(
    (line) => `${margin}${printable(line)}\n`,
  );
  return `${sayItem(level, subject, printable(first!))}\n${below.join("")}`;
}

export function sayFindings(findings: readonly Finding[]): string {
  const count = (level: Finding["level"]) => findings.filter((one) => one.level === level).length;
  const counted = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const wrong = [
    ...(count("error") > 0 ? [counted(count("error"), "error")] : []),
    ...(count("warning") > 0 ? [counted(count("warning"), "warning")] : []),
  ];
  return wrong.length === 0 ? "all is well\n" : `${wrong.join(", ")}\n`;
}
