/** Scripts that are worked over scene by scene: what an edit asks for again, and what it buys, with the shipped pipeline. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { packageRoot } from "../lib/base/assets.ts";
import type { JsonObject } from "../lib/base/json.ts";
import { type ApiServer, KEY, startApiServer } from "./api-server.ts";
import { type Ended, Repo, repo } from "./small-repo.ts";

let server: ApiServer;
/** The story is built by whichever test is the first; each of the others puts it back as it was, which asks for nothing. */
let shop: Repo;
let first: Bought | undefined;

beforeAll(async () => {
  server = await startApiServer();
  shop = new Repo();
  equip(shop, "studio");
});
afterAll(async () => {
  shop.close();
  await server.close();
});
beforeEach(async () => {
  server.answerText = answered;
  write({});
  const now = await built();
  if (first !== undefined) expect(now).toEqual(NOTHING);
  first ??= now;
});

const SCENES = ["One", "Two", "Three", "Four"].map((name) => ({
  narration: `${name} is said.`,
  image_prompt: `${name} is seen`,
}));
const STORY = { title: "Numbers", visual_style: { environment: "hills" }, scenes: SCENES };
type Story = typeof STORY;

const config = (text: string, longest = 8192) => `pipeline: narrated-video
providers:
  studio:
    type: openai
    base_url: ${server.url}/v1
    api_key_env: STUDIO_KEY
    requests_per_minute: 10000
    text: { model: writer, max_output_tokens: ${longest} }
    image: { model: any-size-1, quality: medium, sizes: any }
    speech: { model: speaker }
use: { text: ${text}, image: studio, speech: studio }
prices:
  writer: { text: { input: 0, output: 100 } }
  any-size-1: { image: { pictures: { medium: { 96x64: 0.04 } } } }
  speaker: { speech: { characters: 1000 } }
platforms:
  wide: { image_size: 96x64, video: { width: 320, height: 180 } }
options: { enhance: true }
defaults: { platforms: [wide], voice: nova }
niches: { demo: {} }
`;

function equip(bare: Repo, text: string): void {
  bare.writeAll({
    "faceless.config.yaml": config(text),
    "pipelines/narrated-video.yaml": readFileSync(join(packageRoot, "pipelines/narrated-video.yaml"), "utf8"),
    [SCRIPT]: JSON.stringify(STORY),
  });
}

const SCRIPT = "output/demo/scripts/a_script.json";
const write = (story: Partial<Story>) => shop.write(SCRIPT, JSON.stringify({ ...STORY, ...story }));

interface Request {
  readonly purpose: string;
  readonly instructions: string;
  readonly input: JsonObject;
}

function requestOf(body: JsonObject): Request {
  const { messages, response_format } = body as unknown as {
    messages: readonly { content: string }[];
    response_format: { json_schema: { name: string } };
  };
  return {
    purpose: response_format.json_schema.name,
    instructions: messages[0]!.content,
    input: JSON.parse(messages[1]!.content) as JsonObject,
  };
}

/** As a model: never the same words twice. */
function answered(body: JsonObject): JsonObject {
  const { purpose, input } = requestOf(body);
  const nth = server.log.length;
  const answers: Record<string, () => unknown> = {
    "enhance-narration": () => ({ narration: `${input.narration} (${nth})` }),
    "enhance-prompt": () => ({ image_prompt: `${input.image_prompt} (${nth})` }),
    enhance: () => ({ scenes: [{ scene_number: 4, narration: "All.", image_prompt: "All is seen" }] }),
  };
  return saying({ content: JSON.stringify(answers[purpose]!()), refusal: null });
}

const saying = (message: JsonObject): JsonObject => ({ finish_reason: "stop", message });

interface Bought {
  readonly narrations: readonly string[];
  readonly prompts: readonly string[];
  readonly pictures: readonly string[];
  readonly voices: readonly string[];
}
const NOTHING: Bought = { narrations: [], prompts: [], pictures: [], voices: [] };

/** Everything that was asked for since so many requests, by the author's own words. */
function bought(since: number): Bought {
  const asked = server.log
    .slice(since)
    .map(({ route, body }) => ({ use: route!.name, body: body as JsonObject }));
  const own = (texts: readonly unknown[]) => texts.map((text) => String(text).split(" (")[0]!).sort();
  const of = (use: string) => asked.filter((one) => one.use === use).map(({ body }) => body);
  const inputs = (purpose: string) =>
    of("text").flatMap((body) => (requestOf(body).purpose === purpose ? [requestOf(body).input] : []));
  return {
    narrations: own(inputs("enhance-narration").map(({ narration }) => narration)),
    prompts: own(inputs("enhance-prompt").map(({ image_prompt }) => image_prompt)),
    pictures: own(of("image").map(({ prompt }) => prompt)),
    voices: own(of("speech").map(({ input }) => input)),
  };
}

/** Texts, pictures and voices, and no film. */
const PATHS = ["output/demo/images", "output/demo/audio"];
const run = (...words: string[]): Promise<Ended> => shop.run(words, { env: { STUDIO_KEY: KEY } });

async function built(...words: string[]): Promise<Bought> {
  const since = server.log.length;
  expect(await run("build", ...PATHS, ...words)).toMatchObject({ code: 0, err: "" });
  return bought(since);
}

const texts = (...narrations: string[]) => narrations.map((name) => `${name} is said.`).sort();
const pictures = (...prompts: string[]) => prompts.map((name) => `${name} is seen`).sort();
const ALL = ["One", "Two", "Three", "Four"];

describe("an edit costs what it changed", () => {
  test("everything is asked for once, each scene for itself", () => {
    expect(first).toEqual({
      narrations: texts(...ALL),
      prompts: pictures(...ALL),
      pictures: pictures(...ALL),
      voices: texts(...ALL),
    });
    const inputs = server.log
      .filter(({ route }) => route!.name === "text")
      .map(({ body }) => requestOf(body as JsonObject).input);
    expect(inputs).toContainEqual({
      title: "Numbers",
      niche: "demo",
      before: null,
      narration: "One is said.",
      after: "Two is said.",
    });
    expect(inputs).toContainEqual({
      niche: "demo",
      visual_style: { environment: "hills", color_mood: "", texture: "", recurring_elements: {} },
      narration: "Four is said.",
      image_prompt: "Four is seen",
    });
  });

  test("a narration: its scene, and the voices beside it", async () => {
    write({ scenes: SCENES.with(0, { ...SCENES[0]!, narration: "Uno is said." }) });
    expect(await built()).toEqual({
      narrations: texts("Uno", "Two"),
      prompts: pictures("One"),
      pictures: pictures("One"),
      voices: texts("Uno", "Two"),
    });
  });

  test("a prompt: that one, its picture, and no voice", async () => {
    write({ scenes: SCENES.with(2, { ...SCENES[2]!, image_prompt: "Tres is seen" }) });
    expect(await built()).toEqual({ ...NOTHING, prompts: pictures("Tres"), pictures: pictures("Tres") });
  });

  test("a scene that comes: that one, and the voices beside it; what moves is restored", async () => {
    write({ scenes: SCENES.toSpliced(1, 0, { narration: "Half is said.", image_prompt: "Half is seen" }) });
    expect(await built()).toEqual({
      narrations: texts("One", "Half", "Two"),
      prompts: pictures("Half"),
      pictures: pictures("Half"),
      voices: texts("One", "Half", "Two"),
    });
  });

  test("a scene that goes: the voices beside it", async () => {
    write({ scenes: SCENES.toSpliced(2, 1) });
    expect(await built()).toEqual({
      ...NOTHING,
      narrations: texts("Two", "Four"),
      voices: texts("Two", "Four"),
    });
  });

  test("the title: every narration, and no picture; the style: every picture, and no voice", async () => {
    write({ title: "Figures" });
    expect(await built()).toEqual({ ...NOTHING, narrations: texts(...ALL), voices: texts(...ALL) });
    write({ visual_style: { environment: "sea" } });
    expect(await built()).toEqual({ ...NOTHING, prompts: pictures(...ALL), pictures: pictures(...ALL) });
  });

  test("anything else: nobody is asked", async () => {
    write({ scenes: SCENES.map((scene) => ({ ...scene, motion: "hold" })) });
    expect(await built()).toEqual(NOTHING);
  });

  test("instructions of one's own: what they are for", async () => {
    shop.write("shared/prompts/enhance-narration.md", "Make it rhyme.\n");
    expect(await built()).toEqual({ ...NOTHING, narrations: texts(...ALL), voices: texts(...ALL) });
    shop.remove("shared/prompts/enhance-narration.md");
  });
});

test("a plan tells what an edit asks for, what that costs at most, and what may follow", async () => {
  write({ scenes: SCENES.with(0, { ...SCENES[0]!, narration: "Eins is said." }) });
  const { code, out } = await run("plan", ...PATHS);
  expect(code).toBe(0);
  const lines = out.split("\n").filter((line) => !line.includes("of work"));
  expect(lines.sort()).toEqual([
    "",
    "at least $0.614 to pay (enhanced_narration $0.41, enhanced_prompt $0.205)",
    "dry run: at least 4 to run, 1 that may run after them, 5 fresh; nothing was changed",
    "may run   work/a/script.json",
    "run       work/a/brief.json  (input draft has other content)",
    "run       work/a/scene_01.narration.json  up to $0.205  (narration changed: 'One is said.' -> 'Eins is said.')",
    "run       work/a/scene_01.prompt.json  up to $0.205  (narration changed: 'One is said.' -> 'Eins is said.')",
    "run       work/a/scene_02.narration.json  up to $0.205  (before changed: 'One is said.' -> 'Eins is said.')",
  ]);
});

/** What is told of the one action that failed. */
const failure = (out: string) => /^failed {4}.*\n(?: +.*\n)*/m.exec(out)?.[0];

test("what was pinned for another scene than the one that now stands there is told, before anything is drawn of it", async () => {
  const path = "output/demo/work/a/scene_02.narration.json";
  expect(await run("pin", path)).toMatchObject({ code: 0 });
  write({ scenes: SCENES.toSpliced(0, 1) });
  const since = server.log.length;
  const { code, out } = await run("build", ...PATHS);
  expect(await run("unpin", path)).toMatchObject({ code: 0 });
  expect(await run("build", ...PATHS, "--discard-edits")).toMatchObject({ code: 0 });
  expect(code).toBe(1);
  expect(failure(out)).toBe(`failed    work/a/script.json  N s  script.scene
          output/demo/work/a/scene_02.narration.json was made of 'Two is said.', and scene 2 of the script has the narration 'Three is said.'.
          It was edited or pinned for another version of the script. Remove it (\`faceless unpin\`, \`--discard-edits\`), move it to the scene it is for, or write the script's words into its \`original\`.
`);
  expect(bought(since)).toEqual({ ...NOTHING, narrations: texts("Two"), voices: texts("Two") });
});

test("a pinned prompt keeps its picture while the narration is reworded", async () => {
  const path = "output/demo/work/a/scene_04.prompt.json";
  expect(await run("pin", path)).toMatchObject({ code: 0 });
  write({ scenes: SCENES.with(3, { ...SCENES[3]!, narration: "Vier is said." }) });
  expect(await built()).toEqual({
    ...NOTHING,
    narrations: texts("Three", "Vier"),
    voices: texts("Three", "Vier"),
  });
  write({});
  expect(await run("unpin", path)).toMatchObject({ code: 0 });
  expect(await built("--discard-edits")).toEqual(NOTHING);
});

test("a refusal is of one scene, in the author's words, and is kept until another answer is forced", async () => {
  write({ scenes: SCENES.with(3, { ...SCENES[3]!, narration: "Hidden is said." }) });
  server.answerText = (body) =>
    requestOf(body).input.narration === "Hidden is said."
      ? saying({ content: null, refusal: "I cannot help with that." })
      : answered(body);
  const path = "output/demo/work/a/scene_04.narration.json";
  const { code, out } = await run("build", path);
  const since = server.log.length;
  expect(await run("build", path)).toMatchObject({ code: 1 });
  expect(server.log).toHaveLength(since);
  server.answerText = answered;
  expect(await run("build", path, "--force", path)).toMatchObject({ code: 0 });
  expect(code).toBe(1);
  expect(failure(out)).toBe(`failed    work/a/scene_04.narration.json  N s  api.text
          studio refuses the narration 'Hidden is said.' by its content policy: refusal, I cannot help with that.
          Say it in other words (the scene's \`narration\`): without real people, violence, or what could be read so. Or bring your own: a file in pinned/ is used instead of what is made. The answer was paid for, and is kept: \`--force\` with this path asks for another.
`);
});

test("an answer that was cut off is asked for anew with another limit, and nothing else is", async () => {
  write({ scenes: SCENES.with(1, { ...SCENES[1]!, image_prompt: "Length is seen" }) });
  server.answerText = (body) =>
    requestOf(body).input.image_prompt === "Length is seen"
      ? { ...saying({ content: "{", refusal: null }), finish_reason: "length" }
      : answered(body);
  const { code, out } = await run("build", ...PATHS);
  expect(code).toBe(1);
  expect(failure(out)).toBe(`failed    work/a/scene_02.prompt.json  N s  api.text
          the answer of 'writer' was longer than 2048 tokens, and is cut off.
          Raise 'max_output_tokens' of the provider's 'text' in faceless.config.yaml (one scene's text alone may take a quarter of it), or ask for less. What is finished stays.
`);
  server.answerText = answered;
  shop.write("faceless.config.yaml", config("studio", 9000));
  expect(await built()).toEqual({ ...NOTHING, prompts: pictures("Length"), pictures: pictures("Length") });
  shop.write("faceless.config.yaml", config("studio"));
});

test("where scenes may change, the whole story is one request", async () => {
  const since = server.log.length;
  expect(await built("--set", "scene_changes=true")).toEqual({
    ...NOTHING,
    pictures: ["All is seen. Environment: hills."],
    voices: ["All."],
  });
  const [asked] = server.log.slice(since);
  expect(requestOf(asked!.body as JsonObject)).toMatchObject({
    purpose: "enhance",
    input: { scenes: SCENES },
  });
});

test("offline it is done by rules, and that is said once", async () => {
  const offline = repo();
  equip(offline, "offline");
  const paths = ["output/demo/work/a/script.json"];
  const { code, out } = await offline.run(["build", ...paths], { env: { STUDIO_KEY: KEY } });
  expect(code).toBe(0);
  expect(out.match(/smoothed by rules on this machine/g)).toHaveLength(1);
  expect(JSON.parse(offline.read("output/demo/work/a/script.json"))).toMatchObject({
    scenes: ALL.map((name) => ({
      narration: `${name} is said.`,
      prompt: expect.stringMatching(new RegExp(`^${name} is seen; .*light`)),
    })),
  });
});
