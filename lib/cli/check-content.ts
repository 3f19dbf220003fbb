/** Looks at what authors wrote: configuration, tasks, pipeline, scripts, and the files that these name. */
import { existsSync } from "node:fs";
import { basename, extname, join, relative, resolve, sep } from "node:path";
import { tasks as shipped } from "../../tasks/index.ts";
import { plural } from "../base/plural.ts";
import { CONFIG_FILE } from "../config/root.ts";
import { readScript } from "../media/read-script.ts";
import { picturedElements } from "../media/recurring.ts";
import type { Script } from "../media/script.ts";
import type { Config } from "../model/config.ts";
import type { Tools } from "../task.ts";
import { looking, type Tell } from "./check.ts";
import { loadConfiguration } from "./configuration.ts";
import { readDescription } from "./description.ts";
import { allProjects, nameFrom, OUTPUT, projectOf } from "./projects.ts";
import { StoryFiles } from "./story-files.ts";
import { usedTools } from "./tools.ts";
import { withUserTasks } from "./user-tasks.ts";

/** Undefined where it cannot be used. */
export async function checkConfig(root: string, tell: Tell): Promise<Config | undefined> {
  const config = await looking(CONFIG_FILE, tell, () => loadConfiguration(root));
  if (config === undefined) return undefined;
  const { niches, platforms } = config;
  const message = `${plural(Object.keys(niches).length, "niche")}, ${plural(Object.keys(platforms).length, "platform")}`;
  tell({ level: "ok", subject: CONFIG_FILE, message });
  for (const project of allProjects(root)) {
    const niche = project.slice(`${OUTPUT}/`.length);
    if (Object.hasOwn(niches, niche)) continue;
    const help = `To build it, write '${niche}: {}' under 'niches:' in ${CONFIG_FILE}.`;
    tell({ level: "warning", subject: project, message: "is no niche of the configuration", help });
  }
  return config;
}

/** Gives the names of the tools that the pipeline's tasks use. */
export async function checkPipelines(
  root: string,
  config: Config,
  niches: readonly string[],
  tell: Tell,
): Promise<ReadonlySet<keyof Tools>> {
  const used = new Set<keyof Tools>();
  const loaded = await looking("tasks/", tell, () => withUserTasks(root, shipped));
  if (loaded === undefined) return used;
  const subject = `pipelines/${config.pipeline}.yaml`;
  const said = new Set<string>();
  // What is so for one niche is so for all, mostly.
  const once: Tell = (finding) => {
    if (!said.has(finding.message)) tell(finding);
    said.add(finding.message);
  };
  const none = () => {};
  for (const niche of niches) {
    await looking(subject, once, async () => {
      const wanted = projectOf(root, niche, false);
      const { pipeline } = await readDescription(root, wanted, loaded.tasks, {}, none, none);
      for (const tool of usedTools(pipeline, loaded.tasks)) used.add(tool);
      once({ level: "ok", subject, message: plural(pipeline.targets.length, "target") });
    });
  }
  return used;
}

/** `paths`: scripts and projects that are meant, absolute; none for all. */
export async function checkNiche(
  root: string,
  config: Config,
  niche: string,
  paths: readonly string[],
  tell: Tell,
): Promise<void> {
  const project = projectOf(root, niche, false);
  for (const [setting, path] of ownFiles(config, niche)) {
    if (existsSync(project.places.source(path))) continue;
    const message = `the niche '${niche}' has ${setting}: ${path}, and there is no such file.`;
    const help = "Put it there, or change the setting.";
    tell({ level: "error", subject: CONFIG_FILE, message, help, code: "config.invalid" });
  }
  // What makes no films may have scripts of another kind.
  if (Object.keys(config.platforms).length === 0) return;
  const { folder, names, strays } = new StoryFiles(project.places.folder);
  const files = names.map((name) => join(folder, name));
  const meant = files.filter((file) => isMeant(file, paths));
  if (files.length === 0 && (paths.length === 0 || isMeant(folder, paths))) {
    const help = `\`faceless generate ${niche}\` writes one.`;
    tell({ level: "warning", subject: project.project, message: "has no script", help });
  }
  for (const stray of strays.map((name) => join(folder, name)).filter((file) => isMeant(file, paths))) {
    const message = "is not built, since its name does not end in '_script'";
    const help = `Rename it to ${basename(stray).replace(/(?=\.[^.]+$)/, "_script")}, if it is a script.`;
    tell({ level: "warning", subject: nameFrom(root, stray), message, help });
  }
  for (const file of meant)
    await checkScript(file, nameFrom(root, file), project.places.source.bind(project.places), tell);
}

function ownFiles(config: Config, niche: string): readonly (readonly [string, string])[] {
  const settings = config.niches[niche]!;
  return (["music", "intro", "outro"] as const).flatMap((name) => {
    const path = settings[name];
    return path === null ? [] : [[name, path] as const];
  });
}

function isMeant(file: string, paths: readonly string[]): boolean {
  return paths.length === 0 || paths.some((path) => file === path || !relative(path, file).startsWith(".."));
}

async function checkScript(
  path: string,
  name: string,
  source: (path: string) => string,
  tell: Tell,
): Promise<void> {
  await looking(name, tell, async () => {
    const { script } = await readScript({ path, name, extension: extname(path) });
    const missing = picturesOf(script).filter(({ picture }) => !existsSync(source(picture)));
    for (const { owner, kind, picture } of missing) {
      const message = `${owner} has the picture ${picture}, and there is no such file.`;
      const help = `Put it there, or change the ${kind}.`;
      tell({ level: "error", subject: name, message, help, code: "script.scene" });
    }
    if (missing.length === 0)
      tell({ level: "ok", subject: name, message: plural(script.scenes.length, "scene") });
  });
}

/** All pictures that a script names, each with whose it is. */
function picturesOf(script: Script) {
  const elements = picturedElements(script).map(({ name, picture }) => {
    return { owner: `the recurring element '${name}'`, kind: "element", picture };
  });
  const scenes = script.scenes.flatMap(({ picture }, i) =>
    picture ? [{ owner: `scene ${i + 1}`, kind: "scene", picture }] : [],
  );
  return [...elements, ...scenes];
}

/** The niches that paths are in, and the paths, absolute; all niches for none. `strangers` are in no project. */
export function nichesAt(root: string, config: Config, paths: readonly string[], cwd: string) {
  const all = Object.keys(config.niches);
  const placed = paths.map((path) => {
    const absolute = resolve(cwd, path);
    const [top, niche] = relative(root, absolute).split(sep);
    const isWhole = top === "" || (top === OUTPUT && niche === undefined);
    const found = isWhole
      ? all
      : top === OUTPUT && all.includes(niche!) && existsSync(absolute)
        ? [niche!]
        : [];
    return { path, absolute, niches: found };
  });
  return {
    niches:
      paths.length === 0 ? all : all.filter((niche) => placed.some(({ niches }) => niches.includes(niche))),
    absolute: placed.map(({ absolute }) => absolute),
    strangers: placed.flatMap(({ path, niches }) => (niches.length === 0 ? [path] : [])),
  };
}
