/** Runs bench.ts from its sources: `node bench/sound/run.mjs`. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
// Below the package's folder, since the sources look upwards for it.
const outfile = "node_modules/.cache/faceless/bench-sound.mjs";
await build({
  entryPoints: ["bench/sound/bench.ts"],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "warning",
});
await import(new URL(outfile, `file://${process.cwd()}/`).href);
