/** What `faceless pin` and `unpin` did. */
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
}

const NEXT = {
  nothing: "no build had used it yet, so nothing else changes",
  kept: "the file in its place was changed by hand, and is kept",
  made: "the next build restores it or makes it again",
} as const;

/** Ends in a line break. */
export function sayUnpinned(project: string, pins: readonly Unpinned[]): string {
  return pins
    .map(({ path, next }) => `${sayItem("unpinned", `${project}/${path}`, `(${NEXT[next]})`)}\n`)
    .join("");
}
