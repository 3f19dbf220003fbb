/** `faceless validate` and `faceless info`: what they look at, and what they say. */
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ask, judge } from "../lib/cli/check-connections.ts";
import { checkPrices } from "../lib/cli/check-machine.ts";
import type { TestConnection } from "../lib/providers/connection.ts";
import { type Finding, sayFinding, sayFindings } from "../lib/report/findings.ts";
import { KEY, startApiServer } from "./api-server.ts";
import { failureOf } from "./provider-kit.ts";
import { complained, type How, type Repo, repo } from "./small-repo.ts";

const CONFIG = `pipeline: p
platforms:
  wide: { image_size: 320x180, video: { width: 160, height: 90 } }
defaults: { platforms: [wide], voice: slt }
niches: { demo: {} }
`;
const SCRIPT = '{ "title": "t", "scenes": [{ "narration": "a", "image_prompt": "b" }] }';
const FILES = {
  "faceless.config.yaml": CONFIG,
  "pipelines/p.yaml": `axes: { story: { files: "scripts/\${story}_script.json" } }
targets:
  script: { task: script, in: { draft: "scripts/\${story}_script.json" }, with: { niche: demo }, out: "work/\${story}.json" }
  still: { task: image, in: { own: /own.mp4 }, with: { prompt: p, style: {}, size: 64x64 }, out: still.png }
`,
  "output/demo/scripts/a_script.json": SCRIPT,
};

async function validate(shop: Repo, words: readonly string[] = [], how: How = {}) {
  const { code, out, err } = await shop.run(["validate", "--json", ...words], how);
  const findings = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Finding);
  const about = (subject: string) => findings.filter((one) => one.subject === subject);
  const wrong = findings
    .filter(({ level }) => level !== "ok")
    .map(({ level, subject }) => `${level} ${subject}`);
  return { code, err, findings, about, wrong };
}

describe("validate", () => {
  test("says of each thing that it is well", async () => {
    const shop = repo(FILES);
    const { code, err, findings, wrong } = await validate(shop);
    expect({ code, err, wrong }).toEqual({ code: 0, err: "", wrong: [] });
    expect(findings.map(({ subject, message }) => [subject, message]).slice(0, 4)).toEqual([
      ["faceless.config.yaml", "1 niche, 1 platform"],
      ["pipelines/p.yaml", "2 targets"],
      ["output/demo/scripts/a_script.json", "1 scene"],
      ["provider offline", "image, text: needs no account"],
    ]);
    expect(findings.map(({ subject }) => subject)).toEqual(expect.arrayContaining(["ffmpeg", "disk"]));
    const before = shop.tree();
    const { out } = await shop.run(["validate"]);
    expect(out).toMatch(/^ok {8}faceless.config.yaml {2}1 niche, 1 platform\n/);
    expect(out).toMatch(/\n\nall is well\n$/);
    expect(shop.tree()).toEqual(before);
  });

  test("tells all that is wrong at once, with what to do, and ends with 2", async () => {
    const shop = repo({
      ...FILES,
      "faceless.config.yaml": CONFIG.replace("demo: {}", "demo: { music: /no.mp3 }, empty: {}"),
      "output/demo/scripts/b_script.json": SCRIPT.replace('"narration"', '"naration"'),
      "output/demo/scripts/c_script.json": SCRIPT.replace('"b"', '"b", "picture": "pictures/no.png"'),
      "output/stray/x.txt": "",
    });
    const { code, about, wrong } = await validate(shop);
    expect(code).toBe(2);
    expect(wrong).toEqual([
      "warning output/stray",
      "error faceless.config.yaml",
      "error output/demo/scripts/b_script.json",
      "error output/demo/scripts/c_script.json",
      "warning output/empty",
    ]);
    expect(about("output/demo/scripts/b_script.json")[0]).toMatchObject({
      code: "script.invalid",
      message: expect.stringMatching(/^output\/demo\/scripts\/b_script.json:1:30: unknown key 'naration'/),
    });
    expect(about("output/demo/scripts/c_script.json")[0]).toEqual({
      level: "error",
      subject: "output/demo/scripts/c_script.json",
      message: "scene 1 has the picture pictures/no.png, and there is no such file.",
      help: "Put it there, or change the scene.",
      code: "script.scene",
    });
    expect(about("faceless.config.yaml")[1]!.message).toBe(
      "the niche 'demo' has music: /no.mp3, and there is no such file.",
    );
  });

  test("a picture of a recurring element that is not there", async () => {
    const elements = {
      keeper: { looks: "old", picture: "no.png" },
      coin: { looks: "worn", picture: "/coin.png" },
    };
    const script = { ...JSON.parse(SCRIPT), visual_style: { recurring_elements: elements } };
    const shop = repo({
      ...FILES,
      "coin.png": "",
      "output/demo/scripts/a_script.json": JSON.stringify(script),
    });
    const { code, about, wrong } = await validate(shop);
    expect({ code, wrong }).toEqual({ code: 2, wrong: ["error output/demo/scripts/a_script.json"] });
    expect(about("output/demo/scripts/a_script.json")).toEqual([
      {
        level: "error",
        subject: "output/demo/scripts/a_script.json",
        message: "the recurring element 'keeper' has the picture no.png, and there is no such file.",
        help: "Put it there, or change the element.",
        code: "script.scene",
      },
    ]);
  });

  test("a file beside the scripts that no film is made of is a warning", async () => {
    const shop = repo({
      ...FILES,
      "output/demo/scripts/one.yaml": SCRIPT,
      "output/demo/scripts/notes.txt": "",
    });
    const { code, wrong, about } = await validate(shop);
    expect({ code, wrong }).toEqual({ code: 0, wrong: ["warning output/demo/scripts/one.yaml"] });
    expect(about("output/demo/scripts/one.yaml")).toEqual([
      expect.objectContaining({
        message: "is not built, since its name does not end in '_script'",
        help: "Rename it to one_script.yaml, if it is a script.",
      }),
    ]);
  });

  test("looks at what paths name alone", async () => {
    const bad = SCRIPT.replace('"narration"', '"naration"');
    const shop = repo({ ...FILES, "output/demo/scripts/b_script.json": bad });
    expect((await validate(shop, ["output/demo/scripts/a_script.json"])).code).toBe(0);
    expect((await validate(shop, ["output/demo"])).wrong).toEqual([
      "error output/demo/scripts/b_script.json",
    ]);
    expect((await validate(shop, ["pipelines"])).wrong).toEqual(["error pipelines"]);
    expect((await validate(shop, ["output/nobody"])).wrong).toEqual(["error output/nobody"]);
  });

  test("a configuration and a pipeline that cannot be used", async () => {
    const shop = repo({ ...FILES, "pipelines/p.yaml": "targets: { a: { ran: x } }\n" });
    expect((await validate(shop)).wrong).toEqual(["error pipelines/p.yaml"]);
    shop.write("faceless.config.yaml", "niches: 3\n");
    const { code, about } = await validate(shop);
    expect(code).toBe(2);
    expect(about("faceless.config.yaml")[0]!.code).toBe("config.invalid");
  });

  test("an ffmpeg that lacks what films need, a font that is none", async () => {
    const shop = repo({
      ...FILES,
      "bin/ffmpeg": `#!/bin/sh
case "$*" in
  *-version*) echo "ffmpeg version 9 Copyright" ;;
  *-filters*) ffmpeg -hide_banner -filters | grep -v " ass " ;;
  *-encoders*) ffmpeg -hide_banner -encoders | grep -v libx264 ;;
esac
`,
      "shared/fonts/Mine.ttf": "no font",
      "pipelines/p.yaml": FILES["pipelines/p.yaml"].replace(
        "targets:\n",
        "targets:\n  cap: { task: captions, in: { words: ./w.json, shot: ./s.json }, with: { width: 160, height: 90 }, out: c.ass }\n",
      ),
    });
    chmodSync(shop.path("bin/ffmpeg"), 0o755);
    const { about, wrong } = await validate(shop, [], { env: { FACELESS_FFMPEG: shop.path("bin/ffmpeg") } });
    expect(wrong).toEqual(["error ffmpeg", "error fonts"]);
    expect(about("ffmpeg")[0]).toMatchObject({
      code: "config.environment",
      message: `${shop.path("bin/ffmpeg")} has no filter ass, no encoder libx264.`,
    });
    expect(about("fonts")[0]).toMatchObject({ code: "media.font" });
  });

  test("where there is no content repo", async () => {
    const shop = repo();
    expect((await shop.run(["validate"], { cwd: ".." })).code).toBe(2);
  });
});

describe("providers", () => {
  const AZURE = "azure: { type: azure-openai }";
  const using = (providers: string, use: string) => ({
    ...FILES,
    "faceless.config.yaml": `${CONFIG}providers: { ${providers} }\nuse: ${use}\n`,
  });
  const azure = using(AZURE, "{ image: azure, text: azure }");
  const key = { AZURE_OPENAI_API_KEY: KEY };
  const deployments = { AZURE_OPENAI_CHAT_DEPLOYMENT: "writer", AZURE_OPENAI_IMAGE_DEPLOYMENT: "pictures" };

  test("what the environment lacks is one error, without any network", async () => {
    const shop = repo(azure);
    const { code, about, wrong } = await validate(shop, [], { env: deployments });
    expect({ code, wrong }).toEqual({ code: 2, wrong: ["error provider azure"] });
    expect(about("provider azure")).toEqual([
      {
        level: "error",
        subject: "provider azure",
        code: "config.environment",
        message:
          "the provider 'azure' needs AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY, and the environment has none of them.",
        help: "Write AZURE_OPENAI_ENDPOINT=… and AZURE_OPENAI_API_KEY=… into a file .env beside faceless.config.yaml, a line for each, and keep that file out of git; or set them in the environment.",
      },
    ]);
  });

  test("a key and an endpoint that are none are errors, without being shown", async () => {
    const shop = repo(azure);
    const env = { ...deployments, AZURE_OPENAI_API_KEY: "two words", AZURE_OPENAI_ENDPOINT: "name.example" };
    expect((await validate(shop, [], { env })).about("provider azure")).toEqual([
      {
        level: "error",
        subject: "provider azure",
        code: "config.environment",
        message:
          "AZURE_OPENAI_ENDPOINT is no address: one begins with https:// or http://. AZURE_OPENAI_API_KEY has characters that it cannot have: spaces, line breaks, or letters with accents.",
        help: "Correct them in .env beside faceless.config.yaml, or in the environment.",
      },
    ]);
  });

  test("what is set up is well, and asked where that is wished", async () => {
    const server = await startApiServer();
    onTestFinished(() => server.close());
    const shop = repo(azure);
    const env = { ...key, ...deployments, AZURE_OPENAI_ENDPOINT: server.url };
    const well = (message: string) => [{ level: "ok", subject: "provider azure", message }];
    const { about, code } = await validate(shop, [], { env });
    expect([code, server.log]).toEqual([0, []]);
    expect(about("provider azure")).toEqual(
      well("image, text: has what it needs; --test-connections asks whether it answers"),
    );
    const asked = await validate(shop, ["--test-connections"], { env });
    expect([asked.code, server.log.length]).toEqual([0, 1]);
    expect(asked.about("provider azure")).toEqual(
      well(
        "image, text: answers, 2 models; whether there is a deployment 'pictures', only a request can tell; which model it has, `image: { model: … }` of the provider can say; whether there is a deployment 'writer', only a request can tell; which model it has, `text: { model: … }` of the provider can say",
      ),
    );
  });

  test("what nothing uses is asked too, and its faults are warnings", async () => {
    const server = await startApiServer();
    onTestFinished(() => server.close());
    const spare = `spare: { type: pexels, base_url: "${server.url}" }, voice: { type: elevenlabs, base_url: "${server.url}", model: m }`;
    const shop = repo(using(spare, "{ image: offline }"));
    const env = { PEXELS_API_KEY: KEY, ELEVENLABS_API_KEY: "wrong-0123456789" };
    expect((await validate(shop, [], { env })).about("provider spare")).toEqual([]);
    const { code, about, wrong } = await validate(shop, ["--test-connections"], { env });
    expect({ code, wrong }).toEqual({ code: 0, wrong: ["warning provider voice"] });
    expect(about("provider spare")).toEqual([
      {
        level: "ok",
        subject: "provider spare",
        message: "used for nothing: answers, it finds photographs",
      },
    ]);
    expect(about("provider voice")).toEqual([
      {
        level: "warning",
        subject: "provider voice",
        message:
          'used for nothing: voice does not accept the key: 401 invalid_api_key, "Invalid API key ***".',
        help: "Check ELEVENLABS_API_KEY in the environment or in .env.",
      },
    ]);
  });
});

describe("a connection", () => {
  const now = Date.parse("2026-11-22");
  const judged = (date?: string) =>
    judge(
      "text",
      { found: ["24 models"], shutdowns: date === undefined ? [] : [{ model: "gpt-4o", date }] },
      now,
    );
  const help =
    "Name another model or deployment, in faceless.config.yaml or the environment. `faceless accept` takes what is made for up to date, so that none of it is bought again.";

  test("that answers is well; a model that is switched off soon is a warning, one that is off an error", () => {
    expect(judged()).toEqual({ level: "ok", message: "text: answers, 24 models" });
    expect(judged("2027-04-21")).toEqual({
      level: "ok",
      message: "text: answers, 24 models; its model 'gpt-4o' is switched off on 2027-04-21, in 150 days",
    });
    expect(judged("2026-12-01")).toEqual({
      ...{ level: "warning", help, code: undefined },
      message: "text: answers, 24 models; its model 'gpt-4o' is switched off on 2026-12-01, in 9 days",
    });
    expect(judged("2026-10-23")).toEqual({
      ...{ level: "error", help, code: "api.provider" },
      message: "text: answers, 24 models; its model 'gpt-4o' was switched off on 2026-10-23",
    });
  });

  test("that does not answer in time is told so", async () => {
    const asking = { voices: [], stop: new AbortController().signal };
    const never: TestConnection = async ({ signal }) => {
      signal.throwIfAborted();
      return { found: [], shutdowns: [] };
    };
    const late = AbortSignal.abort(new DOMException("late", "TimeoutError"));
    const { message, help, code } = await failureOf(ask(never, asking, late));
    expect([message, help, code]).toEqual([
      "the service did not answer within 20 seconds.",
      "Check the network and the provider's address.",
      "api.provider",
    ]);
  });
});

test("findings in words", () => {
  const wrong: Finding = {
    level: "error",
    subject: "a.json",
    message: "a.json:1:1: no.\n  1 | x",
    help: "Mend it.",
  };
  expect(sayFinding(wrong)).toBe(
    "error     a.json\n          a.json:1:1: no.\n            1 | x\n          Mend it.\n",
  );
  expect(sayFinding({ level: "warning", subject: "disk", message: "1 GB is free", help: "Free some." })).toBe(
    "warning   disk  1 GB is free\n          Free some.\n",
  );
  expect(sayFindings([wrong, wrong, { ...wrong, level: "warning" }])).toBe("2 errors, 1 warning\n");
});

test("prices are told with their age", () => {
  const shop = repo({ "prices.json": '{ "date": "2026-08-01" }' });
  const told = (now: string, file = "prices.json") => {
    const findings: Finding[] = [];
    checkPrices(shop.path(file), Date.parse(now), (finding) => findings.push(finding));
    return findings.map(({ level, message }) => `${level}: ${message}`);
  };
  expect(told("2026-08-02T13:00:00Z")).toEqual(["ok: of 2026-08-01, 1 day old"]);
  expect(told("2026-10-30")).toEqual(["ok: of 2026-08-01, 90 days old"]);
  expect(told("2026-10-31")).toEqual(["warning: of 2026-08-01, 91 days old"]);
  expect(told("2026-10-31", "none.json")).toEqual([]);
});

describe("info", () => {
  test("shows settings, providers, versions and places; secrets masked", async () => {
    const shop = repo({ ...FILES, ".env": "OPENAI_API_KEY=sk-0123456789012345wxyz\nUNRELATED=x\n" });
    const { code, out, err } = await shop.run(["info", "--json"], {
      env: { FACELESS_CACHE_DIR: "/tmp/cache" },
    });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toMatchObject({
      versions: { faceless: "0.1.0", node: process.version },
      places: {
        "content repo": shop.root,
        ".env": join(shop.root, ".env"),
        cache: "/tmp/cache",
        projects: "output/demo",
      },
      providers: { image: "offline", speech: "offline", text: "offline" },
      niches: { demo: "wide; voice slt; speed 1" },
      environment: { FACELESS_CACHE_DIR: "/tmp/cache", OPENAI_API_KEY: "sk-…wxyz" },
    });
    expect(out).not.toContain("UNRELATED");
    const plain = await shop.run(["info"]);
    expect(plain.out).toContain("\nenvironment\n  OPENAI_API_KEY  sk-…wxyz\n");
  });

  test("shows nothing of a secret that is short", async () => {
    const shop = repo({ ...FILES, ".env": "OPENAI_API_KEY=short\n" });
    expect((await shop.run(["info"])).out).toContain("\nenvironment\n  OPENAI_API_KEY  …\n");
  });

  test("refuses what it cannot read", async () => {
    const shop = repo({ "faceless.config.yaml": "niches: 3\n" });
    expect(await shop.run(["info"])).toEqual(
      complained(
        "faceless.config.yaml:1:9: expected a mapping of keys to values, found the number 3.\n  1 | niches: 3\n    |         ^",
      ),
    );
  });
});
