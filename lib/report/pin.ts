/** What `faceless pin` and `unpin` did. */
import { shellWord } from "../base/shell.ts";
import { sayItem } from "./sentences.ts";

export interface Pinned {
  readonly path: string;
  readonly changed: boolean;
  readonly others: readonly string[];
}

/** `project`: where pins are; `built`: the same, or its drafts. Ends in a line break. */
export function sayPinned(
  { project, built }: { readonly project: string; readonly built: string },
  pins: readonly Pinned[],
): string {
  const lines = pins.map(({ path, changed, others }) => {
    const where = `${project}/pinned/${path}`;
    const stay =
      others.length === 0
        ? ""
        : `; with it ${others.join(", ")} ${others.length === 1 ? "stays" : "stay"} as it is`;
    const remark = changed
      ? `copied to ${where}, a source that belongs into git`
      : `${where} has these bytes already`;
    return sayItem("pinned", `${built}/${path}`, `(${remark}${stay})`);
  });
  return lines.map((line) => `${line}\n`).join("");
}

export interface Unpinned {
  readonly path: string;
  readonly next: "nothing" | "kept" | "made";
  readonly stored: string | undefined;
}

/** Ends in a line break. */
export function sayUnpinned(project: string, pins: readonly Unpinned[]): string {
  return pins
    .map((pin) => `${sayItem("unpinned", `${project}/${pin.path}`, sayNext(project, pin))}\n`)
    .join("");
}

function sayNext(project: string, { path, next, stored }: Unpinned): string {
  const where = stored === undefined ? "" : `; what was pinned is kept as ${stored}`;
  return `(${NEXT[next](shellWord(`${project}/${path}`))}${where})`;
}

const NEXT = {
  nothing: () => "no build had used it yet, so nothing else changes",
  kept: (path: string) =>
    `the file in its place stays as a hand edit, until \`--discard-edits\` or \`--force ${path}\``,
  made: () => "the next build restores it or makes it again",
} as const;
