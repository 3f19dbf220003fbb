/** Runs a command and measures it with its whole process tree, by a few lines of Python around wait4. */
import { spawnSync } from "node:child_process";

export interface Cost {
  /** Seconds. */
  readonly wall: number;
  /** User and system, in seconds, of the process and of all that it waited for. */
  readonly cpu: number;
  /** Peak resident set of the largest process, in megabytes; a small one reads as Python's own. */
  readonly peak: number;
}

// wait4 tells more finely than GNU time, which rounds to 10 ms: as long as ninja's whole run at 1,000 outputs.
const WRAPPER = `
import json, os, sys, time
null = os.open(os.devnull, os.O_WRONLY)
began = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
_, status, used = os.wait4(child, 0)
wall = time.perf_counter() - began
code = os.waitstatus_to_exitcode(status)
print(json.dumps([code, wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
`;

/** What the command writes to its standard output is thrown away. @throws Error where it fails */
export function measure(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Cost {
  const { stdout, stderr, status } = spawnSync("/usr/bin/python3", ["-S", "-c", WRAPPER, ...command], {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${command.join(" ")} could not be measured: ${stderr}`);
  const [code, wall, cpu, peak] = JSON.parse(stdout) as [number, number, number, number];
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${stderr}`);
  return { wall, cpu, peak };
}
