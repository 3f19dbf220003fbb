/** What is looked at before an action is: whether there is what was asked for, anything to build, and what it is made from. */
import { Failure } from "../base/failure.ts";
import type { Action, Pipeline } from "../model/pipeline.ts";
import type { Graph } from "../pipeline/graph.ts";
import { checkSources, wantedNow } from "./check-sources.ts";
import { checkOnly } from "./only.ts";
import { isSource, type Seen } from "./outline.ts";
import type { Places } from "./place.ts";
import type { BuildRequest } from "./request.ts";
import { sourcePath, unknownPath } from "./unknown-path.ts";

/** `part`: the actions that are to be looked at, where that is not the whole graph. @throws Failure, Diagnostics */
export function lookFirst(
  request: BuildRequest,
  seen: Omit<Seen, "wanted">,
  part: readonly Action[] | undefined,
): void {
  checkPaths(request, seen);
  if (part === undefined) tellEmpty(request, seen.graph);
  const { keepGoing, accept, goals, only } = request;
  if (only !== undefined) checkOnly(only, seen.graph.pipeline, seen.match);
  // Where nothing is to go on after a failure, nothing begins that is known to fail; and a dry run tells of that.
  if (!keepGoing && !accept) checkSources(part ?? wantedNow(seen.graph, goals, only), seen);
}

/** Paths that the user named must be ones that a target makes, or could make. @throws Failure */
function checkPaths({ goals, force }: BuildRequest, seen: Omit<Seen, "wanted">): void {
  const { graph, places } = seen;
  for (const path of [...goals, ...force]) {
    const { actions, pending } = graph.makersOf(path);
    if (force.includes(path) && graph.maker(path) === undefined && actions.length > 0)
      throw new Failure(`${places.name(path)} is a folder; --force takes the path of an output.`, {
        code: "usage.invalid",
      });
    if (actions.length > 0 || pending.length > 0) continue;
    const { code, message, help } = isSource(path, seen)
      ? sourcePath(path, places)
      : unknownPath(path, graph.outputs(), places);
    throw new Failure(message, { code, help });
  }
}

function tellEmpty({ places, emit }: BuildRequest, { actions, pipeline }: Graph): void {
  if (actions.size === 0) emit({ type: "notice", action: undefined, text: whyEmpty(places, pipeline) });
}

/** A misnamed script looks like a project that has none. */
function whyEmpty(places: Places, pipeline: Pipeline): string {
  const globs = pipeline.axes.flatMap((axis) =>
    axis.kind === "files"
      ? [places.sourceName(axis.pattern.map((part) => (typeof part === "string" ? part : "*")).join(""))]
      : [],
  );
  return globs.length === 0 || pipeline.targets.length === 0
    ? `${pipeline.file} has no targets, or none whose 'when' is true.`
    : `there is no file ${globs.join(" or ")}, so there is nothing to build.`;
}
