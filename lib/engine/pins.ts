/** Which outputs have a file in `pinned/` that stands for them: found by listing the folder once, not by asking for each. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { TargetPath } from "../model/pipeline.ts";
import type { FileStates } from "../store/file-states.ts";
import { statFile } from "../store/files.ts";
import type { Places } from "./place.ts";

/** Links are followed; deeper than this they lead in a circle. */
const DEEPEST = 64;

/** Says whether something is at an output's path in `pinned/`. Every folder there becomes one that the build rests on. */
export function listPins(places: Places, files: FileStates): (path: TargetPath) => boolean {
  const found = new Set<string>();
  const list = (folder: string, below: string, depth: number): void => {
    if (files.look(folder)?.kind !== "folder" || depth > DEEPEST) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const [path, name] = [join(folder, entry.name), `${below}${entry.name}`];
      const isFolder = entry.isSymbolicLink() ? statFile(path)?.isDirectory() : entry.isDirectory();
      found.add(name.normalize("NFC"));
      if (isFolder) list(path, `${name}/`, depth + 1);
    }
  };
  list(places.pinned("" as TargetPath), "", 0);
  return found.size === 0 ? () => false : (path) => found.has(path.normalize("NFC"));
}
