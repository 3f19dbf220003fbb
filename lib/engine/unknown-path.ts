/** What is said of a path that no target makes: whether it is a source, and which output is likely meant. */
import { dirname } from "node:path/posix";
import { nearest } from "../base/nearest.ts";
import type { CodedProblem } from "../model/event.ts";
import type { Places } from "./place.ts";

const LISTED = "`faceless graph --outputs` lists what there is to build.";

/** `outputs` as far as they are known, project-relative like the path. */
export function unknownPath(path: string, outputs: Iterable<string>, places: Places): CodedProblem {
  const meant = nearest(path, withFolders(outputs));
  return {
    code: "usage.invalid",
    message: `no target makes ${places.name(path)}.`,
    help: meant === undefined ? LISTED : `Did you mean '${places.name(meant)}'? ${LISTED}`,
  };
}

export function sourcePath(path: string, places: Places): CodedProblem {
  return {
    code: "usage.invalid",
    message: `${places.sourceName(path)} is a source: no target makes it.`,
    help: "`faceless graph --outputs` tells what is made from it.",
  };
}

function withFolders(outputs: Iterable<string>): ReadonlySet<string> {
  const all = new Set(outputs);
  // A set's loop reaches what is added meanwhile.
  for (const path of all) if (dirname(path) !== ".") all.add(dirname(path));
  return all;
}
