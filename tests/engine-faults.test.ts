/** What goes wrong while a build runs: moving files, interrupts, tasks that make nothing, odd names, two at once. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Task, Tool } from "../lib/model/task.ts";
import { defineTask, z } from "../lib/task.ts";
import { gone, readPid } from "./processes.ts";
import { type Built, TASKS, type Workshop, workshop } from "./workshop.ts";

const UPPER = `
targets:
  words: { task: upper, in: { text: ./notes.txt }, out: words.txt }
  voice: { task: join, in: { parts: [words] }, out: voice.txt }
`;

const LIST = `
options: { glue: "|" }
axes:
  story: { files: "scripts/\${story}.txt" }
  item: { items: "\${list.items}", key: number, pad: 2 }
targets:
  list: { task: split, in: { text: "scripts/\${story}.txt" }, out: "work/\${story}.json" }
  said: { task: say, with: { text: "\${item.text}" }, out: "said/\${story}_\${item}.txt" }
  all: { task: join, in: { parts: said }, with: { glue: "\${options.glue}" }, out: "final/\${story}.txt" }
`;

/** The tasks of the workshop, and one whose work is the test's own. */
function withTask(run: Task["run"], definition: Partial<Task> = {}): ReadonlyMap<string, Task> {
  const own = defineTask({
    type: "own",
    version: 1,
    params: z.strictObject({ text: z.string().default("") }),
    inputs: { text: "optional" },
    outputs: { text: "txt" },
    run: (given) => run(given as Parameters<Task["run"]>[0]),
  });
  return new Map([...TASKS, { ...own, ...definition }].map((task) => [task.type, task]));
}

const notices = ({ events }: Built) =>
  events.flatMap((event) => (event.type === "notice" ? [event.text] : []));

const helps = ({ events }: Built) =>
  events.flatMap((event) => (event.type === "finished" && event.problem?.help ? [event.problem.help] : []));

/** Nothing of an attempt is left. */
function expectNoScratch(shop: Workshop): void {
  const scratch = shop.path(".faceless/scratch");
  expect(existsSync(scratch) ? readdirSync(scratch) : []).toEqual([]);
}

const OWN = `
targets:
  own: { task: own, in: { text: ./notes.txt }, out: own.txt }
`;

test("a source edited while its action runs: the result is not taken for that of the new content", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  let runs = 0;
  const tasks = withTask(async ({ inputs, outputs }) => {
    runs += 1;
    const text = readFileSync((inputs.text as { path: string }).path, "utf8");
    if (runs === 1) shop.write("notes.txt", "two");
    await outputs.text!.write(`said ${text}`);
  });
  const built = await shop.build({ tasks });
  expect(built.ran).toEqual({ "own.txt": "ran" });
  expect(notices(built)).toEqual([
    "output/demo/notes.txt changed while this was made, so it is looked at again.",
  ]);
  expect(shop.read("own.txt")).toBe("said two");
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "fresh" });
  shop.write("notes.txt", "one");
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "ran" });
  expect(shop.read("own.txt")).toBe("said one");
  expect(runs).toBe(3);
  expectNoScratch(shop);
});

test("a source that changes each time while its action runs is a failure, and nothing is recorded", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "0" });
  let runs = 0;
  const tasks = withTask(async ({ outputs }) => {
    runs += 1;
    shop.write("notes.txt", String(runs));
    await outputs.text!.write("made");
  });
  const built = await shop.build({ tasks });
  expect(built.problems).toEqual(["output/demo/notes.txt changed each time while this was made."]);
  expect(helps(built)).toEqual(["Build again when nothing writes to it any more."]);
  expect(runs).toBe(4);
  expect(existsSync(shop.path("own.txt"))).toBe(false);
  const calm = withTask(async ({ outputs }) => await outputs.text!.write("calm"));
  expect((await shop.build({ tasks: calm })).ran).toEqual({ "own.txt": "ran" });
  expectNoScratch(shop);
});

test("a source removed while its action runs: said as missing, where it is asked for", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  const tasks = withTask(async ({ outputs }) => {
    shop.remove("notes.txt");
    await outputs.text!.write("made");
  });
  expect((await shop.build({ tasks })).problems).toEqual([
    `pipelines/p.yaml:3:33: 'text': there is no file output/demo/notes.txt.
  3 |   own: { task: own, in: { text: ./notes.txt }, out: own.txt }
    |                                 ^`,
  ]);
});

test("an output edited by hand while its task runs is not overwritten", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  let edit = false;
  const tasks = withTask(async ({ outputs }) => {
    if (edit) shop.write("own.txt", "by hand");
    await outputs.text!.write("made");
  });
  await shop.build({ tasks });
  shop.write("notes.txt", "two");
  edit = true;
  const built = await shop.build({ tasks });
  expect(built.ran).toEqual({ "own.txt": "edited" });
  expect(notices(built)).toEqual([
    "output/demo/own.txt changed while this was made, so it is looked at again.",
  ]);
  expect(shop.read("own.txt")).toBe("by hand");
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "edited" });
  // The run was not for nothing: its result is in the store.
  expect((await shop.build({ tasks, discardEdits: true })).ran).toEqual({ "own.txt": "restored" });
  expect(shop.read("own.txt")).toBe("made");
});

test("a task that makes nothing, something empty, a folder or a link is a failure, and nothing takes its place", async () => {
  const makes: [string, (path: string) => void][] = [
    ["was not made", () => {}],
    ["is empty", (path) => writeFileSync(path, "")],
    ["is no regular file", (path) => void mkdirSync(path)],
    ["is no regular file", (path) => symlinkSync("/etc/hostname", path)],
  ];
  for (const [problem, make] of makes) {
    const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
    const built = await shop.build({ tasks: withTask(async ({ outputs }) => make(outputs.text!.path)) });
    expect(built.problems).toEqual([`the output own.txt ${problem}, though nothing reported a failure.`]);
    expect(existsSync(shop.path("own.txt"))).toBe(false);
    expectNoScratch(shop);
    const good = withTask(async ({ outputs }) => await outputs.text!.write("made"));
    expect((await shop.build({ tasks: good })).ran).toEqual({ "own.txt": "ran" });
  }
});

test("a failed task leaves the output of the last time as it was", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  await shop.build({ tasks: withTask(async ({ outputs }) => await outputs.text!.write("made")) });
  shop.write("notes.txt", "two");
  const broken = withTask(async ({ outputs }) => {
    await outputs.text!.write("half");
    throw new Error("the voice broke");
  });
  const built = await shop.build({ tasks: broken });
  expect(built.problems[0]).toMatch(/^Error: the voice broke\n {4}at /);
  expect(shop.read("own.txt")).toBe("made");
  shop.write("notes.txt", "one");
  expect((await shop.build({ tasks: broken })).ran).toEqual({ "own.txt": "fresh" });
  expectNoScratch(shop);
});

test("a scratch folder that cannot be emptied is in nobody's way", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  const tasks = withTask(async ({ outputs, scratch }) => {
    mkdirSync(`${scratch}/locked`);
    writeFileSync(`${scratch}/locked/file`, "");
    chmodSync(`${scratch}/locked`, 0o555);
    await outputs.text!.write("made");
  });
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "ran" });
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "fresh" });
  for (const left of existsSync(shop.path(".faceless/scratch"))
    ? readdirSync(shop.path(".faceless/scratch"))
    : [])
    chmodSync(shop.path(`.faceless/scratch/${left}/work/locked`), 0o755);
});

test("stopped while a task runs: it is blocked, nothing is half written, and the next build completes", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `${OWN}  next: { task: join, in: { parts: [own] }, out: next.txt }\n`,
    "notes.txt": "one",
  });
  const stop = new AbortController();
  const tasks = withTask(async ({ outputs, signal }) => {
    writeFileSync(outputs.text!.path, "half");
    stop.abort();
    signal.throwIfAborted();
  });
  const built = await shop.build({ tasks, stop: stop.signal });
  expect(built).toMatchObject({ ok: false, interrupted: true, problems: [] });
  expect(built.ran).toEqual({ "own.txt": "blocked", "next.txt": "blocked" });
  expect(
    built.events.flatMap((event) => (event.type === "finished" ? [event.problem?.message] : [])),
  ).toEqual(["it was interrupted.", "it needs own.txt."]);
  expect(readdirSync(shop.places.folder).sort()).toEqual([".faceless", "notes.txt"]);
  expectNoScratch(shop);
  const good = withTask(async ({ outputs }) => await outputs.text!.write("made"));
  expect((await shop.build({ tasks: good })).ran).toEqual({ "own.txt": "ran", "next.txt": "ran" });
});

test("a task that does not heed the stop and finishes is not taken over either", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  const stop = new AbortController();
  const tasks = withTask(async ({ outputs }) => {
    stop.abort();
    await outputs.text!.write("made");
  });
  expect((await shop.build({ tasks, stop: stop.signal })).ran).toEqual({ "own.txt": "blocked" });
  expect(existsSync(shop.path("own.txt"))).toBe(false);
});

test("what costs money is let finish at the first stop, and stored; nothing after it starts", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `${OWN}  next: { task: join, in: { parts: [own] }, out: next.txt }\n`,
    "notes.txt": "one",
  });
  const stop = new AbortController();
  let runs = 0;
  const tasks = withTask(
    async ({ outputs, signal }) => {
      runs += 1;
      stop.abort();
      signal.throwIfAborted();
      await outputs.text!.write("paid");
    },
    { tools: ["image"] },
  );
  const tools = new Map<string, Tool>([["image", { identity: "painter 1", paid: true, value: {} }]]);
  const built = await shop.build({ tasks, tools, stop: stop.signal });
  expect(built).toMatchObject({ ok: false, interrupted: true });
  expect(built.ran).toEqual({ "own.txt": "ran", "next.txt": "blocked" });
  expect((await shop.build({ tasks, tools })).ran).toEqual({ "own.txt": "fresh", "next.txt": "ran" });
  expect(runs).toBe(1);
});

test("the second stop ends what costs money too", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  const [stop, kill] = [new AbortController(), new AbortController()];
  const tasks = withTask(
    async ({ signal }) => {
      stop.abort();
      kill.abort();
      signal.throwIfAborted();
    },
    { tools: ["image"] },
  );
  const tools = new Map<string, Tool>([["image", { identity: "painter 1", paid: true, value: {} }]]);
  const built = await shop.build({ tasks, tools, stop: stop.signal, kill: kill.signal });
  expect(built.ran).toEqual({ "own.txt": "blocked" });
});

test("an input that is missing, a folder, or one of several is said where it is asked for", async () => {
  const shop = workshop({ "/pipelines/p.yaml": UPPER });
  expect((await shop.build()).problems).toEqual([
    `pipelines/p.yaml:3:37: 'text': there is no file output/demo/notes.txt.
  3 |   words: { task: upper, in: { text: ./notes.txt }, out: words.txt }
    |                                     ^`,
  ]);
  mkdirSync(shop.path("notes.txt"));
  expect((await shop.build()).problems).toEqual([
    `pipelines/p.yaml:3:37: output/demo/notes.txt is a folder, where a file is expected.
  3 |   words: { task: upper, in: { text: ./notes.txt }, out: words.txt }
    |                                     ^`,
  ]);
  shop.write("/pipelines/p.yaml", UPPER.replace("./notes.txt", '"./*.md"'));
  shop.write("a.md", "a");
  expect((await shop.build()).ok).toBe(true);
  shop.write("b.md", "b");
  expect((await shop.build()).problems).toEqual([
    `pipelines/p.yaml:3:37: 'text' takes one file, and 2 match: output/demo/a.md, output/demo/b.md.
  3 |   words: { task: upper, in: { text: "./*.md" }, out: words.txt }
    |                                     ^`,
  ]);
});

test("a folder where an output has to be is named, and left alone", async () => {
  const shop = workshop({ "/pipelines/p.yaml": UPPER, "notes.txt": "hello", "words.txt/mine": "kept" });
  const built = await shop.build();
  expect(built.problems).toEqual([
    "output/demo/words.txt is a folder, where an output has to be, and words.txt/mine in it is not made by us.",
  ]);
  expect(helps(built)).toEqual(["Move it away and build again."]);
  expect(shop.read("words.txt/mine")).toBe("kept");
});

test("a file where an output's folder has to be is named", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": UPPER.replace("words.txt", "work/words.txt"),
    "notes.txt": "hello",
    work: "mine",
  });
  const built = await shop.build();
  expect(built.problems).toEqual([
    "output/demo/work is no folder, and the folder of output/demo/work/words.txt has to be there.",
  ]);
  expect(helps(built)).toEqual(["Move it away and build again."]);
  expect(shop.read("work")).toBe("mine");
});

/** Names that break a careless shell, glob, path or regular expression. */
const ODD = [
  "two words",
  "it's",
  'say "hi"',
  "$HOME",
  "`id`",
  "$(id)",
  "-rf",
  "--help",
  "a|b",
  "a;b&c",
  "a,b",
  "[x]",
  "{a,b}",
  "(p)",
  "!not",
  "*",
  "?",
  "+(a)",
  "@home",
  "~",
  "#1",
  "%41",
  "line\nbreak",
  "tab\there",
  "😀",
  "日本",
  "e\u0301",
  "'",
  '"',
  "<x>",
  "a=b",
  "^$",
];

test("a command takes any text as it is, as a word of its own", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
axes:
  item: { values: "\${project.items}", key: id }
targets:
  echo: { run: "printf '[%s]' \${item.text} > \${out}", out: "echo_\${item}.txt" }
  all: { run: "cat \${in.parts} > \${out}", in: { parts: echo }, out: all.txt }
`,
  });
  const texts = [...ODD, "", "-n", "\\n", "\\", "é", "a\rb"];
  const settings = { items: texts.map((text, id) => ({ id: `i${id}`, text })) };
  const built = await shop.build({ settings, keepGoing: true });
  expect(built.problems).toEqual([]);
  expect(shop.read("all.txt")).toBe(texts.map((text) => `[${text}]`).join(""));
});

test("odd names of axis values and of files go through commands, tasks, globs and paths", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
axes:
  story: { files: "scripts/\${story}_script.{txt,md}" }
targets:
  copy: { run: "cp \${in.text} \${out}", in: { text: "scripts/\${story}_script.*" }, out: "copy/\${story}/text.txt" }
  loud: { task: upper, in: { text: copy }, out: "loud/\${story}.txt" }
  extra: { run: "cat \${in.all} > \${out}", in: { all: "/extra/\${story}/*.txt" }, out: "extra/\${story}.txt" }
`,
    ...Object.fromEntries(ODD.map((name) => [`scripts/${name}_script.txt`, `text of ${name}`])),
    ...Object.fromEntries(ODD.map((name) => [`/extra/${name}/one.txt`, `extra of ${name}`])),
  });
  const built = await shop.build({ keepGoing: true });
  expect(built.problems).toEqual([]);
  for (const name of ODD) {
    expect(shop.read(`loud/${name}.txt`)).toBe(`text of ${name}`.toUpperCase());
    expect(shop.read(`extra/${name}.txt`)).toBe(`extra of ${name}`);
  }
  expect(new Set(Object.values((await shop.build()).ran))).toEqual(new Set(["fresh"]));
  expect(
    Object.values((await shop.build({ goals: ODD.map((name) => `loud/${name}.txt`) })).ran),
  ).toHaveLength(2 * ODD.length);
});

test("a command sees its declared inputs and nothing else", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
targets:
  bad: { run: "cat in/declared.txt notes.txt > \${out}", in: { declared: ./a.txt }, out: bad.txt }
  good: { run: "touch \${out}; find . -type f | sort > \${out}", in: { one: ./a.txt, many: "./*.txt" }, out: good.txt }
`,
    "a.txt": "a\n",
    "notes.txt": "not declared\n",
  });
  const built = await shop.build({ keepGoing: true });
  expect(built.ran).toEqual({ "bad.txt": "failed", "good.txt": "ran" });
  expect(built.problems).toEqual([
    "the command ended with exit code 1: cat in/declared.txt notes.txt > out/bad.txt\n  cat: notes.txt: No such file or directory",
  ]);
  expect(shop.read("good.txt")).toBe("./in/many/a.txt\n./in/many/notes.txt\n./in/one.txt\n./out/good.txt\n");
});

test("a command that fails shows the last lines it printed, and how it ended", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
targets:
  many: { run: "for i in $(seq 30); do echo line $i; done; exit 7 # \${out}", out: many.txt }
  quiet: { run: "false # \${out}", out: quiet.txt }
  killed: { run: "kill -9 $$ # \${out}", out: killed.txt }
  unknown: { run: "no-such-program \${out}", out: unknown.txt }
  pipe: { run: "false | cat > \${out}", out: pipe.txt }
`,
  });
  const built = await shop.build({ keepGoing: true, jobs: 1 });
  const lines = Array.from({ length: 20 }, (_, i) => `  line ${i + 11}`).join("\n");
  expect(built.problems[0]).toBe(
    `the command ended with exit code 7: for i in $(seq 30); do echo line $i; done; exit 7 # out/many.txt\n${lines}`,
  );
  expect(built.problems[1]).toBe("the command ended with exit code 1: false # out/quiet.txt");
  expect(built.problems[2]).toBe("the command ended by SIGKILL: kill -9 $$ # out/killed.txt");
  expect(built.problems[3]).toMatch(
    /^the command ended with exit code 127: no-such-program out\/unknown\.txt\n {2}.*no-such-program: command not found$/,
  );
  expect(built.problems[4]).toBe("the command ended with exit code 1: false | cat > out/pipe.txt");
});

test("a command with several named outputs makes all of them, or fails", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
targets:
  both: { run: "echo one > \${out.one}; echo 2 > \${out.two}", out: { one: a/one.txt, two: b/two.md } }
  half: { run: "echo one > \${out.one}; : \${out.two}", out: { one: half.txt, two: other.txt } }
  next: { run: "cat \${in.text} > \${out}", in: { text: both.two }, out: next.txt }
`,
  });
  const built = await shop.build({ keepGoing: true });
  expect(built.ran).toEqual({ "a/one.txt": "ran", "half.txt": "failed", "next.txt": "ran" });
  expect(built.problems).toEqual(["the output other.txt was not made, though nothing reported a failure."]);
  expect([shop.read("a/one.txt"), shop.read("b/two.md"), shop.read("next.txt")]).toEqual([
    "one\n",
    "2\n",
    "2\n",
  ]);
  expect(existsSync(shop.path("half.txt"))).toBe(false);
});

test("a command does not see the environment's secrets", async () => {
  const shop = workshop({ "/pipelines/p.yaml": `targets:\n  env: { run: "env > \${out}", out: env.txt }\n` });
  process.env.FACELESS_CANARY_KEY = "canary-1234";
  try {
    expect((await shop.build()).ok).toBe(true);
  } finally {
    delete process.env.FACELESS_CANARY_KEY;
  }
  const seen = shop.read("env.txt");
  expect(seen).toContain(`PATH=${process.env.PATH}\n`);
  const names = seen
    .trimEnd()
    .split("\n")
    .map((line) => line.split("=")[0]!);
  const shells = ["PWD", "OLDPWD", "SHLVL", "_"];
  expect(names.filter((name) => !["PATH", "HOME", "TMPDIR", "LC_ALL", ...shells].includes(name))).toEqual([]);
});

test("stopped, a command ends with all that it started; a second stop ends one that does not heed the first", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
targets:
  slow: { run: "sleep 1000 & echo $! > \${project.pids}/first; wait; echo > \${out}", out: slow.txt }
`,
  });
  shop.write("pids/.keep", "");
  const settings = { pids: shop.path("pids") };
  const stop = new AbortController();
  const slow = shop.build({ settings, stop: stop.signal });
  const pid = await readPid(shop.path("pids/first"));
  stop.abort();
  expect(await slow).toMatchObject({ interrupted: true, ran: { "slow.txt": "blocked" } });
  await gone(pid);
  expectNoScratch(shop);

  const [first, second] = [new AbortController(), new AbortController()];
  shop.write(
    "/pipelines/p.yaml",
    `
targets:
  deaf: { run: "trap '' TERM; sleep 1000 & echo $! > \${project.pids}/deaf; wait; echo > \${out}", out: deaf.txt }
`,
  );
  const deaf = shop.build({ settings, stop: first.signal, kill: second.signal });
  const child = await readPid(shop.path("pids/deaf"));
  first.abort();
  second.abort();
  expect(await deaf).toMatchObject({ interrupted: true, ran: { "deaf.txt": "blocked" } });
  await gone(child);
});

test("a command's copy of a file that nobody may write is no obstacle", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `targets:\n  copy: { run: "cp -p \${in.text} \${out}", in: { text: ./notes.txt }, out: copy.txt }\n`,
    "notes.txt": "one",
  });
  chmodSync(shop.path("notes.txt"), 0o444);
  expect((await shop.build()).ran).toEqual({ "copy.txt": "ran" });
  expect((await shop.build({ force: ["copy.txt"] })).ran).toEqual({ "copy.txt": "ran" });
});

test("two stories whose names are one where a file system composes Unicode are an error before anything runs", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": LIST,
    "scripts/caf\u00e9.txt": "one",
    "scripts/cafe\u0301.txt": "two",
  });
  await expect(shop.build()).rejects.toThrow(
    "pipelines/p.yaml:7:67: 'work/caf\u00e9.json' and 'work/cafe\u0301.json' are one file where a file system folds case or accents.",
  );
  expect(readdirSync(shop.places.folder)).not.toContain("work");
});

test("a project without a single story is built at once", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST });
  const built = await shop.build();
  expect(built).toMatchObject({ ok: true, ran: {}, problems: [] });
  const stop = new AbortController();
  stop.abort();
  expect(await shop.build({ stop: stop.signal })).toMatchObject({ ok: false, interrupted: true, ran: {} });
});

test("two builds of one project at once: one waits and finds everything done", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\ntwo", "scripts/b.txt": "three" });
  const [first, second] = await Promise.all([shop.build(), shop.build()]);
  expect([first.ok, second.ok]).toEqual([true, true]);
  expect(new Set(Object.values(first.ran))).toEqual(new Set(["ran"]));
  expect(new Set(Object.values(second.ran))).toEqual(new Set(["fresh"]));
  expect(second.events.filter((event) => event.type === "waiting-for-lock")).toHaveLength(1);
  expect(existsSync(shop.path(".faceless/lock"))).toBe(false);
});

test("stopped while it waits for another build, a build ends as interrupted and changes nothing", async () => {
  const shop = workshop({ "/pipelines/p.yaml": OWN, "notes.txt": "one" });
  const stop = new AbortController();
  let waiting: Promise<Built> | undefined;
  const tasks = withTask(async ({ outputs }) => {
    waiting = shop.build({
      tasks,
      stop: stop.signal,
      onEvent: (event) => event.type === "waiting-for-lock" && stop.abort(),
    });
    expect(await waiting).toMatchObject({ ok: false, interrupted: true, ran: {} });
    await outputs.text!.write("made");
  });
  expect((await shop.build({ tasks })).ran).toEqual({ "own.txt": "ran" });
});

/** Small changes to a project; what they touch is told by numbers, so that they shrink well. */
type Step =
  | { readonly kind: "write"; readonly story: string; readonly lines: readonly string[] }
  | { readonly kind: "remove"; readonly story: string }
  | { readonly kind: "touch" | "delete" | "edit" | "spoil"; readonly at: number }
  | { readonly kind: "forget"; readonly what: ".faceless" | "/.faceless" }
  | { readonly kind: "glue"; readonly glue: string };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      story: fc.constantFrom("a", "b"),
      lines: fc.array(fc.constantFrom("one", "two", "three"), { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("remove" as const), story: fc.constantFrom("a", "b") }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom("touch", "delete", "edit", "spoil"), at: fc.nat(20) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("forget" as const),
      what: fc.constantFrom(".faceless", "/.faceless"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("glue" as const), glue: fc.constantFrom("|", "+") }),
  },
);

const OUTPUTS = ["work", "said", "final"];

function outputsOf(shop: Workshop): string[] {
  return OUTPUTS.filter((folder) => existsSync(shop.path(folder))).flatMap((folder) =>
    readdirSync(shop.path(folder))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
}

function contents(shop: Workshop): Record<string, string> {
  return Object.fromEntries(outputsOf(shop).map((path) => [path, shop.read(path)]));
}

/** Does the change; returns the output that was edited by hand, if one was. */
function apply(shop: Workshop, step: Step): string | undefined {
  const existing = "at" in step ? outputsOf(shop) : [];
  const path = "at" in step ? existing[step.at % Math.max(1, existing.length)] : undefined;
  switch (step.kind) {
    case "write":
      shop.write(`scripts/${step.story}.txt`, step.lines.join("\n"));
      break;
    case "remove":
      if (existsSync(shop.path(`scripts/${step.story}.txt`))) shop.remove(`scripts/${step.story}.txt`);
      break;
    case "forget":
      if (existsSync(shop.path(step.what))) shop.remove(step.what);
      break;
    case "touch":
      if (path !== undefined) shop.write(path, shop.read(path));
      break;
    case "delete":
      if (path !== undefined) shop.remove(path);
      break;
    case "spoil":
      spoilBlob(shop, step.at);
      break;
    case "edit":
      // A list is JSON: an edit that leaves it one is what the oracle can follow.
      if (path?.startsWith("work/") !== false) return undefined;
      shop.write(path, "by hand");
      return path;
  }
  return undefined;
}

function spoilBlob(shop: Workshop, at: number): void {
  const cas = "/.faceless/cache/cas";
  if (!existsSync(shop.path(cas))) return;
  const blobs = readdirSync(shop.path(cas)).flatMap((two) =>
    readdirSync(shop.path(`${cas}/${two}`)).map((name) => `${cas}/${two}/${name}`),
  );
  if (blobs.length > 0) shop.write(blobs.sort()[at % blobs.length]!, "spoilt");
}

test("after any small changes a build leaves what a build from scratch makes, and the next one runs nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(STEP, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
      async (rounds) => {
        const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\ntwo" });
        let options = { glue: "|" };
        await shop.build({ options });
        for (const steps of rounds) {
          for (const step of steps) {
            if (step.kind === "glue") options = { glue: step.glue };
            apply(shop, step);
          }
          // An edit stands until it is given up; then nothing of it may be left.
          const built = await shop.build({ options, discardEdits: true });
          expect(built.problems).toEqual([]);
          const fresh = workshop({ "/pipelines/p.yaml": LIST });
          for (const story of ["a", "b"]) {
            const script = `scripts/${story}.txt`;
            if (existsSync(shop.path(script))) fresh.write(script, shop.read(script));
          }
          await fresh.build({ options });
          expect(withoutStrangers(shop)).toEqual(contents(fresh));
          const again = await shop.build({ options });
          expect(new Set(Object.values(again.ran))).toEqual(
            new Set(Object.keys(again.ran).length > 0 ? ["fresh"] : []),
          );
        }
      },
    ),
    { numRuns: 25 },
  );
});

/** Outputs without those that no target makes any more and whose bytes no record says are ours: those are kept. */
function withoutStrangers(shop: Workshop): Record<string, string> {
  const stories = ["a", "b"].filter((story) => existsSync(shop.path(`scripts/${story}.txt`)));
  const made = new Set(
    stories.flatMap((story) => {
      const lines = shop.read(`scripts/${story}.txt`).split("\n");
      const said = lines.map((_, i) => `said/${story}_${String(i + 1).padStart(2, "0")}.txt`);
      return [`work/${story}.json`, `final/${story}.txt`, ...said];
    }),
  );
  return Object.fromEntries(Object.entries(contents(shop)).filter(([path]) => made.has(path)));
}

test("after any small changes a hand edit is still there, and used below", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { maxLength: 6 }), async (steps) => {
      const shop = workshop({
        "/pipelines/p.yaml": LIST,
        "scripts/a.txt": "one\ntwo",
        "scripts/b.txt": "three",
      });
      await shop.build();
      for (const step of steps) {
        const edited = apply(shop, step);
        expect((await shop.build()).ok).toBe(true);
        if (edited !== undefined) expect(shop.read(edited)).toBe("by hand");
        for (const story of ["a", "b"].filter((one) => existsSync(shop.path(`scripts/${one}.txt`)))) {
          const final = shop.read(`final/${story}.txt`);
          const said = outputsOf(shop).filter((path) => path.startsWith(`said/${story}_`));
          const lines = shop.read(`scripts/${story}.txt`).split("\n").length;
          if (final !== "by hand")
            expect(final).toBe(
              said
                .slice(0, lines)
                .map((path) => shop.read(path))
                .join("|"),
            );
        }
      }
    }),
    { numRuns: 20 },
  );
});
