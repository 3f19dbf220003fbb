/** What `faceless clean` removed, and what it kept. */
import { plural } from "../base/plural.ts";
import { sayBytes, sayItem } from "./sentences.ts";

export interface Cleaned {
  readonly removed: readonly { readonly path: string; readonly bytes: number; readonly lost: boolean }[];
  readonly kept: readonly string[];
}

/** Ends in a line break. What is removed is listed where it is only foretold, or where more is to be said. */
export function sayCleaned(
  project: string,
  { removed, kept }: Cleaned,
  { dryRun, verbose }: { readonly dryRun: boolean; readonly verbose: boolean },
): string {
  const told = dryRun || verbose ? removed : [];
  const lines = [
    ...told.map(({ path }) => sayItem(dryRun ? "remove" : "removed", `${project}/${path}`)),
    ...kept.map((path) =>
      sayItem("kept", `${project}/${path}`, "(not as we made it; `--discard-edits` removes it)"),
    ),
  ];
  if (removed.length === 0) return [...lines, "nothing to remove\n"].join("\n");
  const bytes = sayBytes(removed.reduce((sum, one) => sum + one.bytes, 0));
  const files = `${plural(removed.length, "output")} (${bytes})`;
  const end = dryRun
    ? `dry run: ${files} to remove; nothing was changed`
    : `removed ${files}${sayAfter(removed)}`;
  return [...lines, end, ""].join("\n");
}

function sayAfter(removed: Cleaned["removed"]): string {
  const lost = removed.filter((one) => one.lost).length;
  const rest = "the next build restores";
  if (lost === 0) return `; ${rest} ${removed.length === 1 ? "it" : "them"} from the store`;
  const edits =
    lost === removed.length
      ? "changed by hand and gone for good"
      : `${lost} of them changed by hand and gone for good`;
  return lost === removed.length ? `, ${edits}` : `, ${edits}; ${rest} the others from the store`;
}
