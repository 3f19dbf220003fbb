/** Commands as recipes: what they see, what they are told, how they end, and names that break a careless shell. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { gone, readPid } from "./processes.ts";
import { helps, scratchOf, workshop } from "./workshop.ts";

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
  good: { run: "find in -type f | sort > \${out}; ls >> \${out}", in: { one: ./a.txt, many: "./*.txt" }, out: good.txt }
`,
    "a.txt": "a\n",
    "notes.txt": "not declared\n",
  });
  const built = await shop.build({ keepGoing: true });
  expect(built.ran).toEqual({ "bad.txt": "failed", "good.txt": "ran" });
  expect(built.problems).toEqual([
    "pipelines/p.yaml:3:16: the command ended with exit code 1: cat in/declared.txt notes.txt > out/bad.txt\n  cat: notes.txt: No such file or directory",
  ]);
  expect(shop.read("good.txt")).toBe("in/many/a.txt\nin/many/notes.txt\nin/one.txt\nin\nout\n");
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
    `pipelines/p.yaml:3:17: the command ended with exit code 7: for i in $(seq 30); do echo line $i; done; exit 7 # out/many.txt\n${lines}`,
  );
  expect(built.problems[1]).toBe(
    "pipelines/p.yaml:4:18: the command ended with exit code 1: false # out/quiet.txt",
  );
  expect(built.problems[2]).toBe(
    "pipelines/p.yaml:5:19: the command ended by SIGKILL: kill -9 $$ # out/killed.txt",
  );
  expect(built.problems[3]).toMatch(
    /^pipelines\/p\.yaml:6:20: the command ended with exit code 127: no-such-program out\/unknown\.txt\n {2}.*no-such-program: command not found$/,
  );
  expect(built.problems[4]).toBe(
    "pipelines/p.yaml:7:17: the command ended with exit code 1: false | cat > out/pipe.txt",
  );
});

test("a command longer than any argument of a program runs; of its text a message shows the beginning", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
targets:
  all: { run: "echo \${in.all} | wc -w > \${out}", in: { all: "./many/*.txt" }, out: all.txt }
  bad: { run: "false \${in.all} > \${out}", in: { all: "./many/*.txt" }, out: bad.txt }
`,
  });
  // As 20,000 of usual names would be, which take minutes to remove where a disk is slow: 800 names of 200 characters.
  const long = "x".repeat(190);
  mkdirSync(shop.path("many"));
  for (let number = 1000; number < 1800; number += 1)
    writeFileSync(shop.path(`many/${number}${long}.txt`), "x");
  const built = await shop.build({ keepGoing: true });
  expect(built.ran).toEqual({ "all.txt": "ran", "bad.txt": "failed" });
  expect(shop.read("all.txt").trim()).toBe("800");
  expect(built.problems[0]).toMatch(
    /^pipelines\/p\.yaml:4:16: the command ended with exit code 1: false in\/all\/1000x+\.txt in\/all\/1001x.{500,1000}… \(\d{6} characters\)$/,
  );
});

test("a command reads nothing from its standard input", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `targets:\n  none: { run: "cat > \${out}; echo end >> \${out}", out: none.txt }\n`,
  });
  expect((await shop.build()).problems).toEqual([]);
  expect(shop.read("none.txt")).toBe("end\n");
});

test("a shell that cannot be started is told as that", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `targets:\n  one: { run: "echo > \${out}", out: one.txt }\n`,
  });
  // More than a program may be started with.
  process.env.SystemRoot = "x".repeat(1 << 18);
  try {
    const built = await shop.build();
    expect(built.problems).toEqual(["what a program is started with is too long (E2BIG, spawn)."]);
    expect(helps(built)).toEqual(["Shorten its environment (PATH, HOME, TMPDIR) and build again."]);
  } finally {
    delete process.env.SystemRoot;
  }
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
  expect(built.problems).toEqual([
    "pipelines/p.yaml:4:17: the output other.txt was not made, though nothing reported a failure. What ran: echo one > out/one.txt; : out/two.txt",
  ]);
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
  expect(scratchOf(shop)).toEqual([]);

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
