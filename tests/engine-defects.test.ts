/** Defects that the engine had once, each provoked the way that it was found. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import fastGlob from "fast-glob";
import { describe, expect, onTestFinished, test } from "vitest";
import { matchFiles } from "../lib/engine/match.ts";
import { surveyFiles } from "../lib/engine/up-to-date.ts";
import { escapeGlob, splitGlob } from "../lib/pipeline/paths.ts";
import { FileStates } from "../lib/store/file-states.ts";
import { FileTable } from "../lib/store/file-table.ts";
import { placeFile } from "../lib/store/files.ts";
import { loadSnapshot, snapshotPath } from "../lib/store/snapshot.ts";
import { LIST } from "./pipelines.ts";
import { gone } from "./processes.ts";
import { type Built, TASKS, type Workshop, workshop } from "./workshop.ts";

/** Whether the last build's verdict holds, so that the next one would look no further. */
function holds(shop: Workshop): boolean {
  const path = snapshotPath(shop.places.state);
  const signature = loadSnapshot(path, "snapshot").snapshot?.verdict?.signature ?? "";
  const survey = surveyFiles(path, signature, Date.now);
  return survey !== undefined && survey.moved.length === 0;
}

function link(shop: Workshop, path: string, target: string): void {
  mkdirSync(dirname(shop.path(path)), { recursive: true });
  symlinkSync(target, shop.path(path));
}

const joining = (glob: string) => `
targets:
  all: { task: join, in: { parts: "${glob}" }, out: out/all.txt }
`;

describe("what a glob's answer rests on", () => {
  /** A build, and the same project after a change: the verdict falls, and the new answer is used. */
  async function notices(
    shop: Workshop,
    before: string,
    change: (shop: Workshop) => void,
    after: string,
  ): Promise<void> {
    expect((await shop.build()).problems).toEqual([]);
    expect(shop.read("out/all.txt")).toBe(before);
    expect(holds(shop)).toBe(true);
    change(shop);
    expect(holds(shop)).toBe(false);
    expect((await shop.build()).ran).toEqual({ "out/all.txt": "ran" });
    expect(shop.read("out/all.txt")).toBe(after);
    expect(holds(shop)).toBe(true);
  }

  test("a new file in a folder behind a link", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": joining("extra/**/*.txt"),
      "extra/a.txt": "a",
      "/elsewhere/deep/b.txt": "b",
    });
    link(shop, "extra/far", shop.path("/elsewhere"));
    await notices(shop, "a|b", () => shop.write("/elsewhere/deep/c.txt", "c"), "a|b|c");
  });

  test("a new file in a folder whose name begins with a dot", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": joining("extra/.kept*/*.txt"),
      "extra/.kept/a.txt": "a",
    });
    await notices(shop, "a", () => shop.write("extra/.kept/b.txt", "b"), "a|b");
  });

  test("the target of a dangling link that appears", async () => {
    const shop = workshop({ "/pipelines/p.yaml": joining("extra/*.txt"), "extra/a.txt": "a" });
    link(shop, "extra/b.txt", shop.path("/elsewhere.txt"));
    await notices(shop, "a", () => shop.write("/elsewhere.txt", "b"), "a|b");
  });

  test("a folder behind a link whose place a file takes, and a link that is turned to a file", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": joining("extra/*.txt"),
      "extra/a.txt": "a",
      "/elsewhere/b.txt/mine": "",
      "/other.txt": "c",
    });
    link(shop, "extra/b.txt", shop.path("/elsewhere/b.txt"));
    link(shop, "extra/c.txt", shop.path("/elsewhere"));
    const replace = () => {
      shop.remove("/elsewhere/b.txt");
      shop.write("/elsewhere/b.txt", "b");
    };
    await notices(shop, "a", replace, "a|b");
    const turn = () => {
      shop.remove("extra/c.txt");
      link(shop, "extra/c.txt", shop.path("/other.txt"));
    };
    await notices(shop, "a|b", turn, "a|b|c");
  });

  test("a file behind a link, of no interest as such, that becomes a folder to look into", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": joining("extra/**/*.txt"),
      "extra/a.txt": "a",
      "/elsewhere": "a film of many gigabytes",
    });
    link(shop, "extra/far", shop.path("/elsewhere"));
    expect((await shop.build()).problems).toEqual([]);
    shop.write("/elsewhere", "another film");
    expect(holds(shop)).toBe(true);
    const replace = () => {
      shop.remove("/elsewhere");
      shop.write("/elsewhere/b.txt", "b");
    };
    await notices(shop, "a", replace, "a|b");
  });

  test("a story's link that comes to lead to nothing: the story is gone, and what was made of it", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
axes: { story: { files: "scripts/\${story}.txt" } }
targets:
  said: { task: upper, in: { text: "scripts/\${story}.*" }, out: "said/\${story}.txt" }
`,
      "scripts/a.txt": "a",
      "/elsewhere.txt": "b",
    });
    link(shop, "scripts/b.txt", shop.path("/elsewhere.txt"));
    expect((await shop.build()).ran).toEqual({ "said/a.txt": "ran", "said/b.txt": "ran" });
    expect(holds(shop)).toBe(true);
    shop.remove("/elsewhere.txt");
    expect(holds(shop)).toBe(false);
    expect((await shop.build()).ran).toEqual({ "said/a.txt": "fresh" });
    expect(readdirSync(shop.path("said"))).toEqual(["a.txt"]);
  });

  test("one of several names that the glob spells out", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": joining("{extra/a,extra/deep/b,a/b/c}.txt"),
      "extra/a.txt": "a",
      a: "",
    });
    await notices(shop, "a", () => shop.write("extra/deep/b.txt", "b"), "a|b");
  });

  test("links that lead back are not followed round and round", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": joining("extra/**/*.txt"),
      "extra/a.txt": "a",
      "extra/deep/b.txt": "b",
    });
    for (const name of ["one", "two", "three"]) link(shop, `extra/deep/${name}`, shop.path("extra"));
    link(shop, "extra/self", "self");
    await notices(shop, "a|b", () => shop.write("extra/deep/c.txt", "c"), "a|b|c");
    const turn = () => {
      rmSync(shop.path("extra/self"));
      link(shop, "extra/self", shop.path("/elsewhere"));
    };
    shop.write("/elsewhere/d.txt", "d");
    await notices(shop, "a|b|c", turn, "a|b|c|d");
  });

  test("the answer is the one that fast-glob gives without our eyes", () => {
    const names = [
      "a",
      "aa",
      "ab",
      "a+",
      "a|b",
      "b",
      "(a)",
      "a,b",
      "it's",
      "{a}",
      "!a",
      "@b",
      "a b",
      "[a]",
      "é",
      "a\\b",
    ];
    const folders = ["", "a/", "ab/", ".a/", "b/a/"];
    const shop = workshop(
      Object.fromEntries(folders.flatMap((folder) => names.map((name) => [`${folder}${name}.txt`, name]))),
    );
    const pieces = [
      "a",
      "b",
      "*",
      "?",
      "**",
      "/",
      "{a,b}",
      "{a,b/a}",
      "+(a)",
      "@(a|b)",
      "!(a)",
      "a|b",
      "[ab]",
      "!",
      "'",
      '"',
    ];
    const escaped = names.map((name) => escapeGlob(name));
    const glob = fc
      .tuple(
        fc.array(
          fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...pieces) }, fc.constantFrom(...escaped)),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        fc.constantFrom("", ".txt", "*.txt"),
      )
      .map(([parts, end]) => `${parts.join("")}${end}`.replace(/^\/+/, ""));
    const plain = (text: string) =>
      fastGlob.sync(text, { cwd: shop.places.folder, ignore: ["**/.faceless/**"] }).sort();
    fc.assert(
      fc.property(glob, (text) => {
        // What has no wildcard is no question to fast-glob, and one that looks above the folder is none of ours.
        const { base, rest } = splitGlob(text);
        fc.pre(rest !== "" && base === "" && !rest.includes("***")); // picomatch forgets an escaped ! before ***
        const match = matchFiles(shop.places, new FileStates(new FileTable(), Date.now));
        expect(match(text)).toEqual(plain(rest));
      }),
      { numRuns: 300 },
    );
  });
});

/** A folder on another disk than the workshop's, where this machine has one. */
function elsewhere(): string {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "faceless-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("more than one disk", () => {
  const PIPELINE = `
targets:
  words: { task: upper, in: { text: ./notes.txt }, out: words.txt }
  voice: { task: join, in: { parts: [words, ./notes.txt] }, out: final/voice.txt }
`;

  test("outputs in a folder that is a link to another disk are made, restored and removed there", async () => {
    const shop = workshop({ "/pipelines/p.yaml": PIPELINE, "notes.txt": "one" });
    const disk = elsewhere();
    link(shop, "final", disk);
    expect((await shop.build()).ran).toEqual({ "words.txt": "ran", "final/voice.txt": "ran" });
    expect(readdirSync(disk)).toEqual(["voice.txt"]);
    expect(shop.read("final/voice.txt")).toBe("ONE|one");
    shop.write("notes.txt", "two");
    expect((await shop.build()).ran).toEqual({ "words.txt": "ran", "final/voice.txt": "ran" });
    shop.write("notes.txt", "one");
    expect((await shop.build()).ran).toEqual({ "words.txt": "restored", "final/voice.txt": "restored" });
    expect(shop.read("final/voice.txt")).toBe("ONE|one");
    expect((await shop.build()).ran).toEqual({ "words.txt": "fresh", "final/voice.txt": "fresh" });
    expect(readdirSync(disk)).toEqual(["voice.txt"]);
    shop.write("/pipelines/p.yaml", PIPELINE.replace("final/voice", "final/said"));
    await shop.build();
    expect(readdirSync(disk)).toEqual(["said.txt"]);
  });

  test("a move to another disk takes the longest name, and leaves nothing where it fails", () => {
    const [from, to] = [workshop({ "made.txt": "made" }).path("made.txt"), elsewhere()];
    mkdirSync(join(to, "folder"));
    expect(() => placeFile(from, join(to, "folder"))).toThrow(/EISDIR/);
    expect([readdirSync(to), existsSync(from)]).toEqual([["folder"], true]);
    const name = `${"a".repeat(251)}.txt`;
    placeFile(from, join(to, "deep", name));
    expect([readdirSync(join(to, "deep")), existsSync(from)]).toEqual([[name], false]);
    expect(readFileSync(join(to, "deep", name), "utf8")).toBe("made");
  });

  test("a store on another disk keeps copies, and what is kept as a link is restored from it", async () => {
    const shop = workshop({ "/pipelines/p.yaml": PIPELINE, "notes.txt": "one" });
    const tasks = new Map(TASKS.map((task) => [task.type, { ...task, keep: "link" as const }]));
    const cache = elsewhere();
    expect((await shop.build({ tasks, cache })).ok).toBe(true);
    shop.remove("words.txt");
    shop.remove("final");
    const again = await shop.build({ tasks, cache });
    expect(again.ran).toEqual({ "words.txt": "restored", "final/voice.txt": "restored" });
    expect(shop.read("final/voice.txt")).toBe("ONE|one");
  });
});

describe("what a command leaves running", () => {
  test("a child in the background is not waited for, and ends with the command", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
targets:
  made: { run: "sleep 1000 & echo $! > \${project.pid}; echo made > \${out}", out: made.txt }
  failed: { run: "sleep 1000 & echo $! > \${project.pid}; echo no >&2; false; : \${out}", out: failed.txt }
`,
    });
    const settings = { pid: shop.path("pid") };
    expect((await shop.build({ settings, goals: ["made.txt"] })).ran).toEqual({ "made.txt": "ran" });
    await gone(Number(shop.read("pid")));
    const built = await shop.build({ settings, goals: ["failed.txt"] });
    expect(built.ran).toEqual({ "failed.txt": "failed" });
    expect(built.problems[0]).toMatch(
      /^pipelines\/p\.yaml:4:19: the command ended with exit code 1: .*\n {2}no$/,
    );
    await gone(Number(shop.read("pid")));
  });

  test("a child that made itself a session of its own lives on, and is not waited for", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
targets:
  made: { run: "\${project.node} -e \${project.code} > \${out}; cat \${out} >&2", out: made.txt }
`,
    });
    const code = `
      const daemon = require("node:child_process").spawn("sleep", ["1000"], { detached: true, stdio: ["ignore", 2, 2] });
      console.log(daemon.pid);
      daemon.unref();`;
    const built = await shop.build({ settings: { node: process.execPath, code } });
    const pid = Number(shop.read("made.txt"));
    onTestFinished(() => void process.kill(pid, "SIGKILL"));
    expect(built.ran).toEqual({ "made.txt": "ran" });
    expect(process.kill(pid, 0)).toBe(true);
  });
});

test("what breaks while the end of an action is told ends the build with that error, and not with a hang", async () => {
  const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/a.txt": "one\ntwo", "scripts/b.txt": "three" });
  // The plan is told again when a list is known: inside the end of the action that made it.
  const breaking = () => {
    let plans = 0;
    return shop.build({
      onEvent(event) {
        if (event.type === "planned" && ++plans === 2) throw new Error("the report broke");
      },
    });
  };
  await expect(breaking()).rejects.toThrow("the report broke");
  expect(existsSync(shop.path(".faceless/lock"))).toBe(false);
  await expect(breaking()).rejects.toThrow("the report broke");
  expect((await shop.build()).problems).toEqual([]);
  expect(shop.read("final/a.txt")).toBe("one|two");
});

test("two outputs with equal bytes are two files, made or restored: what is written into one is not in the other", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `
targets:
  one: { task: say, with: { text: same }, out: one.txt }
  two: { task: say, with: { text: same }, out: two.txt }
  six: { task: say, with: { text: same, times: 1 }, out: six.txt }
`,
  });
  const tasks = new Map(TASKS.map((task) => [task.type, { ...task, keep: "link" as const }]));
  const all = ["one.txt", "two.txt", "six.txt"];
  const files = () => new Set(all.map((path) => statSync(shop.path(path)).ino)).size;
  expect((await shop.build({ tasks })).problems).toEqual([]);
  expect(files()).toBe(3);
  for (const path of all) shop.remove(path);
  expect(new Set(Object.values((await shop.build({ tasks })).ran))).toEqual(new Set(["restored"]));
  expect(files()).toBe(3);
  shop.write("one.txt", "by hand");
  expect((await shop.build({ tasks })).ran).toEqual({
    "one.txt": "edited",
    "two.txt": "fresh",
    "six.txt": "fresh",
  });
});

describe("an output that was a file becomes a folder, and the other way round", () => {
  const making = (out: string) => `
targets:
  words: { task: upper, in: { text: ./notes.txt }, out: ${out} }
  voice: { task: join, in: { parts: [words] }, out: voice.txt }
`;
  const of = (out: string) => workshop({ "/pipelines/p.yaml": making(out), "notes.txt": "one" });
  const removed = ({ events }: Built) =>
    events.flatMap((event) => (event.type === "removed" ? [event.output] : []));

  test("what we made and nobody edited makes way", async () => {
    const shop = of("words.txt");
    await shop.build();
    for (const [before, out] of [
      ["words.txt", "words.txt/deep/all.txt"],
      ["words.txt/deep/all.txt", "words.txt/deep.txt"],
      ["words.txt/deep.txt", "words.txt"],
    ] as const) {
      shop.write("/pipelines/p.yaml", making(out));
      const foretold = await shop.build({ dryRun: true });
      expect(foretold.problems).toEqual([]);
      expect(existsSync(shop.path(before))).toBe(true);
      const built = await shop.build();
      expect(built.problems).toEqual([]);
      expect(built.ran).toEqual({ [out]: "restored", "voice.txt": "fresh" });
      expect(removed(built)).toEqual([before]);
      expect(shop.read(out)).toBe("ONE");
      expect((await shop.build()).ran).toEqual({ [out]: "fresh", "voice.txt": "fresh" });
      expect(holds(shop)).toBe(true);
    }
    expect(readdirSync(shop.places.folder).sort()).toEqual([
      ".faceless",
      "notes.txt",
      "voice.txt",
      "words.txt",
    ]);
  });

  test("what was edited by hand does not, and neither does what is not ours; the task is not run in vain", async () => {
    const shop = of("words.txt");
    await shop.build();
    shop.write("words.txt", "by hand");
    shop.write("/pipelines/p.yaml", making("words.txt/all.txt"));
    shop.write("notes.txt", "two");
    const edited = await shop.build();
    expect(edited.problems).toEqual([
      "output/demo/words.txt was edited by hand, and is a file where the folder of output/demo/words.txt/all.txt has to be.",
    ]);
    expect(edited.events.some(({ type }) => type === "started")).toBe(false);
    expect(shop.read("words.txt")).toBe("by hand");
    shop.remove("words.txt");
    expect((await shop.build()).ran).toEqual({ "words.txt/all.txt": "ran", "voice.txt": "ran" });
    shop.write("/pipelines/p.yaml", making("words.txt"));
    shop.write("words.txt/all.txt", "by hand");
    expect((await shop.build()).problems).toEqual([
      "output/demo/words.txt is a folder, where an output has to be, and words.txt/all.txt in it was edited by hand.",
    ]);
    expect(shop.read("words.txt/all.txt")).toBe("by hand");
    shop.remove("words.txt/all.txt");
    shop.write("words.txt/mine/own.txt", "own");
    expect((await shop.build()).problems).toEqual([
      "output/demo/words.txt is a folder, where an output has to be, and words.txt/mine/own.txt in it is not made by us.",
    ]);
    shop.remove("words.txt/mine/own.txt");
    expect((await shop.build()).ran).toEqual({ "words.txt": "restored", "voice.txt": "fresh" });
  });

  test("two outputs of which one would be the folder of the other are told before anything runs", async () => {
    const shop = workshop({
      "/pipelines/p.yaml": `
targets:
  one: { task: say, with: { text: one }, out: both.txt }
  two: { task: say, with: { text: two }, out: Both.txt/two.txt }
`,
    });
    await expect(shop.build()).rejects.toThrow(
      "pipelines/p.yaml:4:47: 'both.txt' is a file that 'one' makes, and 'Both.txt/two.txt' would be in it.",
    );
  });
});

describe("a story renamed in case or in Unicode form alone", () => {
  const removed = ({ events }: Built) =>
    events.flatMap((event) => (event.type === "removed" ? [event.output] : [])).sort();

  test.each([
    ["case", "Tale", "tale"],
    ["form", "caf\u00e9", "cafe\u0301"],
  ])("%s: where these are two files, what was made under the old name goes", async (_, old, now) => {
    const shop = workshop({ "/pipelines/p.yaml": LIST, [`scripts/${old}.txt`]: "one\ntwo" });
    await shop.build();
    // Where this machine's disk folds names, nothing may go.
    const folds = existsSync(shop.path(`work/${now}.json`));
    renameSync(shop.path(`scripts/${old}.txt`), shop.path(`scripts/${now}.txt`));
    const built = await shop.build();
    const outputs = [`final/${old}.txt`, `said/${old}_01.txt`, `said/${old}_02.txt`, `work/${old}.json`];
    expect(removed(built)).toEqual(folds ? [] : outputs);
    expect(outputs.filter((path) => existsSync(shop.path(path)))).toEqual(folds ? outputs : []);
    expect(shop.read(`final/${now}.txt`)).toBe("one|two");
    expect(new Set(Object.values((await shop.build()).ran))).toEqual(new Set(["fresh"]));
  });

  test("where both names are one file, it stays", async () => {
    const shop = workshop({ "/pipelines/p.yaml": LIST, "scripts/Tale.txt": "one" });
    await shop.build();
    renameSync(shop.path("scripts/Tale.txt"), shop.path("scripts/tale.txt"));
    // To us a file system that folds case looks like this: both names are there, and lead to one file.
    for (const path of ["final/Tale.txt", "said/Tale_01.txt", "work/Tale.json"])
      linkSync(shop.path(path), shop.path(path.toLowerCase()));
    const built = await shop.build();
    expect(new Set(Object.values(built.ran))).toEqual(new Set(["fresh"]));
    expect(removed(built)).toEqual([]);
    expect(shop.read("final/tale.txt")).toBe("one");
  });
});
