/** What `${project.…}` means in a pipeline. */
import { Failure } from "../base/failure.ts";
import type { JsonObject } from "../base/json.ts";
import { nearest } from "../base/nearest.ts";
import type { Config, Niche, Platform } from "../model/config.ts";
import { CONFIG_FILE } from "./root.ts";

/**
 * `{ niche, draft, is_final, takes_references, platforms: [{ name, … }, …], voice, speed, music, intro, outro, has_music, …, pause, options }`, in that order;
 * `has_…` is whether there is one, for a `when:`; `takes_references` whether the provider of pictures takes reference pictures;
 * `platforms` and `voice` where the content repo has platforms.
 * Throws a Failure for a niche that the config does not have.
 */
export function projectSettings(config: Config, niche: string, draft = false): JsonObject {
  const { voice, speed, music, intro, outro, pause, options, ...settings } = nicheOf(config, niche);
  const platforms = settings.platforms.map((name) => {
    const platform = config.platforms[name]!;
    return { name, ...platform, video: videoOf(platform, draft) } as unknown as JsonObject;
  });
  // Without platforms it makes no films, and a pipeline that asks for them is told that there is no such value.
  const film = Object.keys(config.platforms).length === 0 ? {} : { platforms, voice };
  const files = {
    music,
    intro,
    outro,
    has_music: music !== null,
    has_intro: intro !== null,
    has_outro: outro !== null,
  };
  const { takesReferences: takes_references } = config;
  return {
    niche,
    draft,
    is_final: !draft,
    takes_references,
    ...film,
    speed,
    ...files,
    pause: { ...pause },
    options,
  };
}

/**
 * A draft is a quarter of the film's pixels, encoded as fast as can be. Pictures are asked for at the film's size all the
 * same: they are made, or bought, once.
 */
function videoOf({ video }: Platform, draft: boolean): JsonObject {
  if (!draft) return { ...video, preset: "veryfast" };
  // H.264 with 4:2:0 chroma has no odd sizes.
  const half = (pixels: number) => 2 * Math.floor(pixels / 4);
  return { ...video, width: half(video.width), height: half(video.height), preset: "ultrafast" };
}

/** What to do for a `${project.…}` that there could be and is not, by its name. */
export function remediesOf({ platforms }: Config): Readonly<Record<string, string>> {
  if (Object.keys(platforms).length > 0) return {};
  const help = `${CONFIG_FILE} declares no 'platforms:', which films need: declare some there, and give each niche its 'platforms' and its 'voice'.`;
  return { "project.platforms": help, "project.voice": help };
}

/** @throws Failure */
export function nicheOf(config: Config, name: string): Niche {
  if (Object.hasOwn(config.niches, name)) return config.niches[name] as Niche;
  const known = Object.keys(config.niches);
  const meant = nearest(name, known);
  const there =
    known.length === 0 ? "It has none yet." : `It has ${known.map((one) => `'${one}'`).join(", ")}.`;
  throw new Failure(`${CONFIG_FILE} has no niche '${name}'.`, {
    code: "config.missing",
    help: `${meant === undefined ? there : `Did you mean '${meant}'?`} To add it, write '${name}: {}' under 'niches:'.`,
  });
}
