/** Bundles the bench and our engine from their sources, and runs it: `node bench/engine/run.mjs`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { bundling } from "../../bundling.mjs";

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
const work = mkdtempSync(join(tmpdir(), "faceless-bench-engine-"));
process.once("exit", () => rmSync(work, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
await build({
  entryPoints: { bench: "bench/engine/bench.ts", "bench-faceless": "bench/engine/faceless.ts" },
  outdir: join(work, "code"),
  outExtension: { ".js": ".mjs" },
  ...bundling,
});
const { bench } = await import(pathToFileURL(join(work, "code", "bench.mjs")).href);
await bench(process.argv.slice(2), work);
