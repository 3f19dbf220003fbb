/** `faceless generate NICHE`: has scripts written, or takes given ones, and builds their films: one way, that of `build`. */
import { existsSync } from "node:fs";
import { extname, isAbsolute, relative, resolve, sep } from "node:path";
import { Failure } from "../base/failure.ts";
import type { Json } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import { nicheOf } from "../config/project.ts";
import { loadEnvironment } from "../config/root.ts";
import { readScript } from "../media/read-script.ts";
import { sayItem } from "../report/sentences.ts";
import type { Options } from "./args.ts";
import { budgetOf, buildCommand } from "./build.ts";
import { loadConfiguration } from "./configuration.ts";
import { nameFrom, projectOf, projectOutputs, rootOf } from "./projects.ts";
import { withReport } from "./report.ts";
import { StoryFiles } from "./story-files.ts";
import type { World } from "./terminal.ts";
import { isWrittenPath, type Writing, type Written, writeScripts } from "./write-scripts.ts";

export async function generateCommand(options: Options, world: World): Promise<number> {
  const asked = await askedOf(options, world);
  const wished = settingsOf(asked);
  const { stories, missing, wanted } =
    options.wish.scripts.length > 0 ? await takeScripts(asked) : await writeScripts(asked);
  if (world.stop.aborted) return 130;
  const code = stories.length === 0 ? 0 : await buildFilms(asked, stories, wished);
  if (missing.length === 0 || code === 130) return code;
  // Of a single one the build that failed has said it last.
  if (wanted > 1) await tellMissing(asked, { wanted, missing });
  return 1;
}

/** Before anything is written or bought. @throws Failure, Diagnostics */
async function askedOf(options: Options, world: World): Promise<Writing> {
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
  const asked = { root, config, niche, options, world, project: projectOf(root, name, false), budget };
  checkPlatforms(asked);
  projectOutputs(root, [projectOf(root, name, options.draft)], filmForce(asked), world.cwd);
  return asked;
}

/** What is to be made again of the films. */
function filmForce(asked: Writing): readonly string[] {
  const { force, wish } = asked.options;
  return wish.scripts.length > 0 ? force : force.filter((path) => !isWrittenPath(path, asked));
}

async function buildFilms(
  asked: Writing,
  stories: readonly string[],
  wished: Readonly<Record<string, Json>>,
): Promise<number> {
  const { root, options, world, project, budget } = asked;
  const { platforms } = options.wish;
  const only = { ...options.only, story: stories, ...(platforms.length > 0 ? { platform: platforms } : {}) };
  const narrowed = { paths: [resolve(root, project.project)], force: filmForce(asked), only };
  const set = { ...wished, ...options.set };
  const code = await buildCommand({ ...options, ...narrowed, set }, world, budget);
  if (code === 0 && !options.json && Object.keys(wished).length > 0)
    world.terminal.out(sayLasting(project.niche, wished));
  return code;
}

async function tellMissing(
  { root, options, world, project }: Writing,
  { wanted, missing }: Pick<Written, "wanted" | "missing">,
): Promise<void> {
  const env = loadEnvironment(root, world.env);
  await withReport({ root, env, options }, world, async ({ onEvent }) => {
    onEvent({ type: "scripts-missing", project: project.project, wanted, missing });
    return 1;
  });
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

/** @throws Failure */
function checkPlatforms({ niche, project, options: { wish } }: Writing): void {
  const stranger = wish.platforms.find((platform) => !niche.platforms.includes(platform));
  if (stranger === undefined) return;
  throw new Failure(`the niche '${project.niche}' has no platform '${stranger}'.`, {
    code: "usage.invalid",
    help: suggest(stranger, niche.platforms),
  });
}

/** What the wishes come to as settings of a build. @throws Failure */
function settingsOf({ root, options, world }: Writing): Record<string, Json> {
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

/** Each is looked at before any is copied; what is wrong with one is told at the place where its author has it. */
async function takeScripts({ root, config, options, world, project }: Writing): Promise<Written> {
  const files = new StoryFiles(project.places.folder);
  const given = [...new Set(options.wish.scripts)].map((path) => files.placeFor(path, world.cwd));
  const folder = nameFrom(root, files.folder);
  for (const { path, file, copy } of given) {
    if (copy === undefined) continue;
    if (options.dryRun)
      throw new Failure(`${path} would be copied to ${folder}; what follows is known then.`, {
        code: "usage.invalid",
        help: "Copy it, or leave out -n.",
      });
    // What makes no films may have scripts of another kind.
    if (Object.keys(config.platforms).length > 0)
      await readScript({ path: file, name: path, extension: extname(file) });
  }
  for (const { copy, ...one } of given) {
    if (copy === undefined) continue;
    await files.copyIn({ ...one, copy });
    if (!options.json) world.terminal.out(`${sayItem("copied", one.path, `to ${folder}`)}\n`);
  }
  return { stories: given.map(({ story }) => story), missing: [], wanted: given.length };
}
