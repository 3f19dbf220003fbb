/** Waits for processes by their pid. */
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Between two looks. */
export const turn = () => delay(5);

/** The pid in a file, as soon as it is written. */
export async function readPid(path: string): Promise<number> {
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    if (text.endsWith("\n")) return Number(text);
    await turn();
  }
}

/** A zombie is not living. */
export function isLiving(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Resolves when no living process has the pid. */
export async function gone(pid: number): Promise<void> {
  while (isLiving(pid)) await turn();
}

/** Ids of this process's children, zombies included: Linux's own list. */
export async function children(): Promise<string[]> {
  const threads = await readdir("/proc/self/task");
  const lists = await Promise.all(
    threads.map((thread) => readFile(join("/proc/self/task", thread, "children"), "utf8").catch(() => "")),
  );
  return lists
    .join(" ")
    .split(/\s+/)
    .filter((id) => id !== "")
    .sort();
}
