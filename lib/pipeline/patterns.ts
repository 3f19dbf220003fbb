/** Path patterns: filled in for a binding, read back from a path, and matched against the files there are. */
import picomatch from "picomatch";
import { Diagnostics } from "../base/diagnostic.ts";
import type { Axis, AxisValue, Binding, Expression, Reference, TargetPath } from "../model/pipeline.ts";
import { keyProblem } from "./paths.ts";
import { partsOf } from "./scope.ts";

/** Finds source files; paths are project-relative, or from the content repo's root with a leading `/`. */
export type MatchFiles = (glob: string) => readonly string[];

/** The path of an output for one binding; patterns name axis keys and nothing else. */
export function pathText(pattern: Expression, binding: Binding): TargetPath {
  const parts = partsOf(pattern).map((part) =>
    typeof part === "string" ? part : binding[axisNamed(part)]!.key,
  );
  return parts.join("") as TargetPath;
}

/**
 * Whether a pattern gives this path, or one in the folder that it is, for some entries of the axes that the binding does
 * not have yet.
 */
export function mayGive(pattern: Expression, binding: Binding, path: string): boolean {
  const source = partsOf(pattern).map((part) => {
    const known = typeof part === "string" ? part : binding[axisNamed(part)]?.key;
    return known === undefined ? OPEN : known.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  // No key has a slash in it.
  const names = source.join("").split("/");
  const wanted = path.split("/");
  return (
    names.length >= wanted.length &&
    wanted.every((name, i) => new RegExp(`^${names[i]!.replaceAll(OPEN, ".+")}$`, "s").test(name))
  );
}

/** No path has it. */
const OPEN = "\0";

function axisNamed(reference: Reference): string {
  if (reference.kind !== "axis")
    throw new Error(`BUG: a path pattern with a reference to '${reference.kind}'`);
  return reference.axis;
}

/** One entry per matching file, its key the part that the axis's own name stands for, in code-unit order. */
export function fileEntries(axis: Extract<Axis, { kind: "files" }>, match: MatchFiles): readonly AxisValue[] {
  const glob = axis.pattern.map((piece) => (typeof piece === "string" ? piece : "*")).join("");
  // The pattern has no wildcard before the axis's own, so its part is the first capture.
  const matcher = picomatch.makeRe(glob, { capture: true });
  const files = new Map<string, string>();
  for (const path of match(glob)) {
    const key = matcher.exec(path)?.[1];
    if (key === undefined) throw new Error(`BUG: '${glob}' matched ${path} once and then not`);
    const [problem, twin] = [keyProblem(key), files.get(key)];
    const message =
      problem !== undefined
        ? `${path}: the part of its name that is the ${axis.name}, ${JSON.stringify(key)}, ${problem} Rename the file.`
        : twin !== undefined
          ? `${twin} and ${path} are both the ${axis.name} ${JSON.stringify(key)}. Rename or remove one of them.`
          : undefined;
    if (message !== undefined) throw new Diagnostics([{ where: axis.where, message }]);
    files.set(key, path);
  }
  return [...files.keys()].sort().map((key) => ({ key, value: key }));
}
