/** `faceless generate NICHE`: has scripts written, or takes given ones, and builds their films: one way, that of `build`. */
import { constants, copyFileSync, existsSync, readFileSync, unlinkSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { Failure } from "../base/failure.ts";
import type { Json } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import { nicheOf } from "../config/project.ts";
import { loadEnvironment } from "../config/root.ts";
import type { Budget } from "../engine/budget.ts";
import type { Config, Niche } from "../model/config.ts";
import type { BuildEvent } from "../model/event.ts";
import type { TargetPath } from "../model/pipeline.ts";
import { sayItem } from "../report/sentences.ts";
import type { Options } from "./args.ts";
import { budgetOf, buildCommand, signatureOf } from "./build.ts";
import { loadConfiguration } from "./configuration.ts";
import { fullBuild } from "./full-build.ts";
import { nameFrom, projectOf, rootOf, type Wanted } from "./projects.ts";
import { withReport } from "./report.ts";
import { StoryFiles } from "./story-files.ts";
import type { World } from "./terminal.ts";

/** The pipeline that writes one script, and what it makes. */
const WRITES = { pipeline: "write-script", output: "work/written_script.json" as TargetPath };

export async function generateCommand(options: Options, world: World): Promise<number> {
  const [name, ...more] = options.paths;
  if (name === undefined || more.length > 0)
    throw new Failure("generate takes one niche.", {
      code: "usage.invalid",
      help: "Such as `faceless generate finance`.",
    });
  const root = rootOf([], world.cwd);
  const config = await loadConfiguration(root);
  const niche = nicheOf(config, name);
  const budget = await budgetOf(options);
  const project = projectOf(root, name, false);
  const asked: Generating = { root, config, niche, options, world, project, budget };
  checkWish(asked);
  const wished = settingsOf(asked);
  const stories = options.wish.scripts.length > 0 ? takeScripts(asked) : await writeScripts(asked);
  if (typeof stories === "number") return stories;
  if (stories.length === 0) return 0;
  const only: Record<string, readonly string[]> = { ...options.only, story: stories };
  if (options.wish.platforms.length > 0) only.platform = options.wish.platforms;
  const set = { ...wished, ...options.set };
  const code = await buildCommand(
    { ...options, paths: [resolve(root, project.project)], set, only },
    world,
    budget,
  );
  if (code === 0 && !options.json && Object.keys(wished).length > 0)
    world.terminal.out(sayLasting(name, wished));
  return code;
}

/** What was wished is in nobody's mind tomorrow. */
function sayLasting(niche: string, wished: Readonly<Record<string, Json>>): string {
  const { "project.music": music, ...switches } = wished;
  const options = Object.entries(switches).map(([name, value]) => `${name}: ${value}`);
  const lines = [
    ...(options.length === 0 ? [] : [`options: { ${options.join(", ")} }`]),
    ...(music === undefined ? [] : [`music: ${music}`]),
  ];
  return `\n\`faceless build\` goes by the configuration. For the same from now on, give the niche '${niche}' there:\n  ${lines.join("\n  ")}\n`;
}

interface Generating {
  readonly root: string;
  readonly config: Config;
  readonly niche: Niche;
  readonly options: Options;
  readonly world: World;
  readonly project: Wanted;
  /** Of scripts and films together. */
  readonly budget: Budget | undefined;
}

/** Before anything is written or bought. @throws Failure */
function checkWish({ niche, project, options: { wish } }: Generating): void {
  const stranger = wish.platforms.find((platform) => !niche.platforms.includes(platform));
  if (stranger === undefined) return;
  throw new Failure(`the niche '${project.niche}' has no platform '${stranger}'.`, {
    code: "usage.invalid",
    help: suggest(stranger, niche.platforms),
  });
}

/** What the wishes come to as settings of a build. @throws Failure */
function settingsOf({ root, options, world }: Generating): Record<string, Json> {
  const { switches, music } = options.wish;
  const on = Object.fromEntries(switches.map((name) => [name, true]));
  return {
    ...on,
    ...(music === undefined ? {} : { "project.music": fromRoot(root, music, world.cwd) }),
  };
}

function fromRoot(root: string, path: string, cwd: string): string {
  const file = resolve(cwd, path);
  const within = relative(root, file);
  if (!existsSync(file)) throw new Failure(`there is no file ${path}.`, { code: "usage.invalid" });
  if (within.startsWith("..") || isAbsolute(within))
    throw new Failure(`${path} is outside the content repo ${root}.`, {
      code: "usage.invalid",
      help: "Copy it into shared/music/: what a film is made from belongs to it.",
    });
  return `/${within.split(sep).join("/")}`;
}

function takeScripts({ root, options, world, project }: Generating): readonly string[] {
  const files = new StoryFiles(project.places.folder);
  return options.wish.scripts.map((path) => {
    const { story, isCopied } = files.take(path, world.cwd, options.dryRun);
    if (isCopied && options.dryRun)
      throw new Failure(
        `${path} would be copied to ${nameFrom(root, files.folder)}; what follows is known then.`,
        {
          code: "usage.invalid",
          help: "Copy it, or leave out -n.",
        },
      );
    if (isCopied && !options.json)
      world.terminal.out(`${sayItem("copied", path, `to ${nameFrom(root, files.folder)}`)}\n`);
    return story;
  });
}

/** The stories; or the exit status where one could not be written, and in a dry run, where none is. */
async function writeScripts(asked: Generating): Promise<readonly string[] | number> {
  const { root, options, world, project } = asked;
  const env = loadEnvironment(root, world.env);
  const files = new StoryFiles(project.places.folder);
  const stories: string[] = [];
  const code = await withReport({ root, env, options }, world, async ({ onEvent }) => {
    const tell = (text: string) => onEvent({ type: "notice", action: undefined, text });
    for (const [topic, from] of topicsOf(asked, files)) {
      tell(`the topic is '${topic}', ${from}.`);
      const take = 1 + files.countAbout(topic);
      if (!(await write(asked, { topic, take, env, emit: onEvent }))) return world.stop.aborted ? 130 : 1;
      if (options.dryRun) continue;
      const written = project.places.output(WRITES.output);
      const { title } = JSON.parse(readFileSync(written, "utf8")) as { title: string };
      const story = files.freeStory(title);
      moveAnew(written, files.pathOf(story));
      tell(
        `wrote ${nameFrom(root, files.pathOf(story))}: it is a source from now on, to be edited and kept in git.`,
      );
      stories.push(story);
    }
    return 0;
  });
  return code === 0 ? stories : code;
}

/** Never over a file that has come to be there. */
function moveAnew(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_EXCL);
  unlinkSync(from);
}

type Emit = (event: BuildEvent) => void;

/** Through the engine: so it is stored, paid for once, and told like anything that is built. */
async function write(
  { root, options, world, project, budget }: Generating,
  {
    topic,
    take,
    env,
    emit,
  }: { readonly topic: string; readonly take: number; env: NodeJS.ProcessEnv; emit: Emit },
): Promise<boolean> {
  const wanted = { ...project, pipeline: WRITES.pipeline, goals: [WRITES.output] };
  const writing = { ...options, set: { topic, take }, only: {}, draft: false };
  const signature = signatureOf(root, wanted, writing, env);
  const asked = { ...wanted, force: [], signature };
  return (await fullBuild({ root, env, asked, options: writing, world, survey: undefined, budget, emit })).ok;
}

/** So many topics as there are to be scripts, each with where it comes from: those that were written about least come first. */
function topicsOf({ niche, project, options: { wish } }: Generating, files: StoryFiles) {
  const count = wish.count ?? 1;
  if (wish.topic !== undefined) return repeated([wish.topic], count, "from --topic");
  if (niche.topics.length > 0) {
    const rarest = [...niche.topics].sort((a, b) => files.countAbout(a) - files.countAbout(b));
    return repeated(rarest, count, "from the niche's 'topics'");
  }
  const own = project.niche.replace(/[-_.]+/g, " ");
  return repeated([own], count, "the niche's own name: give --topic, or 'topics' of the niche, for another");
}

function repeated(
  topics: readonly string[],
  count: number,
  from: string,
): readonly (readonly [string, string])[] {
  return Array.from({ length: count }, (_, i) => [topics[i % topics.length]!, from] as const);
}
