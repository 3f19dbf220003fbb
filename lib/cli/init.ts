/** `faceless init [NICHE]`: a content repo in this folder, or another niche in the one that it is in. Overwrites nothing. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { packageRoot } from "../base/assets.ts";
import { readDocumentFile } from "../base/document.ts";
import { Failure } from "../base/failure.ts";
import { CONFIG_FILE, findRoot } from "../config/root.ts";
import { name as nameSchema } from "../config/schema.ts";
import { sayItem } from "../report/sentences.ts";
import { writeAtomically } from "../store/files.ts";
import type { Options } from "./args.ts";
import { loadConfiguration } from "./configuration.ts";
import type { World } from "./terminal.ts";
import { version } from "./version.ts";

const TEMPLATES = join(packageRoot, "shared", "templates");

/** Of a content repo: template to where it goes. A package cannot ship a .gitignore under its own name. */
const REPO: Readonly<Record<string, string>> = {
  "repo/faceless.config.yaml": CONFIG_FILE,
  "repo/gitignore": ".gitignore",
  "repo/env.example": ".env.example",
  "repo/package.template.json": "package.json",
  "repo/workflow.yml": ".github/workflows/films.yml",
};

const DEFAULT_NICHE = "first-films";

export async function initCommand({ paths }: Options, { terminal, cwd }: World): Promise<number> {
  const [given, ...more] = paths;
  if (more.length > 0)
    throw new Failure(`init takes one niche, and '${more[0]}' is another.`, { code: "usage.invalid" });
  const niche = given ?? DEFAULT_NICHE;
  const named = nameSchema.safeParse(niche);
  if (!named.success) throw new Failure(named.error.issues[0]!.message, { code: "usage.invalid" });
  const root = findRoot(cwd);
  if (root !== undefined && given === undefined) {
    throw new Failure(`this is a content repo already: ${join(root, CONFIG_FILE)}.`, {
      code: "usage.invalid",
      help: "`faceless init <niche>` adds a niche to it.",
    });
  }
  const folder = root ?? cwd;
  const fill = { niche, folder: packageName(basename(folder)), version: version() };
  const files = { ...(root === undefined ? REPO : {}), ...exampleOf(niche) };
  for (const [template, path] of Object.entries(files))
    terminal.out(`${place(template, folder, path, fill)}\n`);
  if (root !== undefined) terminal.out(await addNiche(root, niche));
  terminal.out(`
Next:
  npx faceless build output/${niche}            makes the film of the example script, without any account
  npx faceless watch --draft output/${niche}    small and quick, again whenever you save
  npx faceless generate ${niche} --topic "…"    has a script written
`);
  return 0;
}

function exampleOf(niche: string): Readonly<Record<string, string>> {
  return { "scripts/example_script.json": `output/${niche}/scripts/example_script.json` };
}

/** The line that tells of it. */
function place(
  template: string,
  folder: string,
  path: string,
  fill: Readonly<Record<string, string>>,
): string {
  const to = join(folder, path);
  if (existsSync(to)) return sayItem("left", path, "(it is there already)");
  const text = readFileSync(join(TEMPLATES, template), "utf8").replace(
    /\{\{(\w+)\}\}/g,
    (all, name) => fill[name] ?? all,
  );
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text, { flag: "wx" });
  return sayItem("wrote", path);
}

/** As npm takes it. */
function packageName(folder: string): string {
  const plain = folder.toLowerCase().replace(/[^a-z0-9._-]+/g, "-");
  return plain.replace(/^[._-]+|-+$/g, "") || "films";
}

/** A line of its own before the first niche, as that is indented; where that cannot be, what to write is said. */
async function addNiche(root: string, niche: string): Promise<string> {
  if (Object.hasOwn((await loadConfiguration(root)).niches, niche))
    return `${sayItem("left", CONFIG_FILE, "(it has that niche)")}\n`;
  const file = join(root, CONFIG_FILE);
  const document = readDocumentFile(file, CONFIG_FILE);
  const { niches } = document.value as { niches: Record<string, unknown> };
  const [first] = Object.keys(niches);
  const at = first === undefined ? undefined : document.locate(["niches", first], "key");
  const indent = at?.text.slice(0, at.column - 1);
  if (at === undefined || indent === undefined || indent === "" || indent.trim() !== "")
    return `${sayItem("left", CONFIG_FILE, `(write '${niche}: {}' under 'niches:' there)`)}\n`;
  const lines = readFileSync(file, "utf8").split("\n");
  lines.splice(at.line - 1, 0, `${indent}${niche}: {}`);
  writeAtomically(file, lines.join("\n"));
  return `${sayItem("added", niche, `to ${CONFIG_FILE}`)}\n`;
}
