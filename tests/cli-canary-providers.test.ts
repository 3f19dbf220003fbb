/** Planted keys of every provider, through the whole program: on the wire, and in nothing that is written or said. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ApiServer, KEY, startApiServer } from "./api-server.ts";
import { type Ended, ended, type Repo, repo } from "./small-repo.ts";

/** A key that the server does not take, and repeats as it says so. */
const WRONG = "sk-canary-wrong-5d0a9e3b7c16f248";

/** Also as an address or a header has it, and halves: a half hidden key is a half told one. */
const TRACES = [KEY, WRONG].flatMap((key) => [
  key,
  encodeURIComponent(key),
  Buffer.from(key).toString("base64"),
  key.slice(0, 12),
  key.slice(-8),
]);

interface Case {
  /** As faceless.config.yaml has it. */
  provider(url: string): string;
  readonly variable: string;
  readonly uses: readonly ("text" | "image" | "speech")[];
  readonly isPaid: boolean;
}

/** One that the server lists among its own. */
const MODEL = "gpt-image-2";
const MODELS = (name: string) =>
  `text: { ${name}: ${MODEL} }, image: { ${name}: ${MODEL}, quality: medium }, speech: { ${name}: ${MODEL} }`;

const CASES: Readonly<Record<string, Case>> = {
  "azure-openai": {
    provider: (url) => `type: azure-openai, endpoint: "${url}", ${MODELS("deployment")}`,
    variable: "AZURE_OPENAI_API_KEY",
    uses: ["text", "image", "speech"],
    isPaid: true,
  },
  openai: {
    provider: (url) => `type: openai, base_url: "${url}/v1", api_key_env: OPENAI_API_KEY, ${MODELS("model")}`,
    variable: "OPENAI_API_KEY",
    uses: ["text", "image", "speech"],
    isPaid: true,
  },
  elevenlabs: {
    provider: (url) => `type: elevenlabs, base_url: "${url}", model: eleven_multilingual_v2`,
    variable: "ELEVENLABS_API_KEY",
    uses: ["speech"],
    isPaid: true,
  },
  pexels: {
    provider: (url) => `type: pexels, base_url: "${url}"`,
    variable: "PEXELS_API_KEY",
    uses: ["image"],
    isPaid: false,
  },
};

const TARGETS = {
  text: `  enhanced:
    task: enhance
    with:
      title: A lake
      niche: demo
      visual_style: {}
      scenes: [{ scene_number: 1, narration: The lake is still., image_prompt: a lake }]
    out: enhanced.json
`,
  image: `  image: { task: image, with: { prompt: A lake, style: {}, size: 300x200 }, out: a.png }
`,
  speech: `  voice: { task: speech, with: { text: Hello., voice: nova }, out: { audio: a.mp3, marks: a.json } }
`,
};

/** A repo whose .env has the good key, and all that the program says of it. */
class Cage {
  readonly server: ApiServer;
  readonly said: Ended[] = [];
  readonly #repo: Repo;

  constructor(server: ApiServer, { provider, variable, uses }: Case) {
    this.server = server;
    this.#repo = repo({
      "faceless.config.yaml": `pipeline: p
providers: { mine: { ${provider(server.url)} } }
use: { ${uses.map((use) => `${use}: mine`).join(", ")} }
niches: { demo: {} }
`,
      ".env": `${variable}=${KEY}\n`,
      ".tmp/x": "",
      "pipelines/p.yaml": `targets:\n${uses.map((use) => TARGETS[use]).join("")}`,
    });
  }

  start(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const logged = { LOG_LEVEL: "debug", LOG_FORMAT: "json", TMPDIR: this.#repo.path(".tmp") };
    return this.#repo.start(words, { env: { ...logged, ...env } });
  }

  async say(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended> {
    const heard = await ended(this.start(words, env));
    this.said.push(heard);
    return heard;
  }

  /** Killed as soon as a request has come, and none is answered. */
  async buildAndKill(): Promise<void> {
    const gate = this.server.hold();
    const child = this.start(["build", "output/demo", "--json"]);
    const heard = ended(child);
    await this.server.arrived(this.server.log.length + 1);
    child.kill("SIGKILL");
    this.said.push(await heard);
    gate.open();
  }

  /** Leaks it, and gives where. */
  plant(trace: string): string {
    this.#repo.write("output/demo/leak.txt", `a ${trace}`);
    return this.#repo.path("output/demo/leak.txt");
  }

  /** Files with a trace of a key, and what was said with one. */
  leaks(): string[] {
    const files = readdirSync(this.#repo.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== ".env")
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(8);
    const written = files.filter((path) => TRACES.some((trace) => readFileSync(path).includes(trace)));
    const told = this.said.flatMap(({ out, err }) => [out, err]);
    return [...written, ...told.filter((text) => TRACES.some((trace) => text.includes(trace)))];
  }
}

describe.each(Object.entries(CASES))("%s", (_, one) => {
  test("fails, builds, is killed, and tells of itself without its key", async () => {
    const server = await startApiServer();
    onTestFinished(() => server.close());
    const cage = new Cage(server, one);
    const { variable, isPaid } = one;
    const refused = await cage.say(["build", "-k", "output/demo", "--profile", "failed.json"], {
      [variable]: WRONG,
    });
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/mine does not accept the key: 401 invalid_api_key, ".*\*\*\*/);
    expect(refused.out).toContain(`Check ${variable} in the environment or in .env.`);
    const repeated = `The key ${KEY} (${KEY.slice(0, 8)}****${KEY.slice(-4)}) is "${encodeURIComponent(KEY)}".`;
    for (const words of [["--json"], ["--verbose"]]) {
      server.script({ status: 401, body: { error: { code: KEY, message: repeated }, detail: repeated } });
      const failed = await cage.say(["build", "output/demo", ...words]);
      expect([failed.code, failed.out.includes("does not accept the key")]).toEqual([1, true]);
    }
    await cage.buildAndKill();
    if (isPaid) {
      const open = await cage.say(["build", "-k", "output/demo"]);
      expect([open.code, open.out.includes("may have been charged")]).toEqual([1, true]);
    }
    server.script({
      status: 503,
      body: { error: { message: repeated } },
      headers: { "retry-after-ms": "1" },
    });
    const built = await cage.say([
      "build",
      "output/demo",
      "--pay-again",
      "--verbose",
      "--profile",
      "built.json",
    ]);
    expect(built.code).toBe(0);
    for (const words of [["costs"], ["costs", "--json"], ["info"], ["info", "--json"], ["status"]])
      expect([words, (await cage.say(words)).code]).toEqual([words, 0]);
    const tested = ["validate", "--test-connections"];
    expect((await cage.say(tested)).code).toBe(0);
    await cage.say(tested, { [variable]: WRONG });
    const wire = JSON.stringify(server.log.map(({ headers }) => headers));
    expect([wire.includes(KEY), wire.includes(WRONG)]).toEqual([true, true]);
    expect(cage.said.map(({ err }) => err).join("")).toContain('"level":"debug"');
    expect(cage.leaks()).toEqual([]);
    const planted = cage.plant(KEY.slice(-8));
    expect(cage.leaks(), "the test itself finds one").toEqual([planted]);
  });
});
