/** The paths of a command line → the projects they are in, and what of each is asked for. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { Failure } from "../base/failure.ts";
import { suggest } from "../base/nearest.ts";
import { CONFIG_FILE, findRoot } from "../config/root.ts";
import { Places } from "../engine/place.ts";
import type { TargetPath } from "../model/pipeline.ts";
import { DRAFTS } from "../pipeline/paths.ts";

/** The folder of a content repo that holds its projects. */
export const OUTPUT = "output";

export interface Wanted {
  readonly places: Places;
  /** What is built, relative to the root: "output/finance", or its drafts, "output/finance/draft". */
  readonly project: string;
  /** The folder's own name. */
  readonly niche: string;
  /** Instead of the one that the configuration names. */
  readonly pipeline?: string | undefined;
  /** None for everything. */
  readonly goals: readonly TargetPath[];
}

/** A project with all that the command line asks of it. */
export interface Asked extends Wanted {
  readonly force: readonly TargetPath[];
  readonly signature: string;
}

/** @throws Failure */
export function rootOf(paths: readonly string[], cwd: string): string {
  const from = resolve(cwd, paths[0] ?? ".");
  const root =
    findRoot(existsSync(from) && statSync(from).isDirectory() ? from : resolve(from, "..")) ?? findRoot(cwd);
  if (root !== undefined) return root;
  throw new Failure(`there is no ${CONFIG_FILE} in ${from} or any folder above it.`, {
    code: "config.missing",
    help: "A content repo has one at its root; go there, or begin one with `faceless init`.",
  });
}

/**
 * Whole projects and single files, by project, in the order named. What is named in a project's folder of drafts is a
 * draft; with `draft`, all is. @throws Failure
 */
export function wantedProjects(
  root: string,
  { paths, draft }: { readonly paths: readonly string[]; readonly draft: boolean },
  cwd: string,
): readonly Wanted[] {
  const all = projectNames(root);
  if (all.length === 0) throw noProject();
  const found = new Map<string, { niche: string; places: Places; whole: boolean; goals: TargetPath[] }>();
  for (const path of paths.length > 0 ? paths : [projectAt(root, cwd)]) {
    const names = namesBelow(root, resolve(cwd, path));
    if (names === undefined)
      throw new Failure(`${path} is outside the content repo ${root}.`, { code: "usage.invalid" });
    const [top, niche, ...rest] = names;
    const niches = niche === undefined && (top === undefined || top === OUTPUT) ? all : [niche];
    if (top !== undefined && top !== OUTPUT) throw notAProject(path, all);
    if (top === undefined && paths.length === 0 && all.length !== 1) throw whichProject(all);
    const { isDraft, output } = outputAt(rest);
    for (const niche of niches as string[]) {
      if (!all.includes(niche)) throw notAProject(path, all);
      const places = new Places(root, `${OUTPUT}/${niche}`, draft || isDraft);
      const wanted = found.get(places.built) ?? { niche, places, whole: false, goals: [] };
      if (output === "") wanted.whole = true;
      else wanted.goals.push(output);
      found.set(places.built, wanted);
    }
  }
  return [...found].map(([project, { niche, places, whole, goals }]) => ({
    ...{ project, niche, places },
    goals: whole ? [] : goals.sort(),
  }));
}

/** What names in a project's folder stand for: an output, or a folder of outputs; of a draft or not. */
function outputAt(names: readonly string[]): { readonly isDraft: boolean; readonly output: TargetPath } {
  const isDraft = names[0] === DRAFTS;
  return { isDraft, output: names.slice(isDraft ? 1 : 0).join("/") as TargetPath };
}

/** What a build without a path is about: the project that one stands in, else the content repo. */
export function projectAt(root: string, cwd: string): string {
  const [top, niche, inside] = namesBelow(root, cwd) ?? [];
  if (top !== OUTPUT || niche === undefined) return root;
  return join(root, OUTPUT, niche, inside === DRAFTS ? DRAFTS : "");
}

/** Whole, whether its folder is there yet or not. */
export function projectOf(root: string, niche: string, draft: boolean): Wanted {
  const places = new Places(root, `${OUTPUT}/${niche}`, draft);
  return { niche, places, project: places.built, goals: [] };
}

/** What is narrowed is a whole project: a path names what it wants by itself. @throws Failure */
export function refuseBoth(wanted: readonly Wanted[], { only }: { readonly only: object }): void {
  const named = wanted.find(({ goals }) => goals.length > 0);
  if (named === undefined || Object.keys(only).length === 0) return;
  throw new Failure("--only narrows whole projects, and a path of an output was named, too.", {
    code: "usage.invalid",
    help: "Give the one or the other.",
  });
}

/** Outputs named one by one, as typed → project to their paths within it. @throws Failure */
export function projectOutputs(
  root: string,
  wanted: readonly Wanted[],
  paths: readonly string[],
  cwd: string,
): ReadonlyMap<string, readonly TargetPath[]> {
  const found = new Map<string, TargetPath[]>();
  for (const path of paths) {
    const [top, niche, ...rest] = namesBelow(root, resolve(cwd, path)) ?? [];
    const { isDraft, output } = outputAt(rest);
    const named = wanted.filter((one) => top === OUTPUT && one.niche === niche);
    // Where drafts alone are built, a path needs not say so.
    const one = named.find(({ places }) => places.isDraft === isDraft) ?? (isDraft ? undefined : named[0]);
    if (one === undefined || output === "") {
      throw new Failure(`${path} is no file of a project that is being built.`, {
        code: "usage.invalid",
        help: `Give its path as from here, such as ${wanted[0]?.project}/final/….`,
      });
    }
    found.set(one.project, [...(found.get(one.project) ?? []), output]);
  }
  return found;
}

/** Of every project: "output/finance". */
export function allProjects(root: string): string[] {
  return projectNames(root).map((name) => `${OUTPUT}/${name}`);
}

function projectNames(root: string): string[] {
  const folder = join(root, OUTPUT);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .sort();
}

/** What messages call a path: relative to the root where it is inside. */
export function nameFrom(root: string, path: string): string {
  return namesBelow(root, path)?.join("/") ?? path;
}

/** The names from a folder down to a path; undefined where it is not below. */
function namesBelow(folder: string, path: string): string[] | undefined {
  const below = relative(folder, path);
  if (below === "") return [];
  const names = below.split(sep);
  return names[0] === ".." || isAbsolute(below) ? undefined : names;
}

function notAProject(path: string, all: readonly string[]): Failure {
  const name =
    path
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? "";
  return new Failure(`${path} is no project: a project is a folder in ${OUTPUT}/.`, {
    code: "usage.invalid",
    help: suggest(name, all),
  });
}

function noProject(): Failure {
  return new Failure(`there is no project in ${OUTPUT}/ yet.`, {
    code: "config.missing",
    help: `A project is a folder ${OUTPUT}/<niche> with scripts/ in it, and <niche> stands in ${CONFIG_FILE}.`,
  });
}

function whichProject(all: readonly string[]): Failure {
  return new Failure("say which project to build.", {
    code: "usage.invalid",
    help: all.map((name) => `faceless build ${OUTPUT}/${name}`).join(", or "),
  });
}
