/** The report without a terminal: one line for each thing worth telling, nothing redrawn, no colour. */
import type { BuildEvent } from "../model/event.ts";
import { type Entry, teller, WORD_WIDTH } from "./entries.ts";
import { printable } from "./width.ts";

export interface PlainOptions {
  /** Also tells what was fresh, pinned or blocked, every reason, and all the outputs of an action. */
  readonly verbose: boolean;
}

/** The report of one build; the next build takes a new one. */
export function plainReport(
  write: (text: string) => void,
  options: PlainOptions,
): (event: BuildEvent) => void {
  const tell = teller(options);
  return (event) => {
    for (const entry of tell(event)) write(`${setPlain(entry).join("\n")}\n`);
  };
}

function setPlain(entry: Entry): string[] {
  if (entry.kind === "line") return [printable(entry.text)];
  const { word, subject, remark, body } = entry;
  const parts = [word.padEnd(WORD_WIDTH), subject, remark].filter((part) => part !== "");
  const first = parts
    .map((part) => printable(part).replaceAll("\n", " "))
    .join("  ")
    .trimEnd();
  if (body === "") return [first];
  const margin = " ".repeat(WORD_WIDTH + 2);
  const below = printable(body)
    .split("\n")
    .map((line) => `${margin}${line}`.trimEnd());
  // A message about nothing in particular stands beside its word.
  if (subject === "" && remark === "")
    return [`${first.padEnd(margin.length)}${below[0]!.trimStart()}`, ...below.slice(1)];
  return [first, ...below];
}
