/** A planted secret is in nothing that the program writes or says, whatever command runs, however it ends. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { KEY, startApiServer } from "./api-server.ts";
import { type Ended, ended, Repo } from "./small-repo.ts";

const CANARIES = {
  /** In the environment, and in .env. */
  environment: "sk-canary-env-3f9c1d7a2b8e4650",
  file: 'sk-canary-"file"-8d2e6b1f0c7a4935',
};

/** Fails with words that have both of them, as a service that repeats its key does, and tells them before. */
const TELLTALE = `import { readFileSync } from "node:fs";
import { defineTask, Failure, z } from "faceless/task";
export default defineTask({
  type: "telltale",
  params: z.strictObject({ fails: z.boolean(), root: z.string() }),
  outputs: { told: "txt" },
  async run({ params, outputs, notice }) {
    const keys = process.env.OPENAI_API_KEY + " and " + JSON.parse(readFileSync(params.root + "/keys.json", "utf8"));
    notice("the service says: wrong key " + keys);
    if (params.fails) throw new Failure("the key " + keys + " is wrong.", { code: "api.authentication", help: "Not " + keys });
    await outputs.told.write("told");
  },
});
`;

const pipeline = (root: string) => `options: { fails: false, enhance: false }
axes: { story: { files: "scripts/\${story}_script.json" } }
targets:
  told: { task: telltale, with: { fails: "\${options.fails}", root: ${JSON.stringify(root)} }, out: told.txt }
  env: { run: "env > \${out}", out: env.txt }
  script: { task: script, in: { draft: "scripts/\${story}_script.json" }, with: { niche: demo }, out: "work/\${story}.json" }
  voice: { task: speech, with: { text: Hello., voice: slt }, out: { audio: a.mp3, marks: a.json } }
`;

class Cage extends Repo {
  readonly said: Ended[] = [];

  async say(...words: string[]): Promise<Ended> {
    return await this.sayWith({}, ...words);
  }

  async sayWith(env: Record<string, string>, ...words: string[]): Promise<Ended> {
    const planted = { OPENAI_API_KEY: CANARIES.environment, TMPDIR: this.path(".tmp"), ...env };
    const heard = await ended(this.start(words, { env: planted }));
    this.said.push(heard);
    return heard;
  }
}

function cage(): Cage {
  const made = new Cage();
  onTestFinished(() => made.close());
  made.writeAll({
    "faceless.config.yaml": `pipeline: p
platforms: { wide: { image_size: 320x180, video: { width: 160, height: 90 } } }
defaults: { platforms: [wide], voice: slt }
niches: { demo: {} }
`,
    ".env": `AZURE_OPENAI_API_KEY='${CANARIES.file}'\n`,
    "keys.json": JSON.stringify(CANARIES.file),
    ".tmp/x": "",
    "tasks/telltale.ts": TELLTALE,
    "pipelines/p.yaml": pipeline(made.root),
    "output/demo/scripts/a_script.json":
      '{ "title": "t", "scenes": [{ "narration": "a", "image_prompt": "b" }] }',
  });
  return made;
}

/** Of the canaries, also as JSON writes them. */
const FORMS = Object.values(CANARIES).flatMap((canary) => [canary, JSON.stringify(canary).slice(1, -1)]);

function leaks(shop: Cage, forms = FORMS): string[] {
  const planted = [".env", "keys.json"];
  const files = readdirSync(shop.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !planted.some((name) => path === shop.path(name)));
  expect(files.length).toBeGreaterThan(10);
  const written = files.filter((path) => forms.some((form) => readFileSync(path).includes(form)));
  const told = shop.said.flatMap(({ out, err }) =>
    forms.flatMap((form) => [out, err].filter((text) => text.includes(form))),
  );
  return [...written, ...told];
}

test("by every command, with success and with failure", async () => {
  const shop = cage();
  const codes = async (...words: string[]) => (await shop.say(...words)).code;
  const log = { LOG_FORMAT: "json", LOG_LEVEL: "trace" };
  expect((await shop.sayWith(log, "build", "--json", "--profile", "profile.json")).code).toBe(0);
  expect(await codes("build", "--verbose", "--force", "output/demo/told.txt")).toBe(0);
  const failing = await shop.sayWith(
    { DEBUG: "1" },
    "build",
    "-k",
    "--set",
    "fails=true",
    "--profile",
    "failed.json",
  );
  expect(failing.code).toBe(1);
  expect(failing.out).toContain("the key sk-…4650 and sk-…4935 is wrong.");
  expect(failing.err).toContain("sk-…4650");
  expect(await codes("build", "--json", "--set", "fails=true")).toBe(1);
  for (const words of [
    ["plan"],
    ["status"],
    ["graph"],
    ["accept", "-n"],
    ["validate"],
    ["info"],
    ["info", "--json"],
  ])
    expect([words, await codes(...words)]).toEqual([words, 0]);
  expect(await codes("why", "output/demo/told.txt")).toBe(0);
  expect(await codes("why", "output/demo/told.txt", "--set", "fails=true")).toBe(0);
  expect(await codes("pin", "output/demo/told.txt")).toBe(0);
  expect(await codes("unpin", "output/demo/told.txt")).toBe(0);
  expect(await codes("generate", "demo", "--topic", "keys")).toBe(0);
  expect(await codes("init", "travel")).toBe(0);
  expect(await codes("clean", "output/demo")).toBe(0);
  expect(await codes("gc", "--max-age", "0")).toBe(0);
  expect(await codes("schema", "config")).toBe(0);
  expect(await codes("--help")).toBe(0);
  // What cannot be used is told with its own words, and they may be anything.
  expect(await codes("build", `output/${CANARIES.environment}`)).toBe(2);
  expect(await codes(CANARIES.environment)).toBe(2);
  shop.write("faceless.config.yaml", `niches: { demo: { voice: ${CANARIES.environment}, nobody: 1 } }\n`);
  for (const words of [["build"], ["validate"], ["info"], ["generate", "demo"], ["build", "output/demo"]]) {
    const [{ code }, logged] = [await shop.say(...words), await shop.sayWith(log, ...words)];
    expect([words, code, logged.code]).toEqual([words, 2, 2]);
  }
  shop.write("faceless.config.yaml", "niches: { demo: {} }\n");
  expect(leaks(shop)).toEqual([]);
});

test("by a service that repeats the key in answers that are good", async () => {
  const shop = cage();
  const server = await startApiServer();
  onTestFinished(() => server.close());
  shop.write(
    "faceless.config.yaml",
    `pipeline: p
providers: { mine: { type: openai, base_url: "${server.url}/v1", api_key_env: OPENAI_API_KEY, text: { model: writer }, image: { model: painter } } }
use: { text: mine, image: mine }
platforms: { wide: { image_size: 320x180, video: { width: 160, height: 90 } } }
defaults: { platforms: [wide], voice: slt }
niches: { demo: {} }
`,
  );
  shop.write(
    "pipelines/p.yaml",
    `options: { enhance: false }
axes: { story: { files: "scripts/\${story}_script.json" } }
targets:
  script: { task: script, in: { draft: "scripts/\${story}_script.json" }, with: { niche: demo }, out: "work/\${story}.json" }
  image: { task: image, with: { prompt: "A lake, \${story}", style: {}, size: 300x200 }, out: "images/\${story}.png" }
`,
  );
  const scene = { narration: `The key is ${KEY}.`, image_prompt: `A key, ${encodeURIComponent(KEY)}` };
  const style = { environment: KEY, color_mood: "grey", texture: "flat", recurring_elements: [] };
  const content = JSON.stringify({ title: "A key", visual_style: style, scenes: [scene, scene, scene] });
  server.answerText = () => ({
    finish_reason: "stop",
    message: { role: "assistant", content, refusal: null },
  });
  server.script({ page: `<html>${KEY}</html>` });
  const env = { OPENAI_API_KEY: KEY, LOG_LEVEL: "trace", LOG_FORMAT: "json" };
  const generated = await shop.sayWith(env, "generate", "demo", "--topic", "keys");
  expect([generated.code, server.log.length]).toEqual([0, 3]);
  const scripts = readdirSync(shop.path("output/demo/scripts"))
    .map((name) => readFileSync(shop.path(`output/demo/scripts/${name}`), "utf8"))
    .join();
  expect(scripts).toContain(`The key is ${"*".repeat(KEY.length)}.`);
  expect((await shop.sayWith(env, "costs")).code).toBe(0);
  expect(leaks(shop, [KEY])).toEqual([]);
});

test("by a watch, whose round fails", async () => {
  const shop = cage();
  const env = { OPENAI_API_KEY: CANARIES.environment, LOG_LEVEL: "debug", TMPDIR: shop.path(".tmp") };
  for (const more of [[], ["--json"]]) {
    const child = shop.start(["watch", "--set", "fails=true", ...more], { env });
    const end = ended(child);
    child.stdout!.on("data", (text: string) => {
      if (text.includes("waiting")) child.kill("SIGINT");
    });
    const heard = await end;
    expect(heard.out).toContain("sk-…4650");
    shop.said.push(heard);
  }
  expect(leaks(shop)).toEqual([]);
});
