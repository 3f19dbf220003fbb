/** `faceless build`: the short way where nothing moved, else the whole engine is loaded. */
import { canonicalJson } from "../base/json.ts";
import { loadEnvironment } from "../config/root.ts";
import type { Budget } from "../engine/budget.ts";
import { type Survey, surveyFiles } from "../engine/up-to-date.ts";
import type { BuildEvent } from "../model/event.ts";
import { AZURE_DEPLOYMENTS } from "../model/known-values.ts";
import type { Profile } from "../report/profile.ts";
import { snapshotPath } from "../store/snapshot.ts";
import type { BuildOptions } from "./args.ts";
import { sayNothingToDo } from "./nothing-to-do.ts";
import { type Asked, projectOutputs, refuseBoth, rootOf, type Wanted, wantedProjects } from "./projects.ts";
import { type Listener, withReport } from "./report.ts";
import type { World } from "./terminal.ts";

/** `budget`: that of the command that this is a part of; else one by the options. */
export async function buildCommand(options: BuildOptions, world: World, budget?: Budget): Promise<number> {
  if (options.profile === undefined) return await buildAll(options, world, { budget });
  const { profiled } = await import("./profile.ts");
  return await profiled(options.profile, world, (profile) => buildAll(options, world, { budget, profile }));
}

interface Given {
  readonly budget: Budget | undefined;
  readonly profile?: Profile;
}

async function buildAll(
  options: BuildOptions,
  world: World,
  { budget: given, profile }: Given,
): Promise<number> {
  const root = rootOf(options.paths, world.cwd);
  const env = loadEnvironment(root, world.env);
  const wanted = wantedProjects(root, options, world.cwd);
  refuseBoth(wanted, options);
  const force = projectOutputs(root, wanted, options.force, world.cwd);
  const asking = (one: Wanted): Asked => ({
    ...one,
    force: force.get(one.project) ?? [],
    signature: signatureOf(root, one, options, env),
  });
  const budget = given ?? (await budgetOf(options));
  if (budget !== undefined) {
    const { isAffordable } = await import("./budget.ts");
    const all = wanted.map((one) => ({ root, env, asked: asking(one), options, world, survey: undefined }));
    if (!(await isAffordable(budget, all))) return 1;
  }
  return await withReport({ root, env, options }, world, async (shown) => {
    let worst = 0;
    for (const one of wanted) {
      const report = profile === undefined ? shown : withProfile(shown, profile.follow(one.project));
      const asked = asking(one);
      const survey = takeSurvey(asked, options, report.onEvent);
      if (survey?.moved.length === 0 && survey.snapshot.verdict.ok && !options.verbose) {
        sayNothingToDo(asked, survey, report.onEvent);
        continue;
      }
      report.onEvent({ type: "phase", phase: "load-engine" });
      const { fullBuild } = await import("./full-build.ts");
      const { ok } = await fullBuild({
        ...{ root, env, asked, options, world, survey, budget },
        emit: report.onEvent,
      });
      if (!ok) worst = 1;
      if (world.stop.aborted) return 130;
      if (!ok && !options.keepGoing && !options.dryRun) break;
    }
    return worst;
  });
}

/** What the whole command may spend; undefined for no bound. */
export async function budgetOf({ budget: limit }: Pick<BuildOptions, "budget">): Promise<Budget | undefined> {
  if (limit === undefined) return undefined;
  const { Budget } = await import("../engine/budget.ts");
  return new Budget(limit);
}

function withProfile(report: Listener, profile: (event: BuildEvent) => void): Listener {
  const onEvent = (event: BuildEvent) => {
    profile(event);
    report.onEvent(event);
  };
  return { onEvent };
}

/**
 * All that decides what a build does, besides files and the code, whose own file the verdict rests on. The root too:
 * the state of a content repo that was copied speaks of the files of the one it was copied from.
 */
export function signatureOf(
  root: string,
  { goals }: Wanted,
  { set, only }: Pick<BuildOptions, "set" | "only">,
  env: NodeJS.ProcessEnv,
): string {
  const own = ["FACELESS_FFMPEG", "FACELESS_FFPROBE", "FACELESS_FONTS", "FACELESS_CACHE_DIR"];
  const variables = ["PATH", ...own, ...Object.values(AZURE_DEPLOYMENTS)];
  const environment = Object.fromEntries(variables.map((name) => [name, env[name] ?? null]));
  return canonicalJson({ root, goals: [...goals], set, only, environment, node: process.version });
}

/** Undefined where more is asked for than to bring up to date what is not. */
function takeSurvey(
  asked: Asked,
  options: BuildOptions,
  emit: (event: BuildEvent) => void,
): Survey | undefined {
  if (asked.force.length > 0 || options.discardEdits || options.dryRun) return undefined;
  emit({ type: "phase", phase: "check-verdict" });
  return surveyFiles(snapshotPath(asked.places.state), asked.signature, Date.now);
}
