/** How each engine is started, and how those from npm come to be there. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EngineName, Tree } from "./graph.ts";
import { ALL, FINAL } from "./graph-npm.ts";
import { type Cost, measure } from "./measure.ts";

/** Not among our dependencies: nothing but this comparison needs them. */
const FROM_NPM: Partial<Record<EngineName, string>> = { turbo: "2.11.11", wireit: "0.14.13" };

/** All engines have two actions at once. */
const JOBS = "2";

export function isFromNpm(engine: EngineName): boolean {
  return FROM_NPM[engine] !== undefined;
}

function npmFolder(work: string): string {
  return join(work, "npm");
}

/** Fetches what is not there yet into the work folder, from the registry that npm is set up for. */
export function installFromNpm(engines: readonly EngineName[], work: string): void {
  const folder = npmFolder(work);
  const missing = engines.filter(
    (engine) => isFromNpm(engine) && !existsSync(join(folder, "node_modules", engine)),
  );
  if (missing.length === 0) return;
  mkdirSync(folder, { recursive: true });
  const packages = missing.map((engine) => `${engine}@${FROM_NPM[engine]}`);
  const flags = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", folder];
  execFileSync("npm", ["install", ...flags, ...packages], {
    cwd: folder,
    stdio: ["ignore", process.stderr, "inherit"],
  });
}

/** Builds all of the tree, as a process of its own. */
export function runBuild(tree: Tree, work: string, nodeFlags: readonly string[] = []): Cost {
  const { command, env } = commandOf(tree, work, nodeFlags);
  return measure(command, tree.root, env);
}

function commandOf(
  { engine, root }: Tree,
  work: string,
  nodeFlags: readonly string[],
): { command: readonly string[]; env?: NodeJS.ProcessEnv } {
  const modules = join(npmFolder(work), "node_modules");
  switch (engine) {
    case "faceless":
      return { command: [process.execPath, ...nodeFlags, join(work, "code", "bench-faceless.mjs"), root] };
    case "ninja":
    case "make":
      return { command: [engine, `-j${JOBS}`] };
    case "turbo":
      return {
        command: [
          join(modules, ".bin", "turbo"),
          ...["run", FINAL, `--concurrency=${JOBS}`, "--output-logs=none", "--ui=stream"],
        ],
        env: {
          PATH: `${join(root, "bin")}:${process.env.PATH}`,
          TURBO_TELEMETRY_DISABLED: "1",
          TURBO_NO_UPDATE_NOTIFIER: "1",
        },
      };
    case "wireit":
      return {
        command: [process.execPath, join(modules, "wireit", "bin", "wireit.js")],
        // What npm sets for `npm run all`; npm's own start is left out.
        env: {
          npm_lifecycle_event: ALL,
          npm_package_json: join(root, "package.json"),
          WIREIT_PARALLEL: JOBS,
          WIREIT_CACHE: "local",
        },
      };
  }
}
