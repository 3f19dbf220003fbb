/** Puts a file where there is none: never over another, and whole or not at all, whenever the process is killed. */
import { linkSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { copyFile, inFolderOf, placeFile, statFile, syncFile, syncNames } from "./files.ts";

/** What a file system says that has no second names for a file, or whose folders are on two disks. */
const NO_LINKS = ["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "ENOSYS"];

/**
 * Moves a file to `to`, whose folder is made; false where there is something already, and then nothing is changed.
 * A kill leaves the file under its old name, its new one, or both: they are one file then, which `isSameFile` tells.
 */
export async function moveToNew(from: string, to: string): Promise<boolean> {
  await syncFile(from);
  if (!placeNew(from, to)) return false;
  await syncNames(to, dirname(to));
  rmSync(from, { force: true });
  return true;
}

function placeNew(from: string, to: string): boolean {
  try {
    // Unlike a rename, a link replaces nothing.
    inFolderOf(to, () => linkSync(from, to));
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (code === "EEXIST") return false;
    if (!NO_LINKS.includes(code)) throw error;
  }
  // Whole or not at all here too; but who puts a file there between these two lines loses it.
  if (statFile(to) !== undefined) return false;
  placeFile(from, to);
  return true;
}

/** Whether two names stand for one file. */
export function isSameFile(a: string, b: string): boolean {
  const [first, second] = [a, b].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

/** The same with a copy. What a kill leaves of it has a name of its own, and goes with the next copy to that place. */
export async function copyToNew(from: string, to: string): Promise<boolean> {
  const aside = join(dirname(to), `.${basename(to)}.copy`);
  rmSync(aside, { force: true });
  try {
    inFolderOf(aside, () => copyFile(from, aside));
    return await moveToNew(aside, to);
  } finally {
    rmSync(aside, { force: true });
  }
}
