/** Commands of a build that is killed: none runs that the next build does not find. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { bornAt } from "../lib/store/processes.ts";
import { cliShop, killEngine, until } from "./cli-shop.ts";
import { workshop } from "./workshop.ts";

/** Who tells a process from a later one with the same pid is Linux alone. */
const onLinux = test.skipIf(!existsSync("/proc/self/stat"));

const state = (pid: number) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)![0];

/** As if the engine were given no time just then: the shell goes as far as it can before its note is written. */
vi.mock("../lib/engine/orphans.ts", async (real) => {
  const orphans = await real<typeof import("../lib/engine/orphans.ts")>();
  const noteGroup: typeof orphans.noteGroup = (scratch, pid) => {
    // It waits, or has ended and is a zombie.
    while (pid !== undefined && bornAt(pid) !== undefined && state(pid) !== "S");
    return orphans.noteGroup(scratch, pid);
  };
  return { ...orphans, noteGroup };
});

onLinux("a command begins when it is noted who runs it", async () => {
  const shop = workshop({
    "/pipelines/p.yaml": `targets:\n  note: { run: "(cat ../*.group; echo; echo $$) > \${out}", out: note.txt }\n`,
  });
  expect((await shop.build()).problems).toEqual([]);
  const [note, pid] = shop.read("note.txt").split("\n");
  expect(JSON.parse(note!)).toMatchObject({ pid: Number(pid) });
});

/** Processes that are at work in a folder, which may be gone. */
function workingIn(folder: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(`${folder}/output/`);
    } catch {
      return false; // It has ended just now.
    }
  });
}

onLinux("a build killed as it starts a command leaves none that the next build does not end", async () => {
  const [deaf, quick] = ["trap '' TERM HUP; sleep 1000 > ${out}", "echo > ${out}"].map((run) =>
    JSON.stringify({ targets: { one: { run, out: "one.txt" } } }),
  );
  const shop = cliShop(deaf!);
  for (let time = 0; time < 4; time += 1) {
    const build = shop.start();
    await build.event(({ type }) => type === "started");
    killEngine(build);
    await build.ended;
  }
  shop.write("/pipelines/p.yaml", quick!);
  expect((await shop.build()).ran).toEqual({ "one.txt": "ran" });
  await until(() => workingIn(shop.root).length === 0);
});
