/** The content repo's task files → one self-contained module each, with the digest of its code. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildFailure, BuildOptions, Message } from "esbuild";
import { builtFile } from "../base/assets.ts";
import { type Diagnostic, Diagnostics } from "../base/diagnostic.ts";
import type { Digest } from "../model/trace.ts";

/** What tasks import; it stands for the running program's own module, so that zod and Failure are the same ones. */
const INTERFACE = "faceless/task";

/** Packages in CommonJS call require for Node's own modules; a module that defines it by itself needs no other. */
const REQUIRE =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

export interface Bundle {
  /** Relative to the content repo: "tasks/markdown.ts". */
  readonly file: string;
  /** Without white space, comments and paths of this machine: what can change what the task makes, and nothing else. */
  readonly code: string;
  readonly digest: Digest;
  readonly sourceMap: { readonly sources: readonly string[] };
}

export interface Bundled {
  readonly bundles: readonly Bundle[];
  /** Every file that any of them is made of, absolute. */
  readonly sources: readonly string[];
}

/** `files` are relative to `root`. @throws Diagnostics with every syntax error and import that leads nowhere */
export async function bundleTasks(root: string, files: readonly string[]): Promise<Bundled> {
  const { build, stop } = await import("esbuild");
  try {
    const plain = await build(settings(root, files, false));
    const lacksRequire = plain.outputFiles.some((output) => output.text.includes("Dynamic require of"));
    const { outputFiles, metafile } = lacksRequire ? await build(settings(root, files, true)) : plain;
    const text = (file: string, ending: string) =>
      outputFiles.find(({ path }) => path === resolve(root, `${file}.mjs${ending}`))!.text;
    const bundles = files.map((file): Bundle => {
      const code = text(file, "");
      const digest = createHash("sha256").update(code).digest("hex") as Digest;
      return { file, code, digest, sourceMap: JSON.parse(text(file, ".map")) as Bundle["sourceMap"] };
    });
    return { bundles, sources: Object.keys(metafile.inputs).map((path) => resolve(root, path)) };
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    if (errors === undefined) throw error;
    throw new Diagnostics(errors.map(diagnosticOf));
  } finally {
    await stop();
  }
}

function settings(root: string, files: readonly string[], withRequire: boolean) {
  return {
    absWorkingDir: root,
    entryPoints: files.map((file) => ({ in: file, out: file })),
    outdir: root,
    outExtension: { ".js": ".mjs" },
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    external: [INTERFACE],
    ...(withRequire ? { banner: { js: REQUIRE } } : {}),
    minifyWhitespace: true,
    legalComments: "none",
    sourcemap: "external",
    metafile: true,
    // Whatever the content repo tells its editor, the code is the same.
    tsconfigRaw: {},
    logLevel: "silent",
  } as const satisfies BuildOptions;
}

function diagnosticOf({ text, location }: Message): Diagnostic {
  const help = howToResolve(text);
  const message = `${text}.`;
  const told = { message, ...(help === undefined ? {} : { help }) };
  if (location === null) return { where: { file: "tasks" }, ...told };
  const { file, line, column, lineText } = location;
  // esbuild counts bytes from 0.
  const before = Buffer.from(lineText).subarray(0, column).toString();
  return { where: { file, line, column: before.length + 1, text: lineText }, ...told };
}

function howToResolve(text: string): string | undefined {
  if (/^Could not resolve "(?:zod|faceless\b[^"]*)"/.test(text))
    return `Write: import { defineTask, z } from "${INTERFACE}".`;
  const [, name] = /^Could not resolve "((?:@[^/"]+\/)?[^./"][^/"]*)/.exec(text) ?? [];
  return name === undefined ? undefined : `Install it in the content repo: npm install ${name}`;
}

/** Loads each bundle's module, in order; what one throws is given to `failed` with its file. */
export async function importBundles<Result>(
  root: string,
  bundles: readonly Bundle[],
  loaded: (bundle: Bundle, module: { readonly default?: unknown }) => Result,
  failed: (bundle: Bundle, error: unknown) => Result,
): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "faceless-tasks-"));
  // Stacks then tell the places of the sources; Node reads the map as it loads the module.
  process.setSourceMapsEnabled(true);
  try {
    offerInterface(folder);
    const results: Result[] = [];
    for (const [i, bundle] of bundles.entries()) {
      const path = join(folder, `${i}.mjs`);
      writeFileSync(path, `${bundle.code}\n//# sourceMappingURL=${mapUrl(root, bundle)}\n`);
      try {
        results.push(loaded(bundle, await import(pathToFileURL(path).href)));
      } catch (error) {
        results.push(failed(bundle, error));
      }
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether the content repo has the package installed or not, and in whatever version. */
function offerInterface(folder: string): void {
  const own = join(folder, "node_modules", "faceless");
  mkdirSync(own, { recursive: true });
  const manifest = { type: "module", exports: { "./task": "./task.js" } };
  writeFileSync(join(own, "package.json"), JSON.stringify(manifest));
  const module = JSON.stringify(pathToFileURL(builtFile("task.js")).href);
  writeFileSync(join(own, "task.js"), `export * from ${module};\n`);
}

function mapUrl(root: string, { file, sourceMap }: Bundle): string {
  const sources = sourceMap.sources.map((source) => pathToFileURL(resolve(root, dirname(file), source)).href);
  const json = JSON.stringify({ ...sourceMap, sources });
  return `data:application/json;base64,${Buffer.from(json).toString("base64")}`;
}
