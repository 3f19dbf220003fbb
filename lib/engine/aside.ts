/** Keeps what was paid for where nothing clears it away, if it can be neither stored nor put in place. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Failure } from "../base/failure.ts";
import type { TargetPath } from "../model/pipeline.ts";
import { placeFile } from "../store/files.ts";
import type { Places } from "./place.ts";
import { problemOf } from "./problem.ts";

export const HELP =
  "Copy it to where its output has to be, and `faceless accept` takes it for what is to be made; else it is paid for again.";

/** Out of the attempt's reach: beside the state, or where that cannot be, among the temporary files. Returns the name. */
export function keepAside(file: string, path: TargetPath, places: Places): string {
  try {
    const to = freeName(places.state, path);
    placeFile(file, to);
    return places.name(`.faceless/${basename(to)}`);
  } catch {
    const to = freeName(tmpdir(), path);
    placeFile(file, to);
    return to;
  }
}

function freeName(folder: string, path: string): string {
  // Short enough for any file system, whatever is before it.
  const end = basename(path).slice(-LONGEST);
  for (let number = 1; ; number += 1) {
    const name = join(folder, `kept-${number}-${end}`);
    if (!existsSync(name)) return name;
  }
}

/** In UTF-16 code units, each of three bytes at most; a name may have 255 bytes. */
const LONGEST = 64;

/** A result that could not be written where it should. @throws Failure that tells where it is; else nothing was kept */
export function keepContent(path: string, content: Uint8Array | string, error: unknown): void {
  const to = freeName(tmpdir(), path);
  try {
    writeFileSync(to, content, { flag: "wx" });
  } catch {
    rmSync(to, { force: true });
    return;
  }
  const { message } = problemOf(error);
  throw new Failure(`what was paid for could not be written: ${message} It is kept: ${to}.`, {
    code: "pipeline.state",
    help: HELP,
  });
}
