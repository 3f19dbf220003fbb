/** The program with a provider behind a network: keys from .env, one failed picture among others, nothing loaded in vain. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ApiServer, KEY, startApiServer } from "./api-server.ts";
import { CLI, ended, type Repo, repo, told } from "./small-repo.ts";

let server: ApiServer;
beforeEach(async () => {
  server = await startApiServer();
});
afterEach(() => server.close());

const PIPELINE = `axes:
  story: { values: [a, b, c] }
targets:
  image: { task: image, with: { prompt: "A lake, \${story}", style: {}, size: 300x200 }, out: "images/\${story}.png" }
`;

function shop(provider: string): Repo {
  return repo({
    "faceless.config.yaml": `pipeline: p
providers: { mine: { ${provider} } }
use: { image: mine, speech: mine }
niches: { demo: {} }
`,
    "pipelines/p.yaml": PIPELINE,
  });
}

const azure = () =>
  `type: azure-openai, endpoint: "${server.url}", requests_per_minute: 1000, concurrency: 1, image: { quality: medium }, speech: { deployment: s }`;
const deployment = "AZURE_OPENAI_IMAGE_DEPLOYMENT=painter\n";
const size = (file: Buffer) => [file.readUInt32BE(16), file.readUInt32BE(20)];

test("with a key from .env each picture is asked for once, in the size that is wanted, and never again", async () => {
  const made = shop(azure());
  made.write(".env", `AZURE_OPENAI_API_KEY="${KEY}"\n${deployment}`);
  expect(await made.run(["build", "output/demo"])).toMatchObject({ code: 0, err: "" });
  expect(server.log).toHaveLength(3);
  for (const name of ["a", "b", "c"])
    expect(size(readFileSync(made.path(`output/demo/images/${name}.png`)))).toEqual([300, 200]);
  expect((await made.run(["build", "output/demo"])).out).toBe("nothing to do: 3 fresh\n");
  // Another key or address is no reason to make anything anew; another deployment is.
  made.write(".env", `AZURE_OPENAI_API_KEY=another\n${deployment}`);
  expect((await made.run(["build", "output/demo"])).code).toBe(0);
  expect(server.log).toHaveLength(3);
  const env = { AZURE_OPENAI_IMAGE_DEPLOYMENT: "other", AZURE_OPENAI_API_KEY: KEY };
  expect((await made.run(["build", "output/demo"], { env })).code).toBe(0);
  expect(server.log).toHaveLength(6);
});

test("one picture that is refused does not stop the others, and is explained", async () => {
  const made = shop(azure());
  const env = { AZURE_OPENAI_API_KEY: KEY, AZURE_OPENAI_IMAGE_DEPLOYMENT: "painter" };
  server.script({ status: 400, body: { error: { code: "moderation_blocked", message: "Blocked." } } });
  const { code, out } = await made.run(["build", "output/demo"], { env });
  expect(code).toBe(1);
  expect(out).toMatch(/^failed: 1 failed, 2 ran;/m);
  expect(out).toMatch(
    /mine refuses the image prompt 'A lake, [abc]' by its content policy: 400 moderation_blocked, "Blocked"\./,
  );
  expect(server.log).toHaveLength(3);
});

test("a key that is not taken fails once", async () => {
  const made = shop(azure());
  const env = { AZURE_OPENAI_API_KEY: "sk-wrong-000000", AZURE_OPENAI_IMAGE_DEPLOYMENT: "painter" };
  const { code, out } = await made.run(["build", "-k", "output/demo"], { env });
  expect(code).toBe(1);
  expect(out).toContain("Check AZURE_OPENAI_API_KEY in the environment or in .env.");
  expect(out).not.toContain("wrong");
  expect(server.log).toHaveLength(1);
});

test("a retry that says nothing new is in the log, and shown to who wants to see all", async () => {
  const busy = { status: 503, body: { error: { message: "busy" } }, headers: { "retry-after-ms": "1" } };
  const env = { AZURE_OPENAI_API_KEY: KEY, AZURE_OPENAI_IMAGE_DEPLOYMENT: "painter" };
  const note = 'mine: a request failed (503, "busy"); asking again in 1 s.';
  const build = async (...words: string[]) => {
    server.script(busy, busy);
    const logged = { ...env, LOG_LEVEL: "debug", LOG_FORMAT: "json" };
    const made = await shop(azure()).run(["build", ...words, "output/demo"], { env: logged });
    expect(made.code).toBe(0);
    const lines = made.err.split("\n").filter((line) => line.includes(JSON.stringify(note)));
    const shown = made.out.split(note.replace("1 s", "N s")).length - 1;
    const records = lines.map((line) => JSON.parse(line) as { level: string; target: string });
    expect(new Set(records.map(({ target }) => target))).toEqual(new Set(["image"]));
    return { shown, levels: records.map(({ level }) => level) };
  };
  expect(await build()).toEqual({ shown: 1, levels: ["warn", "debug"] });
  expect(await build("--verbose")).toEqual({ shown: 2, levels: ["warn", "debug"] });
});

test("a log has each request, with what the service calls it, and no key", async () => {
  const busy = {
    status: 503,
    body: { error: { message: `busy ${KEY}` } },
    headers: { "retry-after-ms": "1" },
  };
  server.script(busy);
  const env = { AZURE_OPENAI_API_KEY: KEY, AZURE_OPENAI_IMAGE_DEPLOYMENT: "painter" };
  const goal = "output/demo/images/a.png";
  const logged = { ...env, LOG_LEVEL: "debug", LOG_FORMAT: "json" };
  const { code, err } = await shop(azure()).run(["build", goal], { env: logged });
  expect([code, err.includes(KEY)]).toEqual([0, false]);
  const lines = err.split("\n").filter((line) => line.includes('"event":"request"'));
  const about = {
    ...{ level: "debug", project: "output/demo", event: "request", action: "images/a.png", target: "image" },
    ...{ provider: "mine", model: "painter", use: "image", ms: expect.any(Number) },
    ...{ pid: expect.any(Number), build: expect.any(String), time: expect.any(String) },
  };
  const timeless = (text: string) => text.replace(/\d+ ms/, "N ms");
  expect(lines.map((line) => JSON.parse(line)).map((one) => ({ ...one, msg: timeless(one.msg) }))).toEqual([
    { ...about, attempt: 1, status: 503, fault: "server", msg: "mine painter: image in N ms, 503 server" },
    {
      ...about,
      attempt: 2,
      status: 200,
      requestId: "req_test",
      msg: "mine painter: image in N ms, 200, attempt 2",
    },
  ]);
});

test("a deployment that nobody names is told before anything is asked", async () => {
  const made = shop(azure());
  const { code, err } = await made.run(["build", "output/demo"], { env: { AZURE_OPENAI_API_KEY: KEY } });
  expect([code, err]).toEqual([
    2,
    "faceless: the provider 'mine' needs AZURE_OPENAI_IMAGE_DEPLOYMENT, and the environment does not have it.\n  Write AZURE_OPENAI_IMAGE_DEPLOYMENT=… into a file .env beside faceless.config.yaml, and keep that file out of git; or set it in the environment.\n",
  ]);
  const bare = await made.run(["build", "output/demo"]);
  expect([bare.code, bare.err]).toEqual([
    2,
    "faceless: the provider 'mine' needs AZURE_OPENAI_API_KEY and AZURE_OPENAI_IMAGE_DEPLOYMENT, and the environment has none of them.\n  Write AZURE_OPENAI_API_KEY=… and AZURE_OPENAI_IMAGE_DEPLOYMENT=… into a file .env beside faceless.config.yaml, a line for each, and keep that file out of git; or set them in the environment.\n",
  ]);
  expect(server.log).toEqual([]);
});

test("a budget for models without a price tells the rows to write, and with them it holds", async () => {
  const studio = `${azure()}, text: { deployment: w }`;
  const rows = (image: string, speech: string) => `prices:
  "painter": { image: { pictures: { medium: { 1024x1024: ${image}, 1536x1024: ${image}, 1024x1536: ${image} } } } }
  "s": { speech: { characters: ${speech} } }
`;
  const made = shop(studio);
  made.write(
    "pipelines/p.yaml",
    `${PIPELINE}  voice: { task: speech, with: { text: Hello., voice: nova }, out: { audio: a.mp3, marks: a.json } }\n`,
  );
  const env = { AZURE_OPENAI_API_KEY: KEY, AZURE_OPENAI_IMAGE_DEPLOYMENT: "painter" };
  const { code, err } = await made.run(["build", "output/demo", "--budget", "1"], { env });
  const shown = rows("…", "…").trimEnd().replaceAll(/^/gm, "    ");
  expect([code, err]).toEqual([
    1,
    `faceless: what some of it costs is not known, and there is a budget of $1.00, so nothing was started:
  output/demo: no price known for image, voice
  'painter' is a deployment, and prices are those of models: which one it is, \`image: { model: … }\` of the provider 'mine' in faceless.config.yaml says.
  's' is a deployment, and prices are those of models: which one it is, \`speech: { model: … }\` of the provider 'mine' in faceless.config.yaml says.
  What has no price needs one in faceless.config.yaml, in US dollars for a picture, or for a million tokens or characters:
${shown}
  Or build without --budget.
`,
  ]);
  expect(server.log).toEqual([]);
  made.write(
    "faceless.config.yaml",
    `${readFileSync(made.path("faceless.config.yaml"), "utf8")}${rows("0.04", "15")}`,
  );
  expect((await made.run(["build", "output/demo", "--budget", "1"], { env })).code).toBe(0);
  expect(server.log).toHaveLength(4);
});

test("requests take none of this machine's jobs: as many are under way as the provider takes", async () => {
  const made = shop(azure().replace("concurrency: 1", "concurrency: 3"));
  const env = { AZURE_OPENAI_API_KEY: KEY, AZURE_OPENAI_IMAGE_DEPLOYMENT: "painter" };
  const gate = server.hold();
  const end = ended(made.start(["build", "-j", "1", "output/demo"], { env }));
  await server.arrived(3);
  gate.open();
  expect((await end).code).toBe(0);
});

test("the first Ctrl-C begins no request any more, and what is under way is finished and kept", async () => {
  const made = shop(azure().replace("minute: 1000, concurrency: 1", "minute: 1, concurrency: 3"));
  const env = { AZURE_OPENAI_API_KEY: KEY, AZURE_OPENAI_IMAGE_DEPLOYMENT: "painter" };
  const gate = server.hold();
  const child = made.start(["build", "--json", "output/demo"], { env });
  const end = ended(child);
  await server.arrived(1);
  child.kill("SIGINT");
  // Those that wait for their turn end at once, which tells that the signal was seen: only then may the answer come.
  await told(child.stdout!, "it was interrupted");
  gate.open();
  const { code, out } = await end;
  expect([code, server.log.length]).toEqual([130, 1]);
  // Two of the three wait for their turn; whoever knows that something is paid for does not stop it twice.
  expect(out).toContain(
    '{"type":"notice","text":"stopping, once what is being paid for has come (at most 3 outputs): it is kept. A second Ctrl-C gives it up, and it may be charged all the same."}',
  );
  expect(out.match(/"outcome":"\w+"/g)!.sort()).toEqual([
    '"outcome":"blocked"',
    '"outcome":"blocked"',
    '"outcome":"ran"',
  ]);
  made.write(
    "faceless.config.yaml",
    made.read("faceless.config.yaml").replace("minute: 1,", "minute: 1000,"),
  );
  expect((await made.run(["build", "output/demo"], { env })).code).toBe(0);
  expect(server.log).toHaveLength(3);
});

test("the client library is loaded where it is used, and nowhere else", async () => {
  const dist = dirname(CLI);
  const library = readdirSync(dist).filter(
    (name) => name.endsWith(".js") && readFileSync(join(dist, name), "utf8").includes("X-Stainless-Lang"),
  );
  expect(library).not.toEqual([]);
  const loads = async (made: Repo) => {
    const { err } = await made.run(["build", "output/demo", "--force", "output/demo/images/a.png"], {
      env: { NODE_DEBUG: "esm", AZURE_OPENAI_API_KEY: KEY, AZURE_OPENAI_IMAGE_DEPLOYMENT: "painter" },
    });
    return library.some((name) => err.includes(name));
  };
  expect(await loads(shop("type: offline"))).toBe(false);
  expect(await loads(shop(azure()))).toBe(true);
});
