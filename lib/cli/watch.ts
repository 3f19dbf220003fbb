/** `faceless watch`: builds projects, and again whenever something that they are made from changes. */
import { setMaxListeners } from "node:events";
import { realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { Failure } from "../base/failure.ts";
import { CONFIG_FILE, loadEnvironment } from "../config/root.ts";
import { Budget } from "../engine/budget.ts";
import { surveyFiles } from "../engine/up-to-date.ts";
import type { Workbench } from "../engine/workbench.ts";
import type { BuildEvent } from "../model/event.ts";
import { discreet } from "../report/discreet.ts";
import { sameStamp, stampOf } from "../store/files.ts";
import { snapshotPath } from "../store/snapshot.ts";
import { Story } from "../watch/story.ts";
import { type RoundStart, watchProject } from "../watch/watch.ts";
import type { BuildOptions } from "./args.ts";
import { signatureOf } from "./build.ts";
import { sayNothingToDo } from "./nothing-to-do.ts";
import { refuseBoth, rootOf, type Wanted, wantedProjects } from "./projects.ts";
import { type Listener, withReport } from "./report.ts";
import type { World } from "./terminal.ts";

/** 0 where it was stopped while nothing was under way, as a watch always ends; 130 where a round was interrupted. */
export async function watchCommand(options: BuildOptions, world: World): Promise<number> {
  refuseOnce(options);
  const root = rootOf(options.paths, world.cwd);
  const wanted = wantedProjects(root, options, world.cwd);
  refuseBoth(wanted, options);
  const env = loadEnvironment(root, world.env);
  return await withReport({ root, env, options }, world, ({ onEvent }) =>
    watchAll(root, wanted, options, world, { onEvent: discreet(env, onEvent) }),
  );
}

async function watchAll(
  root: string,
  wanted: readonly Wanted[],
  options: BuildOptions,
  world: World,
  report: Listener,
): Promise<number> {
  const failed = new AbortController();
  const stop = AbortSignal.any([world.stop, failed.signal]);
  setMaxListeners(0, stop);
  let interrupted = false;
  const emit = (event: BuildEvent) => {
    if (event.type === "build-finished") interrupted = event.interrupted;
    report.onEvent(event);
  };
  const shared = {
    root,
    // Of all rounds together. What each would cost is not foretold: a round is one edit, and no request passes it.
    budget: options.budget === undefined ? undefined : new Budget(options.budget),
    options,
    world: { ...world, stop },
    turns: new Turns(),
    emit,
    isCurrent: programCheck(),
  };
  const projects = wanted.map((one) => new Project({ ...shared, wanted: one, alone: wanted.length === 1 }));
  const waiting = new Set<Project>();
  const told = (project: Project) => {
    if (waiting.add(project).size === projects.length)
      emit({ type: "watch-waiting", projects: wanted.map(({ project }) => project) });
  };
  // Where one cannot go on, none does: it would be thought that all is seen.
  const watches = projects.map((project) => project.watch(() => told(project)).finally(() => failed.abort()));
  try {
    await Promise.all(watches);
  } finally {
    await Promise.allSettled(watches);
    for (const project of projects) await project.end();
  }
  return interrupted ? 130 : 0;
}

/** What makes sense once makes none again and again. @throws Failure */
function refuseOnce({ dryRun, force, discardEdits, profile }: BuildOptions): void {
  const [once] = [
    dryRun && "-n",
    force.length > 0 && "--force",
    discardEdits && "--discard-edits",
    profile !== undefined && "--profile",
  ].filter(Boolean);
  if (once !== undefined)
    throw new Failure(`watch takes no ${once}.`, {
      code: "usage.invalid",
      help: `Run \`faceless build ${once} …\` before it, or beside it.`,
    });
}

/** Rounds of several projects come one after the other: each has all cores, and the report is about one of them. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  take<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(act);
    this.#last = result.then(
      () => {},
      () => {},
    );
    return result;
  }
}

/** This program's own code is in what a build rests on: one that was replaced must not vouch for the new one's work. */
function programCheck(): () => boolean {
  const program = process.argv[1] === undefined ? undefined : realpathSync(process.argv[1]);
  if (program === undefined) return () => true;
  const stamp = () => {
    const stats = statSync(program, { throwIfNoEntry: false });
    return stats && stampOf(stats);
  };
  const began = stamp();
  return () => {
    const now = stamp();
    return began !== undefined && now !== undefined && sameStamp(began, now);
  };
}

interface ProjectParts {
  readonly root: string;
  readonly wanted: Wanted;
  /** Whether no other project is watched. */
  readonly alone: boolean;
  readonly options: BuildOptions;
  readonly budget: Budget | undefined;
  readonly world: World;
  readonly turns: Turns;
  emit(event: BuildEvent): void;
  isCurrent(): boolean;
}

class Project {
  readonly #parts: ProjectParts;
  readonly #story: Story;
  #workbench: Workbench | undefined;
  #endWorkers: () => Promise<void> = async () => {};

  constructor(parts: ProjectParts) {
    this.#parts = parts;
    this.#story = new Story(parts.wanted.project, parts.emit, Date.now);
  }

  async watch(waiting: () => void): Promise<void> {
    const { root, world, turns } = this.#parts;
    try {
      await watchProject({
        root,
        describing: [
          join(root, CONFIG_FILE),
          join(root, ".env"),
          join(root, "pipelines"),
          join(root, "tasks"),
        ],
        round: (start) => turns.take(() => this.#round(start)),
        name: (path) => this.#name(path),
        waiting,
        stop: world.stop,
        now: Date.now,
      });
    } finally {
      await this.#workbench?.close();
    }
  }

  /** Call when no project is watched any more: all share what works aside. */
  end(): Promise<void> {
    return this.#endWorkers();
  }

  async #round(start: RoundStart): Promise<void> {
    const { news } = start;
    if (!this.#parts.isCurrent())
      throw new Failure("faceless itself has changed since this watch began.", {
        code: "pipeline.state",
        help: "Start it again.",
      });
    if (this.#parts.world.stop.aborted) return;
    this.#story.begin(news);
    try {
      await this.#build(start);
    } catch (error) {
      const { problemOf } = await import("../engine/problem.ts");
      this.#story.fail(news, problemOf(error));
      return;
    }
    this.#story.end(news);
  }

  async #build({ superseded, begun }: RoundStart): Promise<void> {
    const { root, wanted, world, budget } = this.#parts;
    const env = loadEnvironment(root, world.env);
    // What does not depend on a failure is made: the next change may be to something else.
    const options = { ...this.#parts.options, keepGoing: true };
    const signature = signatureOf(root, wanted, options, env);
    const survey = surveyFiles(snapshotPath(wanted.places.state), signature, Date.now);
    const emit = this.#story.onEvent;
    if (survey?.moved.length === 0 && survey.snapshot.verdict.ok && !options.verbose) {
      begun(survey.snapshot.files);
      sayNothingToDo(wanted, survey, emit);
      return;
    }
    const { buildRound } = await import("./full-build.ts");
    const { endWorkers } = await import("../base/offload.ts");
    this.#endWorkers = endWorkers;
    await buildRound({
      ...{ root, env, options, world, survey, budget, emit },
      asked: { ...wanted, force: [], signature },
      round: {
        superseded,
        workbench: this.#workbench,
        begun: (files, workbench) => {
          this.#workbench = workbench;
          begun(files);
        },
      },
    });
  }

  /** Within its project where there is but one, else within the content repo. */
  #name(path: string): string {
    const { root, wanted, alone } = this.#parts;
    for (const folder of alone ? [wanted.places.folder, root] : [root])
      if (path.startsWith(folder + sep)) return relative(folder, path).replaceAll(sep, "/");
    return path;
  }
}
