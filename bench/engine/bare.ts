/** What Node takes that does less than any engine can: the floor under a build that has nothing to do. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Tree } from "./graph.ts";

export const BARE = ["node -e 0", "node, a stat each"] as const;
export type Bare = (typeof BARE)[number];

const STATS = `const fs = require("node:fs");
for (const path of fs.readFileSync(process.argv[1], "utf8").split("\\0")) fs.statSync(path, { throwIfNoEntry: false });`;

/** The command. A stat each is of every source and output of a tree, named in one file that is read at once. */
export function bareCommand(bare: Bare, tree: Tree | undefined, work: string): string[] {
  if (bare === "node -e 0") return [process.execPath, "-e", "0"];
  if (tree === undefined) throw new Error("BUG: there is no tree to look at");
  const files = readdirSync(tree.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(".faceless"))
    .map(({ parentPath, name }) => join(parentPath, name));
  const list = join(work, "paths");
  writeFileSync(list, files.join("\0"));
  return [process.execPath, "-e", STATS, list];
}
