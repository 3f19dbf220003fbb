/** The source files that an input stands for, and what can be wrong with them. */
import { basename, dirname, extname, normalize } from "node:path/posix";
import type { Location } from "../base/diagnostic.ts";
import { nearest } from "../base/nearest.ts";
import { CONFIG_FILE } from "../config/root.ts";
import type { Action } from "../model/pipeline.ts";
import type { Digest } from "../model/trace.ts";
import type { Graph } from "../pipeline/graph.ts";
import { escapeGlob, sourceProblem, splitGlob, withoutDrafts } from "../pipeline/paths.ts";
import type { MatchFiles } from "../pipeline/patterns.ts";
import { referencesIn } from "../pipeline/scope.ts";
import { type ReadJson, Unresolved } from "./evaluate.ts";
import { type FileInput, inputGlobs } from "./globs.ts";
import type { Places } from "./place.ts";

export interface ResolvedInput {
  /** Absolute. */
  readonly path: string;
  /** Relative to the content repo; for messages alone. */
  readonly name: string;
  readonly extension: string;
  readonly digest: Digest;
  /** Where a command finds it in its scratch folder. */
  readonly scratch: string;
}

/** What finding sources asks of the build that it is part of. */
export interface SourceContext {
  readonly graph: Graph;
  readonly places: Places;
  readonly match: MatchFiles;
  /** What is at an absolute path, or will be; undefined where there is nothing. */
  content(path: string): { readonly kind: string; readonly digest: Digest } | undefined;
}

export interface FoundFiles {
  readonly files: readonly ResolvedInput[];
  /** Whether the input can stand for more than one file. */
  readonly several: boolean;
}

/** @throws Unresolved */
export function sourceFiles(
  action: Action,
  slot: string,
  input: FileInput,
  context: SourceContext,
  readJson: ReadJson,
): FoundFiles {
  const globs = inputGlobs(input, action, readJson);
  const found = globs.texts.map((glob) => globFiles(glob, slot, input, context));
  return {
    files: found.flatMap(({ files }) => files),
    several: globs.several || found.some(({ several }) => several),
  };
}

/** @throws Unresolved */
function globFiles(glob: string, slot: string, input: FileInput, context: SourceContext): FoundFiles {
  const refuse = (problem: string) => Unresolved.at(input.where, `${problem}${sayOrigin(input)}`);
  const problem = sourceProblem(glob);
  if (problem !== undefined) throw refuse(`'${glob}' ${problem}`);
  const { base, rest } = splitGlob(glob);
  const isGlob = rest !== "";
  const paths = isGlob ? context.match(glob) : plainPath(glob, base);
  for (const path of paths) refuseOutput(path, input, context);
  if (paths.length === 0) {
    const name = glob.startsWith("/") ? glob : context.places.sourceName(glob);
    throw refuse(`'${slot}': no file matches ${name}.`);
  }
  const files = paths.map((path) => {
    const whole = path.replace(/^\//, "");
    const relative = base === "" ? whole : whole.slice(base.length + 1);
    const place = { absolute: context.places.source(path), name: context.places.sourceName(path) };
    const file = inputFile(path, place, input.where, context);
    if (file === undefined) {
      const problem = isGlob
        ? `${context.places.sourceName(path)} is gone.`
        : sayMissing(path, input, context);
      throw refuse(`'${slot}': ${problem}`);
    }
    // A path that is spelt out has a number for its name: renamed, it is the same input.
    return isGlob ? { ...file, scratch: relative } : file;
  });
  return { files, several: isGlob };
}

/** A value of the configuration is to be mended there, whatever the pipeline does with it. */
function sayOrigin({ setting }: FileInput): string {
  return setting === undefined ? "" : ` It is what ${CONFIG_FILE} has as '${setting}'.`;
}

function sayMissing(path: string, { pattern }: FileInput, { graph, places, match }: SourceContext): string {
  const missing = `there is no file ${places.sourceName(path)}.`;
  const inProject = projectPath(path, places);
  const [maker] = inProject === undefined ? [] : graph.mayMake(inProject);
  if (maker !== undefined)
    return `${missing} The target '${maker.name}' may make it: name the target instead of its file.`;
  // An entry's own name is not mistyped.
  if (!referencesIn(pattern).next().done) return missing;
  const beside = match(`${escapeGlob(dirname(path))}/*`)
    .filter((one) => !graph.owns(projectPath(one, places) ?? ""))
    .map((one) => basename(one));
  const meant = nearest(basename(path), beside);
  return meant === undefined ? missing : `${missing} Did you mean '${meant}'?`;
}

/** Like a glob, it never finds what is ours. */
function plainPath(glob: string, base: string): readonly string[] {
  if (base.split("/").includes(".faceless")) return [];
  return [glob.startsWith("/") ? `/${base}` : base];
}

/** A source's path from the project's folder; undefined for one outside of it. */
function projectPath(path: string, { project }: Places): string | undefined {
  const own = `/${project}/`;
  if (path.startsWith(own)) return path.slice(own.length);
  return path.startsWith("/") ? undefined : normalize(path);
}

/** A file that a target makes is no source: read as one, it would be read before it is made. */
function refuseOutput(path: string, { where }: FileInput, context: SourceContext): void {
  const inProject = projectPath(path, context.places);
  const maker = inProject === undefined ? undefined : context.graph.maker(withoutDrafts(inProject));
  if (maker === undefined) return;
  throw Unresolved.at(
    where,
    `${context.places.sourceName(path)} is made by '${maker.target.name}': name the target instead of its file.`,
  );
}

/** Undefined where there is nothing. @throws Unresolved for what is no file */
export function inputFile(
  path: string,
  { absolute, name }: { readonly absolute: string; readonly name: string },
  where: Location,
  context: Pick<SourceContext, "content">,
): ResolvedInput | undefined {
  const content = context.content(absolute);
  if (content === undefined) return undefined;
  if (content.kind === "folder") {
    const all = `${path.startsWith("/") ? path : `./${path}`}/**`;
    throw Unresolved.at(where, `${name} is a folder, where a file is expected. All files in it: ${all}`);
  }
  if (content.kind !== "file")
    throw Unresolved.at(where, `${name} is a pipe, socket or device, where a file is expected.`);
  return {
    path: absolute,
    name,
    extension: extname(path).toLowerCase(),
    digest: content.digest,
    scratch: "",
  };
}
