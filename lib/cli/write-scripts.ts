/** Has the scripts written that `generate` was asked for: each by a build of its own, then moved to scripts/. */
import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadEnvironment } from "../config/root.ts";
import type { Budget } from "../engine/budget.ts";
import type { Config, Niche } from "../model/config.ts";
import type { BuildEvent, MissingScript, Outcome, Problem } from "../model/event.ts";
import type { TargetPath } from "../model/pipeline.ts";
import { acquireLock } from "../store/lock.ts";
import type { Options } from "./args.ts";
import { signatureOf } from "./build.ts";
import { fullBuild } from "./full-build.ts";
import { nameFrom, type Wanted } from "./projects.ts";
import { withReport } from "./report.ts";
import { StoryFiles } from "./story-files.ts";
import type { World } from "./terminal.ts";
import { type Topic, topicsOf } from "./topics.ts";
import { isOfOneScript, withHelp } from "./unwritten.ts";

/** The pipeline that writes one script, and what it makes. */
const WRITES = { pipeline: "write-script", output: "work/written_script.json" as TargetPath };

export interface Writing {
  readonly root: string;
  readonly config: Config;
  readonly niche: Niche;
  readonly options: Options;
  readonly world: World;
  readonly project: Wanted;
  /** Of scripts and films together. */
  readonly budget: Budget | undefined;
}

export interface Written {
  /** Of the scripts that there are now; none in a dry run. */
  readonly stories: readonly string[];
  /** None where the user interrupted: then that is what is told. */
  readonly missing: readonly MissingScript[];
  readonly wanted: number;
}

/** Where a script is before it is moved to scripts/. */
export function writtenPath({ places }: Wanted): string {
  return places.output(WRITES.output);
}

/** Whether a path of --force, as typed or as messages name it, is that of the script that is to be written. */
export function isWrittenPath(path: string, { root, world, project }: Omit<Writing, "budget">): boolean {
  return [world.cwd, root].some((folder) => resolve(folder, path) === writtenPath(project));
}

type Emit = (event: BuildEvent) => void;

/** @throws Failure, Diagnostics for what is wrong with configuration or pipeline */
export async function writeScripts(asked: Writing): Promise<Written> {
  const { root, niche, options, world, project } = asked;
  const env = loadEnvironment(root, world.env);
  const files = new StoryFiles(project.places.folder);
  let written: Written = { stories: [], missing: [], wanted: 0 };
  await withReport({ root, env, options }, world, async ({ onEvent }) => {
    const lock = options.dryRun ? undefined : await lockScripts(asked, onEvent);
    try {
      const topics = topicsOf(niche, project.niche, options.wish, files);
      if (!world.stop.aborted) written = await writeAll(topics, files, { ...asked, env, emit: onEvent });
    } finally {
      lock?.release();
    }
    return 0;
  });
  return written;
}

/** Of two that write for one project at once, each would take the other's script for its own. */
function lockScripts({ project, world }: Writing, emit: Emit) {
  const path = join(project.places.state, "writing");
  const onWait = (holder: string) => emit({ type: "waiting-for-lock", holder });
  return acquireLock(path, `faceless generate ${project.niche}`, onWait, world.stop);
}

interface Told extends Writing {
  readonly env: NodeJS.ProcessEnv;
  readonly emit: Emit;
}

/** One after the other; after a failure those that it says nothing about. */
async function writeAll(topics: readonly Topic[], files: StoryFiles, asked: Told): Promise<Written> {
  const { options, world, emit } = asked;
  const stories: string[] = [];
  const missing: MissingScript[] = [];
  const tried = new Map<string, number>();
  let goesOn = true;
  for (const { topic, from } of topics) {
    if (!goesOn) {
      missing.push({ topic });
      continue;
    }
    emit({ type: "notice", action: undefined, text: `the topic is '${topic}', ${from}.` });
    const take = 1 + Math.max(files.lastTake(topic), tried.get(topic) ?? 0);
    tried.set(topic, take);
    const { outcome, problem } = await write(asked, files, topic, take);
    if (outcome !== undefined && !options.dryRun) stories.push(await moveIn(asked, files, outcome));
    // What is under way at the first Ctrl-C is let finish, and kept; nothing is begun after it.
    if (world.stop.aborted) return { stories, missing: [], wanted: topics.length };
    if (problem === undefined && (outcome !== undefined || options.dryRun)) continue;
    missing.push(problem === undefined ? { topic } : { topic, problem });
    goesOn = options.keepGoing || (problem !== undefined && isOfOneScript(problem));
  }
  return { stories, missing, wanted: topics.length };
}

interface Ended {
  /** Undefined where there is no script. */
  readonly outcome?: Outcome | undefined;
  readonly problem?: Problem | undefined;
}

const NONE: ReadonlySet<Outcome> = new Set(["failed", "blocked", "not-started"]);

/** Through the engine: so it is stored, paid for once, and told like anything that is built. */
async function write(asked: Told, files: StoryFiles, topic: string, take: number): Promise<Ended> {
  const { root, options, world, project, budget, env } = asked;
  const output = writtenPath(project);
  // A kill between the two names of a script that was moved: an edit of the one would be taken for one of the other.
  if (!options.dryRun && files.holds(output)) rmSync(output);
  const wanted = { ...project, pipeline: WRITES.pipeline, goals: [WRITES.output] };
  const writing = { ...options, set: { topic, take }, only: {}, draft: false };
  const force = options.force.some((path) => isWrittenPath(path, asked)) ? [WRITES.output] : [];
  const signature = signatureOf(root, wanted, writing, env);
  const ended: { outcome?: Outcome; problem?: Problem } = {};
  const emit = (event: BuildEvent) => {
    const told = withHelp(event, { niche: project.niche, topic, output: nameFrom(root, output) });
    if (told.type === "finished" && told.action === WRITES.output && !NONE.has(told.outcome))
      ended.outcome = told.outcome;
    if (told.type === "finished" && told.outcome === "failed" && told.problem !== undefined)
      ended.problem = told.problem;
    asked.emit(told);
  };
  await fullBuild({
    ...{ root, env, world, budget, emit },
    asked: { ...wanted, force, signature },
    options: writing,
    survey: undefined,
  });
  return ended;
}

/** The story of what is a source from now on. */
async function moveIn({ root, project, emit }: Told, files: StoryFiles, outcome: Outcome): Promise<string> {
  const from = writtenPath(project);
  const { title } = JSON.parse(readFileSync(from, "utf8")) as { title: string };
  const { story, path } = await files.add(from, title);
  const before =
    outcome === "ran"
      ? ""
      : ` It had been written before: \`--force ${nameFrom(root, from)}\` has another one written.`;
  const text = `wrote ${nameFrom(root, path)}: it is a source from now on, to be edited and kept in git.${before}`;
  emit({ type: "notice", action: undefined, text });
  return story;
}
