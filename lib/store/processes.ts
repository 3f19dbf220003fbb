/** Tells a process from a later one with the same pid, where the system can. */
import { readFileSync, readlinkSync } from "node:fs";

/**
 * Linux's start time in clock ticks. Undefined for a process that is dead and only not yet waited for: in a container nobody
 * may ever do that.
 */
export function bornAt(pid: number): string | undefined {
  try {
    // Fields 3 and 22 of /proc/<pid>/stat (proc(5)); the second field, in brackets, may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return ["Z", "X"].includes(fields[0] ?? "") ? undefined : fields[19];
  } catch {
    return undefined; // no /proc here: the pid alone has to do
  }
}

/** The boot and the pid namespace that a pid means something in: containers can share a host's name. */
export function pidSpace(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined; // no /proc here: the host's name alone has to do
  }
}
