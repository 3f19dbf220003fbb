/** Builds one graph with several engines, in turns, and prints what each scenario costs. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Asked, readAsked } from "./asked.ts";
import { BARE, type Bare, bareCommand } from "./bare.ts";
import { installFromNpm, isFromNpm, runBuild } from "./engines.ts";
import {
  at,
  content,
  type EngineName,
  finalOf,
  leavesOf,
  removeBuilt,
  scriptOf,
  type Tree,
  treeOf,
  writeTree,
} from "./graph.ts";
import { Ledger, SCENARIOS, type Scenario, type Step } from "./ledger.ts";
import { measure } from "./measure.ts";
import { hottest } from "./profile.ts";
import { tableOf } from "./table.ts";

/** Longer than the tick of a clock within which a file that was just written may change unseen. */
const SETTLED_MS = 2_200;

/** `work` holds the bundles in `code/`, and what an earlier run that is gone on with has left. */
export async function bench(argv: readonly string[], work: string): Promise<void> {
  const asked = readAsked(argv);
  if (asked.profile) {
    for (const outputs of asked.sizes) await profileAll(treeIn(work, "faceless", outputs), work);
    return;
  }
  const ledger = new Ledger(join(work, "measured.jsonl"), digestOfCode(work));
  const end = performance.now() + asked.minutes * 60_000;
  for (const outputs of asked.sizes) {
    const engines = [...asked.engines].filter(([, limit]) => outputs <= limit).map(([engine]) => engine);
    const trees = engines.map((engine) => treeIn(work, engine, outputs));
    const whole = await measureAll(trees, outputs, asked, ledger, work, end);
    if (!whole) {
      console.log("\nout of time; the same command goes on from here");
      // EX_TEMPFAIL of sysexits.h, so that a script can tell.
      process.exitCode = 75;
      return;
    }
    console.log(`\n${outputs} outputs, ${ledger.sayWhen(outputs)}, Node ${process.versions.node}, medians\n`);
    console.log(tableOf(ledger, outputs, [...asked.engines.keys()]));
    if (trees.every(isWritten)) checkSame(trees, asked.rounds, work);
    // Some minutes where there are many files.
    for (const tree of trees) {
      rmSync(mark(tree), { force: true });
      rmSync(tree.root, { recursive: true, force: true });
    }
  }
}

/** Of our side alone: the bench itself may change between two parts of a run. */
function digestOfCode(work: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(join(work, "code")).sort())
    if (name !== "bench.mjs" && name.endsWith(".mjs")) hash.update(readFileSync(join(work, "code", name)));
  return hash.digest("hex");
}

function treeIn(work: string, engine: EngineName, outputs: number): Tree {
  return treeOf(engine, join(work, `${engine}-${outputs}`), outputs);
}

/** Stands in a tree that is whole. */
function mark({ root }: Tree): string {
  return join(root, ".written");
}

function isWritten(tree: Tree): boolean {
  return existsSync(mark(tree));
}

/** Every step of one size, in its turn. */
function stepsOf(outputs: number, engines: readonly EngineName[], asked: Asked): readonly Step[] {
  const steps: Step[] = [];
  for (let round = 0; round < asked.rounds; round++) {
    // Who begins changes by round.
    const turns = engines.map((_, i) => engines[(i + round) % engines.length]!);
    for (const scenario of SCENARIOS) {
      const long = scenario === "cold build" || scenario === "all sources touched";
      if (long && round >= asked.longRounds) continue;
      for (const engine of turns) {
        if (isFromNpm(engine) && round >= asked.npmRounds) continue;
        steps.push({ outputs, round, scenario, engine });
      }
    }
    // A stat each is of our own files.
    for (const engine of engines.includes("faceless") ? BARE : BARE.slice(0, 1))
      steps.push({ outputs, round, scenario: "bare", engine });
  }
  return steps;
}

/** False where the time is up before all is measured. */
async function measureAll(
  trees: readonly Tree[],
  outputs: number,
  asked: Asked,
  ledger: Ledger,
  work: string,
  end: number,
): Promise<boolean> {
  const engines = trees.map(({ engine }) => engine);
  const steps = stepsOf(outputs, engines, asked).filter((step) => !ledger.has(step));
  if (steps.length > 0) installFromNpm(engines, work);
  /** Trees that are built, and so that a stat alone can tell so. */
  const settled = new Set<Tree>();
  for (const [i, step] of steps.entries()) {
    if (performance.now() > end) return false;
    const tree = trees.find(({ engine }) => engine === step.engine);
    if (tree === undefined) {
      const ours = trees.find(({ engine }) => engine === "faceless");
      ledger.add(step, measure(bareCommand(step.engine as Bare, ours, work), work));
      continue;
    }
    const scenario = step.scenario as Scenario;
    if (!settled.has(tree)) await makeReady(tree, scenario, step.round, work);
    prepare(tree, scenario, step.round);
    const cost = runBuild(tree, work);
    await settle(tree, work);
    settled.add(tree);
    ledger.add(step, cost);
    const told = `round ${step.round + 1}, ${scenario}, ${tree.engine}: ${cost.wall.toPrecision(3)} s`;
    console.error(`${outputs} outputs, ${i + 1} of ${steps.length}: ${told}`);
  }
  return true;
}

/** Brings a tree to where the step before has left it, whatever an earlier run was stopped in. */
async function makeReady(tree: Tree, scenario: Scenario, round: number, work: string): Promise<void> {
  if (!isWritten(tree)) {
    writeTree(tree);
    writeFileSync(mark(tree), "");
  }
  if (scenario === "cold build") return;
  if (scenario === "one leaf changed") {
    const leaf = leafOf(tree, round);
    writeFileSync(at(tree, leaf), content(leaf));
  }
  runBuild(tree, work);
  await settle(tree, work);
}

/** Another one in each round. */
function leafOf({ videos }: Tree, round: number): string {
  const leaves = leavesOf(videos[round % videos.length]!);
  return leaves[round % leaves.length]!;
}

function prepare(tree: Tree, scenario: Scenario, round: number): void {
  if (scenario === "cold build") removeBuilt(tree);
  if (scenario === "one leaf changed") {
    const leaf = leafOf(tree, round);
    writeFileSync(at(tree, leaf), `${content(leaf)}x`);
  }
  if (scenario === "all sources touched") {
    const now = new Date();
    for (const video of tree.videos) {
      for (const path of [scriptOf(video), ...leavesOf(video)]) utimesSync(at(tree, path), now, now);
    }
  }
}

/** After this nothing is to do, and a stat alone can tell so. */
async function settle(tree: Tree, work: string): Promise<void> {
  await delay(SETTLED_MS);
  runBuild(tree, work);
}

/** All engines made the same films of the same sources. */
function checkSame(trees: readonly Tree[], rounds: number, work: string): void {
  for (const tree of trees) {
    // Not every engine took part in every round.
    for (let round = 0; round < rounds; round++) prepare(tree, "one leaf changed", round);
    runBuild(tree, work);
  }
  const [first, ...others] = trees;
  for (const path of first!.videos.map(finalOf)) {
    const film = readFileSync(at(first!, path));
    for (const tree of others) {
      if (!film.equals(readFileSync(at(tree, path)))) throw new Error(`${tree.engine} made another ${path}`);
    }
  }
}

/** Where our time goes: each scenario once, under Node's own sampling profiler. */
async function profileAll(tree: Tree, work: string): Promise<void> {
  writeTree(tree);
  for (const scenario of SCENARIOS) {
    prepare(tree, scenario, 0);
    const folder = join(work, "profile");
    mkdirSync(folder);
    const flags = ["--cpu-prof", "--cpu-prof-interval", "200", "--cpu-prof-dir", folder];
    const { wall, cpu, peak } = runBuild(tree, work, flags);
    console.log(
      `\n## ${scenario}, ${tree.outputs} outputs: ${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s, ${peak.toFixed(0)} MB\n`,
    );
    console.log("| self ms | total ms | |\n| ---: | ---: | --- |");
    const hot = hottest(join(folder, readdirSync(folder)[0]!));
    for (const { name, self, total } of hot.slice(0, 25))
      console.log(`| ${self.toFixed(0)} | ${total.toFixed(0)} | ${name} |`);
    const byTotal = [...hot].filter(({ name }) => / (lib|bench)\/\S+$/.test(name) && !name.includes("←"));
    console.log("\nWith all that they call:\n");
    for (const { name, total } of byTotal.sort((a, b) => b.total - a.total).slice(0, 70))
      console.log(`- ${total.toFixed(0)} ms ${name}`);
    rmSync(folder, { recursive: true });
    await settle(tree, work);
  }
  rmSync(tree.root, { recursive: true });
}
