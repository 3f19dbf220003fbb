/** Runs bench.ts from its sources: `npm run build && node bench/film/run.mjs [--scenes 60] [--skip-others]`. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
const outfile = "node_modules/.cache/faceless/bench-film.mjs";
await build({
  entryPoints: ["bench/film/bench.ts"],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "warning",
});
await import(new URL(outfile, `file://${process.cwd()}/`).href);
