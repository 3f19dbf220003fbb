/** What was trimmed from the shared cache. */
import { plural } from "../base/plural.ts";
import { sayBytes } from "./sentences.ts";

export interface Collected {
  readonly results: number;
  readonly files: number;
  readonly bytes: number;
  readonly leftBytes: number;
}

interface Wish {
  readonly maxBytes: number;
  readonly all: boolean;
  readonly paid: boolean;
}

/** What `faceless gc` says; `cache` is what to call the folder. Ends in a line break. */
export function sayCollected(
  cache: string,
  collected: Collected,
  wish: Wish & { readonly dryRun: boolean },
): string {
  const left = `${sayBytes(collected.leftBytes)} in ${cache}`;
  const over = sayOver(collected, wish);
  const first = isNothing(collected)
    ? `nothing to remove: ${left}`
    : wish.dryRun
      ? `dry run: ${sayWhat(collected)} to remove, which leaves ${left}; nothing was changed`
      : `removed ${sayWhat(collected)}, which leaves ${left}`;
  return `${first}\n${over === undefined ? "" : `${over}\n`}`;
}

/** After a build; undefined where there is nothing to tell. */
export function sayTrimmed(collected: Collected, wish: Wish): string | undefined {
  const over = sayOver(collected, wish);
  const trimmed = `the shared cache was trimmed: ${sayWhat(collected)} removed, which leaves ${sayBytes(collected.leftBytes)}.`;
  const parts = [isNothing(collected) ? undefined : trimmed, over].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(" ");
}

const isNothing = ({ results, files }: Collected) => results + files === 0;

function sayWhat({ results, files, bytes }: Collected): string {
  return `${plural(results, "result")} and ${plural(files, "file")} (${sayBytes(bytes)})`;
}

/** Why there is more left than there may be. */
function sayOver({ leftBytes }: Collected, { maxBytes, all, paid }: Wish): string | undefined {
  if (leftBytes <= maxBytes) return undefined;
  const why = [
    ...(all ? [] : ["what the projects here rest on (`faceless gc --all`)"]),
    ...(paid ? [] : ["what was paid for (`faceless gc --paid`)"]),
    "what was used in the last two hours",
  ];
  return `The shared cache holds ${sayBytes(leftBytes)}, more than ${sayBytes(maxBytes)}: it keeps ${why.join(", ")}.`;
}
