/** Bundles the bench and our engine from their sources, and runs it: `node bench/engine/run.mjs`. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { bundling } from "../../bundling.mjs";

// Of the other words bench.ts tells what is wrong with them.
const { values } = parseArgs({ options: { work: { type: "string" } }, strict: false });
if (values.work !== undefined) mkdirSync(values.work, { recursive: true });
const work = realpathSync(values.work ?? mkdtempSync(join(tmpdir(), "faceless-bench-engine-")));
// A folder that was named is kept, so that the same command can go on.
if (values.work === undefined) process.once("exit", () => rmSync(work, { recursive: true, force: true }));
process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
rmSync(join(work, "code"), { recursive: true, force: true });
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
await build({
  entryPoints: { bench: "bench/engine/bench.ts", "bench-faceless": "bench/engine/faceless.ts" },
  // esbuild remembers the folder that it was loaded in.
  absWorkingDir: process.cwd(),
  outdir: join(work, "code"),
  outExtension: { ".js": ".mjs" },
  ...bundling,
});
// The sources look upwards for their package.
writeFileSync(join(work, "code", "package.json"), '{ "type": "module" }\n');
const { bench } = await import(pathToFileURL(join(work, "code", "bench.mjs")).href);
await bench(process.argv.slice(2), work);
