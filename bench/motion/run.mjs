/** Runs bench.ts from its sources: `node bench/motion/run.mjs`. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { build } from "esbuild";

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
if (!existsSync("dist/resample.wasm")) {
  const flags = [
    "--outFile",
    "dist/resample.wasm",
    "-O3",
    "--noAssert",
    "--runtime",
    "stub",
    "--enable",
    "simd",
  ];
  const { error } = await asc.main(["lib/media/motion/resample.as.ts", ...flags, "--importMemory"]);
  if (error) throw error;
}
// Below the package's folder, since the sources look upwards for it.
const outfile = "node_modules/.cache/faceless/bench-motion.mjs";
await build({
  entryPoints: ["bench/motion/bench.ts"],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "warning",
});
await import(new URL(outfile, `file://${process.cwd()}/`).href);
