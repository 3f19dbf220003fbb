/** Settings of a niche that a command line sets for one build: `--set project.music=/shared/music/x.mp3`. */
import { z } from "zod";
import { Failure } from "../base/failure.ts";
import type { JsonObject } from "../base/json.ts";
import { suggest } from "../base/nearest.ts";
import type { Config } from "../model/config.ts";
import { settings } from "./schema.ts";

/** Those that are one value. */
const overridable = z
  .strictObject(settings)
  .pick({ voice: true, speed: true, music: true, intro: true, outro: true });

const PREFIX = "project.";

/** What is set of the project, and what of the pipeline. */
export function splitSettings(set: JsonObject): {
  readonly project: JsonObject;
  readonly options: JsonObject;
} {
  const all = Object.entries(set);
  const project = all.filter(([name]) => name.startsWith(PREFIX));
  return {
    project: Object.fromEntries(project.map(([name, value]) => [name.slice(PREFIX.length), value])),
    options: Object.fromEntries(all.filter(([name]) => !name.startsWith(PREFIX))),
  };
}

/** `given`: by the names that they have in the configuration. @throws Failure */
export function withSettings(config: Config, niche: string, given: JsonObject): Config {
  if (Object.keys(given).length === 0 || config.niches[niche] === undefined) return config;
  const known = Object.keys(overridable.shape);
  const stranger = Object.keys(given).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    const help = suggest(stranger, known);
    throw new Failure(`--set sets '${PREFIX}${stranger}', which cannot be set so.`, {
      code: "usage.invalid",
      help,
    });
  }
  const checked = overridable.safeParse(given);
  if (!checked.success) {
    const { path, message } = checked.error.issues[0]!;
    throw new Failure(`--set ${PREFIX}${path.join(".")}: ${message}`, { code: "usage.invalid" });
  }
  const settingsOf = { ...config.niches[niche], ...(checked.data as object) };
  return { ...config, niches: { ...config.niches, [niche]: settingsOf } };
}
