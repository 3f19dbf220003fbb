/** `faceless watch` as a person runs it: a real process, a real folder, and the events of the disk waited for. */
import { once } from "node:events";
import { appendFileSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Failure } from "../lib/base/failure.ts";
import { failureOf } from "../lib/watch/disk.ts";
import { PIPELINE, Repo, until } from "./watch-rig.ts";

/** What an edit of a story does where nothing else is. */
const made = (files: readonly string[], story: string, rest: object = {}) => ({
  files,
  ok: true,
  ran: { loud: 1, film: 1 },
  removed: 0,
  counts: { ran: 2 },
  results: [`output/demo/film/${story}.txt`],
  ...rest,
});

describe("what begins a round", () => {
  test("an edit of a script; not a touch, not what the round itself writes", async () => {
    const repo = new Repo({ "scripts/b.txt": "bye" });
    const watch = await repo.watch();
    expect(watch.count("build-started")).toBe(1);
    repo.write("scripts/a.txt", "jello");
    const fresh = { counts: { ran: 2, fresh: 2 } };
    expect(await watch.round()).toEqual(made(["scripts/a.txt"], "a", fresh));
    expect(repo.read("film/a.txt")).toBe("JELLO! la");
    utimesSync(repo.path("scripts/a.txt"), new Date(), new Date());
    utimesSync(repo.path("film/a.txt"), new Date(), new Date());
    repo.write("scripts/b.txt", "good bye");
    expect(await watch.round()).toEqual(made(["scripts/b.txt"], "b", fresh));
    expect(watch.count("build-started")).toBe(3);
    expect(await watch.stop()).toBe(0);
    expect(watch.stderr).toBe("");
  });

  test("an editor's atomic save, again and again, with a swap file and a backup beside it", async () => {
    const repo = new Repo();
    const watch = await repo.watch();
    for (const text of ["one", "two", "three"]) {
      repo.write("scripts/.a.txt.swp", "swap");
      renameSync(repo.path("scripts/a.txt"), repo.path("scripts/a.txt~"));
      repo.write("scripts/a.txt", text);
      rmSync(repo.path("scripts/.a.txt.swp"));
      expect(await watch.round()).toEqual(made(["scripts/a.txt"], "a"));
      expect(repo.read("film/a.txt")).toBe(`${text.toUpperCase()}! la`);
      repo.write("scripts/.new", `${text} again`);
      renameSync(repo.path("scripts/.new"), repo.path("scripts/a.txt"));
      expect(await watch.round()).toEqual(made(["scripts/a.txt"], "a"));
    }
  });

  test("several edits at once are one round", async () => {
    const repo = new Repo({ "scripts/b.txt": "bye" });
    const watch = await repo.watch();
    for (const text of ["1", "2", "3"]) {
      repo.write("scripts/a.txt", `a${text}`);
      repo.write("scripts/b.txt", `b${text}`);
    }
    const { files, ...rest } = await watch.round();
    expect([...files].sort()).toEqual(["scripts/a.txt", "scripts/b.txt"]);
    expect(rest).toMatchObject({ ran: { loud: 2, film: 2 }, counts: { ran: 4 } });
    expect(watch.count("build-started")).toBe(2);
  });

  test("a new script; a removed one, whose outputs go; a folder that is renamed and comes back", async () => {
    const repo = new Repo();
    const watch = await repo.watch();
    repo.write("scripts/b.txt", "bye");
    expect(await watch.round()).toEqual(made(["scripts/b.txt"], "b", { counts: { ran: 2, fresh: 2 } }));
    rmSync(repo.path("scripts/b.txt"));
    const gone = { ok: true, ran: {}, removed: 2, results: [] };
    expect(await watch.round()).toEqual({ files: ["scripts/b.txt"], ...gone, counts: { fresh: 2 } });
    expect(repo.has("film/b.txt")).toBe(false);
    renameSync(repo.path("scripts"), repo.path("drafts"));
    await watch.next("watch-round", ({ removed }) => removed === 2);
    expect(repo.has("film")).toBe(false);
    renameSync(repo.path("drafts"), repo.path("scripts"));
    await watch.next("watch-round", ({ counts }) => counts.restored === 2);
    repo.write("scripts/a.txt", "watched still");
    expect(await watch.round()).toEqual(made(["scripts/a.txt"], "a"));
  });

  test("pipeline, configuration and music", async () => {
    const repo = new Repo({ "/shared/other.txt": " ba" });
    const watch = await repo.watch();
    repo.write("/pipelines/p.yaml", PIPELINE.replace('"!"', '"?"'));
    expect(await watch.round()).toEqual(made(["pipelines/p.yaml"], "a"));
    repo.write("/pipelines/p.yaml", `# A comment.\n${repo.read("/pipelines/p.yaml")}`);
    const nothing = { ok: true, ran: {}, removed: 0, counts: { fresh: 2 }, results: [] };
    expect(await watch.round()).toEqual({ files: ["pipelines/p.yaml"], ...nothing });
    const joined = { ran: { film: 1 }, counts: { ran: 1, fresh: 1 } };
    repo.write("/faceless.config.yaml", repo.read("/faceless.config.yaml").replace("tune", "other"));
    expect(await watch.round()).toEqual(made(["faceless.config.yaml"], "a", joined));
    repo.write("/shared/other.txt", " bu");
    expect(await watch.round()).toEqual(made(["shared/other.txt"], "a", joined));
    expect(repo.read("film/a.txt")).toBe("HELLO? bu");
    // A file that no longer matters.
    repo.write("/shared/tune.txt", " li");
    repo.write("scripts/a.txt", "end");
    expect(await watch.round()).toEqual(made(["scripts/a.txt"], "a"));
  });

  test("a pin that comes, changes and goes, in folders that were not there", async () => {
    const repo = new Repo();
    const watch = await repo.watch();
    const pinned = { ok: true, ran: { film: 1 }, removed: 0, counts: { ran: 1, pinned: 1 } };
    repo.write("pinned/loud/a.txt", "PIN");
    await watch.next("watch-round", ({ counts }) => counts.pinned === 1 && counts.ran === 1);
    expect(repo.read("film/a.txt")).toBe("PIN la");
    repo.write("pinned/loud/a.txt", "POINT");
    expect(await watch.round()).toMatchObject({ files: ["pinned/loud/a.txt"], ...pinned });
    rmSync(repo.path("pinned"), { recursive: true });
    await watch.next("watch-round", ({ counts }) => counts.restored === 2);
    expect(repo.read("film/a.txt")).toBe("HELLO! la");
  });

  test("an output that is edited by hand or deleted", async () => {
    const repo = new Repo();
    const watch = await repo.watch();
    rmSync(repo.path("loud/a.txt"));
    const restored = { ok: true, ran: {}, removed: 0, counts: { restored: 1, fresh: 1 }, results: [] };
    expect(await watch.round()).toEqual({ files: ["loud/a.txt"], ...restored });
    repo.write("loud/a.txt", "BY HAND");
    const kept = { ok: true, ran: { film: 1 }, removed: 0, counts: { ran: 1, edited: 1 } };
    expect(await watch.round()).toMatchObject({ files: ["loud/a.txt"], ...kept });
    expect(repo.read("film/a.txt")).toBe("BY HAND la");
  });

  test("a task of the content repo: the folder is watched before there is one", async () => {
    const repo = new Repo();
    const watch = await repo.watch();
    repo.write("/tasks/own.ts", "export {};\n");
    await watch.next("watch-changed", ({ files }) => files.includes("tasks"));
    repo.write("/tasks/own.ts", "export default 1;\n");
    await watch.next("watch-changed", ({ files }) => files.includes("tasks/own.ts"));
  });

  test("a script that is a link: what it leads to", async () => {
    const repo = new Repo({ "/drafts/a.txt": "draft" });
    symlinkSync(repo.path("/drafts/a.txt"), repo.path("scripts/linked.txt"));
    const watch = await repo.watch();
    repo.write("/drafts/a.txt", "redraft");
    const fresh = { counts: { ran: 2, fresh: 2 } };
    expect(await watch.round()).toEqual(made(["scripts/linked.txt"], "linked", fresh));
  });

  test("what another build does in between is no work of ours, and it need not wait for us", async () => {
    const repo = new Repo();
    const watch = await repo.watch();
    const [code] = await once(
      repo.start("build", "output/demo", "--force", "output/demo/loud/a.txt"),
      "close",
    );
    expect(code).toBe(0);
    repo.write("scripts/a.txt", "after");
    expect(await watch.round()).toMatchObject({ files: ["scripts/a.txt"], ran: { loud: 1, film: 1 } });
    expect(watch.starts("loud/a.txt")).toBe(2);
  });
});

describe("what goes wrong", () => {
  test("a mistake in a YAML file is told, and mending it begins a round, even back to what was", async () => {
    const repo = new Repo();
    const watch = await repo.watch();
    repo.write("/pipelines/p.yaml", PIPELINE.replace("in: { text: loud", "in: { text: lod"));
    const failed = await watch.next("watch-failed");
    expect(failed.files).toEqual(["pipelines/p.yaml"]);
    expect(failed.problem.message).toMatch(
      /^pipelines\/p\.yaml:6:\d+: there is no target 'lod'\. Did you mean 'loud'\?/,
    );
    repo.write("/pipelines/p.yaml", PIPELINE);
    expect(await watch.round()).toMatchObject({
      files: ["pipelines/p.yaml"],
      ok: true,
      counts: { fresh: 2 },
    });
  });

  test("one that is there from the start, too", async () => {
    const repo = new Repo({ "/pipelines/p.yaml": "targets: 1\n" });
    const watch = await repo.watch();
    expect(watch.count("watch-failed")).toBe(1);
    repo.write("/pipelines/p.yaml", PIPELINE);
    expect(await watch.round()).toEqual(made(["pipelines/p.yaml"], "a"));
    repo.write("scripts/a.txt", "on");
    expect(await watch.round()).toEqual(made(["scripts/a.txt"], "a"));
  });

  test("what fails is told in each round, tried in none until it is mended, and holds up nothing else", async () => {
    const repo = new Repo({ "scripts/b.txt": "bad" });
    const log = repo.path("/tries");
    const careful = PIPELINE.replace(
      'run: "tr',
      `run: "echo try >> '${log}'; if grep -q bad \${in.text}; then exit 1; fi; tr`,
    );
    repo.write("/pipelines/p.yaml", careful);
    const watch = await repo.watch();
    const tries = () => readFileSync(log, "utf8").split("\n").length - 1;
    expect(tries()).toBe(2);
    repo.write("scripts/a.txt", "good");
    expect(await watch.round()).toEqual(
      made(["scripts/a.txt"], "a", { ok: false, counts: { ran: 2, failed: 1, blocked: 1 } }),
    );
    expect(tries()).toBe(3);
    utimesSync(repo.path("scripts/b.txt"), new Date(), new Date());
    repo.write("scripts/b.txt", "better");
    expect(await watch.round()).toEqual(made(["scripts/b.txt"], "b", { counts: { ran: 2, fresh: 2 } }));
    expect(tries()).toBe(4);
  });
});

/** Each story takes until its gate is opened, and says in a log when it begins and ends. */
function slowly(repo: Repo): string {
  const run = `echo $$ > '${repo.root}/pid-'\${story}; echo \${story} >> '${repo.root}/log'; until [ -e '${repo.root}/go-'\${story} ]; do sleep 0.02; done; cat \${in.text} > \${out}`;
  return `axes:
  story: { files: "scripts/\${story}.txt" }
targets:
  slow: { run: "${run}", in: { text: "scripts/\${story}.txt" }, out: "slow/\${story}.txt" }
  film: { run: "cat \${in.text} > \${out}", in: { text: slow }, out: "film/\${story}.txt" }
`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("while a round runs", () => {
  test("an edit supersedes it: what has the same key goes on and runs once, what has another is cancelled", async () => {
    const repo = new Repo({ "scripts/b.txt": "bye" });
    repo.write("/pipelines/p.yaml", slowly(repo));
    const watch = repo.watchNow("output/demo", "-j", "2");
    await until(() => repo.has("/pid-a") && repo.has("/pid-b") && repo.read("/pid-b").endsWith("\n"));
    const pid = Number(repo.read("/pid-b"));
    repo.write("scripts/b.txt", "good bye");
    await watch.next("watch-changed");
    await until(() => !isAlive(pid));
    for (const story of ["a", "b"]) repo.write(`/go-${story}`, "");
    expect(await watch.round()).toMatchObject({
      files: ["scripts/b.txt"],
      ok: true,
      ran: { slow: 1, film: 2 },
      counts: { ran: 3, restored: 1 },
    });
    expect(repo.read("/log").split("\n").sort()).toEqual(["", "a", "b", "b"]);
    expect(repo.read("film/b.txt")).toBe("good bye");
    expect(await watch.stop()).toBe(0);
  });

  test("Ctrl-C ends what runs, and says that it was interrupted", async () => {
    const repo = new Repo();
    repo.write("/pipelines/p.yaml", slowly(repo));
    const watch = repo.watchNow();
    await until(() => repo.has("/pid-a") && repo.read("/pid-a").endsWith("\n"));
    expect(await watch.stop()).toBe(130);
    expect(isAlive(Number(repo.read("/pid-a")))).toBe(false);
    expect(repo.has(".faceless/lock")).toBe(false);
    expect((await watch.next("build-finished")).interrupted).toBe(true);
  });
});

test("where the system lets nobody watch so much, it is told what to do", () => {
  const told = (code: string) => {
    const { message, help } = failureOf(Object.assign(new Error(code), { code, path: "/a" })) as Failure;
    return `${message} ${help}`;
  };
  expect(told("ENOSPC")).toBe(
    "this system lets you watch no more files (ENOSPC): /a. Raise the limit, `sudo sysctl fs.inotify.max_user_watches=524288`, or set CHOKIDAR_USEPOLLING=1: then every file is looked at several times a second.",
  );
  expect(told("EMFILE")).toBe(
    "too many files are open to watch more (EMFILE): /a. Raise the limit (`ulimit -n 8192`; on Linux also `sudo sysctl fs.inotify.max_user_instances=512`), or set CHOKIDAR_USEPOLLING=1: then every file is looked at several times a second.",
  );
});

describe("as it is told", () => {
  const timeless = (text: string) =>
    text.replace(/\b\d+(\.\d)? s\b/g, "N s").replace(/^\d\d:\d\d:\d\d/gm, "HH:MM:SS");

  test("line by line", async () => {
    const repo = new Repo();
    const child = repo.start("watch", "output/demo");
    let out = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    await until(() => out.includes("waiting for changes"));
    repo.write("scripts/a.txt", "jello");
    await until(() => out.includes("scripts/a.txt changed"));
    appendFileSync(repo.path("/pipelines/p.yaml"), "x: 1\n");
    await until(() => out.includes("nothing can be built"));
    child.kill("SIGINT");
    const [code] = await once(child, "close");
    expect(code).toBe(0);
    expect(timeless(out)).toBe(`ran       loud/a.txt  N s
ran       film/a.txt  N s

output/demo/film/a.txt
done in N s: 2 ran
waiting for changes
ran       loud/a.txt  N s  (input text has other content)
ran       film/a.txt  N s  (input text has other content)
HH:MM:SS  scripts/a.txt changed: 2 ran (loud, film), in N s from save to output/demo/film/a.txt
failed    pipelines/p.yaml:7:1: unknown key 'x'. The keys are 'options', 'axes', 'targets'.
            7 | x: 1
              | ^
HH:MM:SS  pipelines/p.yaml changed: nothing can be built
`);
  });

  test("where all is fresh it waits at once, and has loaded no engine", async () => {
    const repo = new Repo();
    await once(repo.start("build", "output/demo"), "close");
    const watch = await repo.watch();
    expect(watch.events.map(({ type }) => type)).toEqual([
      "build-started",
      "planned",
      "build-finished",
      "watch-waiting",
    ]);
    repo.write("scripts/a.txt", "jello");
    expect(await watch.round()).toEqual(made(["scripts/a.txt"], "a"));
  });

  test("several projects: each has its rounds, and what they share begins one in each", async () => {
    const repo = new Repo({ "/output/other/scripts/b.txt": "bye" });
    const watch = await repo.watch("output");
    repo.write("/output/other/scripts/b.txt", "good bye");
    expect(await watch.next("watch-round")).toMatchObject({
      project: "output/other",
      files: ["output/other/scripts/b.txt"],
      results: ["output/other/film/b.txt"],
    });
    repo.write("/shared/tune.txt", " lu");
    const projects = [await watch.next("watch-round"), await watch.next("watch-round")];
    expect(projects.map(({ project }) => project).sort()).toEqual(["output/demo", "output/other"]);
    expect(projects.map(({ files }) => files)).toEqual([["shared/tune.txt"], ["shared/tune.txt"]]);
    expect(await watch.stop()).toBe(0);
  });

  test.each([
    [["watch", "-n"], "watch takes no -n.\n  Run `faceless build -n …` before it, or beside it."],
    [
      ["build", "--watch", "--discard-edits"],
      "watch takes no --discard-edits.\n  Run `faceless build --discard-edits …` before it, or beside it.",
    ],
  ])("%j is refused", async (words, message) => {
    const child = new Repo().start(...words);
    let err = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      err += text;
    });
    const [code] = await once(child, "close");
    expect({ code, err }).toEqual({ code: 2, err: `faceless: ${message}\n` });
  });
});
