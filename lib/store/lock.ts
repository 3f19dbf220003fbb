/** One writer per project: a lock file that names its owner, kept warm by a heartbeat, and broken when the owner is dead. */
import { createHash, randomUUID } from "node:crypto";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { statFile } from "./files.ts";
import { bornAt, pidSpace } from "./processes.ts";

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
/** What `link` answers where a file system has no hard links. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

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
  const own = ourselves(command);
  let told = false;
  for (;;) {
    const owner = readOwner(path);
    if (owner === "gone" && tryCreate(path, JSON.stringify(own))) return hold(path, own);
    if (signal.aborted) return undefined;
    if (owner === "gone") continue;
    const holder = isDead(path, owner, own) ? breakLock(path, owner, own) : owner;
    if (holder === undefined) continue;
    if (!told) onWait(sayOwner(holder));
    told = true;
    // Rejects when the signal comes, and then the loop sees it.
    await delay(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

/** Whether a living process holds it. */
export function isHeld(path: string): boolean {
  const owner = readOwner(path);
  return owner !== "gone" && !isDead(path, owner, ourselves(""));
}

function ourselves(command: string): Owner {
  return {
    pid: process.pid,
    host: hostname(),
    born: bornAt(process.pid),
    space: pidSpace(),
    token: randomUUID(),
    command,
  };
}

function sayOwner(owner: Owner | "damaged"): string {
  return owner === "damaged" ? "another build" : `${owner.command} (process ${owner.pid} on ${owner.host})`;
}

/** Creates the file with all of its content at once; false where there is one. */
function tryCreate(path: string, content: string): boolean {
  const aside = `${path}.${randomUUID()}`;
  try {
    // On a full disk this fails before there is a lock that names nobody.
    writeFileSync(aside, content, { flag: "wx" });
    linkSync(aside, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (NO_LINKS.includes(code)) return tryWrite(path, content);
    // The name aside says nothing to anybody.
    throw Object.assign(error as NodeJS.ErrnoException, { path, dest: undefined });
  } finally {
    rmSync(aside, { force: true });
  }
}

/** For a file system without hard links: a kill between the two calls leaves a file that names nobody. */
function tryWrite(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    rmSync(path, { force: true });
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
 * the faster has taken by then, however long it was suspended in between. So the right to remove is itself a file,
 * named after the dead owner, that one process alone can create; while it lives, nobody else touches the lock. Should
 * it die too, its right passes on by the same rule. (Of an owner on another host, dead is who was silent for long.)
 * Returns whom there is to wait for; undefined where the lock may be asked for again.
 */
function breakLock(path: string, dead: Owner | "damaged", own: Owner): Owner | "damaged" | undefined {
  const rights: string[] = [];
  let holder = dead;
  do {
    const right = rightOver(holder, rights.at(-1) ?? path, path);
    rights.push(right);
    if (tryCreate(right, JSON.stringify(own))) {
      // From here on it is ours alone: the lock is the dead one's still, or was removed before we had the right.
      if (isSame(readOwner(path), dead)) rmSync(path, { recursive: true, force: true });
      for (const spent of rights) rmSync(spent, { recursive: true, force: true });
      return undefined;
    }
    const next = readOwner(right);
    if (next === "gone") return undefined;
    holder = next;
  } while (isDead(rights.at(-1)!, holder, own));
  return holder;
}

/** Where the right to remove what an owner left stands. `left`: the file that names it. */
function rightOver(owner: Owner | "damaged", left: string, path: string): string {
  const name = owner === "damaged" ? `damaged ${statFile(left)?.ino}` : owner.token;
  return `${path}.${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
}

function isSame(now: Owner | "damaged" | "gone", dead: Owner | "damaged"): boolean {
  return dead === "damaged" ? now === "damaged" : typeof now === "object" && now.token === dead.token;
}

/** What the dead left beside the lock: names nobody needs, since who finds one sees that the lock is another's. */
function sweep(path: string, own: Owner): void {
  for (const name of readdirSync(dirname(path))) {
    const left = join(dirname(path), name);
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const owner = readOwner(left);
    if (owner !== "gone" && isDead(left, owner, own)) rmSync(left, { recursive: true, force: true });
  }
}

function hold(path: string, own: Owner): Lock {
  sweep(path, own);
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
