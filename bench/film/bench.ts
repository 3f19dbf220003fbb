/** What a film costs, and what an edit of it costs, in full size and as a draft: prints the table of ../README.md. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Cost, measure } from "../engine/measure.ts";
import { DraftWatch } from "./draft.ts";
import { commandsOf } from "./others.ts";
import { changeMusic, editNarration, PROJECT, writeStory } from "./story.ts";

const { values } = parseArgs({
  options: {
    scenes: { type: "string", default: "60" },
    "skip-finals": { type: "boolean", default: false },
    "skip-others": { type: "boolean", default: false },
    work: { type: "string" },
  },
});
const work = values.work ?? mkdtempSync(join(tmpdir(), "faceless-bench-film-"));
mkdirSync(work, { recursive: true });
const CLI = resolve("dist/cli.js");
const rows: [string, Cost][] = [];

function row(what: string, cost: Cost): Cost {
  rows.push([what, cost]);
  console.error(
    `${what}: ${cost.wall.toFixed(1)} s, CPU ${cost.cpu.toFixed(1)} s, peak ${cost.peak.toFixed(0)} MB`,
  );
  return cost;
}

const build = (...more: string[]) => measure([process.execPath, CLI, "build", PROJECT, ...more], work);

function all(commands: readonly string[][]): Cost {
  const costs = commands.map((command) => measure(command, work));
  const sum = (of: (cost: Cost) => number) => costs.reduce((sum, cost) => sum + of(cost), 0);
  return {
    wall: sum((cost) => cost.wall),
    cpu: sum((cost) => cost.cpu),
    peak: Math.max(...costs.map((c) => c.peak)),
  };
}

function finals(): void {
  row("cold: both platforms", build());
  row("nothing to do", build());
  editNarration(work, "Nobody told them which of the two was right.");
  row("one narration edited", build());
  changeMusic(work);
  row("the music changed", build());
  if (values["skip-others"]) return;
  const size = { youtube: { width: 1920, height: 1080 }, tiktok: { width: 1080, height: 1920 } };
  const commands = Object.entries(size).flatMap(([platform, size]) =>
    commandsOf({ root: work, project: PROJECT, platform, size }),
  );
  row("zoompan at 4x and concat, cold; after an edit the same", all(commands));
}

/** The first edit comes to a watch that has rendered nothing yet, so it is told of apart. */
async function drafts(): Promise<void> {
  row("cold, as drafts", build("--draft"));
  const watch = await DraftWatch.start([process.execPath, CLI, "watch", PROJECT, "--draft", "--json"], work);
  const edits = ["Some of it was luck.", "Most of it was waiting.", "All of it was written down."];
  for (const [i, words] of edits.entries()) {
    const cost = await watch.round(() => editNarration(work, words));
    row(`one narration edited, in a watch of drafts (${i + 1})`, cost);
  }
  await watch.end();
}

try {
  writeStory(work, Number(values.scenes));
  if (!values["skip-finals"]) finals();
  await drafts();
  const cold = rows[0]![1];
  console.log(
    `| ${values.scenes} scenes | wall s | CPU s | CPU, share of the first | peak MB |\n|---|---:|---:|---:|---:|`,
  );
  for (const [what, { wall, cpu, peak }] of rows) {
    const share = cpu / cold.cpu;
    const told = share > 0.5 ? share.toFixed(2) : `1/${(1 / share).toFixed(0)}`;
    console.log(`| ${what} | ${wall.toFixed(1)} | ${cpu.toFixed(1)} | ${told} | ${peak.toFixed(0)} |`);
  }
} finally {
  if (values.work === undefined) rmSync(work, { recursive: true, force: true });
}
