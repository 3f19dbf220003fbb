/** Tells what is wrong with sources before anything runs: all that can be known without a file that is still to be built. */
import { type Diagnostic, inOrder } from "../base/diagnostic.ts";
import type { Action, TargetPath } from "../model/pipeline.ts";
import type { Digest } from "../model/trace.ts";
import type { Found, Graph } from "../pipeline/graph.ts";
import { statFile } from "../store/files.ts";
import { Unresolved } from "./evaluate.ts";
import type { FileInput } from "./globs.ts";
import { isMeant, type Only } from "./only.ts";
import { type SourceContext, sourceFiles } from "./sources.ts";

/** What counts here is whether something is there, and what kind of thing. */
const UNREAD = "" as Digest;

/** @throws Diagnostics with every mistake in the sources of these actions */
export function checkSources(actions: Iterable<Action>, given: Omit<SourceContext, "content">): void {
  const context: SourceContext = { ...given, content: contentSeen };
  const found: Diagnostic[] = [];
  for (const action of actions) {
    for (const { slot, input } of fileInputs(action)) {
      try {
        sourceFiles(action, slot, input, context, notBuilt);
      } catch (error) {
        // An error of the file system is told by the action that meets it.
        if (error instanceof Unresolved && error.diagnostic !== undefined) found.push(error.diagnostic);
      }
    }
  }
  if (found.length > 0) throw inOrder(found);
}

function fileInputs({ target }: Action): readonly { readonly slot: string; readonly input: FileInput }[] {
  return target.inputs.flatMap(({ slot, from }) =>
    from.flatMap((input) => (input.kind === "files" ? [{ slot, input }] : [])),
  );
}

/** Of the actions that are bound, those that are asked for, and what they need; all, where nothing is said. */
export function wantedNow(
  graph: Graph,
  goals: readonly TargetPath[],
  only: Only | undefined,
): Iterable<Action> {
  const all = [...graph.actions.values()];
  if (goals.length === 0 && only === undefined) return all;
  const asked = goals.length === 0 ? all : goals.flatMap((goal) => knownOf(graph.makersOf(goal)));
  const wanted = new Set(asked.filter((action) => isMeant(action, only)));
  // The loop reaches what is added meanwhile.
  for (const action of wanted) for (const needed of knownOf(graph.needs(action))) wanted.add(needed);
  return wanted;
}

function knownOf({ actions, pending }: Found): readonly Action[] {
  return [...actions, ...pending.map(({ source }) => source)];
}

function contentSeen(path: string): ReturnType<SourceContext["content"]> {
  const stats = statFile(path);
  if (stats === undefined) return undefined;
  const kind = stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "special";
  return { kind, digest: UNREAD };
}

function notBuilt(): never {
  throw new Error("BUG: a source's pattern takes a value of a built file");
}
