/** `--profile FILE`: follows what a command builds and writes its profile, however the command ends. */
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Failure } from "../base/failure.ts";
import { problemOf } from "../engine/problem.ts";
import { Profile } from "../report/profile.ts";
import { statFile, writeAtomically } from "../store/files.ts";
import type { World } from "./terminal.ts";

/** The exit code of what was run; where the profile cannot be written, 2 at least. @throws Failure for a path that is a folder */
export async function profiled(
  path: string,
  { cwd, terminal }: World,
  run: (profile: Profile) => Promise<number>,
): Promise<number> {
  const file = resolve(cwd, path);
  if (statFile(file)?.isDirectory())
    throw new Failure(`--profile takes the file to write, and '${path}' is a folder.`, {
      code: "usage.invalid",
    });
  // A place where nothing can be is told of before the build, not after it.
  mkdirSync(dirname(file), { recursive: true });
  const profile = new Profile(() => performance.now());
  let written = false;
  let code: number;
  try {
    code = await run(profile);
  } finally {
    try {
      writeAtomically(file, profile.text());
      written = true;
    } catch (error) {
      // Told here and not thrown: what made the build itself fail comes first.
      terminal.error(`faceless: the profile could not be written: ${problemOf(error).message}\n`);
    }
  }
  return written ? code : Math.max(code, 2);
}
