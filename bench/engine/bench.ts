/** Builds one graph with faceless, ninja and make, in turns, and prints what each scenario costs. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  type EngineName,
  finalOf,
  leavesOf,
  OUTPUTS_PER_VIDEO,
  removeBuilt,
  scriptOf,
  type Tree,
  writeTree,
} from "./graph.ts";
import { type Cost, measure } from "./measure.ts";
import { hottest } from "./profile.ts";

const ENGINES: readonly EngineName[] = ["faceless", "ninja", "make"];
const SCENARIOS = ["cold build", "nothing to do", "one leaf changed", "all sources touched"] as const;
type Scenario = (typeof SCENARIOS)[number];
type Costs = Map<string, Cost[]>;

/** Longer than the tick of a clock within which a file that was just written may change unseen. */
const SETTLED_MS = 2_200;

interface Asked {
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** Rounds that have the two long scenarios as well. */
  readonly longRounds: number;
  readonly profile: boolean;
  /** The built entry of our side. */
  readonly entry: string;
  readonly work: string;
}

/** `work` is an empty folder but for the bundles in its `code/`. */
export async function bench(argv: readonly string[], work: string): Promise<void> {
  const asked = readAsked(argv, work);
  const one = (n: number) => n.toFixed(1);
  console.log(
    `${new Date().toISOString()}, load ${loadavg().map(one).join(" ")}, Node ${process.versions.node}`,
  );
  for (const outputs of asked.sizes) {
    const trees = ENGINES.filter((engine) => !asked.profile || engine === "faceless").map((engine) => {
      return writeTree(engine, join(work, `${engine}-${outputs}`), outputs);
    });
    if (asked.profile) await profileAll(trees[0]!, asked);
    else await compareAll(trees, outputs, asked);
    for (const { root } of trees) rmSync(root, { recursive: true });
  }
  console.log(`\nload at the end ${loadavg().map(one).join(" ")}`);
}

function readAsked(argv: readonly string[], work: string): Asked {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      outputs: { type: "string", default: "1000,10000" },
      rounds: { type: "string", default: "3" },
      "long-rounds": { type: "string" },
      profile: { type: "boolean", default: false },
    },
  });
  const sizes = values.outputs.split(",").map(Number);
  const rounds = Number(values.rounds);
  const longRounds = Number(values["long-rounds"] ?? values.rounds);
  if (sizes.some((size) => !(size > 0) || size % OUTPUTS_PER_VIDEO !== 0))
    throw new Error(`--outputs takes multiples of ${OUTPUTS_PER_VIDEO}, with commas between them`);
  if (![rounds, longRounds].every((count) => Number.isInteger(count) && count > 0))
    throw new Error("--rounds and --long-rounds take whole numbers from 1");
  const entry = join(work, "code", "bench-faceless.mjs");
  return { sizes, rounds, longRounds, profile: values.profile, entry, work };
}

function commandOf({ engine, root }: Tree, { entry }: Asked): readonly string[] {
  if (engine === "faceless") return [process.execPath, entry, root];
  return engine === "ninja" ? ["ninja", "-j2"] : ["make", "-j2"];
}

async function compareAll(trees: readonly Tree[], outputs: number, asked: Asked): Promise<void> {
  const costs: Costs = new Map();
  const note = (name: string, cost: Cost) => costs.set(name, [...(costs.get(name) ?? []), cost]);
  for (let round = 0; round < asked.rounds; round++) {
    // Each engine comes first once in three rounds.
    const turns = trees.map((_, i) => trees[(i + round) % trees.length]!);
    const timed = (scenario: Scenario) => {
      for (const tree of turns)
        note(`${tree.engine} ${scenario}`, measure(commandOf(tree, asked), tree.root));
    };
    for (const scenario of SCENARIOS) {
      const long = scenario === "cold build" || scenario === "all sources touched";
      if (long && round >= asked.longRounds) continue;
      for (const tree of turns) prepare(tree, scenario, round);
      timed(scenario);
      await settle(turns, asked);
    }
    note("bare", measure([process.execPath, "-e", "0"], asked.work));
  }
  checkSame(trees);
  console.log(`\n${outputs} outputs, ${asked.rounds} rounds (long ones ${asked.longRounds}), medians\n`);
  printTable(costs);
}

function prepare(tree: Tree, scenario: Scenario, round: number): void {
  const { folder, videos } = tree;
  if (scenario === "cold build") removeBuilt(tree);
  if (scenario === "one leaf changed") {
    const leaves = leavesOf(videos[round % videos.length]!);
    appendFileSync(join(folder, leaves[round % leaves.length]!), "x");
  }
  if (scenario === "all sources touched") {
    const now = new Date();
    for (const video of videos) {
      for (const path of [scriptOf(video), ...leavesOf(video)]) utimesSync(join(folder, path), now, now);
    }
  }
}

/** After this nothing is to do, and a stat alone can tell so. */
async function settle(trees: readonly Tree[], asked: Asked): Promise<void> {
  await delay(SETTLED_MS);
  for (const tree of trees) measure(commandOf(tree, asked), tree.root);
}

/** All engines made the same films of the same sources. */
function checkSame(trees: readonly Tree[]): void {
  const [first, ...others] = trees;
  for (const path of first!.videos.map(finalOf)) {
    const film = readFileSync(join(first!.folder, path));
    for (const { engine, folder } of others) {
      if (!film.equals(readFileSync(join(folder, path)))) throw new Error(`${engine} made another ${path}`);
    }
  }
}

function printTable(costs: Costs): void {
  const rows = SCENARIOS.flatMap((scenario) => {
    const ninja = costs.get(`ninja ${scenario}`)!;
    return ENGINES.map((engine) => row(scenario, engine, costs.get(`${engine} ${scenario}`)!, ninja));
  });
  const bare = row("start alone", "node -e 0", costs.get("bare")!, costs.get("ninja nothing to do")!);
  const head = ["", "", "wall s", "× ninja", "CPU s", "× ninja", "peak MB"];
  for (const cells of [head, head.map((_, i) => (i < 2 ? "---" : "---:")), ...rows, bare])
    console.log(`| ${cells.join(" | ")} |`);
}

function row(
  scenario: string,
  engine: string,
  own: readonly Cost[],
  ninja: readonly Cost[],
): readonly string[] {
  const cells = (["wall", "cpu"] as const).flatMap((what) => {
    const [ours, theirs] = [own, ninja].map((costs) => median(costs.map((cost) => cost[what])));
    return [ours!.toPrecision(3), (ours! / theirs!).toPrecision(2)];
  });
  const ofNode = engine === "faceless" || engine.startsWith("node");
  return [scenario, engine, ...cells, ofNode ? median(own.map(({ peak }) => peak)).toFixed(0) : ""];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Where our time goes: each scenario once, under Node's own sampling profiler. */
async function profileAll(tree: Tree, asked: Asked): Promise<void> {
  for (const scenario of SCENARIOS) {
    prepare(tree, scenario, 0);
    const folder = join(asked.work, "profile");
    mkdirSync(folder);
    const [node, ...rest] = commandOf(tree, asked);
    const flags = ["--cpu-prof", "--cpu-prof-interval", "200", "--cpu-prof-dir", folder];
    const { wall, cpu, peak } = measure([node!, ...flags, ...rest], tree.root);
    const size = tree.videos.length * OUTPUTS_PER_VIDEO;
    console.log(
      `\n## ${scenario}, ${size} outputs: ${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s, ${peak.toFixed(0)} MB\n`,
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
    await settle([tree], asked);
  }
}
