/** The fonts there are: the content repo's own, the one that is shipped, and those of this machine. */
import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { Failure } from "../../base/failure.ts";
import { type FontFace, readFaces } from "./sfnt.ts";

/** Plain data, so that it can be sent to a worker. */
export interface FontShelf {
  /** Of all that can change how a text is set: part of the key of what is set with it. */
  readonly identity: string;
  /** Font files, absolute, in the order in which they are asked for a family. */
  readonly own: readonly string[];
  readonly shipped: readonly string[];
  readonly system: readonly string[];
}

/** Where a content repo has its fonts. */
export const OWN_FONTS = "shared/fonts";
const FONT_FILE = /\.(ttf|otf|ttc|otc)$/i;
const SHIPPED = "@expo-google-fonts/inter";
const load = createRequire(import.meta.url);

/**
 * Lists files and reads none but the content repo's own. FACELESS_FONTS names folders, as PATH does, that stand for
 * the system's; empty for none. `restsOn`: what to look at to know that another look would find the same.
 */
export function findFonts(root: string, env: NodeJS.ProcessEnv): { shelf: FontShelf; restsOn: string[] } {
  const own = fontsBelow([join(root, OWN_FONTS)]);
  const system = fontsBelow(systemFolders(env));
  const shipped = fontsBelow([dirname(load.resolve(`${SHIPPED}/package.json`))]).files;
  const identity = [
    `Inter ${packageVersion(`${SHIPPED}/package.json`)}`,
    `HarfBuzz ${packageVersion("harfbuzzjs")}`,
    `ICU ${process.versions.icu}`,
    `${own.files.length} in ${OWN_FONTS} ${digest(own.files.flatMap(contentOf))}`,
    // To read them all would take longer than setting a film's captions, and they change with the system's packages.
    `${system.files.length} of the system ${digest(system.files.map(stampOf))}`,
  ].join(", ");
  return {
    shelf: { identity, own: own.files, shipped, system: system.files },
    restsOn: [...own.folders, ...own.files, ...system.folders],
  };
}

/** The package's version, found from its package.json or, where that is not exported, from its entry in dist/. */
function packageVersion(name: string): string {
  const path = name.endsWith(".json")
    ? load.resolve(name)
    : join(dirname(load.resolve(name)), "..", "package.json");
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}

function systemFolders(env: NodeJS.ProcessEnv): string[] {
  if (env.FACELESS_FONTS !== undefined)
    return env.FACELESS_FONTS.split(delimiter).filter((one) => one !== "");
  const home = homedir();
  if (process.platform === "darwin")
    return ["/System/Library/Fonts", "/Library/Fonts", join(home, "Library", "Fonts")];
  if (process.platform === "win32") {
    const local = env.LOCALAPPDATA ?? join(home, "AppData", "Local");
    return [join(env.WINDIR ?? "C:\\Windows", "Fonts"), join(local, "Microsoft", "Windows", "Fonts")];
  }
  return [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    join(home, ".local", "share", "fonts"),
    join(home, ".fonts"),
  ];
}

/** Files by name and then by path: machines that have the same fonts in other folders take the same ones. */
function fontsBelow(roots: readonly string[]): { files: string[]; folders: string[] } {
  const files: string[] = [];
  const folders: string[] = [];
  const visit = (folder: string) => {
    folders.push(folder);
    for (const entry of listing(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (FONT_FILE.test(entry.name)) files.push(path);
    }
  };
  for (const root of roots) visit(root);
  const rank = (path: string) => `${basename(path)}\n${path}`;
  return { files: files.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)), folders };
}

function listing(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // Not there, or not for us to see: no fonts.
  }
}

function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return `${basename(file)} ${stats?.size} ${stats && Math.floor(stats.mtimeMs / 1000)}`;
}

/** A font's maker leaves a checksum of it inside. @throws Failure */
function contentOf(file: string): string[] {
  return facesIn(file, "own").map(
    ({ index, checksum, size }) => `${basename(file)} ${index} ${checksum} ${size}`,
  );
}

function digest(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}

const read = new Map<string, readonly FontFace[]>();

/** The faces of one kind, in the order in which they are asked. @throws Failure for a file of the content repo's own */
export function facesOf(shelf: FontShelf, kind: "own" | "shipped" | "system"): readonly FontFace[] {
  return shelf[kind].flatMap((path) => {
    const known = read.get(path) ?? facesIn(path, kind);
    // What belongs to the system or to us stays as it is while we run.
    if (kind !== "own") read.set(path, known);
    return known;
  });
}

function facesIn(path: string, kind: string): readonly FontFace[] {
  try {
    return readFaces(path);
  } catch (error) {
    // A system's folder may hold anything; it is no fault of this film.
    if (kind !== "own") return [];
    throw new Failure(
      `${OWN_FONTS}/${basename(path)} cannot be read as a font: ${(error as Error).message}.`,
      {
        code: "media.font",
        help: "Put a .ttf, .otf or .ttc file there that other programs can open, or take this one away.",
      },
    );
  }
}
