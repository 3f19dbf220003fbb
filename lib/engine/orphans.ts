/** Finds the commands that a killed build has left running, and ends them before the next one begins. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bornAt, pidSpace } from "../store/processes.ts";

/** Beside the scratch folder of a command, where the command does not see it. */
const SUFFIX = ".group";

interface Group {
  readonly pid: number;
  readonly born: string;
  readonly space: string;
}

/**
 * Notes the process group of a command for as long as it runs; returns what takes the note back. Where the system
 * cannot tell a process from a later one with its pid, nothing is noted: no stranger is ever ended.
 */
export function noteGroup(scratch: string, pid: number | undefined): () => void {
  const [born, space] = [pid === undefined ? undefined : bornAt(pid), pidSpace()];
  if (pid === undefined || born === undefined || space === undefined) return () => {};
  const note = `${scratch}${SUFFIX}`;
  try {
    writeFileSync(note, JSON.stringify({ pid, born, space } satisfies Group));
  } catch {
    // A full disk, most likely: that is told where it keeps the command from its end.
  }
  return () => rmSync(note, { force: true });
}

/** Ends what still runs of builds that are no more, and returns the pids. `folder`: of all builds' scratch. */
export function endOrphans(folder: string): readonly number[] {
  const builds = list(folder).map((build) => join(folder, build));
  const notes = builds.flatMap((build) =>
    list(build)
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => join(build, name)),
  );
  return notes.flatMap((note) => endGroup(note) ?? []);
}

function endGroup(note: string): number | undefined {
  const group = readGroup(note);
  // The group's first process has its id: while that one lives, the group is no other's.
  if (group === undefined || group.space !== pidSpace() || bornAt(group.pid) !== group.born) return undefined;
  try {
    process.kill(-group.pid, "SIGKILL");
    return group.pid;
  } catch {
    return undefined; // It has just ended by itself.
  }
}

function readGroup(note: string): Group | undefined {
  try {
    const { pid, born, space } = JSON.parse(readFileSync(note, "utf8")) as Group;
    return Number.isSafeInteger(pid) && pid > 1 ? { pid, born, space } : undefined;
  } catch {
    return undefined; // The kill came while it was written.
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // There is none, or a file of some attempt.
  }
}
