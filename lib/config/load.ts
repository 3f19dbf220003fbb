/** Reads faceless.config.yaml into a Config; every mistake in it is shown where it stands. */
import { join } from "node:path";
import { type Diagnostic, inOrder } from "../base/diagnostic.ts";
import { type Document, readDocumentFile } from "../base/document.ts";
import { suggest } from "../base/nearest.ts";
import { parseAge, parseSize } from "../base/quantity.ts";
import type { Config, Niche, Platform, Use } from "../model/config.ts";
import { priceTableWith } from "./prices.ts";
import { CONFIG_FILE } from "./root.ts";
import { type ConfigFile, configSchema, type KnownProviders, type SettingsEntry } from "./schema.ts";

/** `root` is absolute. Throws Diagnostics with all the mistakes of the file. */
export function loadConfig(root: string, known: KnownProviders): Config {
  const document = readDocumentFile(join(root, CONFIG_FILE), CONFIG_FILE);
  const file = withOffline(document.check(configSchema(known)));
  const mistakes = [...strangers(document, file, known), ...gaps(document, file)];
  if (mistakes.length > 0) throw inOrder(mistakes);
  const { pipeline, providers, use, pools } = file;
  const prices = priceTableWith(file.prices);
  const platforms = Object.fromEntries(
    Object.entries(file.platforms).map(([name, { captions, thumbnail, ...platform }]): [string, Platform] => {
      const [width, height] = thumbnail.split("x").map(Number);
      const size = { width: width!, height: height! };
      return [name, { ...platform, captions: captionsOf(captions), thumbnail: size }];
    }),
  );
  const cache = {
    maxBytes: bound(file.cache.max_size, parseSize),
    maxAgeMs: bound(file.cache.max_age, parseAge),
  };
  const niches = Object.fromEntries(
    Object.keys(file.niches).map((name): [string, Niche] => [name, completed(file, name)]),
  );
  const takesReferences = known.takesReferences(providers[use.image]!);
  return { root, pipeline, providers, use, takesReferences, prices, pools, cache, platforms, niches };
}

/** It is there whoever else is, unless the name is given to another. */
function withOffline(file: ConfigFile): ConfigFile {
  return {
    ...file,
    providers: { offline: { type: "offline", look: "auto", voices: {} }, ...file.providers },
  };
}

/** A name has no slash, and a path has one. */
function captionsOf(given: string | null): Platform["captions"] {
  const isPath = given?.includes("/") ?? false;
  return { template: isPath ? null : given, style: isPath ? given : null };
}

/** The schema has checked the form. */
function bound(text: string | null, parse: (text: string) => number | undefined): number | null {
  return text === null ? null : parse(text)!;
}

/** Names that are used but declared nowhere. */
function strangers(document: Document, file: ConfigFile, known: KnownProviders): Diagnostic[] {
  const found: Diagnostic[] = [];
  const expect = (
    path: readonly (string | number)[],
    what: string,
    used: string,
    known: readonly string[],
  ) => {
    if (known.includes(used)) return;
    found.push(document.complaint(path, "value", `there is no ${what} '${used}'.`, suggest(used, known)));
  };
  const providers = Object.keys(file.providers);
  for (const [use, name] of Object.entries(file.use) as [keyof Use, string][]) {
    expect(["use", use], "provider", name, providers);
    const provider = file.providers[name];
    const cannot = provider === undefined ? undefined : known.cannot(provider, use);
    if (cannot !== undefined)
      found.push(document.complaint(["use", use], "value", `the provider '${name}' ${cannot}`));
  }
  const speech = file.providers[file.use.speech];
  const voices = speech === undefined ? undefined : known.voices(speech);
  for (const [path, entry] of entries(file)) {
    for (const [i, platform] of (entry.platforms ?? []).entries()) {
      expect([...path, "platforms", i], "platform", platform, Object.keys(file.platforms));
      if (entry.platforms?.indexOf(platform) !== i) {
        found.push(
          document.complaint(
            [...path, "platforms", i],
            "value",
            `'${platform}' is named twice.`,
            "Remove one of them.",
          ),
        );
      }
    }
    if (entry.voice !== undefined && voices !== undefined)
      expect([...path, "voice"], "voice", entry.voice, voices);
  }
  return found;
}

/** What neither a niche nor the defaults say, and has no value that would suit everyone who makes films. */
function gaps(document: Document, file: ConfigFile): Diagnostic[] {
  if (Object.keys(file.platforms).length === 0) return [];
  return Object.entries(file.niches).flatMap(([name, niche]) =>
    (["platforms", "voice"] as const)
      .filter((setting) => niche?.[setting] === undefined && file.defaults[setting] === undefined)
      .map((setting) =>
        document.complaint(
          ["niches", name],
          "key",
          `the niche '${name}' has no '${setting}'.`,
          "Give it here, or for all niches under 'defaults'.",
        ),
      ),
  );
}

function entries(file: ConfigFile): [path: readonly string[], entry: SettingsEntry][] {
  const niches = Object.entries(file.niches).map(([name, niche]): [string[], SettingsEntry] => [
    ["niches", name],
    niche ?? {},
  ]);
  return [[["defaults"], file.defaults], ...niches];
}

function completed({ defaults, niches, options }: ConfigFile, name: string): Niche {
  const own = niches[name] ?? {};
  // In a niche, null says: none, whatever the defaults have.
  const file = (name: "music" | "intro" | "outro") =>
    (own[name] === undefined ? defaults[name] : own[name]) ?? null;
  return {
    platforms: own.platforms ?? defaults.platforms ?? [],
    voice: own.voice ?? defaults.voice ?? "",
    speed: own.speed ?? defaults.speed ?? 1,
    music: file("music"),
    intro: file("intro"),
    outro: file("outro"),
    pause: {
      before: own.pause?.before ?? defaults.pause?.before ?? 0.25,
      after: own.pause?.after ?? defaults.pause?.after ?? 0.45,
    },
    topics: own.topics ?? [],
    options: { ...options, ...own.options },
  };
}
