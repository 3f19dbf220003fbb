/** One writer per project: a lock file that names its owner, kept warm by a heartbeat, and broken when the owner is dead. */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { naming } from "./files.ts";

export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one with the same pid, where the system can: Linux's start time in clock ticks. */
  readonly born: string | undefined;
  /** The boot and the pid namespace that the pid means something in: containers can share a host's name. */
  readonly space: string | undefined;
  readonly token: string;
  readonly command: string;
}

const HEARTBEAT_MS = 2_000;
/** An owner on another host, whose pid cannot be asked, is dead when it has been silent for so long. */
const SILENT_MS = 60_000;
const POLL_MS = 150;

export interface Lock {
  release(): void;
}

/**
 * Waits until the lock is ours; undefined where the signal came first. `onWait` is called once, with the owner that we
 * wait for.
 */
export async function acquireLock(
  path: string,
  command: string,
  onWait: (owner: string) => void,
  signal: AbortSignal,
): Promise<Lock | undefined> {
  mkdirSync(dirname(path), { recursive: true });
  const own: Owner = {
    pid: process.pid,
    host: hostname(),
    born: bornAt(process.pid),
    space: pidSpace(),
    token: randomUUID(),
    command,
  };
  let told = false;
  while (!tryCreate(path, JSON.stringify(own))) {
    if (signal.aborted) return undefined;
    const owner = readOwner(path);
    if (owner === "gone") continue;
    if (isDead(path, owner, own)) {
      breakLock(path, owner);
      continue;
    }
    if (!told)
      onWait(
        owner === "damaged" ? "another build" : `${owner.command} (process ${owner.pid} on ${owner.host})`,
      );
    told = true;
    // Rejects when the signal comes, and then the loop sees it.
    await delay(POLL_MS, undefined, { signal }).catch(() => {});
  }
  return hold(path, own);
}

function tryCreate(path: string, content: string): boolean {
  try {
    const fd = openSync(path, "wx");
    try {
      naming(path, () => writeSync(fd, content));
    } catch (error) {
      // On a full disk: a lock that names nobody would be in the way of the next build.
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(fd);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** "damaged" is also an owner that has created the file and not yet written its name. */
function readOwner(path: string): Owner | "gone" | "damaged" {
  try {
    const owner = JSON.parse(readFileSync(path, "utf8")) as Owner;
    const { pid, host, token, command } = owner;
    // A pid of 0 or less would ask about a whole group of processes.
    const whole = Number.isSafeInteger(pid) && pid > 0 && [host, token, command].every(isText);
    return whole ? owner : "damaged";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "gone" : "damaged";
  }
}

const isText = (value: unknown) => typeof value === "string";

function isDead(path: string, owner: Owner | "damaged", own: Owner): boolean {
  const silent = silentFor(path);
  if (owner === "damaged") return silent > 5 * HEARTBEAT_MS;
  if (owner.host !== own.host || owner.space !== own.space) return silent > SILENT_MS;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: another user's process has the pid now, or is the owner.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return true;
  }
  return owner.born !== undefined && bornAt(owner.pid) !== owner.born;
}

/** Milliseconds since the last heartbeat. */
function silentFor(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}

/**
 * Removes a dead owner's lock. Two waiters can see the same dead owner, and the slower must not remove the lock that
 * the faster has taken by then: so breaking is itself under a lock, held for two system calls.
 */
function breakLock(path: string, dead: Owner | "damaged"): void {
  const guard = `${path}.break`;
  if (!tryCreate(guard, String(process.pid))) {
    if (silentFor(guard) > HEARTBEAT_MS) rmSync(guard, { force: true });
    return;
  }
  try {
    const now = readOwner(path);
    const same = dead === "damaged" ? now === "damaged" : typeof now === "object" && now.token === dead.token;
    if (same) rmSync(path, { recursive: true, force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function hold(path: string, own: Owner): Lock {
  const heartbeat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // The folder was removed under us; what that means is told by the next write into it.
      clearInterval(heartbeat);
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release() {
      clearInterval(heartbeat);
      const owner = readOwner(path);
      if (typeof owner === "object" && owner.token === own.token) rmSync(path, { force: true });
    },
  };
}

/** Undefined for a process that is dead and only not yet waited for: in a container nobody may ever do that. */
function bornAt(pid: number): string | undefined {
  try {
    // Fields 3 and 22 of /proc/<pid>/stat (proc(5)); the second field, in brackets, may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return ["Z", "X"].includes(fields[0] ?? "") ? undefined : fields[19];
  } catch {
    return undefined; // no /proc here: the pid alone has to do
  }
}

function pidSpace(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined; // no /proc here: the host's name alone has to do
  }
}
