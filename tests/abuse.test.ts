/** The table of docs/abuse.md, cell by cell: what other engines were put through, with 32 targets as there. */
import { execFileSync } from "node:child_process";
import { statSync, utimesSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CliShop, killAll, killEngine, until } from "./cli-shop.ts";
import { type Built, type Workshop, workshop } from "./workshop.ts";

/** Ten scenes: picture and sound are leaves, of both a segment is made, and of all those the final. */
const PIPELINE = `
axes:
  scene: { files: "scripts/\${scene}.img" }
targets:
  script: { task: join, in: { parts: "scripts/*.aud" }, out: script.txt }
  picture: { task: upper, in: { text: "scripts/\${scene}.img" }, out: "s\${scene}.png.txt" }
  sound: { task: join, in: { parts: "scripts/\${scene}.aud" }, out: "s\${scene}.mp3.txt" }
  segment: { task: join, in: { parts: [picture, sound] }, with: { glue: "|" }, out: "s\${scene}.mp4.txt" }
  final: { task: join, in: { parts: [script, segment] }, out: final.txt }
`;

const SCENES = Array.from({ length: 10 }, (_, i) => String(i + 1).padStart(2, "0"));
const SOURCES = Object.fromEntries(
  SCENES.flatMap((scene) => [
    [`scripts/${scene}.img`, `picture ${scene}`],
    [`scripts/${scene}.aud`, `sound ${scene}`],
  ]),
);

const around = (shop: Workshop) => ({ restsOn: [shop.path("/pipelines/p.yaml")] });

/** Built, and old enough that the engine trusts the times of its files: what an hour later a build relies on. */
async function built(): Promise<Workshop> {
  const shop = workshop({ "/pipelines/p.yaml": PIPELINE, ...SOURCES });
  shop.clock = 3_600_000;
  expect(Object.keys((await shop.build(around(shop))).ran)).toHaveLength(32);
  expect(shop.upToDate()).toBe(true);
  shop.tick();
  return shop;
}

/** Builds as the program does: not at all where the verdict still holds. What was not fresh. */
async function rebuild(
  shop: Workshop,
  changes: Parameters<Workshop["build"]>[0] = {},
): Promise<Built["ran"]> {
  if (changes.discardEdits !== true && shop.upToDate()) return {};
  const { ran, problems } = await shop.build({ ...around(shop), ...changes });
  expect(problems).toEqual([]);
  return Object.fromEntries(Object.entries(ran).filter(([, outcome]) => outcome !== "fresh"));
}

/** Everything is what a build from scratch makes. */
async function expectRight(shop: Workshop): Promise<void> {
  const fresh = workshop({ "/pipelines/p.yaml": shop.read("/pipelines/p.yaml") });
  for (const path of Object.keys(SOURCES)) fresh.write(path, shop.read(path));
  const { ran } = await fresh.build();
  const contents = (one: Workshop) => Object.keys(ran).map((path) => [path, one.read(path)]);
  expect(contents(shop)).toEqual(contents(fresh));
}

/** With its size and its time of modification as they were, to the nanosecond. */
function writeUnderSameStat(shop: Workshop, path: string, content: string): void {
  const [file, like] = [shop.path(path), shop.path("/like")];
  const stat = () => {
    const { size, mtimeNs } = statSync(file, { bigint: true });
    return [size, mtimeNs];
  };
  const before = stat();
  execFileSync("cp", ["-p", file, like]);
  shop.write(path, content);
  execFileSync("touch", ["-r", like, file]);
  expect(stat()).toEqual(before);
}

describe("leaf deleted", () => {
  test("heals: that one is restored, nothing is run", async () => {
    const shop = await built();
    shop.remove("s03.mp3.txt");
    expect(await rebuild(shop)).toEqual({ "s03.mp3.txt": "restored" });
    await expectRight(shop);
  });
});

describe("output edited", () => {
  test.each([
    ["leaf", "s03.png.txt", ["s03.mp4.txt", "final.txt"]],
    ["segment", "s03.mp4.txt", ["final.txt"]],
    ["final", "final.txt", []],
  ])("%s: said, kept and used below; given up when asked", async (_, path, below) => {
    const shop = await built();
    shop.write(path, "by hand");
    const followed = { [path]: "edited", ...Object.fromEntries(below.map((one) => [one, "ran"])) };
    expect(await rebuild(shop)).toEqual(followed);
    expect(shop.read("final.txt")).toContain("by hand");
    expect(shop.read(path)).toBe("by hand");
    const undone = Object.fromEntries([path, ...below].map((one) => [one, "restored"]));
    expect(await rebuild(shop, { discardEdits: true })).toEqual(undone);
    await expectRight(shop);
  });

  test("size and mtime kept: noticed all the same", async () => {
    const shop = await built();
    writeUnderSameStat(shop, "s03.png.txt", "PICTURE 0E");
    expect(await rebuild(shop)).toEqual({
      "s03.png.txt": "edited",
      "s03.mp4.txt": "ran",
      "final.txt": "ran",
    });
    expect(shop.read("final.txt")).toContain("PICTURE 0E");
  });
});

describe("source changed", () => {
  const THREE = { "s03.png.txt": "ran", "s03.mp4.txt": "ran", "final.txt": "ran" };

  test("older mtime: right", async () => {
    const shop = await built();
    shop.write("scripts/03.img", "another");
    utimesSync(shop.path("scripts/03.img"), new Date("2001-01-01"), new Date("2001-01-01"));
    expect(await rebuild(shop)).toEqual(THREE);
    await expectRight(shop);
  });

  test("size and mtime kept: right", async () => {
    const shop = await built();
    writeUnderSameStat(shop, "scripts/03.img", "picture 0e");
    expect(await rebuild(shop)).toEqual(THREE);
    await expectRight(shop);
  });

  test("at once after the build, of the same size: right", async () => {
    const shop = await built();
    shop.clock = 0;
    for (const content of ["picture 3a", "picture 3b", "picture 3c"]) {
      shop.write("scripts/03.img", content);
      expect(await rebuild(shop)).toEqual(THREE);
    }
    await expectRight(shop);
  });

  test("to other bytes of the same result: that one is run, nothing below it", async () => {
    const shop = await built();
    shop.write("scripts/03.img", "PICTURE 03");
    expect(await rebuild(shop)).toEqual({ "s03.png.txt": "ran" });
    await expectRight(shop);
  });
});

describe("recipe changed", () => {
  test("noticed: its ten are run, and what hangs on them", async () => {
    const shop = await built();
    shop.write("/pipelines/p.yaml", PIPELINE.replace('glue: "|"', 'glue: "+"'));
    const ten = SCENES.map((scene) => `s${scene}.mp4.txt`);
    expect(await rebuild(shop)).toEqual(
      Object.fromEntries([...ten, "final.txt"].map((path) => [path, "ran"])),
    );
    await expectRight(shop);
  });
});

describe("all touched", () => {
  test("nothing is made", async () => {
    const shop = await built();
    const outputs = Object.keys((await shop.build()).ran);
    for (const path of [...Object.keys(SOURCES), ...outputs])
      utimesSync(shop.path(path), new Date(), new Date());
    expect(await rebuild(shop)).toEqual({});
    await expectRight(shop);
  });
});

/** 100 targets of commands, of which one stops with half of its output written. */
const COMMANDS = `
axes:
  scene: { files: "scripts/\${scene}.txt" }
targets:
  part: { run: "cat \${in.text} > \${out}", in: { text: "scripts/\${scene}.txt" }, out: "part/\${scene}.txt" }
  half: { run: "printf 'first ' > \${out}; echo >> ROOT/ready; until [ -e ROOT/go ]; do sleep 0.01; done; cat \${in.parts} >> \${out}", in: { parts: part }, out: half.txt }
`;

describe("in the middle of 100 targets, with half of a file written", () => {
  const scenes = Array.from({ length: 99 }, (_, i) => `scene${i}`);
  const whole = `first ${[...scenes]
    .sort()
    .map((scene) => `${scene}\n`)
    .join("")}`;
  let half: CliShop;

  /** Run as far as the half file, and killed there, all of it. */
  beforeAll(async () => {
    half = new CliShop("", Object.fromEntries(scenes.map((scene) => [`scripts/${scene}.txt`, `${scene}\n`])));
    half.write("/pipelines/p.yaml", COMMANDS.replaceAll("ROOT", half.root));
    const running = half.start();
    await until(() => half.has("/ready"));
    killAll(running);
    expect((await running.ended).code).toBeNull();
  });
  afterAll(() => half.close());

  /** Of a copy, whose commands look for marks of its own. */
  function copyOf(): CliShop {
    const shop = half.copy();
    shop.remove("/ready");
    shop.write("/pipelines/p.yaml", COMMANDS.replaceAll("ROOT", shop.root));
    return shop;
  }

  test("all processes killed: no finished work is done again, and the half file is not taken as good", async () => {
    expect(half.has("half.txt")).toBe(false);
    const shop = copyOf();
    shop.write("/go", "");
    const next = await shop.build();
    expect([next.code, next.notices, next.stderr]).toEqual([0, [], ""]);
    const ran = Object.keys(next.ran).filter((action) => next.ran[action] !== "fresh");
    expect(ran).toEqual(["half.txt"]);
    expect(shop.read("half.txt")).toBe(whole);
  });

  test("engine alone killed, and started again at once: right, whatever the orphan still writes", async () => {
    const shop = copyOf();
    const readies = () => (shop.has("/ready") ? shop.read("/ready").length : 0);
    const first = shop.start();
    await until(() => readies() === 1);
    killEngine(first);
    const second = shop.start();
    await until(() => readies() === 2);
    shop.write("/go", ""); // the orphan and the second attempt both write their other half now
    const ended = await second.ended;
    // The orphan is ended if the engine lived long enough to note it; right it is in either case.
    const isOrphan = /^a command that a killed build had left running was ended \(process \d+\)\.$/;
    expect(ended.notices.filter((text) => !isOrphan.test(text))).toEqual([]);
    expect([ended.code, ended.ran["half.txt"]]).toEqual([0, "ran"]);
    expect(shop.read("half.txt")).toBe(whole);
    expect((await shop.build()).ran).toEqual({});
    expect(shop.read("half.txt")).toBe(whole);
  });
});
