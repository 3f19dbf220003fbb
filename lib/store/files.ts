/** Reads, copies and places files so that a kill at any instant leaves the old file or the new one. */
import { createHash } from "node:crypto";
import {
  type BigIntStats,
  closeSync,
  constants,
  copyFileSync,
  fdatasyncSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../base/failure.ts";
import type { Digest, Stamp } from "../model/trace.ts";

export function stampOf(stats: BigIntStats): Stamp {
  return `${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}:${stats.ino}` as Stamp;
}

/** Undefined where there is nothing at the path. */
export function statFile(path: string): BigIntStats | undefined {
  try {
    // The two-argument form that does not throw is 10 times faster for a missing file.
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw error;
  }
}

const CHUNK = 1 << 20;
const ATTEMPTS = 3;

/** The digest of a regular file, and the stat that it was read under. @throws Failure if the file keeps changing. */
export function hashFile(path: string): { digest: Digest; stats: BigIntStats } {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Should a pipe have taken the file's place just now, opening it must not wait for a writer.
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const before = fstatSync(fd, { bigint: true });
      const digest = hashDescriptor(fd, Number(before.size));
      const stats = fstatSync(fd, { bigint: true });
      if (stampOf(before) === stampOf(stats)) return { digest, stats };
    } finally {
      closeSync(fd);
    }
  }
  throw new Failure(`${path} changed each time it was read.`, {
    help: "Build again when nothing writes to it any more.",
  });
}

function hashDescriptor(fd: number, size: number): Digest {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK, size + 1)));
  for (;;) {
    const read = readSync(fd, buffer);
    if (read === 0) return hash.digest("hex") as Digest;
    hash.update(read === buffer.length ? buffer : buffer.subarray(0, read));
  }
}

/** Names and kinds of what is in a folder: what a glob over it can see. */
export function hashFolder(path: string): Digest {
  const names = readdirSync(path, { withFileTypes: true }).map(
    (entry) => `${entry.isDirectory() ? "d" : "f"}${entry.name}`,
  );
  return createHash("sha256").update(names.sort().join("\0")).digest("hex") as Digest;
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

/** Has the bytes on disk before anything that points at them is. */
export function syncFile(path: string): void {
  const fd = openToSync(path);
  try {
    naming(path, () => fdatasyncSync(fd));
  } finally {
    closeSync(fd);
  }
}

/** A read-only file (a copy of one, most likely) can be synced as well, though not on Windows. */
function openToSync(path: string): number {
  try {
    return openSync(path, "r+");
  } catch (error) {
    if (!["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return openSync(path, "r");
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

/** Moves into place; the folder is made. Both paths are on one file system. */
export function placeFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

/** Writes all of a small file aside, then renames: a reader sees the old content or the new. */
export function writeAtomically(path: string, content: string | Uint8Array, unique: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const aside = `${path}.${unique}`;
  try {
    naming(path, () => writeFileSync(aside, content, { flush: true }));
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}
