/** Runs bench.ts from its sources: `node bench/motion/run.mjs`. */
import { existsSync } from "node:fs";
import asc from "assemblyscript/asc";
import { launch } from "../launch.mjs";

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
await launch("motion");
