/** Reads, copies and places files so that a kill at any instant leaves the old file or the new one. */
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure } from "../base/failure.ts";
import type { Digest } from "../model/trace.ts";

/** Loaded when something is hashed: looking at files that nobody touched takes 3 ms less without. */
function crypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto");
}

/**
 * Tells whether anything touched a file: bytes, times in milliseconds, inode. As numbers: times are exact to a quarter
 * of a microsecond then, and a stamp is believed only when it is two seconds older than what it vouches for.
 */
export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

export function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): Stamp {
  return { size, mtimeMs, ctimeMs, ino };
}

export function sameStamp(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;
}

const NO_THROW = { throwIfNoEntry: false } as const;

/** Undefined where there is nothing at the path. */
export function statFile(path: string): Stats | undefined {
  try {
    // The form that does not throw is 10 times faster for a missing file.
    return statSync(path, NO_THROW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw error;
  }
}

const CHUNK = 1 << 20;
const ATTEMPTS = 3;

/** The digest of a regular file, and the stamp that it was read under. @throws Failure if the file keeps changing. */
export function hashFile(path: string): { digest: Digest; stamp: Stamp } {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Should a pipe have taken the file's place just now, opening it must not wait for a writer.
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const before = stampOf(fstatSync(fd));
      const digest = hashDescriptor(fd, before.size);
      const stamp = stampOf(fstatSync(fd));
      if (sameStamp(before, stamp)) return { digest, stamp };
    } finally {
      closeSync(fd);
    }
  }
  throw new Failure(`${path} changed each time it was read.`, {
    code: "pipeline.state",
    help: "Build again when nothing writes to it any more.",
  });
}

function hashDescriptor(fd: number, size: number): Digest {
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK, size + 1)));
  const first = readSync(fd, buffer);
  // Whole, in one go: the stat after it tells if that was not so.
  if (first === size && first < CHUNK) return crypto().hash("sha256", buffer.subarray(0, first)) as Digest;
  const long = crypto().createHash("sha256").update(buffer.subarray(0, first));
  for (;;) {
    const read = readSync(fd, buffer);
    if (read === 0) return long.digest("hex") as Digest;
    long.update(read === buffer.length ? buffer : buffer.subarray(0, read));
  }
}

/**
 * Names and kinds of what is in a folder, and where its links point: what a glob over it can see. What is behind a
 * link can change without the folder: whoever follows one notes that apart.
 */
export function hashFolder(path: string): Digest {
  const names = readdirSync(path, { withFileTypes: true }).map((entry) => {
    if (entry.isSymbolicLink()) return `l${entry.name}\0${linkText(join(path, entry.name))}`;
    return `${entry.isDirectory() ? "d" : entry.isFile() ? "f" : "s"}${entry.name}`;
  });
  return crypto().createHash("sha256").update(names.sort().join("\0")).digest("hex") as Digest;
}

function linkText(link: string): string {
  try {
    return readlinkSync(link);
  } catch (error) {
    if (["ENOENT", "EINVAL"].includes((error as NodeJS.ErrnoException).code ?? "")) return ""; // replaced just now
    throw error;
  }
}

/** Names the file in what is thrown: Node names none where a call takes a descriptor, such as a write to a full disk. */
export function naming<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    const named = error as NodeJS.ErrnoException;
    named.path ??= path;
    throw named;
  }
}

/** Has the bytes on disk before anything that points at them is. Waits in a thread: other work goes on meanwhile. */
export async function syncFile(path: string): Promise<void> {
  const file = await openToSync(path);
  try {
    await file.datasync();
  } catch (error) {
    naming(path, () => {
      throw error;
    });
  } finally {
    await file.close();
  }
}

/** A read-only file (a copy of one, most likely) can be synced as well, though not on Windows. */
async function openToSync(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r+");
  } catch (error) {
    if (!["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return await open(path, "r");
  }
}

/**
 * Has a file's name on disk too: a folder is synced apart from what it names, from the file's own up to the `top` one,
 * since each may be as new as the file.
 */
export async function syncNames(path: string, top: string): Promise<void> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === top || folder === dirname(folder)) return;
  }
}

async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, "r");
    await folder.sync();
  } catch (error) {
    // Windows opens no folder, and some file systems sync none.
    if (!["EISDIR", "EPERM", "EINVAL", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? ""))
      naming(path, () => {
        throw error;
      });
  } finally {
    await folder?.close();
  }
}

/** Copies; shares the blocks where the file system can (FICLONE). */
export function copyFile(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

/** A second name for the same bytes; a copy where the file system refuses. */
export function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!["EXDEV", "EPERM", "EMLINK", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? ""))
      throw error;
    copyFile(from, to);
  }
}

/** Moves into place; the folder is made. A reader sees the old file or the new one, on another disk too. */
export function placeFile(from: string, to: string): void {
  try {
    inFolderOf(to, () => renameSync(from, to));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    copyBeside(from, to);
    rmSync(from, { force: true });
  }
}

/** For a folder that is a link to another disk: only within one can a file be renamed. */
function copyBeside(from: string, to: string): void {
  // Always the same name for the same file: what a kill leaves here, the next placing takes away.
  const aside = join(dirname(to), `.faceless-${crypto().hash("sha256", to).slice(0, 16)}`);
  rmSync(aside, { force: true });
  try {
    copyFile(from, aside);
    syncNow(aside);
    renameSync(aside, to);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

function syncNow(path: string): void {
  const fd = openSync(path, process.platform === "win32" ? "r+" : "r");
  try {
    naming(path, () => fsyncSync(fd));
  } finally {
    closeSync(fd);
  }
}

/** Acts on a path, and makes the folder of it only if there is none: most of the time there is. */
export function inFolderOf(path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    // ENOTDIR: a file is in the way, and mkdir names it.
    if (!["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    mkdirSync(dirname(path), { recursive: true });
    act();
  }
}

/**
 * Writes all of a file aside, then renames: a reader sees the old content or the new. Without `sync`, that holds for a
 * killed process, and after a power cut the file can be torn: for what has a checksum and can be lost.
 */
export function writeAtomically(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
  { sync = true }: { readonly sync?: boolean } = {},
): void {
  const aside = `${path}.${crypto().randomUUID()}`;
  try {
    inFolderOf(path, () => naming(path, () => writeWhole(aside, content, sync)));
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** Removes what killed writers left beside a file. Whoever else is writing it just now has to write it again. */
export function sweepAside(path: string): void {
  const folder = dirname(path);
  if (!statFile(folder)?.isDirectory()) return;
  for (const name of readdirSync(folder)) {
    const end = name.startsWith(`${basename(path)}.`) ? name.slice(basename(path).length + 1) : "";
    if (UUID.test(end)) rmSync(join(folder, name), { force: true });
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function writeWhole(path: string, content: string | Uint8Array | readonly Uint8Array[], sync: boolean): void {
  const parts = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
  const fd = openSync(path, "wx");
  try {
    for (const part of parts) writeFileSync(fd, part);
    if (sync) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
