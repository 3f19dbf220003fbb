/** The program as a person runs it: real processes on small content repos, whole output and exit codes compared. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { locateFfmpeg } from "../lib/media/locate.ts";
import { gone, isLiving, readPid, turn } from "./processes.ts";
import { CLI, CONFIG, complained, ended, type How, PIPELINE, type Repo, repo, said } from "./small-repo.ts";

const FIRST = `ran       loud/a.txt  N s
ran       count/a.txt  N s

output/demo/count/a.txt
done in N s: 2 ran
`;

describe("build", () => {
  test("the first time, the second time, after an edit, after an edit by hand", async () => {
    const shop = repo();
    expect(await shop.run(["build", "output/demo"])).toEqual(said(0, FIRST));
    expect(shop.read("output/demo/loud/a.txt")).toBe("HELLO!");
    expect(await shop.run(["build", "output/demo"])).toEqual(said(0, "nothing to do: 2 fresh\n"));
    shop.write("output/demo/scripts/a.txt", "jello");
    expect(await shop.run(["build"])).toEqual(
      said(
        0,
        `ran       loud/a.txt  N s  (input text has other content)
ran       count/a.txt  N s  (input text has other content)

output/demo/count/a.txt
done in N s: 2 ran
`,
      ),
    );
    shop.write("output/demo/count/a.txt", "many");
    const kept = `edited    count/a.txt  changed by hand, kept and used
          \`--discard-edits\` or \`--force output/demo/count/a.txt\` rebuilds it; \`faceless pin output/demo/count/a.txt\` keeps it for good
nothing to do: 1 edited, 1 fresh
`;
    expect(await shop.run(["build"])).toEqual(said(0, kept));
    expect(await shop.run(["build"])).toEqual(said(0, kept));
  });

  test("from any folder: without a path it is the project that one stands in", async () => {
    const shop = repo({ "output/other/scripts/b.txt": "bye" });
    expect(await shop.run(["build"])).toEqual(
      complained("say which project to build.\n  faceless build output/demo, or faceless build output/other"),
    );
    expect(await shop.run(["build"], { cwd: "pipelines" })).toMatchObject({ code: 2 });
    expect(await shop.run(["build"], { cwd: "output/demo" })).toEqual(said(0, FIRST));
    expect(await shop.run(["build"], { cwd: "output/demo/loud" })).toEqual(
      said(0, "nothing to do: 2 fresh\n"),
    );
    expect(await shop.run(["build", "../../other"], { cwd: "output/demo/loud" })).toEqual(
      said(0, FIRST.replaceAll("a.txt", "b.txt").replace("demo", "other")),
    );
    expect(await shop.run(["build", "."], { cwd: "output" })).toEqual(
      said(0, "nothing to do: 2 fresh\nnothing to do: 2 fresh\n"),
    );
    expect(await shop.run(["build", shop.path("output")], { cwd: "/" })).toMatchObject({ code: 0 });
  });

  test("one file, and what it needs", async () => {
    const shop = repo();
    const loud = "ran       loud/a.txt  N s\ndone in N s: 1 ran\n";
    expect(await shop.run(["build", "output/demo/loud/a.txt"])).toEqual(said(0, loud));
    expect(await shop.run(["build", "a.txt"], { cwd: "output/demo/loud" })).toEqual(
      said(0, "nothing to do: 1 fresh\n"),
    );
    expect(await shop.run(["build", "output/demo/loud/b.txt"])).toEqual(
      complained(
        "no target makes output/demo/loud/b.txt.\n  Did you mean 'output/demo/loud/a.txt'? `faceless graph --outputs` lists what there is to build.",
      ),
    );
    // Nothing is near enough.
    expect(await shop.run(["build", "output/demo/something/else.mp4"])).toEqual(
      complained(
        "no target makes output/demo/something/else.mp4.\n  `faceless graph --outputs` lists what there is to build.",
      ),
    );
    shop.write("output/demo/pinned/loud/a.txt", "PINNED");
    for (const source of ["scripts/a.txt", "pinned/loud/a.txt"]) {
      const help = "`faceless graph --outputs` tells what is made from it.";
      expect(await shop.run(["why", `output/demo/${source}`])).toEqual(
        complained(`output/demo/${source} is a source: no target makes it.\n  ${help}`),
      );
    }
  });

  test("several projects: a failure stops the rest, but with -k", async () => {
    const shop = repo({ "output/other/scripts/b.txt": "bye" });
    shop.write("pipelines/p.yaml", PIPELINE.replace("wc -c", "! grep HELLO"));
    const failed = `ran       loud/a.txt  N s
failed    count/a.txt  N s
          pipelines/p.yaml:6:18: the command ended with exit code 1: ! grep HELLO < in/text.txt > out/count.txt
failed: 1 failed, 1 ran
`;
    expect(await shop.run(["build", "output"])).toEqual(said(1, failed));
    expect(existsSync(shop.path("output/other/loud"))).toBe(false);
    const both = await shop.run(["build", "-k", "output"]);
    expect(both.code).toBe(1);
    expect(existsSync(shop.path("output/other/loud/b.txt"))).toBe(true);
  });

  test("-n tells and changes nothing at all", async () => {
    const shop = repo();
    for (let i = 0; i < 2; i++) {
      const before = shop.tree();
      expect(await shop.run(["build", "-n"])).toMatchObject({ code: 0, err: "" });
      expect(await shop.run(["build", "-n", "--json", "output/demo/count/a.txt"])).toMatchObject({ code: 0 });
      expect(shop.tree()).toEqual(before);
      await shop.run(["build"]);
      shop.write("output/demo/scripts/b.txt", "new");
      rmSync(shop.path("output/demo/count/a.txt"));
    }
  });

  test("--json prints one event a line", async () => {
    const shop = repo();
    const before = ["check-verdict", "load-engine", "build-started", "take-lock", "read-state"];
    const ready = [
      "load-tasks",
      "load-configuration",
      "compile-pipeline",
      "find-tools",
      "bind-targets",
      "walk",
    ];
    const work = ["planned", "started", "finished", "started", "finished"];
    for (const told of [
      [...before, ...ready, ...work, "write-state", "build-finished"],
      ["check-verdict", "build-started", "planned", "build-finished"],
    ]) {
      const { code, out, err } = await shop.run(["build", "--json"]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(
        out
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line))
          .map(({ type, phase }) => phase ?? type),
      ).toEqual(told);
    }
  });

  test("--set gives an option another value, for this build", async () => {
    const shop = repo();
    await shop.run(["build", "--set", "suffix=?"]);
    expect(shop.read("output/demo/loud/a.txt")).toBe("HELLO?");
    expect(await shop.run(["build", "--set", "suffix=?"])).toEqual(said(0, "nothing to do: 2 fresh\n"));
    await shop.run(["build"]);
    expect(shop.read("output/demo/loud/a.txt")).toBe("HELLO!");
    expect(await shop.run(["build", "--set", "sufix=1"])).toEqual(
      complained(`pipelines/p.yaml:1:1: --set sets the option 'sufix', and this pipeline has none of that name. Did you mean 'suffix'?
  1 | options: { suffix: "!" }
    | ^`),
    );
    expect(await shop.run(["build", "--set", "suffix"])).toEqual(
      complained("--set takes name=value, and 'suffix' has no '='."),
    );
  });

  test("--force makes what it names again, and nothing else", async () => {
    const shop = repo();
    await shop.run(["build"]);
    const again = "ran       loud/a.txt  N s  (forced)\ndone in N s: 1 ran, 1 fresh\n";
    expect(await shop.run(["build", "--force", "output/demo/loud/a.txt"])).toEqual(said(0, again));
    expect(await shop.run(["build", "--force", "loud/a.txt"])).toEqual(
      complained(
        "loud/a.txt is no file of a project that is being built.\n  Give its path as from here, such as output/demo/final/….",
      ),
    );
  });

  test("plan, status and why tell what would be done and why, and change nothing", async () => {
    const shop = repo();
    await shop.run(["build"]);
    shop.write("output/demo/scripts/a.txt", "other\n");
    const before = shop.tree();
    expect(await shop.run(["plan"])).toEqual(
      said(
        0,
        "run       loud/a.txt  (input text has other content)\n" +
          "may run   count/a.txt\n" +
          "about N s of work by the last durations (loud N s), and up to N s after it (count N s)\n" +
          "dry run: 1 to run, 1 that may run after it; nothing was changed\n",
      ),
    );
    expect(await shop.run(["status"])).toEqual(
      said(0, "output/demo\n         to run  may run\n  loud        1\n  count                1\n"),
    );
    expect(await shop.run(["why", "output/demo/loud/a.txt", "output/demo/count/a.txt"])).toEqual(
      said(
        0,
        "output/demo/loud/a.txt would be made:\n  input text has other content\n" +
          "output/demo/count/a.txt may be made again, after\n  loud/a.txt\n    input text has other content\n",
      ),
    );
    expect(shop.tree()).toEqual(before);
    await shop.run(["build"]);
    expect(await shop.run(["why", "output/demo/loud/a.txt"])).toEqual(
      said(
        0,
        "output/demo/loud/a.txt is fresh: nothing that it is made from has changed.\n" +
          "It was made the last time because\n  input text has other content\n",
      ),
    );
    expect(await shop.run(["why"])).toEqual(complained("why takes the path of an output."));
  });

  test("no story at all is no failure", async () => {
    const shop = repo();
    rmSync(shop.path("output/demo/scripts/a.txt"));
    const note = "note      there is no file output/demo/scripts/*.txt, so there is nothing to build.\n";
    expect(await shop.run(["build"])).toEqual(said(0, `${note}nothing to do\n`));
  });

  test("nothing to do is said by a program that loads neither zod nor a YAML parser", async () => {
    const shop = repo();
    await shop.run(["build"]);
    const coverage = shop.path("coverage");
    expect(await shop.run(["build"], { env: { NODE_V8_COVERAGE: coverage } })).toEqual(
      said(0, "nothing to do: 2 fresh\n"),
    );
    const loaded = readdirSync(coverage)
      .flatMap((name) => JSON.parse(readFileSync(join(coverage, name), "utf8")).result as { url: string }[])
      .map(({ url }) => url)
      .filter((url) => url.startsWith("file:"));
    expect(loaded).toContain(pathToFileURL(realpathSync(CLI)).href);
    const texts = loaded.map((url) => readFileSync(new URL(url), "utf8"));
    expect(texts.filter((text) => /ZodError|YAMLParseError|fast-glob/.test(text))).toEqual([]);
    expect(texts.join("").length).toBeLessThan(200_000);
  });
});

describe("wrong words", () => {
  test.each([
    [["biuld"], "there is no command 'biuld'.\n  Did you mean 'build'?"],
    [["build", "--froce", "x"], "there is no option --froce.\n  Did you mean --force?"],
    [["build", "-x"], "there is no option -x.\n  `faceless --help` lists the options."],
    [
      ["build", "-j"],
      "the option '-j, --jobs <value>' argument missing\n  `faceless --help` lists the options.",
    ],
    [["status", "--force", "x"], "status takes no option --force.\n  It takes --set, --draft, --json."],
    [["build", "-j", "0"], "-j takes a whole number from 1, and '0' is none."],
    [
      ["build", "output/dmeo"],
      "output/dmeo is no project: a project is a folder in output/.\n  Did you mean 'demo'?",
    ],
    [["build", "demo"], "demo is no project: a project is a folder in output/.\n  Did you mean 'demo'?"],
    [
      ["build", "pipelines/p.yaml"],
      "pipelines/p.yaml is no project: a project is a folder in output/.\n  There is 'demo'.",
    ],
  ])("%j", async (words, message) => {
    const shop = repo();
    const before = shop.tree();
    expect(await shop.run(words)).toEqual(complained(message));
    expect(shop.tree()).toEqual(before);
  });

  test("outside of any content repo, and a path outside of this one", async () => {
    const shop = repo();
    expect(await shop.run(["build", "/etc"])).toEqual(
      complained(`/etc is outside the content repo ${shop.root}.`),
    );
    rmSync(shop.path("faceless.config.yaml"));
    expect(await shop.run(["build"])).toEqual(
      complained(
        `there is no faceless.config.yaml in ${shop.root} or any folder above it.\n  A content repo has one at its root; go there, or begin one with \`faceless init\`.`,
      ),
    );
  });

  test("no project yet", async () => {
    const shop = repo();
    rmSync(shop.path("output"), { recursive: true });
    const message = `there is no project in output/ yet.
  A project is a folder output/<niche> with scripts/ in it, and <niche> stands in faceless.config.yaml.`;
    expect(await shop.run(["build"])).toEqual(complained(message));
    mkdirSync(shop.path("output"));
    expect(await shop.run(["build", "output"])).toEqual(complained(message));
  });

  test("help and version", async () => {
    const shop = repo();
    expect((await shop.run(["--help"])).out).toMatch(/^faceless: make for narrated videos\n/);
    expect(await shop.run([])).toEqual(await shop.run(["build", "--help"]));
    expect((await shop.run(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("bad input", () => {
  const one = (target: string, axes = "") => `${axes}targets:\n  ${target}\n`;

  test.each<[string, Record<string, string>, string]>([
    [
      "a broken config",
      { "faceless.config.yaml": CONFIG.replace("niches: {", "niches: [") },
      `faceless.config.yaml:5:31: expected the closing ']' before this.
  5 | niches: [ demo: {}, other: {} }
    |                               ^`,
    ],
    [
      "a niche that the config does not have",
      { "faceless.config.yaml": CONFIG.replace("demo:", "dmeo:") },
      `faceless.config.yaml has no niche 'demo'.
  Did you mean 'dmeo'? To add it, write 'demo: {}' under 'niches:'.`,
    ],
    [
      "a pipeline that is not there",
      { "faceless.config.yaml": CONFIG.replace("pipeline: p", "pipeline: q") },
      `faceless.config.yaml names the pipeline 'q', and there is no pipelines/q.yaml.
  Did you mean 'p'?`,
    ],
    [
      "a broken pipeline",
      { "pipelines/p.yaml": "targets:\n  a: { task: [ }\n" },
      `pipelines/p.yaml:2:16: expected the closing ']' before this.
  2 |   a: { task: [ }
    |                ^`,
    ],
    [
      "an unknown task",
      { "pipelines/p.yaml": one("a: { task: scirpt, in: { draft: ./a.json }, out: a.json }") },
      `pipelines/p.yaml:2:14: there is no task 'scirpt'. Did you mean 'script'?
  2 |   a: { task: scirpt, in: { draft: ./a.json }, out: a.json }
    |              ^`,
    ],
    [
      "an unknown axis",
      {
        "pipelines/p.yaml": one(
          'a: { run: "date > ${out}", out: "a_${stroy}.txt" }',
          "axes:\n  story: { files: 'scripts/${story}.txt' }\n",
        ),
      },
      `pipelines/p.yaml:4:38: there is no 'stroy' here. Did you mean 'story'?
  4 |   a: { run: "date > \${out}", out: "a_\${stroy}.txt" }
    |                                      ^`,
    ],
    [
      "an unknown reference",
      { "pipelines/p.yaml": one('a: { run: "cat ${in.b} > ${out}", in: { b: bee }, out: a.txt }') },
      `pipelines/p.yaml:2:46: there is no target 'bee'. There is 'a'. A file in the project's own folder is written ./bee
  2 |   a: { run: "cat \${in.b} > \${out}", in: { b: bee }, out: a.txt }
    |                                              ^`,
    ],
    [
      "a cycle",
      {
        "pipelines/p.yaml": `targets:
  a: { run: "cat \${in.x} > \${out}", in: { x: b }, out: a.txt }
  b: { run: "cat \${in.x} > \${out}", in: { x: a }, out: b.txt }
`,
      },
      `pipelines/p.yaml:2:3: 'a' depends on itself: a → b → a.
  2 |   a: { run: "cat \${in.x} > \${out}", in: { x: b }, out: a.txt }
    |   ^`,
    ],
    [
      "two targets with one output",
      {
        "pipelines/p.yaml":
          'targets:\n  a: { run: "date > ${out}", out: x.txt }\n  b: { run: "date > ${out}", out: x.txt }\n',
      },
      `pipelines/p.yaml:3:35: 'b' and 'a' both make 'x.txt': every output has one target.
  3 |   b: { run: "date > \${out}", out: x.txt }
    |                                   ^`,
    ],
    [
      "an axis value that leaves the project",
      {
        "pipelines/p.yaml": one(
          'a: { run: "date > ${out}", out: "${name}" }',
          "axes:\n  name: { values: [../../evil] }\n",
        ),
      },
      `pipelines/p.yaml:2:19: the axis 'name': the key "../../evil" cannot stand in a path: a key has no '/' and no '\\', and is not '.' or '..'. Entries that are maps can have another key: the member that the axis's 'key' names.
  2 |   name: { values: [../../evil] }
    |                   ^`,
    ],
    [
      "an output that leaves the project",
      { "pipelines/p.yaml": one('a: { run: "date > ${out}", out: "../x.txt" }') },
      `pipelines/p.yaml:2:35: the output '../x.txt' of 'a' leaves the project.
  2 |   a: { run: "date > \${out}", out: "../x.txt" }
    |                                   ^`,
    ],
    [
      "an input that leaves the project",
      {
        "pipelines/p.yaml": one(
          'a: { run: "cat ${in.x} > ${out}", in: { x: ../../../etc/passwd }, out: a.txt }',
        ),
      },
      `pipelines/p.yaml:2:46: '../../../etc/passwd' leaves the project; a path from the content repo's root begins with '/'.
  2 |   a: { run: "cat \${in.x} > \${out}", in: { x: ../../../etc/passwd }, out: a.txt }
    |                                              ^`,
    ],
  ])("%s", async (_, files, message) => {
    const shop = repo(files);
    const ended = await shop.run(["build", "output/demo"]);
    expect(ended).toEqual(complained(message));
    // Nothing was made, and no lock is left.
    expect(existsSync(shop.path("output/demo/.faceless/lock"))).toBe(false);
  });

  test("a script that is missing, broken, or lacks what it must have", async () => {
    const shop = repo({
      "pipelines/p.yaml": one(
        "script: { task: script, in: { draft: ./draft.json }, with: { niche: demo }, out: s.json }",
      ),
    });
    const failed = (message: string) =>
      said(1, `failed    s.json  N s  script.invalid\n${message}\nfailed: 1 failed\n`);
    expect(await shop.run(["build", "output/demo"])).toEqual(
      complained(`pipelines/p.yaml:2:40: 'draft': there is no file output/demo/draft.json.
  2 |   script: { task: script, in: { draft: ./draft.json }, with: { niche: demo }, out: s.json }
    |                                        ^`),
    );
    shop.write(
      "output/demo/draft.json",
      '{ "title": "t", "scenes": [{ "narration": 1, "image_prompt": "p" }] }',
    );
    expect(await shop.run(["build", "output/demo"])).toEqual(
      failed(`          output/demo/draft.json:1:43: expected a string, found the number 1. Put it in quotes.
            1 | { "title": "t", "scenes": [{ "narration": 1, "image_prompt": "p" }] }
              |                                           ^`),
    );
    shop.write("output/demo/draft.json", '{ "title": "t", "scenes": [');
    expect(await shop.run(["build", "output/demo"])).toMatchObject({ code: 1, err: "" });
    shop.write(
      "output/demo/draft.json",
      '{ "title": "t", "scenes": [{ "narration": "n", "image_prompt": "p" }] }',
    );
    expect(await shop.run(["build", "output/demo"])).toMatchObject({ code: 0, err: "" });
  });

  test("an ffmpeg that is not there", async () => {
    const shop = repo({
      "pipelines/p.yaml": one(
        "voice: { task: speech, with: { text: hello, voice: slt }, out: { audio: v.mp3, marks: v.json } }",
      ),
    });
    const ended = await shop.run(["build", "output/demo"], { env: { FACELESS_FFMPEG: "/nonexistent" } });
    expect(ended).toEqual(
      complained(`FACELESS_FFMPEG is '/nonexistent', which is no program that can be run.
  Set FACELESS_FFMPEG to the full path of the program, or unset it to use the system's.`),
    );
  });
});

test("ffmpeg is asked for its version once, and again when it is another file", async () => {
  const shop = repo({
    "pipelines/p.yaml": `targets:
  note: { run: "cat \${in.text} > \${out}", in: { text: ./note.txt }, out: note.txt.copy }
  voice: { task: speech, with: { text: hello, voice: slt }, out: { audio: v.mp3, marks: v.json } }
`,
    "output/demo/note.txt": "one",
  });
  const { path, probePath } = locateFfmpeg(process.env);
  const log = shop.path("asked");
  for (const [name, real] of Object.entries({ ffmpeg: path, ffprobe: probePath })) {
    const asked = `case "$*" in *-version) echo ${name} >> '${log}';; esac`;
    shop.write(name, `#!/bin/sh\n${asked}\nexec '${real}' "$@"\n`);
    chmodSync(shop.path(name), 0o755);
  }
  const asked = () => readFileSync(log, "utf8").trim().split("\n").sort();
  const build = async () => {
    const ended = await shop.run(["build", "output/demo"], {
      env: { FACELESS_FFMPEG: shop.path("ffmpeg"), FACELESS_FFPROBE: shop.path("ffprobe") },
    });
    expect(ended).toMatchObject({ code: 0, err: "" });
    return ended.out;
  };
  await build();
  expect(asked()).toEqual(["ffmpeg", "ffprobe"]);
  shop.write("output/demo/note.txt", "two");
  expect(await build()).toContain("ran       note.txt.copy");
  expect(asked()).toEqual(["ffmpeg", "ffprobe"]);
  shop.write("ffmpeg", `${readFileSync(shop.path("ffmpeg"), "utf8")}# as new\n`);
  await build();
  expect(asked()).toEqual(["ffmpeg", "ffmpeg", "ffprobe", "ffprobe"]);
});

describe("interrupts", () => {
  /** Makes a.txt at once and then hangs in b.txt, whose process says its pid. */
  function slow(command: string): Repo {
    const shop = repo();
    const pid = shop.path("pid");
    shop.write(
      "pipelines/p.yaml",
      `targets:
  a: { run: "echo a > \${out}", out: a.txt }
  b: { run: "cat \${in.a} > \${out}; [ -e ${shop.path("go")} ] || { ${command} sleep 1000 & echo $! > ${pid}; wait; }", in: { a: a }, out: b.txt }
`,
    );
    return shop;
  }

  /** The pid of what the command started; it does not outlive the test. */
  async function sleeper(shop: Repo): Promise<number> {
    const pid = await readPid(shop.path("pid"));
    onTestFinished(() => {
      if (isLiving(pid)) process.kill(pid, "SIGKILL");
    });
    return pid;
  }

  const INTERRUPTED = `ran       a.txt  N s
interrupted: 1 blocked, 1 ran, what was finished is kept
`;

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s ends it, and all that it started; the next build goes on",
    async (signal) => {
      const shop = slow("");
      const child = shop.start(["build", "output/demo"]);
      const end = ended(child);
      const pid = await sleeper(shop);
      child.kill(signal);
      expect(await end).toEqual(said(130, INTERRUPTED));
      await gone(pid);
      expect(readdirSync(shop.path("output/demo")).sort()).toEqual([".faceless", "a.txt", "scripts"]);
      expect(readdirSync(shop.path("output/demo/.faceless")).sort()).toEqual([
        "journal",
        "scratch",
        "snapshot",
      ]);
      expect(readdirSync(shop.path("output/demo/.faceless/scratch"))).toEqual([]);
      shop.write("go", "");
      expect(await shop.run(["build", "output/demo"])).toEqual(
        said(0, "ran       b.txt  N s\n\noutput/demo/b.txt\ndone in N s: 1 ran, 1 fresh\n"),
      );
    },
  );

  test("a second Ctrl-C ends what does not heed the first", async () => {
    const shop = slow("trap '' TERM;");
    const child = shop.start(["build", "output/demo"]);
    const end = ended(child);
    const pid = await sleeper(shop);
    child.kill("SIGINT");
    // Until the program is through, again: the order in which signals arrive is not ours.
    while (child.exitCode === null && isLiving(pid)) {
      child.kill("SIGINT");
      await turn();
    }
    expect((await end).code).toBe(130);
    await gone(pid);
    expect(existsSync(shop.path("output/demo/b.txt"))).toBe(false);
  });

  test("killed outright, it loses nothing that was finished, and its lock holds nobody up", async () => {
    const shop = slow("");
    const child = shop.start(["build", "output/demo"]);
    const end = ended(child);
    const pid = await sleeper(shop);
    child.kill("SIGKILL");
    process.kill(pid, "SIGKILL");
    expect((await end).code).toBeNull();
    expect(existsSync(shop.path("output/demo/.faceless/lock"))).toBe(true);
    shop.write("go", "");
    expect(await shop.run(["build", "output/demo"])).toEqual(
      said(0, "ran       b.txt  N s\n\noutput/demo/b.txt\ndone in N s: 1 ran, 1 fresh\n"),
    );
  });

  test("killed outright, it leaves its command running; the next build ends that first", async () => {
    const shop = slow("trap '' TERM HUP;");
    const child = shop.start(["build", "output/demo"]);
    const end = ended(child);
    const pid = await sleeper(shop);
    // Who tells a process from a later one with the same pid is Linux alone.
    const found = existsSync("/proc/self/stat");
    const group = found ? Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")[2]) : 0;
    child.kill("SIGKILL");
    expect((await end).code).toBeNull();
    expect(isLiving(pid)).toBe(true);
    shop.write("go", "");
    const note = `note      a command that a killed build had left running was ended (process ${group}).\n`;
    expect(await shop.run(["build", "output/demo"])).toEqual(
      said(0, `${found ? note : ""}ran       b.txt  N s\n\noutput/demo/b.txt\ndone in N s: 1 ran, 1 fresh\n`),
    );
    if (found) await gone(pid);
    expect(readdirSync(shop.path("output/demo/.faceless/scratch"))).toEqual([]);
  });

  test("a second build says for whom it waits, and Ctrl-C ends its waiting", async () => {
    const shop = slow("");
    const first = shop.start(["build", "output/demo"]);
    const firstEnd = ended(first);
    await sleeper(shop);
    const second = shop.start(["build", "output/demo"]);
    const secondEnd = ended(second);
    await once(second.stdout!, "data");
    second.kill("SIGINT");
    expect(await secondEnd).toEqual(
      said(
        130,
        `waiting   for another build of this project: faceless build output/demo (process ${first.pid} on ${hostname()})
interrupted: what was finished is kept
`,
      ),
    );
    first.kill("SIGINT");
    expect(await firstEnd).toEqual(said(130, INTERRUPTED));
  });
});

describe("damaged state", () => {
  async function built(): Promise<Repo> {
    const shop = repo();
    await shop.run(["build"]);
    return shop;
  }

  const state = (name: string) => `output/demo/.faceless/${name}`;

  test("a torn journal: one note, and nothing runs", async () => {
    const shop = await built();
    truncateSync(shop.path(state("journal")), statSync(shop.path(state("journal"))).size - 10);
    rmSync(shop.path(state("snapshot")));
    expect(await shop.run(["build"])).toEqual(
      said(
        0,
        `note      the last record of ${state("journal")} was cut off and is dropped; its output is looked at anew.
nothing to do: 2 fresh
`,
      ),
    );
    expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 2 fresh\n"));
  });

  test("a journal that is none: one note, and nothing runs", async () => {
    const shop = await built();
    shop.write(state("journal"), "garbage\n");
    rmSync(shop.path(state("snapshot")));
    expect(await shop.run(["build"])).toEqual(
      said(
        0,
        `note      ${state("journal")} is no journal of this version and is not used. Outputs are taken over where the cache knows them.
nothing to do: 2 fresh
`,
      ),
    );
  });

  test("a damaged snapshot: one note, and nothing runs", async () => {
    const shop = await built();
    appendFileSync(shop.path(state("snapshot")), "!");
    expect(await shop.run(["build"])).toEqual(
      said(
        0,
        `note      ${state("snapshot")} is damaged and is not used: every file is read again.\nnothing to do: 2 fresh\n`,
      ),
    );
    expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 2 fresh\n"));
  });

  test("a lock that names nobody and is old is in nobody's way", async () => {
    const shop = await built();
    shop.write("output/demo/scripts/a.txt", "jello");
    shop.write(state("lock"), "");
    utimesSync(shop.path(state("lock")), 0, 0);
    expect(await shop.run(["build"])).toMatchObject({ code: 0, err: "" });
    expect(existsSync(shop.path(state("lock")))).toBe(false);
  });

  test.each(["journal", "snapshot"])("a folder where the %s has to be", async (name) => {
    const shop = await built();
    rmSync(shop.path(state(name)));
    mkdirSync(shop.path(state(name)));
    expect(await shop.run(["build", "--verbose"])).toMatchObject({
      code: 1,
      err: `faceless: a folder is where a file has to be: ${shop.path(state(name))} (EISDIR, read).\n  Move the folder away and build again.\n`,
    });
    rmSync(shop.path(state(name)), { recursive: true });
    expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 2 fresh\n"));
  });
});

describe("disk", () => {
  /** Files larger than this cannot be written, as on a disk that is full. */
  const limited = (kib: number) => ["bash", "-c", `ulimit -f ${kib}; exec "$@"`, "bash"];

  test("a full disk: what does not fit fails with what to do, what was finished is kept", async () => {
    const shop = repo({
      "pipelines/p.yaml": `targets:
  small: { run: "echo small > \${out}", out: small.txt }
  script: { task: script, in: { draft: ./draft.json, }, with: { niche: demo }, out: s.json }
  last: { run: "cat \${in.s} > \${out}", in: { s: script }, out: last.txt }
`,
      "output/demo/draft.json": JSON.stringify({
        title: "t",
        scenes: [{ narration: "n".repeat(40_000), image_prompt: "p" }],
      }),
    });
    const ended = await shop.run(["build", "-k", "-j", "1"], { under: limited(16) });
    expect({ ...ended, out: ended.out.replace(/scratch\/[-\w]+/g, "scratch/ID") }).toEqual(
      said(
        1,
        `ran       small.txt  N s
failed    s.json  N s  pipeline.state
          a file would be larger than is allowed here: ${shop.path("output/demo/.faceless/scratch/ID/2-script.json")} (EFBIG, write).
          Raise the limit (ulimit -f) or use another disk, and build again: what was finished is kept.

output/demo/small.txt
failed: 1 failed, 1 blocked, 1 ran
`,
      ),
    );
    expect(existsSync(shop.path("output/demo/s.json"))).toBe(false);
    expect(await shop.run(["build"])).toMatchObject({ code: 0 });
    expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 3 fresh\n"));
  });

  test("a disk that is full within the journal's record: said, and no finished work is lost", async () => {
    const targets = [1, 2, 3, 4].map((n) => `  t${n}: { run: "echo ${n} > \${out}", out: t${n}.txt }\n`);
    const shop = repo({ "pipelines/p.yaml": `targets:\n${targets.join("")}` });
    const full = await shop.run(["build", "-k", "-j", "1"], { under: limited(1) });
    expect(full.code).toBe(1);
    expect(full.err).toBe("");
    expect(full.out).toContain(`${shop.path("output/demo/.faceless/journal")} (`);
    const next = await shop.run(["build"]);
    expect(next).toMatchObject({ code: 0, err: "" });
    expect(next.out).not.toContain("note");
    expect(next.out).not.toContain("ran ");
    expect(await shop.run(["build"])).toEqual(said(0, "nothing to do: 4 fresh\n"));
  });

  /** As somebody who has to heed permissions: not so the root user with all of its capabilities. */
  const heeding: How =
    process.getuid?.() === 0
      ? {
          under: [
            "setpriv",
            ...["--bounding-set", "--inh-caps"].map((set) => `${set}=-dac_override,-dac_read_search`),
          ],
        }
      : {};

  const denied = (path: string, call: string) =>
    `permission denied: ${path} (EACCES, ${call}).\n  Give yourself the right to write there (chmod, chown) and build again.`;

  test("a project that may not be written: said at once; with nothing to do that is no matter", async () => {
    const shop = repo();
    const project = shop.path("output/demo");
    onTestFinished(() => void execFileSync("chmod", ["-R", "u+w", shop.root]));
    chmodSync(project, 0o555);
    expect(await shop.run(["build"], heeding)).toEqual(
      complained(denied(join(project, ".faceless"), "mkdir"), "", 1),
    );
    chmodSync(project, 0o755);
    expect(await shop.run(["build"], heeding)).toEqual(said(0, FIRST));
    execFileSync("chmod", ["-R", "a-w", shop.root]);
    expect(await shop.run(["build"], heeding)).toEqual(said(0, "nothing to do: 2 fresh\n"));
    chmodSync(shop.path("output/demo/scripts/a.txt"), 0o644);
    shop.write("output/demo/scripts/a.txt", "jello");
    expect(await shop.run(["build"], heeding)).toEqual(
      complained(denied(join(project, ".faceless/lock"), "open"), "", 1),
    );
  });

  test("outputs and a cache that may not be written", async () => {
    const shop = repo({ "output/demo/loud/.keep": "" });
    mkdirSync(shop.path("cache"));
    const how = { ...heeding, env: { FACELESS_CACHE_DIR: shop.path("cache") } };
    chmodSync(shop.path("output/demo/loud"), 0o555);
    expect(await shop.run(["build"], how)).toEqual(
      said(
        1,
        `failed    loud/a.txt  N s  pipeline.state
          permission denied: ${shop.path("output/demo/loud/a.txt")} (EACCES, rename).
          Give yourself the right to write there (chmod, chown) and build again.
failed: 1 failed, 1 blocked
`,
      ),
    );
    chmodSync(shop.path("output/demo/loud"), 0o755);
    expect(await shop.run(["build"], how)).toMatchObject({ code: 0, err: "" });
    rmSync(shop.path("cache"), { recursive: true });
    shop.write("cache", "a file");
    shop.write("output/demo/scripts/a.txt", "jello");
    expect(await shop.run(["build"], how)).toEqual(
      complained(
        `a file is where a folder has to be: ${shop.path("cache")} (EEXIST, mkdir).\n  Move the file away and build again.`,
        "",
        1,
      ),
    );
  });
});
