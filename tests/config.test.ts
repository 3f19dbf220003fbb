/** faceless.config.yaml: what it means, and every mistake shown where it stands. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Diagnostics } from "../lib/base/diagnostic.ts";
import { Failure } from "../lib/base/failure.ts";
import { loadConfig } from "../lib/config/load.ts";
import { priceTableWith } from "../lib/config/prices.ts";
import { projectSettings } from "../lib/config/project.ts";
import { findRoot, loadEnvironment } from "../lib/config/root.ts";
import { knownProviders } from "../lib/providers/registry.ts";

const known = await knownProviders();

const VIDEO = 'video: { width: 1920, height: 1080, fps: 30, background: "#000000" }';
const SMALL = `platforms:
  youtube: { image_size: 2048x1152, ${VIDEO} }
niches:
  finance: { platforms: [youtube], voice: slt }
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "faceless-config-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function load(text: string) {
  writeFileSync(join(root, "faceless.config.yaml"), text);
  return loadConfig(root, known);
}

function complaints(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof Diagnostics) return `\n${error.message}\n`;
    throw error;
  }
  throw new Error("no complaint");
}

describe("what it means", () => {
  test("the smallest one", () =>
    expect({ ...load(SMALL), root: "" }).toEqual({
      prices: priceTableWith({}),
      root: "",
      takesReferences: false,
      pipeline: "narrated-video",
      providers: { offline: { type: "offline", look: "auto", voices: {} } },
      use: { image: "offline", speech: "offline", text: "offline" },
      pools: {},
      cache: { maxBytes: 20e9, maxAgeMs: 90 * 24 * 3_600_000 },
      platforms: {
        youtube: {
          image_size: "2048x1152",
          video: { width: 1920, height: 1080, fps: 30, background: "#000000" },
          captions: { template: "lines", style: null },
          loudness: -14,
          peak: -1,
          max_part: null,
          thumbnail: { width: 1280, height: 720 },
        },
      },
      niches: {
        finance: {
          platforms: ["youtube"],
          voice: "slt",
          topics: [],
          speed: 1,
          music: null,
          intro: null,
          outro: null,
          pause: { before: 0.25, after: 0.45 },
          options: {},
        },
      },
    }));

  test("the cache's bounds, and none", () => {
    const cache = (text: string) => load(`${SMALL}\ncache: ${text}\n`).cache;
    expect(cache("{ max_size: 1.5GB, max_age: 2w }")).toEqual({
      maxBytes: 1.5e9,
      maxAgeMs: 14 * 24 * 3_600_000,
    });
    expect(cache("{ max_size: null, max_age: null }")).toEqual({ maxBytes: null, maxAgeMs: null });
  });

  test("a niche's own settings win, key by key, and null music is none", () => {
    const config = load(`
defaults: { platforms: [tiktok, youtube], voice: nova, speed: 1.1, music: /m.mp3, outro: /o.mp4, pause: { before: 1, after: 2 } }
options: { captions: true, transition: fade }
providers: { offline: { type: offline, look: flow, voices: { nova: slt } } }
platforms:
  youtube: { image_size: 2048x1152, ${VIDEO} }
  tiktok: { image_size: 1152x2048, ${VIDEO} }
niches:
  plain:
  own: { platforms: [youtube], voice: kal, speed: 2, music: null, pause: { after: 0 }, options: { captions: false } }
`);
    const video = { ...config.platforms.tiktok!.video, preset: "veryfast" };
    expect(projectSettings(config, "plain")).toEqual({
      niche: "plain",
      is_final: true,
      draft: false,
      takes_references: false,
      platforms: [
        { name: "tiktok", ...config.platforms.tiktok, video },
        { name: "youtube", ...config.platforms.youtube, video },
      ],
      voice: "nova",
      speed: 1.1,
      music: "/m.mp3",
      intro: null,
      outro: "/o.mp4",
      has_music: true,
      has_intro: false,
      has_outro: true,
      pause: { before: 1, after: 2 },
      options: { captions: true, transition: "fade" },
    });
    expect(projectSettings(config, "own")).toMatchObject({
      platforms: [{ name: "youtube" }],
      voice: "kal",
      speed: 2,
      music: null,
      pause: { before: 1, after: 0 },
      options: { captions: false, transition: "fade" },
    });
  });

  test("a draft is half as wide and high, in even numbers, and pictures stay as they are", () => {
    const config = load(SMALL.replace("width: 1920, height: 1080", "width: 1922, height: 1078"));
    expect(projectSettings(config, "finance", true)).toMatchObject({
      draft: true,
      platforms: [
        {
          image_size: "2048x1152",
          video: { width: 960, height: 538, fps: 30, background: "#000000", preset: "ultrafast" },
        },
      ],
    });
  });

  test("Windows line breaks and a byte order mark change nothing", () =>
    expect(load(`\uFEFF${SMALL.replaceAll("\n", "\r\n")}`)).toEqual(load(SMALL)));

  test("the one that comes with this repository", () => {
    const config = load(readFileSync("faceless.config.yaml", "utf8"));
    expect(Object.keys(config.niches)).toEqual(["scary-stories", "finance", "luxury"]);
    expect(projectSettings(config, "luxury")).toMatchObject({ voice: "nova", speed: 0.95 });
  });

  test("the usual names of voices need no mapping", () => {
    const config = load(SMALL.replace("voice: slt", "voice: onyx"));
    expect(projectSettings(config, Object.keys(config.niches)[0]!)).toMatchObject({ voice: "onyx" });
  });
});

describe("providers", () => {
  const azure = "azure: { type: azure-openai, image: { deployment: d } }";

  test("settings get their defaults, and what a type may leave to the environment stays open", () => {
    const { providers, use } = load(
      `${SMALL}\nproviders: { ${azure}, offline: { type: offline } }\nuse: { image: azure }\n`,
    );
    expect(use).toEqual({ image: "azure", speech: "offline", text: "offline" });
    expect(providers.azure).toEqual({
      type: "azure-openai",
      api_key_env: "AZURE_OPENAI_API_KEY",
      text: { max_output_tokens: 8192 },
      image: { deployment: "d", sizes: ["1024x1024", "1536x1024", "1024x1536"], references: false },
      speech: { voices: {}, max_characters: 4096 },
      paid: true,
      concurrency: 4,
      timeout: 300,
    });
  });

  test("whether pictures can be asked for with references is a value of the project", () => {
    const takes = (providers: string, image: string) => {
      const config = load(`${SMALL}\nproviders: { ${providers} }\nuse: { image: ${image} }\n`);
      return projectSettings(config, "finance").takes_references;
    };
    const taking = azure.replace("deployment: d", "deployment: d, references: true");
    const own = "own: { type: openai, image: { model: m, references: true } }, speaker: { type: openai }";
    expect([takes(taking, "azure"), takes(own, "own")]).toEqual([true, true]);
    expect([takes(azure, "azure"), takes(taking, "offline")]).toEqual([false, false]);
    expect(takes("photos: { type: pexels }", "photos")).toBe(false);
  });

  test("offline is there whoever else is, and does what nobody else is named for", () => {
    const { providers, use } = load(`${SMALL}\nproviders: { ${azure} }\nuse: { image: azure }\n`);
    expect(Object.keys(providers)).toEqual(["offline", "azure"]);
    expect(use).toEqual({ image: "azure", speech: "offline", text: "offline" });
  });

  test("offline may be the name of another", () => {
    const { providers } = load(`${SMALL}\nproviders: { offline: { type: offline, look: flow } }\n`);
    expect(providers).toEqual({ offline: { type: "offline", look: "flow", voices: {} } });
  });

  test("a service's voices are its own business", () => {
    const providers = `providers: { ${azure}, offline: { type: offline } }\nuse: { speech: azure }`;
    expect(load(`${SMALL.replace("voice: slt", "voice: marin")}\n${providers}\n`).niches.finance!.voice).toBe(
      "marin",
    );
  });

  test("a price of one's own takes the place of the shipped one, and the others stay", () => {
    const { prices } = load(`${SMALL}\nprices: { gpt-4o: { text: { input: 1, output: 2 } } }\n`);
    expect(prices.models["gpt-4o"]).toEqual({
      text: { input: 1, output: 2 },
      source: "faceless.config.yaml",
    });
    expect(prices.models["gpt-image-1"]).toEqual(priceTableWith({}).models["gpt-image-1"]);
    expect(prices.date).toMatch(/^2026-/);
  });
});

describe("mistakes", () => {
  test("of providers", () =>
    expect(
      complaints(`
providers:
  one: { type: openai, base_url: localhost, image: { quality: high }, text: { model: m, temperture: 1 } }
  two: { type: elevenlabs, model: m, api_key_env: "sk-123" }
  three: { type: openai, speech: { model: m }, timeout: 9000 }
  four: { type: openai, speech: { model: m }, base_url: "https://me:secret@studio.example/v1" }
niches: {}
`),
    ).toMatchInlineSnapshot(`
      "
      faceless.config.yaml:3:34: an address begins with http:// or https://, such as http://localhost:8880/v1, and has no password in it.
        3 |   one: { type: openai, base_url: localhost, image: { quality: high }, text: { model: m, temperture: 1 } }
          |                                  ^

      faceless.config.yaml:3:45: missing key 'model' in 'image': a string.
        3 |   one: { type: openai, base_url: localhost, image: { quality: high }, text: { model: m, temperture: 1 } }
          |                                             ^

      faceless.config.yaml:3:89: unknown key 'temperture'. Did you mean 'temperature'?
        3 |   one: { type: openai, base_url: localhost, image: { quality: high }, text: { model: m, temperture: 1 } }
          |                                                                                         ^

      faceless.config.yaml:4:51: the name of an environment variable has letters, digits and '_'. The key itself does not belong here.
        4 |   two: { type: elevenlabs, model: m, api_key_env: "sk-123" }
          |                                                   ^

      faceless.config.yaml:5:57: 'timeout' must be at most 3600, found 9000.
        5 |   three: { type: openai, speech: { model: m }, timeout: 9000 }
          |                                                         ^

      faceless.config.yaml:6:57: an address begins with http:// or https://, such as http://localhost:8880/v1, and has no password in it.
        6 |   four: { type: openai, speech: { model: m }, base_url: "https://me:secret@studio.example/v1" }
          |                                                         ^
      "
    `));

  test("a provider that cannot do what it is used for", () =>
    expect(
      complaints(`
providers:
  voice: { type: elevenlabs, model: m }
  local: { type: openai, speech: { model: m } }
use: { image: voice, speech: local, text: local }
niches: {}
`),
    ).toMatchInlineSnapshot(`
      "
      faceless.config.yaml:5:15: the provider 'voice' speaks, and does nothing else.
        5 | use: { image: voice, speech: local, text: local }
          |               ^

      faceless.config.yaml:5:43: the provider 'local' has no 'text:' with the model to use for it.
        5 | use: { image: voice, speech: local, text: local }
          |                                           ^
      "
    `));

  test("all of the shape, at once", () =>
    expect(
      complaints(`
pipline: narrated-video
providers:
  offline: { type: ofline }
  robot: { type: offline, look: watercolour, voices: { onyx: bob } }
pools: { cpu: 0 }
options: { captions: [yes] }
defaults: { platforms: [], speed: fast, music: "..\\\\a.mp3", pause: { befor: 1, after: -1 } }
platforms:
  Tik Tok: { image_size: 1152 x 2048, video: { width: 1081, height: 20, fps: 0, background: black } }
  tiktok: { image_size: 1152 x 2048, video: { width: 1081, height: 20, fps: 0, background: black } }
niches:
  ../up: {}
  finance: { voice: }
`),
    ).toMatchInlineSnapshot(`
      "
      faceless.config.yaml:2:1: unknown key 'pipline'. Did you mean 'pipeline'?
        2 | pipline: narrated-video
          | ^

      faceless.config.yaml:4:20: must be one of 'offline', 'azure-openai', 'openai', 'elevenlabs', 'pexels', found 'ofline'. Did you mean 'offline'?
        4 |   offline: { type: ofline }
          |                    ^

      faceless.config.yaml:5:33: must be one of 'auto', 'landscape', 'papercut', 'flow', found 'watercolour'.
        5 |   robot: { type: offline, look: watercolour, voices: { onyx: bob } }
          |                                 ^

      faceless.config.yaml:5:62: must be one of 'awb', 'kal', 'kal16', 'rms', 'slt', found 'bob'.
        5 |   robot: { type: offline, look: watercolour, voices: { onyx: bob } }
          |                                                              ^

      faceless.config.yaml:6:15: 'cpu' must be at least 1, found 0.
        6 | pools: { cpu: 0 }
          |               ^

      faceless.config.yaml:7:22: expected a string, a number, true, false or null, found a list.
        7 | options: { captions: [yes] }
          |                      ^

      faceless.config.yaml:8:24: 'platforms' must not be empty.
        8 | defaults: { platforms: [], speed: fast, music: "..\\\\a.mp3", pause: { befor: 1, after: -1 } }
          |                        ^

      faceless.config.yaml:8:35: expected a number, found the string 'fast'.
        8 | defaults: { platforms: [], speed: fast, music: "..\\\\a.mp3", pause: { befor: 1, after: -1 } }
          |                                   ^

      faceless.config.yaml:8:48: a path has forward slashes and no '..'. One that starts with '/' starts at this file's folder.
        8 | defaults: { platforms: [], speed: fast, music: "..\\\\a.mp3", pause: { befor: 1, after: -1 } }
          |                                                ^

      faceless.config.yaml:8:70: unknown key 'befor'. Did you mean 'before'?
        8 | defaults: { platforms: [], speed: fast, music: "..\\\\a.mp3", pause: { befor: 1, after: -1 } }
          |                                                                      ^

      faceless.config.yaml:8:87: 'after' must be at least 0, found -1.
        8 | defaults: { platforms: [], speed: fast, music: "..\\\\a.mp3", pause: { befor: 1, after: -1 } }
          |                                                                                       ^

      faceless.config.yaml:10:3: the name 'Tik Tok' cannot stand in a path. A name is a small letter or a digit, then letters, digits, '.', '_' or '-'.
        10 |   Tik Tok: { image_size: 1152 x 2048, video: { width: 1081, height: 20, fps: 0, background: black } }
           |   ^

      faceless.config.yaml:11:25: an image size is <width>x<height> in pixels, such as 1920x1080.
        11 |   tiktok: { image_size: 1152 x 2048, video: { width: 1081, height: 20, fps: 0, background: black } }
           |                         ^

      faceless.config.yaml:11:54: 'width' must be a multiple of 2, found 1081.
        11 |   tiktok: { image_size: 1152 x 2048, video: { width: 1081, height: 20, fps: 0, background: black } }
           |                                                      ^

      faceless.config.yaml:11:68: 'height' must be at least 64, found 20.
        11 |   tiktok: { image_size: 1152 x 2048, video: { width: 1081, height: 20, fps: 0, background: black } }
           |                                                                    ^

      faceless.config.yaml:11:77: expected 24, 25, 30, 50 or 60, found the number 0.
        11 |   tiktok: { image_size: 1152 x 2048, video: { width: 1081, height: 20, fps: 0, background: black } }
           |                                                                             ^

      faceless.config.yaml:11:92: a colour is "#rrggbb", such as "#000000", in quotes.
        11 |   tiktok: { image_size: 1152 x 2048, video: { width: 1081, height: 20, fps: 0, background: black } }
           |                                                                                            ^

      faceless.config.yaml:13:3: the name '../up' cannot stand in a path. A name is a small letter or a digit, then letters, digits, '.', '_' or '-'.
        13 |   ../up: {}
           |   ^

      faceless.config.yaml:14:14: expected a string, found nothing.
        14 |   finance: { voice: }
           |              ^
      "
    `));

  test("names that are used but not declared, and what nobody says", () =>
    expect(
      complaints(`
use: { image: ofline, speech: openai }
defaults: { platforms: [youtub] }
platforms:
  youtube: { image_size: 2048x1152, ${VIDEO} }
niches:
  finance: { platforms: [youtube, youtube, vimeo], voice: onix }
  luxury: {}
`),
    ).toMatchInlineSnapshot(`
      "
      faceless.config.yaml:2:15: there is no provider 'ofline'. Did you mean 'offline'?
        2 | use: { image: ofline, speech: openai }
          |               ^

      faceless.config.yaml:2:31: there is no provider 'openai'. There is 'offline'.
        2 | use: { image: ofline, speech: openai }
          |                               ^

      faceless.config.yaml:3:25: there is no platform 'youtub'. Did you mean 'youtube'?
        3 | defaults: { platforms: [youtub] }
          |                         ^

      faceless.config.yaml:7:35: 'youtube' is named twice. Remove one of them.
        7 |   finance: { platforms: [youtube, youtube, vimeo], voice: onix }
          |                                   ^

      faceless.config.yaml:7:44: there is no platform 'vimeo'. There is 'youtube'.
        7 |   finance: { platforms: [youtube, youtube, vimeo], voice: onix }
          |                                            ^

      faceless.config.yaml:8:3: the niche 'luxury' has no 'voice'. Give it here, or for all niches under 'defaults'.
        8 |   luxury: {}
          |   ^
      "
    `));

  test("a voice that is neither yours nor the engine's", () =>
    expect(
      complaints(
        SMALL.replace("slt", "onix").replace(
          "niches:",
          "providers: { offline: { type: offline, voices: { onyx: rms } } }\nniches:",
        ),
      ),
    ).toMatchInlineSnapshot(`
      "
      faceless.config.yaml:5:43: there is no voice 'onix'. Did you mean 'onyx'?
        5 |   finance: { platforms: [youtube], voice: onix }
          |                                           ^
      "
    `));

  test("what must be there", () =>
    expect(complaints("pipeline: a\n")).toMatchInlineSnapshot(`
      "
      faceless.config.yaml:1:1: missing key 'niches': a mapping of keys to values.
        1 | pipeline: a
          | ^
      "
    `));
  test("an image size out of range", () =>
    expect(complaints(SMALL.replace("2048x1152", "2048x32"))).toMatchInlineSnapshot(`
      "
      faceless.config.yaml:2:26: an image is 64 to 8192 pixels wide and high.
        2 |   youtube: { image_size: 2048x32, video: { width: 1920, height: 1080, fps: 30, background: "#000000" } }
          |                          ^
      "
    `));
  test("a colour without its quotes, which is a comment", () =>
    expect(
      complaints(
        SMALL.replace(
          `{ image_size: 2048x1152, ${VIDEO} }`,
          "\n    image_size: 64x64\n    video:\n      width: 64\n      height: 64\n      background: #000000",
        ),
      ),
    ).toMatchInlineSnapshot(`
      "
      faceless.config.yaml:7:7: a colour is "#rrggbb", such as "#000000", in quotes.
        7 |       background: #000000
          |       ^
      "
    `));
  test("a list", () =>
    expect(complaints("- a\n")).toMatchInlineSnapshot(`
    "
    faceless.config.yaml:1:1: expected a mapping of keys to values, found a list.
      1 | - a
        | ^
    "
  `));
  test("an empty file", () =>
    expect(complaints("")).toMatchInlineSnapshot(`
    "
    faceless.config.yaml: the file is empty.
    "
  `));
  test("none at all", () =>
    expect(() => loadConfig(root, known)).toThrow("faceless.config.yaml: there is no such file."));

  test("a niche that the config does not have", () => {
    const config = load(SMALL);
    const words = (niche: string) => {
      try {
        projectSettings(config, niche);
      } catch (error) {
        if (error instanceof Failure) return `${error.message} ${error.help}`;
      }
      return undefined;
    };
    expect(words("financ")).toMatchInlineSnapshot(
      `"faceless.config.yaml has no niche 'financ'. Did you mean 'finance'? To add it, write 'financ: {}' under 'niches:'."`,
    );
    expect(words("__proto__")).toMatchInlineSnapshot(
      `"faceless.config.yaml has no niche '__proto__'. It has 'finance'. To add it, write '__proto__: {}' under 'niches:'."`,
    );
  });
});

test("the root is the nearest folder upwards that has a config", () => {
  const deep = join(root, "output", "finance", "scripts");
  mkdirSync(deep, { recursive: true });
  expect(findRoot(deep)).toBe(undefined);
  load(SMALL);
  expect([findRoot(deep), findRoot(root)]).toEqual([root, root]);
});

test("the .env file fills in what the environment does not set, and stays out of the config", () => {
  expect(loadEnvironment(root, { A: "env" })).toEqual({ A: "env" });
  writeFileSync(join(root, ".env"), "A=file\nB='se cret' # mine\n");
  expect(loadEnvironment(root, { A: "env" })).toEqual({ A: "env", B: "se cret" });
  expect(JSON.stringify(load(SMALL))).not.toContain("se cret");
});
