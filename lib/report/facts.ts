/** What `faceless info` says: sections of names and what they stand for. */
import { printable } from "./width.ts";

export type Facts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Ends in a line break. */
export function sayFacts(facts: Facts): string {
  const names = Object.values(facts).flatMap((section) => Object.keys(section));
  const width = Math.max(...names.map((name) => name.length));
  const sections = Object.entries(facts).map(([title, section]) => {
    const lines = Object.entries(section).map(
      ([name, value]) => `  ${name.padEnd(width)}  ${printable(value)}`,
    );
    return [title, ...(lines.length === 0 ? ["  none"] : lines)].join("\n");
  });
  return `${sections.join("\n\n")}\n`;
}
