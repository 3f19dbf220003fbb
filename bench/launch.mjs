/** Bundles a bench from its sources and runs it in the package's folder. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("..", import.meta.url));
process.chdir(folder);

/** `name`: of its folder beside this file, which has a bench.ts. */
export async function launch(name) {
  // Below the package's folder, since the sources look upwards for it.
  const outfile = `node_modules/.cache/faceless/bench-${name}.mjs`;
  await build({
    // It remembers the folder that it was loaded in.
    absWorkingDir: folder,
    entryPoints: [`bench/${name}/bench.ts`],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "warning",
  });
  await import(new URL(outfile, `file://${process.cwd()}/`).href);
}
