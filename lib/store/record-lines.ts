/** Lines of a file that is only appended to: a checksum, a space, the record, a line break; each one write. */
import { ftruncateSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { naming } from "./files.ts";

/** Where the record begins in its line, in bytes. */
export const CHECKSUM = 9;

const NEWLINE = Buffer.from("\n");

function checksum(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, "0");
}

export function lineOf(record: string): Buffer {
  const bytes = Buffer.from(record);
  return Buffer.concat([Buffer.from(`${checksum(bytes)} `), bytes, NEWLINE]);
}

/** Whether a line, without its line break, is what was written. */
export function isWhole(line: Buffer): boolean {
  return (
    line.length > CHECKSUM && line.toString("latin1", 0, CHECKSUM) === `${checksum(line.subarray(CHECKSUM))} `
  );
}

/** `fd` appends to `path`, which has `size` bytes. @throws errors of the file system, with the file as it was */
export function appendLine(fd: number, path: string, size: number, line: Buffer): void {
  const written = naming(path, () => writeSync(fd, line));
  if (written === line.length) return;
  // A short write (a disk just full) is taken back: what is appended later must not stand on the same line.
  ftruncateSync(fd, size);
  throw Object.assign(new Error("no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
    path,
  });
}
